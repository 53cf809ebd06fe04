"""POST job/submit in v0.0.36 to v0.0.38, and on Slurm 22.05: what becomes of a body, and how it is sent."""

import os
import pwd
import subprocess
from pathlib import Path
from typing import Any

import pytest
from children import ChildError, read_status, run_in_child
from conftest import TOKEN, Asker
from hypothesis import given, settings
from hypothesis import strategies as st
from playback import FakeSlurm
from test_job_submit import JOB, SCRIPT, read, refuse, submit, warn

from slurmrest_inetd.body.findings import Findings
from slurmrest_inetd.errors import Unprocessable
from slurmrest_inetd.model import Identity
from slurmrest_inetd.security import kernel, user_namespace
from slurmrest_inetd.security.user_namespace import enter_user_namespace
from slurmrest_inetd.submission.carriage import carry_environment, check_carriage, list_limits
from slurmrest_inetd.submission.request import read_submission

# fmt: off
OPTIONS: list[tuple[int, dict[str, Any], list[str]]] = [
    (36, {"account_gather_freqency": "task=5"},            ["--acctg-freq=task=5"]),
    (36, {"cluster_constraints": "c", "name": ""},         ["--cluster-constraint=c", "--job-name="]),
    (36, {"standard_in": "/i", "standard_out": "/o"},      ["--input=/i", "--output=/o"]),
    (36, {"standard_out": ""},                             []),
    (37, {"standard_input": "/i", "standard_output": "/o"}, ["--input=/i", "--output=/o"]),
    (38, {"cpus_per_gpu": "2", "gpus": "1"},               ["--cpus-per-gpu=2", "--gpus=1"]),
    (38, {"gpus_per_node": "tesla:1", "gpus_per_task": 1}, ["--gpus-per-node=tesla:1", "--gpus-per-task=1"]),
    (38, {"gpu_binding": "closest", "gpu_frequency": "high"}, ["--gpu-bind=closest", "--gpu-freq=high"]),
    (38, {"gres": "gpu:1,fpga", "gres_flags": "enforce-binding"}, ["--gres=gpu:1,fpga", "--gres-flags=enforce-binding"]),
    (38, {"gres": ""},                                     []),
    (38, {"memory_per_gpu": 10},                           ["--mem-per-gpu=10M"]),
    (38, {"delay_boot": 90},                               ["--delay-boot=0-01:30:00"]),
    (38, {"delay_boot": 0},                                []),
    (38, {"kill_on_invalid_dependency": True},             ["--kill-on-invalid-dep=yes"]),
    (38, {"kill_on_invalid_dependency": False},            ["--kill-on-invalid-dep=no"]),
    (38, {"no_kill": True, "spread_job": False},           ["--no-kill"]),
    (38, {"nodes": [1, 4]},                                ["--nodes=1-4"]),
    (38, {"nodes": [2]},                                   ["--nodes=2"]),
    (38, {"nodes": 3, "minimum_nodes": True},              ["--nodes=3", "--use-min-nodes"]),
    (38, {"oversubscribe": True},                          ["--oversubscribe"]),
    (38, {"oversubscribe": False},                         []),
    (38, {"exclusive": "user"},                            ["--exclusive=user"]),
    (38, {"exclusive": "true"},                            ["--exclusive"]),
    (38, {"mail_type": "BEGIN,time_limit_90"},             ["--mail-type=BEGIN,TIME_LIMIT_90"]),
    (38, {"mail_type": "ALL"},                             ["--mail-type=BEGIN,END,FAIL,REQUEUE,STAGE_OUT,INVALID_DEPEND"]),
    (38, {"mail_type": "NONE"},                            []),
    (38, {"open_mode": "append", "priority": "77"},        ["--priority=77", "--open-mode=append"]),
    (38, {"signal": "rb:usr1@30"},                         ["--signal=RB:10@30"]),
    (38, {"signal": "10"},                                 ["--signal=10"]),
    (38, {"signal": ""},                                   []),
    (38, {"environment": {"A": "b"}, "get_user_environment": False, "script": None}, []),
]
REFUSED: list[tuple[int, dict[str, Any], str]] = [
    (38, {"flags": ["SPREAD_JOB"]}, "flags"), (38, {"required_nodes": ["a"]}, "required_nodes"), (36, {"nope": 1}, "nope"),
    (36, {"standard_output": "/o"}, "standard_output"), (38, {"standard_out": "/o"}, "standard_out"),
    (36, {"standard_out": "None"}, "standard_out"), (38, {"get_user_environment": True}, "get_user_environment"),
    (38, {"gres": "help"}, "gres"), (38, {"gpus": "1;2"}, "gpus"), (38, {"gres": "a, b"}, "gres"),
    (38, {"gres_flags": "one"}, "gres_flags"), (38, {"mail_type": "NOPE"}, "mail_type"), (38, {"nodes": []}, "nodes"),
    (38, {"nodes": [1, 2, 3]}, "nodes"), (38, {"nodes": ["--x"]}, "nodes"), (38, {"signal": "--x"}, "signal"),
    (38, {"signal": "USR1@70000"}, "signal"), (38, {"signal": "a b"}, "signal"), (38, {"signal": "NOPE"}, "signal"), (38, {"no_kill": "x"}, "no_kill"),
    (38, {"delay_boot": -1}, "delay_boot"), (38, {"priority": "TOP"}, "priority"), (38, {"environment": {}}, "environment"),
]
RELEASES: list[tuple[int, dict[str, Any], str]] = [
    (38, {"extra": "1"}, "extra"), (38, {"segment_size": 2}, "segment_size"), (38, {"tres_bind": "gres/gpu:closest"}, "tres_bind"),
    (38, {"flags": ["STEPMGR_ENABLED"]}, "flags"), (38, {"shared": ["topo"]}, "shared"), (38, {"container_id": "c"}, "container_id"),
    (42, {"flags": ["EXPEDITED_REQUEUE"], "requeue": True}, "flags"), (42, {"container_type": "c"}, "container_type"),
    (42, {"memory_update_delay": 1, "memory_update_margin": 2}, "memory_update_margin"),
]
# fmt: on


