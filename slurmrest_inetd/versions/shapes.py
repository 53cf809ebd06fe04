"""How a value of one schema becomes a value of another, by rule: a conversion is put together once, then run for each
entry.

Law: knows shapes, not Slurm. Where both schemas say the same nothing is touched; what no rule can tell is a row of
moves.py, words.py or changes.py. A member that neither schema has stays as it is; one that the source never had gets
its unset value; one that the source has and did not print stays out.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from slurmrest_inetd.versions.numbers import UNSET_NUMBER, cross_null, narrow, narrow_number, widen, widen_number
from slurmrest_inetd.versions.places import MISSING, dig, find_member, plant
from slurmrest_inetd.versions.schemas import Schema, Shape

Convert = Callable[[Any], Any]
# (path of the object within the payload) -> what is to be done with it beyond the rules: the source's, the target's
Amend = Callable[[dict[str, Any], dict[str, Any]], None]

THREE_VALUED = {"set", "infinite", "number"}
UNSET = {"string": "", "integer": 0, "number": 0.0, "boolean": False}


class Way(NamedTuple):
    """From one version to its neighbour, for one document: the schemas, and the rows by path within the payload
    (``/jobs[]``).
    """

    source: Schema
    target: Schema
    amends: Mapping[str, Amend] = {}
    # members by their place below the object: from, to, the name by which other rows know it
    moves: Mapping[str, tuple[tuple[str, str, str], ...]] = {}
    # a word of the source -> the target's; None where the target has none
    words: Mapping[str, Callable[[str], str | None]] = {}


def build_conversion(way: Way, was: Shape, wanted: Shape, path: str) -> Convert | None:
    """What makes a value of ``wanted`` from a value of ``was``; None where that is the value itself."""
    was, wanted = way.source.see(was, path), way.target.see(wanted, path)
    kind, goal = name_kind(was), name_kind(wanted)
    if goal == "three" and kind in ("integer", "number"):
        return widen(was)
    if kind == "three" and goal in ("integer", "number"):
        return narrow(wanted, goal)
    change = build_change(way, was, wanted, path)
    translate = way.words.get(path)
    if translate is not None:
        change = follow_words(translate, change)
    if was.get("null") or wanted.get("null"):
        return cross_null(change, wanted, None if wanted.get("null") else make_unset(way.target, wanted, path))
    return change


def build_change(way: Way, was: Shape, wanted: Shape, path: str) -> Convert | None:
    """The same, by the kinds of both."""
    kind, goal = name_kind(was), name_kind(wanted)
    if goal == "object" and kind == "object":
        return build_object(way, was, wanted, path)
    if goal == "array" and kind == "array":
        return build_list(way, was, wanted, path)
    if kind == goal or not kind or not goal:
        return None
    if (kind, goal) == ("string", "array"):
        return build_splitting(way.target.see(wanted.get("items", {}), f"{path}[]"))
    return CROSSINGS.get((kind, goal)) or build_blank(way.target, wanted, path)


def build_object(way: Way, was: Shape, wanted: Shape, path: str) -> Convert | None:
    """An object member by member, then what moved, then what its row says."""
    had, has = was.get("properties", {}), wanted.get("properties", {})
    amend = way.amends.get(path)
    if not had or not has:
        return None
    moves = [move for row in way.moves.get(path, ()) if (move := build_move(way, was, wanted, path, *row))]
    changed = {
        name: change
        for name in had.keys() & has.keys()
        if (change := build_conversion(way, had[name], has[name], f"{path}/{name}"))
    }
    dropped = frozenset(had.keys() - has.keys())
    always = {name for name in had if not way.source.see(had[name], f"{path}/{name}").get("optional")}
    added = list_added(way.target, always, has, path)
    if not changed and not dropped and not added and not moves and amend is None:
        return None

    def convert(value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        made = {
            name: changed[name](member) if name in changed else member
            for name, member in value.items()
            if name not in dropped
        }
        for name, shape in added.items():
            if name not in made:
                made[name] = make_unset(way.target, shape, f"{path}/{name}")
        for move in moves:
            move(value, made)
        if amend:
            amend(value, made)
        return made

    return convert


def build_blank(target: Schema, wanted: Shape, path: str) -> Convert:
    """A value that crosses no known way is unset."""
    return lambda value: None if value is None else make_unset(target, wanted, path)


def list_added(target: Schema, had: Iterable[str], has: Shape, path: str) -> dict[str, Shape]:
    """The members that the source does not always have, but those that the target has now and then too."""
    return {
        name: shape
        for name, shape in has.items()
        if name not in had and not target.see(shape, f"{path}/{name}").get("optional")
    }


def build_move(way: Way, was: Shape, wanted: Shape, path: str, before: str, after: str, name: str) -> Amend | None:
    """A member that stands elsewhere: ``before`` and ``after`` are its places below the object at ``path``; None where
    this document has no such member.
    """
    old, new = find_member(way.source, was, path, before), find_member(way.target, wanted, path, after)
    if old is None or new is None:
        return None
    change = build_conversion(way, old, new, f"{path}/{name}")

    def move(value: dict[str, Any], made: dict[str, Any]) -> None:
        member = dig(value, before)
        if member is not MISSING:
            plant(made, after, change(member) if change else member)

    return move


def build_list(way: Way, was: Shape, wanted: Shape, path: str) -> Convert | None:
    """A list entry by entry; of a list of flags, those that the target knows."""
    entry = way.target.see(wanted.get("items", {}), f"{path}[]")
    before = way.source.see(was.get("items", {}), f"{path}[]")
    change = build_conversion(way, before, entry, f"{path}[]")
    keep = build_filter(before, entry)
    if not change and not keep:
        return None

    def convert_list(value: Any) -> Any:
        if not isinstance(value, list):
            return value
        kept = [member for member in value if keep(member)] if keep else value
        return [change(member) for member in kept] if change else kept

    return convert_list


def build_filter(before: Shape, entry: Shape) -> Callable[[Any], bool] | None:
    """Which flags the target knows: all but those that only the source has; where the source lists none, its own."""
    if "enum" not in entry:
        return None
    known = frozenset(entry["enum"])
    if "enum" not in before:
        return known.__contains__
    lost = frozenset(before["enum"]) - known
    return (lambda member: member not in lost) if lost else None


def build_splitting(entry: Shape) -> Convert:
    """A text becomes a list of its words, those that the target knows."""
    known = entry.get("enum")
    return lambda value: [word for word in split_text(value) or () if known is None or word in known]


def follow_words(translate: Callable[[str], str | None], change: Convert | None) -> Convert:
    """Words, or a list of words, in the target's spelling, then what else is to be done."""

    def convert_words(value: Any) -> Any:
        if isinstance(value, list):
            value = [word for word in map(translate, value) if word is not None]
        elif isinstance(value, str):
            value = translate(value) or ""
        return change(value) if change else value

    return convert_words


