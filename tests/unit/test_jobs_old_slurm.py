"""Jobs that are there, on Slurm 22.05: how its scancel and salloc are asked, and what is said of what they said."""

import json
import os
import pwd
from pathlib import Path
from typing import Any

import pytest
from conftest import ALICE, TOKEN, Asker, Heard
from playback import FakeSlurm

from slurmrest_inetd.model import Identity
from slurmrest_inetd.settings import Settings

START = ["scancel", "--verbose"]
OWNER = ["squeue", "--noheader", "--format=%u", "--jobs=12"]
PLUGINS = b"scancel: select/cons_tres: common_init: select/cons_tres loaded\n"
DONE = PLUGINS + b"scancel: Signal 10 to full job 12\n"
NO_MATCH = PLUGINS + b"scancel: error: No active jobs match ALL job filters, including: state=RUNNING \n"


@pytest.fixture
def ask(old_slurm: FakeSlurm, tmp_path: Path) -> Asker:
    """Ask where slurm.conf names no accounting storage."""
    (tmp_path / "slurm.conf").write_text("ClusterName=c\n")
    return Asker(Settings(command_path=str(old_slurm.folder), slurm_conf=str(tmp_path / "slurm.conf")))


@pytest.fixture
def accounting(old_slurm: FakeSlurm, tmp_path: Path) -> Asker:
    """Ask where slurm.conf names an accounting storage."""
    (tmp_path / "slurm.conf").write_text("AccountingStorageType=accounting_storage/slurmdbd\n")
    return Asker(Settings(command_path=str(old_slurm.folder), slurm_conf=str(tmp_path / "slurm.conf")))


def cancel(ask: Asker, rest: str, version: int = 38) -> Heard:
    return ask(f"/slurm/v0.0.{version}/job/{rest}", "DELETE")


def test_a_job_is_ended_as_ever(ask: Asker, old_slurm: FakeSlurm) -> None:
    old_slurm.say([*START, "12"], stderr=PLUGINS + b"scancel: Terminating job 12\n")
    heard = cancel(ask, "12")
    assert (heard.status, heard.document["errors"], "status" in heard.document) == (200, [], False)


@pytest.mark.parametrize(("owner", "way"), [(b"alice\n", ["--ctld"]), (b"bob\n", [])])
def test_a_signal_is_for_jobs_that_run(ask: Asker, old_slurm: FakeSlurm, owner: bytes, way: list[str]) -> None:
    old_slurm.say(OWNER, owner)
    old_slurm.say([*START, *way, "--state=RUNNING", "--full", "--signal=10", "12"], stderr=DONE)
    assert cancel(ask, "12?signal=USR1").status == 200


def test_with_accounting_nobody_is_asked_whose_job_it_is(accounting: Asker, old_slurm: FakeSlurm) -> None:
    old_slurm.say([*START, "--ctld", "--state=RUNNING", "--full", "--signal=10", "12"], stderr=DONE)
    assert cancel(accounting, "12?signal=USR1").status == 200
    old_slurm.say([*START, "--ctld", "12+1"], stderr=b"scancel: Terminating job 12+1\n")
    assert cancel(accounting, "12+1").status == 200


@pytest.mark.parametrize("stderr", [NO_MATCH, PLUGINS])
def test_a_job_that_has_not_begun_is_not_waited_for(accounting: Asker, old_slurm: FakeSlurm, stderr: bytes) -> None:
    old_slurm.say("scancel", stderr=stderr)
    heard = cancel(accounting, "12?signal=USR1")
    assert (heard.status, heard.document["errors"][0]["error_number"]) == (409, 2020)


def test_what_its_scancel_has_not_is_refused(ask: Asker, old_slurm: FakeSlurm) -> None:
    old_slurm.say("scancel", stderr=DONE)
    heard = cancel(ask, "12?flags=CRON_JOBS", 45)
    assert (heard.status, heard.document["errors"][0]["source"]) == (422, "#/flags/")
    assert old_slurm.calls == []


# fmt: off
MANY: list[tuple[dict[str, Any], list[str]]] = [
    ({"jobs": ["12"], "signal": "USR1"},                            ["--ctld", "--full", "--signal=10", "--state=RUNNING", "12"]),
    ({"jobs": ["12"], "signal": "USR1", "job_state": "SUSPENDED"},  ["--ctld", "--full", "--signal=10", "--state=SUSPENDED", "12"]),
    ({"jobs": ["12"], "user_name": "bob"},                          ["--ctld", "--user=bob", "12"]),
    ({"jobs": ["12"]},                                              ["--ctld", "12"]),
]
# fmt: on


