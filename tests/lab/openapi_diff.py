#!/usr/bin/env python3
"""What two OpenAPI documents have otherwise: names, types, formats, enums, parameters. Prose does not count, nor does what is ours.

Usage: openapi_diff.py OURS THEIRS [--partial]     both JSON; with --partial, what OURS lacks is no difference

Law: documents in, differences out. What ``x-slurmrest-inetd: true`` marks in ours is an addition of ours and is left out. Both are
brought into one form first: defaults that are spelled out, empty lists, and required properties that are none say nothing.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

MARK = "x-slurmrest-inetd"
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
PROSE = ("description", "title", "summary", "example", "examples", "externalDocs")
# what a schema or parameter means when it does not say (OpenAPI 3.0.3, 4.7.12.2 and 4.7.24)
SILENT: dict[str, Any] = {"deprecated": False, "allowEmptyValue": False, "allowReserved": False, "required": []}
STYLES = {"query": ("form", True), "path": ("simple", False), "header": ("simple", False), "cookie": ("form", True)}


def main(words: list[str]) -> int:
    """Print the differences; 0 when there are none."""
    names = [word for word in words if not word.startswith("-")]
    ours, theirs = (json.loads(Path(name).read_text()) for name in names)
    found = list(compare_documents(ours, theirs, partial="--partial" in words))
    sys.stdout.write("".join(f"{line}\n" for line in found))
    if not found:
        counts = f"{len(take_operations(theirs))} operations, {len(take_schemas(theirs))} components"
        sys.stdout.write(f"no difference in names, types, parameters, enums: {counts}\n")
    return 1 if found else 0


def compare_documents(ours: Mapping[str, Any], theirs: Mapping[str, Any], *, partial: bool = False) -> Iterator[str]:
    """A line for each difference; with ``partial`` none for what ours lacks."""
    for what, take in (("operation", take_operations), ("schema", take_schemas), ("security scheme", take_schemes)):
        own, other = take(ours), take(theirs)
        for name in sorted(set(own) - set(other)):
            yield f"{what} {name}: only in ours"
        for name in sorted(set(other) - set(own)):
            if not partial:
                yield f"{what} {name}: only in theirs"
        for name in sorted(set(own) & set(other)):
            yield from compare_nodes(f"{what} {name}", own[name], other[name])


def compare_nodes(place: str, ours: Any, theirs: Any) -> Iterator[str]:
    """A line for each leaf that differs."""
    if isinstance(ours, Mapping) and isinstance(theirs, Mapping):
        for name in sorted({*ours, *theirs}):
            if name not in theirs:
                yield f"{place}/{name}: only in ours"
            elif name not in ours:
                yield f"{place}/{name}: only in theirs"
            else:
                yield from compare_nodes(f"{place}/{name}", ours[name], theirs[name])
    elif ours != theirs:
        yield f"{place}: {json.dumps(ours)[:200]} in ours, {json.dumps(theirs)[:200]} in theirs"


def take_operations(document: Mapping[str, Any]) -> dict[str, Any]:
    """operationId -> everything about it, in one form."""
    found = {}
    for path, item in document["paths"].items():
        for method in METHODS:
            operation = item.get(method, {})
            if operation and not operation.get(MARK) and "operationId" in operation:
                found[operation["operationId"]] = {
                    "path": path,
                    "method": method,
                    **take_operation(operation, document),
                }
    return found


def take_operation(operation: Mapping[str, Any], document: Mapping[str, Any]) -> dict[str, Any]:
    """One operation: tags, parameters by name, bodies. An answer without a body says nothing."""
    found = {status: resolve(response, document) for status, response in operation["responses"].items()}
    responses = {
        status: normalise(response["content"])
        for status, response in found.items()
        if response.get("content") and not response.get(MARK)
    }
    return {
        "tags": operation.get("tags", []),
        "deprecated": operation.get("deprecated", False),
        "parameters": {
            f"{parameter['in']} {parameter['name']}": take_parameter(parameter)
            for parameter in operation.get("parameters", ())
        },
        "request": normalise(operation.get("requestBody", {}).get("content", {})),
        "responses": responses,
    }


def take_parameter(parameter: Mapping[str, Any]) -> dict[str, Any]:
    """One parameter, all of it said."""
    style, explode = STYLES[parameter["in"]]
    said = {"style": style, "explode": explode, "required": False, **parameter}
    taken: dict[str, Any] = normalise(said)
    return taken


def take_schemas(document: Mapping[str, Any]) -> dict[str, Any]:
    """Component name -> schema, in one form."""
    schemas = document["components"]["schemas"]
    return {name: normalise(schema) for name, schema in schemas.items() if not schema.get(MARK)}


def take_schemes(document: Mapping[str, Any]) -> dict[str, Any]:
    """Security scheme -> what it is."""
    schemes: dict[str, Any] = normalise(document["components"]["securitySchemes"])
    return schemes


def resolve(node: Mapping[str, Any], document: Mapping[str, Any]) -> Mapping[str, Any]:
    """``node``, or what its $ref names."""
    found: Any = node
    if "$ref" in node:
        found = document
        for word in node["$ref"].removeprefix("#/").split("/"):
            found = found[word]
    return found if isinstance(found, Mapping) else {}


def normalise(node: Any, *, names: bool = False) -> Any:
    """``node`` without prose and without what says nothing; ``names``: its keys are names, not words of JSON Schema."""
    if isinstance(node, list):
        return [normalise(member) for member in node]
    if not isinstance(node, dict):
        return node
    if not names and "properties" in node and "required" in node:
        node = {**node, "required": [name for name in node["required"] if name in node["properties"]]}
    return {
        key: normalise(value, names=not names and key == "properties")
        for key, value in node.items()
        if names or (key not in PROSE and not (key in SILENT and value == SILENT[key]))
    }


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
