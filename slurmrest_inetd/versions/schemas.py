"""A version's schemas as a conversion needs them: the shape of each operation's reply, and what shapes refer to.

Law: read once a process, and only where a document of another version is wanted. What is printed otherwise than the
schemas say is put right here, by the rows of printed.py. Called by shapes.py and documents.py.
"""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from slurmrest_inetd.versions.schema_files import read_schemas

VALUE = re.compile(r"\{\w+\}")
REFERENCE = "#/components/schemas/"
PREFIX = re.compile(r"(db)?v0\.0\.\d+_")
Shape = dict[str, Any]
known: dict[int, "Schema"] = {}


class Schema(NamedTuple):
    """Replies by place, components by name; ``printed`` is what the members of an object truly are, by the object's
    path within the payload or ``#component``: a shape that is laid over the schema's, None for one never printed.
    """

    replies: dict[tuple[str, str], dict[str, Any]]
    components: dict[str, dict[str, Any]]
    printed: Mapping[str, Mapping[str, dict[str, Any] | None]] = {}

    def follow(self, shape: dict[str, Any]) -> dict[str, Any]:
        """``shape`` itself, or what it refers to."""
        while "$ref" in shape:
            shape = self.components[shape["$ref"].removeprefix(REFERENCE)]
        return shape

    def see(self, shape: dict[str, Any], path: str) -> dict[str, Any]:
        """The shape of what is printed at ``path``."""
        name = PREFIX.sub("#", shape.get("$ref", "#").removeprefix(REFERENCE))
        beside = {key: value for key, value in shape.items() if key in ("null", "optional")}
        shape = {**self.follow(shape), **beside}
        for place in (name, path):
            if place in self.printed:
                shape = self.put_right(shape, self.printed[place])
        return shape

    def put_right(self, shape: dict[str, Any], truth: Mapping[str, dict[str, Any] | None]) -> dict[str, Any]:
        """``shape`` (a list: its entries) with the members as ``truth`` has them."""
        if shape.get("type") == "array":
            return {**shape, "items": self.put_right(self.follow(shape.get("items", {})), truth)}
        members = dict(shape.get("properties", {}))
        for name, told in truth.items():
            declared = members.pop(name, {})
            if told is not None:
                members[name] = told if "type" in told or "$ref" in told else {**declared, **told}
        return {**shape, "properties": members}


def name_place(method: str, path: str) -> tuple[str, str]:
    """What tells operations apart in every version: values in a path have other names in some."""
    return method, VALUE.sub("{}", path.rstrip("/"))


def read_schema(version: int) -> Schema:
    """The schemas of v0.0.``version``."""
    if version not in known:
        facts = read_schemas(f"v0.0.{version}")
        replies = {
            name_place(row["method"], row["path"]): row["responses"]["200"]
            for row in facts["operations"].values()
            if row["responses"].get("200")
        }
        known[version] = Schema(replies, facts["schemas"])
    return known[version]
