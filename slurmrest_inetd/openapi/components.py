"""The schema files' components -> the document's, each with our words and with the plugins that need it.

Law: names, types, formats and enums stay as they are; only ``description`` is added. Called by fragments.py.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from slurmrest_inetd.model import Endpoint
from slurmrest_inetd.openapi.needs import name_need
from slurmrest_inetd.openapi.words.properties import COMPONENTS, PROPERTIES

PREFIX = "#/components/schemas/"
VERSION = re.compile(r"^(?:db)?v0\.0\.\d\d_")


def find_users(
    operations: Iterable[tuple[Endpoint, Mapping[str, Any]]], schemas: Mapping[str, Any]
) -> dict[str, frozenset[str]]:
    """Component -> the needs (``name_need``) of the operations that reach it; what none reaches is left out."""
    users: dict[str, set[str]] = {}
    for row, operation in operations:
        need = name_need(row)
        waiting = list(find_references(operation))
        while waiting:
            name = waiting.pop()
            if need not in users.setdefault(name, set()):
                users[name].add(need)
                waiting += find_references(schemas[name])
    return {name: frozenset(users[name]) for name in schemas if name in users}


def find_references(node: Any) -> Iterator[str]:
    """The name of every component that ``node`` refers to."""
    if isinstance(node, list):
        for member in node:
            yield from find_references(member)
    elif isinstance(node, Mapping):
        for key, value in node.items():
            if key == "$ref":
                yield value.removeprefix(PREFIX)
            else:
                yield from find_references(value)


def describe_component(name: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    """``schema`` with our words: on itself where we have any, and on its properties."""
    plain = VERSION.sub("", name)
    described = describe_schema(schema, plain)
    if plain in COMPONENTS:
        described = {"description": COMPONENTS[plain], **described}
    return described


def describe_schema(schema: Mapping[str, Any], owner: str) -> dict[str, Any]:
    """``schema`` with words on each property that has any. ``owner`` is the component, or the property that holds the
    schema: in v0.0.41 most components are written out where they are used.
    """
    described = dict(schema)
    if "properties" in schema:
        described["properties"] = {
            name: describe_property(name, child, owner) for name, child in schema["properties"].items()
        }
    if "items" in schema:
        described["items"] = describe_schema(schema["items"], owner)
    # slurmrestd's own are not quite OpenAPI: "required" names properties of this very object (not "nodes/count") and is
    # never empty, and a boolean's default is no number or word
    if "required" in schema:
        described["required"] = [name for name in schema["required"] if name in schema.get("properties", {})]
        if not described["required"]:
            del described["required"]
    if schema.get("type") == "boolean" and "default" in schema:
        described["default"] = schema["default"] in (True, "true")
    return described


def describe_property(name: str, schema: Mapping[str, Any], owner: str) -> dict[str, Any]:
    """One property: the words of ``OWNER.NAME``, else those of the name alone."""
    words = PROPERTIES.get(f"{owner}.{name}") or PROPERTIES.get(name)
    described = describe_schema(schema, name)
    return {**described, "description": words} if words else described