@pytest.mark.parametrize(("version", "job", "options"), OPTIONS)
def test_an_early_job_becomes_the_same_options(version: int, job: dict[str, Any], options: list[str]) -> None:
    given = [word for word in options if word != "--job-name="]
    assert [word for word in read(job, version) if word != "--job-name="] == given
    assert not [source for source, text in warn(job, version) if not text.startswith("It has no effect")]


@pytest.mark.parametrize(("version", "job", "field"), REFUSED)
def test_what_an_early_version_has_not_is_refused_by_name(version: int, job: dict[str, Any], field: str) -> None:
    assert refuse(job, version) == [f"#/job/{field}/"]


@pytest.mark.parametrize(("newest", "job", "field"), RELEASES)
def test_what_a_release_has_not_is_refused_by_name(newest: int, job: dict[str, Any], field: str) -> None:
    body = {"script": SCRIPT, "job": {**JOB, **job}}
    with pytest.raises(Unprocessable) as caught:
        read_submission(body, 45, "alice", newest)
    assert f"#/job/{field}/" in [problem.source for problem in caught.value.problems]
    assert read_submission(body, 45, "alice").components


def test_the_script_may_stand_in_the_job(ask: Asker, fake_slurm: FakeSlurm) -> None:
    fake_slurm.say("sbatch", b"77\n")
    heard = submit(ask, {"job": {**JOB, "environment": {"A": "b"}, "script": SCRIPT}}, 36)
    assert (heard.status, heard.document["job_id"], heard.document["step_id"]) == (200, 77, "BATCH")
    assert "result" not in heard.document


def test_an_option_that_sbatch_itself_refuses_is_named_by_its_property(ask: Asker, fake_slurm: FakeSlurm) -> None:
    fake_slurm.say("sbatch", b"", b"sbatch: error: Invalid --gpu-bind argument: gpu:--uid\n", 255)
    heard = submit(ask, {"script": SCRIPT, "job": {**JOB, "gpu_binding": "--uid"}}, 38)
    assert (heard.status, heard.document["errors"][0]["source"]) == (422, "#/job/gpu_binding/")


# --- Slurm 22.05


def test_on_22_05_the_environment_goes_within_the_script(
    ask: Asker, old_slurm: FakeSlurm, entered: list[tuple[int, int]]
) -> None:
    fake = old_slurm
    fake.say("sbatch", b"77\n")
    entry = pwd.getpwuid(os.getuid())
    job = {**JOB, "environment": ["A=b,c", "LD_PRELOAD=/x"], "rlimits": {"core": 0}, "argv": ["me", "-a"]}
    heard = submit(ask, {"script": SCRIPT, "job": job}, identity=Identity("jwt", entry.pw_name, TOKEN))
    assert heard.status == 200
    assert entered == [(entry.pw_uid, entry.pw_gid)]
    (run,) = fake.calls
    assert not [word for word in run.argv if "export-file" in word]
    assert run.argv[-2:] == ["/dev/stdin", "-a"]
    assert run.descriptor is None
    assert run.stdin is not None
    assert b"'A=b,c'" in run.stdin
    assert run.stdin.endswith(SCRIPT.replace("#SBATCH", "# SBATCH").encode())
    assert set(run.environment) == {"SLURM_JWT", "PATH", "LC_ALL", "SLURM_RLIMIT_CORE"}


