"""DELETE job/{job_id}: what scancel is asked, and what is said of what it said."""

from typing import Any

import pytest
from conftest import TOKEN, Asker, Heard
from playback import FakeSlurm

DONE = b"scancel: Terminating job 12\n"
START = ["scancel", "--verbose"]
OWNER = ["squeue", "--noheader", "--format=%u"]


def cancel(ask: Asker, rest: str = "12", version: int = 45) -> Heard:
    return ask(f"/slurm/v0.0.{version}/job/{rest}", "DELETE")


# fmt: off
ASKED: list[Any] = [
    ("12",                                    ["12"]),
    ("12_3",                                  ["12_3"]),
    ("12?signal=",                            ["12"]),
    ("12?flags=HURRY&flags=FULL_JOB",         ["--hurry", "--full", "12"]),
    ("12?signal=KILL",                        ["--full", "--signal=9", "12"]),
    ("12?flags=batch_job,CRON_JOBS&signal=9", ["--batch", "--cron", "--signal=9", "12"]),
]
# these are asked once, in a way that is only safe for a job of one's own
ASKED_ONCE: list[Any] = [
    ("12+1",                                  ["12+1"]),
    ("12?signal=USR1",                        ["--full", "--signal=10", "12"]),
    ("12_3?signal=10",                        ["--full", "--signal=10", "12_3"]),
    ("12?signal=USR1&flags=BATCH_JOB",        ["--batch", "--signal=10", "12"]),
    ("12?signal=USR1&flags=FULL_JOB",         ["--full", "--signal=10", "12"]),
    ("12?signal=USR1&flags=FULL_STEPS_ONLY",  ["--signal=10", "12"]),
]
# fmt: on


@pytest.mark.parametrize(("rest", "options"), ASKED)
def test_scancel_is_asked(ask: Asker, fake_slurm: FakeSlurm, rest: str, options: list[str]) -> None:
    fake_slurm.say([*START, *options], stderr=DONE)
    heard = cancel(ask, rest)
    assert heard.status == 200
    assert heard.document["status"] == []
    assert heard.document["warnings"] == []
    (run,) = fake_slurm.calls
    assert run.environment["SLURM_JWT"] == TOKEN


@pytest.mark.parametrize(
    ("owner", "way"), [(b"alice\nalice\n", ["--ctld"]), (b"bob\n", []), (b"", []), (b"alice\nbob\n", [])]
)
@pytest.mark.parametrize(("rest", "options"), ASKED_ONCE)
def test_only_of_a_job_of_ones_own_slurmctld_is_asked_directly(
    ask: Asker, fake_slurm: FakeSlurm, rest: str, options: list[str], owner: bytes, way: list[str]
) -> None:
    fake_slurm.say([*OWNER, f"--jobs={options[-1]}"], owner)
    fake_slurm.say([*START, *way, *options], stderr=DONE)
    assert cancel(ask, rest).status == 200
    assert len(fake_slurm.calls) == 2


def test_what_is_not_there_is_not_signalled(ask: Asker, fake_slurm: FakeSlurm) -> None:
    fake_slurm.say("squeue", stderr=b"slurm_load_jobs error: Invalid job id specified\n", status=1)
    heard = cancel(ask, "12?signal=USR1")
    assert heard.status == 404
    assert heard.document["errors"][0]["error_number"] == 2017
    assert len(fake_slurm.calls) == 1


def test_verbose_shows_the_status_and_the_older_versions_have_none(ask: Asker, fake_slurm: FakeSlurm) -> None:
    fake_slurm.say("scancel", stderr=b"scancel: Signal 9 to job 12\n")
    assert cancel(ask, "12?flags=VERBOSE").document["status"] == [
        {
            "error": {"string": "No error", "code": 0, "message": ""},
            "step_id": "12",
            "job_id": {"set": True, "infinite": False, "number": 12},
            "federation": {"sibling": ""},
        }
    ]
    assert "status" not in cancel(ask, "12?flags=VERBOSE", 41).document


def test_what_changes_nothing_is_said(ask: Asker, fake_slurm: FakeSlurm) -> None:
    fake_slurm.say("scancel", stderr=DONE)
    assert [n["source"] for n in cancel(ask, "12?flags=ARRAY_TASK").document["warnings"]] == ["#/flags/"]
    assert [n["source"] for n in cancel(ask, "12?nope=1").document["warnings"]] == ["#/nope/"]


# fmt: off
NOT_UNDERSTOOD: list[Any] = [
    ("12?flags=NOSUCH",               "#/flags/"),
    ("12?flags=HURRY,OUT_OF_MEMORY",  "#/flags/"),
    ("12?flags=FULL_STEPS_ONLY",      "#/flags/"),
    ("12?flags=FULL_STEPS_ONLY&signal=9", "#/flags/"),
    ("12?signal=NOPE",                "#/signal/"),
    ("12?signal=-9",                  "#/signal/"),
    ("12.0",                          "#/job_id/"),
    ("--uid=0",                       "delete_job"),
    ("-v",                            "delete_job"),
    ("12%0a13",                       "delete_job"),
    ("12%2013",                       "delete_job"),
]
# fmt: on


@pytest.mark.parametrize(("rest", "source"), NOT_UNDERSTOOD)
def test_nothing_is_cancelled_for_what_is_not_understood(
    ask: Asker, fake_slurm: FakeSlurm, rest: str, source: str
) -> None:
    heard = cancel(ask, rest)
    assert heard.status == 422
    assert heard.document["errors"][0]["source"] == source
    assert fake_slurm.calls == []


# fmt: off
SAID: list[Any] = [
    (b"scancel: error: Kill job error on job id 12: Invalid job id specified\n",                    0, 404, 2017),
    (b"scancel: error: Kill job error on job id 12: Job/step already completing or completed\n",    0, 409, 2021),
    (b"scancel: error: Kill job error on job id 12: Job can not be altered now, try again later\n", 0, 409, 2020),
    (b"scancel: error: Kill job error on job id 12: Access/permission denied\n",                    0, 403, 2002),
    (DONE + b"scancel: error: Kill job error on job id 13: Access/permission denied\n",             0, 403, 2002),
    (b"scancel: error: Protocol authentication error\n",                                          239, 401, 1007),
    (b"",                                                                                           0, 500, -1),
    (b"",                                                                                         -15, 504, -1),
]
# fmt: on


@pytest.mark.parametrize(("stderr", "status", "expected", "number"), SAID)
def test_only_its_own_word_is_success(
    ask: Asker, fake_slurm: FakeSlurm, stderr: bytes, status: int, expected: int, number: int
) -> None:
    fake_slurm.say("scancel", stderr=stderr, status=status)
    heard = cancel(ask, "12?nope=1")
    assert heard.status == expected
    assert heard.document["errors"][0]["error_number"] == number
    assert heard.document["status"][0]["error"]["code"] == number
    assert heard.document["status"][0]["job_id"]["set"] == (number != 2017)
    assert [notice["source"] for notice in heard.document["warnings"]] == ["#/nope/"]
    assert "status" not in cancel(ask, "12", 40).document
