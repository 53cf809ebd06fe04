"""The peer test of v0.0.36 to 38: identical bytes into 22.05's slurmrestd and into us, for every GET of the slurm root.

The two tell the same on a cluster with jobs of every kind, partitions and reservations with names that would forge others; what differs is a
row of differences.EARLY_SLURMCTLD with its reason.
"""

import time
from collections.abc import Iterator
from typing import NamedTuple

import pytest
from asks import list_documented_gets
from clusters import Cluster
from compare import explain
from differences import EARLY_SLURMCTLD
from replies import parse_reply
from rich_state import RichState, wait_for
from test_peer import TRIES, matches

VERSIONS = (36, 37, 38)
CREATE = ("scontrol", "create")
NAMED = ("partitionname=", "reservationname=")
SOON = ("starttime=2037-01-01", "duration=10", "users=alice", "flags=ignore_jobs", "nodes=n3")
SACCTMGR = ("sacctmgr", "-i")
# accounting has it in lower case
LICENCE = "name=fl uent\nLicenseName=forged Total=3 Used=0 Free=3 Reserved=0 Remote=yes"
REMOTE = ("server=ser", "servertype=flexlm", "type=license", "count=20", "percentallowed=50", "cluster=lab")
# fmt: off
# What a name may hold, and what a partition and a reservation may have.
ODDITIES: tuple[tuple[str, ...], ...] = (
    (*CREATE, "partitionname=odd", "nodes=n1,n2", "hidden=yes", "rootonly=yes", "disablerootjobs=yes", "reqresv=yes", "exclusiveuser=yes", "gracetime=30", "lln=yes",
     "maxnodes=3", "minnodes=2", "maxcpuspernode=7", "oversubscribe=force:3", "overtimelimit=12", "preemptmode=requeue", "qos=high", "defmempercpu=100",
     "maxmempercpu=200", "allowgroups=alice,bob", "denyaccounts=chem,phys", "denyqos=high", "allocnodes=n1,n2", "state=drain", "alternate=debug", "prioritytier=5",
     "priorityjobfactor=7", "defaulttime=1:00", "maxtime=2-00:00:10", "tresbillingweights=CPU=1.0,Mem=0.25G"),
    (*CREATE, "partitionname=odd2", "nodes=n2", "state=inactive", "defmempernode=300", "maxmempernode=400", "preemptmode=suspend,gang", "overtimelimit=unlimited",
     "allowaccounts=phys", "allowqos=normal"),
    (*CREATE, "partitionname=empty", "preemptmode=cancel"),
    (*CREATE, "partitionname=ü x\nPartitionName=y AllowGroups=ALL", "nodes=n1"),
    (*CREATE, "reservation", "reservationname=evil StartTime=1 x\nReservationName=forged StartTime=2026-11-22T18:09:00", *SOON),
    (*CREATE, "reservation", "reservationname=rü x\nzz", *SOON[:-2], "nodes=n1", "flags=flex,daily,purge_comp=5,magnetic,no_hold_jobs_after_end,ignore_jobs", "maxstartdelay=300"),
    (*CREATE, "reservation", "reservationname=groups", "groups=alice", "nodes=ALL", "starttime=2037-02-01", "duration=infinite", "burstbuffer=generic:10",
     "flags=part_nodes,overlap,ignore_jobs,static_alloc", "partition=odd"),
)


class Ask(NamedTuple):
    """``target`` is the path behind the version, as in asks.py."""

    target: str
    since: int = 36
    user: str = "alice"


ASKS = (
    Ask("/ping"), Ask("/diag"), Ask("/licenses", 38),
    Ask("/nodes"), Ask("/nodes", user="carol"), Ask("/nodes?update_time=0", 37), Ask("/nodes?update_time={future}", 37), Ask("/nodes?update_time=zzz", 37),
    Ask("/nodes?unknown=1"), Ask("/node/{node}"), Ask("/node/{drained}"), Ask("/node/nosuchnode"),
    Ask("/partitions"), Ask("/partitions", user="carol"), Ask("/partitions?update_time={future}", 37),
    Ask("/partition/debug"), Ask("/partition/DEBUG"), Ask("/partition/closed", user="carol"), Ask("/partition/nosuchpartition"),
    Ask("/reservations", 37), Ask("/reservations?update_time={future}", 37), Ask("/reservation/{reservation}", 37), Ask("/reservation/nosuchreservation", 37),
    Ask("/jobs"), Ask("/jobs", user="carol"), Ask("/jobs?update_time=0", 37), Ask("/jobs?update_time={future}", 37),
    Ask("/job/{pending}"), Ask("/job/{running}"), Ask("/job/{quoted}"), Ask("/job/{array}"), Ask("/job/{array}_1"), Ask("/job/{ended}"), Ask("/job/{het}"),
    Ask("/job/{het}+1"), Ask("/job/{finished}"), Ask("/job/99999999"), Ask("/job/4000000000"), Ask("/job/abc"),
)
# fmt: on
USED: set[object] = set()
ASKED: set[int] = set()