@pytest.mark.parametrize(("body", "words"), MANY)
def test_many_are_asked_for_without_waiting(
    accounting: Asker, old_slurm: FakeSlurm, body: dict[str, Any], words: list[str]
) -> None:
    old_slurm.say([*START, *words], stderr=DONE)
    heard = accounting("/slurm/v0.0.45/jobs/", "DELETE", body=json.dumps(body).encode())
    assert (heard.status, heard.document["status"]) == (200, [])


def test_who_was_left_waiting_is_named(accounting: Asker, old_slurm: FakeSlurm) -> None:
    old_slurm.say("scancel", stderr=DONE)
    body = json.dumps({"jobs": ["12", "13"], "signal": "USR1"}).encode()
    heard = accounting("/slurm/v0.0.45/jobs/", "DELETE", body=body)
    assert [(entry["step_id"], entry["error"]["code"]) for entry in heard.document["status"]] == [("13", 2172)]


def test_an_allocation_is_asked_for_with_the_clients_uid(
    ask: Asker, old_slurm: FakeSlurm, entered: list[tuple[int, int]]
) -> None:
    old_slurm.say("salloc", stderr=b"salloc: Granted job allocation 77\n")
    entry = pwd.getpwuid(os.getuid())
    body = json.dumps({"job": {"current_working_directory": "/tmp"}}).encode()
    who = Identity("jwt", entry.pw_name, TOKEN)
    assert ask("/slurm/v0.0.45/job/allocate", "POST", body=body, identity=who).document["job_id"] == 77
    assert entered == [(entry.pw_uid, entry.pw_gid)]
    refused = json.dumps({"job": {"current_working_directory": "/tmp", "extra": "x"}}).encode()
    heard = ask("/slurm/v0.0.45/job/allocate", "POST", body=refused, identity=ALICE)
    assert (heard.status, heard.document["errors"][0]["source"]) == (422, "#/job/extra/")


def test_an_early_update_has_no_payload(ask: Asker, old_slurm: FakeSlurm) -> None:
    def update(body: Any) -> Heard:
        return ask("/slurm/v0.0.38/job/12", "POST", body=json.dumps(body).encode())

    old_slurm.say(
        ["scontrol", "update", "JobId=12", "Comment=x", "NumNodes=1-2", "DelayBoot=0-01:30:00", "MailType=END"]
    )
    heard = update({"comment": "x", "nodes": [1, 2], "delay_boot": 90, "mail_type": "END", "minimum_nodes": True})
    assert heard.status == 200
    assert not {"results", "job_id"} & set(heard.document)
    assert [notice["source"] for notice in heard.document["warnings"]] == ["#/flags/"]
    for body, field in (
        ({"extra": "x"}, "extra"),
        ({"gres": "gpu:1"}, "gres"),
        ({"standard_out": "/x"}, "standard_out"),
    ):
        heard = update(body)
        assert (heard.status, heard.document["errors"][0]["source"]) == (422, f"#/{field}/")
        assert "results" not in heard.document


# fmt: off
#   method    path                            body                        command       what 22.05 says of a token that it refuses
REFUSED_TOKEN = (
    ("POST",   "/slurm/v0.0.38/job/1",         {"comment": "x"},           "scontrol",   b"Unexpected message received for job 1\n"),
    ("DELETE", "/slurm/v0.0.40/jobs",          {"jobs": ["1"]},            "scancel",    b"scancel: error: Kill job error on job id 1: Zero Bytes were transmitted or received\n"),
    ("GET",    "/slurm/v0.0.45/job/1/requeue", None,                       "scontrol",   b"Unexpected message received for job 1\n"),
)
# fmt: on


@pytest.mark.parametrize(("method", "path", "body", "command", "stderr"), REFUSED_TOKEN)
def test_a_refused_token_is_401(
    ask: Asker, old_slurm: FakeSlurm, method: str, path: str, body: Any, command: str, stderr: bytes
) -> None:
    old_slurm.say(command, stderr=stderr, status=1)
    heard = ask(path, method, body=json.dumps(body).encode() if body else b"")
    assert heard.status == 401
    assert "token has expired" in heard.document["errors"][0]["description"]
