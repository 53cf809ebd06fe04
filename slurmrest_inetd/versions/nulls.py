"""null where a version's schemas do not say so: what 22.05 does not know of a text or an object (the association of a
job that has none).

Law: pure; put together once, as a conversion is. What comes out is what the schemas say, so no other rule has to
think of it. Called by documents.py, for what later versions are made of.
"""

from typing import Any

from slurmrest_inetd.versions.schemas import Schema, Shape
from slurmrest_inetd.versions.shapes import Convert, make_unset, name_kind


def build_filling(schema: Schema, shape: Shape, path: str = "") -> Convert | None:
    """What puts its unset value in place of each null that ``shape``, at ``path``, does not have; None where there can
    be none.
    """
    shape = schema.see(shape, path)
    kind = name_kind(shape)
    if kind == "array":
        fill = build_filling(schema, shape.get("items", {}), f"{path}[]")
        return fill_list(fill) if fill else None
    if kind != "object" or "properties" not in shape:
        return None
    return fill_object(schema, shape["properties"], path)


def fill_list(fill: Convert) -> Convert:
    """``fill`` for every entry."""
    return lambda value: [fill(entry) for entry in value] if isinstance(value, list) else value


def fill_object(schema: Schema, members: dict[str, Shape], path: str) -> Convert:
    """An object member by member: one that may be missing is, instead of null."""
    seen = {name: schema.see(member, f"{path}/{name}") for name, member in members.items()}
    fills = {name: fill for name in members if (fill := build_filling(schema, members[name], f"{path}/{name}"))}
    nullable = frozenset(name for name, member in seen.items() if member.get("null") or not name_kind(member))
    optional = frozenset(name for name, member in seen.items() if member.get("optional"))

    def fill_members(value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        made = {}
        for name, member in value.items():
            if member is not None:
                made[name] = fills[name](member) if name in fills else member
            elif name in nullable or name not in members:
                made[name] = member
            elif name not in optional:
                made[name] = make_unset(schema, members[name], f"{path}/{name}")
        return made

    return fill_members
