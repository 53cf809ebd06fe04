"""Framing: the body and the reply as h11 frames them.

Law: the only importer of h11. Its error texts quote the client's bytes, so none leaves here. Loaded by connection.py
when it is first needed.
"""

import h11

from slurmrest_inetd.errors import BadRequest, HeadersTooLarge
from slurmrest_inetd.wire.reasons import REASONS


class Framing:
    """h11's connection after the head: pieces of the body come out, the reply's bytes come out."""

    def __init__(self, head: bytes, max_head_bytes: int) -> None:
        """``head`` is all that has come so far, b"" when it was never whole. Raises BadRequest."""
        self._connection = h11.Connection(h11.SERVER, max_head_bytes)
        if head:
            self._connection.receive_data(head)
            self._next_event()

    def receive(self, data: bytes) -> None:
        """Bytes from the client; b"" when it has closed."""
        self._connection.receive_data(data)

    def read_piece(self) -> bytes | None:
        """The next piece of the body, b"" when more must come first, None at its end.

        Raises BadRequest, HeadersTooLarge (trailer fields).
        """
        event = self._next_event()
        if event is h11.NEED_DATA:
            return b""
        # EndOfMessage, or PAUSED or ConnectionClosed, which would come again and again.
        return bytes(event.data) if isinstance(event, h11.Data) else None

    @property
    def is_awaited(self) -> bool:
        """Whether the client waits for 100 Continue, and nothing of the body has come."""
        return self._connection.they_are_waiting_for_100_continue and not self._connection.trailing_data[0]

    @property
    def is_cut_off(self) -> bool:
        """Whether the client has closed."""
        return self._connection.trailing_data[1]

    def format_invitation(self) -> bytes:
        """100 Continue."""
        return self._send(h11.InformationalResponse(status_code=100, headers=[], reason=REASONS[100]))

    def format_begin(self, status: int, reason: str, fields: list[tuple[bytes, bytes]]) -> bytes:
        """Status line and header fields. Raises h11.LocalProtocolError for fields that cannot be sent."""
        return self._send(h11.Response(status_code=status, headers=fields, reason=reason))

    def format_piece(self, data: bytes) -> bytes:
        """A piece of the reply's body."""
        return self._send(h11.Data(data=data))

    def format_end(self) -> bytes:
        """What stands behind the body."""
        return self._send(h11.EndOfMessage())

    def _send(self, event: h11.Event) -> bytes:
        return self._connection.send(event) or b""

    def _next_event(self) -> object:
        """h11's next event, its refusals turned into ours."""
        try:
            return self._connection.next_event()
        except h11.RemoteProtocolError as error:
            if self.is_cut_off:
                raise BadRequest("The body ends before its announced end") from None
            if error.error_status_hint == HeadersTooLarge.status:
                raise HeadersTooLarge("A chunk's header or the trailer fields are too long") from None
            raise BadRequest("The request is malformed: RFC 9112") from None
