"""What v0.0.36 to 38 truly are: their schemas, put right by what slurmrestd of Slurm 22.05 prints (versions/printed.py), as JSON Schema.

Law: schemas in, a schema out. Read by judging.py.
"""

from typing import Any

from slurmrest_inetd.versions.documents import drop_envelope, read_printed
from slurmrest_inetd.versions.schemas import Schema, Shape, name_place

KEPT = ("type", "enum")


def build_truth(method: str, path: str, version: int) -> Shape | None:
    """What a payload of the operation is; None where the version does not say."""
    schema = read_printed(version, path)
    reply = schema.replies.get(name_place(method, path))
    if reply is None:
        return None
    return write_shape(schema, drop_envelope(schema, reply), "")


def write_shape(schema: Schema, shape: Shape, path: str) -> Shape:
    """One shape without references: what may be null is ``nullable``, of a number that may be infinite no more is asked."""
    seen = schema.see(shape, path)
    made: dict[str, Any] = {name: seen[name] for name in KEPT if seen.get(name)}
    if "null" in seen:
        made["nullable"] = True
    if "properties" in seen:
        made["properties"] = {
            name: write_shape(schema, member, f"{path}/{name}") for name, member in seen["properties"].items()
        }
        # at the top each operation has its own list, and the schema all of them
        made["required"] = [name for name in seen["properties"] if path and is_always_there(schema, seen, name, path)]
    if "items" in seen:
        made["items"] = write_shape(schema, seen["items"], f"{path}[]")
    return made


def is_always_there(schema: Schema, shape: Shape, name: str, path: str) -> bool:
    """Whether a member is printed every time."""
    return not schema.see(shape["properties"][name], f"{path}/{name}").get("optional")
