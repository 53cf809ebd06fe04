"""POST job/{job_id}: what scontrol is asked, and what is said of what it said."""

import json
from pathlib import Path
from typing import Any

import pytest
from conftest import TOKEN, Asker, Heard
from hypothesis import given, settings
from hypothesis import strategies as st
from playback import FakeSlurm
from test_job_tables import DOCUMENTS, follow, read_schema

from slurmrest_inetd.body.properties import list_properties
from slurmrest_inetd.errors import Unprocessable
from slurmrest_inetd.fields.job_flags import JOB_FLAGS
from slurmrest_inetd.fields.job_update import CHANGES, EXCLUSIVE, FLAGS, REFUSED_FLAGS, SHARING, UPDATE_PROPERTIES
from slurmrest_inetd.jobs.joined import JOINERS
from slurmrest_inetd.jobs.kinds import KINDS
from slurmrest_inetd.jobs.targets import parse_target
from slurmrest_inetd.jobs.update import read_update
from slurmrest_inetd.slurm.values import Unusable
from slurmrest_inetd.submission.kinds import list_kinds

FOREVER = {"set": True, "infinite": True, "number": 0}


def update(ask: Asker, body: Any, target: str = "12", version: int = 45) -> Heard:
    return ask(f"/slurm/v0.0.{version}/job/{target}", "POST", body=json.dumps(body).encode())


def read(body: dict[str, Any], version: int = 45) -> list[str]:
    return list(read_update(body, version).words)


# together they are more than an argv can hold
LONG = ("comment", "name", "account", "extra", "qos", "wckey", "partition", "licenses", "dependency", "mail_user", "constraints", "prefer",
        "reservation", "admin_comment")  # fmt: skip
