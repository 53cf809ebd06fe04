"""Who is at the other end, as the kernel tells it.

Law: fstat, SO_PEERCRED and names of descriptors; never a word of the client's. Who may do what is decided in auth.
``source`` is spelled as slurmrestd 26.05 spells meta.client.source (24.11 looks the host's name up and writes the
port's bytes the wrong way round). Called by connection.py.
"""

import os
from stat import S_IMODE, S_ISCHR, S_ISFIFO, S_ISSOCK
from typing import TYPE_CHECKING, Any

from slurmrest_inetd.model import Peer

if TYPE_CHECKING:
    from _socket import socket

CREDENTIAL_BYTES = 12  # struct ucred: pid, uid, gid, each a native 32-bit number (unix(7))


def describe_peer(read_fd: int, write_fd: int) -> Peer:
    """The Peer behind the two descriptors of an exchange; one that is nobody when they are not open (reading tells)."""
    try:
        status = os.fstat(read_fd)
        local, remote = name_descriptor(read_fd, 0), name_descriptor(write_fd, 1)
        source = f"{local}(fd:0)" if local == remote else f"{local}(fd:0)->{remote}(fd:1)"
        if S_ISSOCK(status.st_mode):
            kind, uid, gid = read_credentials(read_fd)
            return Peer(kind, source, uid, gid)
        return Peer(name_kind(read_fd, status.st_mode), source, status.st_uid, status.st_gid, S_IMODE(status.st_mode))
    except OSError:
        return Peer("file", "")


def name_kind(fd: int, mode: int) -> str:
    """ "pipe", "tty", or "file" for everything else that is no socket."""
    if S_ISFIFO(mode):
        return "pipe"
    return "tty" if S_ISCHR(mode) and os.isatty(fd) else "file"


def name_descriptor(fd: int, end: int) -> str:
    """The name of our end (0) or the client's end (1) of ``fd``, always printable: names are other people's text."""
    if S_ISSOCK(os.fstat(fd).st_mode):
        borrowed = borrow_socket(fd)
        try:
            name = format_address(borrowed.getpeername() if end else borrowed.getsockname())
        except OSError:
            name = "socket"  # A client that has gone already has no name any more.
        finally:
            borrowed.close()
    else:
        try:
            name = os.readlink(f"/proc/self/fd/{fd}")
        except OSError:
            name = f"fd:[{os.fstat(fd).st_ino}]"
    return name if name.isprintable() else ascii(name)[1:-1]


def format_address(address: Any) -> str:
    """``127.0.0.1:6820``, ``[::1]:6820``, ``unix:/run/x.sock``, ``unix:@abstract``; ``unix:`` without a name."""
    if isinstance(address, tuple):
        host, port = address[:2]
        return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    if isinstance(address, bytes):
        return "unix:" + os.fsdecode(address).replace("\0", "@", 1)
    return f"unix:{address}"


def read_credentials(fd: int) -> tuple[str, int | None, int | None]:
    """Kind, uid and gid of a socket's peer: only a UNIX socket's kernel knows who that is."""
    from _socket import AF_UNIX, SO_PEERCRED, SOL_SOCKET

    borrowed = borrow_socket(fd)
    try:
        if borrowed.family != AF_UNIX:
            return "socket", None, None
        credentials = memoryview(borrowed.getsockopt(SOL_SOCKET, SO_PEERCRED, CREDENTIAL_BYTES)).cast("i")
        # -1 is what the kernel writes where it knows no peer (a socket that never was connected).
        uid, gid = (None if number == -1 else number & 0xFFFFFFFF for number in credentials[1:3])
        return "unix", uid, gid
    finally:
        borrowed.close()


def borrow_socket(fd: int) -> "socket":
    """A socket object on a descriptor of its own; the caller closes it."""
    from _socket import socket

    return socket(fileno=os.dup(fd))
