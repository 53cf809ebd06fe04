"""The jobs of the accounting database: sacct's options for each filter, what we filter ourselves, what we refuse by name."""

import json
from typing import Any

import pytest
from conftest import Asker
from playback import FakeSlurm, read_recording

RELEASES = pytest.mark.parametrize("release", ["24.11", "26.05"])
JOBS = "/slurmdb/v0.0.42/jobs"


def recorded(release: str, name: str) -> list[dict[str, Any]]:
    jobs: list[dict[str, Any]] = json.loads(read_recording(release, name).stdout)["jobs"]
    return jobs


def find_id(release: str) -> str:
    """The id of the recorded job."""
    return read_recording(release, "dbd-job").argv[-1].removeprefix("--jobs=")


def sacct(*words: str) -> list[str]:
    return ["sacct", "--json=v0.0.42", "--allusers", *words]


@RELEASES
@pytest.mark.parametrize("media", ["json", "yaml"])
def test_one_job(fake_slurm: FakeSlurm, ask: Asker, release: str, media: str) -> None:
    fake_slurm.replay(release, "dbd-job", "dbd-job-yaml")
    heard = ask(f"/slurmdb/v0.0.42/job/{find_id(release)}", media=media)
    assert heard.status == 200
    if media == "json":
        assert heard.document["jobs"] == recorded(release, "dbd-job")
        assert heard.document["jobs"][0]["steps"]


@RELEASES
def test_an_unknown_job(fake_slurm: FakeSlurm, ask: Asker, release: str) -> None:
    fake_slurm.replay(release, "dbd-job-unknown")
    heard = ask("/slurmdb/v0.0.42/job/60000000")
    assert (heard.status, heard.document["jobs"]) == (404, [])
    assert heard.document["errors"][0]["error_number"] == 2017
    assert heard.document["errors"][0]["description"] == "Job not found: 60000000"


@RELEASES
def test_an_id_that_no_job_can_have(fake_slurm: FakeSlurm, ask: Asker, release: str) -> None:
    fake_slurm.replay(release, "dbd-job-too-large")
    assert ask("/slurmdb/v0.0.42/job/4294967292").status in (404, 422)


@pytest.mark.parametrize("job_id", ["0", "x", "-1", "7,8", "7%20", "--uid=0", "4294967295", "7%00"])
def test_no_job_id(ask: Asker, job_id: str) -> None:
    heard = ask(f"/slurmdb/v0.0.42/job/{job_id}")
    assert (heard.status, heard.document["errors"][0]["source"]) == (422, "#/job_id/")


def test_sacct_may_refuse_a_job_id(fake_slurm: FakeSlurm, ask: Asker) -> None:
    fake_slurm.say("sacct", b"", b"sacct: fatal: Bad job/step specified: sX: SLUID is invalid\n", 1)
    heard = ask("/slurmdb/v0.0.42/job/sX")
    assert (heard.status, heard.document["errors"][0]["source"]) == (422, "#/job_id/")
    heard = ask(f"{JOBS}?step=sX")
    assert (heard.status, heard.document["errors"][0]["source"]) == (422, "#/step/")


def test_an_unknown_parameter_is_warned_of(fake_slurm: FakeSlurm, ask: Asker) -> None:
    fake_slurm.replay("24.11", "dbd-job")
    heard = ask(f"/slurmdb/v0.0.42/job/{find_id('24.11')}?skip_steps=true")
    assert [notice["source"] for notice in heard.document["warnings"]] == ["#/skip_steps/"]


