"""Accounting's reads beside the real slurmrestd: the same payload, leaf by leaf, for every filter that it honours.

Law: the cluster is the developer's lab (SLURM_LAB_COMMAND, else tests/lab/slurm-lab) and must be up; what is made there is
named dbd*, and only ever added. Clocks are left out, and what docs/facts/reads-slurmdbd.md names as different.
"""

import json
import os
import re
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote

import pytest
from compare import compare_documents

from slurmrest_inetd.errors import ApiError
from slurmrest_inetd.model import Answer, Call, Identity, Request
from slurmrest_inetd.routing import load_handler, resolve
from slurmrest_inetd.settings import Settings

LAB = os.environ.get("SLURM_LAB_COMMAND", str(Path(__file__).parent.parent / "lab" / "slurm-lab"))
CLEAN = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8"}
NATIVE = {"24.11": (40, 41, 42), "26.05": (42, 43, 44, 45)}
# sacct adds up the steps' CPU times; each question changes slurmdbd's counters
IGNORED = re.compile(r"jobs\.\d+\.time\.(system|user|total)\..*|statistics\..*")
# between the two answers a second may go by
TRIES = 3

SETUP = """
add qos dbdq1 description=first priority=10 preemptmode=requeue
add account dbda parent=root description=alpha organization=sci
add account dbdb parent=dbda description=red,blue organization=sci
add user alice account=dbda qos=normal,dbdq1 defaultqos=dbdq1
add user bob account=dbdb,dbda
add coordinator account=dbda names=alice
add user alice wckeys=dbdw
"""

# fmt: off
SAME = """
accounts | accounts?description=alpha | accounts?description=red%2Cblue | accounts?description=nope | accounts?description=
account/dbda | account/dbda?with_assocs=true&with_coords=true&with_deleted=true | account/DBDA
associations | associations?user= | associations?account=dbda%2Cdbdb | associations?cluster=nope | associations?parent_account=dbda
associations?user=alice&account=dbda | associations?id=1%2C2 | associations?qos=1 | associations?partition=nope
clusters | clusters?with_deleted=true | clusters?flags=MULTIPLE_SLURMD | clusters?cluster=nope | clusters?rpc_version=1
qos | qos/normal | qos/1 | tres | users | users?with_assocs=true | users?with_wckeys=true | users?with_coords=true
users?with_assocs=true&with_wckeys=true&with_coords=true&with_deleted=true | users?admin_level=Administrator
users?default_account=dbda | user/alice | user/alice?with_assocs=true | user/alice?with_wckeys=true
wckeys | wckeys?name=dbdw | wckeys?user=alice | wckeys?with_deleted=true | wckey/dbdw | diag | config
jobs | jobs?bogus=1 | jobs?account=dbda%2Cdbdb | jobs?account=nope | jobs?association=1 | jobs?constraints=a
jobs?scheduled_by_main=true&scheduled_by_backfill=true | jobs?job_started=true | jobs?show_duplicates=true | jobs?skip_steps=true
jobs?disable_truncate_usage_time=true | jobs?whole_hetjob=true | jobs?job_name=dbddone%2Cdbdfail | jobs?partition=debug | jobs?qos=1
jobs?state=FAILED&start_time=now-1hour | jobs?step=DONE | jobs?step=DONE.batch | jobs?step=DONE&show_batch_script=true
jobs?step=DONE&skip_steps=true | jobs?start_time=now-1hour&end_time=now-1minute | jobs?node=nope | jobs?users=alice
jobs?users=alice&users=bob | jobs?groups=0 | jobs?wckey=dbdw | jobs?cpus_min=1&cpus_max=2 | jobs?nodes_min=1 | jobs?timelimit_min=5
job/DONE | job/DONE.batch
"""
#   path                            slurmrestd        we
DIFFERENT = (
    ("account/nope",                 {200},            404),
    ("association",                  {500, 422},       422),
    ("association?user=nope",        {200},            404),
    ("associations?qos=nope",        {200},            422),
    ("associations?usage_start=x",   {500, 422},       422),
    ("cluster/nope",                 {200},            404),
    ("qos/nope",                     {200},            404),
    ("user/nope",                    {200},            404),
    ("wckey/nope",                   {200},            404),
    ("job/60000000",                 {200},            404),
    ("job/x",                        {422},            422),
    ("jobs?qos=nope",                {200, 500},       422),
    ("jobs?reason=nope",             {200},            422),
    ("jobs?users=nope",              {422},            422),
    ("jobs?state=nope",              {500, 422},       422),
    ("jobs?start_time=x",            {422},            422),
    ("jobs?step=0",                  {422},            422),
    ("jobs?submit_time=now-1hour",   {200},            422),
)
# fmt: on


