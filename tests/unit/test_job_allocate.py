"""POST job/allocate: what salloc is asked, and what is said of what it said."""

import json
from pathlib import Path
from typing import Any

import pytest
from conftest import ALICE, TOKEN, Asker, Heard
from hypothesis import given, settings
from hypothesis import strategies as st
from playback import FakeSlurm
from test_job_tables import DOCUMENTS, read_schema

from slurmrest_inetd.body.properties import list_properties
from slurmrest_inetd.errors import Unprocessable
from slurmrest_inetd.fields.allocation import ALLOCATION_PROPERTIES, OTHERWISE
from slurmrest_inetd.model import Identity
from slurmrest_inetd.submission.allocation import read_allocation

JOB: dict[str, Any] = {"current_working_directory": "/tmp"}
START = ["salloc", "--no-shell"]
GRANTED = b"salloc: Granted job allocation 77\nsalloc: Nodes n1 are ready for job\n"
PENDING = b"salloc: Pending job allocation 77\nsalloc: job 77 queued and waiting for resources\n"
TIMED_OUT = PENDING + b"salloc: error: Unable to allocate resources: Connection timed out\n"
LOCAL = Identity("local", "alice")
GONE = b"scancel: error: Kill job error on job id 77: Job/step already completing or completed\n"


def allocate(ask: Asker, body: Any, version: int = 45, identity: Identity = ALICE) -> Heard:
    return ask(f"/slurm/v0.0.{version}/job/allocate", "POST", body=json.dumps(body).encode(), identity=identity)


# fmt: off
ASKED: list[tuple[dict[str, Any], list[str]]] = [
    ({},                                                ["--wait-all-nodes=0", "--job-name="]),
    ({"name": "a\n-b", "tasks": 2},                     ["--wait-all-nodes=0", "--job-name=a\n-b", "--ntasks=2"]),
    ({"wait_all_nodes": True, "name": "x"},             ["--wait-all-nodes=1", "--job-name=x"]),
    ({"immediate": True, "name": "x"},                  ["--wait-all-nodes=0", "--job-name=x"]),
    ({"minimum_nodes": 2, "time_limit": 5, "name": "x"}, ["--wait-all-nodes=0", "--job-name=x", "--nodes=2-0", "--time=5"]),
    ({"argv": ["x"], "environment": ["A=b"], "rlimits": {"core": 0}, "standard_output": "none", "name": "x"},
                                                        ["--wait-all-nodes=0", "--job-name=x"]),
]
REFUSED: list[tuple[Any, str]] = [
    ({}, "#/job/"), ({"job": None}, "#/job/"), ({"job": {}}, "#/job/current_working_directory/"), ({"job": 5}, "#/job/"),
    ({"job": {"current_working_directory": {}}}, "#/job/current_working_directory/"),
    ({"hetjob": []}, "#/hetjob/"), ({"hetjob": {}}, "#/hetjob/"), ({"job": JOB, "hetjob": [JOB]}, "#/hetjob/"),
    ({"hetjob": [JOB, 5]}, "#/hetjob[1]/"), ([], "#/"), ({"hetjob": [JOB, {**JOB, "tasks": "x"}]}, "#/hetjob[1]/tasks/"),
    ({"job": {**JOB, "array": "1-3"}}, "#/job/array/"), ({"job": {**JOB, "script": "#!/bin/sh"}}, "#/job/script/"),
    ({"job": {**JOB, "requeue": True}}, "#/job/requeue/"), ({"job": {**JOB, "user_id": "bob"}}, "#/job/user_id/"),
    ({"job": {**JOB, "flags": ["KILL_INVALID_DEPENDENCY"]}}, "#/job/flags/"),
    ({"job": {**JOB, "flags": ["EXPEDITED_REQUEUE"]}}, "#/job/flags/"),
    ({"job": {**JOB, "comment": "x" * 200_000}}, "#/job/comment/"), ({"job": {**JOB, "x11": ["FIRST_NODE"]}}, "#/job/x11/"),
    ({"hetjob": [JOB, {**JOB, "account": "a"}]}, "#/hetjob[0]/account/"), ({"job": {**JOB, "nodes": "x"}}, "#/job/nodes/"),
    # granted later, of which a client with a token cannot hear
    ({"hetjob": [JOB, JOB]}, "#/hetjob/"),
]
# fmt: on


@pytest.mark.parametrize(("job", "options"), ASKED)
def test_with_a_token_the_resources_are_there_at_once_or_not_at_all(
    ask: Asker, fake_slurm: FakeSlurm, job: dict[str, Any], options: list[str]
) -> None:
    waits = [word for word in options if word.startswith("--wait-all-nodes")]
    rest = [word for word in options if word not in waits]
    words = ["--immediate", *waits, *rest] if waits == ["--wait-all-nodes=0"] else ["--immediate", *rest, *waits]
    fake_slurm.say("salloc", stderr=GRANTED)
    heard = allocate(ask, {"job": {**JOB, **job}}, 41)
    assert heard.status == 200
    assert (heard.document["job_id"], heard.document["job_submit_user_msg"]) == (77, "")
    (run,) = fake_slurm.calls
    assert sorted(run.argv) == sorted([*START, *words])
    assert run.argv[:3] == [*START, "--immediate"]
    assert run.environment["SLURM_JWT"] == TOKEN


