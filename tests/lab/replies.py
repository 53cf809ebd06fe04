"""One HTTP request written, one HTTP reply read, as tests need them: forgiving where slurmrestd is, never hiding what it did.

Law: bytes in, records out; no h11, so that the program's own reader and writer are not what they are tested with.
"""

import json
from collections.abc import Sequence
from typing import Any, NamedTuple


class Reply(NamedTuple):
    """One reply. ``rest`` is what came after its body: slurmrestd's stray ``Connection: Close``, or a second reply."""

    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    rest: bytes = b""

    def get(self, name: str) -> str | None:
        """The first value of the header field ``name``, whatever its case; None without one."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    def json(self) -> Any:
        """The body as a JSON document."""
        return json.loads(self.body)


def format_request(method: str, path: str, headers: Sequence[tuple[str, str]] = (), body: Any = None) -> bytes:
    """The bytes of one HTTP/1.1 request; a ``body`` that is not bytes is written as JSON, its Content-Type unless given."""
    lines = [("Host", "localhost"), *headers]
    if body is not None and not isinstance(body, bytes):
        body = json.dumps(body).encode()
        if not any(name.lower() == "content-type" for name, _ in headers):
            lines.append(("Content-Type", "application/json"))
    if body is not None and not any(name.lower() in ("content-length", "transfer-encoding") for name, _ in headers):
        lines.append(("Content-Length", str(len(body))))
    if not any(name.lower() == "connection" for name, _ in headers):
        lines.append(("Connection", "close"))
    head = "".join(f"{name}: {value}\r\n" for name, value in lines)
    return f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + (body or b"")


def parse_reply(raw: bytes, method: str = "GET") -> Reply:
    """Take the first final reply in ``raw`` apart; raises ValueError where there is none."""
    head, blank, rest = raw.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    words = lines[0].split(" ", 2)
    if not blank or not words[0].startswith("HTTP/1.") or len(words) < 2:
        raise ValueError(f"not an HTTP reply: {raw[:200]!r}")
    headers = tuple((name, value.strip()) for name, _, value in (line.partition(":") for line in lines[1:]))
    reply = Reply(int(words[1]), words[2] if len(words) > 2 else "", headers, b"")
    if 100 <= reply.status < 200:
        return parse_reply(rest, method)
    if method == "HEAD" or reply.status in (204, 304):
        return reply._replace(rest=rest)
    if (reply.get("transfer-encoding") or "").lower() == "chunked":
        body, rest = parse_chunks(rest)
        return reply._replace(body=body, rest=rest)
    length = reply.get("content-length")
    if length is None:
        return reply._replace(body=rest)
    if len(rest) < int(length):
        raise ValueError(f"a body of {length} bytes is cut off after {len(rest)}")
    return reply._replace(body=rest[: int(length)], rest=rest[int(length) :])


def parse_chunks(raw: bytes) -> tuple[bytes, bytes]:
    """A chunked body (RFC 9112, 7.1) and what follows it; raises ValueError where its end is missing."""
    body = b""
    while True:
        line, found, raw = raw.partition(b"\r\n")
        if not found:
            raise ValueError("a chunked body is cut off")
        size = int(line.split(b";")[0], 16)
        if size == 0:
            _, _, rest = (b"\r\n" + raw).partition(b"\r\n\r\n")
            return body, rest
        if raw[size : size + 2] != b"\r\n":
            raise ValueError("a chunk is cut off")
        body, raw = body + raw[:size], raw[size + 2 :]
