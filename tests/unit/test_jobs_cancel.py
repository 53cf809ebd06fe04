"""DELETE jobs/: what scancel is asked, and what is said of what it said of each job."""

import json
from pathlib import Path
from typing import Any

import pytest
from conftest import TOKEN, Asker, Heard
from hypothesis import given, settings
from hypothesis import strategies as st
from playback import FakeSlurm
from test_job_tables import DOCUMENTS

from slurmrest_inetd.body.properties import list_properties
from slurmrest_inetd.errors import Unprocessable
from slurmrest_inetd.fields.job_selection import KILL_PROPERTIES, REQUEUE_FLAGS, REQUEUE_PROPERTIES
from slurmrest_inetd.jobs.selection import KINDS, read_kill, read_requeue
from slurmrest_inetd.settings import Settings

START = ["scancel", "--verbose"]
DONE = b"scancel: Terminating job 12\n"
REFUSED = b"scancel: error: Kill job error on job id %s: %s\n"


def cancel(ask: Asker, body: Any, version: int = 45) -> Heard:
    return ask(f"/slurm/v0.0.{version}/jobs/", "DELETE", body=json.dumps(body).encode())


@pytest.fixture
def accounting(fake_slurm: FakeSlurm, tmp_path: Path) -> Asker:
    """Ask where slurm.conf names an accounting storage."""
    (tmp_path / "slurm.conf").write_text("AccountingStorageType=accounting_storage/slurmdbd\n")
    return Asker(Settings(command_path=str(fake_slurm.folder), slurm_conf=str(tmp_path / "slurm.conf")))


# fmt: off
ASKED: list[tuple[dict[str, Any], bool, list[str]]] = [
    ({"jobs": ["12", "13_4", "14_[1,3]", "15+1"]},              True,  ["12", "13_4", "14_[1,3]", "15+1"]),
    ({"jobs": ["12", 12, "12"]},                                True,  ["12"]),
    ({"jobs": ["12"], "signal": "USR1"},                        True,  ["--full", "--signal=10", "12"]),
    ({"jobs": ["12"], "signal": "KILL", "flags": ["BATCH_JOB"]}, True, ["--batch", "--signal=9", "12"]),
    ({"jobs": ["12"], "flags": ["HURRY", "ARRAY_TASK"]},        True,  ["--hurry", "12"]),
    ({"account": "a b", "partition": "-p"},                     True,  ["--account=a b", "--partition=-p"]),
    ({"job_name": "x", "qos": "q", "reservation": "r", "wckey": "w"}, True,
                                                                ["--jobname=x", "--qos=q", "--reservation=r", "--wckey=w"]),
    ({"job_state": ["running"], "nodes": ["n[1-2]", "m"]},      True,  ["--state=RUNNING", "--nodelist=n[1-2],m"]),
    ({"user_id": "1001", "user_name": "1001"},                  True,  ["--user=1001"]),
    ({"user_id": 1001},                                         True,  ["--user=1001"]),
    # slurmctld would repeat the names of jobs
    ({"jobs": ["12"], "user_name": "bob"},                      False, ["--user=bob", "12"]),
]
NOT_UNDERSTOOD: list[tuple[Any, str]] = [
    ({}, "#/jobs/"), ({"jobs": []}, "#/jobs/"), ({"jobs": [], "account": "a"}, "#/jobs/"), ({"signal": "9"}, "#/jobs/"),
    ({"flags": ["VERBOSE"]}, "#/jobs/"), ({"account": ""}, "#/account/"), ({"account": " "}, "#/account/"),
    ({"jobs": ["1"], "wckey": ""}, "#/wckey/"), ({"job_name": "a\nb"}, "#/job_name/"), ({"qos": "a\0"}, "#/qos/"),
    ({"partition": "x" * 5000}, "#/partition/"), ({"nodes": "/etc/passwd"}, "#/nodes/"), ({"nodes": []}, "#/nodes/"),
    ({"job_state": ["PENDING", "RUNNING"]}, "#/job_state/"), ({"job_state": "COMPLETED"}, "#/job_state/"),
    ({"job_state": []}, "#/job_state/"), ({"user_id": "1", "user_name": "bob"}, "#/user_id/"),
    ({"jobs": ["1"], "signal": "NOPE"}, "#/signal/"), ({"jobs": ["1"], "flags": ["NOPE"]}, "#/flags/"),
    ({"jobs": ["1"], "flags": ["OUT_OF_MEMORY"]}, "#/flags/"), ({"jobs": ["1"], "flags": ["FULL_STEPS_ONLY"]}, "#/flags/"),
    ({"jobs": ["1", "--me"]}, "#/jobs[1]/"), ({"jobs": ["1.0"]}, "#/jobs[0]/"), ({"jobs": [None, "1"]}, "#/jobs[0]/"),
    ({"jobs": ["1 2"]}, "#/jobs[0]/"), ({"jobs": ["-1"]}, "#/jobs[0]/"), ({"jobs": [0]}, "#/jobs[0]/"), ({"jobs": "1"}, "#/jobs/"),
    ({"jobs": {"a": 1}}, "#/jobs/"), ([], "#/"), (None, "#/"), ({"account": {}}, "#/account/"),
    ({"jobs": [f"{n}" for n in range(1_000_000, 1_120_000)]}, "#/jobs/"),
]
# fmt: on


