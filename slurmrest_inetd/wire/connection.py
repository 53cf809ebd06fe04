"""Wire: one exchange over two descriptors: a request comes in, a reply goes out, the connection ends.

Law: head.py reads the head, framing.py (h11) the body and the reply; channel.py moves the bytes. Bytes after the
request are never looked at: one exchange. h11 is loaded when first needed: for a read, while the command runs already.
Called by exchange.py.
"""

from collections.abc import Iterator
from time import gmtime, strftime
from typing import TYPE_CHECKING

from slurmrest_inetd.errors import BadRequest, ClientGone, ContentTooLarge
from slurmrest_inetd.model import Peer, Reply, Request
from slurmrest_inetd.negotiation import check_content_encoding
from slurmrest_inetd.settings import Settings
from slurmrest_inetd.target import parse_target
from slurmrest_inetd.wire.channel import Channel, Patience
from slurmrest_inetd.wire.head import Head, find_head_end, parse_head
from slurmrest_inetd.wire.peer import describe_peer
from slurmrest_inetd.wire.reasons import REASONS

if TYPE_CHECKING:
    from slurmrest_inetd.wire.framing import Framing

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

    def __init__(self, read_fd: int, write_fd: int, settings: Settings, channel: Channel | None = None) -> None:
        self.peer: Peer = describe_peer(read_fd, write_fd)
        self.request_begun = False
        self.reply_begun = False
        self.status = 0
        self.sent_bytes = 0
        self._settings = settings
        self._channel = channel or Channel(read_fd, write_fd)
        self._received = bytearray()
        self._framing: Framing | None = None
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
        self._received = received
        self._add_host(head)
        self._is_sending = has_body(head)
        segments, query = parse_target(head.method, head.target)
        return Request(head.method, head.target, segments, query, head.fields, head.version)

    def prepare(self) -> "Framing":
        """Load h11 and let it read the head too; the reply and the body need it. Raises BadRequest."""
        if self._framing is None:
            from slurmrest_inetd.wire.framing import Framing

            limit = self._settings.max_request_line_bytes + self._settings.max_header_bytes
            self._framing = Framing(bytes(self._received) if self._head else b"", limit)
        return self._framing

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

    def _add_host(self, head: Head) -> None:
        """RFC 9112 section 3.2 wants Host in HTTP/1.1, and a TCP client without it is refused. On a pipe, a file or a
        UNIX socket no authority exists that Host could name, and scripts (and slurmrestd) do without: h11 gets an empty
        one.
        """
        if head.version != "1.0" and not head.get_all("host"):
            if self.peer.kind == "socket":
                raise BadRequest("An HTTP/1.1 request without the header field host: RFC 9112 section 3.2")
            line_end = self._received.find(b"\n") + 1
            self._received[line_end:line_end] = b"Host:\r\n"

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
        framing = self.prepare()
        body, arrived = bytearray(), 0
        while len(body) <= limit and arrived <= FRAMING_FACTOR * limit + self._settings.max_header_bytes:
            try:
                piece = framing.read_piece()
            except BadRequest:
                self._is_sending = not framing.is_cut_off
                raise
            if piece is None:
                self._is_sending = False
                return bytes(body)
            body += piece
            if not piece:
                arrived += self._receive_more(framing, patience)
        raise refusal

    def _receive_more(self, framing: "Framing", patience: Patience) -> int:
        """Take what comes next, after asking for it where the client wants to be asked; the number of bytes."""
        if framing.is_awaited and not self._channel.is_readable():
            self._channel.send(framing.format_invitation(), self._writing)
        data = self._channel.receive(patience)
        patience.earn(len(data))
        framing.receive(data)
        return len(data)

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
        begin = self.prepare().format_begin(reply.status, REASONS.get(reply.status, ""), fields)
        self.status = reply.status
        return begin

    def _write_content(self, begin: bytes, first: bytes, rest: Iterator[bytes]) -> None:
        framing = self.prepare()
        for chunk in prepend(first, rest):
            framed = framing.format_piece(chunk) if chunk else b""
            if len(framed) > JOINED_BYTES:
                self._write(begin)
                self._write(framed)
            else:
                self._write(begin + framed)
            begin = b""
            self.sent_bytes += len(chunk)
        self._write(framing.format_end())

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
