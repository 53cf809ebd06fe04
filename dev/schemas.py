#!/usr/bin/env python3
"""Make slurmrest_inetd/versions/schemas/ from the documents of running slurmrestds: names and types, no prose.

Usage: dev/schemas.py                       ask the slurmrestd of every lab cluster (starts them)
       dev/schemas.py RELEASE=DOCUMENT ...  take saved /openapi documents instead, oldest release first

A version that several releases have is kept as the newest of them has it; what an older one has otherwise goes into a
file of its own: the operations and schemas that differ, whole, and the names of those that it lacks. Slurm's own
descriptions are GPL text and never get here.
"""

import json
import re
import sys
from pathlib import Path
from typing import Any

TREE = Path(__file__).resolve().parent.parent
SCHEMAS = TREE / "slurmrest_inetd" / "versions" / "schemas"
RELEASES = ("22.05", "24.11", "26.05")
METHODS = ("get", "post", "put", "patch", "delete")
PROSE = ("description", "title", "summary", "example", "examples", "externalDocs")
VERSION = re.compile(r"^(?:db)?(v0\.0\.\d\d)(?=_|$)")
# how a parameter is written unless it says otherwise
STYLES = {"query": {"style": "form", "explode": False}, "path": {"style": "simple", "explode": False}}


def main(words: list[str]) -> int:
    """Write every file; returns the exit status."""
    documents = dict(word.split("=", 1) for word in words)
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for release in documents or RELEASES:
        document = json.loads(read_document(documents[release])) if documents else ask_document(release)
        for version, facts in take_apart(document, release).items():
            found.setdefault(version, {})[release] = facts
    for version, releases in sorted(found.items()):
        newest = list(releases)[-1]
        write_facts(f"{version}.json", releases[newest])
        for release in list(releases)[:-1]:
            difference = find_difference(releases[release], releases[newest])
            if difference:
                write_facts(f"{version}.slurm-{release}.json", difference)
    return 0


def read_document(name: str) -> str:
    """The JSON in a file that may hold a whole HTTP reply, and what slurmrestd writes behind it."""
    text = Path(name).read_bytes().decode()
    text = text.partition("\r\n\r\n")[2] if text.startswith("HTTP/") else text
    return text[: text.rindex("}") + 1]


def ask_document(release: str) -> dict[str, Any]:
    """The document of the lab cluster's own slurmrestd."""
    sys.path.insert(0, str(TREE / "tests" / "lab"))
    from clusters import bring_up

    document: dict[str, Any] = bring_up(release).http_peer("GET", "/openapi/v3").json()
    return document


def take_apart(document: dict[str, Any], release: str) -> dict[str, dict[str, Any]]:
    """Version -> its operations and schemas."""
    versions: dict[str, dict[str, Any]] = {}
    for path, item in document["paths"].items():
        match = re.search(r"/(v0\.0\.\d\d)/", path)
        if match is None:
            continue
        facts = versions.setdefault(
            match[1], {"version": match[1], "release": release, "operations": {}, "schemas": {}}
        )
        for method in METHODS:
            if "operationId" in item.get(method, {}):
                operation = read_operation(method, path.replace(match[1], "{version}"), item[method])
                facts["operations"][operation["operationId"]] = operation
    for name, schema in document["components"]["schemas"].items():
        match = VERSION.match(name)
        if match is not None and match[1] in versions:
            versions[match[1]]["schemas"][name] = strip_prose(schema)
    for facts in versions.values():
        sort_facts(facts)
        lift_deprecation(facts)
    return versions


def read_operation(method: str, path: str, operation: dict[str, Any]) -> dict[str, Any]:
    """One operation, without what is the same in all of them."""
    responses = {
        status: read_content(response) for status, response in operation["responses"].items() if "content" in response
    }
    return {
        "method": method.upper(),
        "path": path,
        "operationId": operation["operationId"],
        **({"deprecated": True} if operation.get("deprecated") else {}),
        "parameters": [read_parameter(parameter) for parameter in operation.get("parameters", ())],
        "request": read_content(operation["requestBody"]) if "requestBody" in operation else None,
        "responses": responses,
    }


