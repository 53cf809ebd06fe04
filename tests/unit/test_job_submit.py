"""POST job/submit: what a body becomes, and what is said of what sbatch did."""

import json
import os
import pwd
from typing import Any

import pytest
from conftest import ALICE, TOKEN, Asker, Heard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playback import FakeSlurm

from slurmrest_inetd.errors import Unprocessable
from slurmrest_inetd.fields.job_description import JOB_PROPERTIES
from slurmrest_inetd.fields.job_flags import JOB_FLAGS
from slurmrest_inetd.model import Identity
from slurmrest_inetd.submission.request import read_submission
from slurmrest_inetd.submission.sending import list_argv

SCRIPT = "#!/bin/sh\n#SBATCH --uid=0\necho\n"
JOB: dict[str, Any] = {"current_working_directory": "/tmp", "environment": ["PATH=/bin"]}
START = ["sbatch", "--parsable", "--ignore-pbs", "--propagate=NONE", "--export=ALL", "--export-file=3"]
USER = pwd.getpwuid(os.getuid()).pw_name


def read(job: dict[str, Any], version: int = 45, user: str = "alice") -> list[str]:
    """The options that a job's properties become, beside those of JOB."""
    submission = read_submission({"script": SCRIPT, "job": {**JOB, **job}}, version, user)
    return [word for word in submission.components[0] if word not in ("--job-name=", "--chdir=/tmp")]


def refuse(job: Any, version: int = 45, *, body: dict[str, Any] | None = None) -> list[str]:
    """The paths of what is wrong."""
    whole = body if body is not None else {"script": SCRIPT, "job": {**JOB, **job}}
    with pytest.raises(Unprocessable) as caught:
        read_submission(whole, version, "alice")
    return [problem.source for problem in caught.value.problems]


def warn(job: dict[str, Any], version: int = 45) -> list[tuple[str, str]]:
    submission = read_submission({"script": SCRIPT, "job": {**JOB, **job}}, version, "alice")
    return [(notice.source, notice.description) for notice in submission.warnings]


def submit(ask: Asker, body: Any, version: int = 45, identity: Identity = ALICE) -> Heard:
    return ask(f"/slurm/v0.0.{version}/job/submit", "POST", body=json.dumps(body).encode(), identity=identity)


