"""A worker: one connection, from accept to the end of its one exchange.

Law: until it has accepted, the parent's word (a byte, or the end of the control socket) lets it leave; once it has, it
serves, and only the end of the control socket (the parent wants it gone at once, or is dead) breaks the exchange off.
Both are read, never raced: no signal can fall between accept and serving. Called by crew.py in the forked child.
"""

import errno
import fcntl
import os
import signal
import socket
import ssl
from select import POLLIN, poll
from types import FrameType

from slurmrest_inetd.errors import ShuttingDown
from slurmrest_inetd.exchange import serve_exchange
from slurmrest_inetd.listen.sockets import Listener
from slurmrest_inetd.log import write_line
from slurmrest_inetd.security.worker import enter_worker
from slurmrest_inetd.settings import Settings
from slurmrest_inetd.slurm.command import stop_running
from slurmrest_inetd.wire import Channel

ACCEPTED = b"a"
# What the parent says: leave unless a connection is waiting; leave, another worker takes what waits.
LEAVE = b"l"
MAKE_ROOM = b"r"
# The machine has no descriptor or memory left for another connection: it stays in the queue.
EXHAUSTED = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)
RETRY_MILLISECONDS = 500


def serve_one(
    listeners: list[Listener], control: socket.socket, settings: Settings, context: ssl.SSLContext | None
) -> None:
    """Wait for a connection and serve it; return without one when told to leave."""
    accepted = accept_connection(listeners, control)
    if accepted is None:
        return
    connection, listener = accepted
    control.send(ACCEPTED)
    take_place(connection.detach(), listeners)
    settings = enter_worker(0, settings, keep=(control.fileno(),))
    try:
        leave_with_parent(control)
        serve_exchange(0, 1, settings, open_channel(listener, context))
    except ShuttingDown:
        write_line("broken off before its request was read, or after its reply: the service is stopping")
    finally:
        stop_running()


def accept_connection(listeners: list[Listener], control: socket.socket) -> tuple[socket.socket, Listener] | None:
    """The first connection that comes to any listener; None when the parent wants us to leave and none has come yet."""
    poller = poll()
    for pollable in (control, *(listener.socket for listener in listeners)):
        poller.register(pollable, POLLIN)
    while True:
        is_last = control.fileno() in [fd for fd, _ in poller.poll()]
        if is_last and control.recv(1, socket.MSG_PEEK) != LEAVE:
            return None  # to make room for another, or the parent is gone
        for listener in listeners:
            try:
                return listener.socket.accept()[0], listener
            except OSError as error:
                # another worker was faster, or the client has gone again; accept(2) has more such errors
                if error.errno in EXHAUSTED:
                    write_line(f"cannot accept a connection: {error.strerror}; it waits")
                    wait_for_parent(control)
        if is_last:
            return None


def wait_for_parent(control: socket.socket) -> None:
    """Let a moment pass, a shorter one when the parent has something to say."""
    poller = poll()
    poller.register(control, POLLIN)
    poller.poll(RETRY_MILLISECONDS)


def take_place(connection_fd: int, listeners: list[Listener]) -> None:
    """Make the connection fd 0 and fd 1, as inetd does, and close all listening sockets: while this exchange runs on,
    the parent may stop listening. xinetd has put its listening socket on fd 2 too.
    """
    for listener in listeners:
        listener.socket.close()
    for fd in (0, 1, 2) if is_listening_socket(2) else (0, 1):
        os.dup2(connection_fd, fd)
    os.close(connection_fd)


def is_listening_socket(fd: int) -> bool:
    """Whether ``fd`` is a socket that nobody can read what we write to."""
    from slurmrest_inetd.listen.inherited import is_listening, is_socket

    return is_socket(fd) and is_listening(fd)


def open_channel(listener: Listener, context: ssl.SSLContext | None) -> Channel | None:
    """TLS where there is a certificate."""
    if context is None:
        return None
    from slurmrest_inetd.wire.tls import TlsChannel

    return TlsChannel(0, context, is_required=listener.is_tls)


def leave_with_parent(control: socket.socket) -> None:
    """Break the exchange off when the control socket ends: the command that runs is stopped, ShuttingDown is raised.

    SIGIO (fcntl(2), O_ASYNC) tells, which no difference of uids can hinder: a worker may have become its client.
    """

    def listen(_number: int, _frame: FrameType | None) -> None:
        try:
            word = control.recv(16)
        except BlockingIOError:
            return
        except ConnectionResetError:
            word = b""  # it died before it heard us
        if word:
            return  # to leave if idle, which we are not
        signal.signal(signal.SIGIO, signal.SIG_IGN)
        was_running = stop_running()
        unknown = ": whether Slurm did what was asked is unknown" if was_running else ""
        raise ShuttingDown(f"The service is stopping{unknown}", headers=(("retry-after", "1"),))

    control.setblocking(False)
    signal.signal(signal.SIGIO, listen)
    fcntl.fcntl(control, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(control, fcntl.F_SETFL, fcntl.fcntl(control, fcntl.F_GETFL) | os.O_ASYNC)
    listen(0, None)  # what came before the signal was armed
