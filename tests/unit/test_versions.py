"""A document of one API version becomes another's: shapes by rule, the rows of changes.py, and every operation's schemas."""

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import Asker
from playback import FakeSlurm, read_recording

from slurmrest_inetd.endpoints import ENDPOINTS
from slurmrest_inetd.envelope import parse_json
from slurmrest_inetd.settings import Settings
from slurmrest_inetd.slurm import data_parsers, documents
from slurmrest_inetd.versions import shapes, speaking
from slurmrest_inetd.versions.changes import CHANGES
from slurmrest_inetd.versions.documents import (
    VERSIONS,
    build_document_conversion,
    drop_envelope,
    find_nearest,
    has_operation,
    list_steps,
    read_printed,
)
from slurmrest_inetd.versions.moves import MOVES
from slurmrest_inetd.versions.numbers import HIGHEST_DOUBLE
from slurmrest_inetd.versions.places import MISSING, dig, plant
from slurmrest_inetd.versions.printed import PRINTED
from slurmrest_inetd.versions.schemas import Schema, name_place, read_schema
from slurmrest_inetd.versions.words import WORDS

SLURM, SLURMDB = "/slurm/{version}", "/slurmdb/{version}"
THREE = {"set": True, "infinite": False, "number": 7}
UNSET = {"set": False, "infinite": False, "number": 0}
INFINITE = {"set": False, "infinite": True, "number": 0}
CORES = [{"index": 0, "status": ["UNALLOCATED"]}, {"index": 1, "status": ["ALLOCATED"]}]
GIVEN = {
    "select_type": ["CORE", "MEMORY"],
    "nodes": {
        "count": 1, "select_type": ["ONE_ROW"], "list": "n1", "whole": False,
        "allocation": [{
            "index": 0, "name": "n1", "cpus": {"count": 2, "used": 1}, "memory": {"used": 3, "allocated": 4},
            "sockets": [{"index": 0, "cores": CORES}, {"index": 1, "cores": CORES[:1]}],
        }],
    },
    "cpus": 2, "threads_per_core": UNSET,
}  # fmt: skip
GIVEN_40 = {
    "nodes": "n1", "allocated_cores": 2, "allocated_cpus": 0, "allocated_hosts": 1,
    "allocated_nodes": [{
        "sockets": {"0": {"cores": {"1": "allocated"}}}, "nodename": "n1", "cpus_used": 1, "memory_used": 3, "memory_allocated": 4,
    }],
}  # fmt: skip


def convert(source: int, target: int, path: str, payload: Any) -> Any:
    return build_document_conversion("GET", path, source, target)(payload)


def first(source: int, target: int, path: str, name: str, entry: dict[str, Any]) -> Any:
    return convert(source, target, path, {name: [entry]})[name][0]


