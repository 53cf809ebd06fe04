"""A version's schemas as a conversion needs them: the shape of each operation's reply, and what shapes refer to.

Law: read once a process, and only where a document of another version is wanted. Called by shapes.py and documents.py.
"""

import re
from typing import Any, NamedTuple

from slurmrest_inetd.versions.schema_files import read_schemas

VALUE = re.compile(r"\{\w+\}")
REFERENCE = "#/components/schemas/"
known: dict[int, "Schema"] = {}


class Schema(NamedTuple):
    """Replies by place, components by name."""

    replies: dict[tuple[str, str], dict[str, Any]]
    components: dict[str, dict[str, Any]]

    def follow(self, shape: dict[str, Any]) -> dict[str, Any]:
        """``shape`` itself, or what it refers to."""
        while "$ref" in shape:
            shape = self.components[shape["$ref"].removeprefix(REFERENCE)]
        return shape


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
