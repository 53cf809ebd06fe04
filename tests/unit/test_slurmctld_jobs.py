"""Jobs, one job, states of jobs, resources of a job: what is run for each form of an id, and what the client hears."""

from contextlib import suppress
from typing import Any

import pytest
from conftest import Asker
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playback import FakeSlurm, read_recording

from slurmrest_inetd.envelope import format_json, parse_json
from slurmrest_inetd.errors import ApiError
from slurmrest_inetd.routing import load_handler

RELEASES = ("24.11", "26.05")
ZERO = {"set": True, "infinite": False, "number": 0}


def read_document(release: str, name: str) -> dict[str, Any]:
    document: dict[str, Any] = parse_json(read_recording(release, name).stdout)
    return document


def find_id(release: str, name: str) -> str:
    """The id that a recording's argv asks for."""
    return read_recording(release, name).argv[-1].removeprefix("--jobs=")


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("name", ["job", "job-array", "job-het", "job-running"])
def test_one_job(ask: Asker, fake_slurm: FakeSlurm, release: str, name: str) -> None:
    fake_slurm.replay(release, name)
    heard = ask(f"/slurm/v0.0.42/job/{find_id(release, name)}")
    assert heard.status == 200
    assert {**heard.document, "meta": 0} == {**read_document(release, name), "meta": 0}
    assert heard.document["last_update"]["number"] > 0


@pytest.mark.parametrize("release", RELEASES)
def test_one_job_in_yaml(ask: Asker, fake_slurm: FakeSlurm, release: str) -> None:
    fake_slurm.replay(release, "job-yaml")
    heard = ask(f"/slurm/v0.0.42/job/{find_id(release, 'job-yaml')}", media="yaml")
    before, _, _ = read_recording(release, "job-yaml").stdout.partition(b"!!str meta:")
    assert heard.document["raw"].startswith(before)


@pytest.mark.parametrize(
    ("form", "notes"), [("{}_2", ["array"]), ("{}.0", ["steps"]), ("{}_2.batch", ["array", "steps"])]
)
def test_an_id_with_more_than_a_job_shows_the_job_and_says_so(
    ask: Asker, fake_slurm: FakeSlurm, form: str, notes: list[str]
) -> None:
    fake_slurm.replay("24.11", "job-array")
    heard = ask("/slurm/v0.0.42/job/" + form.format(find_id("24.11", "job-array")))
    assert heard.document["jobs"] == read_document("24.11", "job-array")["jobs"]
    assert [warning["description"].split()[1] for warning in heard.document["warnings"]] == notes


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("query", ["", "?flags=ALL"])
def test_a_component_by_its_place(ask: Asker, fake_slurm: FakeSlurm, release: str, query: str) -> None:
    fake_slurm.replay(release, "job-component")
    heard = ask(f"/slurm/v0.0.42/job/{find_id(release, 'job-het')}%2B1{query}")
    assert heard.status == 200
    assert [job["het_job_offset"]["number"] for job in heard.document["jobs"]] == [1]


def test_component_0_shows_all(ask: Asker, fake_slurm: FakeSlurm) -> None:
    fake_slurm.replay("24.11", "job-het")
    heard = ask(f"/slurm/v0.0.42/job/{find_id('24.11', 'job-het')}%2B0")
    assert heard.document["jobs"] == read_document("24.11", "job-het")["jobs"]


def test_another_job_is_no_component(ask: Asker, fake_slurm: FakeSlurm) -> None:
    fake_slurm.replay("24.11", "job")
    number = int(find_id("24.11", "job"))
    heard = ask(f"/slurm/v0.0.42/job/{number - 1}%2B1")
    assert (heard.status, heard.document["jobs"]) == (404, [])
    assert heard.document["errors"][0]["description"] == f"Unable to query JobId={number - 1}+1"


@pytest.mark.parametrize("release", RELEASES)
def test_an_unknown_job(ask: Asker, fake_slurm: FakeSlurm, release: str) -> None:
    fake_slurm.replay(release, "job-unknown")
    heard = ask("/slurm/v0.0.42/job/60000000")
    assert heard.status == 404
    error = heard.document["errors"][0]
    assert (error["error_number"], error["error"]) == (2017, "Invalid job id specified")
    assert error["description"] == "Unable to query JobId=60000000"
    assert (heard.document["jobs"], heard.document["last_update"], heard.document["last_backfill"]) == ([], ZERO, ZERO)


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize(("how", "status"), [("wrong", 401), ("expired", 401), ("down", 502)])
def test_a_job_that_slurm_does_not_show(ask: Asker, fake_slurm: FakeSlurm, release: str, how: str, status: int) -> None:
    fake_slurm.replay(release, f"job-{how}")
    assert ask(f"/slurm/v0.0.42/job/{find_id(release, f'job-{how}')}").status == status


