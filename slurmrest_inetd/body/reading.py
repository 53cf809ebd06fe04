"""An object of a request's body, read by its table.

Law: a property that this API version does not have is a warning, as with slurmrestd; a value of another JSON type than
the API's is taken where it can mean one thing only, with a warning; else it is refused, with its path.
"""

from collections.abc import Mapping
from typing import Any

from slurmrest_inetd.body.findings import Findings, describe_type, note_unknown
from slurmrest_inetd.body.kinds import Kind
from slurmrest_inetd.body.properties import Property
from slurmrest_inetd.errors import Unprocessable
from slurmrest_inetd.slurm.values import Unusable, name_types

EXPECTED_DICTIONARY = (9209, "Data parser expected a dictionary or object")
EXPECTED_LIST = (9208, "Data parser expected a list")
NO_SUCH_PATH = (9200, "Unable to resolve path")


def read_object(
    given: Mapping[str, Any],
    rows: Mapping[str, Property],
    kinds: Mapping[str, Kind],
    path: str,
    parser: str,
    found: Findings,
) -> dict[str, Any]:
    """The values of one object, by property; what is null, unset or unusable is not in it.

    ``path`` is the object's own (``#/job/``), ``parser`` slurmrestd's name for its schema, which warnings show.
    """
    values: dict[str, Any] = {}
    for name, value in given.items():
        place = f"{path}{name}/"
        if name not in rows:
            note_unknown(name, value, place, parser, found)
            continue
        if value is None:
            continue
        row, kind = rows[name], kinds[rows[name].kind]
        try:
            parsed = kind.parse(value)
        except Unusable as error:
            found.refuse(error, place)
            continue
        if kind.api and name_types(value)[0] != kind.api:
            found.warn(describe_type(kind.api, value), place)
        if parsed is None:
            continue
        values[name] = parsed
        if row.carry == "none" and parsed:
            found.warn(f"It has no effect: {row.term}", place)
        elif row.carry == "refused" and parsed:
            found.refuse(Unusable(f"It cannot be carried out: {row.term}"), place)
    return values


def require_dictionary(value: Any, path: str) -> dict[str, Any]:
    """``value`` where it is an object. Raises Unprocessable."""
    if not isinstance(value, dict):
        refuse_body(f"Rejecting {name_types(value)[1]} when dictionary expected", EXPECTED_DICTIONARY, path)
    return value  # type: ignore[no-any-return]  # the line above leaves for all else


def require_list(value: Any, path: str) -> list[Any]:
    """``value`` where it is a list. Raises Unprocessable."""
    if not isinstance(value, list):
        refuse_body(f"Expected List but found a {name_types(value)[1]}", EXPECTED_LIST, path)
    return value  # type: ignore[no-any-return]  # the line above leaves for all else


def require_entries(value: Any, path: str) -> list[tuple[str, dict[str, Any]]]:
    """The objects of a list, each with its own path (``#/qos[0]/``). Raises Unprocessable where there is none such."""
    entries = require_list(value, path)
    places = [f"{path.removesuffix('/')}[{index}]/" for index in range(len(entries))]
    return [(place, require_dictionary(entry, place)) for place, entry in zip(places, entries, strict=True)]


def require_member(body: Mapping[str, Any], name: str) -> Any:
    """The member without which the body asks for nothing. Raises Unprocessable where it is missing or null."""
    if body.get(name) is None:
        refuse_body(f"Missing required field '{name}' in dictionary", NO_SUCH_PATH, f"#/{name}/")
    return body[name]


def refuse_body(description: str, problem: tuple[int, str], path: str) -> None:
    """Raises Unprocessable at once: what holds the properties is not there."""
    number, error = problem
    raise Unprocessable(description, number=number, error=error, source=path)