# fmt: off
#    from to  path                     list             entry                                            of what it becomes
AMENDED: list[tuple[int, int, str, str, dict[str, Any], dict[str, Any]]] = [
    (45, 44, SLURM + "/ping",          "pings",         {"responding": True, "primary": True},           {"pinged": "UP", "mode": "primary"}),
    (45, 44, SLURM + "/ping",          "pings",         {"responding": False, "primary": False},         {"pinged": "DOWN", "mode": "backup"}),
    (44, 45, SLURM + "/ping",          "pings",         {"responding": True, "primary": True},           {"status": "No error"}),
    (44, 45, SLURMDB + "/ping",        "pings",         {"responding": False, "primary": True},          {"status": "Unable to contact slurm controller (connect failure)"}),
    (41, 42, SLURM + "/ping",          "pings",         {"pinged": "UP", "mode": "primary"},             {"responding": True, "primary": True}),
    (45, 44, SLURM + "/reservations",  "reservations",  {"name": "r"},                                   {"name": "r", "watts": {}}),
    (43, 42, SLURMDB + "/jobs",        "jobs",          {"account": "a", "user": "u", "association": {"account": "", "id": 2}}, {"association": {"account": "a", "user": "u", "id": 2}}),
    (43, 44, SLURM + "/jobs",          "jobs",          {"job_id": 7},                                   {"step_id": {"sluid": "", "job_id": THREE, "step_het_component": UNSET, "step_id": "entire"}}),
    (42, 41, SLURM + "/jobs",          "jobs",          {"required_switches": 2, "shared": ["user"]},    {"minimum_switches": 2, "oversubscribe": True, "exclusive": ["user"]}),
    (42, 41, SLURM + "/jobs",          "jobs",          {"required_switches": 0, "shared": []},          {"oversubscribe": True, "exclusive": []}),
    (42, 41, SLURM + "/jobs",          "jobs",          {"shared": ["none"]},                            {"oversubscribe": False, "exclusive": ["true"]}),
    (42, 41, SLURM + "/jobs",          "jobs",          {"shared": ["oversubscribe"]},                   {"oversubscribe": True, "exclusive": ["false"]}),
    (43, 42, SLURM + "/jobs",          "jobs",          {"standard_output": "o-%j", "stdout_expanded": "/o-1", "standard_input": "", "batch_flag": True}, {"standard_output": "/o-1", "standard_input": "/dev/null"}),
    (43, 42, SLURM + "/jobs",          "jobs",          {"standard_error": "", "standard_input": "", "batch_flag": False}, {"standard_error": "", "standard_input": ""}),
    (41, 42, SLURM + "/jobs",          "jobs",          {"minimum_switches": 2},                         {"required_switches": 2}),
    (41, 40, SLURM + "/jobs",          "jobs",          {"job_resources": GIVEN},                        {"job_resources": GIVEN_40}),
    (41, 40, SLURM + "/jobs",          "jobs",          {"job_resources": None},                         {"job_resources": {}}),
    (40, 41, SLURM + "/jobs",          "jobs",          {"job_resources": {}},                           {"job_resources": None}),
    (41, 40, SLURMDB + "/associations", "associations", {"id": 3, "account": "a", "user": "u"},          {"id": {"account": "a", "cluster": "", "partition": "", "user": "u", "id": 3}}),
    (40, 41, SLURMDB + "/associations", "associations", {"id": {"account": "a", "id": 3}},               {"id": 3}),
    (40, 41, SLURMDB + "/associations", "associations", {"account": "a"},                                {"account": "a", "id": 0}),
    (45, 44, SLURM + "/jobs",          "jobs",          {"job_resources": {"select_type": ["CR_CORE_MEMORY"]}}, {"job_resources": {"select_type": ["CORE", "MEMORY"]}}),
    (44, 45, SLURM + "/jobs",          "jobs",          {"job_resources": GIVEN},                        {"job_resources": {**GIVEN, "select_type": ["CR_CORE_MEMORY"]}}),
    (44, 45, SLURM + "/jobs",          "jobs",          {"job_resources": {"select_type": []}},          {"job_resources": {"select_type": ["NONE"]}}),
]
SIGNALED = {"status": ["SIGNALED"], "return_code": UNSET, "signal": {"id": {"set": True, "infinite": False, "number": 9}, "name": "KILL"}}
ENDLESS = {"set": False, "infinite": True, "number": 0}
ONE_NODE = {"sockets": {"0": {"cores": {"5": "allocated_and_in_use"}}}, "nodename": "n1", "cpus_used": 2, "memory_used": 0, "memory_allocated": 9}
NODE_37 = {"sockets": {"0": "assigned"}, "cores": {"5": "assigned"}, "memory": 9, "cpus": 2}
GIVEN_38 = {"nodes": "n1", "allocated_cores": 1, "allocated_hosts": 1, "allocated_nodes": [ONE_NODE]}
GIVEN_37 = {"nodes": "n1", "allocated_cpus": 1, "allocated_hosts": 1, "allocated_nodes": {"0": NODE_37}}
#    from to  path                     list             entry                                            of what it becomes
EARLY: list[tuple[int, int, str, str, dict[str, Any], dict[str, Any]]] = [
    (40, 38, SLURM + "/ping",          "pings",         {"pinged": "UP"},                                {"ping": "UP", "status": 0}),
    (40, 38, SLURM + "/ping",          "pings",         {"pinged": "DOWN"},                              {"ping": "DOWN", "status": -1}),
    (38, 40, SLURM + "/ping",          "pings",         {"ping": "UP", "status": 0},                     {"pinged": "UP"}),
    (40, 38, SLURM + "/nodes",         "nodes",         {"state": ["IDLE", "DRAIN"], "free_mem": UNSET, "features": ["a", "b"]}, {"state": "idle", "state_flags": ["DRAIN"], "free_memory": -2, "features": "a,b", "next_state_after_reboot": "unknown"}),
    (38, 40, SLURM + "/nodes",         "nodes",         {"state": "idle", "state_flags": ["DRAIN", "ODD"], "free_memory": -2, "cpu_load": 0xFFFFFFFE, "owner": None}, {"state": ["IDLE", "DRAIN"], "free_mem": UNSET, "cpu_load": 0, "owner": ""}),
    (37, 36, SLURM + "/nodes",         "nodes",         {"state": "mixed"},                              {"state": "allocated"}),
    (37, 36, SLURM + "/nodes",         "nodes",         {"state": "idle", "partitions": ["p"]},          {"state": "idle"}),
    (40, 38, SLURM + "/partitions",    "partitions",    {"maximums": {"time": ENDLESS}, "qos": {"assigned": "q"}, "partition": {"state": ["UP"]}}, {"max_time_limit": -1, "qos": "q", "state": "UP", "flags": []}),
    (38, 40, SLURM + "/partitions",    "partitions",    {"max_time_limit": -1, "qos": "q", "default_time_limit": None, "min nodes per job": 2}, {"maximums": {**dict.fromkeys(("cpus_per_node", "cpus_per_socket", "partition_memory_per_cpu", "partition_memory_per_node", "nodes", "over_time_limit"), UNSET), "memory_per_cpu": 0, "shares": 0, "oversubscribe": {"jobs": 0, "flags": []}, "time": ENDLESS}, "minimums": {"nodes": 2}}),
    (37, 36, SLURM + "/partitions",    "partitions",    {"min nodes per job": 2},                        {"min_nodes_per_job": 2}),
    (40, 38, SLURM + "/reservations",  "reservations",  {"flags": [], "purge_completed": {"time": THREE}}, {"watts": 0xFFFFFFFE}),
    (40, 38, SLURM + "/reservations",  "reservations",  {"flags": ["PURGE_COMP"], "purge_completed": {"time": THREE}}, {"purge_completed": {"time": 7}}),
    (40, 38, SLURM + "/jobs",          "jobs",          {"exit_code": SIGNALED, "job_state": ["RUNNING", "CONFIGURING"], "thread_spec": 32766, "nice": 0, "array_task_id": UNSET, "time_limit": ENDLESS}, {"exit_code": 9, "job_state": "CONFIGURING", "thread_spec": None, "nice": None, "array_task_id": None, "time_limit": None}),
    (40, 38, SLURM + "/jobs",          "jobs",          {"flags": ["EXACT_MEMORY_REQUESTED", "MAGNETIC"], "profile": ["NOT_SET"], "shared": ["oversubscribe"], "tres_per_node": "gres/gpu:1"}, {"flags": ["JOB_MEM_SET"], "profile": None, "shared": "shared", "tres_per_node": "gres:gpu:1"}),
    (40, 38, SLURM + "/jobs",          "jobs",          {"cpu_frequency_minimum": THREE, "array_task_id": {**THREE, "number": 0}}, {"cpu_frequency_minumum": 7, "array_task_id": 0}),
    (38, 40, SLURM + "/jobs",          "jobs",          {"exit_code": 9, "job_state": "RUNNING", "time_limit": None, "shared": "none", "priority": 0, "flags": ["JOB_MEM_SET", "ODD"]}, {"exit_code": SIGNALED, "job_state": ["RUNNING"], "time_limit": ENDLESS, "shared": ["none"], "exclusive": ["true"], "oversubscribe": False, "hold": True, "profile": ["NOT_SET"], "flags": ["EXACT_MEMORY_REQUESTED"], "job_resources": {}}),
    (38, 40, SLURM + "/jobs",          "jobs",          {"exit_code": 768, "cpu_frequency_minumum": 7, "job_resources": GIVEN_38}, {"cpu_frequency_minimum": THREE, "job_resources": {**GIVEN_38, "allocated_cpus": 0}}),
    (38, 37, SLURM + "/jobs",          "jobs",          {"job_resources": GIVEN_38, "cpus": 2},          {"job_resources": GIVEN_37}),
    (38, 37, SLURM + "/jobs",          "jobs",          {"group_name": "g"},                             {"job_resources": {}}),
    (37, 38, SLURM + "/jobs",          "jobs",          {"job_resources": GIVEN_37, "flags": ["JOB_CPUS_SET "]}, {"job_resources": {**GIVEN_38, "allocated_nodes": [{**ONE_NODE, "nodename": ""}]}, "flags": ["JOB_CPUS_SET"]}),
    (36, 38, SLURM + "/jobs",          "jobs",          {"job_resources": {}},                           {"group_name": ""}),
    (40, 38, SLURMDB + "/associations", "associations", {"user": "u", "is_default": True, "flags": [], "priority": ENDLESS, "partition": ""}, {"is_default": 1, "flags": ["DEFAULT"], "priority": None, "partition": None}),
    (38, 40, SLURMDB + "/associations", "associations", {"user": None, "account": "a", "is_default": 0, "priority": None}, {"id": {"account": "a", "cluster": "", "partition": "", "user": "", "id": 0}, "is_default": False, "priority": ENDLESS, "user": ""}),
    (40, 38, SLURMDB + "/jobs",        "jobs",          {"exit_code": SIGNALED, "required": {"memory_per_cpu": THREE}, "steps": [{"step": {"id": "7+1.0"}, "CPU": {"governor": "0"}}]}, {"exit_code": {"status": "SIGNALED", "return_code": None, "signal": {"signal_id": 9, "name": "Killed"}}, "required": {"memory": 7}}),
    (38, 40, SLURMDB + "/jobs",        "jobs",          {"exit_code": {"status": "SIGNALED", "return_code": None, "signal": {"signal_id": 9, "name": "Killed"}}, "reservation": {"id": 0, "name": 0}}, {"exit_code": SIGNALED, "reservation": {"id": 0, "name": ""}}),
    (37, 36, SLURMDB + "/jobs",        "jobs",          {"state": {"current": "PENDING", "reason": "None"}}, {"state": {"current": "PENDING", "previous": "None"}}),
]
STEPS = [("7.batch", {"id": "batch", "job_id": 7, "het": {"component": None}}), ("7+1.0", {"id": 0, "job_id": 7, "het": {"component": 1}})]
#    v0.0.45: exclusive, oversubscribe   -> before: jobs, flags, shares
SHARING = [
    ("NO",   "NO",                       1, [],        1),
    ("NO",   "YES:4",                    4, [],        4),
    ("NO",   "FORCE:2",                  2, ["force"], 32770),
    ("NODE", "NO",                       0, [],        0),
]
CROSSED = [
    ("string",  "array",   "a,b",   ["a", "b"]), ("string", "array", "", []),     ("string", "array", None, None),
    ("array",   "string",  ["a"],   "a"),        ("array",  "string", None, None),
    ("integer", "three",   7,       THREE),      ("integer", "three", 0xFFFFFFFF, INFINITE), ("integer", "three", 0xFFFFFFFE, UNSET),
    ("number",  "three",   "x",     "x"),        ("number", "three", 1.7976931348623157e308, INFINITE),
    ("three",   "integer", THREE,   7),          ("three",  "number", THREE, 7.0), ("three", "integer", UNSET, 0),
    ("integer", "number",  7,       7),          ("number", "integer", 7, 7),      ("integer", "string", 7, "7"),
]
# fmt: on


