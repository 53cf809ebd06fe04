"""What was submitted through us is what slurmrestd would have submitted, leaf by leaf; and what runs sees what was asked for.

Law: each job is held, looked at and cancelled; tables of cases are in submissions.py.
"""

import json
import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
from asks import FACTS
from clusters import Cluster
from compare import compare_documents
from replies import Reply
from submissions import ALWAYS, BESIDE, CASES, REFUSALS, REFUSED_BY_SLURM, Case

SPOKEN = {"24.11": (40, 41, 42), "26.05": (42, 45)}
SCRIPT = "#!/bin/sh\n#SBATCH --comment=obeyed\nsleep 1\n"
JOB: dict[str, Any] = {
    "hold": True,
    "current_working_directory": "/tmp",
    "environment": ["PATH=/usr/bin:/bin"],
}
# sbatch adds these to a job's environment; what an id is in differs anyway
SBATCHS_OWN = re.compile(
    r"(HYDRA_\w+|I_MPI_HYDRA_\w+|OMPI_MCA_plm_slurm_args|PRTE_MCA_plm_slurm_args|SLURM_PRIO_PROCESS|SLURM_SUBMIT_\w+|SLURM_UMASK"
    r"|SLURM_JOB_NAME|SLURM_JOBID|SLURM_JOB_ID|SLURM_TASK_PID|SLURM_JOB_(START|END)_TIME|SLURM_JOB_SLUID|SLURM_TOPOLOGY_ADDR"
    r"|SLURM_(JOB_)?NODELIST|SLURMD_NODENAME|HOSTNAME)=.*"
)
PROBE = '#!/bin/sh\n{ echo $# "$@"; umask; ulimit -c; ulimit -s; ulimit -n; pwd; echo =; env -0; } > /tmp/submitted.$SLURM_JOB_ID\n'
WAIT_SECONDS = 60
# set while the job waits, by whichever scheduler comes first
SCHEDULERS = {
    "BACKFILL_ATTEMPTED",
    "SCHEDULING_ATTEMPTED",
    "TESTING_BACKFILL",
    "ACCRUE_COUNT_CLEARED",
    "DEPENDENT",
    "PARTITION_ASSIGNED",
}


@pytest.fixture(params=[(release, version) for release, versions in SPOKEN.items() for version in versions], ids=str)
def spoken(request: pytest.FixtureRequest) -> tuple[Cluster, int]:
    """A cluster and a version that it speaks."""
    from conftest import get_cluster

    release, version = request.param
    return get_cluster(release), version


def path(version: int) -> str:
    return f"/slurm/v0.0.{version}/job/submit"


def submit(ask: Any, version: int, job: dict[str, Any], script: str = SCRIPT) -> Reply:
    return ask("POST", path(version), user="bob", body={"script": script, "job": {**JOB, **job}})


def show(cluster: Cluster, reply: Reply) -> list[dict[str, Any]]:
    """The jobs that ``reply`` says were submitted; they are then cancelled."""
    job_id = reply.json()["job_id"]
    text = cluster.slurm("scontrol", "show", "job", str(job_id), "--json")
    cluster.slurm("scancel", str(job_id))
    jobs: list[dict[str, Any]] = json.loads(text)["jobs"]
    for job in jobs:
        job["flags"] = sorted(set(job["flags"]) - SCHEDULERS)
    return jobs


def show_all(cluster: Cluster, job_ids: list[int]) -> dict[int, dict[str, Any]]:
    """The records of held jobs, by id, asked for at once; all of them are then cancelled at once."""
    found = json.loads(cluster.slurm("scontrol", "show", "jobs", "--json"))["jobs"]
    cluster.slurm("scancel", *map(str, job_ids))
    for job in found:
        job["flags"] = sorted(set(job["flags"]) - SCHEDULERS)
    return {job["job_id"]: job for job in found}


def list_cases(cluster: Cluster, version: int) -> list[Case]:
    """Every case of the newest version; of an older one what the newest has not, and a few more: the table is one for all versions."""
    newest = max(SPOKEN[cluster.release])
    cases = [case for case in CASES if case.since <= version <= case.until]
    return cases if version == newest else [case for case in cases if case.until < newest] + cases[::10]