def test_a_command_that_crashes(ask: Asker, fake_slurm: FakeSlurm) -> None:
    fake_slurm.say("squeue", status=-11)
    heard = ask("/slurm/v0.0.42/jobs")
    assert heard.status == 500
    assert "signal 11" in heard.document["errors"][0]["description"]


@pytest.mark.parametrize(
    ("path", "status"), [("job/abc", 422), ("job/0", 422), ("job/67108863", 404), ("resources/x", 422), ("job/-1", 422)]
)
def test_what_is_no_job_id_is_never_run(ask: Asker, fake_slurm: FakeSlurm, path: str, status: int) -> None:
    fake_slurm.say("squeue")
    fake_slurm.say("scontrol")
    heard = ask(f"/slurm/v0.0.44/{path}")
    assert heard.status == status
    assert heard.document["errors"][0]["error_number"] == {422: 9000, 404: 2017}[status]
    assert fake_slurm.argvs == []


# fmt: off
LIST_OPTIONS = [
    ("",                              ["--all", "--local"]),
    ("flags=DETAIL",                  ["--local"]),
    ("flags=LOCAL,DETAIL",            ["--local"]),
    ("flags=FEDERATION,DETAIL",       ["--federation"]),
    ("flags=SIBLING,ALL,DETAIL",      ["--all", "--sibling"]),
    ("flags=LOCAL,FEDERATION,DETAIL", ["--local", "--federation"]),
    ("flags=FUTURE,DETAIL",           ["--local"]),
]
# fmt: on


@pytest.mark.parametrize(("query", "options"), LIST_OPTIONS)
def test_flags_of_the_list(ask: Asker, fake_slurm: FakeSlurm, query: str, options: list[str]) -> None:
    fake_slurm.say("squeue", read_recording("24.11", "jobs").stdout)
    assert ask(f"/slurm/v0.0.42/jobs?{query}").status == 200
    assert fake_slurm.argvs == [["squeue", "--json=v0.0.42", *options, "--states=all"]]


@pytest.mark.parametrize(
    ("release", "name", "version", "nothing"),
    [("24.11", "job-40", 40, {}), ("24.11", "job-running", 42, None), ("26.05", "job-45-running", 45, None)],
)
def test_a_job_without_details(
    ask: Asker, fake_slurm: FakeSlurm, release: str, name: str, version: int, nothing: object
) -> None:
    fake_slurm.say("squeue", read_recording(release, name).stdout)
    expected = read_document(release, name)["jobs"]
    assert expected[0]["job_resources"]
    expected[0].update(job_resources=nothing, gres_detail=[])
    assert ask(f"/slurm/v0.0.{version}/job/7?flags=ALL").document["jobs"] == expected


def test_jobs_without_details(ask: Asker, fake_slurm: FakeSlurm) -> None:
    fake_slurm.say("squeue", read_recording("26.05", "jobs").stdout)
    jobs = ask("/slurm/v0.0.42/jobs?flags=ALL").document["jobs"]
    assert len(jobs) == 5
    assert all(job["job_resources"] is None for job in jobs)


def test_update_time_of_a_job(ask: Asker, fake_slurm: FakeSlurm) -> None:
    fake_slurm.replay("24.11", "job")
    number = find_id("24.11", "job")
    assert ask(f"/slurm/v0.0.42/job/{number}?update_time=9999999999").status == 304
    assert ask(f"/slurm/v0.0.42/job/{number}?update_time=1").status == 200


# states


@pytest.mark.parametrize("release", RELEASES)
def test_states_of_some(ask: Asker, fake_slurm: FakeSlurm, release: str) -> None:
    fake_slurm.replay(release, "jobs-state-ids")
    first, second = find_id(release, "jobs-state-ids").split(",")
    expected = read_document(release, "jobs-state-ids")["jobs"]
    assert ask(f"/slurm/v0.0.42/jobs/state?job_id={first},{second}").document["jobs"] == expected
    assert ask(f"/slurm/v0.0.42/jobs/state?job_id={first}&job_id={second}").document["jobs"] == expected


@pytest.mark.parametrize("release", RELEASES)
def test_states_of_an_unknown_job(ask: Asker, fake_slurm: FakeSlurm, release: str) -> None:
    fake_slurm.replay(release, "jobs-state-unknown")
    assert ask("/slurm/v0.0.42/jobs/state?job_id=60000000").document["jobs"] == []