# fmt: off
OPTIONS: list[tuple[dict[str, Any], list[str]]] = [
    ({"name": "a\n-b"},                                        ["--job-name=a\n-b"]),
    ({"account": "--uid=0"},                                   ["--account=--uid=0"]),
    ({"account": ""},                                          ["--account="]),
    ({"array": "", "nodes": ""},                               ["--array="]),
    ({"begin_time": {"set": True, "number": 1900000000}},      ["--begin=uts1900000000"]),
    ({"begin_time": 0, "deadline": 1900000000},                ["--deadline=uts1900000000"]),
    ({"contiguous": True, "hold": True, "overcommit": False},  ["--contiguous", "--hold"]),
    ({"requeue": True},                                        ["--requeue"]),
    ({"requeue": False},                                       ["--no-requeue"]),
    ({"kill_on_node_fail": True},                              []),
    ({"kill_on_node_fail": False},                             ["--no-kill"]),
    ({"wait_all_nodes": False},                                ["--wait-all-nodes=0"]),
    ({"nice": -5},                                             ["--nice=-5"]),
    ({"reserve_ports": 0},                                     []),
    ({"memory_update_margin": 5, "memory_update_delay": 6},    ["--mem-update=5@6"]),
    ({"temporary_disk_per_node": 5},                           ["--tmp=5M"]),
    ({"standard_output": "", "standard_error": "/tmp/e"},       ["--error=/tmp/e"]),
    ({"minimum_boards_per_node": 1},                           []),
    ({"nodes": "1-3", "minimum_nodes": 1, "maximum_nodes": 3}, ["--nodes=1-3"]),
    ({"minimum_nodes": 2},                                     ["--nodes=2-0"]),
    ({"maximum_nodes": 2},                                     ["--nodes=1-2"]),
    ({"minimum_nodes": 2, "maximum_nodes": 4},                 ["--nodes=2-4"]),
    ({"required_nodes": ["a", "b"], "excluded_nodes": "c,d"},  ["--nodelist=a,b", "--exclude=c,d"]),
    ({"minimum_cpus": 4, "tasks": 2, "cpus_per_task": 2},      ["--ntasks=2", "--cpus-per-task=2"]),
    ({"memory_per_cpu": {"set": True, "number": 5}},           ["--mem-per-cpu=5M"]),
    ({"memory_per_node": 0},                                   ["--mem=0M"]),
    ({"time_limit": {"set": True, "infinite": True}},          ["--time=UNLIMITED"]),
    ({"time_limit": 5, "time_minimum": "3"},                   ["--time=5", "--time-min=3"]),
    ({"time_limit": {"set": False, "number": 9}},              []),
    ({"delay_boot": 90},                                       ["--delay-boot=0-00:01:30"]),
    ({"priority": 0},                                          ["--hold"]),
    ({"segment_size": 0},                                      []),
    ({"segment_size": 2},                                      ["--segment=2"]),
    ({"kill_warning_signal": "USR1"},                          ["--signal=10@0"]),
    ({"kill_warning_signal": "USR1", "kill_warning_delay": 30, "kill_warning_flags": ["BATCH_JOB", "RESERVATION_JOB"]},
                                                               ["--signal=RB:10@30"]),
    ({"required_switches": 2},                                 ["--switches=2"]),
    ({"required_switches": 2, "wait_for_switch": 60},          ["--switches=2@0-00:01:00"]),
    ({"distribution": "block"},                                ["--distribution=block"]),
    ({"distribution": "plane", "distribution_plane_size": 2},  ["--distribution=plane=2"]),
    ({"shared": ["none"]},                                     ["--exclusive"]),
    ({"shared": []},                                           []),
    ({"mail_type": ["END", "TIME=90%"]},                       ["--mail-type=END,TIME_LIMIT_90"]),
    ({"profile": ["NOT_SET"]},                                 []),
    ({"profile": ["ENERGY", "TASK"]},                          ["--profile=energy,task"]),
    ({"open_mode": ["APPEND"]},                                ["--open-mode=append"]),
    ({"flags": ["SPREAD_JOB", "DEPENDENT", "STEPMGR_ENABLED"]}, ["--spread-job", "--stepmgr"]),
    ({"tres_per_node": "gres/gpu:2"},                          ["--gres=gpu:2"]),
    ({"tres_per_job": "gres:gpu:2"},                           ["--gpus=2"]),
    ({"tres_freq": "gpu:high"},                                ["--gpu-freq=high"]),
    ({"immediate": False, "spank_environment": [], "step_id": {}, "crontab": {}, "x11": []}, []),
    ({"name": None, "tasks": None, "user_id": "alice"},        []),
]
REFUSALS: list[tuple[dict[str, Any], str]] = [
    ({"name": {}}, "name"), ({"name": "a\0b"}, "name"), ({"tasks": "x"}, "tasks"), ({"tasks": 0}, "tasks"),
    ({"tasks": 2**32 + 1}, "tasks"), ({"time_limit": 0}, "time_limit"), ({"time_limit": 1.5}, "time_limit"),
    ({"current_working_directory": ""}, "current_working_directory"),
    ({"current_working_directory": "rel"}, "current_working_directory"),
    ({"nodes": "x"}, "nodes"), ({"nodes": "2", "minimum_nodes": 3}, "minimum_nodes"),
    ({"minimum_nodes": 3, "maximum_nodes": 2}, "maximum_nodes"), ({"required_nodes": "/etc/passwd"}, "required_nodes"),
    ({"excluded_nodes": ["./x"]}, "excluded_nodes"), ({"minimum_cpus": 3}, "minimum_cpus"), ({"maximum_cpus": 3}, "maximum_cpus"),
    ({"memory_per_cpu": 1, "memory_per_node": 1}, "memory_per_cpu"), ({"memory_per_node": 2**60}, "memory_per_node"),
    ({"memory_per_cpu": {"infinite": True}}, "memory_per_cpu"), ({"priority": {"infinite": True}}, "priority"),
    ({"kill_warning_signal": "NOPE"}, "kill_warning_signal"), ({"required_switches": {"infinite": True}}, "required_switches"),
    ({"kill_warning_signal": "1", "kill_warning_delay": {"infinite": True}}, "kill_warning_delay"),
    ({"memory_update_margin": 5}, "memory_update_margin"), ({"memory_update_delay": 5}, "memory_update_delay"),
    ({"standard_output": "NONE"}, "standard_output"), ({"minimum_boards_per_node": 2}, "minimum_boards_per_node"),
    ({"time_limit": 35791394}, "time_limit"), ({"begin_time": 5}, "begin_time"), ({"environment": ["A" * 256 + "=x"]}, "environment"),
    ({"environment": ["A=" + "x" * 262144]}, "environment"),
    ({"shared": ["none", "user"]}, "shared"), ({"mail_type": ["NOPE"]}, "mail_type"), ({"open_mode": ["APPEND", "TRUNCATE"]}, "open_mode"),
    ({"flags": ["TOP_PRIORITY_JOB"]}, "flags"), ({"flags": ["GRES_BINDING_ENFORCED", "GRES_BINDING_DISABLED"]}, "flags"),
    ({"flags": ["KILL_INVALID_DEPENDENCY", "NO_KILL_INVALID_DEPENDENCY"]}, "flags"),
    ({"flags": ["EXPEDITED_REQUEUE"], "requeue": False}, "flags"), ({"flags": ["NOPE"]}, "flags"),
    ({"distribution": "nope"}, "distribution"), ({"distribution": ""}, "distribution"), ({"tres_per_node": "gpu:1"}, "tres_per_node"), ({"tres_freq": "cpu:1"}, "tres_freq"), ({"immediate": True}, "immediate"),
    ({"spank_environment": ["A=b"]}, "spank_environment"), ({"crontab": {"line": {}}}, "crontab"),
    ({"crontab": 5}, "crontab"), ({"user_id": "bob"}, "user_id"), ({"user_id": "0"}, "user_id"), ({"group_id": "root"}, "group_id"),
    ({"job_id": 5}, "job_id"), ({"step_id": {"job_id": 5}}, "step_id"), ({"x11": ["FIRST_NODE"]}, "x11"),
    ({"environment": []}, "environment"), ({"environment": ["A"]}, "environment"), ({"environment": ["=x"]}, "environment"),
    ({"environment": ["A=\0"]}, "environment"), ({"environment": "A=b"}, "environment"), ({"environment": None}, "environment"),
    ({"rlimits": {"nope": 1}}, "rlimits"), ({"rlimits": {"core": "x"}}, "rlimits"), ({"rlimits": 5}, "rlimits"),
    ({"argv": ["x", ":"]}, "argv"), ({"argv": "x"}, "argv"),
]
IDLE: list[tuple[dict[str, Any], str]] = [
    ({"kill_warning_delay": 30}, "kill_warning_delay"), ({"wait_for_switch": 5}, "wait_for_switch"),
    ({"flags": ["DEPENDENT"]}, "flags"), ({"clusters": "x"}, "clusters"), ({"end_time": 1900000000}, "end_time"),
    ({"cpu_binding": "x"}, "cpu_binding"), ({"environment": ["SLURM_SUBMIT_HOST=x"]}, "environment"), ({"nope": 1}, "nope"), ({"memory_binding": "x"}, "memory_binding"), ({"name": 5}, "name"), ({"tasks": "2"}, "tasks"),
]
# fmt: on


