"""What the rooms hand to one another.

Law: immutable records, no behaviour, no import of ours. Every room may import this one.
NamedTuple, not dataclass: a cold exchange pays for every class it creates.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from slurmrest_inetd.settings import Settings

# Changes one entry of a document's list, in place.
Change = Callable[[dict[str, Any]], None]
# The last of the API versions whose plugins, documents and bodies are older than the data_parser.
LAST_EARLY = 38


class Peer(NamedTuple):
    """Who is at the other end of fd 0, as the kernel tells it (never as the client tells it).

    ``kind`` is "socket", "unix", "pipe", "file" or "tty"; ``uid`` is the peer's (SO_PEERCRED) or the owner's (pipe,
    file), None where the kernel knows none; ``mode`` is the permission bits of a pipe or file, else 0.
    """

    kind: str
    source: str
    uid: int | None = None
    gid: int | None = None
    mode: int = 0


class Client(NamedTuple):
    """The envelope's meta.client: the connection's name and, where the kernel tells it, whose it is."""

    source: str = ""
    user: str = ""
    group: str = ""


class Request(NamedTuple):
    """One HTTP request without its body: RFC 9112 section 3, its target taken apart by RFC 3986."""

    method: str
    target: str
    segments: tuple[str, ...]
    query: tuple[tuple[str, str], ...]
    headers: tuple[tuple[str, str], ...]
    http_version: str

    def __repr__(self) -> str:
        """Without the header fields, one of which is a secret."""
        return f"Request({self.method} {self.target!r})"

    def get_all(self, name: str) -> list[str]:
        """Every value of the header field ``name`` (lower case), in order."""
        return [value for key, value in self.headers if key == name]


class Identity(NamedTuple):
    """As whom the commands run: ``kind`` is "jwt" (then ``token`` is what they carry), "local" (the service's own uid)
    or "nobody" (``token`` is one that Slurm refuses).
    """

    kind: str
    user: str
    token: str | None = None

    def __repr__(self) -> str:
        """Without the token: an Identity may stand in any text, a token in none."""
        return f"Identity(kind={self.kind!r}, user={self.user!r})"


class Endpoint(NamedTuple):
    """One operation of the API: a row of the plugin table. ``writes`` is for a GET that changes something: no HEAD."""

    method: str
    path: str
    operation: str
    plugin: str
    handler: str
    since: int
    until: int
    body: bool = False
    writes: bool = False


class Problem(NamedTuple):
    """One entry of the envelope's ``errors``; ``error`` is the text that Slurm gives to ``error_number``."""

    description: str
    error_number: int = -1
    error: str = "Unspecified error"
    source: str = ""


class Notice(NamedTuple):
    """One entry of the envelope's ``warnings``."""

    description: str
    source: str = ""


class Call(NamedTuple):
    """What a handler gets: everything about one authenticated, resolved request.

    ``media`` is how the reply is written ("json", "yaml"), ``media_type`` what the client calls that.
    ``meanwhile`` is our own work that can be done while the command runs: to be called once, when it has been started.
    """

    request: Request
    endpoint: Endpoint
    version: int
    values: Mapping[str, str]
    identity: Identity
    settings: Settings
    media: str = "json"
    body: bytes = b""
    client: Client = Client()
    meanwhile: Callable[[], object] = object
    media_type: str = "application/json"


class Answer(NamedTuple):
    """A document that a handler made: the payload's members, then errors, warnings.

    ``meta`` is the meta object of the command's own document, where there was one: release and cluster are taken from
    it.
    """

    payload: Mapping[str, Any]
    errors: tuple[Problem, ...] = ()
    warnings: tuple[Notice, ...] = ()
    status: int = 200
    meta: Mapping[str, Any] | None = None


class Passage(NamedTuple):
    """A document that the command printed, already in the client's version and media type, its meta rewritten on the
    way; or any other bytes, then with a content-type among ``headers``, which win over those that every reply has.
    """

    chunks: bytes | Iterator[bytes]
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()


class Reply(NamedTuple):
    """What goes on the wire: ``body`` whole, or in chunks as they come."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes | Iterator[bytes] = b""