# fmt: off
OPTIONS = (
    ("",                                               ["--truncate", "--allclusters"]),
    ("bogus=1",                                        ["--duplicates", "--local"]),
    ("account=a,b",                                    ["--duplicates", "--accounts=a,b", "--local"]),
    ("account=a&account=b",                            ["--duplicates", "--accounts=a,b", "--local"]),
    ("account=",                                       ["--duplicates", "--local"]),
    ("association=4,05",                               ["--duplicates", "--associations=4,5", "--local"]),
    ("cluster=c",                                      ["--duplicates", "--clusters=c"]),
    ("cluster=a,b",                                    ["--duplicates", "--clusters=a,b"]),
    ("cluster=ALL",                                    ["--duplicates", "--allclusters"]),
    ("cluster=-1",                                     ["--duplicates", "--allclusters"]),
    ("constraints=a,b",                                ["--duplicates", "--constraints=a,b", "--local"]),
    ("scheduler_unset=true",                           ["--duplicates", "--local"]),
    ("scheduled_on_submit=true",                       ["--duplicates", "--local", "--flags=SchedSubmit"]),
    ("scheduled_by_main=1&scheduled_by_backfill=1",    ["--duplicates", "--local", "--flags=SchedMain,SchedBackfill"]),
    ("job_started=true",                               ["--duplicates", "--local", "--flags=StartReceived"]),
    ("job_started=false",                              ["--duplicates", "--local"]),
    ("exit_code=3",                                    ["--duplicates", "--local"]),
    ("show_duplicates=true",                           ["--duplicates", "--truncate", "--local"]),
    ("show_duplicates=false",                          ["--local"]),
    ("disable_truncate_usage_time=true",               ["--local"]),
    ("disable_truncate_usage_time=false",              ["--duplicates", "--truncate", "--local"]),
    ("skip_steps=true",                                ["--truncate", "--allocations", "--local"]),
    ("skip_steps=false",                               ["--duplicates", "--local"]),
    ("skip_steps=1&show_duplicates=1&disable_truncate_usage_time=1", ["--duplicates", "--allocations", "--local"]),
    ("whole_hetjob=true",                              ["--truncate", "--whole-hetjob=yes", "--local"]),
    ("disable_whole_hetjob=true",                      ["--truncate", "--whole-hetjob=no", "--local"]),
    ("disable_wait_for_result=true",                   ["--truncate", "--local"]),
    ("show_job_environment=true",                      ["--truncate", "--local"]),
    ("format=jobid",                                   ["--duplicates", "--local"]),
    ("groups=alice&groups=0",                          ["--duplicates", "--group=alice,0", "--local"]),
    ("users=alice&users=1002",                         ["--duplicates", "--user=alice,1002", "--local"]),
    ("job_name=a%20b,c",                               ["--duplicates", "--name=a b,c", "--local"]),
    ("partition=long",                                 ["--duplicates", "--partition=long", "--local"]),
    ("qos=normal",                                     ["--duplicates", "--qos=normal", "--local"]),
    ("reason=Priority",                                ["--duplicates", "--reason=Priority", "--local"]),
    ("state=completed,FAILED&state=TIMEOUT",           ["--duplicates", "--state=COMPLETED,FAILED,TIMEOUT", "--local"]),
    ("step=7&step=8_1.batch",                          ["--duplicates", "--jobs=7,8_1.batch", "--local"]),
    ("start_time=1795260000&end_time=1795270000",      ["--duplicates", "--endtime=uts1795270000", "--starttime=uts1795260000", "--local"]),
    ("start_time=-1",                                  ["--duplicates", "--starttime=uts1000000", "--local"]),
    ("start_time=0",                                   ["--duplicates", "--local"]),
    ("node=n%5B1-3%5D,m",                              ["--duplicates", "--nodelist=n[1-3],m", "--local"]),
    ("wckey=*a",                                       ["--duplicates", "--wckeys=*a", "--local"]),
    ("cpus_min=2",                                     ["--duplicates", "--ncpus=2", "--local"]),
    ("cpus_min=0",                                     ["--duplicates", "--local"]),
    ("cpus_min=2&cpus_max=4",                          ["--duplicates", "--ncpus=2-4", "--local"]),
    ("nodes_max=4",                                    ["--duplicates", "--nnodes=1-4", "--local"]),
    ("timelimit_min=5",                                ["--duplicates", "--timelimit-min=5", "--local"]),
    ("timelimit_min=5&timelimit_max=9",                ["--duplicates", "--timelimit-min=5", "--timelimit-max=9", "--local"]),
    ("timelimit_max=9",                                ["--duplicates", "--timelimit-min=1", "--timelimit-max=9", "--local"]),
)
# fmt: on


@pytest.mark.parametrize(("query", "options"), OPTIONS)
def test_each_filter_is_an_option(fake_slurm: FakeSlurm, ask: Asker, query: str, options: list[str]) -> None:
    fake_slurm.say("sacct", read_recording("24.11", "dbd-jobs").stdout)
    assert ask(f"{JOBS}?{query}" if query else JOBS).status == 200
    assert sorted(fake_slurm.argvs[0]) == sorted(sacct(*options))