@pytest.mark.parametrize(
    ("job", "options"), OPTIONS, ids=lambda value: next(iter(value), "") if isinstance(value, dict) else ""
)
def test_properties_become_options(job: dict[str, Any], options: list[str]) -> None:
    assert sorted(read(job)) == sorted(options)


@pytest.mark.parametrize(("job", "name"), REFUSALS, ids=str)
def test_what_cannot_be_done_is_refused_by_name(job: dict[str, Any], name: str) -> None:
    assert refuse(job) == [f"#/job/{name}/"]


@pytest.mark.parametrize(("job", "name"), IDLE, ids=str)
def test_what_has_no_effect_is_said(job: dict[str, Any], name: str) -> None:
    assert [source for source, _ in warn(job)] == [f"#/job/{name}/"]


def test_unknown_properties_are_named_leaf_by_leaf_as_slurmrestd_does() -> None:
    assert warn({"nope": {"a": 1, "b": None, "c": {"d": "x"}}}) == [
        ("#/job/nope/a/", 'Ignoring unknown field "a" of type 64 bit integer in DATA_PARSER_JOB_DESC_MSG'),
        ("#/job/nope/c/d/", 'Ignoring unknown field "d" of type string in DATA_PARSER_JOB_DESC_MSG'),
    ]
    assert warn({"tasks": "2"}) == [
        (
            "#/job/tasks/",
            "Expected OpenAPI type=integer format=int32 (Slurm type=64 bit integer) "
            'but got OpenAPI type=string (Slurm type=string): "2"',
        )
    ]


