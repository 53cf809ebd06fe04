"""Wire: one exchange over two descriptors: a request comes in, a reply goes out, the connection ends.

Law: the only importer of h11, which frames bodies and writes replies; head.py has read the head before it. Bytes after
the request are never looked at: one exchange. h11's error texts quote the client's bytes, so none leaves here.
Called by exchange.py.
"""

from collections.abc import Iterator
from time import gmtime, strftime

import h11

from slurmrest_inetd.errors import BadRequest, ClientGone, ContentTooLarge, HeadersTooLarge
from slurmrest_inetd.model import Peer, Reply, Request
from slurmrest_inetd.negotiation import check_content_encoding
from slurmrest_inetd.settings import Settings
from slurmrest_inetd.target import parse_target
from slurmrest_inetd.wire.channel import Channel, Patience
from slurmrest_inetd.wire.head import Head, find_head_end, parse_head
from slurmrest_inetd.wire.peer import describe_peer
from slurmrest_inetd.wire.reasons import REASONS

# These have no body, and 204 must not announce one (RFC 9110 sections 8.6, 15.3.5 and 15.4.5).
NO_BODY_STATUSES = (204, 304)
# A piece of body this small travels with what stands before it, in one write.
JOINED_BYTES = 64 * 1024
# How much may come for each byte of body that is allowed: a body in one-byte chunks is work for us, not content.
FRAMING_FACTOR = 2
# Someone who types a request is slower than a program that sends one.
TYPING_SECONDS = 600.0


