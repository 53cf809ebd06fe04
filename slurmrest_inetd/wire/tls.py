"""A channel that speaks TLS: the same bytes, encrypted on the way.

Law: no HTTP here, and no byte of the client in a log or an error text. The handshake is part of the first read, so that
it has the same patience. Loaded by workers of a listening parent only; ``ssl`` is dear.
"""

import os
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from slurmrest_inetd.errors import BadRequest, ClientGone, RequestTimeout
from slurmrest_inetd.wire.channel import READ_BYTES, Channel, Patience

HANDSHAKE = b"\x16"  # the first byte of a TLS connection (RFC 8446 section 5.1)
RECORD_BYTES = 16 * 1024  # a record's most (RFC 8446 section 5.1)
LATE = "The request did not come in time"
Result = TypeVar("Result")


class TlsChannel(Channel):
    """The two directions of the connection on ``fd``, whose flags (O_NONBLOCK) change: it must be nobody else's.

    A client that begins without TLS is served in the clear, as slurmrestd does, unless ``is_required``: then it is told
    so in the clear.
    """

    def __init__(self, fd: int, context: ssl.SSLContext, *, is_required: bool) -> None:
        super().__init__(fd, fd)
        self._fd = fd
        self._context = context
        self._is_required = is_required
        self._is_begun = False
        self._secure: ssl.SSLSocket | None = None
        self._ready = {ssl.SSLWantReadError: self._reader, ssl.SSLWantWriteError: self._writer}

    def is_readable(self) -> bool:
        """Whether the next ``receive`` would not wait."""
        return bool(self._secure and self._secure.pending()) or super().is_readable()

    def receive(self, patience: Patience) -> bytes:
        """As Channel's. Raises BadRequest too, for a client that speaks no TLS where it must."""
        if not self._is_begun:
            self._begin(patience)
        secure = self._secure
        if secure is None:
            return super().receive(patience)
        try:
            return self._retry(lambda: secure.recv(READ_BYTES), patience)
        except TimeoutError:
            raise RequestTimeout(LATE) from None
        except OSError as error:
            raise ClientGone("cannot read the request: TLS broken off") from error

    def send(self, data: bytes | bytearray, patience: Patience) -> None:
        """As Channel's."""
        secure = self._secure
        if secure is None:
            super().send(data, patience)
            return
        view = memoryview(data)
        while view:
            piece = view[:RECORD_BYTES]
            try:
                sent = self._retry(lambda piece=piece: secure.send(piece), patience)  # type: ignore[misc]  # a default binds it
            except TimeoutError:
                raise ClientGone("the client does not read the reply") from None
            except OSError as error:
                raise ClientGone("cannot write the reply: TLS broken off") from error
            patience.earn(sent)
            view = view[sent:]

    def finish(self, *, is_sending: bool) -> None:
        """Say in TLS too that no more will come."""
        if self._secure is not None:
            # the client's own goodbye is not waited for, or it has left without
            with suppress(OSError, ValueError):
                self._secure.unwrap()
        super().finish(is_sending=is_sending)

    def _begin(self, patience: Patience) -> None:
        """Find out what the client speaks, and shake hands. Raises BadRequest, RequestTimeout, ClientGone."""
        self._is_begun = True
        if not patience.wait(self._reader):
            raise ClientGone("nothing came in time") if self._is_required else RequestTimeout(LATE)
        plain = socket.socket(fileno=os.dup(self._fd))
        try:
            first = plain.recv(1, socket.MSG_PEEK)
            if first != HANDSHAKE:
                plain.close()
                if first and self._is_required:
                    raise BadRequest("This port speaks TLS only: the request must come over https://")
                return
            plain.setblocking(False)
            secure = self._secure = self._context.wrap_socket(plain, server_side=True, do_handshake_on_connect=False)
            self._retry(secure.do_handshake, patience)
        except TimeoutError:
            raise ClientGone("the TLS handshake did not end in time") from None
        except OSError as error:
            reason = getattr(error, "reason", None) or error.strerror or "broken off"
            raise ClientGone(f"the TLS handshake failed: {reason}") from None

    def _retry(self, action: Callable[[], Result], patience: Patience) -> Result:
        """``action`` as soon as the connection lets it. Raises TimeoutError, ClientGone."""
        while True:
            try:
                return action()
            except (ssl.SSLWantReadError, ssl.SSLWantWriteError) as want:
                if not patience.wait(self._ready[type(want)]):
                    raise TimeoutError from None