@pytest.mark.parametrize(("source", "target", "path", "name", "entry", "wanted"), AMENDED + EARLY)
def test_what_schemas_cannot_tell(source: int, target: int, path: str, name: str, entry: Any, wanted: Any) -> None:
    made = first(source, target, path, name, entry)
    assert {key: made[key] for key in wanted} == wanted


@pytest.mark.parametrize(("word", "parts"), STEPS)
def test_a_steps_id_there_and_back(word: str, parts: dict[str, Any]) -> None:
    job = {"steps": [{"step": {"id": word, "name": "s"}}]}
    early = first(40, 38, SLURMDB + "/jobs", "jobs", job)
    assert early["steps"][0]["step"] == {"name": "s", **parts}
    assert first(38, 40, SLURMDB + "/jobs", "jobs", early)["steps"][0]["step"] == {"name": "s", "id": word}


def test_lists_of_accounting_have_names_of_their_own() -> None:
    qos = {"name": "q", "preempt": {"mode": ["DISABLED"], "exempt_time": INFINITE}}
    early = convert(40, 36, SLURMDB + "/qos", {"qos": [qos]})
    assert early == {"QOS": [{"name": "q", "preempt": {"mode": [], "exempt_time": None}}]} | early
    assert early["QOS"][0]["preempt"] == {"mode": [], "exempt_time": None}
    assert convert(36, 40, SLURMDB + "/qos", early)["qos"][0]["preempt"] == {"mode": [], "exempt_time": INFINITE}
    tres = [{"type": "cpu", "name": "", "id": 1, "count": -2}]
    assert convert(40, 38, SLURMDB + "/tres", {"TRES": tres}) == {"TRES": [{**tres[0], "name": None, "count": None}]}


