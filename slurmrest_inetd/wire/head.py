"""The request line and the header fields, read strictly (RFC 9112 sections 2 to 6, RFC 9110 section 5).

Law: bytes in, a Head out, or the refusal that names what is wrong. h11 reads the same bytes afterwards and frames the
body; we read them first because h11 forgives what is to be refused here (folded lines, control characters) and because
its error texts quote the client's bytes, tokens included. No text of ours quotes a value. Called by connection.py.
"""

from typing import NamedTuple

from slurmrest_inetd.errors import (
    BadRequest,
    ContentTooLarge,
    ExpectationFailed,
    HeadersTooLarge,
    NotImplementedHere,
    TargetTooLong,
    VersionNotSupported,
)
from slurmrest_inetd.settings import Settings

MAX_FIELDS = 100
# More digits than any length that fits into 63 bits; also keeps int() away from numbers that take it long.
MAX_LENGTH_DIGITS = 18
# A name is shown in an error text only when it is shorter than any token: a client may have put one in the wrong place.
MAX_SHOWN_NAME = 40

TLS_HANDSHAKE = 0x16
DIGITS = b"0123456789"
TOKEN = DIGITS + b"!#$%&'*+-.^_`|~ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
VISIBLE = bytes(range(0x21, 0x7F))
CONTROLS = bytes(range(0x00, 0x09)) + bytes(range(0x0A, 0x20)) + b"\x7f"
HOST_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~!$&'()*+,;=%:[]")
# Fields of which a request has at most one (RFC 9110 section 5.3); Transfer-Encoding and Expect are lists.
SINGLE_FIELDS = ("host", "content-length", "content-type")


class Head(NamedTuple):
    """A request's head: ``version`` is "1.0" or "1.1"; the fields' names are lower case, their values stripped."""

    method: str
    target: str
    version: str
    fields: tuple[tuple[str, str], ...]

    def get_all(self, name: str) -> list[str]:
        """Every value of the field ``name`` (lower case), in order."""
        return [value for key, value in self.fields if key == name]

    def get_list(self, name: str) -> list[str]:
        """Every member of the comma-separated list field ``name``, lower case."""
        return [member.strip(" \t").lower() for value in self.get_all(name) for member in value.split(",")]


def find_head_end(received: bytearray, searched: int, settings: Settings) -> int:
    """Where the head ends in ``received``, of which ``searched`` bytes were looked at before; 0 while it has not ended.

    Raises, as early as can be known, BadRequest for what is not HTTP, VersionNotSupported, TargetTooLong,
    HeadersTooLarge.
    """
    line_end = received.find(b"\n")
    if (len(received) if line_end < 0 else line_end) > settings.max_request_line_bytes:
        raise TargetTooLong(f"The request line is longer than {settings.max_request_line_bytes} bytes")
    if line_end < 0:
        check_method(received.partition(b" ")[0])
        return 0
    if searched <= line_end:
        parse_request_line(bytes(received[:line_end]).removesuffix(b"\r"))
    start = max(0, searched - 3)
    ends = [at + len(mark) for mark in (b"\n\r\n", b"\n\n") if (at := received.find(mark, start)) >= 0]
    end = min(ends, default=0)
    if (end or len(received)) - line_end > settings.max_header_bytes:
        raise HeadersTooLarge(f"The header fields are longer than {settings.max_header_bytes} bytes")
    return end


def parse_head(head: bytes) -> Head:
    """A whole head, its blank line included. Raises the 4xx and 5xx of RFC 9110 and 9112 for what it must not be."""
    lines = [line.removesuffix(b"\r") for line in head.split(b"\n")]
    parsed = Head(*parse_request_line(lines[0]), parse_fields(lines[1:-2]))
    for name in SINGLE_FIELDS:
        if len(parsed.get_all(name)) > 1:
            raise BadRequest(f"More than one header field {name}")
    check_framing(parsed)
    check_expectation(parsed)
    for host in parsed.get_all("host"):
        if not HOST_CHARACTERS.issuperset(host):
            raise BadRequest("The header field host is not a host and port: RFC 9110 section 7.2")
    return parsed


def check_method(method: bytes | bytearray) -> None:
    """Raises BadRequest when no request line can begin like this."""
    if method[:1] == bytes([TLS_HANDSHAKE]):
        raise BadRequest("This is the beginning of a TLS handshake: plain HTTP is spoken here")
    if not method or method.translate(None, TOKEN):
        raise BadRequest("The request line does not begin with a method: RFC 9112 section 3.1")


