"""Members by their place below an object: ``qos/allowed``.

Law: pure. Called by shapes.py and knowing.py.
"""

from typing import Any

from slurmrest_inetd.versions.schemas import Schema, Shape

MISSING = object()


def find_member(schema: Schema, shape: Shape, path: str, place: str) -> Shape | None:
    """The shape of the member at ``place`` (``qos/allowed``)."""
    for name in place.split("/"):
        if name not in shape.get("properties", {}):
            return None
        shape = schema.see(shape["properties"][name], f"{path}/{name}")
        path = f"{path}/{name}"
    return shape


def dig(value: Any, place: str) -> Any:
    """The member at ``place``, or MISSING."""
    for name in place.split("/"):
        if not isinstance(value, dict) or name not in value:
            return MISSING
        value = value[name]
    return value


def plant(made: dict[str, Any], place: str, member: Any) -> None:
    """Put a member at its ``place``."""
    *folders, name = place.split("/")
    for folder in folders:
        if not isinstance(made.get(folder), dict):
            made[folder] = {}
        made = made[folder]
    made[name] = member