def test_a_user_of_whom_this_host_knows_nothing_is_refused(ask: Asker, old_slurm: FakeSlurm) -> None:
    old_slurm.say("sbatch", b"77\n")
    heard = submit(ask, {"script": SCRIPT, "job": JOB}, identity=Identity("jwt", "nobody-here", TOKEN))
    assert (heard.status, heard.document["errors"][0]["error_number"]) == (403, 2010)
    assert old_slurm.calls == []


def test_who_needs_no_token_needs_no_namespace_either(
    ask: Asker, old_slurm: FakeSlurm, entered: list[tuple[int, int]]
) -> None:
    old_slurm.say("sbatch", b"77\n")
    assert submit(ask, {"script": SCRIPT, "job": JOB}, identity=Identity("local", "alice")).status == 200
    assert "--export-file=3" in old_slurm.argvs[0]
    assert entered == []


def test_the_token_stands_twice_and_is_empty_where_it_is_copied(ask: Asker, old_slurm: FakeSlurm) -> None:
    probe = old_slurm.folder / "sbatch"
    probe.write_text(f"#!/bin/sh\n/usr/bin/tr '\\0' '\\n' </proc/$$/environ >{old_slurm.folder}/environ\necho 77\n")
    probe.chmod(0o755)
    user = pwd.getpwuid(os.getuid()).pw_name
    assert submit(ask, {"script": SCRIPT, "job": JOB}, identity=Identity("jwt", user, TOKEN)).status == 200
    lines = (old_slurm.folder / "environ").read_text().splitlines()
    assert [line for line in lines if line.startswith("SLURM_JWT")] == [f"SLURM_JWT={TOKEN}", "SLURM_JWT="]


# the interpreter prints what the kernel was given, then the script itself
CAT = b"#!/usr/bin/env -S /bin/cat /proc/self/environ\n"


def run_carried(folder: Path, script: bytes, entries: list[str], shell: str = "sh") -> tuple[bytes, list[bytes]]:
    """What the job sees: the script that is there when it runs, its environment. As slurmstepd starts it."""
    path = folder / "slurm_script"
    carried = carry_environment(script, "".join(entry + "\0" for entry in entries).encode())
    path.write_bytes(carried.replace(b"#!/bin/sh", b"#!/bin/" + shell.encode(), 1))
    path.chmod(0o700)
    node = {"SLURM_JOB_ID": "5", "SLURM_JWT": "", "LC_ALL": "C", "PATH": "/nowhere", "HOSTNAME": "n1", "NODE": "x"}
    done = subprocess.run([path], env=node, capture_output=True, check=True)
    environment, _, shown = done.stdout.rpartition(b"\0")
    assert shown == path.read_bytes()
    return shown, sorted(environment.split(b"\0"))


@pytest.mark.parametrize("shell", ["sh", "bash"])
def test_the_job_runs_its_own_script_with_the_environment_it_asked_for(tmp_path: Path, shell: str) -> None:
    script = CAT + b"# $X 'a' \\ \xc3\xa9\n\n#!\n\n"
    entries = [
        "A=x\ny='z' \"q\" $X `id` \\ \\n", "B=a\r\nb\r", "EMPTY=", "-u=4", "--=5", "A B=3", "BASH_FUNC_f%%=() { :; }", "\u00e9=\u00fc",
        "SLURM_JOB_ID=9", "SLURM_FOO=f", "SLURM_JWT=own", "HOSTNAME=h", "HOSTTYPE=t", "SLURM_SUBMIT_DIR=/s", "PATH=/usr/bin",
        "PWD=/p", "_=u", "SHLVL=7",
    ]  # fmt: skip
    kept, environment = run_carried(tmp_path, script, entries, shell)
    assert kept == script
    expected = {entry for entry in entries if entry not in ("SLURM_JOB_ID=9", "HOSTNAME=h")}
    assert environment == sorted(e.encode() for e in expected | {"SLURM_JOB_ID=5", "HOSTNAME=n1", "NODE=x"})


NAMES = st.text(st.characters(codec="utf-8", exclude_characters="=\0"), min_size=1, max_size=8)
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0") | st.sampled_from("'\"\\\n\r$`!{}#"), max_size=12)