class Wire:
    """The client, as exchange.py sees it: read_request, perhaps read_body, write_reply once, close.

    ``peer`` is who it is; ``request_begun`` says whether a byte has come, ``reply_begun`` whether one of the reply may
    have gone; ``status`` and ``sent_bytes`` what the reply was and how much of its body was handed to the kernel.
    """

    def __init__(self, read_fd: int, write_fd: int, settings: Settings) -> None:
        self.peer: Peer = describe_peer(read_fd, write_fd)
        self.request_begun = False
        self.reply_begun = False
        self.status = 0
        self.sent_bytes = 0
        self._settings = settings
        self._channel = Channel(read_fd, write_fd)
        self._connection = h11.Connection(h11.SERVER, settings.max_request_line_bytes + settings.max_header_bytes)
        self._reading_seconds = TYPING_SECONDS if self.peer.kind == "tty" else settings.read_timeout_seconds
        self._writing = Patience(settings.write_timeout_seconds)
        self._head: Head | None = None
        self._is_head_request = False
        self._is_sending = True

    def read_request(self) -> Request:
        """The request line and the header fields; the body stays unread.

        Raises ClientGone when nothing came, BadRequest (also for half a request), RequestTimeout, and the other 4xx and
        5xx of RFC 9110 and 9112 that head.py and target.py know.
        """
        received, end = self._receive_head()
        head = self._head = parse_head(bytes(received[:end]))
        self._give_to_h11(received, head)
        self._is_sending = has_body(head)
        segments, query = parse_target(head.method, head.target)
        return Request(head.method, head.target, segments, query, head.fields, head.version)

    def _receive_head(self) -> tuple[bytearray, int]:
        """What has come when the head is whole, and where the head ends in it."""
        patience = Patience(self._reading_seconds)
        received, end, searched = bytearray(), 0, 0
        while not end:
            data = self._channel.receive(patience)
            if not data and not self.request_begun:
                raise ClientGone("nothing came")
            if not data:
                self._is_sending = False
                raise BadRequest("The request ends before the blank line after its header fields")
            self.request_begun = True
            # Empty lines before the request line are ignored: RFC 9112 section 2.2.
            received += data if received else data.lstrip(b"\r\n")
            self._is_head_request = received.startswith(b"HEAD ")
            if received:
                end = find_head_end(received, searched, self._settings)
                searched = len(received)
        return received, end

    def _give_to_h11(self, received: bytearray, head: Head) -> None:
        """Let h11 read the head too, and hold what of the body has come with it.

        RFC 9112 section 3.2 wants Host in HTTP/1.1, and a TCP client without it is refused. On a pipe, a file or a UNIX
        socket no authority exists that Host could name, and scripts (and slurmrestd) do without: h11 gets an empty one.
        """
        if head.version != "1.0" and not head.get_all("host"):
            if self.peer.kind == "socket":
                raise BadRequest("An HTTP/1.1 request without the header field host: RFC 9112 section 3.2")
            line_end = received.find(b"\n") + 1
            received[line_end:line_end] = b"Host:\r\n"
        self._connection.receive_data(bytes(received))
        self._next_event()

    def read_body(self) -> bytes:
        """The whole body, b"" when there is none; asks for it with 100 Continue when the client waits for that.

        Raises ContentTooLarge (before a byte is read, where Content-Length tells), UnsupportedMediaType for a
        Content-Encoding, BadRequest for a body that is cut short or badly chunked, RequestTimeout, ClientGone.
        """
        if self._head is None or not self._is_sending:
            return b""
        check_content_encoding(self._head.get_all("content-encoding"))
        limit = self._settings.max_body_bytes
        refusal = ContentTooLarge(f"The body is larger than {limit} bytes")
        if any(int(length) > limit for length in self._head.get_all("content-length")):
            raise refusal
        patience = Patience(self._reading_seconds)
        body, arrived = bytearray(), 0
        while len(body) <= limit and arrived <= FRAMING_FACTOR * limit + self._settings.max_header_bytes:
            event = self._next_event()
            if event is h11.NEED_DATA:
                arrived += self._receive_more(patience)
            elif isinstance(event, h11.Data):
                body += event.data
            else:  # EndOfMessage, or PAUSED or ConnectionClosed, which would come again and again.
                self._is_sending = False
                return bytes(body)
        raise refusal

    def _receive_more(self, patience: Patience) -> int:
        """Give h11 what comes next, after asking for it where the client wants to be asked; the number of bytes."""
        connection = self._connection
        is_waiting = connection.they_are_waiting_for_100_continue
        if is_waiting and not (connection.trailing_data[0] or self._channel.is_readable()):
            invitation = h11.InformationalResponse(status_code=100, headers=[], reason=REASONS[100])
            self._channel.send(connection.send(invitation), self._writing)
        data = self._channel.receive(patience)
        patience.earn(len(data))
        connection.receive_data(data)
        return len(data)

    def _next_event(self) -> object:
        """h11's next event, its refusals turned into ours."""
        try:
            return self._connection.next_event()
        except h11.RemoteProtocolError as error:
            if self._connection.trailing_data[1]:
                self._is_sending = False
                raise BadRequest("The body ends before its announced end") from None
            if error.error_status_hint == HeadersTooLarge.status:
                raise HeadersTooLarge("A chunk's header or the trailer fields are too long") from None
            raise BadRequest("The request is malformed: RFC 9112") from None

    def write_reply(self, reply: Reply, *, head: bool) -> int:
        """Write status line, header fields and body (no body for ``head``); returns the bytes of body written.

        A body of bytes gets Content-Length. An iterator is sent as it yields: chunked to HTTP/1.1, to HTTP/1.0 until
        the connection closes. Its first piece is taken before anything is written, so that an error there can still
        become another reply; an error after that passes through and leaves the reply visibly unfinished.

        Raises ClientGone; h11.LocalProtocolError, before anything is written, for header fields that cannot be sent;
        RuntimeError when a reply has begun.
        """
        if self.reply_begun:
            raise RuntimeError("a reply that has begun is never begun again")
        is_whole = isinstance(reply.body, bytes)
        chunks = iter((reply.body,)) if isinstance(reply.body, bytes) else reply.body
        try:
            first = next(chunks, b"")
            begin = self._format_begin(reply, len(first) if is_whole else None)
            if head or self._is_head_request or reply.status in NO_BODY_STATUSES:
                self._write(begin)
            else:
                self._write_content(begin, first, chunks)
        finally:
            close = getattr(chunks, "close", None)
            if close is not None:
                close()
        return self.sent_bytes

    def _format_begin(self, reply: Reply, length: int | None) -> bytes:
        """Status line and header fields. A field that cannot be sent is refused before h11's state has changed."""
        headers = [("Date", strftime("%a, %d %b %Y %H:%M:%S GMT", gmtime())), *reply.headers]
        if length is not None and reply.status not in NO_BODY_STATUSES:
            headers.append(("Content-Length", str(length)))
        headers.append(("Connection", "close"))
        fields = [(spell_name(name).encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        reason = REASONS.get(reply.status, "")
        begin = self._connection.send(h11.Response(status_code=reply.status, headers=fields, reason=reason))
        self.status = reply.status
        return begin

    def _write_content(self, begin: bytes, first: bytes, rest: Iterator[bytes]) -> None:
        for chunk in prepend(first, rest):
            framed = self._connection.send(h11.Data(data=chunk)) if chunk else b""
            if len(framed) > JOINED_BYTES:
                self._write(begin)
                self._write(framed)
            else:
                self._write(begin + framed)
            begin = b""
            self.sent_bytes += len(chunk)
        self._write(self._connection.send(h11.EndOfMessage()))

    def _write(self, data: bytes) -> None:
        if data:
            self.reply_begun = True
            self._channel.send(data, self._writing)

    def close(self) -> None:
        """End the connection; a socket so that the reply is not lost. The descriptors stay the caller's to close."""
        self._channel.finish(is_sending=self._is_sending and self.request_begun)


def has_body(head: Head) -> bool:
    """Whether a body follows (RFC 9112 section 6.3)."""
    return bool(head.get_all("transfer-encoding")) or any(int(length) for length in head.get_all("content-length"))


def spell_name(name: str) -> str:
    """``content-type`` as ``Content-Type``, which scripts look for; a name that has capitals stays as it is."""
    return name.title() if name.islower() else name


def prepend(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    """``first``, then ``rest``."""
    yield first
    yield from rest