def read_parameter(parameter: dict[str, Any]) -> dict[str, Any]:
    """One parameter, without what is the same in all of them."""
    style = STYLES[parameter["in"]]
    told = {key: parameter[key] for key in ("style", "explode") if parameter.get(key, style[key]) != style[key]}
    flags = {key: True for key in ("required", "deprecated", "allowEmptyValue") if parameter.get(key)}
    return {
        "name": parameter["name"],
        "in": parameter["in"],
        **flags,
        **told,
        "schema": strip_prose(parameter["schema"]),
    }


def read_content(holder: dict[str, Any]) -> Any:
    """The schema of a body; it is one for all media types."""
    schemas = [strip_prose(content["schema"]) for content in holder["content"].values()]
    if any(schema != schemas[0] for schema in schemas):
        raise SystemExit(f"schemas that differ by media type: {schemas}")
    return schemas[0]


def strip_prose(node: Any, *, names: bool = False) -> Any:
    """``node`` without its words; ``names`` says that its keys are names of properties, not words of JSON Schema."""
    if isinstance(node, list):
        return [strip_prose(member) for member in node]
    if not isinstance(node, dict):
        return node
    return {
        key: strip_prose(value, names=not names and key == "properties")
        for key, value in node.items()
        if names or (key not in PROSE and not (key == "deprecated" and value is False))
    }


def sort_facts(facts: dict[str, Any]) -> None:
    """Bring operations and schemas into an order that does not depend on slurmrestd's hash tables."""
    facts["operations"] = dict(sorted(facts["operations"].items(), key=lambda pair: (pair[1]["path"], pair[0])))
    facts["schemas"] = dict(sorted(facts["schemas"].items()))


def lift_deprecation(facts: dict[str, Any]) -> None:
    """Say once that a whole version is deprecated."""
    operations = facts["operations"].values()
    if not all(operation.get("deprecated") for operation in operations):
        return
    facts["deprecated"] = True
    for operation in operations:
        del operation["deprecated"]
        for parameter in operation["parameters"]:
            parameter.pop("deprecated", None)


def find_difference(facts: dict[str, Any], newest: dict[str, Any]) -> dict[str, Any] | None:
    """What ``facts`` has otherwise than ``newest``, None when nothing."""
    parts: dict[str, dict[str, Any]] = {}
    lacking: list[str] = []
    for part in ("operations", "schemas"):
        parts[part] = {name: value for name, value in facts[part].items() if newest[part].get(name) != value}
        lacking += [name for name in newest[part] if name not in facts[part]]
    deprecated = facts.get("deprecated", False)
    if not lacking and not any(parts.values()) and deprecated == newest.get("deprecated", False):
        return None
    told = {key: facts[key] for key in ("version", "release")}
    return {**told, "deprecated": deprecated, "lacking": lacking, **parts}


def write_facts(name: str, facts: dict[str, Any]) -> None:
    """One operation and one schema a line, so that a diff can be read."""
    head = {key: value for key, value in facts.items() if key not in ("operations", "schemas")}
    operations = ",\n".join(format_json(operation) for operation in facts["operations"].values())
    schemas = ",\n".join(f"{format_json(key)}:{format_json(value)}" for key, value in facts["schemas"].items())
    SCHEMAS.mkdir(parents=True, exist_ok=True)
    text = f'{format_json(head)[:-1]},\n"operations":[\n{operations}\n],\n"schemas":{{\n{schemas}\n}}}}\n'
    (SCHEMAS / name).write_text(text)
    sys.stdout.write(
        f"{name}: {len(facts['operations'])} operations, {len(facts['schemas'])} schemas, {len(text)} bytes\n"
    )


def format_json(value: Any) -> str:
    """JSON without blanks."""
    return json.dumps(value, separators=(",", ":"))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