@pytest.fixture(scope="module")
def odd_state(cluster: Cluster, rich_state: RichState) -> Iterator[RichState]:
    """The rich state with the oddities; they go as they came: nobody else knows their names."""
    cluster.run((*SACCTMGR, "delete", "resource", LICENCE, "server=ser"), user="root")
    for row in ODDITIES:
        cluster.slurm(*row)
    cluster.slurm(*SACCTMGR, "add", "resource", LICENCE, *REMOTE)
    wait_for(lambda: "@ser" in cluster.slurm("scontrol", "show", "licenses"), "the licence")
    yield rich_state
    cluster.slurm(*SACCTMGR, "delete", "resource", LICENCE, "server=ser")
    for row in reversed(ODDITIES):
        cluster.slurm("scontrol", "delete", next(word for word in row if word.startswith(NAMED)))


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("cluster", ["22.05"], indirect=True)
def test_every_read_answers_as_slurmrestd_does(cluster: Cluster, odd_state: RichState, version: int) -> None:
    found: list[str] = []
    for ask in ASKS:
        if version < ask.since:
            continue
        path = f"/slurm/v0.0.{version}{ask.target.format(**odd_state.names)}"
        for _ in range(TRIES):
            peer = cluster.http_peer("GET", path, user=ask.user)
            ours = cluster.http("GET", path, user=ask.user)
            differs = list(explain(f"v{version} /slurm{ask.target}", peer, ours, USED, EARLY_SLURMCTLD))
            if not differs:
                break
            time.sleep(1)
        found += differs
    ASKED.add(version)
    assert not found, "\n".join(found)


NOUNS = (
    "ping",
    "diag",
    "licenses",
    "nodes",
    "node/n1",
    "partitions",
    "partition/debug",
    "reservations",
    "reservation/x",
    "jobs",
    "job/1",
)


@pytest.mark.parametrize("cluster", ["22.05"], indirect=True)
def test_a_token_that_slurm_refuses_is_401(cluster: Cluster) -> None:
    head, dot, _ = cluster.token("alice").rpartition(".")
    refused = (("X-SLURM-USER-TOKEN", f"{head}{dot}{'A' * 43}"),)
    for version, nouns in ((38, NOUNS), (45, ("jobs/state", "shares", "reconfigure"))):
        for noun in nouns:
            reply = cluster.http("GET", f"/slurm/v0.0.{version}/{noun}", user=None, headers=refused)
            assert (reply.status, reply.get("www-authenticate")) == (401, "Bearer"), noun


@pytest.mark.parametrize("cluster", ["22.05"], indirect=True)
def test_a_controller_that_is_not_there_is_502_and_down(cluster: Cluster) -> None:
    # a command tries until the timeout has passed
    edit = "s/^MessageTimeout=.*/MessageTimeout=1\\nSlurmctldPort=1/"
    cluster.slurm("sh", "-c", f"sed '{edit}' /etc/slurm/slurm.conf > /tmp/dead.conf; chmod 644 /tmp/dead.conf")
    for noun in ("ping", "jobs", "node/n1", "partitions", "diag"):
        request = cluster.request("GET", f"/slurm/v0.0.38/{noun}")
        reply = parse_reply(cluster.ours(request, env={"SLURM_CONF": "/tmp/dead.conf"}))
        if noun == "ping":
            assert (reply.status, reply.json()["pings"][0]["ping"]) == (200, "DOWN")
        else:
            assert (reply.status, reply.json()["errors"][0]["error_number"]) == (502, 1800), noun


@pytest.mark.parametrize("cluster", ["22.05"], indirect=True)
def test_a_job_whose_name_is_not_utf8_is_valid_json(cluster: Cluster) -> None:
    name = "--job-name=a\udcff\n  ]\n}"
    job = cluster.slurm("sbatch", "--parsable", "--hold", "-o", "/dev/null", name, user="alice", input=b"#!/bin/sh\n")
    try:
        for version in (36, 38, 45):
            for noun in ("jobs", f"job/{job}"):
                jobs = cluster.http("GET", f"/slurm/v0.0.{version}/{noun}").json()["jobs"]
                assert [one["name"] for one in jobs if str(one["job_id"]) == job] == ["a\ufffd\n  ]\n}"]
    finally:
        cluster.slurm("scancel", job)


def test_every_documented_get_is_asked() -> None:
    for version, path in list_documented_gets("22.05"):
        if path.startswith("/slurm/"):
            assert any(ask.since <= version and matches(path, f"/slurm/{{version}}{ask.target}") for ask in ASKS), path


def test_no_row_outlives_its_reason() -> None:
    if set(VERSIONS) - ASKED:
        pytest.skip("the table is judged after all versions were asked in this process")
    assert [row for rows in EARLY_SLURMCTLD for row in rows if row not in USED] == []
