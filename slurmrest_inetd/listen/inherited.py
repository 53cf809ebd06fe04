"""What the program was started with: a connection, listening sockets, or neither.

Law: the kernel is asked (SO_ACCEPTCONN, fstat), nobody's word is taken; LISTEN_FDS is systemd's and counts only with
our own pid in LISTEN_PID (sd_listen_fds(3)). Called by cli.py, for each cold exchange too: no import of weight.
"""

import os
from collections.abc import Mapping
from stat import S_ISSOCK

from slurmrest_inetd.errors import StartError

FIRST_FD = 3
MAX_COUNT_DIGITS = 3


def find_listening(environ: Mapping[str, str]) -> tuple[int, ...]:
    """The descriptors to accept from: fd 0 (xinetd, ``wait = yes``), those of LISTEN_FDS (systemd, ``Accept=no``).

    Raises StartError.
    """
    passed = find_passed(environ)
    listening = tuple(fd for fd in passed if is_listening(fd))
    if listening and listening != passed:
        raise StartError("LISTEN_FDS holds connections beside listening sockets: one or the other is served")
    return (0, *listening) if is_socket(0) and is_listening(0) else listening


def choose_descriptors(environ: Mapping[str, str]) -> tuple[int, int]:
    """Where the one exchange's request comes from, and where its reply goes to. Raises StartError.

    A connection on fd 0 gets its own reply: through fd 1 when that is the connection too, or when fd 1 is closed
    (cli.py has put /dev/null there). systemd's Accept=yes passes the connection on fd 3, and with StandardInput=socket
    on fd 0 too.
    """
    if not is_socket(0):
        passed = find_passed(environ)
        return (passed[0], passed[0]) if len(passed) == 1 else (0, 1)
    output = os.fstat(1)
    if os.path.samestat(output, os.fstat(0)):
        return 0, 1
    if os.path.samestat(output, os.stat("/dev/null")):
        return 0, 0
    raise StartError(
        "standard input is a connection, and standard output something else: make both the connection, or close the "
        "output (systemd: StandardInput=socket, StandardOutput=socket)"
    )


def find_passed(environ: Mapping[str, str]) -> tuple[int, ...]:
    """The descriptors that LISTEN_FDS counts, when they are meant for this process. Raises StartError."""
    count = environ.get("LISTEN_FDS", "")
    if not count or environ.get("LISTEN_PID") != str(os.getpid()):
        return ()
    if not count.isdecimal() or len(count) > MAX_COUNT_DIGITS:
        raise StartError(f"LISTEN_FDS is no number of sockets: {count!r}")
    passed = tuple(range(FIRST_FD, FIRST_FD + int(count)))
    for fd in passed:
        if not is_stream(fd):
            raise StartError(f"LISTEN_FDS: descriptor {fd} is no stream socket (systemd: ListenStream=)")
        os.set_inheritable(fd, False)
    return passed


def is_socket(fd: int) -> bool:
    """Whether ``fd`` is any socket."""
    try:
        return S_ISSOCK(os.fstat(fd).st_mode)
    except OSError:
        return False


def is_listening(fd: int) -> bool:
    """Whether the socket ``fd`` is to be accepted from."""
    return ask_socket(fd, "SO_ACCEPTCONN") == 1


def is_stream(fd: int) -> bool:
    """Whether ``fd`` is a stream socket, connected or listening."""
    import _socket

    return is_socket(fd) and ask_socket(fd, "SO_TYPE") == _socket.SOCK_STREAM


def ask_socket(fd: int, option: str) -> int:
    """A socket's option. _socket: ``import socket`` costs each cold exchange enums and selectors."""
    import _socket

    borrowed = _socket.socket(fileno=os.dup(fd))
    try:
        return borrowed.getsockopt(_socket.SOL_SOCKET, getattr(_socket, option))
    finally:
        borrowed.close()
