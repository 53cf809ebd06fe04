"""What a token says of itself, read once and strictly: its grammar, its algorithm, its lifetime, its user.

Law: nothing here is proof; jwt.py or Slurm verifies the signature over the very bytes that were read here. What is
refused is what slurmctld 24.11 and 26.05 refuse, and beyond that a ``nbf`` in the future, members that stand twice and
extensions that must be understood. Called by auth and proxy.py.
"""

from binascii import a2b_base64
from collections.abc import Mapping
from time import time
from typing import Any, NamedTuple, NoReturn

from slurmrest_inetd.auth.credentials import check_name
from slurmrest_inetd.auth.refusal import AuthenticationFailure
from slurmrest_inetd.settings import Settings

MAX_TOKEN_BYTES = 16 * 1024
BASE64URL = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
URL_TO_PLAIN = str.maketrans("-_", "+/")
ALGORITHMS = ("HS256", "RS256")
# Slurm takes a token in the second in which it expires, and one that says 2**63 as expired.
MAX_TIME_SECONDS = 2**63 - 1
# nbf, which Slurm does not look at, is the issuer's clock: a few seconds are no lie.
CLOCK_SKEW_SECONDS = 10
# The order in which slurmctld looks for the user; userclaimfield= is its last.
USER_CLAIMS = ("sun", "username")


class Token(NamedTuple):
    """A token taken apart: ``signed`` is what ``signature`` is over; ``key_id`` is the header's kid, "" without one."""

    algorithm: str
    key_id: str
    claims: Mapping[str, Any]
    signed: bytes
    signature: bytes

    def __repr__(self) -> str:
        """Without what would let anybody in."""
        return f"Token(algorithm={self.algorithm!r})"


def parse_token(text: str) -> Token:
    """A JWS in its compact form (RFC 7515 section 7.1) that Slurm could accept. Raises AuthenticationFailure."""
    if not 0 < len(text) <= MAX_TOKEN_BYTES:
        raise AuthenticationFailure(f"the token is empty or longer than {MAX_TOKEN_BYTES} bytes")
    segments = text.split(".")
    if len(segments) != 3 or not all(segments) or not BASE64URL.issuperset("".join(segments)):
        raise AuthenticationFailure("the token is not three base64url segments")
    header = parse_object(segments[0], "header")
    algorithm, key_id = header.get("alg"), header.get("kid", "")
    if algorithm not in ALGORITHMS:
        raise AuthenticationFailure("the token's algorithm is neither HS256 nor RS256")
    if not isinstance(key_id, str):
        raise AuthenticationFailure("the token's kid is not a text")
    if "crit" in header or "b64" in header:
        raise AuthenticationFailure("the token asks for an extension of RFC 7515 or 7797")
    claims = parse_object(segments[1], "claims")
    signed = text[: text.rindex(".")].encode("ascii")
    return Token(algorithm, key_id, claims, signed, decode_segment(segments[2], "signature"))


def decode_segment(segment: str, what: str) -> bytes:
    """The bytes of one base64url segment (RFC 7515 section 2: without padding). Raises AuthenticationFailure."""
    try:
        return a2b_base64(segment.translate(URL_TO_PLAIN) + "=" * (-len(segment) % 4))
    except ValueError:
        raise AuthenticationFailure(f"the token's {what} is not base64url") from None


def parse_object(segment: str, what: str) -> dict[str, Any]:
    """The JSON object in one segment, each of whose members stands once. Raises AuthenticationFailure."""
    import json

    try:
        value = json.loads(decode_segment(segment, what).decode(), object_pairs_hook=collect, parse_constant=refuse)
    except (ValueError, RecursionError):
        raise AuthenticationFailure(
            f"the token's {what} cannot be read as JSON, or a member stands there twice"
        ) from None
    if not isinstance(value, dict):
        raise AuthenticationFailure(f"the token's {what} is not a JSON object")
    return value


def collect(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The members of one object. Raises ValueError when a name stands twice: readers differ in which one counts."""
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError
    return members


def refuse(constant: str) -> NoReturn:
    """NaN and Infinity are not JSON."""
    raise ValueError


def check_lifetime(claims: Mapping[str, Any]) -> None:
    """Raises AuthenticationFailure unless the token is valid now: ``exp`` as Slurm demands it, ``nbf`` where given."""
    now = int(time())
    expiry, start = claims.get("exp"), claims.get("nbf", 0)
    # bool is an int to Python, and not to Slurm
    if type(expiry) is not int or not 0 <= expiry <= MAX_TIME_SECONDS:
        raise AuthenticationFailure("the token's exp is missing or not a time in whole seconds")
    if expiry < now:
        raise AuthenticationFailure(f"the token expired {now - expiry} s ago")
    if type(start) not in (int, float):
        raise AuthenticationFailure("the token's nbf is not a time")
    if start > now + CLOCK_SKEW_SECONDS:
        raise AuthenticationFailure("the token is not valid yet (nbf)")


def read_user(claims: Mapping[str, Any], settings: Settings) -> str:
    """The user that Slurm will take the token's bearer for. Raises AuthenticationFailure."""
    field = next((name for name in USER_CLAIMS if name in claims), None) or find_user_claim(settings)
    user = claims.get(field)
    if not isinstance(user, str):
        raise AuthenticationFailure(f"the token has no claim {field!r} that is a text")
    check_name(user, f"the token's {field}")
    return user


def find_user_claim(settings: Settings) -> str:
    """The claim that names the user where none of ``USER_CLAIMS`` does: our setting, else Slurm's userclaimfield=."""
    if settings.user_claim_field:
        return settings.user_claim_field
    from slurmrest_inetd.auth.keys import read_parameters

    return read_parameters(settings).get("userclaimfield") or USER_CLAIMS[0]
