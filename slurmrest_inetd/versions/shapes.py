"""How a value of one schema becomes a value of another, by rule: a conversion is put together once, then run for each
entry.

Law: knows shapes, not Slurm. Where both schemas say the same nothing is touched; what no rule can tell stands in
changes.py. A member that neither schema has stays as it is; one that the source never had gets its unset value; one
that the source has and did not print stays out.
"""

from collections.abc import Callable, Mapping
from typing import Any

from slurmrest_inetd.versions.schemas import Schema

Convert = Callable[[Any], Any]
# (path of the object within the payload) -> what is to be done with it beyond the rules: the source's, the target's
Amend = Callable[[dict[str, Any], dict[str, Any]], None]

THREE_VALUED = {"set", "infinite", "number"}
HIGHEST_DOUBLE = 1.7976931348623157e308
UNSET = {"string": "", "integer": 0, "number": 0.0, "boolean": False}


def build_conversion(
    source: Schema, target: Schema, was: dict[str, Any], wanted: dict[str, Any], amends: Mapping[str, Amend], path: str
) -> Convert | None:
    """What makes a value of ``wanted`` from a value of ``was``; None where that is the value itself.

    ``path`` is the value's place within the payload (``/jobs[]``), by which ``amends`` names objects.
    """
    was, wanted = source.follow(was), target.follow(wanted)
    kind, goal = name_kind(was), name_kind(wanted)
    if goal == "object" and kind == "object":
        return build_object(source, target, was, wanted, amends, path)
    if goal == "array" and kind == "array":
        return build_list(source, target, was, wanted, amends, path)
    if kind == goal:
        return None
    return CROSSINGS.get((kind, goal)) or (lambda value: None if value is None else make_unset(target, wanted))


def build_object(
    source: Schema, target: Schema, was: dict[str, Any], wanted: dict[str, Any], amends: Mapping[str, Amend], path: str
) -> Convert | None:
    """An object member by member."""
    had, has = was.get("properties", {}), wanted.get("properties", {})
    amend = amends.get(path)
    if not had or not has:
        return None
    changed = {
        name: change
        for name in had.keys() & has.keys()
        if (change := build_conversion(source, target, had[name], has[name], amends, f"{path}/{name}"))
    }
    dropped = frozenset(had.keys() - has.keys())
    added = {name: shape for name, shape in has.items() if name not in had}
    if not changed and not dropped and not added and amend is None:
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
                made[name] = make_unset(target, shape)
        if amend:
            amend(value, made)
        return made

    return convert


def build_list(
    source: Schema, target: Schema, was: dict[str, Any], wanted: dict[str, Any], amends: Mapping[str, Amend], path: str
) -> Convert | None:
    """A list entry by entry; of a list of flags, those that the target knows."""
    entry = target.follow(wanted.get("items", {}))
    before = source.follow(was.get("items", {}))
    change = build_conversion(source, target, before, entry, amends, f"{path}[]")
    lost = frozenset(before.get("enum", ())) - frozenset(entry.get("enum", ())) if "enum" in entry else frozenset()
    if not change and not lost:
        return None

    def convert_list(value: Any) -> Any:
        if not isinstance(value, list):
            return value
        kept = [member for member in value if member not in lost] if lost else value
        return [change(member) for member in kept] if change else kept

    return convert_list


def name_kind(shape: Mapping[str, Any]) -> str:
    """The JSON type, and "three" for Slurm's three-valued numbers."""
    if shape.get("properties", {}).keys() == THREE_VALUED:
        return "three"
    return str(shape.get("type", ""))


def make_unset(schema: Schema, shape: Mapping[str, Any]) -> Any:
    """The value of a member that nothing is known of."""
    shape = schema.follow(dict(shape))
    kind = name_kind(shape)
    if kind == "three":
        return {"set": False, "infinite": False, "number": 0}
    if kind == "object":
        return {name: make_unset(schema, member) for name, member in shape.get("properties", {}).items()}
    return [] if kind == "array" else UNSET.get(kind)


def split_text(value: Any) -> Any:
    """``a,b`` -> [a, b]"""
    return [word for word in value.split(",") if word] if isinstance(value, str) else value


def join_list(value: Any) -> Any:
    """[a, b] -> ``a,b``"""
    return ",".join(map(str, value)) if isinstance(value, list) else value


def widen_number(value: Any) -> Any:
    """A plain number as a three-valued one; Slurm's two highest numbers of 32 and 64 bits are no numbers."""
    if not isinstance(value, int | float):
        return value
    if value in (0xFFFFFFFF, 0xFFFFFFFFFFFFFFFF) or value >= HIGHEST_DOUBLE:
        return {"set": True, "infinite": True, "number": 0}
    if value in (0xFFFFFFFE, 0xFFFFFFFFFFFFFFFE):
        return {"set": False, "infinite": False, "number": 0}
    return {"set": True, "infinite": False, "number": value}


def narrow_number(value: Any) -> Any:
    """A three-valued number as a plain one: 0 where it is not set."""
    return value["number"] if isinstance(value, dict) and value.get("set") else 0


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
}
# fmt: on
