"""Rows of the plugin table and the schema files' operations -> the document's paths.

Law: an operation is in the document because a row serves it; its shape is the schema file's, its words are ours. What
is ours alone is marked with MARK. Called by fragments.py.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from slurmrest_inetd.endpoints import ENDPOINTS, OPEN_ENDPOINTS
from slurmrest_inetd.model import LAST_EARLY, Endpoint
from slurmrest_inetd.openapi.words.operations import OPEN_OPERATIONS, OPERATIONS
from slurmrest_inetd.openapi.words.parameters import PARAMETERS
from slurmrest_inetd.versions.schemas import name_place

MARK = "x-slurmrest-inetd"
MEDIA_TYPES = ("application/json", "application/yaml")
# Up to v0.0.38: YAML has another name, accounting's operations the controller's tag, an operation's name no method.
EARLY_MEDIA_TYPES = ("application/json", "application/x-yaml")
EARLY_TAG = "slurm"
# Its operations have the names of v0.0.37's, and no document may have one twice (OpenAPI 3.0.3, 4.7.10.1).
UNNAMED = 36
# What every operation may also answer; ours alone, so these stand beside slurmrestd's "200" and "default".
REFUSALS = {"4XX": {"$ref": "#/components/responses/refused"}, "5XX": {"$ref": "#/components/responses/failed"}}
UNCHANGED = {"304": {"$ref": "#/components/responses/unchanged"}}
ROOTS = {"slurmctld": "slurm", "slurmdbd": "slurmdb"}
WORDS = {row.name: row for row in OPERATIONS}
OPEN_WORDS = {row.name: row for row in OPEN_OPERATIONS}


def list_operations(version: int, facts: Mapping[str, Any]) -> list[tuple[Endpoint, dict[str, Any]]]:
    """The rows of ``version``, each with its operation out of the schema file; in the table's order.

    A row is served also where this release's own document lacks the operation: then it is ours, and marked.
    """
    lacking = ({**operation, MARK: True} for operation in facts["lacking"].values())
    found = {name_place(one["method"], one["path"]): one for one in (*lacking, *facts["operations"].values())}
    rows = [row for row in ENDPOINTS if row.since <= version <= row.until]
    return [(row, found[name_place(row.method, row.path)]) for row in rows]


def build_paths(
    version: int, operations: Iterable[tuple[Endpoint, Mapping[str, Any]]], facts: Mapping[str, Any]
) -> dict[str, dict[str, Any]]:
    """Path -> its operations by method, of those ``operations``."""
    paths: dict[str, dict[str, Any]] = {}
    for row, operation in operations:
        path = operation["path"].replace("{version}", f"v0.0.{version}")
        paths.setdefault(path, {})[row.method.lower()] = build_operation(version, row, operation, facts)
    return paths


def name_operation(name: str, version: int) -> str:
    """An operation's name; v0.0.36's as v0.0.38 spells such: slurmdbd_get_jobs is slurmdb_v0_0_36_get_jobs."""
    if version != UNNAMED:
        return name
    plugin, _, verb = name.partition("_")
    return f"{ROOTS[plugin]}_v0_0_{version}_{verb}"


def build_operation(
    version: int, row: Endpoint, operation: Mapping[str, Any], facts: Mapping[str, Any]
) -> dict[str, Any]:
    """One operation: slurmrestd's shape, our words."""
    root = row.path.split("/")[1]
    media_types = EARLY_MEDIA_TYPES if version <= LAST_EARLY else MEDIA_TYPES
    words = WORDS[f"{root} {row.operation}"]
    deprecated = bool(facts["deprecated"] or operation.get("deprecated"))
    built: dict[str, Any] = {
        "tags": [EARLY_TAG if version <= LAST_EARLY else root],
        "operationId": name_operation(operation["operationId"], version),
        "summary": words.summary,
        "description": words.description,
    }
    if deprecated:
        built["deprecated"] = True
    if operation["parameters"]:
        built["parameters"] = [
            build_parameter(parameter, row.operation, deprecated=deprecated and version > LAST_EARLY)
            for parameter in operation["parameters"]
        ]
    if operation["request"] is not None:
        built["requestBody"] = {"content": build_content(operation["request"], media_types)}
    # v0.0.36 to 38 do not say what some answers are
    built["responses"] = {"200": {"description": "The answer"}} | {
        status: {
            "description": "The answer" if status == "200" else "An error",
            "content": build_content(schema, media_types),
        }
        for status, schema in operation["responses"].items()
    }
    if can_change_nothing(row, operation):
        built["responses"].update(UNCHANGED)
    built["responses"].update(REFUSALS)
    if operation.get(MARK):
        built[MARK] = True
    return built


def can_change_nothing(row: Endpoint, operation: Mapping[str, Any]) -> bool:
    """Whether 304 is among the answers: to a read that asks for news, to a write of accounting that finds nothing to
    do.
    """
    if row.method != "GET":
        return row.plugin.startswith("slurmdbd.")
    return any(parameter["name"] == "update_time" for parameter in operation["parameters"])


def build_parameter(parameter: Mapping[str, Any], operation: str, *, deprecated: bool) -> dict[str, Any]:
    """One parameter. Query values that are lists are written with commas: ``explode`` is false, as with slurmrestd."""
    name = parameter["name"]
    built: dict[str, Any] = {
        "name": name,
        "in": parameter["in"],
        "description": PARAMETERS.get(f"{operation}.{name}") or PARAMETERS[name],
    }
    if parameter.get("required"):
        built["required"] = True
    if deprecated or parameter.get("deprecated"):
        built["deprecated"] = True
    if parameter.get("allowEmptyValue"):
        built["allowEmptyValue"] = True
    if parameter["in"] == "query":
        built["explode"] = parameter.get("explode", False)
    built["schema"] = parameter["schema"]
    return built


def build_content(schema: Any, media_types: Iterable[str] = MEDIA_TYPES) -> dict[str, Any]:
    """The same schema in each media type."""
    return {media_type: {"schema": schema} for media_type in media_types}


def build_open_paths() -> dict[str, dict[str, Any]]:
    """The operations that need no token and have no version: ours alone."""
    paths: dict[str, dict[str, Any]] = {}
    for row in OPEN_ENDPOINTS:
        words = OPEN_WORDS[row.operation]
        paths[row.path] = {
            "get": {
                "tags": [row.plugin.partition(".")[0]],
                "operationId": row.operation,
                "summary": words.summary,
                "description": words.description,
                "security": [],
                "responses": build_open_responses(row.plugin),
                MARK: True,
            }
        }
    return paths


def build_open_responses(plugin: str) -> dict[str, Any]:
    """A probe's answer has no body; the document's is an object."""
    if plugin.startswith("health"):
        return {"204": {"description": "Yes"}, **REFUSALS}
    content = build_content({"type": "object"})
    return {"200": {"description": "The document", "content": content}, **UNCHANGED, **REFUSALS}
