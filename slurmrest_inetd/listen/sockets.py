"""Addresses -> listening sockets, and what to do where one cannot be had.

Law: a file that is no socket and a socket that somebody listens on are never touched. Every failure is a line that
says what would help. Called by serving.py, and by service.py at the end.
"""

import errno
import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from stat import S_ISSOCK
from typing import NamedTuple

from slurmrest_inetd.errors import StartError
from slurmrest_inetd.listen.addresses import Address, parse_address
from slurmrest_inetd.log import write_line
from slurmrest_inetd.settings import Settings
from slurmrest_inetd.wire.peer import format_address

# The kernel cuts it down to net.core.somaxconn.
QUEUE_LENGTH = 4096

# fmt: off
TCP_ADVICE = {
    errno.EADDRINUSE:    "the address is in use: another program (slurmrestd?) listens there; 'ss -ltnp' names it",
    errno.EADDRNOTAVAIL: "this machine has no such address; ':port' is every interface",
    errno.EACCES:        "no permission: ports below 1024 are root's; take another, or let systemd open the socket",
    errno.EAFNOSUPPORT:  "the kernel knows no such kind of address (is IPv6 switched off?)",
}
UNIX_ADVICE = {
    errno.EPERM:   "no permission to give the socket to that owner: root can, or for the group one of its members",
    errno.EACCES:  "no permission in {folder}: let this program's user write there (systemd: RuntimeDirectory=)",
    errno.EROFS:   "{folder} cannot be written to (systemd: RuntimeDirectory=)",
    errno.ENOENT:  "there is no directory {folder}: make it, writable for this program's user",
    errno.ENOTDIR: "there is no directory {folder}: make it, writable for this program's user",
}
# fmt: on


class Listener(NamedTuple):
    """A listening socket. ``name`` is its address; ``file`` the (device, inode) of a UNIX socket that is ours to
    remove; ``is_tls`` where only TLS is served.
    """

    socket: socket.socket
    name: str
    is_tls: bool = False
    path: str = ""
    file: tuple[int, int] | None = None


def open_listeners(settings: Settings) -> list[Listener]:
    """A listener for each address of ``settings.listen``, several for a name that has several. Raises StartError."""
    listeners: list[Listener] = []
    try:
        for address in [parse_address(text) for text in settings.listen]:
            listeners += [open_unix(address, settings)] if address.path else open_tcp(address)
    except BaseException:
        close_listeners(listeners)
        raise
    return listeners


def adopt_listeners(fds: tuple[int, ...]) -> list[Listener]:
    """Listeners on sockets that a service manager has opened; what they stand for stays its own.

    They become non-blocking for all who share them: a worker that comes too late for a connection must not wait there.
    """
    listeners = []
    for fd in fds:
        opened = socket.socket(fileno=fd)
        opened.setblocking(False)
        listeners.append(Listener(opened, format_address(opened.getsockname())))
    return listeners


def close_listeners(listeners: list[Listener]) -> None:
    """Close them, and remove the files of those that made one, unless another program has put its own there since."""
    for listener in listeners:
        listener.socket.close()
        # the user of -u need not be allowed to
        with suppress(OSError):
            status = os.lstat(listener.path) if listener.file else None
            if status and (status.st_dev, status.st_ino) == listener.file:
                os.unlink(listener.path)


def open_tcp(address: Address) -> list[Listener]:
    """A socket for each address of the host; what the machine lacks of them is left out, unless it is all of them.

    Raises StartError.
    """
    try:
        found = socket.getaddrinfo(address.host or None, address.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError) as error:
        text = getattr(error, "strerror", None) or "not a host's name"
        raise StartError(f"cannot listen on {address.text!r}: host {address.host!r}: {text}") from None
    listeners: list[Listener] = []
    failed: OSError | None = None
    for family, _, _, _, place in dict.fromkeys(found):
        try:
            opened = open_socket(family, place)
        except OSError as error:
            if error.errno not in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT):
                close_listeners(listeners)
                raise refuse_address(address, error) from None
            failed = error
        else:
            listeners.append(Listener(opened, format_address(opened.getsockname()), address.is_tls))
    if failed and not listeners:
        raise refuse_address(address, failed)
    return listeners


def open_socket(family: int, place: object) -> socket.socket:
    """A listening TCP socket. Raises OSError."""
    opened = socket.socket(family, socket.SOCK_STREAM)
    try:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            # IPv4 has a socket of its own
            opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        opened.bind(place)  # type: ignore[arg-type]  # what getaddrinfo gave for this family
        opened.listen(QUEUE_LENGTH)
        opened.setblocking(False)
    except OSError:
        opened.close()
        raise
    return opened


def refuse_address(address: Address, error: OSError) -> StartError:
    """The StartError for an address that cannot be listened on."""
    table = UNIX_ADVICE if address.path else TCP_ADVICE
    advice = table.get(error.errno or 0, error.strerror or "unknown error")
    return StartError(f"cannot listen on {address.text!r}: {advice.format(folder=os.path.dirname(address.path))}")


def open_unix(address: Address, settings: Settings) -> Listener:
    """A socket file with the mode and owner of the settings from its first moment. Raises StartError."""
    folder = os.path.dirname(address.path)
    opened = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        with lock_folder(folder):
            remove_stale(address)
            umask = os.umask(0o777 & ~settings.socket_mode)
            try:
                opened.bind(address.path)
            finally:
                os.umask(umask)
            if settings.socket_owner:
                os.chown(address.path, *settings.socket_owner, follow_symlinks=False)
            opened.listen(QUEUE_LENGTH)
            opened.setblocking(False)
            status = os.lstat(address.path)
    except OSError as error:
        opened.close()
        raise refuse_address(address, error) from None
    except StartError:
        opened.close()
        raise
    return Listener(opened, address.text, path=address.path, file=(status.st_dev, status.st_ino))


@contextmanager
def lock_folder(folder: str) -> Iterator[None]:
    """Keep another start of ours from taking a socket that is bound, but not listening yet, for a stale one."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX)
        yield
    finally:
        os.close(fd)


def remove_stale(address: Address) -> None:
    """Remove a socket that nobody listens on any more. Raises StartError for anything else in its place."""
    try:
        status = os.lstat(address.path)
    except FileNotFoundError:
        return
    if not S_ISSOCK(status.st_mode):
        raise StartError(f"cannot listen on {address.text!r}: the file there is no socket; remove it, or take another")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.setblocking(False)
        try:
            probe.connect(address.path)
        except ConnectionRefusedError:
            write_line(f"replacing {address.path}, which a program that has ended left behind")
            os.unlink(address.path)
            return
        except BlockingIOError:
            pass  # its queue is full: somebody does listen
    raise StartError(f"cannot listen on {address.text!r}: another program listens there; 'ss -lxp' names it")
