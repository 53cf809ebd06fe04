"""Bytes from and to two descriptors, with a limit to our patience.

Law: no HTTP here. The descriptors may be shared with a shell, a parent or a terminal, so their flags (O_NONBLOCK) are
never touched: a write that could block is made small enough not to, or with MSG_DONTWAIT. Called by connection.py.
"""

import os
from collections.abc import Callable
from select import PIPE_BUF, POLLIN, POLLOUT, poll
from stat import S_ISREG, S_ISSOCK
from time import monotonic
from typing import TYPE_CHECKING

from slurmrest_inetd.errors import ClientGone, RequestTimeout

if TYPE_CHECKING:
    from _socket import socket

READ_BYTES = 64 * 1024
# A client that moves fewer bytes than this in a second uses its patience up, however steadily it drips.
LEAST_BYTES_PER_SECOND = 16 * 1024
# After the reply: how long, and for how much, we listen to a client that is still sending.
LINGER_SECONDS = 2.0
LINGER_BYTES = 64 * 1024 * 1024


class Patience:
    """The seconds that a client may still keep us waiting. Our own work (a slow command) costs the client nothing."""

    __slots__ = ("left", "most")

    def __init__(self, seconds: float) -> None:
        self.left = self.most = seconds

    def wait(self, poller: poll) -> bool:
        """Wait until the descriptor is ready; False when patience has run out first."""
        if self.left < 0:
            return False
        begun = monotonic()
        ready = poller.poll(self.left * 1000)
        self.left -= monotonic() - begun
        return bool(ready)

    def earn(self, moved_bytes: int) -> None:
        """Give back what ``moved_bytes`` may take at the least rate."""
        self.left = min(self.most, self.left + moved_bytes / LEAST_BYTES_PER_SECOND)


class Channel:
    """The two descriptors of one exchange; they stay the caller's, who closes them."""

    def __init__(self, read_fd: int, write_fd: int) -> None:
        self._read_fd = read_fd
        self._write_fd = write_fd
        self._reader = poll()
        self._reader.register(read_fd, POLLIN)
        self._writer = poll()
        self._writer.register(write_fd, POLLOUT)
        self._write_some: Callable[[memoryview], int] | None = None
        self._socket: socket | None = None

    def is_readable(self) -> bool:
        """Whether the next ``receive`` would not wait (the end of the stream counts)."""
        return bool(self._reader.poll(0))

    def receive(self, patience: Patience) -> bytes:
        """What has come, at most 64 KiB; b"" at the end of the stream.

        Raises RequestTimeout when patience has run out, ClientGone when the connection is broken.
        """
        while True:
            if not patience.wait(self._reader):
                raise RequestTimeout("The request did not come in time")
            try:
                return os.read(self._read_fd, READ_BYTES)
            except BlockingIOError:
                continue
            except OSError as error:
                raise ClientGone(f"cannot read the request: {error.strerror}") from error

    def send(self, data: bytes | bytearray, patience: Patience) -> None:
        """Write all of ``data``. Raises ClientGone when the client does not read, or cannot any more."""
        view = memoryview(data)
        try:
            write_some = self._write_some = self._write_some or self._choose_writer()
            while view:
                try:
                    sent = write_some(view)
                except BlockingIOError:
                    if not patience.wait(self._writer):
                        raise ClientGone("the client does not read the reply") from None
                else:
                    patience.earn(sent)
                    view = view[sent:]
        except OSError as error:
            raise ClientGone(f"cannot write the reply: {error.strerror}") from error

    def _choose_writer(self) -> Callable[[memoryview], int]:
        mode = os.fstat(self._write_fd).st_mode
        if S_ISSOCK(mode):
            return self._write_socket
        return self._write_file if S_ISREG(mode) else self._write_pipe

    def _write_file(self, view: memoryview) -> int:
        return os.write(self._write_fd, view)

    def _write_pipe(self, view: memoryview) -> int:
        """At most PIPE_BUF bytes: what a pipe that says it is writable takes without blocking (pipe(7))."""
        if not self._writer.poll(0):
            raise BlockingIOError
        return os.write(self._write_fd, view[:PIPE_BUF])

    def _write_socket(self, view: memoryview) -> int:
        from _socket import MSG_DONTWAIT

        return self._borrow_socket().send(view, MSG_DONTWAIT)

    def _borrow_socket(self) -> "socket":
        """The socket behind ``write_fd``, on a descriptor of its own, so that nothing of ours closes the caller's.

        _socket is the class itself, without the enums and selectors that ``import socket`` costs each cold exchange.
        """
        if self._socket is None:
            from _socket import socket

            self._socket = socket(fileno=os.dup(self._write_fd))
        return self._socket

    def finish(self, *, is_sending: bool) -> None:
        """Say that no more will come, and listen for a moment to a client that ``is_sending``; only sockets need it.

        Closing a socket with unread bytes in it sends a reset, which destroys the part of the reply that the client has
        not read yet (RFC 9112 section 9.6).
        """
        try:
            if not S_ISSOCK(os.fstat(self._write_fd).st_mode):
                return
            from _socket import SHUT_WR

            self._borrow_socket().shutdown(SHUT_WR)
            self._drain(Patience(LINGER_SECONDS if is_sending else 0))
        except OSError:
            return  # The client has gone already, which is all we were waiting for.
        finally:
            if self._socket is not None:
                self._socket.close()
                self._socket = None

    def _drain(self, patience: Patience) -> None:
        drained = 0
        while drained < LINGER_BYTES and patience.wait(self._reader):
            data = os.read(self._read_fd, READ_BYTES)
            if not data:
                return
            drained += len(data)