def test_the_state_of_a_task_and_of_a_step(ask: Asker, fake_slurm: FakeSlurm) -> None:
    fake_slurm.say("squeue", read_recording("24.11", "jobs-state").stdout)
    heard = ask("/slurm/v0.0.42/jobs/state?job_id=12_3,13.batch")
    assert fake_slurm.argvs == [["squeue", "--json=v0.0.42", "--only-job-state", "--jobs=12_3,13"]]
    assert [warning["source"] for warning in heard.document["warnings"]] == ["#/job_id/"]


@pytest.mark.parametrize("release", RELEASES)
def test_the_state_of_a_component(ask: Asker, fake_slurm: FakeSlurm, release: str) -> None:
    fake_slurm.replay(release, "jobs-state-het", "jobs-state-ids")
    second = int(find_id(release, "jobs-state-het"))
    component = f"{second}+1"
    heard = ask(f"/slurm/v0.0.42/jobs/state?job_id={second - 1}%2B1")
    assert [entry["job_id"] for entry in heard.document["jobs"]] == [component]
    others = find_id(release, "jobs-state-ids")
    heard = ask(f"/slurm/v0.0.42/jobs/state?job_id={second - 1}%2B1,{others}")
    expected = read_document(release, "jobs-state-ids")["jobs"]
    assert [entry["job_id"] for entry in heard.document["jobs"]] == [
        *(entry["job_id"] for entry in expected),
        component,
    ]


def test_the_state_of_another_job_is_not_that_of_a_component(ask: Asker, fake_slurm: FakeSlurm) -> None:
    fake_slurm.replay("24.11", "jobs-state-het")
    second = int(find_id("24.11", "jobs-state-het"))
    assert ask(f"/slurm/v0.0.42/jobs/state?job_id={second - 2}%2B2").document["jobs"] == []


@pytest.mark.parametrize("value", ["", ",", "abc", "1,abc", "0", "67108863", "1%2B200", "-1", "1%0A2", "1_[1-3]"])
def test_states_of_what_is_no_id(ask: Asker, fake_slurm: FakeSlurm, value: str) -> None:
    heard = ask(f"/slurm/v0.0.42/jobs/state?job_id={value}")
    assert heard.status == 422
    assert heard.document["errors"][0]["source"] == "#/job_id/"
    assert fake_slurm.argvs == []


# resources


def test_resources(ask: Asker, fake_slurm: FakeSlurm) -> None:
    fake_slurm.replay("26.05", "resources")
    heard = ask(f"/slurm/v0.0.45/resources/{find_id('26.05', 'resources')}")
    assert heard.status == 200
    assert heard.document["nodes"] == read_document("26.05", "resources")["nodes"]


@pytest.mark.parametrize(
    ("name", "reason", "status", "number"),
    [
        ("resources-unknown", "job-45-unknown", 404, 2017),
        ("resources-not-running", "job-45", 409, 2085),
        ("resources-forbidden", "job-45-running", 403, 2010),
        ("resources-wrong", "job-45-wrong", 401, 1007),
        ("resources-down", "job-45-down", 502, 1800),
    ],
)
def test_resources_that_are_not_shown(
    ask: Asker, fake_slurm: FakeSlurm, name: str, reason: str, status: int, number: int
) -> None:
    fake_slurm.replay("26.05", name, reason)
    heard = ask(f"/slurm/v0.0.45/resources/{find_id('26.05', name)}")
    assert (heard.status, heard.document["errors"][0]["error_number"]) == (status, number)
    assert heard.document.get("nodes", []) == []


def test_resources_of_a_job_that_has_gone_meanwhile(ask: Asker, fake_slurm: FakeSlurm) -> None:
    fake_slurm.say("scontrol", read_recording("26.05", "resources-unknown").stdout)
    fake_slurm.say("squeue", format_json({**read_document("26.05", "job-45"), "jobs": []}))
    assert ask("/slurm/v0.0.45/resources/7").status == 404


def test_resources_of_a_task(ask: Asker, fake_slurm: FakeSlurm) -> None:
    """Each running task has a record of its own; those that wait share one."""
    document = read_document("26.05", "job-45-running")
    (job,) = document["jobs"]
    waiting = {**job, "job_id": 7, "array_task_string": "3-5%2", "job_state": ["PENDING"]}
    running = {**job, "job_id": 9, "array_task_id": {**ZERO, "number": 2}}
    fake_slurm.say("squeue", format_json({**document, "jobs": [waiting, running]}))
    fake_slurm.say("scontrol", read_recording("26.05", "resources").stdout)
    assert ask("/slurm/v0.0.45/resources/7_2").status == 200
    assert fake_slurm.argvs[-1] == ["scontrol", "--json=v0.0.45", "show", "resources", "--", "9"]
    assert ask("/slurm/v0.0.45/resources/7_4").status == 409


