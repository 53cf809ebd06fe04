"""The query parameters of the slurm root, held complete against the API's own documents."""

import json
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from slurmrest_inetd.endpoints import ENDPOINTS
from slurmrest_inetd.fields.show_flags import SHOW_FLAGS
from slurmrest_inetd.versions.schemas import name_place

DOCUMENTS = sorted((Path(__file__).parent.parent / "facts" / "openapi").glob("v0.0.*.json"))
# written by a GET in name only: not served by this part
WRITES = ("get_reconfigure", "get_job_requeue")


def list_operations() -> list[tuple[int, dict[str, Any]]]:
    operations = []
    for path in DOCUMENTS:
        document = json.loads(path.read_text())
        version = int(document["version"].rpartition(".")[2])
        operations += [
            (version, operation)
            for operation in document["operations"]
            if operation["method"] == "GET" and operation["path"].startswith("/slurm/")
        ]
    return operations


@pytest.mark.parametrize(("version", "operation"), list_operations(), ids=lambda value: str(value)[:30])
def test_every_query_parameter_has_a_row(version: int, operation: dict[str, Any]) -> None:
    place = name_place("GET", operation["path"])
    (endpoint,) = [
        row for row in ENDPOINTS if name_place(row.method, row.path) == place and row.since <= version <= row.until
    ]
    if endpoint.operation in WRITES:
        return
    module = import_module(f"slurmrest_inetd.plugins.{endpoint.plugin}")
    assert callable(getattr(module, endpoint.handler))
    table = (
        "PARAMETERS" if endpoint.handler.endswith("s") or not hasattr(module, "ONE_PARAMETERS") else "ONE_PARAMETERS"
    )
    rows = {row.name: row for row in getattr(module, table, ()) if row.since <= version <= row.until}
    expected = {
        parameter["name"]: parameter["schema"] for parameter in operation["parameters"] if parameter["in"] == "query"
    }
    assert set(rows) == set(expected)
    for parameter, schema in expected.items():
        assert set(rows[parameter].enum) == set(schema.get("enum", ()))


def test_every_flag_has_a_row() -> None:
    (flags,) = {
        tuple(parameter["schema"]["enum"])
        for _, operation in list_operations()
        for parameter in operation["parameters"]
        if parameter["name"] == "flags"
    }
    assert [row.flag for row in SHOW_FLAGS] == list(flags)
