"""A version's schemas as a conversion needs them: the shape of each operation's reply, and what shapes refer to.

Law: read once a process, and only where a document of another version is wanted. Called by shapes.py and documents.py.
"""

from typing import Any, NamedTuple

from slurmrest_inetd.versions.schema_files import read_schemas

REFERENCE = "#/components/schemas/"
known: dict[int, "Schema"] = {}


class Schema(NamedTuple):
    """Replies by (method, path without a trailing slash), components by name."""

    replies: dict[tuple[str, str], dict[str, Any]]
    components: dict[str, dict[str, Any]]

    def follow(self, shape: dict[str, Any]) -> dict[str, Any]:
        """``shape`` itself, or what it refers to."""
        while "$ref" in shape:
            shape = self.components[shape["$ref"].removeprefix(REFERENCE)]
        return shape


def read_schema(version: int) -> Schema:
    """The schemas of v0.0.``version``."""
    if version not in known:
        facts = read_schemas(f"v0.0.{version}")
        replies = {
            (row["method"], row["path"].rstrip("/")): row["responses"]["200"]
            for row in facts["operations"].values()
            if row["responses"].get("200")
        }
        known[version] = Schema(replies, facts["schemas"])
    return known[version]