def test_resources_of_a_task_that_is_not_there(ask: Asker, fake_slurm: FakeSlurm) -> None:
    fake_slurm.say("squeue", read_recording("26.05", "job-45-running").stdout)
    assert ask("/slurm/v0.0.45/resources/7_4").status == 404


def test_resources_of_an_arrays_own_record(ask: Asker, fake_slurm: FakeSlurm) -> None:
    """That another task runs is no reason to call this one's caller a stranger."""
    document = read_document("26.05", "job-45-running")
    (job,) = document["jobs"]
    fake_slurm.say(
        "squeue",
        format_json({**document, "jobs": [{**job, "job_id": 9}, {**job, "job_id": 7, "job_state": ["PENDING"]}]}),
    )
    fake_slurm.say("scontrol", read_recording("26.05", "resources-not-running").stdout)
    assert ask("/slurm/v0.0.45/resources/7").status == 409


def test_resources_of_what_is_no_component(ask: Asker, fake_slurm: FakeSlurm) -> None:
    fake_slurm.say("squeue", read_recording("26.05", "job-45").stdout)
    fake_slurm.say("scontrol", read_recording("26.05", "resources").stdout)
    number = int(find_id("26.05", "job-45"))
    assert ask(f"/slurm/v0.0.45/resources/{number - 1}%2B1").status == 404
    assert [argv[0] for argv in fake_slurm.argvs] == ["squeue"]


def test_resources_of_a_component(ask: Asker, fake_slurm: FakeSlurm) -> None:
    fake_slurm.say("squeue", read_recording("26.05", "job-component").stdout)
    fake_slurm.say("scontrol", read_recording("26.05", "resources").stdout)
    number = int(find_id("26.05", "job-component"))
    assert ask(f"/slurm/v0.0.45/resources/{number - 1}%2B1").status == 200
    assert fake_slurm.argvs[-1][-2:] == ["--", str(number)]


# whatever a client writes


class Caught(ApiError):
    """Raised in place of running an argv."""


# fmt: off
#  path                                 what stands before the value in the argv; then: the value's own word begins so
PLACES = [
    ("/slurm/v0.0.45/node/{}",          "--"),
    ("/slurm/v0.0.45/partition/{}",     "--"),
    ("/slurm/v0.0.45/reservation/{}",   "--"),
    ("/slurm/v0.0.45/job/{}",           "--jobs="),
    ("/slurm/v0.0.45/jobs/state?job_id={}", "--jobs="),
    ("/slurm/v0.0.45/resources/{}",     "--"),
    ("/slurm/v0.0.45/shares?users={}",  "--users="),
    ("/slurm/v0.0.45/nodes?flags={}",   ""),
    ("/slurm/v0.0.45/jobs?update_time={}", ""),
]
# fmt: on
ODD = st.one_of(
    st.text(),
    st.text(alphabet="-=,[]0123456789+_. \n\"'\\aA", max_size=12),
    st.sampled_from(["--uid=0", "-a", "7,8", "n[1-9]", "a=b", "7_1", "7+1", "ALL", "$(id)", "`id`", "a\0b", "\ud800"]),
)


@pytest.mark.parametrize(("path", "place"), PLACES)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=ODD)
def test_a_value_stays_one_word_in_its_place(
    ask: Asker, monkeypatch: pytest.MonkeyPatch, path: str, place: str, value: str
) -> None:
    ran: list[tuple[str, ...]] = []

    def catch(command: Any, *_: object) -> None:
        ran.append(command.argv)
        raise Caught("caught")

    monkeypatch.setattr("slurmrest_inetd.passthrough.start_command", catch)
    monkeypatch.setattr("slurmrest_inetd.slurm.silence.run_command", catch)
    call = ask.make_call(path.format("placeholder"))
    if "?" in path:
        request = call.request._replace(query=((path.partition("?")[2].partition("=")[0], value),))
        call = call._replace(request=request)
    else:
        call = call._replace(values=dict.fromkeys(call.values, value))
    with suppress(ApiError):
        load_handler(call.endpoint)(call)
    for argv in ran:
        words = list(argv)
        if place == "--" and "--" in words:
            operands = words[words.index("--") + 1 :]
            assert operands == [value] or ("resources" in words and operands[0].isdecimal())
            words = words[: words.index("--")]
        elif place and words[-1].startswith(place):
            assert words[-1].count("\n") == 0
            words = words[:-1]
        for word in words:
            assert word in FIXED


FIXED = {
    *(
        "scontrol",
        "squeue",
        "sshare",
        "show",
        "node",
        "nodes",
        "partition",
        "reservation",
        "resources",
        "--json=v0.0.45",
    ),
    *("--all", "--states=all", "--local", "--sibling", "--federation", "--future", "--only-job-state"),
}
