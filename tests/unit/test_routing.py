"""The plugin table is whole, and every path finds its row."""

import json
from pathlib import Path

import pytest

from slurmrest_inetd.endpoints import ENDPOINTS, OPEN_ENDPOINTS
from slurmrest_inetd.errors import MethodNotAllowed, NotFound
from slurmrest_inetd.model import Endpoint
from slurmrest_inetd.routing import find_open_routes, find_routes, load_handler, parse_version, resolve
from slurmrest_inetd.settings import Settings
from slurmrest_inetd.versions.schemas import name_place

FACTS = Path(__file__).parent.parent / "facts" / "openapi"
SETTINGS = Settings()
# Since this version the table's names are the documents' own.
NAMED = 40
# Two writes are a GET; HEAD does not take them.
WRITES_UNDER_GET = {"get_reconfigure", "get_job_requeue"}


def documented() -> set[tuple[str, str, str, int]]:
    """Every operation as the API's documents have them: method, path, operation, version."""
    rows = set()
    for file in FACTS.glob("*.json"):
        document = json.loads(file.read_text())
        version = int(document["version"].rpartition(".")[2])
        for operation in document["operations"]:
            _, _, name = operation["operationId"].partition(f"_v00{version}_")
            rows.add((operation["method"], operation["path"].rstrip("/"), name, version))
    return rows


def test_the_table_is_what_the_documents_have() -> None:
    table = {(row.method, row.path, row.operation, version) for row in ENDPOINTS for version in list_versions(row)}
    assert {row for row in table if row[3] >= NAMED} == {row for row in documented() if row[3] >= NAMED}


def test_the_table_is_what_the_early_documents_have() -> None:
    """Up to v0.0.38 a value in a path may have another name, and an operation has."""
    table = {(*name_place(row.method, row.path), version) for row in ENDPOINTS for version in list_versions(row)}
    early = {(*name_place(method, path), version) for method, path, _, version in documented() if version < NAMED}
    assert {row for row in table if row[2] < NAMED} == early


def list_versions(row: Endpoint) -> list[int]:
    return [version for version in SETTINGS.data_parsers if row.since <= version <= row.until]


@pytest.mark.parametrize("row", ENDPOINTS, ids=lambda row: row.operation)
def test_every_handler_is_there(row: object) -> None:
    assert callable(load_handler(row))  # type: ignore[arg-type]


def test_a_literal_wins_over_a_value() -> None:
    assert resolve("POST", ("slurm", "v0.0.42", "job", "submit"), SETTINGS).endpoint.operation == "post_job_submit"
    with pytest.raises(MethodNotAllowed) as caught:
        resolve("DELETE", ("slurm", "v0.0.42", "job", "submit"), SETTINGS)
    assert caught.value.headers == (("allow", "POST"),)


def test_values_are_handed_on_as_they_are() -> None:
    route = resolve("GET", ("slurmdb", "v0.0.40", "account", "a/b c"), SETTINGS)
    assert (route.version, route.values) == (40, {"account_name": "a/b c"})


@pytest.mark.parametrize(
    ("names", "served"),
    [
        (("v0.0.38",), {("slurm", 38)}),
        (("v0.0.36", "dbv0.0.38"), {("slurm", 36), ("slurmdb", 38)}),
        (("slurmdbd", "v0.0.37"), {("slurm", 37), *(("slurmdb", version) for version in (36, 37, 38, 45))}),
    ],
)
def test_a_plugin_of_22_05_is_of_one_version(names: tuple[str, ...], served: set[tuple[str, int]]) -> None:
    settings = Settings(openapi_plugins=names, data_parsers=(36, 37, 38, 45))
    found = {
        (root, version)
        for root in ("slurm", "slurmdb")
        for version in settings.data_parsers
        if find_routes((root, f"v0.0.{version}", "diag"), settings)
    }
    assert found == served


def test_what_needs_no_token_needs_no_version_and_no_choice() -> None:
    for row in OPEN_ENDPOINTS:
        segments = tuple(row.path.split("/")[1:])
        (route,) = find_open_routes(segments)
        assert (
            resolve("HEAD", segments, Settings(openapi_plugins=("util",), data_parsers=(45,))) == route == (row, 0, {})
        )
        assert callable(load_handler(row))
    for segments in (
        (),
        ("openapi", "v2"),
        ("slurm", "v0.0.42", "openapi"),
        ("slurm", "v0.0.42", "ping"),
        ("Healthz",),
    ):
        assert find_open_routes(segments) == []


def test_head_takes_get_and_allow_says_so() -> None:
    assert resolve("HEAD", ("slurm", "v0.0.42", "ping"), SETTINGS).endpoint.operation == "get_ping"
    with pytest.raises(MethodNotAllowed) as caught:
        resolve("PATCH", ("slurm", "v0.0.42", "ping"), SETTINGS)
    assert caught.value.headers == (("allow", "GET, HEAD"),)


def test_head_never_writes() -> None:
    writes = [row for row in ENDPOINTS if row.writes]
    assert {row.operation for row in writes} == WRITES_UNDER_GET
    for row in writes:
        segments = tuple(word.replace("{version}", "v0.0.45") for word in row.path.split("/")[1:])
        for method in ("HEAD", "PATCH"):
            with pytest.raises(MethodNotAllowed) as caught:
                resolve(method, segments, SETTINGS)
            assert caught.value.headers == (("allow", "GET"),)


@pytest.mark.parametrize(
    "segments",
    [
        (),
        ("slurm",),
        ("slurm", "v0.0.42"),
        ("slurm", "v0.0.42", "nope"),
        ("slurm", "v0.0.42", "ping", "x"),
        ("slurm", "v0.0.39", "ping"),
        ("slurm", "v0.0.44", "conf"),
        ("slurmdb", "v0.0.41", "ping"),
        ("slurm", "{version}", "ping"),
        ("SLURM", "v0.0.42", "ping"),
    ],
)
def test_what_is_not_there_is_not_found(segments: tuple[str, ...]) -> None:
    with pytest.raises(NotFound, match="/openapi/v3"):
        resolve("GET", segments, SETTINGS)


def test_only_what_was_chosen_is_served() -> None:
    with pytest.raises(NotFound):
        resolve("GET", ("slurmdb", "v0.0.42", "users"), Settings(openapi_plugins=("slurmctld",)))
    with pytest.raises(NotFound):
        resolve("GET", ("slurm", "v0.0.42", "ping"), Settings(data_parsers=(40, 41)))


@pytest.mark.parametrize(
    "word", ["v0.0.4", "v0.0.421", "0.0.42", "v0.0.x2", "v0.0.\N{ARABIC-INDIC DIGIT FOUR}2", "42", ""]
)
def test_what_is_no_version(word: str) -> None:
    assert parse_version(word) == -1
