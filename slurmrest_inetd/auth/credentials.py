"""The three header fields that say who asks: what they hold, and that they say one thing only.

Law: fields in, Credentials out; a field's value stands in no text of ours. What slurmrestd takes in silence and could
mean two users (a field twice) is refused. Called by auth.
"""

from typing import NamedTuple

from slurmrest_inetd.auth.refusal import AuthenticationFailure
from slurmrest_inetd.model import Request

TOKEN_FIELD, NAME_FIELD, AUTHORIZATION_FIELD = "x-slurm-user-token", "x-slurm-user-name", "authorization"

# The user name stands in an argv and in key=value; Slurm takes any text there, reads "" as the token's own user and
# "+0" as root. What is allowed are the names that useradd(8) and directory services (a@realm, DOMAIN\a) make.
MAX_NAME_BYTES = 256
NAME_STARTS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")
NAME_CHARACTERS = NAME_STARTS | frozenset("-.@$+\\")


class Credentials(NamedTuple):
    """``token`` as it was sent; ``user_name`` is X-SLURM-USER-NAME, None without that field."""

    token: str
    user_name: str | None = None

    def __repr__(self) -> str:
        """Without the token."""
        return f"Credentials(user_name={self.user_name!r})"


def read_credentials(request: Request) -> Credentials | None:
    """The request's credentials, None when it holds none of the three fields. Raises AuthenticationFailure."""
    tokens, names, authorizations = map(request.get_all, (TOKEN_FIELD, NAME_FIELD, AUTHORIZATION_FIELD))
    if not (tokens or names or authorizations):
        return None
    if max(len(tokens), len(names), len(authorizations)) > 1:
        raise AuthenticationFailure("X-SLURM-USER-TOKEN, X-SLURM-USER-NAME or Authorization was sent more than once")
    if tokens and authorizations:
        raise AuthenticationFailure("both X-SLURM-USER-TOKEN and Authorization were sent")
    if not (tokens or authorizations):
        raise AuthenticationFailure("X-SLURM-USER-NAME was sent without a token")
    if names:
        check_name(names[0], "X-SLURM-USER-NAME")
    token = tokens[0] if tokens else read_bearer(authorizations[0])
    return Credentials(token, names[0] if names else None)


def read_bearer(authorization: str) -> str:
    """The token of ``Bearer TOKEN`` (RFC 6750 section 2.1; a scheme's case does not matter: RFC 9110 section 11.1).

    Raises AuthenticationFailure.
    """
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer":
        raise AuthenticationFailure("the scheme of Authorization is not Bearer")
    return token.lstrip(" ")


def check_name(name: str, what: str) -> None:
    """Raises AuthenticationFailure when ``name``, which is ``what``, cannot be a user's name."""
    if not 0 < len(name) <= MAX_NAME_BYTES:
        raise AuthenticationFailure(f"{what} is empty or longer than {MAX_NAME_BYTES} bytes")
    if name[0] not in NAME_STARTS or not NAME_CHARACTERS.issuperset(name):
        raise AuthenticationFailure(f"{what} holds a character that no user name holds there")
    if name.isdecimal():
        raise AuthenticationFailure(f"{what} is a number, which Slurm takes for a uid: 0 would be root")