def test_rollups_by_name_and_as_a_list_again() -> None:
    ran = {
        "type": "user",
        "last_run": 5,
        "last_cycle": 1,
        "max_cycle": 3,
        "total_time": 4,
        "total_cycles": 2,
        "mean_cycles": 2,
    }
    later = convert(38, 45, SLURMDB + "/diag", {"statistics": {"rollups": [ran]}})
    assert later["statistics"]["rollups"]["daily"] == {
        "count": 2,
        "last_run": 5,
        "duration": {"last": 1, "max": 3, "time": 4},
    }
    assert convert(45, 38, SLURMDB + "/diag", later)["statistics"]["rollups"] == [ran]


def test_what_versions_between_lack_goes_around_them() -> None:
    late = {"partitions": [{"maximums": {}, "flags": ["DEFAULT", "PDOI"]}, {"maximums": {}, "flags": []}]}
    early = convert(45, 37, SLURM + "/partitions", late)["partitions"]
    assert [partition["flags"] for partition in early] == [["default"], []]
    late = convert(38, 45, SLURM + "/partitions", {"partitions": [{"flags": ["no_root", "exclusive_user"]}]})
    assert late["partitions"][0]["flags"] == ["NO_ROOT"]
    assert convert(42, 36, SLURM + "/diag", {"statistics": {"bf_cycle_max": 7}})["statistics"]["bf_cycle_max"] == 7
    assert convert(45, 37, SLURM + "/partitions", {"partitions": []}) == {"partitions": []}


