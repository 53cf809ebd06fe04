"""The document's prose: every operation and parameter has words, and no row of words is left over."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from slurmrest_inetd.endpoints import ENDPOINTS, OPEN_ENDPOINTS
from slurmrest_inetd.openapi.components import describe_component
from slurmrest_inetd.openapi.words.operations import OPEN_OPERATIONS, OPERATIONS
from slurmrest_inetd.openapi.words.parameters import PARAMETERS
from slurmrest_inetd.openapi.words.properties import COMPONENTS, PROPERTIES
from slurmrest_inetd.versions.schema_files import FOLDER
from slurmrest_inetd.versions.schemas import name_place

FILES = [json.loads(path.read_text()) for path in sorted(Path(FOLDER).glob("v0.0.??.json"))]
PREFIX = re.compile(r"^(?:db)?v0\.0\.\d\d_")
ROWS = {name_place(row.method, row.path): row for row in ENDPOINTS}


def list_operations() -> Iterator[tuple[str, dict[str, Any]]]:
    """``ROOT NAME`` of every operation of every version, and what it is."""
    for facts in FILES:
        for operation in facts["operations"]:
            row = ROWS[name_place(operation["method"], operation["path"])]
            yield f"{row.path.split('/')[1]} {row.operation}", operation


def test_every_operation_has_words_and_no_words_are_left_over() -> None:
    assert {row.name for row in OPERATIONS} == {name for name, _ in list_operations()}
    assert {row.name for row in OPEN_OPERATIONS} == {row.operation for row in OPEN_ENDPOINTS}


def test_every_parameter_has_words_and_no_words_are_left_over() -> None:
    used = set()
    for name, operation in list_operations():
        for parameter in operation["parameters"]:
            special = f"{name.split()[1]}.{parameter['name']}"
            used.add(special if special in PARAMETERS else parameter["name"])
    assert used == set(PARAMETERS)


def list_properties(schema: dict[str, Any], owner: str) -> Iterator[tuple[str, str]]:
    """(owner, property) of everything in ``schema``."""
    for name, child in schema.get("properties", {}).items():
        yield owner, name
        yield from list_properties(child, name)
    if "items" in schema:
        yield from list_properties(schema["items"], owner)


def test_no_words_on_properties_are_left_over() -> None:
    schemas = [(PREFIX.sub("", name), schema) for facts in FILES for name, schema in facts["schemas"].items()]
    found = {pair for name, schema in schemas for pair in list_properties(schema, name)}
    used = {special if (special := f"{owner}.{name}") in PROPERTIES else name for owner, name in found}
    assert set(PROPERTIES) - used == set()
    assert set(COMPONENTS) - {name for name, _ in schemas} == set()


def test_words_are_plain() -> None:
    rows = (text for row in (*OPERATIONS, *OPEN_OPERATIONS) for text in (row.summary, row.description))
    for text in (*rows, *PARAMETERS.values(), *PROPERTIES.values(), *COMPONENTS.values()):
        assert text.isascii() and text.strip() == text and "\n" not in text, text
        assert text[0].isupper() or text[0] in "`2", text


def test_what_slurmrestd_gets_wrong_of_openapi_is_mended() -> None:
    schema = {
        "type": "object",
        "required": [],
        "properties": {"on": {"type": "boolean", "default": 0}, "job_id": {"type": "integer"}},
    }
    described = describe_component("v0.0.45_job_info", schema)
    assert "required" not in described
    assert described["properties"]["on"] == {"type": "boolean", "default": False}
    assert described["properties"]["job_id"] == {"type": "integer", "description": PROPERTIES["job_id"]}
    assert described["description"] == COMPONENTS["job_info"]
