"""Writes of nodes, reservations, partitions on real clusters: each once through slurmrestd and once through us, from the same state.

Law: only n2 and n9 are touched (no job is there), and what is called w, v, u or z; each test leaves things as it found them.
"""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from clusters import Cluster
from compare import compare_documents
from ctld_writes import WRITES, Write
from replies import Reply

# each write in the newest version, the nodes' also in the oldest one
PAIRS = [("24.11", 40), ("24.11", 42), ("26.05", 43), ("26.05", 45)]
KINDS = ("node", "reservation", "partition", "util")
# what moves by itself
MOVING = ("cpu_load", "free_mem", "last_busy", "reason_changed_at", "boot_time", "slurmd_start_time", "resume_after")
OURS = ("w", "v", "u", "z")
# slurmrestd shows its number for "unset" as a time, and knows accounting's ids
DIFFERENT_REPLY = ("start_time", "end_time", "tres")
WAIT_SECONDS = 60


@pytest.fixture
def tidy(cluster: Cluster) -> Iterator[None]:
    """The nodes, reservations and partitions as they were, before and after."""
    clear(cluster)
    yield
    clear(cluster)


def list_restore(name: str, address: str, features: str) -> tuple[str, ...]:
    """The commands that put a node back."""
    update = f"scontrol update nodename={name}"
    return (
        f"{update} activefeatures={features}",
        f"{update} comment= extra= nodeaddr={address} nodehostname={name} availablefeatures={features}",
        f"{update} activefeatures={features}",
    )


RESTORE: dict[str, tuple[str, ...]] = {
    "node": (
        "scontrol delete nodename=z1",
        "scontrol delete nodename=z2",
        *list_restore("n2", "127.0.0.1", "intel,fast"),
        *list_restore("n9", "127.0.0.9", "amd"),
        "scontrol update nodename=n9 state=resume",
        "scontrol update nodename=n9 state=down reason='no such machine' weight=10 cpubind=off",
    ),
    "reservation": tuple(f"scontrol delete reservationname={name}" for name in OURS),
    "partition": tuple(f"scontrol delete partitionname={name}" for name in OURS),
}


def scontrol(cluster: Cluster, *words: str) -> str:
    return cluster.run(["scontrol", *words], user="root").stdout.decode()


def show(cluster: Cluster, noun: str) -> list[dict[str, Any]]:
    """The document's list, without what moves by itself."""
    entries: list[dict[str, Any]] = json.loads(cluster.slurm("scontrol", "--json", "-a", "-F", "show", noun))[noun]
    for entry in entries:
        for name in MOVING:
            entry.pop(name, None)
        if noun == "nodes":
            entry["state"] = [state for state in entry["state"] if state != "NOT_RESPONDING"]
    return entries


def clear(cluster: Cluster, *kinds: str) -> None:
    """Take away what a test made of these kinds (else of all), and put back what it changed."""
    lines = [line for kind in kinds or KINDS for line in RESTORE.get(kind, ())]
    cluster.run(["sh", "-c", "\n".join(lines)], user="root")


def list_state(cluster: Cluster, write: Write) -> list[dict[str, Any]]:
    """What the write may have changed."""
    noun = next((kind for kind in ("reservation", "partition") if kind in write.target), "node")
    return [] if write.target.startswith("util") else show(cluster, f"{noun}s")


def name_kind(write: Write) -> str:
    return next((kind for kind in KINDS if kind in write.target), "node")


def do_write(cluster: Cluster, write: Write, version: int, ask: Any) -> tuple[Reply, list[dict[str, Any]]]:
    """The reply, and the state that came of it."""
    for terms in write.before:
        cluster.slurm("scontrol", *terms.split())
    root, _, target = write.target.rpartition(":")
    reply = ask(write.method, f"/{root or 'slurm'}/v0.0.{version}/{target}", user=write.user, body=write.body)
    state = list_state(cluster, write)
    clear(cluster, name_kind(write))
    return reply, state


def list_numbers(reply: Reply) -> list[int]:
    """The errors' numbers, without slurmrestd's second word on each (9000, 2180 behind a flag) and ours on what was not tried."""
    return [problem["error_number"] for problem in reply.json()["errors"]][:1]


