"""Query parameters: rows in, values and warnings out.

Law: one row a parameter; a value that is not of its row's kind is refused by name, a parameter without a row is a
warning by name (DESIGN.md, law 5). Nothing here runs a command. Called by the plugins.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from slurmrest_inetd.errors import Unprocessable
from slurmrest_inetd.model import Call, Notice, Problem

CONVERSION_FAILED = (9202, "Unable to convert Data type")
INVALID_FLAG = (9207, "Data parser unable to parse invalid flag")
INVALID_QUERY = (9000, "Query empty or not RFC7320 compliant")
HOSTLIST = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_,[]")
TRUE_WORDS = ("true", "yes", "on", "1", "t", "y", "")
FALSE_WORDS = ("false", "no", "off", "0", "f", "n")


class Parameter(NamedTuple):
    """One query parameter: its name as the API spells it, the kind of its value, the versions that have it.

    ``enum`` holds the members that a "flags" parameter may name; ``term`` is what the plugin makes of it, ``member``
    the place in the document that holds the same thing (``preempt/mode``). ``note`` is what a client that uses the
    parameter is warned of.
    """

    name: str
    kind: str = "string"
    since: int = 40
    until: int = 99
    enum: tuple[str, ...] = ()
    term: str = ""
    member: str = ""
    note: str = ""


class Query(NamedTuple):
    """What the client asked for, by parameter name; only what it did ask for is in ``values``."""

    values: dict[str, Any]
    warnings: tuple[Notice, ...]


def parse_query(call: Call, parameters: Iterable[Parameter]) -> Query:
    """Read the request's query by the rows of ``parameters`` that its API version has.

    Repeated keys make a list for "csv", "strings", "ids" and "flags"; for the other kinds they must agree.
    Raises Unprocessable naming every parameter that is wrong, with slurmrestd's error numbers.
    """
    if not call.request.query:
        return Query({}, ())
    rows = {row.name: row for row in parameters if row.since <= call.version <= row.until}
    given: dict[str, list[str]] = {}
    for name, text in call.request.query:
        given.setdefault(name, []).append(text)
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for name, texts in given.items():
        if name in rows:
            try:
                values[name] = parse_values(rows[name], texts)
            except InvalidValue as error:
                problems.append(Problem(error.args[0], error.number, error.error, f"#/{name}/"))
    if problems:
        raise refuse_query(call, problems)
    return Query(values, tuple(list_notices(values, given, rows)))


def list_notices(values: dict[str, Any], given: Iterable[str], rows: dict[str, Parameter]) -> Iterator[Notice]:
    """A warning for each parameter that has no row, and for each in use (not ``false``) whose row has a note."""
    for name in given:
        if name not in rows:
            yield Notice(f'Ignoring unknown field "{name}" of type string', f"#/{name}/")
        elif rows[name].note and values[name] is not False:
            yield Notice(rows[name].note, f"#/{name}/")


def refuse_query(call: Call, problems: Iterable[Problem]) -> Unprocessable:
    """The refusal of a query, with a problem for each parameter that is wrong; to be raised by the caller."""
    verdict = Problem("Rejecting request. Failure parsing query.", *INVALID_QUERY, call.endpoint.operation)
    return Unprocessable("Failure parsing query", problems=(*problems, verdict))


def refuse_value(
    call: Call, name: str, description: str, problem: tuple[int, str] = CONVERSION_FAILED
) -> Unprocessable:
    """The refusal of one parameter's value, for a plugin that knows more than its kind."""
    return refuse_query(call, [Problem(description, *problem, f"#/{name}/")])


class InvalidValue(ValueError):
    """A query value that is not of its kind; caught by parse_query, which knows the parameter's name."""

    def __init__(self, description: str, problem: tuple[int, str] = CONVERSION_FAILED) -> None:
        super().__init__(description)
        self.number, self.error = problem


def parse_values(row: Parameter, texts: list[str]) -> Any:
    """The value that all ``texts`` of one parameter make. Raises InvalidValue."""
    for text in texts:
        if "\0" in text:
            raise InvalidValue("A NUL character cannot be part of a value")
    if row.kind in LIST_PARSERS:
        return LIST_PARSERS[row.kind](texts)
    if row.kind == "flags":
        return parse_flags(row, texts)
    values = [PARSERS[row.kind](text) for text in texts]
    if any(value != values[0] for value in values):
        raise InvalidValue(f"Given {len(values)} times with different values")
    return values[0]


def parse_list(texts: list[str]) -> list[str]:
    """The members of a comma separated list, or of several."""
    return [member.strip() for text in texts for member in text.split(",") if member.strip()]


def parse_strings(texts: list[str]) -> list[str]:
    """One member a key: a comma is part of its text."""
    return texts


def parse_ids(texts: list[str]) -> list[str]:
    """The ids of a comma separated list, or of several, without leading zeros. Raises InvalidValue."""
    return [str(parse_uint32(member)) for member in parse_list(texts)]


def parse_hostlist(texts: list[str]) -> list[str]:
    """Node names and Slurm's ranges of them (``node[1-3,7],login``). None begins with a dash. Raises InvalidValue."""
    for text in texts:
        if not HOSTLIST.issuperset(text) or text.count("[") != text.count("]") or ",-" in f",{text}":
            raise InvalidValue(f'Expected a list of nodes but got "{text}"')
    return [text for text in texts if text.strip(",")]


def parse_flags(row: Parameter, texts: list[str]) -> list[str]:
    """The flags named, each a member of the row's ``enum`` (letter case does not matter). Raises InvalidValue."""
    flags = []
    for member in parse_list(texts):
        flag = next((known for known in row.enum if known.lower() == member.lower()), None)
        if flag is None:
            raise InvalidValue(f'Unknown flag "{member}"; known are {", ".join(row.enum)}', INVALID_FLAG)
        flags.append(flag)
    return flags


def parse_string(text: str) -> str:
    """Any text."""
    return text


def parse_bool(text: str) -> bool:
    """``true`` or ``false`` (also yes/no, on/off, 1/0); a bare name is true. Raises InvalidValue."""
    word = text.lower()
    if word in TRUE_WORDS:
        return True
    if word in FALSE_WORDS:
        return False
    raise InvalidValue(f'Expected true or false but got "{text}"')


UINT32_LIMIT = 0xFFFFFFFD  # NO_VAL - 1: what stands above means "unset" or "infinite"


def parse_uint32(text: str) -> int:
    """A whole number that Slurm can hold in 32 bits without meaning "infinite" or "unset". Raises InvalidValue."""
    if not (text.isascii() and text.isdecimal()) or len(text) > 10 or int(text) >= UINT32_LIMIT:
        raise InvalidValue(f'Expected a whole number below 4294967293 but got "{text}"')
    return int(text)


def parse_timestamp(text: str) -> int:
    """UNIX seconds, or one of the times that Slurm's commands take (``now-1hour``, ``2026-01-31T12:00``). Raises
    InvalidValue.
    """
    from slurmrest_inetd.slurm.timestamps import parse_time

    if not text.strip():
        raise InvalidValue("Invalid or unset timestamp value")
    seconds = parse_time(text)
    if seconds is None:
        raise InvalidValue(f"Parsing of {text} for timestamp failed")
    return seconds


LIST_PARSERS: dict[str, Callable[[list[str]], list[str]]] = {
    "csv": parse_list,
    "strings": parse_strings,
    "ids": parse_ids,
    "hostlist": parse_hostlist,
}
PARSERS: dict[str, Callable[[str], Any]] = {
    "string": parse_string,
    "bool": parse_bool,
    "uint32": parse_uint32,
    "timestamp": parse_timestamp,
}
