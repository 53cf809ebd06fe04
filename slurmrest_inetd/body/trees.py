"""An object of a request's body whose schema holds objects within objects, read by one flat table.

Law: a row's name is its property's place (``limits/max/jobs/count``); what stands at each place is read by reading.py.
Called by the rooms that read such bodies.
"""

from collections.abc import Mapping
from typing import Any

from slurmrest_inetd.body.findings import Findings
from slurmrest_inetd.body.kinds import Kind
from slurmrest_inetd.body.properties import Property
from slurmrest_inetd.body.reading import EXPECTED_DICTIONARY, read_object
from slurmrest_inetd.slurm.values import Unusable, show_value


def read_tree(
    given: Mapping[str, Any],
    rows: Mapping[str, Property],
    kinds: Mapping[str, Kind],
    path: str,
    parser: str,
    found: Findings,
) -> dict[str, Any]:
    """The values of one object and of those within it, by the properties' places; see ``read_object``.

    What is no object where the schema has one is refused: slurmrestd drops it with a warning.
    """
    branches = split_branches(rows)
    own = {name: value for name, value in given.items() if name not in branches}
    values = read_object(own, rows, kinds, path, parser, found)
    for name, inner in branches.items():
        value, place = given.get(name), f"{path}{name}/"
        if value is None:
            continue
        if not isinstance(value, dict):
            found.refuse(Unusable(f"Expected dictionary but got {show_value(value)}", EXPECTED_DICTIONARY), place)
            continue
        within = read_tree(value, inner, kinds, place, parser, found)
        values.update({f"{name}/{rest}": parsed for rest, parsed in within.items()})
    return values


def split_branches(rows: Mapping[str, Property]) -> dict[str, dict[str, Property]]:
    """The rows of each object within this one, their names without its own."""
    branches: dict[str, dict[str, Property]] = {}
    for name, row in rows.items():
        first, slash, rest = name.partition("/")
        if slash:
            branches.setdefault(first, {})[rest] = row
    return branches
