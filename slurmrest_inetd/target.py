"""The request target (RFC 9112 section 3.2, RFC 3986) <-> path segments and query pairs; forms, written like a query.

Law: text in, text out, or BadRequest that names the part. Nothing is resolved, joined or opened: ``..`` is a segment
like any other. Called by wire for each request, and for form-encoded bodies.
"""

from collections.abc import Iterable

from slurmrest_inetd.errors import BadRequest

MAX_FORM_PAIRS = 10_000
MAX_SHOWN_CHARACTERS = 60
HEX_DIGITS = b"0123456789abcdefABCDEF"
UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
SCHEMES = ("http://", "https://")
# A key without `=` is a flag that is set: slurmrestd takes `?with_deleted` as `?with_deleted=true`.
SET_FLAG = "true"


def parse_target(method: str, target: str) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """The decoded path segments (empty ones left out: repeated slashes do not matter) and query pairs of ``target``.

    ``target`` is visible ASCII in origin-form or absolute-form; or the asterisk of OPTIONS or the authority of CONNECT,
    which give one segment each, one that no route has. Raises BadRequest.
    """
    if target == "*" or method == "CONNECT":
        return parse_pathless(method, target), ()
    if "#" in target:
        raise BadRequest("The request target holds a fragment (a # in a value is written %23): RFC 9112 section 3.2")
    path, mark, query = strip_origin(target).partition("?")
    segments = tuple(decode_percent(segment, "The path segment") for segment in path.split("/") if segment)
    return segments, parse_pairs(query, "The query parameter") if mark else ()


def format_target(segments: Iterable[str], query: Iterable[tuple[str, str]] = ()) -> str:
    """The origin-form that ``parse_target`` takes apart into these segments (none of them empty) and pairs again."""
    pairs = "&".join(f"{encode_percent(key)}={encode_percent(value)}" for key, value in query)
    return "/" + "/".join(map(encode_percent, segments)) + ("?" + pairs if pairs else "")


def parse_form(body: bytes) -> tuple[tuple[str, str], ...]:
    """The pairs of an application/x-www-form-urlencoded body. Raises BadRequest."""
    if body.count(b"&") >= MAX_FORM_PAIRS:
        raise BadRequest(f"The form holds more than {MAX_FORM_PAIRS} fields")
    try:
        return parse_pairs(body.decode("utf-8").strip("\r\n"), "The form field")
    except UnicodeDecodeError:
        raise BadRequest("The form is not UTF-8") from None


def parse_pathless(method: str, target: str) -> tuple[str, ...]:
    """The asterisk of OPTIONS, the authority of CONNECT, each only there (RFC 9112 sections 3.2.3 and 3.2.4)."""
    if method == "CONNECT" and ":" in target and not set("/?#@") & set(target):
        return (target,)
    if method == "OPTIONS" and target == "*":
        return (target,)
    raise BadRequest(f"The request target {show(target)} does not go with the method: RFC 9112 section 3.2")


def strip_origin(target: str) -> str:
    """Origin-form as it is; absolute-form without scheme and authority, which decide nothing here."""
    if target.startswith("/"):
        return target
    for scheme in SCHEMES:
        if target[: len(scheme)].lower() == scheme:
            rest = target[len(scheme) :]
            end = min((at for mark in "/?" if (at := rest.find(mark)) >= 0), default=len(rest))
            if not rest[:end] or "@" in rest[:end]:
                raise BadRequest("The request target has no host, or a user before it: RFC 9110 section 4.2")
            return rest[end:]
    raise BadRequest("The request target is neither a path nor an http URI: RFC 9112 section 3.2")


def parse_pairs(text: str, what: str) -> tuple[tuple[str, str], ...]:
    """``a=1&b=x+y&flag`` as pairs, in order; ``+`` is a space; ``what`` begins a refusal's text. Raises BadRequest."""
    pairs = []
    for field in text.split("&"):
        if field:
            key, mark, value = field.replace("+", " ").partition("=")
            name = decode_percent(key, what)
            pairs.append((name, decode_percent(value, f"{what} {show(name)}:") if mark else SET_FLAG))
    return tuple(pairs)


def decode_percent(text: str, what: str) -> str:
    """``text`` with its percent-encoded octets decoded. Raises BadRequest for half an octet, NUL, and bad UTF-8."""
    plain, *encoded = text.encode("utf-8").split(b"%")
    octets = bytearray(plain)
    for piece in encoded:
        pair = piece[:2]
        if len(pair) != 2 or pair.strip(HEX_DIGITS):
            raise BadRequest(
                f"{what} {show(text)} holds a % not followed by two hexadecimal digits (a % is written %25)"
            )
        octets.append(int(pair, 16))
        octets += piece[2:]
    if 0 in octets:
        raise BadRequest(f"{what} {show(text)} holds a NUL")
    try:
        return octets.decode("utf-8")
    except UnicodeDecodeError:
        raise BadRequest(f"{what} {show(text)} is not UTF-8") from None


def encode_percent(text: str) -> str:
    """Every octet of ``text`` that RFC 3986 does not call unreserved, percent-encoded."""
    return "".join(chr(octet) if octet in UNRESERVED else f"%{octet:02X}" for octet in text.encode("utf-8"))


def show(text: str) -> str:
    """``text`` quoted for an error, cut short."""
    return f'"{text if len(text) <= MAX_SHOWN_CHARACTERS else text[:MAX_SHOWN_CHARACTERS] + "..."}"'