def name_kind(shape: Mapping[str, Any]) -> str:
    """The JSON type, and "three" for Slurm's three-valued numbers."""
    if shape.get("properties", {}).keys() == THREE_VALUED:
        return "three"
    return "object" if "properties" in shape else str(shape.get("type", ""))


def make_unset(schema: Schema, shape: Shape, path: str = "") -> Any:
    """The value of a member that nothing is known of."""
    shape = schema.see(shape, path)
    kind = name_kind(shape)
    if shape.get("null"):
        return None
    if kind == "three":
        return dict(UNSET_NUMBER)
    if kind == "object":
        members = list_added(schema, (), shape.get("properties", {}), path)
        return {name: make_unset(schema, member, f"{path}/{name}") for name, member in members.items()}
    return [] if kind == "array" else UNSET.get(kind)


def split_text(value: Any) -> Any:
    """``a,b`` -> [a, b]"""
    return [word for word in value.split(",") if word] if isinstance(value, str) else value


def join_list(value: Any) -> Any:
    """[a, b] -> ``a,b``"""
    return ",".join(map(str, value)) if isinstance(value, list) else value


# fmt: off
#   from        to          how
CROSSINGS: dict[tuple[str, str], Convert] = {
    ("string",  "array"):   split_text,
    ("array",   "string"):  join_list,
    ("integer", "three"):   widen_number,
    ("number",  "three"):   widen_number,
    ("three",   "integer"): narrow_number,
    ("three",   "number"):  lambda value: float(narrow_number(value)),
    ("integer", "number"):  lambda value: value,
    ("number",  "integer"): lambda value: value,
    ("integer", "string"):  str,
    ("integer", "boolean"): bool,
    ("boolean", "integer"): int,
}
# fmt: on