def test_a_property_is_one_in_its_versions_only() -> None:
    assert read({"exclusive": ["user"]}, 41) == ["--exclusive=user"]
    assert read({"exclusive": ["false"], "power_flags": ["x"]}, 41) == ["--oversubscribe"]
    assert read({"oversubscribe": False}, 41) == ["--exclusive"]
    assert read({"resv_mpi_ports": 3}, 41) == ["--resv-ports=3"]
    assert read({"resv_mpi_ports": 0}, 41) == []
    assert [source for source, _ in warn({"exclusive": ["user"]}, 42)] == ["#/job/exclusive/"]
    assert [source for source, _ in warn({"power_flags": ["x"]}, 41)] == ["#/job/power_flags/"]


def test_everything_wrong_is_told_at_once() -> None:
    assert refuse({"tasks": "x", "name": [], "mail_type": ["NOPE"]}) == [
        "#/job/tasks/",
        "#/job/name/",
        "#/job/mail_type/",
    ]


# fmt: off
NO_SUBMISSIONS: list[Any] = [
    ([],                                               "#/"),
    ({},                                               "#/script/"),
    ({"job": {}},                                      "#/job/script/"),
    ({"script": SCRIPT},                               "#/job/"),
    ({"script": SCRIPT, "job": JOB, "jobs": [JOB]},    "#/jobs/"),
    ({"script": SCRIPT, "job": 5},                     "#/job/"),
    ({"script": SCRIPT, "jobs": {}},                   "#/jobs/"),
    ({"script": SCRIPT, "jobs": []},                   "#/jobs/"),
    ({"script": SCRIPT, "jobs": [JOB, 5]},             "#/jobs[1]/"),
    ({"jobs": [JOB]},                                  "#/jobs[0]/script/"),
    ({"script": {}, "job": {**JOB}},                   "#/job/script/"),
    ({"script": [1], "job": JOB},                      "#/script/"),
    ({"script": "echo\n", "job": JOB},                 "#/script/"),
    ({"job": {**JOB, "script": "#!/bin/sh\r\n"}},      "#/job/script/"),
    ({"script": SCRIPT, "jobs": [JOB, {**JOB, "argv": ["x"]}]},            "#/jobs[1]/argv/"),
    ({"script": SCRIPT, "jobs": [JOB, {**JOB, "environment": ["B=1"]}]},   "#/jobs[1]/environment/"),
    ({"script": SCRIPT, "jobs": [JOB, {"environment": ["PATH=/bin"]}]},    "#/jobs[1]/current_working_directory/"),
]
# fmt: on


@pytest.mark.parametrize(("body", "path"), NO_SUBMISSIONS)
def test_bodies_that_are_no_submission(body: Any, path: str) -> None:
    with pytest.raises(Unprocessable) as caught:
        read_submission(body, 45, "alice")
    assert path in [problem.source for problem in caught.value.problems]


def test_a_client_may_say_who_it_is() -> None:
    entry = pwd.getpwnam(USER)
    assert read({"user_id": USER, "group_id": str(entry.pw_gid)}, user=USER) == []
    assert read({"user_id": str(entry.pw_uid)}, user=USER) == []


