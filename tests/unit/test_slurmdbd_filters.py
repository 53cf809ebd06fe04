"""The tables of query parameters hold every parameter of every version of the API, in its own spelling."""

import json
from pathlib import Path
from typing import Any

import pytest

from slurmrest_inetd.endpoints import ENDPOINTS
from slurmrest_inetd.fields import (
    account_filters,
    association_filters,
    cluster_filters,
    instance_filters,
    job_filters,
    qos_filters,
    user_filters,
    wckey_filters,
)
from slurmrest_inetd.query import LIST_PARSERS, PARSERS, Parameter
from slurmrest_inetd.versions.schemas import name_place

DOCUMENTS = sorted((Path(__file__).parent.parent / "facts" / "openapi").glob("v0.0.*.json"))

# fmt: off
TABLES: dict[str, tuple[Parameter, ...]] = {
    "get_account":      account_filters.ACCOUNT,
    "get_accounts":     account_filters.ACCOUNTS,
    "get_association":  association_filters.ASSOCIATIONS,
    "get_associations": association_filters.ASSOCIATION_LIST,
    "get_cluster":      cluster_filters.CLUSTER,
    "get_clusters":     cluster_filters.CLUSTERS,
    "get_conf":         (),
    "get_config":       (),
    "get_diag":         (),
    "get_instance":     instance_filters.INSTANCES,
    "get_instances":    instance_filters.INSTANCES,
    "get_job":          (),
    "get_jobs":         job_filters.JOBS,
    "get_ping":         (),
    "get_qos":          qos_filters.QOS_LIST,
    "get_single_qos":   qos_filters.QOS,
    "get_tres":         (),
    "get_user":         user_filters.USER,
    "get_users":        user_filters.USERS,
    "get_wckey":        (),
    "get_wckeys":       wckey_filters.WCKEYS,
}
# rows that slurmrestd reads and its documents do not name
UNDOCUMENTED = {
    "get_clusters": {row.name for row in cluster_filters.CLUSTER},
    "get_jobs":     {"cpus_max", "cpus_min", "nodes_max", "nodes_min", "submit_time", "timelimit_max", "timelimit_min"},
}
# fmt: on


def list_reads() -> list[tuple[str, int, str, list[dict[str, Any]]]]:
    """(file, version, operation, its query parameters) of every read of the slurmdb root, by our names for operations."""
    names = {name_place(row.method, row.path): row.operation for row in ENDPOINTS}
    reads = []
    for path in DOCUMENTS:
        document = json.loads(path.read_text())
        version = int(document["version"].removeprefix("v0.0."))
        for operation in document["operations"]:
            if operation["method"] == "GET" and operation["path"].startswith("/slurmdb/"):
                parameters = [one for one in operation["parameters"] if one["in"] == "query"]
                reads.append((path.stem, version, names[name_place("GET", operation["path"])], parameters))
    return reads


READS = list_reads()


def test_the_documents_are_all_here() -> None:
    assert {version for _, version, _, _ in READS} == {36, 37, 38, *range(40, 46)}
    assert {name for _, _, name, _ in READS} == set(TABLES)


@pytest.mark.parametrize(("file", "version", "name", "parameters"), READS, ids=lambda one: str(one)[:40])
def test_every_parameter_has_a_row(file: str, version: int, name: str, parameters: list[dict[str, Any]]) -> None:
    rows = [row for row in TABLES[name] if row.since <= version <= row.until]
    assert len({row.name for row in rows}) == len(rows)
    documented = {parameter["name"] for parameter in parameters}
    assert {row.name for row in rows} - UNDOCUMENTED.get(name, set()) == documented - UNDOCUMENTED.get(name, set())
    assert documented <= {row.name for row in rows}


@pytest.mark.parametrize(("file", "version", "name", "parameters"), READS, ids=lambda one: str(one)[:40])
def test_every_flag_is_known(file: str, version: int, name: str, parameters: list[dict[str, Any]]) -> None:
    rows = {row.name: row for row in TABLES[name] if row.since <= version <= row.until}
    for parameter in parameters:
        if enum := parameter["schema"].get("enum"):
            assert rows[parameter["name"]].kind == "flags"
            assert set(enum) <= set(rows[parameter["name"]].enum)


@pytest.mark.parametrize("row", sorted({row for table in TABLES.values() for row in table}), ids=lambda row: row.name)
def test_every_row_can_be_read(row: Parameter) -> None:
    assert row.kind == "flags" or row.kind in PARSERS or row.kind in LIST_PARSERS
    assert bool(row.enum) == (row.kind == "flags")
    assert not (row.note and row.term)


def test_a_classification_has_sacctmgrs_word() -> None:
    row = next(row for row in cluster_filters.CLUSTER if row.name == "classification")
    assert set(row.enum) == set(cluster_filters.CLASSIFICATIONS)


def test_the_jobs_tables_agree() -> None:
    names = {row.name for row in job_filters.JOBS}
    assert {name for name, _, _ in job_filters.ORIGINS} <= names
    assert set(job_filters.MODES) <= names
    assert {bound for low, high, _ in job_filters.RANGES for bound in (low, high)} <= names
    assert {name for _, name, _, _ in job_filters.REFUSALS} <= names