# fmt: off
REFUSED = (
    ("association=x",                            "association",      9202),
    ("constraints=a%5B1-2%5D",                   "constraints",      9202),
    ("cpus_min=3&cpus_max=2",                    "cpus_min",         9202),
    ("cpus_min=4294967295",                      "cpus_min",         9202),
    ("exit_code=x",                              "exit_code",        9202),
    ("groups=",                                  "groups",           2164),
    ("groups=-1",                                "groups",           2164),
    ("node=a%20b",                               "node",             9202),
    ("reservation_id=x",                         "reservation_id",   9202),
    ("show_batch_script=true",                   "show_batch_script", 9202),
    ("skip_steps=maybe",                         "skip_steps",       9202),
    ("start_time=x",                             "start_time",       9202),
    ("start_time=",                              "start_time",       9202),
    ("state=nope",                               "state",            9207),
    ("state=REQUEUE_HOLD",                       "state",            9207),
    ("step=7,8",                                 "step",             9202),
    ("submit_time=now-1hour",                    "submit_time",      9202),
    ("usage_time_as_submit_time=true",           "usage_time_as_submit_time", 9202),
    ("users=",                                   "users",            2166),
    ("users=-1",                                 "users",            2166),
    ("users=alice%2Cbob",                        "users",            2166),
    ("whole_hetjob=1&disable_whole_hetjob=1",    "whole_hetjob",     9202),
)
# fmt: on


@pytest.mark.parametrize(("query", "name", "number"), REFUSED)
def test_a_bad_value_is_refused_by_name(fake_slurm: FakeSlurm, ask: Asker, query: str, name: str, number: int) -> None:
    heard = ask(f"{JOBS}?{query}")
    assert heard.status == 422
    assert [(problem["error_number"], problem["source"]) for problem in heard.document["errors"]] == [
        (number, f"#/{name}/"),
        (9000, "get_jobs"),
    ]
    assert fake_slurm.argvs == []


# fmt: off
REFUSED_BY_SACCT = (
    ("users=nobody-here",                              "dbd-jobs-no-user",    "users",      2166),
    ("groups=nobody-here",                             "dbd-jobs-no-group",   "groups",     2164),
    ("qos=nothing",                                    "dbd-jobs-no-qos",     "qos",        2066),
    ("reason=nothing",                                 "dbd-jobs-no-reason",  "reason",     9202),
    ("node=v%5Ba-m%5D",                                "dbd-jobs-no-node",    "node",       9202),
    ("start_time=1700009000&end_time=1700000000",      "dbd-jobs-backwards",  "start_time", 9202),
)
# fmt: on


@RELEASES
@pytest.mark.parametrize(("query", "recording", "name", "number"), REFUSED_BY_SACCT)
def test_what_sacct_refuses_is_refused_by_name(
    fake_slurm: FakeSlurm, ask: Asker, release: str, query: str, recording: str, name: str, number: int
) -> None:
    fake_slurm.replay(release, recording)
    heard = ask(f"{JOBS}?{query}")
    assert heard.status == 422
    problem = heard.document["errors"][0]
    assert (problem["error_number"], problem["source"]) == (number, f"#/{name}/")
    assert "Valid QOS" not in problem["description"]


@RELEASES
@pytest.mark.parametrize(("name", "status", "number"), [("dbd-jobs-wrong", 401, 1007), ("dbd-jobs-down", 502, 7000)])
def test_slurms_refusals(fake_slurm: FakeSlurm, ask: Asker, release: str, name: str, status: int, number: int) -> None:
    fake_slurm.replay(release, name)
    heard = ask(JOBS)
    assert (heard.status, heard.document["errors"][0]["error_number"]) == (status, number)


@RELEASES
def test_nothing_found(fake_slurm: FakeSlurm, ask: Asker, release: str) -> None:
    fake_slurm.replay(release, "dbd-jobs-none")
    heard = ask(f"{JOBS}?account=nothing")
    assert (heard.status, heard.document["jobs"]) == (200, [])
    assert heard.document["warnings"] == [{"description": "slurmdb_jobs_get() found nothing", "source": "_dump_jobs"}]


def make_job(number: int, **members: Any) -> dict[str, Any]:
    """A job with just what the filters look at."""
    plain = {
        "account": "a",
        "cluster": "c",
        "name": "n",
        "qos": "normal",
        "flags": [],
        "partition": "p",
        "wckey": {"wckey": ""},
    }
    code = {"return_code": {"set": True, "number": 0}}
    return {"job_id": number, **plain, "reservation": {"id": 0, "name": ""}, "exit_code": code, **members}


# fmt: off
MATCHED = (
    ("account=a%27b",                                  make_job(1, account="A'b")),
    ("cluster=all",                                    make_job(1, cluster="all")),
    ("exit_code=3",                                    make_job(1, exit_code={"return_code": {"set": True, "number": 3}})),
    ("job_altered=true",                               make_job(1, flags=["START_RECEIVED", "JOB_ALTERED"])),
    ("job_altered=true&scheduled_by_main=true",        make_job(1, flags=["STARTED_ON_SCHEDULE"])),
    ("job_name=%22x%22",                               make_job(1, name='"x"')),
    ("partition=p%5B1%5D",                             make_job(1, partition="p[1]")),
    ("reservation=r,s",                                make_job(1, reservation={"id": 5, "name": "s"})),
    ("reservation_id=5",                               make_job(1, reservation={"id": 5, "name": "s"})),
    ("wckey=%3Dw",                                     make_job(1, wckey={"wckey": "=w"})),
    ("qos=%2Bnormal",                                  make_job(1, qos="+normal")),
)
# fmt: on