def test_one_sbatch_with_the_script_and_the_environment_apart(ask: Asker, fake_slurm: FakeSlurm) -> None:
    fake_slurm.say("sbatch", b"77;c1\n")
    job = {
        **JOB,
        "environment": {"LD_PRELOAD": "/x", "A": "b\nc"},
        "rlimits": {"core": 0, "stack": {"infinite": True}, "cpu": None},
    }
    heard = submit(ask, {"script": SCRIPT, "job": {**job, "argv": ["me", "-a", "--uid=0"]}, "other": 1})
    assert heard.status == 200
    assert heard.document["job_id"] == 77
    assert heard.document["step_id"] == "batch"
    assert [notice["source"] for notice in heard.document["warnings"]] == ["#/other/", "#/job/environment/"]
    (run,) = fake_slurm.calls
    assert run.argv == [*START, "--job-name=", "--chdir=/tmp", "/dev/stdin", "-a", "--uid=0"]
    assert run.stdin == SCRIPT.replace("#SBATCH", "# SBATCH").encode()
    limits = b"SLURM_RLIMIT_CORE=0\0SLURM_RLIMIT_STACK=18446744073709551615\0"
    assert run.descriptor == b"LD_PRELOAD=/x\0A=b\nc\0SLURM_SUBMIT_DIR=/tmp\0" + limits
    assert run.environment["SLURM_JWT"] == TOKEN
    assert not {"LD_PRELOAD", "A"} & set(run.environment)


def test_a_heterogeneous_job_is_one_sbatch(ask: Asker, fake_slurm: FakeSlurm) -> None:
    fake_slurm.say("sbatch", b"77\n")
    heard = submit(
        ask, {"jobs": [{**JOB, "script": SCRIPT, "tasks": 2}, {"current_working_directory": "/", "name": "b"}]}
    )
    assert heard.status == 200
    again = [*START[3:5], "--export-file=/proc/self/fd/3"]
    first = [*START[:3], *again, "--job-name=", "--ntasks=2", "--chdir=/tmp"]
    assert fake_slurm.argvs == [[*first, ":", *again, "--job-name=b", "--chdir=/"]]


def test_the_older_versions_say_it_twice(ask: Asker, fake_slurm: FakeSlurm) -> None:
    fake_slurm.say("sbatch", b"77\n", b"sbatch: be kind\n")
    document = submit(ask, {"script": SCRIPT, "job": JOB}, 40).document
    assert document["result"] == {
        "job_id": 77, "step_id": "batch", "job_submit_user_msg": "be kind", "error_code": 0, "error": "No error"
    }  # fmt: skip
    assert document["job_submit_user_msg"] == "be kind"
    assert document["warnings"] == []


# fmt: off
ENDS: list[Any] = [
    (b"",       b"sbatch: error: Batch job submission failed: Invalid partition name specified\n", 1, 422, 2000),
    (b"",       b"sbatch: error: Batch job submission failed: Invalid node name specified\n",      1, 422, 2018),
    (b"",       b"sbatch: error: Batch job submission failed: Protocol authentication error\n",    1, 401, 1007),
    (b"",       b"sbatch: error: Invalid --acctg-freq specification: x\n",                       255, 422, 0),
    (b"",       b"",                                                                               0, 500, -1),
    (b"no id",  b"",                                                                               0, 500, -1),
    (b"",       b"",                                                                              -9, 504, -1),
]
# fmt: on


@pytest.mark.parametrize(("stdout", "stderr", "status", "expected", "number"), ENDS)
def test_what_sbatch_did_is_said(
    ask: Asker, fake_slurm: FakeSlurm, stdout: bytes, stderr: bytes, status: int, expected: int, number: int
) -> None:
    fake_slurm.say("sbatch", stdout, stderr, status)
    heard = submit(ask, {"script": SCRIPT, "job": {**JOB, "nope": 1}})
    assert heard.status == expected
    assert heard.document["errors"][0]["error_number"] == number
    assert heard.document["warnings"][0]["source"] == "#/job/nope/"
    assert "job_id" not in heard.document


