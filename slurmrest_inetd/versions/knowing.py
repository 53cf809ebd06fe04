"""What can be known of a document in one API version when it was printed in another, and what is lost.

Law: worked out from the same schemas and rows that convert, never written down by hand; says nothing of a value, only
of members. Read by the documentation (dev/version_pages.py) and by tests, by no request.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from slurmrest_inetd.versions.changes import CHANGES, Change
from slurmrest_inetd.versions.documents import MISTOLD, drop_envelope, find_way, list_steps, read_printed
from slurmrest_inetd.versions.moves import list_carries
from slurmrest_inetd.versions.places import find_member
from slurmrest_inetd.versions.schemas import Schema, Shape, name_place
from slurmrest_inetd.versions.shapes import CROSSINGS, Way, name_kind

# A member that has no source and is known all the same: the target's own constant.
ALWAYS = ""
# Members that no document tells, filled in where the client asks for them (usage/).
FILLED = ("/associations[]/accounting", "/wckeys[]/accounting")
# (place in the source, place in the target)
Pair = tuple[str, str]


class Account(NamedTuple):
    """``unknown``: the members of the target that the source cannot tell; ``lost``: those of the source that the
    target has no place for. Places within the payload (``/jobs[]/name``), in the schemas' order.
    """

    unknown: tuple[str, ...]
    lost: tuple[str, ...]


def account_for(path: str, source: int, target: int) -> Account:
    """The account of the document at ``path`` (as the endpoint table has it), from v0.0.``source`` to ``target``."""
    before = list_leaves(*read_payload(path, source))
    after = list_leaves(*read_payload(path, target))
    if path in MISTOLD:
        return Account((), ())
    origins: dict[str, set[str]] = {leaf: {leaf} for leaf in before}
    for pair in list_steps("GET", path, source, target):
        origins = follow_step(path, *pair, origins)
    for row in list_carries(path, source, target):
        origins[f"{row.place}/{row.member}"] = {f"{row.place}/{row.member}"}
    told = set().union(*(origins.get(leaf, set()) for leaf in after))
    unknown = (leaf for leaf in after if not origins.get(leaf) and leaf not in FILLED)
    return Account(tuple(unknown), tuple(set_apart(before, told)))


def set_apart(before: list[str], told: set[str]) -> Iterator[str]:
    """The places that were not told."""
    return (leaf for leaf in before if leaf not in told)


def read_payload(path: str, version: int) -> tuple[Schema, Shape]:
    """The schemas of v0.0.``version``, and the shape of the payload at ``path``."""
    schema = read_printed(version, path)
    return schema, drop_envelope(schema, schema.replies[name_place("GET", path)])


def list_leaves(schema: Schema, shape: Shape, path: str = "") -> list[str]:
    """Every place of ``shape`` that holds a value, a list of values or what the schema says no more of."""
    shape = schema.see(shape, path)
    if name_kind(shape) == "array" and is_deep(schema.see(shape.get("items", {}), f"{path}[]")):
        return list_leaves(schema, shape["items"], f"{path}[]")
    if name_kind(shape) == "object" and shape.get("properties"):
        members = shape["properties"].items()
        return [leaf for name, member in members for leaf in list_leaves(schema, member, f"{path}/{name}")]
    return [path]


def is_deep(shape: Shape) -> bool:
    """Whether an entry of a list has members."""
    return bool(name_kind(shape) == "object" and shape.get("properties")) or name_kind(shape) == "array"


def follow_step(path: str, source: int, target: int, origins: Mapping[str, set[str]]) -> dict[str, set[str]]:
    """One step further: place in v0.0.``target`` -> the places of the first source that it comes from."""
    way = find_way(path, source, target)
    (_, was), (_, wanted) = read_payload(path, source), read_payload(path, target)
    root = path.split("/")[1]
    changes = {row.path: row for row in CHANGES if (row.source, row.target, row.root) == (source, target, root)}
    found: dict[str, set[str]] = {}
    for before, after in relate(way, changes, was, wanted, ("", ""), ""):
        known = {ALWAYS} if before == ALWAYS else origins.get(before, set())
        found.setdefault(after, set()).update(known)
    return found


def relate(
    way: Way, changes: Mapping[str, Change], was: Shape, wanted: Shape, places: Pair, path: str
) -> Iterator[Pair]:
    """Each place of the source with each of the target that gets its value; ``path`` is what rows call both."""
    was, wanted = way.source.see(was, path), way.target.see(wanted, path)
    kind, goal = name_kind(was), name_kind(wanted)
    if kind == goal == "array":
        items = tuple(f"{place}[]" for place in places)
        entry, new = was.get("items", {}), wanted.get("items", {})
        if is_deep(way.source.see(entry, f"{path}[]")) and is_deep(way.target.see(new, f"{path}[]")):
            yield from relate(way, changes, entry, new, (items[0], items[1]), f"{path}[]")
            return
    elif kind == goal == "object" and was.get("properties") and wanted.get("properties"):
        yield from relate_members(way, changes, was, wanted, places, path)
        return
    if kind == goal or not kind or not goal or (kind, goal) in CROSSINGS:
        yield from pair_all(way, was, wanted, places, path)


def relate_members(
    way: Way, changes: Mapping[str, Change], was: Shape, wanted: Shape, places: Pair, path: str
) -> Iterator[Pair]:
    """An object's members: those of one name, those that moved, those that a row sets."""
    had, has = was["properties"], wanted["properties"]
    for name in had.keys() & has.keys():
        ways = (f"{places[0]}/{name}", f"{places[1]}/{name}")
        yield from relate(way, changes, had[name], has[name], ways, f"{path}/{name}")
    for before, after, name in way.moves.get(path, ()):
        old, new = find_member(way.source, was, path, before), find_member(way.target, wanted, path, after)
        if old is not None and new is not None:
            ways = (f"{places[0]}/{before}", f"{places[1]}/{after}")
            yield from relate(way, changes, old, new, ways, f"{path}/{name}")
    if path in changes:
        yield from relate_change(way, changes[path], was, wanted, places)


def relate_change(way: Way, change: Change, was: Shape, wanted: Shape, places: Pair) -> Iterator[Pair]:
    """What a row reads with what it sets."""
    read = [f"{places[0]}{leaf}" for leaf in list_members(way.source, was, change.path, change.reads)] or [ALWAYS]
    for leaf in list_members(way.target, wanted, change.path, change.sets):
        yield from ((one, f"{places[1]}{leaf}") for one in read)


def list_members(schema: Schema, shape: Shape, path: str, places: str) -> Iterator[str]:
    """Every place below the members that a row names."""
    for place in filter(None, places.split(", ")):
        member = find_member(schema, shape, path, place)
        if member is not None:
            yield from (leaf.removeprefix(path) for leaf in list_leaves(schema, member, f"{path}/{place}"))


def pair_all(way: Way, was: Shape, wanted: Shape, places: Pair, path: str) -> Iterator[Pair]:
    """Every place of one value with every place of the other: what becomes of what is not known in parts."""
    before = [leaf.removeprefix(path) for leaf in list_leaves(way.source, was, path)]
    after = [leaf.removeprefix(path) for leaf in list_leaves(way.target, wanted, path)]
    yield from ((f"{places[0]}{old}", f"{places[1]}{new}") for old in before for new in after)