# fmt: off
WORDS: list[tuple[dict[str, Any], list[str]]] = [
    ({"comment": "a b=c\n\"d\" JobId=5"},                     ["Comment=a b=c\n\"d\" JobId=5"]),
    ({"comment": ""},                                         ["Comment="]),
    ({"name": "-x", "account": "+=a"},                        ["JobName=-x", "Account=+=a"]),
    ({"begin_time": {"set": True, "number": 1900000000}},     ["StartTime=uts1900000000"]),
    ({"deadline": 1900000000, "end_time": 1900000001},        ["Deadline=uts1900000000", "EndTime=uts1900000001"]),
    ({"contiguous": True, "reboot": False, "requeue": False}, ["Contiguous=yes", "Reboot=no", "Requeue=0"]),
    ({"requeue": True},                                       ["Requeue=1"]),
    ({"nodes": "2-4", "minimum_nodes": 2, "maximum_nodes": 4}, ["NumNodes=2-4"]),
    ({"minimum_nodes": 2, "maximum_nodes": 4},                ["NumNodes=2-4"]),
    ({"minimum_cpus": 2},                                     ["NumCPUs=2"]),
    ({"minimum_cpus": 2, "maximum_cpus": 4},                  ["NumCPUs=2-4"]),
    ({"required_nodes": ["a", "b[1-2]"], "excluded_nodes": ""}, ["ReqNodeList=a,b[1-2]", "ExcNodeList="]),
    ({"required_nodes": [], "comment": "x"},                  ["Comment=x"]),
    ({"memory_per_cpu": {"set": True, "number": 10}},         ["MinMemoryCPU=10"]),
    ({"memory_per_node": "2G"},                               ["MinMemoryNode=2048"]),
    ({"time_limit": FOREVER, "time_minimum": 0},              ["TimeLimit=UNLIMITED", "TimeMin=0"]),
    ({"delay_boot": 90},                                      ["DelayBoot=0-00:01:30"]),
    ({"required_switches": 0, "wait_for_switch": 90},         ["wait-for-switch=90", "Switches=0"]),
    ({"shared": ["oversubscribe"]},                           ["OverSubscribe=yes"]),
    ({"shared": ["none"]},                                    ["OverSubscribe=no"]),
    ({"mail_type": ["END", "TIME=90%"]},                      ["MailType=END,TIME_LIMIT_90"]),
    ({"mail_type": [], "comment": "x"},                       ["Comment=x"]),
    ({"flags": ["JOB_ACCRUE_TIME_RESET", "SPREAD_JOB"]},      ["ResetAccrueTime"]),
    ({"hold": True},                                          ["Priority=0"]),
    ({"priority": {"set": True, "number": 0}},                ["Priority=0"]),
    ({"priority": 7},                                         ["Priority=7"]),
    ({"tres_per_node": "gres/gpu:1"},                         ["TresPerNode=gres/gpu:1"]),
    ({"nice": -5, "site_factor": -5},                         ["Nice=-5", "SiteFactor=-5"]),
    ({"mcs_label": "m"},                                      ["MCSLabel=m"]),
]
# nothing is changed by these
REFUSED: list[tuple[Any, str]] = [
    ({}, "#/"), ({"job": {"comment": "x"}}, "#/"), ({"comment": None}, "#/"), ({"script": "x"}, "#/"),
    ({"begin_time": 0}, "#/"), ([], "#/"), ("x", "#/"), ({"mail_type": []}, "#/"),
    ({"comment": "a\0b"}, "#/comment/"), ({"comment": {}}, "#/comment/"), ({"comment": "x", "tasks": "y"}, "#/tasks/"),
    ({"comment": "x" * 200_000}, "#/comment/"), ({"required_nodes": ["/etc/passwd"]}, "#/required_nodes/"),
    ({"minimum_nodes": 1}, "#/minimum_nodes/"), ({"maximum_nodes": 1}, "#/maximum_nodes/"),
    ({"minimum_nodes": 3, "maximum_nodes": 1}, "#/maximum_nodes/"), ({"nodes": "2", "minimum_nodes": 1}, "#/minimum_nodes/"),
    ({"nodes": "x y"}, "#/nodes/"), ({"maximum_cpus": 1}, "#/maximum_cpus/"),
    ({"memory_per_cpu": 1, "memory_per_node": 1}, "#/memory_per_cpu/"), ({"memory_per_cpu": FOREVER}, "#/memory_per_cpu/"),
    ({"memory_per_node": 2**50}, "#/memory_per_node/"), ({"required_switches": FOREVER}, "#/required_switches/"),
    ({"shared": ["user"]}, "#/shared/"), ({"shared": ["none", "oversubscribe"]}, "#/shared/"),
    ({"flags": ["EXPEDITED_REQUEUE"]}, "#/flags/"), ({"flags": ["NOPE"]}, "#/flags/"),
    ({"hold": False, "priority": 5}, "#/priority/"), ({"hold": True, "priority": FOREVER}, "#/priority/"),
    ({"user_id": "alice"}, "#/user_id/"), ({"group_id": 0, "network": "n"}, "#/network/"),
    ({"time_limit": 40_000_000}, "#/time_limit/"),
    (dict.fromkeys(LONG, "x" * 120_000), "#/"),
]
# fmt: on


@pytest.mark.parametrize(("body", "words"), WORDS)
def test_scontrol_is_asked_once(ask: Asker, fake_slurm: FakeSlurm, body: dict[str, Any], words: list[str]) -> None:
    fake_slurm.say(["scontrol", "update", "JobId=12", *words])
    heard = update(ask, body)
    assert (heard.status, heard.document["results"], heard.document["errors"]) == (200, [], [])
    (run,) = fake_slurm.calls
    assert run.environment["SLURM_JWT"] == TOKEN


@pytest.mark.parametrize(("body", "source"), REFUSED)
def test_nothing_is_run_for_what_cannot_be_done(ask: Asker, fake_slurm: FakeSlurm, body: Any, source: str) -> None:
    heard = update(ask, body)
    assert heard.status == 422
    assert source in [error["source"] for error in heard.document["errors"]]
    assert fake_slurm.calls == []


def test_older_versions_say_it_otherwise(ask: Asker, fake_slurm: FakeSlurm) -> None:
    assert read({"oversubscribe": False}, 40) == ["OverSubscribe=no"]
    assert read({"exclusive": ["false"]}, 41) == ["OverSubscribe=yes"]
    with pytest.raises(Unprocessable):
        read({"exclusive": ["user"]}, 41)
    with pytest.raises(Unprocessable):
        read({"exclusive": ["true"], "oversubscribe": True}, 41)
    fake_slurm.say("scontrol")
    assert update(ask, {"comment": "x"}, version=41).document["step_id"] == ""
    assert "step_id" not in update(ask, {"comment": "x"}, version=42).document


