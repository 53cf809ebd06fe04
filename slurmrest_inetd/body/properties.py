"""A property of a request's schema: the row that every table of a body is made of.

Law: data only. The tables stand in fields/; how each ``carry`` of one is carried out stands with the command it is for.
Two values of ``carry`` mean the same everywhere:

    none        slurmrestd takes it and nothing comes of it (measured): served, with a warning that says so
    refused     it would change what was asked for, and no Slurm command can say it: 422, with the reason in ``term``
"""

from collections.abc import Iterable
from typing import NamedTuple


class Property(NamedTuple):
    """One property; ``kind`` says how its value is read, ``since`` and ``until`` are API versions, ``term`` is what
    the command calls it, or the reason.
    """

    name: str
    kind: str
    since: int
    until: int
    carry: str
    term: str = ""


def list_properties(table: Iterable[Property], version: int) -> dict[str, Property]:
    """The rows that API version ``version`` has, by property."""
    return {row.name: row for row in table if row.since <= version <= row.until}