def compare_replies(write: Write, peer: Reply, ours: Reply) -> Iterator[str]:
    """What differs and is not said in the row."""
    expected = write.peer or (write.ours,)
    if peer.status not in expected or ours.status != write.ours:
        yield f"status {peer.status} and {ours.status}: {peer.body[:300]!r}, {ours.body[:600]!r}"
        return
    if peer.status == 200 != ours.status:
        return
    if list_numbers(peer) != list_numbers(ours) and not (write.elsewhere or -1 in list_numbers(peer)):
        yield f"errors {peer.json()['errors']}, ours {ours.json()['errors']}"
    if ours.status == 200:
        one, other = (
            {k: v for k, v in reply.json().items() if k not in ("meta", "warnings")} for reply in (peer, ours)
        )
        yield from (
            str(leaf) for leaf in compare_documents(one, other) if not any(w in leaf.path for w in DIFFERENT_REPLY)
        )


@pytest.mark.usefixtures("tidy")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("cluster", "version"), PAIRS, indirect=["cluster"])
def test_a_write_does_what_slurmrestd_does(cluster: Cluster, version: int, kind: str) -> None:
    writes = [write for write in WRITES if write.since <= version <= write.until and name_kind(write) == kind]
    if version in (40, 43):
        # the newest has them all: here one of a sort
        writes = writes[::3]
    found = []
    for write in writes:
        untouched = list_state(cluster, write) if write.ours == 403 and not write.before else None
        peer, of_peer = do_write(cluster, write, version, cluster.http_peer)
        ours, of_ours = do_write(cluster, write, version, cluster.http)
        differences = [*compare_replies(write, peer, ours)]
        if not write.elsewhere:
            differences += [str(leaf) for leaf in compare_documents(of_peer, of_ours)]
        elif of_peer == of_ours:
            differences.append("the state that came of it is the same: the row says it is not")
        if untouched is not None:
            differences += [f"not allowed, but {leaf}" for leaf in compare_documents(untouched, of_ours)]
        found += [
            f"{write.method} {write.target} {json.dumps(write.body)[:200]} {write.user}: {d}" for d in differences
        ]
    assert not found, "\n".join(found)


@pytest.mark.usefixtures("tidy")
@pytest.mark.parametrize("cluster", ["26.05"], indirect=True)
def test_a_list_that_fails_half_way_says_what_became_of_each(cluster: Cluster) -> None:
    partitions = [
        {"name": "w"},
        {"name": "v", "nodes": {"configured": "n9"}},
        {"name": "u", "qos": {"assigned": "no"}},
        {"name": "z"},
    ]
    reply = cluster.http("POST", "/slurm/v0.0.45/partitions/", user="slurm", body={"partitions": partitions})
    assert reply.status == 422
    document = reply.json()
    assert [notice["source"] for notice in document["warnings"]] == ["#/partitions[0]/", "#/partitions[1]/"]
    assert [problem["source"] for problem in document["errors"]] == ["#/partitions[2]/", "#/partitions[3]/"]
    assert {entry["name"] for entry in show(cluster, "partitions")} & {"w", "v", "u", "z"} == {"w", "v"}


@pytest.mark.usefixtures("tidy")
@pytest.mark.parametrize(("cluster", "version"), [("24.11", 42), ("26.05", 45)], indirect=["cluster"])
def test_reconfigure_is_done_by_get_and_not_by_head(cluster: Cluster, version: int) -> None:
    path = f"/slurm/v0.0.{version}/reconfigure"

    def get_weight() -> int:
        return next(int(entry["weight"]) for entry in show(cluster, "nodes") if entry["name"] == "n9")

    cluster.slurm("scontrol", "update", "nodename=n9", "weight=77")
    head = cluster.http("HEAD", path, user="slurm")
    assert (head.status, head.get("allow")) == (405, "GET")
    assert get_weight() == 77
    assert cluster.http("GET", path, user="slurm").status == 200
    end = time.monotonic() + WAIT_SECONDS
    while "UP" not in scontrol(cluster, "ping") or get_weight() == 77:
        assert time.monotonic() < end
        time.sleep(0.5)
    assert get_weight() == 10  # slurm.conf's


def test_every_write_of_the_api_is_here() -> None:
    """Each operation that writes the controller's state, jobs apart, is a case, as SlurmUser and as alice."""
    from slurmrest_inetd.endpoints import ENDPOINTS

    rooms = ("node_", "reservation_", "partition_")
    rows = [row for row in ENDPOINTS if any(f"slurmctld.{room}" in row.plugin for room in rooms)]
    assert rows
    for row in rows:
        words = row.path.split("/")[3:]
        cases = [write for write in WRITES if write.method == row.method and matches(words, write.target)]
        assert {write.user for write in cases} >= {"carol", "slurm"} or row.operation == "post_reservations", row


def matches(words: list[str], target: str) -> bool:
    given = target.rstrip("/").split("/")
    return len(words) == len(given) and all(
        word[0] == "{" or word == one for word, one in zip(words, given, strict=True)
    )