@pytest.mark.parametrize(
    ("path", "target", "nearest"),
    [
        (SLURM + "/partitions", 38, 45),
        (SLURM + "/partitions", 41, 42),
        (SLURM + "/diag", 38, 42),
        (SLURM + "/nodes", 38, 42),
        (SLURM + "/no", 38, None),
    ],
)
def test_the_version_that_tells_most_is_asked(path: str, target: int, nearest: int | None) -> None:
    assert find_nearest(path, (42, 43, 44, 45), target) == nearest


def test_a_place_is_made_where_there_is_none() -> None:
    made: dict[str, Any] = {"a": 1}
    plant(made, "a/b", 2)
    assert made == {"a": {"b": 2}}
    assert dig(made, "a/c") is dig(made, "a/b/c") is MISSING


@pytest.mark.parametrize(("exclusive", "word", "jobs", "flags", "shares"), SHARING)
def test_a_partitions_sharing_there_and_back(exclusive: str, word: str, jobs: int, flags: Any, shares: int) -> None:
    new = {
        "partition": {"exclusive": exclusive, "oversubscribe": word, "state": ["UP"]},
        "maximums": {},
        "select_type": ["NONE"],
    }
    old = first(45, 44, SLURM + "/partitions", "partitions", new)
    assert old["maximums"] == {"oversubscribe": {"jobs": jobs, "flags": flags}, "shares": shares}
    assert first(44, 45, SLURM + "/partitions", "partitions", old)["partition"] == new["partition"]


def test_an_allocation_there_and_back() -> None:
    there = first(40, 41, SLURM + "/jobs", "jobs", {"job_resources": GIVEN_40})
    assert there["job_resources"]["nodes"]["allocation"][0]["sockets"] == [{"index": 0, "cores": CORES[1:]}]
    assert first(41, 40, SLURM + "/jobs", "jobs", there)["job_resources"] == GIVEN_40


@pytest.mark.parametrize(
    ("level", "number"), [(THREE, 7.0), (UNSET, 4294967294.0), (INFINITE, HIGHEST_DOUBLE), (1.5, 0.0)]
)
def test_a_fair_shares_level(level: Any, number: float) -> None:
    payload = {"shares": {"shares": [{"fairshare": {"factor": UNSET, "level": level}}]}}
    assert convert(42, 41, SLURM + "/shares", payload)["shares"]["shares"][0]["fairshare"] == {
        "factor": 0.0,
        "level": number,
    }


