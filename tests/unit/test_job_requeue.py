"""GET job/{job_id}/requeue and POST jobs/requeue: what scontrol is asked, and what is said of each job."""

import json
from typing import Any

import pytest
from conftest import TOKEN, Asker, Heard
from playback import FakeSlurm

from slurmrest_inetd.jobs.results import Result, tells_of
from slurmrest_inetd.jobs.targets import parse_target


def requeue(ask: Asker, rest: str = "12/requeue") -> Heard:
    return ask(f"/slurm/v0.0.45/job/{rest}", "GET")


def post(ask: Asker, body: Any) -> Heard:
    return ask("/slurm/v0.0.45/jobs/requeue", "POST", body=json.dumps(body).encode())


@pytest.mark.parametrize(
    ("rest", "words"),
    [
        ("12/requeue", ["requeue", "12"]),
        ("12/requeue?Hold=false&Incomplete=true", ["requeue", "Incomplete", "12"]),
        ("12/requeue?Hold", ["requeuehold", "12"]),
        ("12_3/requeue?Hold=1&SpecialExit=yes&Incomplete=1", ["requeuehold", "Incomplete", "State=SpecialExit", "12_3"]),
        ("12_[1,3]/requeue", ["requeue", "12_[1,3]"]),
    ],
)  # fmt: skip
def test_scontrol_is_asked(ask: Asker, fake_slurm: FakeSlurm, rest: str, words: list[str]) -> None:
    fake_slurm.say(["scontrol", *words])
    heard = requeue(ask, rest)
    assert (heard.status, heard.document["errors"], heard.document["warnings"]) == (200, [], [])
    (run,) = fake_slurm.calls
    assert run.environment["SLURM_JWT"] == TOKEN


def test_of_a_task_it_is_said_that_it_went_well(ask: Asker, fake_slurm: FakeSlurm) -> None:
    fake_slurm.say("scontrol")
    entry = {"job_id": 12, "step_id": "12_[3]", "error": "No error", "error_code": 0, "why": ""}
    assert requeue(ask, "12_3/requeue").document["status"] == [entry]
    assert requeue(ask).document["status"] == []
    assert post(ask, {"jobs": ["12_3", "13"]}).document["status"] == [[entry]]


@pytest.mark.parametrize(
    ("rest", "status"),
    [("12/requeue?SpecialExit=true", 400), ("12/requeue?Hold=x", 422), ("12.0/requeue", 422), ("abc/requeue", 422),
     ("12,13/requeue", 422), ("99999999/requeue", 404)],
)  # fmt: skip
def test_nothing_is_requeued_for_what_is_not_understood(
    ask: Asker, fake_slurm: FakeSlurm, rest: str, status: int
) -> None:
    assert requeue(ask, rest).status == status
    assert fake_slurm.calls == []


@pytest.mark.parametrize(
    ("body", "status", "source"),
    [({}, 422, "#/jobs/"), ({"jobs": []}, 422, "#/jobs/"), ({"jobs": ["x"]}, 422, "#/jobs[0]/"), ([], 422, "#/"),
     ({"jobs": ["12"], "flags": ["Nope"]}, 422, "#/flags/"), ({"jobs": ["12"], "flags": ["SpecialExit"]}, 400, "post_jobs_requeue")],
)  # fmt: skip
def test_no_list_is_no_jobs(ask: Asker, fake_slurm: FakeSlurm, body: Any, status: int, source: str) -> None:
    heard = post(ask, body)
    assert (heard.status, heard.document["errors"][0]["source"]) == (status, source)
    assert fake_slurm.calls == []


def test_each_job_of_a_list_is_told_of(ask: Asker, fake_slurm: FakeSlurm) -> None:
    stderr = b"Invalid job id specified for job 13\n14_[1]: Job is pending execution\n14_[2]: No error\n"
    fake_slurm.say(["scontrol", "requeuehold", "12,13,14_1,14_2,15_[1-2]"], stderr=stderr, status=1)
    heard = post(ask, {"jobs": ["12", "13", "14_1", "14_2", "15_[1-2]"], "flags": ["Hold"], "nope": 1})
    assert heard.status == 404
    assert [(e["error_number"], e["description"]) for e in heard.document["errors"]] == [
        (2017, "Requeue JobID=13 failed"),
        (2024, "Requeue JobID=14_[1] failed"),
    ]
    told = [(entry["step_id"], entry["error_code"]) for (entry,) in heard.document["status"]]
    assert told == [("13", 2017), ("14_[1]", 2024), ("14_[2]", 0), ("12", 0), ("15_[1-2]", 0)]
    assert [notice["source"] for notice in heard.document["warnings"]] == ["#/nope/"]


# fmt: off
SAID: list[tuple[bytes, int, int, int]] = [
    (b"Job is pending execution for job 12\n",                        1, 422, 2024),
    (b"Access/permission denied for job 12\n",                        1, 403, 2002),
    (b"Invalid job id specified for job 12\n",                        1, 404, 2017),
    (b"12_[1-3]: Job is pending execution\n",                         0, 422, 2024),
    (b"slurm_requeue error: Protocol authentication error\n",         1, 401, 1007),
    (b"",                                                             1, 422, 0),
    (b"",                                                            -9, 504, -1),
]
# fmt: on


@pytest.mark.parametrize(("stderr", "status", "expected", "number"), SAID)
def test_what_slurm_refused_is_refused(
    ask: Asker, fake_slurm: FakeSlurm, stderr: bytes, status: int, expected: int, number: int
) -> None:
    fake_slurm.say("scontrol", stderr=stderr, status=status)
    heard = requeue(ask, "12/requeue?nope=1")
    assert (heard.status, heard.document["errors"][0]["error_number"]) == (expected, number)
    assert isinstance(heard.document["status"], list)
    assert [notice["source"] for notice in heard.document["warnings"]] == ["#/nope/"]


@pytest.mark.parametrize(
    ("said", "target", "told"),
    [("12_[1-3,7]", "12_2", True), ("12_[1-3,7]", "12_7", True), ("12_1-3", "12_4", False), ("12_[1-9:2]", "12_3", True),
     ("12", "12_4", False), ("12_[4]", "12", True), ("12_[4]", "13", False), ("12_[1-3%2]", "12_3", True)],
)  # fmt: skip
def test_which_tasks_a_line_is_about(said: str, target: str, told: bool) -> None:
    assert tells_of(Result(said, 1, ""), parse_target(target)) == told