@pytest.mark.parametrize(("body", "one_request", "options"), ASKED)
def test_scancel_is_asked_once(
    accounting: Asker, fake_slurm: FakeSlurm, body: dict[str, Any], one_request: bool, options: list[str]
) -> None:
    said = b"".join(b"scancel: Terminating job %s\n" % word.encode() for word in options if word[0].isdigit())
    way = ["--ctld"] if one_request else []
    fake_slurm.say([*START, *way, *options], stderr=said or DONE)
    heard = cancel(accounting, body)
    assert (heard.status, heard.document["status"], heard.document["errors"]) == (200, [], [])
    (run,) = fake_slurm.calls
    assert run.environment["SLURM_JWT"] == TOKEN


def test_without_accounting_slurmctld_is_not_asked_in_one_request(ask: Asker, fake_slurm: FakeSlurm) -> None:
    ask.settings = ask.settings._replace(slurm_conf="/nonexistent/slurm.conf")
    fake_slurm.say([*START, "12"], stderr=DONE)
    assert cancel(ask, {"jobs": ["12"]}).status == 200


@pytest.mark.parametrize(("body", "source"), NOT_UNDERSTOOD)
def test_nothing_is_signalled_for_what_is_not_understood(
    ask: Asker, fake_slurm: FakeSlurm, body: Any, source: str
) -> None:
    heard = cancel(ask, body)
    assert heard.status == 422
    assert source in [error["source"] for error in heard.document["errors"]]
    assert fake_slurm.calls == []


def test_each_job_that_was_not_signalled_is_told(accounting: Asker, fake_slurm: FakeSlurm) -> None:
    stderr = (
        DONE
        + b"scancel: Terminating job 13\n"
        + REFUSED % (b"13", b"Access/permission denied")
        + REFUSED % (b"14", b"Invalid job id specified")
        + REFUSED % (b"15+1", b"Job/step already completing or completed")
        + REFUSED % (b"16", b"What nobody knows")
    )
    fake_slurm.say("scancel", stderr=stderr, status=210)
    body = {"jobs": ["12", "13", "14", "15+1", "16", "17"]}
    heard = cancel(accounting, body)
    assert heard.status == 200
    assert [(e["step_id"], e["error"]["code"], e["job_id"]["number"]) for e in heard.document["status"]] == [
        ("13", 2002, 13),
        ("14", 2017, 0),
        ("15+1", 2021, 16),
        ("16", -1, 16),
        ("17", -1, 17),
    ]
    assert "5 of 6" in heard.document["warnings"][-1]["description"]
    shown = cancel(accounting, {**body, "flags": ["VERBOSE"]}, 40).document["status"]
    assert (shown[0]["step_id"], shown[0]["error"]) == ("12", {"string": "No error", "code": 0, "message": ""})


# fmt: off
SAID: list[tuple[dict[str, Any], bytes, int, int, int, int]] = [
    ({"jobs": ["12"]},                REFUSED % (b"12", b"Access/permission denied"),                 210, 403, 2002, 1),
    ({"jobs": ["12"]},                REFUSED % (b"12", b"Invalid job id specified"),                   1, 404, 2017, 1),
    ({"jobs": ["12"]},                REFUSED % (b"12", b"Job/step already completing or completed"),   0, 409, 2021, 1),
    ({"jobs": ["12"], "qos": "x"},    b"scancel: error: No active jobs match ALL job filters\n",        0, 422, 2172, 1),
    ({"jobs": ["12"]},                b"",                                                              0, 500, -1,   1),
    ({"jobs": ["12"]},                b"scancel: error: Protocol authentication error\n",             239, 401, 1007, 0),
    ({"user_name": "x"},              b"scancel: error: Invalid user name: x\n",                        1, 422, 0,    0),
    ({"jobs": ["12"]},                DONE,                                                            -9, 504, -1,   0),
]
# fmt: on