def differ(peer: Any, ours: Any, allowed: str) -> Iterator[str]:
    """The leaves that differ and are neither clocks nor ids nor ``allowed``; ids within paths are no difference."""
    ids = [str(job["job_id"]) for job in (peer, ours)]
    for found in compare_documents(peer, ours):
        if re.fullmatch(ALWAYS, found.path) or (allowed and re.fullmatch(allowed, found.path)):
            continue
        values = zip((found.peer, found.ours), ids, strict=True)
        # the id as a whole number, not its digits within another
        one, other = (re.sub(rf"(?<!\d){own}(?!\d)", "ID", str(value)) for value, own in values)
        if one != other:
            yield f"{found.path}: {one} | {other}"


def test_each_property_makes_the_same_job(spoken: tuple[Cluster, int]) -> None:
    cluster, version = spoken
    found: list[str] = []
    submitted = []
    for case in list_cases(cluster, version):
        job = {case.name: case.value, **BESIDE.get(case.name, {})}
        peer, ours = (submit(ask, version, job) for ask in (cluster.http_peer, cluster.http))
        if {"job_id"} <= set(peer.json()) & set(ours.json()):
            submitted.append((case, peer.json()["job_id"], ours.json()["job_id"]))
            continue
        told = (f"{r.status} {r.json()['errors']} {r.json().get('job_id')}" for r in (peer, ours))
        found.append(f"{case.name}={case.value!r}: {' | '.join(told)}")
    records = show_all(cluster, [job_id for _, *job_ids in submitted for job_id in job_ids])
    for case, *job_ids in submitted:
        lines = differ(*(records[job_id] for job_id in job_ids), case.differs)
        found += [f"{case.name}={case.value!r}: {line}" for line in lines]
    assert not found, "\n".join(found)


def test_what_slurm_refuses_is_refused_with_the_same_number(spoken: tuple[Cluster, int]) -> None:
    cluster, version = spoken
    found = []
    for case in REFUSED_BY_SLURM:
        peer, ours = (submit(ask, version, {case.name: case.value}) for ask in (cluster.http_peer, cluster.http))
        numbers = [[error["error_number"] for error in reply.json()["errors"]] for reply in (peer, ours)]
        if numbers[0] != numbers[1] or not 400 <= ours.status < 500:
            found.append(f"{case.name}={case.value!r}: {peer.body[:300]!r} | {ours.status} {ours.body[:400]!r}")
    assert not found, "\n".join(found)


def test_what_we_cannot_do_exactly_is_refused_by_name(spoken: tuple[Cluster, int]) -> None:
    cluster, version = spoken
    for case in REFUSALS:
        if case.since <= version <= case.until:
            script = {"script": None} if case.name == "script" else {"script": SCRIPT}
            body = {**script, "job": {**JOB, case.name: case.value}}
            reply = cluster.http("POST", path(version), user="bob", body=body)
            assert reply.status == 422, case
            assert f"#/job/{case.name}/" in [error["source"] for error in reply.json()["errors"]], case


def test_every_property_is_in_one_of_the_tables() -> None:
    names = {case.name for case in (*CASES, *REFUSED_BY_SLURM, *REFUSALS)}
    for document in FACTS.glob("v0.0.4*.json"):
        schemas = json.loads(document.read_text())["schemas"]
        (description,) = (schema for name, schema in schemas.items() if name.endswith("_job_desc_msg"))
        assert set(description["properties"]) <= names


def run_probe(cluster: Cluster, ask: Any, version: int, job: dict[str, Any]) -> tuple[list[str], set[str]]:
    """What a job sees when it runs: its arguments, umask, limits and directory; its environment."""
    reply = submit(ask, version, {"hold": False, **job}, PROBE)
    job_id = reply.json()["job_id"]
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        state = cluster.slurm("squeue", "-ho", "%T", "-t", "all", f"-j{job_id}")
        if state in ("COMPLETED", "FAILED"):
            break
        time.sleep(0.5)
    said, _, environment = (cluster.root / "tmp" / f"submitted.{job_id}").read_bytes().decode().partition("=\n")
    return said.splitlines(), {e for e in environment.split("\0") if e and not SBATCHS_OWN.fullmatch(e)}


