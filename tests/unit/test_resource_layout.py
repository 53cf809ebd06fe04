"""The resources of a job where scontrol does not lay them out: made of the job's record, as scontrol of a later release has them."""

import json
from typing import Any

import pytest
from conftest import Asker
from hypothesis import given
from hypothesis import strategies as st
from playback import FakeSlurm, print_listing, read_recording

from slurmrest_inetd.plugins.slurmctld import resources
from slurmrest_inetd.state.resource_layout import Shape, build_layout, parse_gres
from slurmrest_inetd.versions.documents import build_document_conversion

UNSET = {"set": False, "infinite": False, "number": 0}


def read_document(name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(read_recording("26.05", name).stdout)
    return document


@pytest.fixture
def running() -> dict[str, Any]:
    """The document of a job that runs, in v0.0.45."""
    return read_document("job-45-running")


@pytest.fixture
def older(fake_slurm: FakeSlurm, monkeypatch: pytest.MonkeyPatch) -> FakeSlurm:
    """A Slurm of 24.11."""
    monkeypatch.setattr(resources, "find_newest", lambda *_: 42)
    return fake_slurm


def test_it_is_what_scontrol_prints(older: FakeSlurm, ask: Asker, running: dict[str, Any]) -> None:
    older.replay("26.05", "job-45-running")
    heard = ask(f"/slurm/v0.0.45/resources/{running['jobs'][0]['job_id']}")
    assert heard.status == 200
    assert heard.document["nodes"] == read_document("resources")["nodes"]
    assert heard.document["meta"]["slurm"] == running["meta"]["slurm"]
    assert [argv[0] for argv in older.argvs] == ["squeue"]


@pytest.mark.parametrize(
    ("change", "status", "number"),
    [
        ({"job_state": ["PENDING"], "job_resources": None}, 409, 2085),
        ({"job_state": ["SUSPENDED"]}, 409, 2085),
        ({"job_state": ["RUNNING"], "job_resources": None}, 409, 2085),
        ({"job_id": 9}, 409, 2085),
    ],
)
def test_a_job_without_resources(
    older: FakeSlurm, ask: Asker, running: dict[str, Any], change: dict[str, Any], status: int, number: int
) -> None:
    (job,) = running["jobs"]
    older.say("squeue", json.dumps({**running, "jobs": [{**job, **change}]}).encode())
    heard = ask(f"/slurm/v0.0.45/resources/{job['job_id']}")
    assert (heard.status, heard.document["errors"][0]["error_number"]) == (status, number)


def test_a_job_that_is_not_there(older: FakeSlurm, ask: Asker, running: dict[str, Any]) -> None:
    older.say("squeue", json.dumps({**running, "jobs": []}).encode())
    assert ask("/slurm/v0.0.45/resources/7").status == 404


@pytest.mark.parametrize("version", [44, 45])
def test_22_05_lists_only_the_cores_that_are_used(
    early_slurm: FakeSlurm, ask: Asker, running: dict[str, Any], version: int
) -> None:
    early_slurm.say(["squeue", "--version"], b"slurm-wlm 22.05.8\n")
    early_slurm.say(["scontrol", "--version"], b"slurm-wlm 22.05.8\n")
    convert = build_document_conversion("GET", "/slurm/{version}/jobs", 45, 38)
    (job,) = convert({"jobs": running["jobs"]})["jobs"]
    cores = {"1": {"cores": {"0": "allocated", "3": "allocated_and_in_use"}}}
    given = {**job["job_resources"]["allocated_nodes"][0], "sockets": cores, "nodename": "n1", "memory_allocated": 70}
    job |= {"job_state": "RUNNING", "gres_detail": ["gpu:2(IDX:0-1)"]}
    job["job_resources"]["allocated_nodes"] = [given]
    node = json.loads(read_recording("22.05", "nodes").stdout)["nodes"][0] | {"name": "n1", "sockets": 2, "cores": 5}
    early_slurm.say(["squeue", "--json"], print_listing("jobs", [job]))
    early_slurm.say(["sinfo", "--json"], print_listing("nodes", [node]))
    heard = ask(f"/slurm/v0.0.{version}/resources/{job['job_id']}")
    assert heard.status == 200, heard.document
    layout = {"node": "n1", "sockets_per_node": 2, "cores_per_socket": 5, "mem_alloc": 70, "core_bitmap": "0x120"}
    gres = [{"name": "gpu", "type": "", "count": 2, "index": "0-1"}]
    assert heard.document["nodes"] == [{**layout, "channel": UNSET, "gres": gres}]


GRES: tuple[tuple[str, list[tuple[str, str, int, str]]], ...] = (
    ("", []),
    ("(null)", []),
    ("gpu:2(IDX:0,3)", [("gpu", "", 2, "0,3")]),
    ("gpu:a100:1(IDX:0),gpu:v100:2(IDX:1-2)", [("gpu", "a100", 1, "0"), ("gpu", "v100", 2, "1-2")]),
    ("bandwidth:lustre:4K(CNT:4K)", [("bandwidth", "lustre", 4096, "")]),
    ("licence:3", [("licence", "", 3, "")]),
)


@pytest.mark.parametrize(("detail", "told"), GRES)
def test_gres(detail: str, told: list[tuple[str, str, int, str]]) -> None:
    assert [(one["name"], one["type"], one["count"], one["index"]) for one in parse_gres(detail)] == told


@given(st.integers(1, 4), st.integers(1, 70), st.data())
def test_a_bit_is_a_core(sockets: int, cores: int, data: st.DataObject) -> None:
    used = data.draw(st.sets(st.integers(0, sockets * cores - 1)))
    listed = [
        {
            "index": number,
            "cores": [{"index": core, "status": name_status(number * cores + core in used)} for core in range(cores)],
        }
        for number in range(sockets)
    ]
    (laid,) = build_layout(describe_job({"name": "n", "memory": {"allocated": 0}, "sockets": listed}), {})
    digits = laid["core_bitmap"].removeprefix("0x")
    assert (laid["sockets_per_node"], laid["cores_per_socket"]) == (sockets, cores)
    assert {bit for bit in range(sockets * cores) if int(digits, 16) >> bit & 1} == used
    assert len(digits) == (sockets * cores + 3) // 4


def name_status(is_used: bool) -> list[str]:
    return ["ALLOCATED"] if is_used else ["UNALLOCATED"]


def describe_job(*nodes: dict[str, Any]) -> dict[str, Any]:
    return {"job_resources": {"nodes": {"allocation": list(nodes)}}, "gres_detail": []}


def test_gres_that_go_with_no_node_are_not_told() -> None:
    node = {"name": "n", "memory": {"allocated": 0}, "sockets": []}
    job = describe_job(node, {**node, "name": "m"}) | {"gres_detail": ["gpu:1"]}
    assert [one["gres"] for one in build_layout(job, {"n": Shape(1, 4)})] == [[], []]