@pytest.mark.parametrize("media", ["json", "yaml"])
@pytest.mark.parametrize(("query", "job"), MATCHED)
def test_what_no_option_can_say_is_compared_in_the_document(
    fake_slurm: FakeSlurm, ask: Asker, query: str, job: dict[str, Any], media: str
) -> None:
    document = {"jobs": [make_job(2), job, make_job(3)], "meta": {"slurm": {}}, "errors": [], "warnings": []}
    fake_slurm.say("sacct", (json.dumps(document, indent=2) + "\n").encode())
    heard = ask(f"/slurmdb/v0.0.45/jobs?{query}", media=media)
    assert heard.status == 200
    if media == "json":
        assert heard.document["jobs"] == [job]
    else:
        assert heard.document["raw"].count(b"job_id: ") == 1
    nothing = ask("/slurmdb/v0.0.45/jobs?reservation=nope", media=media)
    assert nothing.status == 200
    assert b"found nothing" in json.dumps(nothing.document, default=str).encode()


def test_a_qos_may_be_named_by_its_id(fake_slurm: FakeSlurm, ask: Asker) -> None:
    fake_slurm.replay("24.11", "qos-deleted")
    fake_slurm.say("sacct", read_recording("24.11", "dbd-jobs").stdout)
    assert ask(f"{JOBS}?qos=1").status == 200
    assert fake_slurm.argvs[-1] == sacct("--duplicates", "--qos=normal", "--local")
    heard = ask(f"{JOBS}?qos=4000")
    assert (heard.status, heard.document["errors"][0]["source"]) == (422, "#/qos/")


def test_a_time_that_is_none_is_warned_of(fake_slurm: FakeSlurm, ask: Asker) -> None:
    fake_slurm.say("sacct", read_recording("24.11", "dbd-jobs").stdout)
    heard = ask(f"{JOBS}?start_time=0&end_time=0&scheduler_unset=1")
    assert {notice["source"] for notice in heard.document["warnings"]} == {
        "#/start_time/",
        "#/end_time/",
        "#/scheduler_unset/",
    }


@RELEASES
def test_scripts_come_with_the_steps(fake_slurm: FakeSlurm, ask: Asker, release: str) -> None:
    fake_slurm.replay(release, "dbd-jobs-script", "dbd-jobs-script-b")
    heard = ask(f"{JOBS}?step={find_id(release)}&show_batch_script=true")
    assert heard.status == 200
    assert heard.document["jobs"] == recorded(release, "dbd-jobs-script")
    assert heard.document["jobs"][0]["steps"]
    assert [argv[-1] for argv in fake_slurm.argvs] == ["--local", "--batch-script"]


def test_each_record_gets_its_own_script(fake_slurm: FakeSlurm, ask: Asker) -> None:
    times = {"submission": 1, "eligible": 1, "start": 2}
    bare = [make_job(7, time=times, script=""), make_job(7, time={**times, "submission": 5}, script="")]
    full = [{**bare[0], "script": "#!/bin/sh\n"}]
    fake_slurm.say(sacct("--truncate", "--jobs=7", "--local"), json.dumps({"jobs": bare, "meta": {}}).encode())
    fake_slurm.say(
        sacct("--truncate", "--jobs=7", "--local", "--batch-script"), json.dumps({"jobs": full, "meta": {}}).encode()
    )
    heard = ask(f"{JOBS}?step=7&show_batch_script=true")
    assert [job["script"] for job in heard.document["jobs"]] == ["#!/bin/sh\n", ""]


def test_the_command_has_the_token_and_nothing_of_the_services(
    fake_slurm: FakeSlurm, ask: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SACCT_FORMAT", "jobid")
    monkeypatch.setenv("SLURM_JWT", "daemon")
    fake_slurm.say("sacct", read_recording("24.11", "dbd-jobs").stdout)
    ask(JOBS)
    assert fake_slurm.calls[0].environment["SLURM_JWT"] == "header.claims.signature-of-alice"
    assert not any(name.startswith("SACCT") for name in fake_slurm.calls[0].environment)
    assert "signature" not in " ".join(fake_slurm.argvs[0])