def test_nothing_is_run_for_a_body_with_a_fault(ask: Asker, fake_slurm: FakeSlurm) -> None:
    assert submit(ask, {"script": SCRIPT, "jobs": [JOB, {**JOB, "tasks": "x"}]}).status == 422
    assert fake_slurm.calls == []


OPTION_NAMES = {
    *(row.term for row in JOB_PROPERTIES if row.carry in ("option", "switch", "join")),
    *(word for row in JOB_PROPERTIES if row.carry == "choice" for word in row.term.split("/")),
    *((option or "--").partition("=")[0][2:] for option in JOB_FLAGS.values()),
    "job-name", "propagate", "export", "export-file", "parsable", "ignore-pbs", "wait-all-nodes", "oversubscribe",
}  # fmt: skip
NASTY = st.sampled_from(
    ["--uid=0", ":", "-", "a\n#SBATCH", "x=y", "1,2", "gres/gpu:1", "/etc/passwd", "%j", "\u00e9", "[", " "]
)
VALUES = st.one_of(
    NASTY,
    st.text(max_size=12),
    st.integers(-3, 70000),
    st.booleans(),
    st.none(),
    st.lists(NASTY | st.sampled_from(sorted(JOB_FLAGS)), max_size=3),
    st.fixed_dictionaries({}, optional={"set": st.booleans(), "infinite": st.booleans(), "number": st.integers(0, 9)}),
)
NAMES = st.sampled_from([*sorted({row.name for row in JOB_PROPERTIES}), "nope", "--uid"])


@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(NAMES, VALUES, max_size=4), st.sampled_from([36, 38, 40, 41, 42, 45]))
def test_nothing_of_a_client_stands_where_an_option_could(job: dict[str, Any], version: int) -> None:
    """Whatever the body holds, the argv is known option names, values behind ``=``, and arguments behind the script."""
    try:
        submission = read_submission({"script": SCRIPT, "job": {**JOB, **job}}, version, "alice")
    except Unprocessable as error:
        assert all(problem.source.startswith("#/") for problem in error.problems)
        return
    argv = list_argv(submission)
    end = argv.index("/dev/stdin") if "/dev/stdin" in argv else len(argv)
    for word in argv[1:end]:
        name, _, value = word.removeprefix("--").partition("=")
        assert word.startswith("--")
        assert name in OPTION_NAMES
        assert "\0" not in value
    assert ":" not in argv
    assert not {"uid", "gid"} & {word.removeprefix("--").partition("=")[0] for word in argv[1:end]}


def test_a_user_whom_this_host_does_not_know_has_a_name_only() -> None:
    assert refuse({"user_id": "1"}) == ["#/job/user_id/"]
    with pytest.raises(Unprocessable) as caught:
        read_submission({"script": SCRIPT, "job": {**JOB, "user_id": "ghost", "group_id": "ghost"}}, 45, "ghost")
    assert [problem.source for problem in caught.value.problems] == ["#/job/group_id/"]


def test_an_option_that_sbatch_would_share_is_given_to_each_component() -> None:
    jobs = [{**JOB, "comment": "a", "hold": True}, {"current_working_directory": "/", "comment": "b"}]
    assert refuse(None, body={"script": SCRIPT, "jobs": jobs}) == ["#/jobs[1]/hold/"]
    jobs[1]["hold"] = True
    assert len(read_submission({"script": SCRIPT, "jobs": jobs}, 45, "alice").components) == 2
    jobs[0]["flags"] = ["STEPMGR_ENABLED"]
    assert refuse(None, body={"script": SCRIPT, "jobs": jobs}) == ["#/jobs[1]/flags/"]


@pytest.mark.parametrize(("asked", "mask"), [("0077", 0o077), ("27", 0o027), ("x", 0o022), ("", 0o022), (None, 0o022)])
def test_the_job_has_the_umask_that_it_asks_for(
    ask: Asker, fake_slurm: FakeSlurm, asked: str | None, mask: int
) -> None:
    probe = fake_slurm.folder / "sbatch"
    probe.write_text(f"#!/bin/sh\numask > {fake_slurm.folder}/mask\necho 77\n")
    probe.chmod(0o755)
    entries = [*JOB["environment"], *([] if asked is None else [f"SLURM_UMASK={asked}"])]
    before = os.umask(0o007)
    try:
        assert submit(ask, {"script": SCRIPT, "job": {**JOB, "environment": entries}}).status == 200
        assert os.umask(0o007) == 0o007
    finally:
        os.umask(before)
    assert int((fake_slurm.folder / "mask").read_text(), 8) == mask


