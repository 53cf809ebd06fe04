"""DELETE job/{job_id} on real clusters: what is said is what became of the job."""

import json
import time
from typing import Any

import pytest
from clusters import Cluster
from test_submit import JOB, SCRIPT, path

RELEASES = pytest.mark.parametrize("cluster", ["24.11", "26.05"], indirect=True)
VERSION = {"24.11": 42, "26.05": 45}
NUMBER_OF = {"unknown": 2017, "ended": 2021, "waiting": 2020}
WAIT_SECONDS = 60


def make_job(cluster: Cluster, user: str = "bob", **properties: Any) -> int:
    """A held job of ``user``'s; its id."""
    body = {"script": SCRIPT, "job": {**JOB, **properties}}
    reply = cluster.http("POST", path(VERSION[cluster.release]), user=user, body=body)
    return int(reply.json()["job_id"])


def delete(cluster: Cluster, target: object, *, user: str = "bob", version: int = 0) -> tuple[int, dict[str, Any]]:
    reply = cluster.http("DELETE", f"/slurm/v0.0.{version or VERSION[cluster.release]}/job/{target}", user=user)
    return reply.status, reply.json()


def get_state(cluster: Cluster, job_id: int) -> list[str]:
    document = json.loads(cluster.slurm("squeue", "--json", "-t", "all", f"-j{job_id}"))
    return sorted({state for job in document["jobs"] for state in job["job_state"]})


@RELEASES
def test_a_job_is_gone_and_the_reply_is_the_peers(cluster: Cluster) -> None:
    version = VERSION[cluster.release]
    for query in ("", "?flags=VERBOSE", "?signal=KILL", "?flags=HURRY"):
        documents = []
        for ask in (cluster.http_peer, cluster.http):
            job_id = make_job(cluster)
            reply = ask("DELETE", f"/slurm/v0.0.{version}/job/{job_id}{query}", user="bob")
            assert reply.status == 200
            assert get_state(cluster, job_id) == ["CANCELLED"]
            document = json.loads(reply.body.replace(str(job_id).encode(), b"77"))
            documents.append({key: document[key] for key in ("status", "errors", "warnings")})
        assert documents[0] == documents[1], query


@RELEASES
def test_what_did_not_happen_is_said(cluster: Cluster) -> None:
    job_id = make_job(cluster)
    try:
        for target, status, number in (
            (f"{job_id}?signal=USR1", 409, NUMBER_OF["waiting"]),
            (f"{job_id}_4", 404, NUMBER_OF["unknown"]),
            (f"{job_id}+1", 404, NUMBER_OF["unknown"]),
            (f"{job_id}.0", 422, -1),
            (f"{job_id}?flags=NOSUCH", 422, 9207),
            (f"{job_id}?flags=HURRY,OUT_OF_MEMORY", 422, -1),
            (f"{job_id}?signal=NOPE", 422, 22),
            ("999999", 404, NUMBER_OF["unknown"]),
            ("--full", 422, 9000),
        ):
            said, document = delete(cluster, target)
            assert (said, document["errors"][0]["error_number"]) == (status, number), target
        assert get_state(cluster, job_id) == ["PENDING"]
    finally:
        assert delete(cluster, job_id)[0] == 200
    said, document = delete(cluster, job_id)
    assert (said, document["errors"][0]["error_number"]) == (409, NUMBER_OF["ended"])
    assert document["status"][0]["error"]["code"] == NUMBER_OF["ended"]


def wait_for(cluster: Cluster, job_id: int, state: str) -> None:
    """Wait until the job is in ``state``; fails when it does not come."""
    end = time.monotonic() + WAIT_SECONDS
    while get_state(cluster, job_id) != [state]:
        assert time.monotonic() < end, get_state(cluster, job_id)
        time.sleep(0.5)


@RELEASES
def test_a_signal_reaches_the_script_as_it_does_through_slurmrestd(cluster: Cluster) -> None:
    # a shell that waits for its child notes a signal at once
    script = "#!/bin/bash\ntrap 'exit 7' USR1\nsleep 50 & wait\n"
    for ask in (cluster.http_peer, cluster.http):
        body = {"script": script, "job": {**JOB, "hold": False}}
        reply = cluster.http("POST", path(VERSION[cluster.release]), user="bob", body=body)
        job_id = int(reply.json()["job_id"])
        try:
            wait_for(cluster, job_id, "RUNNING")
            time.sleep(1)  # the trap is set after the job is said to run
            target = f"/slurm/v0.0.{VERSION[cluster.release]}/job/{job_id}?signal=USR1"
            assert ask("DELETE", target, user="bob").status == 200
            wait_for(cluster, job_id, "FAILED")
        finally:
            cluster.slurm("scancel", str(job_id))


@RELEASES
def test_nobody_cancels_another_users_job(cluster: Cluster) -> None:
    job_id = make_job(cluster, "root")
    said, document = delete(cluster, job_id)
    assert said == 403
    assert document["errors"][0]["error_number"] in (2002, 2010)
    assert get_state(cluster, job_id) == ["PENDING"]
    assert delete(cluster, job_id, user="root")[0] == 200


@RELEASES
def test_a_task_of_an_array_is_cancelled_alone(cluster: Cluster) -> None:
    job_id = make_job(cluster, array="1-3")
    assert delete(cluster, f"{job_id}_2")[0] == 200
    assert cluster.slurm("squeue", "-hro", "%K", f"-j{job_id}").split() == ["1", "3"]
    assert delete(cluster, job_id)[0] == 200
    assert get_state(cluster, job_id) == ["CANCELLED"]
