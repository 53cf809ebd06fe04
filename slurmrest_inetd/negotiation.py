"""What of a resource a client wants and already has, and what it sent (RFC 9110 sections 8.3, 8.4, 12.5 and 13.1).

Law: header values in, a decision out; no h11, no wire, no document. The spellings are those that slurmrestd 24.11 and
26.05 take, and RFC 9512's aliases. Called by exchange.py (Accept), wire (Content-Encoding), envelope.py (Content-Type).
"""

from collections.abc import Iterable, Sequence

from slurmrest_inetd.errors import NotAcceptable, UnsupportedMediaType

# Media type -> how the document is written; in the order of our own preference, for ``*/*`` and ``text/*``.
# fmt: off
FORMATS: dict[str, str] = {
    "application/json":        "json",
    "application/yaml":        "yaml",
    "text/yaml":               "yaml",
    "application/x-yaml":      "yaml",
    "text/x-yaml":             "yaml",
    "application/jsonrequest": "json",
}
# fmt: on
FORM = "application/x-www-form-urlencoded"
CHARSETS = ("utf-8", "utf8", "us-ascii", "ascii")
TOKEN = frozenset("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
WHITESPACE = " \t"


def choose_media(accept: Sequence[str], *, offered: Iterable[str] = FORMATS, lenient: bool = False) -> str:
    """How the reply is written, "json" or "yaml": see ``choose_media_type``."""
    return FORMATS[choose_media_type(accept, offered=offered, lenient=lenient)]


def choose_media_type(accept: Sequence[str], *, offered: Iterable[str] = FORMATS, lenient: bool = False) -> str:
    """The one of ``offered`` that the values of the Accept fields like best; the first one when there are none.

    Between equal qualities the client's order decides, as in slurmrestd (which knows no qualities), then ours. Members
    that are malformed are skipped. Raises NotAcceptable, naming what is offered, when nothing is left, unless
    ``lenient``, which takes the first one then.
    """
    types = tuple(offered)
    ranges = parse_accept(accept)
    if ranges is None:
        return types[0]
    # max() takes the first of equals, which is our own order.
    ratings = {media_type: rate_type(media_type, ranges) for media_type in types}
    best = max(types, key=ratings.__getitem__)
    if ratings[best] > (0.0, 0):
        return best
    if lenient:
        return types[0]
    raise NotAcceptable(f"Nothing that Accept allows is produced here: {', '.join(types)}", source="Accept")


def parse_accept(values: Sequence[str]) -> list[tuple[str, str, float]] | None:
    """The media ranges of Accept as (type, subtype, quality), in order; None when the fields say nothing at all."""
    members = [member for value in values for member in split_unquoted(value, ",") if member]
    if not members:
        return None
    ranges = []
    for member in members:
        name, *parameters = split_unquoted(member.lower(), ";")
        # Java's old HttpURLConnection sends a lone `*`.
        parts = parse_media_type("*/*" if name == "*" else name)
        if parts and (parts[0] != "*" or parts[1] == "*"):
            ranges.append((*parts, parse_quality(parameters)))
    return ranges


def parse_quality(parameters: Iterable[str]) -> float:
    """The ``q`` among a media range's parameters, at most 1; 1 where it is missing or unreadable."""
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        digits = value.strip(WHITESPACE)
        if name.strip(WHITESPACE) == "q" and digits.isascii() and digits.replace(".", "", 1).isdigit():
            return min(1.0, float(digits))
    return 1.0


def rate_type(media_type: str, ranges: Sequence[tuple[str, str, float]]) -> tuple[float, int]:
    """The quality of ``media_type`` by the most specific range that fits, and how early that stands; else (0, 0).

    A range's parameters (``charset=utf-8``) do not narrow it: there are no variants that they could tell apart.
    """
    kind, _, subtype = media_type.partition("/")
    best, quality, place = -1, 0.0, 0
    for number, (wanted_kind, wanted_subtype, wanted_quality) in enumerate(ranges):
        if wanted_kind in (kind, "*") and wanted_subtype in (subtype, "*"):
            specificity = (wanted_kind != "*") + (wanted_subtype != "*")
            if specificity > best:
                best, quality, place = specificity, wanted_quality, -number
    return (quality, place) if quality else (0.0, 0)


def accepts_gzip(accept_encoding: Sequence[str]) -> bool:
    """Whether Accept-Encoding names gzip, or anything, with a quality above 0 (RFC 9110 section 12.5.3)."""
    qualities = {}
    for member in split_unquoted(",".join(accept_encoding).lower(), ","):
        name, *parameters = split_unquoted(member, ";")
        qualities[name.strip(WHITESPACE)] = parse_quality(parameters)
    return qualities.get("gzip", qualities.get("*", 0.0)) > 0


def has_etag(if_none_match: Sequence[str], etag: str) -> bool:
    """Whether If-None-Match names ``etag`` (compared weakly) or anything at all (RFC 9110 section 13.1.2)."""
    given = [word.strip(WHITESPACE).removeprefix("W/") for word in ",".join(if_none_match).split(",")]
    return etag in given or given == ["*"]


def parse_content_type(value: str) -> tuple[str, dict[str, str]]:
    """A Content-Type as lower case ``type/subtype`` and its parameters (names lower case, quotes taken off).

    Raises UnsupportedMediaType when it is no media type, or has a charset that is not UTF-8.
    """
    name, *parts = split_unquoted(value, ";")
    if not parse_media_type(name):
        raise refuse_content_type("Content-Type is not a media type: RFC 9110 section 8.3")
    parameters = {}
    for part in parts:
        key, _, text = part.partition("=")
        parameters[key.strip(WHITESPACE).lower()] = unquote(text.strip(WHITESPACE))
    if parameters.get("charset", "utf-8").lower() not in CHARSETS:
        raise refuse_content_type("Content-Type: the only charset read here is utf-8")
    return name.lower(), parameters


def check_content_encoding(values: Sequence[str]) -> None:
    """Raises UnsupportedMediaType for a compressed body: only ``identity`` is read here (RFC 9110 section 8.4)."""
    codings = [coding.strip(WHITESPACE).lower() for value in values for coding in value.split(",")]
    if any(coding not in ("", "identity") for coding in codings):
        description = "Content-Encoding: a body is read here only as it is (identity)"
        headers = (("Accept-Encoding", "identity"),)
        raise UnsupportedMediaType(description, source="Content-Encoding", headers=headers)


def refuse_content_type(description: str) -> UnsupportedMediaType:
    """The refusal of a Content-Type, with what would be taken (RFC 9110 section 15.5.16)."""
    return UnsupportedMediaType(description, source="Content-Type", headers=(("Accept", ", ".join((*FORMATS, FORM))),))


def parse_media_type(text: str) -> tuple[str, str] | None:
    """``type/subtype`` as two tokens, None when it is not that."""
    kind, _, subtype = text.partition("/")
    return (kind, subtype) if kind and subtype and TOKEN.issuperset(kind + subtype) else None


def split_unquoted(text: str, mark: str) -> list[str]:
    """``text`` split at every ``mark`` that does not stand in a quoted string, the parts stripped."""
    if '"' not in text:
        return [part.strip(WHITESPACE) for part in text.split(mark)]
    parts, start, is_quoted, is_escaped = [], 0, False, False
    for place, character in enumerate(text):
        if is_escaped:
            is_escaped = False
        elif character == '"':
            is_quoted = not is_quoted
        elif is_quoted:
            is_escaped = character == "\\"
        elif character == mark:
            parts.append(text[start:place].strip(WHITESPACE))
            start = place + 1
    return [*parts, text[start:].strip(WHITESPACE)]


def unquote(text: str) -> str:
    """A quoted-string's content; other text as it is."""
    if len(text) < len('""') or not text.startswith('"') or not text.endswith('"'):
        return text
    characters, is_escaped = [], False
    for character in text[1:-1]:
        is_escaped = character == "\\" and not is_escaped
        if not is_escaped:
            characters.append(character)
    return "".join(characters)