@pytest.mark.parametrize(("body", "stderr", "status", "expected", "number", "entries"), SAID)
def test_where_none_was_signalled_the_reply_is_an_error(
    accounting: Asker, fake_slurm: FakeSlurm, body: Any, stderr: bytes, status: int, expected: int, number: int, entries: int
) -> None:  # fmt: skip
    fake_slurm.say("scancel", stderr=stderr, status=status)
    heard = cancel(accounting, {**body, "nope": 1})
    assert (heard.status, heard.document["errors"][0]["error_number"]) == (expected, number)
    assert len(heard.document["status"]) == entries
    assert [notice["source"] for notice in heard.document["warnings"]] == ["#/nope/"]


def test_an_id_that_nobody_else_writes_is_shown_as_it_is(accounting: Asker, fake_slurm: FakeSlurm) -> None:
    fake_slurm.say("scancel", stderr=REFUSED % (b"12_[1-3%2]", b"Access/permission denied"))
    (entry,) = cancel(accounting, {"account": "a"}).document["status"]
    assert (entry["step_id"], entry["job_id"]["number"]) == ("12_[1-3%2]", 0)


def test_filters_that_match_nothing_signal_nothing(accounting: Asker, fake_slurm: FakeSlurm) -> None:
    fake_slurm.say("scancel", stderr=b"scancel: error: No active jobs match ALL job filters, including: job_name=x \n")
    heard = cancel(accounting, {"job_name": "x"})
    assert (heard.status, heard.document["status"]) == (200, [])
    assert heard.document["warnings"][0]["description"] == "No job matches: none was signalled"


def test_a_jobs_name_cannot_tell_of_success(accounting: Asker, fake_slurm: FakeSlurm) -> None:
    """A name that holds lines of scancel's own: a refusal stands, whatever else is said."""
    stderr = DONE + REFUSED % (b"12", b"Access/permission denied") + DONE + b"scancel: Terminating job 12 != filter\n"
    fake_slurm.say("scancel", stderr=stderr)
    assert cancel(accounting, {"jobs": ["12"]}).status == 403


@given(st.dictionaries(st.sampled_from([row.name for row in KILL_PROPERTIES if row.kind == "filter"]), st.text(max_size=20)),
       st.lists(st.text("0123456789_+[]-,.x", max_size=8), max_size=3))  # fmt: skip
@settings(max_examples=80)
def test_no_value_becomes_another_option_or_job(filters: dict[str, str], jobs: list[str]) -> None:
    try:
        selection = read_kill({**filters, "jobs": jobs}, 45)
    except Unprocessable:
        return
    assert jobs
    options = {f"--{row.term}=" for row in KILL_PROPERTIES if row.carry == "filter"}
    assert all(any(word.startswith(option) for option in options) and word.isprintable() for word in selection.filters)
    assert [target.word for target in selection.targets] == list(dict.fromkeys(jobs))
    assert all(target.word[0].isdigit() for target in selection.targets)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_the_tables_have_each_property(path: Path) -> None:
    schemas, version = json.loads(path.read_text())["schemas"], int(path.name.split(".")[2])
    tables = (("_kill_jobs_msg", KILL_PROPERTIES), ("_openapi_jobs_requeue_query", REQUEUE_PROPERTIES))
    for end, table in tables:
        found = [schema for name, schema in schemas.items() if name.endswith(end)]
        properties = found[0]["properties"] if found else {}
        assert set(list_properties(table, version)) == set(properties)
        assert {row.kind for row in table} <= set(KINDS)
        if end.endswith("query") and properties:
            assert set(properties["flags"]["items"]["enum"]) == set(REQUEUE_FLAGS)


def test_a_requeue_names_its_jobs() -> None:
    selection = read_requeue({"jobs": ["12", "13_4"], "flags": ["hold", "SpecialExit"]}, 45)
    assert [target.word for target in selection.targets] == ["12", "13_4"]
    assert selection.flags == ("Hold", "SpecialExit")