@settings(max_examples=25, deadline=None)
@given(st.dictionaries(NAMES, TEXTS, max_size=5), st.text(st.characters(codec="ascii", exclude_characters="\0")))
def test_every_name_and_value_arrives(tmp_path_factory: Any, variables: dict[str, str], rest: str) -> None:
    entries = [f"{name}={value}" for name, value in ({"PATH": "/usr/bin"} | variables).items()]
    script = CAT + rest.encode()
    kept, environment = run_carried(tmp_path_factory.getbasetemp(), script, entries)
    assert kept == script
    own = ("SLURM_JOB_ID", "HOSTNAME")
    expected = {entry for entry in entries if entry.partition("=")[0] not in own}
    left = {"NODE=x"} if "NODE" not in variables else set()
    assert environment == sorted(e.encode() for e in expected | left | {"SLURM_JOB_ID=5", "HOSTNAME=n1"})


def test_what_no_node_could_be_given_is_refused_by_name() -> None:
    found = Findings()
    check_carriage(b"A=" + b"x" * 131068 + b"\0", "#/job/environment/", found)
    assert found.problems == []
    check_carriage(b"LONG=" + b"x" * 131068 + b"\0", "#/job/environment/", found)
    assert "LONG" in found.problems[0].description
    with pytest.raises(Unprocessable) as caught:
        read_submission(
            {"script": SCRIPT, "job": {**JOB, "environment": [f"A{i}={'x' * 9999}" for i in range(200)]}}, 45, "a", 38
        )
    assert [problem.source for problem in caught.value.problems] == ["#/job/environment/"]


def test_limits_are_numbers_of_known_names() -> None:
    environment = (
        b"SLURM_RLIMIT_CORE=0\0SLURM_RLIMIT_CORE=x\0SLURM_RLIMIT_NOPE=1\0A=SLURM_RLIMIT_CPU=1\0SLURM_RLIMIT_AS=9\0"
    )
    assert list_limits(environment) == (("SLURM_RLIMIT_CORE", "0"), ("SLURM_RLIMIT_AS", "9"))


# --- the namespace

UID = 12345
can_make_namespaces = pytest.mark.skipif(
    os.geteuid() != 0 or Path("/proc/sys/user/max_user_namespaces").read_text().strip() == "0",
    reason="none can be made here",
)


@can_make_namespaces
@pytest.mark.parametrize(("uid", "gid"), [(4321, 4322), (0, 0)])
def test_another_name_and_no_power(uid: int, gid: int) -> None:
    def enter() -> dict[str, Any]:
        os.setgroups([])
        os.setresgid(UID, UID, UID)
        os.setresuid(UID, UID, UID)
        kernel.set_attribute(kernel.PR_SET_DUMPABLE, 0)
        enter_user_namespace(uid, gid)
        probe = os.popen("id -u; id -g; grep ^CapEff /proc/self/status").read().split()
        powers = [int(read_status()[name], 16) for name in ("CapPrm", "CapEff", "CapInh", "CapAmb")]
        return {
            "ids": [os.getuid(), os.getgid()],
            "powers": powers,
            "dumpable": kernel.get_attribute(3),
            "child": probe,
        }

    told = run_in_child(enter)
    assert told["ids"] == [uid, gid]
    assert told["powers"] == [0, 0, 0, 0]
    assert told["dumpable"] == 0
    assert told["child"] == [str(uid), str(gid), "CapEff:", "0" * 16]


def test_what_the_kernel_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    told: list[Any] = []
    monkeypatch.setattr(user_namespace, "PROCESS", str(tmp_path))
    monkeypatch.setattr(kernel, "get_attribute", lambda option: 0)
    monkeypatch.setattr(kernel, "set_attribute", lambda *words: told.append(words))
    monkeypatch.setattr(kernel, "unshare", told.append)
    monkeypatch.setattr(kernel, "hold_capabilities", lambda *some: told.append(some))
    enter_user_namespace(4321, 4322)
    assert told == [(4, 1), kernel.CLONE_NEWUSER, (28, 3), (), (4, 0)]
    maps = {file.name: file.read_text() for file in tmp_path.iterdir()}
    own = {"uid_map": f"4321 {os.geteuid()} 1", "gid_map": f"4322 {os.getegid()} 1"}
    assert maps == {"setgroups": "deny", **own}


def test_who_is_that_user_already_needs_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernel, "unshare", lambda flags: pytest.fail("unshared"))
    enter_user_namespace(os.geteuid(), os.getegid())


def test_where_namespaces_are_closed_the_answer_says_what_to_open(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse_namespace(flags: int) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(kernel, "unshare", refuse_namespace)
    with pytest.raises(ChildError, match=r"NotReady: .*max_user_namespaces.*RestrictNamespaces"):
        run_in_child(lambda: enter_user_namespace(UID, UID))
