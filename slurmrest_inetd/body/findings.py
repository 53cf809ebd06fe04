"""What a request's body is found to hold wrong, and slurmrestd's words for what is only odd.

Law: everything is found before anything is refused, so that a client hears of all of it at once.
"""

from collections.abc import Container, Mapping
from typing import Any

from slurmrest_inetd.errors import Unprocessable
from slurmrest_inetd.model import Notice, Problem
from slurmrest_inetd.slurm.values import Unusable, name_types, show_value

PARSING = (9001, "Failure during parsing")


class Findings:
    """What is wrong, and what is worth a warning, with the path where it stands."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.notices: list[Notice] = []

    def refuse(self, error: Unusable, path: str) -> None:
        self.problems.append(Problem(str(error), error.number, error.error, path))

    def warn(self, description: str, path: str) -> None:
        self.notices.append(Notice(description, path))

    def settle(self) -> None:
        """Raises Unprocessable with all that was found wrong."""
        if self.problems:
            raise Unprocessable("Unusable job description", problems=tuple(self.problems), warnings=tuple(self.notices))


def describe_type(wanted: str, value: Any) -> str:
    """slurmrestd's words for a value of another type than the API's."""
    slurm = {"integer": "64 bit integer", "array": "list"}.get(wanted, wanted)
    api, found = name_types(value)
    form = " format=int32" if wanted == "integer" else ""
    return (
        f"Expected OpenAPI type={wanted}{form} (Slurm type={slurm}) but got OpenAPI type={api} (Slurm type={found}): "
        f"{show_value(value)}"
    )


def note_unknown(name: str, value: Any, path: str, parser: str, found: Findings) -> None:
    """A warning for each leaf of a property that is none, as slurmrestd gives it."""
    if isinstance(value, dict):
        for key, member in value.items():
            note_unknown(key, member, f"{path}{key}/", parser, found)
    elif value is not None:
        found.warn(f'Ignoring unknown field "{name}" of type {name_types(value)[1]} in {parser}', path)


def take_known(given: Mapping[str, Any], known: Container[str], path: str, found: Findings) -> dict[str, Any]:
    """``given`` without what is not ``known``, which is refused: so did slurmrestd up to v0.0.38."""
    for name, value in given.items():
        if name not in known and value is not None:
            found.refuse(Unusable(f"Unknown key {show_value(name)}", PARSING), f"{path}{name}/")
    return {name: value for name, value in given.items() if name in known}