def parse_request_line(line: bytes) -> tuple[str, str, str]:
    """``METHOD target HTTP/1.1`` as method, target and "1.1". Raises BadRequest, VersionNotSupported."""
    method, *parts = line.split(b" ")
    check_method(method)
    if len(parts) != 2:
        raise BadRequest(
            "The request line is not method, target, version with single spaces (a space in a target is written %20): "
            "RFC 9112 section 3"
        )
    target, version = parts
    if not version.startswith(b"HTTP/") or version[5:].translate(None, DIGITS + b"."):
        raise BadRequest("The request line does not end in an HTTP version: RFC 9112 section 2.3")
    if not version.startswith(b"HTTP/1.") or len(version) != len(b"HTTP/1.1"):
        raise VersionNotSupported("Only HTTP/1.0 and HTTP/1.1 are spoken here")
    if not version[-1:].isdigit():
        raise BadRequest("The request line does not end in an HTTP version: RFC 9112 section 2.3")
    if not target or target.translate(None, VISIBLE):
        raise BadRequest("The request target holds bytes that have to be percent-encoded: RFC 3986 section 2")
    return method.decode("ascii"), target.decode("ascii"), "1.0" if version.endswith(b"0") else "1.1"


def parse_fields(lines: list[bytes]) -> tuple[tuple[str, str], ...]:
    """Header lines as (lower case name, value as latin-1) pairs. Raises BadRequest, HeadersTooLarge."""
    if len(lines) > MAX_FIELDS:
        raise HeadersTooLarge(f"More than {MAX_FIELDS} header fields")
    fields = []
    for number, line in enumerate(lines, 1):
        name, colon, value = line.partition(b":")
        if not (colon and name) or name.translate(None, TOKEN) or len(value.translate(None, CONTROLS)) != len(value):
            raise refuse_field(number, line)
        fields.append((name.lower().decode("ascii"), value.strip(b" \t").decode("latin-1")))
    return tuple(fields)


def refuse_field(number: int, line: bytes) -> BadRequest:
    """Say what is wrong with header line ``number`` without showing its value."""
    name, colon, _ = line.partition(b":")
    is_token = bool(name) and not name.translate(None, TOKEN)
    if line[:1] in (b" ", b"\t"):
        defect = "continues the line before it: RFC 9112 section 5.2"
    elif not colon:
        defect = "has no colon: RFC 9112 section 5"
    elif is_token:
        defect = "holds a control character: RFC 9110 section 5.5"
    elif name.rstrip(b" \t") != name:
        defect = "has whitespace before its colon: RFC 9112 section 5.1"
    else:
        defect = "has a name that is no token: RFC 9110 section 5.1"
    shown = f" ({name.decode('ascii')})" if is_token and colon and len(name) <= MAX_SHOWN_NAME else ""
    return BadRequest(f"Header line {number}{shown} {defect}")


def check_framing(head: Head) -> None:
    """RFC 9112 section 6: one way only to tell where the body ends, and one that we know."""
    lengths, codings = head.get_all("content-length"), head.get_list("transfer-encoding")
    if codings and lengths:
        raise BadRequest("Both Transfer-Encoding and Content-Length: RFC 9112 section 6.1")
    if codings and head.version == "1.0":
        raise BadRequest("Transfer-Encoding in an HTTP/1.0 request: RFC 9112 section 6.1")
    if any(coding != "chunked" for coding in codings):
        raise NotImplementedHere("Transfer-Encoding: the only coding known here is chunked")
    if len(codings) > 1:
        raise BadRequest("Transfer-Encoding is chunked more than once: RFC 9112 section 6.1")
    for length in lengths:
        if not (length.isascii() and length.isdigit()):
            raise BadRequest("Content-Length is not a number: RFC 9110 section 8.6")
        if len(length) > MAX_LENGTH_DIGITS:
            raise ContentTooLarge("Content-Length is larger than any body that is read here")


def check_expectation(head: Head) -> None:
    """Raises ExpectationFailed for any expectation but 100-continue (RFC 9110 section 10.1.1)."""
    if any(member not in ("", "100-continue") for member in head.get_list("expect")):
        raise ExpectationFailed("Expect: the only expectation known here is 100-continue")