@pytest.mark.parametrize(("body", "source"), REFUSED)
def test_nothing_is_run_for_what_cannot_be_done(ask: Asker, fake_slurm: FakeSlurm, body: Any, source: str) -> None:
    heard = allocate(ask, body)
    assert heard.status == 422
    assert source in [error["source"] for error in heard.document["errors"]]
    assert fake_slurm.calls == []


def test_what_has_no_effect_is_said(ask: Asker, fake_slurm: FakeSlurm) -> None:
    fake_slurm.say("salloc", stderr=GRANTED)
    heard = allocate(ask, {"job": {**JOB, "environment": ["A=b"], "nope": 1}, "script": "x"})
    sources = {notice["source"] for notice in heard.document["warnings"]}
    assert sources == {"#/job/current_working_directory/", "#/job/environment/", "#/job/nope/", "#/script/"}


def test_without_a_token_salloc_waits(ask: Asker, fake_slurm: FakeSlurm) -> None:
    each = ["--immediate=115", "--wait-all-nodes=0", "--job-name="]
    fake_slurm.say([*START, *each, ":", *each], stderr=PENDING + GRANTED)
    assert allocate(ask, {"hetjob": [JOB, JOB]}, identity=LOCAL).document["job_id"] == 77
    fake_slurm.say([*START, *each], stderr=GRANTED)
    assert allocate(ask, {"hetjob": [JOB]}, identity=LOCAL).status == 200


def test_what_a_plugin_tells_the_user_is_not_the_job(ask: Asker, fake_slurm: FakeSlurm) -> None:
    fake_slurm.say("salloc", stderr=b"salloc: Granted job allocation 5\nsalloc: be nice\n" + GRANTED)
    document = allocate(ask, {"job": JOB}).document
    assert (document["job_id"], document["job_submit_user_msg"]) == (77, "be nice")


def test_what_was_not_there_in_time_is_withdrawn(ask: Asker, fake_slurm: FakeSlurm) -> None:
    fake_slurm.say("salloc", stderr=TIMED_OUT, status=1)
    fake_slurm.say(["scancel", "--verbose", "77"], stderr=GONE)
    heard = allocate(ask, {"job": JOB}, identity=LOCAL)
    assert heard.status == 504
    assert heard.document["errors"][0]["description"].endswith(
        "within 115 seconds; the request (job 77) was withdrawn: nothing is queued"
    )


def test_whether_it_is_still_queued_may_be_unknown(ask: Asker, fake_slurm: FakeSlurm) -> None:
    fake_slurm.say("salloc", stderr=PENDING, status=-15)
    fake_slurm.say("scancel", stderr=b"scancel: error: Unable to contact slurm controller\n", status=1)
    heard = allocate(ask, {"job": JOB}, identity=LOCAL)
    assert heard.status == 504
    assert heard.document["errors"][0]["description"].endswith("still queued is unknown")


# fmt: off
SAID: list[tuple[bytes, int, int, int]] = [
    (b"salloc: error: Unable to allocate resources: Requested nodes are busy\n",                 1, 422, 2016),
    (b"salloc: error: Job submit/allocate failed: Invalid partition name specified\n",           1, 422, 2000),
    (b"salloc: error: Job submit/allocate failed: Invalid node name specified\n",                1, 422, 2018),
    (b"salloc: error: Job submit/allocate failed: Access/permission denied\n",                   1, 403, 2002),
    (b"",                                                                                        0, 500, -1),
    (b"",                                                                                       -9, 504, -1),
    # Slurm then ends the job, while salloc calls it granted
    (PENDING + GRANTED,                                                                          0, 500, -1),
    (PENDING + b"salloc: error: Job submit/allocate failed: Invalid qos specification\n",        1, 422, 2066),
]
# fmt: on


@pytest.mark.parametrize(("stderr", "status", "expected", "number"), SAID)
def test_what_was_not_granted_is_refused(
    ask: Asker, fake_slurm: FakeSlurm, stderr: bytes, status: int, expected: int, number: int
) -> None:
    fake_slurm.say("salloc", stderr=stderr, status=status)
    fake_slurm.say("scancel", stderr=GONE)
    heard = allocate(ask, {"job": {**JOB, "nope": 1}})
    assert (heard.status, heard.document["errors"][0]["error_number"]) == (expected, number)
    assert "#/job/nope/" in [notice["source"] for notice in heard.document["warnings"]]
    assert (["scancel", "--verbose", "77"] in fake_slurm.argvs) == (PENDING in stderr)


@given(st.dictionaries(st.sampled_from([row.name for row in ALLOCATION_PROPERTIES if row.carry == "option" and row.kind == "text" and row.until == 45]),
                       st.text(max_size=30)))  # fmt: skip
@settings(max_examples=60)
def test_no_value_becomes_another_option(job: dict[str, str]) -> None:
    try:
        (options,) = read_allocation({"job": {**JOB, **job}}, 45, "alice").components
    except Unprocessable:
        return
    terms = {f"--{row.term}" for row in ALLOCATION_PROPERTIES if row.name in job} | {"--job-name"}
    assert {option.partition("=")[0] for option in options} == terms
    assert ":" not in options


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_the_table_has_each_property_of_each_version(path: Path) -> None:
    _, properties, version = read_schema(path)
    assert set(list_properties(ALLOCATION_PROPERTIES, version)) == set(properties)


def test_what_is_otherwise_is_a_property_and_has_its_reason() -> None:
    assert set(OTHERWISE) <= {row.name for row in ALLOCATION_PROPERTIES}
    for row in ALLOCATION_PROPERTIES:
        assert row.carry not in ("none", "refused") or row.term, row.name