def test_what_the_job_submit_plugin_says_is_no_complaint_of_sbatch(ask: Asker, fake_slurm: FakeSlurm) -> None:
    fake_slurm.say("sbatch", b"77\n", b"sbatch: one\nsbatch: error: Ignoring -S since it's not allowed\nsbatch: two\n")
    document = submit(ask, {"script": SCRIPT, "job": JOB}).document
    assert document["job_submit_user_msg"] == "one\ntwo"
    assert document["warnings"] == [{"description": "Ignoring -S since it's not allowed", "source": "sbatch"}]


# fmt: off
TOLD: list[Any] = [
    (b"sbatch: error: no!\nsbatch: error: Batch job submission failed: Unspecified error\n",
     "Batch job submission failed: Unspecified error; no!", -1, "Unspecified error"),
    (b"sbatch: error: pay\nsbatch: error: Batch job submission failed: Invalid account or account/partition combination specified\n",
     "Batch job submission failed: Invalid account or account/partition combination specified; pay", 2045,
     "Invalid account or account/partition combination specified"),
    (b"sbatch: unrecognized option '--x'\nTry \"sbatch --help\" for more information\n",
     "Batch job submission failed: unrecognized option '--x'", 0, "unrecognized option '--x'"),
]
# fmt: on


@pytest.mark.parametrize(("stderr", "description", "number", "error"), TOLD)
def test_a_refusal_says_what_was_said_before_it(
    ask: Asker, fake_slurm: FakeSlurm, stderr: bytes, description: str, number: int, error: str
) -> None:
    fake_slurm.say("sbatch", b"", stderr, 1)
    (problem,) = submit(ask, {"script": SCRIPT, "job": JOB}).document["errors"]
    assert (problem["description"], problem["error_number"], problem["error"]) == (description, number, error)


@pytest.mark.parametrize("job", [{"hold": True}, {"priority": 0}])
def test_a_held_job_is_said_to_be_held(ask: Asker, fake_slurm: FakeSlurm, job: dict[str, Any]) -> None:
    fake_slurm.say("sbatch", b"77\n")
    held = "Job is in held state, pending scheduler release"
    document = submit(ask, {"script": SCRIPT, "job": {**JOB, **job}}, 41).document
    assert (document["result"]["error_code"], document["result"]["error"]) == (2042, held)
    assert [notice["description"] for notice in document["warnings"]] == [
        f"Job submission resulted in non-zero return code: {held}", held
    ]  # fmt: skip
    several = {"script": SCRIPT, "jobs": [{**JOB, **job}, {"current_working_directory": "/", **job}]}
    first, _ = submit(ask, several).document["warnings"]
    assert first["description"] == f"HetJob submission resulted in non-zero return code: {held}"
    assert first["source"] == "slurm_submit_batch_het_job()"


def test_a_held_job_has_no_priority() -> None:
    assert refuse({"hold": True, "priority": 77}) == ["#/job/priority/"]
    assert read({"hold": False, "priority": 77}) == ["--priority=77"]
    assert read({"hold": True, "priority": 0}).count("--hold")


def test_the_directory_of_submission_is_the_jobs_own_unless_it_says_otherwise() -> None:
    def environment(*entries: str) -> bytes:
        job = {"current_working_directory": "/work dir", "environment": list(entries)}
        return read_submission({"script": SCRIPT, "job": job}, 45, "alice").environment

    assert environment("A=1") == b"A=1\0SLURM_SUBMIT_DIR=/work dir\0"
    assert environment("SLURM_SUBMIT_DIR=", "SLURM_SUBMIT_DIRS=x") == b"SLURM_SUBMIT_DIR=\0SLURM_SUBMIT_DIRS=x\0"