class Cluster:
    """One release's cluster: its commands, its slurmrestd, and ours over its commands."""

    def __init__(self, release: str, folder: Path) -> None:
        self.release = release
        self.tokens: dict[str, str] = {}
        for name in ("sacct", "sacctmgr"):
            program = folder / name
            program.write_text(f'#!/bin/sh\nexec {LAB} exec {release} -u slurmrestd -- {name} "$@"\n')
            program.chmod(0o755)
        self.settings = Settings(command_path=f"{folder}:{CLEAN['PATH']}")
        self.done = ""

    def run(
        self, *words: str, user: str = "root", stdin: bytes = b"", **environment: str
    ) -> subprocess.CompletedProcess[bytes]:
        argv = [LAB, "exec", self.release, "-u", user, "--", *words]
        return subprocess.run(argv, input=stdin, capture_output=True, env={**CLEAN, **environment}, check=False)

    def find_token(self, user: str) -> str:
        if user not in self.tokens:
            printed = subprocess.run(
                [LAB, "token", self.release, user], capture_output=True, env=CLEAN, check=True
            ).stdout
            self.tokens[user] = printed.decode().strip()
        return self.tokens[user]

    def ask_slurmrestd(self, target: str, user: str) -> tuple[int, dict[str, Any]]:
        head = f"GET {target} HTTP/1.1\r\nHost: x\r\nX-SLURM-USER-TOKEN: {self.find_token(user)}\r\nConnection: close\r\n\r\n"
        raw = self.run(
            "slurmrestd", "-a", "rest_auth/jwt", user="slurmrestd", stdin=head.encode(), SLURM_JWT="daemon"
        ).stdout
        status = int(raw.split(b" ", 2)[1])
        text = raw.partition(b"\r\n\r\n")[2].decode("utf-8", "replace")
        return status, json.JSONDecoder().raw_decode(text)[0] if text.startswith("{") else {}

    def ask_ours(self, target: str, user: str) -> tuple[int, dict[str, Any]]:
        path, _, query = target.partition("?")
        segments = tuple(unquote(word) for word in path.split("/") if word)
        pairs = tuple(parse_qsl(query, keep_blank_values=True))
        request = Request("GET", target, segments, pairs, (), "1.1")
        identity = Identity("jwt", user, self.find_token(user))
        call = Call(request, *resolve("GET", segments, self.settings), identity, self.settings)
        try:
            answer = load_handler(call.endpoint)(call)
        except ApiError as error:
            return error.status, dict(error.payload)
        if isinstance(answer, Answer):
            return answer.status, dict(answer.payload)
        chunks = answer.chunks
        document: dict[str, Any] = json.loads(chunks if isinstance(chunks, bytes) else b"".join(chunks))
        return answer.status, document


@pytest.fixture(scope="module", params=list(NATIVE))
def cluster(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    cluster = Cluster(request.param, tmp_path_factory.mktemp("commands"))
    if cluster.run("sacctmgr", "-n", "ping").returncode != 0:
        pytest.skip(f"No Slurm {request.param} is up in the lab")
    for line in SETUP.strip().splitlines():
        cluster.run("sacctmgr", "-iQ", *line.split())
    for name, script in (("dbdfail", "exit 3"), ("dbddone", "srun true")):
        words = (
            "sbatch",
            "--parsable",
            "--wait",
            "-t5",
            "-Adbda",
            "-o/dev/null",
            "-D/tmp",
            f"-J{name}",
            f"--wrap={script}",
        )
        cluster.done = cluster.run(*words, user="alice").stdout.decode().split(";")[0].strip()
    time.sleep(3)
    return cluster


def strip(document: dict[str, Any]) -> dict[str, Any]:
    """The payload, its jobs in an order that both have."""
    made = {name: value for name, value in document.items() if name not in ("meta", "errors", "warnings")}
    if "jobs" in made:
        made["jobs"] = sorted(made["jobs"], key=lambda job: (job["cluster"], job["job_id"], job["time"]["submission"]))
    return made


@pytest.mark.parametrize("path", [path.strip() for path in SAME.replace("\n", "|").split("|") if path.strip()])
def test_the_payload_is_slurmrestds(cluster: Cluster, path: str) -> None:
    for version in NATIVE[cluster.release]:
        target = f"/slurmdb/v0.0.{version}/{path.replace('DONE', cluster.done)}"
        for _ in range(TRIES):
            peer_status, peer = cluster.ask_slurmrestd(target, "slurm")
            status, ours = cluster.ask_ours(target, "slurm")
            findings = [one for one in compare_documents(strip(peer), strip(ours)) if not IGNORED.fullmatch(one.path)]
            if not findings:
                break
        assert (peer_status, status, findings) == (200, 200, []), target


@pytest.mark.parametrize(("path", "peers", "ours"), DIFFERENT)
def test_where_we_answer_otherwise(cluster: Cluster, path: str, peers: set[int], ours: int) -> None:
    for version in NATIVE[cluster.release]:
        target = f"/slurmdb/v0.0.{version}/{path}"
        assert cluster.ask_slurmrestd(target, "slurm")[0] in peers, target
        assert cluster.ask_ours(target, "slurm")[0] == ours, target


@pytest.mark.parametrize("path", ["wckeys", "wckey/dbdw", "diag", "config"])
def test_what_an_ordinary_user_may_not_see(cluster: Cluster, path: str) -> None:
    for version in NATIVE[cluster.release]:
        target = f"/slurmdb/v0.0.{version}/{path}"
        assert cluster.ask_slurmrestd(target, "alice")[0] in (500, 422)
        assert cluster.ask_ours(target, "alice")[0] == 403