def test_what_has_no_effect_is_said() -> None:
    notices = read_update({"comment": "x", "script": "y", "flags": ["SPREAD_JOB"], "nope": 1}, 45).warnings
    assert {notice.source for notice in notices} == {"#/script/", "#/flags/", "#/nope/"}


@pytest.mark.parametrize("target", ["12", "12_3", "12+1", "12_[1,3-5]", "12_[1-9:2]"])
def test_the_job_is_the_one_in_the_path(ask: Asker, fake_slurm: FakeSlurm, target: str) -> None:
    fake_slurm.say(["scontrol", "update", f"JobId={target}", "Comment=x"])
    assert update(ask, {"comment": "x"}, target).status == 200


@pytest.mark.parametrize(
    ("target", "status"),
    [("12.0", 422), ("12,13", 422), ("-v", 422), ("12_*", 422), ("12_[x]", 422), ("12%20Comment=y", 422), ("12_[1-3", 422),
     ("99999999", 404), ("12_[" + "1," * 600 + "1]", 422), ("12%0a", 422)],
)  # fmt: skip
def test_what_is_no_job(ask: Asker, fake_slurm: FakeSlurm, target: str, status: int) -> None:
    assert update(ask, {"comment": "x"}, target).status == status
    assert fake_slurm.calls == []


@given(st.text(max_size=40))
@settings(max_examples=100)
def test_no_text_becomes_another_target(text: str) -> None:
    try:
        word = parse_target(text).word
    except Unusable:
        return
    assert word == text
    assert word[0].isdigit()
    assert not set(word) & set(" \n\t=.;\"'")


@given(st.dictionaries(st.sampled_from([row.name for row in UPDATE_PROPERTIES if row.carry == "key" and row.kind == "text" and row.until == 45]),
                       st.text(max_size=30), min_size=1))  # fmt: skip
@settings(max_examples=60)
def test_no_value_becomes_a_second_key(body: dict[str, str]) -> None:
    try:
        words = read(body)
    except Unprocessable:
        return
    assert words == [f"{CHANGES[name].term}={value}" for name, value in body.items()]


def test_a_job_is_released_by_a_command_of_its_own(ask: Asker, fake_slurm: FakeSlurm) -> None:
    fake_slurm.say(["scontrol", "release", "12"])
    assert update(ask, {"hold": False}).status == 200
    assert update(ask, {"priority": FOREVER}).status == 200
    fake_slurm.say(["scontrol", "update", "JobId=12", "Comment=x"])
    assert update(ask, {"hold": False, "comment": "x"}).status == 200
    assert fake_slurm.argvs[-2:] == [["scontrol", "update", "JobId=12", "Comment=x"], ["scontrol", "release", "12"]]


def test_a_release_that_fails_says_what_was_done_before(ask: Asker, fake_slurm: FakeSlurm) -> None:
    fake_slurm.say(["scontrol", "update", "JobId=12", "Comment=x"])
    stderr = b"Access/permission denied for job 12\nslurm_suspend error:Access/permission denied\n"
    fake_slurm.say(["scontrol", "release", "12"], stderr=stderr, status=1)
    heard = update(ask, {"hold": False, "comment": "x"})
    assert (heard.status, heard.document["errors"][0]["error_number"]) == (403, 2002)
    assert "only the release failed" in heard.document["warnings"][0]["description"]
    heard = update(ask, {"hold": False})
    assert (heard.status, heard.document["warnings"]) == (403, [])


# fmt: off
SAID: list[tuple[bytes, int, int, int]] = [
    (b"Invalid job id specified for job 12\n",                                               1, 404, 2017),
    (b"Job has already finished for job 12\n",                                               1, 409, 2084),
    (b"Invalid user id for job 12\n",                                                        1, 403, 2010),
    (b"Invalid node name specified for job 12\n",                                            1, 422, 2018),
    (b"Invalid partition name specified for job 12\n",                                       1, 422, 2000),
    (b"Something that nobody knows for job 12\n",                                            1, 422, -1),
    (b"scontrol: error: Invalid TimeLimit value\n",                                          1, 422, 0),
    (b"Unable to contact slurm controller (connect failure) for job 12\n",                   1, 502, 1800),
    (b"slurm_update error: Unable to contact slurm controller (connect failure)\n",          1, 502, 1800),
    (b"",                                                                                    1, 422, 0),
    (b"",                                                                                  -15, 504, -1),
]
# fmt: on


