"""A document of one API version becomes the document of another: one step to the next version after the other.

Law: pure; a conversion is put together once for an operation and a pair of versions, from the schema files and the rows
of printed.py, moves.py, words.py and changes.py, then run for the payload. Called by speaking.py.
"""

from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import Any

from slurmrest_inetd.model import LAST_EARLY
from slurmrest_inetd.settings import Settings
from slurmrest_inetd.versions.changes import list_amends
from slurmrest_inetd.versions.moves import CARRIES, carry_member, list_carries, list_moves
from slurmrest_inetd.versions.nulls import build_filling
from slurmrest_inetd.versions.printed import list_printed
from slurmrest_inetd.versions.schemas import Schema, name_place, read_schema
from slurmrest_inetd.versions.shapes import Convert, Way, build_conversion
from slurmrest_inetd.versions.speaking import ENVELOPE
from slurmrest_inetd.versions.words import list_words

VERSIONS = Settings().data_parsers
# Every version's schema says otherwise than every release prints: these stay as they are.
MISTOLD = ("/slurm/{version}/jobs/state",)


def build_document_conversion(method: str, path: str, source: int, target: int) -> Callable[[Any], Any]:
    """What makes the payload of v0.0.``target`` from that of v0.0.``source``, for the operation at ``path`` (as the
    endpoint table has it).
    """
    if path in MISTOLD:
        return lambda payload: payload
    steps = [step for pair in list_steps(method, path, source, target) if (step := build_step(method, path, *pair))]
    carries = list_carries(path, source, target)
    fill = find_filling(method, path, source) if source <= LAST_EARLY < target else None

    def convert(payload: Any) -> Any:
        made = payload = fill(payload) if fill else payload
        for step in steps:
            made = step(made)
        for row in carries:
            carry_member(row, payload, made, down=source > target)
        return made

    return convert


def find_filling(method: str, path: str, version: int) -> Convert | None:
    """What takes the nulls out of a payload of v0.0.``version``."""
    schema = read_printed(version, path)
    return build_filling(schema, drop_envelope(schema, schema.replies[name_place(method, path)]))


def find_nearest(path: str, versions: Iterable[int], target: int) -> int | None:
    """Of ``versions`` the one to make v0.0.``target`` of the document at ``path`` from: the nearest that has it, and
    has what some versions between lack; None where none has it.
    """
    able = [version for version in versions if has_operation("GET", path, version)]
    wanted = [row for row in CARRIES if row.path == path and target <= row.older]

    def lacks(version: int) -> bool:
        return any(row.older < version < row.newer for row in wanted)

    return min(able, key=lambda version: (lacks(version), abs(version - target)), default=None)


def has_operation(method: str, path: str, version: int) -> bool:
    """Whether v0.0.``version`` has the operation."""
    return name_place(method, path) in read_schema(version).replies


def list_steps(method: str, path: str, source: int, target: int) -> list[tuple[int, int]]:
    """The versions from ``source`` to ``target``, pair by pair; those that do not have the operation are skipped."""
    between = [version for version in VERSIONS if min(source, target) <= version <= max(source, target)]
    having = [version for version in between if has_operation(method, path, version)]
    if source > target:
        having.reverse()
    return list(pairwise(having))


def build_step(method: str, path: str, source: int, target: int) -> Convert | None:
    """One step between two versions that have the operation."""
    way = find_way(path, source, target)
    place = name_place(method, path)
    was, wanted = (drop_envelope(schema, schema.replies[place]) for schema in (way.source, way.target))
    return build_conversion(way, was, wanted, "")


def find_way(path: str, source: int, target: int) -> Way:
    """What is known of the way between two neighbouring versions, for the document at ``path``."""
    root = path.split("/")[1]
    was, wanted = (read_printed(version, path) for version in (source, target))
    pair = (source, target, root)
    return Way(was, wanted, list_amends(*pair), list_moves(*pair), list_words(*pair))


def read_printed(version: int, path: str) -> Schema:
    """The schemas of v0.0.``version`` as the document at ``path`` is truly printed."""
    return read_schema(version)._replace(printed=list_printed(version, path))


def drop_envelope(schema: Schema, shape: dict[str, Any]) -> dict[str, Any]:
    """A reply's shape without the members that are not its payload's."""
    whole = schema.follow(shape)
    members = {name: member for name, member in whole.get("properties", {}).items() if name not in ENVELOPE}
    return {**whole, "properties": members}