@pytest.mark.parametrize("cluster", ["24.11", "26.05"], indirect=True)
def test_a_job_that_runs_sees_what_it_was_given(cluster: Cluster) -> None:
    version = max(SPOKEN[cluster.release])
    job = {
        "current_working_directory": "/var/tmp",
        "argv": ["me", "-a", "--uid=0", "b c"],
        "rlimits": {
            "core": {"set": True, "infinite": False, "number": 0},
            "stack": {"set": True, "infinite": True, "number": 0},
        },
        "environment": ["PATH=/usr/bin:/bin", "LD_PRELOAD=", "A=x\ny=z", "SLURM_JWT=not-ours", "SBATCH_UID=0", "E=é"],
    }
    peer, ours = (run_probe(cluster, ask, version, job) for ask in (cluster.http_peer, cluster.http))
    assert ours[0] == peer[0]
    assert ours[0][0] == "3 -a --uid=0 b c"
    assert ours[1] == peer[1]
    assert {"A=x\ny=z", "LD_PRELOAD=", "SLURM_JWT=not-ours", "SBATCH_UID=0", "E=é"} <= ours[1]
    assert not any(cluster.token("bob") in entry for entry in ours[1])


@pytest.mark.parametrize("cluster", ["24.11", "26.05"], indirect=True)
def test_a_heterogeneous_job_is_the_same_or_nothing(cluster: Cluster) -> None:
    version = max(SPOKEN[cluster.release])
    second = {
        "hold": True,
        "current_working_directory": "/var/tmp",
        "environment": JOB["environment"],
        "name": "b",
        "tasks": 2,
    }
    body = {"script": SCRIPT, "jobs": [{**JOB, "name": "a", "partition": "debug"}, second]}
    peer, ours = (
        show(cluster, ask("POST", path(version), user="bob", body=body)) for ask in (cluster.http_peer, cluster.http)
    )
    assert [job["name"] for job in ours] == ["a", "b"]
    found = [line for one, other in zip(peer, ours, strict=True) for line in differ(one, other, "")]
    assert not found, "\n".join(found)
    before = cluster.slurm("squeue", "-ho", "%i", "-ubob")
    for fault in ({"tasks": "x"}, {"partition": "nosuchpartition"}):
        jobs = [JOB, {**second, **fault}]
        assert cluster.http("POST", path(version), user="bob", body={"script": SCRIPT, "jobs": jobs}).status == 422
    assert cluster.slurm("squeue", "-ho", "%i", "-ubob") == before


@pytest.mark.parametrize("cluster", ["24.11", "26.05"], indirect=True)
def test_the_script_reaches_the_job_and_its_directives_nobody(cluster: Cluster) -> None:
    version = max(SPOKEN[cluster.release])
    script = "#!/bin/sh\n#SBATCH --comment=obeyed\n\n #\n#SBATCH--uid=0\n#SLURM -n9\n#PBS -A x\necho é\n#SBATCH -n7\n"
    reply = submit(cluster.http, version, {}, script)
    kept = cluster.slurm("scontrol", "write", "batch_script", str(reply.json()["job_id"]), "-")
    (job,) = show(cluster, reply)
    assert job["comment"] == ""
    assert job["tasks"]["number"] == 1
    assert kept.strip() == script.replace("#SLURM", "# SLURM").replace("#SBATCH", "# SBATCH", 2).strip()


def test_the_reply_is_the_peers(spoken: tuple[Cluster, int]) -> None:
    cluster, version = spoken
    peer, ours = (submit(ask, version, {"hold": True}).json() for ask in (cluster.http_peer, cluster.http))
    for document in (peer, ours):
        cluster.slurm("scancel", str(document["job_id"]))
    assert list(ours) == list(peer)
    assert {key: type(value) for key, value in ours.items()} == {key: type(value) for key, value in peer.items()}
    if "result" in peer:
        assert ours["result"].keys() == peer["result"].keys()
    assert ours["step_id"] == peer["step_id"]