def test_rollups_that_have_run_are_listed() -> None:
    ran = {"count": 2, "last_run": 5, "duration": {"last": 1, "max": 3, "time": 4}}
    idle = {"count": 0, "last_run": 0, "duration": {"last": 0, "max": 0, "time": 0}}
    made = convert(
        41, 40, SLURMDB + "/diag", {"statistics": {"rollups": {"hourly": ran, "daily": idle, "monthly": idle}}}
    )
    entry = {
        "type": "internal",
        "last_run": 5,
        "last_cycle": 1,
        "max_cycle": 3,
        "total_time": 4,
        "total_cycles": 2,
        "mean_cycles": 2,
    }
    assert made["statistics"]["rollups"] == [entry]


@pytest.mark.parametrize(("was", "wanted", "value", "made"), CROSSED)
def test_a_value_crosses_by_its_kind(was: str, wanted: str, value: Any, made: Any) -> None:
    assert shapes.CROSSINGS[was, wanted](value) == made


def test_flags_that_the_target_does_not_know_are_left_out() -> None:
    job = first(
        44, 43, SLURM + "/jobs", "jobs", {"flags": ["EXPEDITED_REQUEUE", "JOB_WAS_RUNNING"], "job_state": "odd"}
    )
    assert job["flags"] == ["JOB_WAS_RUNNING"]
    assert job["job_state"] == "odd"


def test_what_neither_schema_has_stays_and_what_the_source_left_out_stays_out() -> None:
    job = first(43, 42, SLURM + "/jobs", "jobs", {"job_id": 1, "made_up": 2, "segment_size": 3, "power": "x"})
    assert (job["job_id"], job["made_up"], "segment_size" in job, "name" in job) == (1, 2, False, False)


def test_a_member_that_crosses_no_known_way_is_unset() -> None:
    schema = Schema({}, {})
    change = shapes.build_conversion(shapes.Way(schema, schema), {"type": "string"}, {"type": "boolean"}, "")
    assert change is not None
    assert (change("x"), change(None)) == (False, None)


def test_job_states_stay_as_they_are() -> None:
    payload = {"jobs": [{"job_id": "1_2", "state": ["RUNNING"]}]}
    assert convert(42, 45, SLURM + "/jobs/state", payload) == payload


READS = [row for row in ENDPOINTS if row.method == "GET" and row.path.startswith("/slurm") and not row.writes]


@pytest.mark.parametrize("row", READS, ids=lambda row: row.path)
def test_every_read_has_a_way_between_its_neighbouring_versions(row: Any) -> None:
    versions = [version for version in VERSIONS if has_operation("GET", row.path, version)]
    assert list_steps("GET", row.path, versions[0], versions[-1]) == list(pairwise(versions))
    for source, target in (*pairwise(versions), *zip(versions[1:], versions, strict=False)):
        was, wanted = read_printed(source, row.path), read_printed(target, row.path)
        made = convert(source, target, row.path, shapes.make_unset(was, payload_of(was, row.path)))
        members = wanted.see(payload_of(wanted, row.path), "")["properties"]
        if row.path != SLURM + "/jobs/state":
            assert members.keys() <= made.keys()


def payload_of(schema: Schema, path: str) -> Any:
    return drop_envelope(schema, schema.replies[name_place("GET", path)])


def list_paths(schema: Schema, shape: Any, path: str) -> Any:
    shape = schema.see(shape, path)
    yield path
    for name, member in shape.get("properties", {}).items():
        yield from list_paths(schema, member, f"{path}/{name}")
    if "items" in shape:
        yield from list_paths(schema, shape["items"], f"{path}[]")


def list_all_paths(version: int, root: str) -> set[str]:
    """Every path of every payload below ``root``."""
    found: set[str] = set()
    for method, place in read_schema(version).replies:
        path = place.replace(f"/{root}/{{}}", f"/{root}/{{version}}", 1)
        if method == "GET" and place.startswith(f"/{root}/"):
            schema = read_printed(version, path)
            found.update(list_paths(schema, payload_of(schema, path), ""))
    return found