@pytest.mark.parametrize(("stderr", "status", "expected", "number"), SAID)
def test_what_slurm_refused_is_refused(
    ask: Asker, fake_slurm: FakeSlurm, stderr: bytes, status: int, expected: int, number: int
) -> None:
    fake_slurm.say("scontrol", stderr=stderr, status=status)
    heard = update(ask, {"comment": "x", "nope": 1})
    assert (heard.status, heard.document["errors"][0]["error_number"]) == (expected, number)
    assert heard.document["results"] == []
    assert "#/nope/" in [notice["source"] for notice in heard.document["warnings"]]


def test_of_several_properties_some_may_be_changed(ask: Asker, fake_slurm: FakeSlurm) -> None:
    fake_slurm.say("scontrol", stderr=b"Access/permission denied for job 12\n", status=1)
    heard = update(ask, {"comment": "x", "nice": -5})
    assert "property by property" in heard.document["warnings"][-1]["description"]
    assert update(ask, {"nice": -5}).document["warnings"] == []


def test_each_task_is_told_of(ask: Asker, fake_slurm: FakeSlurm) -> None:
    stderr = b"12_1: Job is no longer pending execution\n12_[2-4]: No error\n12_9: Invalid job id specified\n"
    fake_slurm.say("scontrol", stderr=stderr, status=1)
    heard = update(ask, {"account": "x"})
    assert heard.status == 422
    assert [(e["job_id"], e["step_id"], e["error_code"]) for e in heard.document["results"]] == [
        (12, "12_1", 2073),
        (12, "12_[2-4]", 0),
        (12, "12_9", 2017),
    ]
    assert heard.document["warnings"][0]["description"] == "Changed: 12_[2-4]"


def test_a_key_that_the_release_lacks_is_its_property(ask: Asker, fake_slurm: FakeSlurm) -> None:
    said = b"Update of this parameter is not supported: %s=m\nRequest aborted\n"
    fake_slurm.say(["scontrol", "update", "JobId=12", "MCSLabel=m"], stderr=said % b"MCSLabel", status=1)
    assert update(ask, {"mcs_label": "m"}).document["errors"][0]["source"] == "#/mcs_label/"
    fake_slurm.say("scontrol", stderr=said % b"Nobody", status=1)
    assert update(ask, {"comment": "x"}).document["errors"][0]["source"] == "scontrol"


def test_what_scontrol_says_of_what_it_did_is_a_warning(ask: Asker, fake_slurm: FakeSlurm) -> None:
    fake_slurm.say("scontrol", stderr=b"scontrol: error: Nice value out of range. Value ignored\n")
    heard = update(ask, {"nice": 5})
    assert heard.status == 200
    assert heard.document["warnings"] == [
        {"description": "Nice value out of range. Value ignored", "source": "scontrol"}
    ]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_the_table_has_each_property_of_each_version(path: Path) -> None:
    schemas, properties, version = read_schema(path)
    assert set(list_properties(UPDATE_PROPERTIES, version)) == set(properties)
    for name, words in (("shared", SHARING), ("exclusive", EXCLUSIVE)):
        if name in properties:
            assert set(follow(properties[name], schemas)["items"]["enum"]) <= set(words)


def test_every_row_is_of_a_known_kind_and_gives_its_reason() -> None:
    assert {row.name for row in UPDATE_PROPERTIES} == set(CHANGES)
    for row in UPDATE_PROPERTIES:
        assert row.kind in list_kinds(KINDS, row.since), row.name
        assert row.carry in {"key", "switch", "join", "flag", "none", "refused"}, row.name
        assert row.term, row.name
    assert {*FLAGS, *REFUSED_FLAGS} <= set(JOB_FLAGS)
    assert len(set(JOINERS)) == len(JOINERS)


def test_no_key_lets_a_client_change_another_job_or_become_somebody() -> None:
    keys = {row.term.partition("=")[0].lower() for row in UPDATE_PROPERTIES if row.carry in ("key", "switch", "join")}
    assert not keys & {"jobid", "userid", "name", "stepid", "uid"}
