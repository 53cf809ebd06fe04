"""``[https://][host]:port`` and ``unix:/path``, as slurmrestd(8) spells what to listen on.

Law: text in, an Address or a StartError out; nothing is looked up or opened. Called by sockets.py.
"""

import os
from typing import NamedTuple

from slurmrest_inetd.errors import StartError

FORMS = "it is written host:port, [::1]:port, :port, https://host:port or unix:/path"
MAX_PORT = 65535
MAX_PATH_BYTES = 107  # sun_path without its NUL (unix(7))


class Address(NamedTuple):
    """``path`` is a UNIX socket's; else ``host`` ("" is every interface) and ``port``. ``text`` is how it was given."""

    text: str
    host: str = ""
    port: int = 0
    path: str = ""
    is_tls: bool = False


def parse_address(text: str) -> Address:
    """One address. Port 0 lets the kernel choose. Raises StartError."""
    if text.startswith("unix:"):
        return Address(text, path=parse_socket_path(text))
    rest = text.removeprefix("https://")
    host, colon, port = rest.rpartition(":")
    if not colon or not (port.isascii() and port.isdigit()) or len(port) > 5 or int(port) > MAX_PORT:
        raise StartError(f"cannot listen on {text!r}: its port is no number from 0 to {MAX_PORT}; {FORMS}")
    bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    if (bare != host and not bare) or ("[" in bare or "]" in bare) or (":" in bare and bare == host):
        raise StartError(f"cannot listen on {text!r}: its host cannot be read; {FORMS}")
    if not bare.isprintable() or any(char.isspace() or char in "/@" for char in bare):
        raise StartError(f"cannot listen on {text!r}: its host cannot be read; {FORMS}")
    return Address(text, bare, int(port), is_tls=rest != text)


def parse_socket_path(text: str) -> str:
    """The absolute path in ``unix:/path`` or ``unix:///path``. Raises StartError."""
    path = text.removeprefix("unix:")
    if path.startswith("//"):
        path = path[2:]
    if not path or path.startswith("@") or "\0" in path:
        raise StartError(f"cannot listen on {text!r}: it names no file; {FORMS}")
    path = os.path.abspath(path)
    if len(os.fsencode(path)) > MAX_PATH_BYTES:
        raise StartError(f"cannot listen on {text!r}: a socket's path has at most {MAX_PATH_BYTES} bytes")
    return path
