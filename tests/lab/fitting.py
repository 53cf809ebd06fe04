"""What of a document does not fit the schemas of its API version, as they are printed (versions/printed.py).

Law: names places, changes nothing. A member that the schema does not have fits; one that it requires must be there.
"""

from collections.abc import Iterator
from typing import Any

from slurmrest_inetd.versions.knowing import read_payload
from slurmrest_inetd.versions.schemas import Schema
from slurmrest_inetd.versions.shapes import name_kind

KINDS = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array", dict: "object"}
# Objects that every release prints as null where there is none, though no schema says so.
NULL = ("/jobs[]/job_resources",)


def list_misfits(path: str, version: int, payload: Any) -> list[str]:
    """Each place of ``payload``, of the operation at ``path``, that v0.0.``version`` has otherwise."""
    schema, shape = read_payload(path, version)
    return sorted(set(find_misfits(schema, shape, payload, "")))


def find_misfits(schema: Schema, shape: Any, value: Any, path: str) -> Iterator[str]:
    shape = schema.see(shape, path)
    if value is None:
        if not shape.get("null") and path not in NULL and name_kind(shape):
            yield f"{path} is null"
        return
    kind = name_kind(shape).replace("three", "object")
    found = KINDS[type(value)]
    if kind and found != kind and (kind, found) != ("number", "integer"):
        yield f"{path} is {found}, not {kind}"
    elif "enum" in shape and value not in shape["enum"]:
        yield f"{path} is {value!r}"
    elif found == "array":
        for entry in value:
            yield from find_misfits(schema, shape.get("items", {}), entry, f"{path}[]")
    elif found == "object":
        yield from find_missing(shape, value, path)
        for name, member in value.items():
            if name in shape.get("properties", {}):
                yield from find_misfits(schema, shape["properties"][name], member, f"{path}/{name}")


def find_missing(shape: Any, value: Any, path: str) -> Iterator[str]:
    """Members that are required, by their place."""
    for place in shape.get("required", ()) if value else ():
        inner = value
        for name in place.split("/"):
            inner = inner.get(name, inner) if isinstance(inner, dict) and name in inner else None
        if inner is None and "/" not in place:
            yield f"{path}/{place} is missing"