def test_every_row_is_met() -> None:
    """A row whose path no operation's payload has would never be applied."""
    paths = {(version, root): list_all_paths(version, root) for version in VERSIONS for root in ("slurm", "slurmdb")}
    for change in CHANGES:
        source, target = paths[change.source, change.root], paths[change.target, change.root]
        assert change.path in source and change.path in target, change
        assert {f"{change.path}/{name}" for name in change.reads.split(", ") if name} <= source, change
        assert {f"{change.path}/{name}" for name in change.sets.split(", ")} <= target, change
    for move in MOVES:
        assert f"{move.path}/{move.before}" in paths[move.older, move.root], move
        assert f"{move.path}/{move.after}" in paths[move.newer, move.root], move
    for row in WORDS:
        assert row.path in paths[row.newer, row.root], row
    for row in PRINTED:
        if not row.path.startswith("#"):
            for version in row.versions:
                told = {f"{row.path}/{member}" for member in row.members.split(", ")}
                assert row.kind == "-" or told <= paths[version, row.root], row


@pytest.fixture
def slurm_of(fake_slurm: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A Slurm in a prefix of its own, whose commands print the given versions."""

    def install(*versions: int) -> Settings:
        (tmp_path / "bin").mkdir(exist_ok=True)
        plugins = tmp_path / "lib64" / "slurm"
        plugins.mkdir(parents=True, exist_ok=True)
        for version in versions:
            (plugins / f"data_parser_v0_0_{version}.so").touch()
        program = tmp_path / "bin" / "squeue"
        program.write_text("#!/bin/sh\n")
        program.chmod(0o755)
        monkeypatch.setattr(data_parsers, "known", {})
        return Settings(command_path=str(tmp_path / "bin"))

    return install


def test_the_versions_spoken_are_those_of_the_plugins(slurm_of: Any) -> None:
    settings = slurm_of(40, 42)
    assert data_parsers.list_data_parsers(settings) == (40, 42)
    assert data_parsers.list_data_parsers(settings) == (40, 42)
    assert data_parsers.list_data_parsers(Settings(command_path="/nonexistent")) == ()


def test_without_plugins_nothing_is_known(slurm_of: Any) -> None:
    assert data_parsers.list_data_parsers(slurm_of()) == ()


@pytest.fixture
def only_42(fake_slurm: FakeSlurm, monkeypatch: pytest.MonkeyPatch) -> FakeSlurm:
    """A Slurm whose commands print v0.0.42 alone."""
    monkeypatch.setattr(speaking, "list_data_parsers", lambda settings, program: (42,))
    return fake_slurm


@pytest.mark.parametrize("version", [40, 41, 43, 44, 45])
def test_another_version_than_the_commands_print(ask: Asker, only_42: FakeSlurm, version: int) -> None:
    only_42.replay("24.11", "nodes")
    heard = ask(f"/slurm/v0.0.{version}/nodes")
    native = parse_json(read_recording("24.11", "nodes").stdout)
    assert heard.status == 200
    assert [node["name"] for node in heard.document["nodes"]] == [node["name"] for node in native["nodes"]]
    assert ("suspend_time" in heard.document["nodes"][0]) == (version == 45)
    assert heard.document["meta"]["plugin"]["data_parser"] == f"data_parser/v0.0.{version}"
    assert only_42.argvs == [read_recording("24.11", "nodes").argv]


def test_another_version_as_yaml(ask: Asker, only_42: FakeSlurm) -> None:
    only_42.replay("24.11", "nodes")
    heard = ask("/slurm/v0.0.45/nodes", media="yaml")
    assert [node["name"] for node in yaml.safe_load(heard.document["raw"])["nodes"]]


def test_an_empty_list_in_another_version_as_yaml(ask: Asker, only_42: FakeSlurm) -> None:
    only_42.replay("24.11", "accounts-none")
    assert (
        yaml.safe_load(ask("/slurmdb/v0.0.45/accounts?description=nothing", media="yaml").document["raw"])["accounts"]
        == []
    )


def test_a_refusal_is_no_document_of_any_version(ask: Asker, only_42: FakeSlurm) -> None:
    only_42.replay("24.11", "nodes-wrong")
    assert ask("/slurm/v0.0.45/nodes").status == 401


def test_what_no_version_spoken_has_cannot_be_done(
    ask: Asker, only_42: FakeSlurm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "AS_TEXT", ())
    heard = ask("/slurm/v0.0.45/conf")
    assert "since 26.05" in heard.document["errors"][0]["description"]
    assert (heard.status, heard.document["errors"][0]["source"]) == (501, "get_conf")