def test_what_no_command_could_be_given_is_refused_by_name(ask: Asker, fake_slurm: FakeSlurm) -> None:
    fake_slurm.say("sbatch", b"77\n")
    longest = 128 * 1024 - 1 - len("--comment=")
    assert submit(ask, {"script": SCRIPT, "job": {**JOB, "comment": "é" * (longest // 2)}}).status == 200
    heard = submit(ask, {"script": SCRIPT, "job": {**JOB, "comment": "é" * (longest // 2 + 1)}})
    assert heard.status == 422
    assert [(e["source"], e["error_number"]) for e in heard.document["errors"]] == [("#/job/comment/", 2012)]
    assert refuse({"argv": ["me", "x" * 131072]}) == ["#/job/argv/"]
    assert refuse({"argv": ["me", "--comment=" + "x" * 131072]}) == ["#/job/argv/"]
    assert refuse({"argv": ["me", *["x" * 1000] * 2000]}) == ["#/"]
    assert submit(ask, {"script": SCRIPT, "job": {**JOB, "argv": ["me", *["x" * 1000] * 1500]}}).status == 200


@pytest.mark.parametrize(
    ("text", "option"),
    [("2G", "2048M"), ("1t", "1048576M"), ("64", "64M"), ("1024K", "1M"), ("0m", "0M"), (" 7 ", "7M")],
)
def test_memory_may_have_a_unit(text: str, option: str) -> None:
    assert read({"memory_per_node": text}) == [f"--mem={option}"]


@pytest.mark.parametrize("text", ["1k", "1.5G", "2GB", "G", "-1G", "\u0662G", "999999999999999T", "2 G", ""])
def test_memory_that_is_none(text: str) -> None:
    assert refuse({"memory_per_cpu": text}) == ["#/job/memory_per_cpu/"]


def test_a_flag_that_is_refused_is_not_called_idle() -> None:
    with pytest.raises(Unprocessable) as caught:
        read_submission({"script": SCRIPT, "job": {**JOB, "flags": ["TOP_PRIORITY_JOB", "DEPENDENT"]}}, 45, "alice")
    assert [problem.source for problem in caught.value.problems] == ["#/job/flags/"]
    assert [notice.description for notice in caught.value.warnings] == ["DEPENDENT has no effect on a submission"]


# fmt: off
LAYOUTS: list[tuple[dict[str, Any], list[str] | str]] = [
    ({"distribution": "cyclic:fcyclic,Pack"},                            ["--distribution=cyclic:fcyclic,Pack"]),
    ({"distribution": "*:*:block,nopack"},                               ["--distribution=*:*:block,nopack"]),
    ({"distribution_plane_size": 4},                                     ["--distribution=plane=4"]),
    ({"distribution": "Plane", "distribution_plane_size": 4},            ["--distribution=plane=4"]),
    ({"distribution": "plane=4", "distribution_plane_size": 4},          ["--distribution=plane=4"]),
    ({"distribution": "plane=65533"},                                    ["--distribution=plane=65533"]),
    ({"distribution_plane_size": {"set": False}},                        []),
    ({"distribution": "plane=3", "distribution_plane_size": 4},          "distribution_plane_size"),
    ({"distribution": "cyclic", "distribution_plane_size": 4},           "distribution_plane_size"),
    ({"distribution_plane_size": 0},                                     "distribution_plane_size"),
    ({"distribution_plane_size": {"set": True, "infinite": True}},       "distribution_plane_size"),
    ({"distribution": "plane"},                                          "distribution"),
    ({"distribution": "plane=70000"},                                    "distribution"),
    ({"distribution": "block,--uid=0"},                                  "distribution"),
    ({"distribution": ""},                                               "distribution"),
]
# fmt: on


@pytest.mark.parametrize(("job", "expected"), LAYOUTS)
def test_a_planes_size_alone_asks_for_planes(job: dict[str, Any], expected: list[str] | str) -> None:
    if isinstance(expected, str):
        assert refuse(job) == [f"#/job/{expected}/"]
    else:
        assert read(job) == expected
