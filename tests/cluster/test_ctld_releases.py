"""Writes of nodes, reservations, partitions in every version of the API on every release: the same reply, the same change.

Law: what is right was found out against slurmrestd (test_ctld_writes.py), on 24.11 and in the version that it speaks; here every
other version and release does the same, or refuses by its property what its scontrol has not. The newest version does all writes,
the others a third each.
"""

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from clusters import Cluster
from conftest import get_cluster
from ctld_writes import WRITES, Write
from openapi_service import Service
from replies import parse_reply
from test_ctld_writes import MOVING, clear, matches, name_kind

from slurmrest_inetd.endpoints import ENDPOINTS
from slurmrest_inetd.fields.scontrol_terms import LATER_TERMS
from slurmrest_inetd.slurm.data_parsers import NEWEST_WITHOUT

REFERENCE = "24.11"
NEWEST = {"22.05": NEWEST_WITHOUT, "24.11": 42, "26.05": 45}
VERSIONS = (45, 44, 43, 42, 41, 40)
READ = 42
# "Invalid user id", of who may not and of who is unknown: which of both, slurmctld does not say
UNKNOWN_USER = 2010
SCONTROL_LACKS = "scontrol of this release"
# fmt: off
#   release  path of what changed                  why it is told otherwise there
UNTOLD: tuple[tuple[str, str, str], ...] = (
    ("22.05", r"\w+\.purge_completed\..*",           "told of what may be purged alone"),
    ("22.05", r"\w+\.watts\..*",                     "never set; 24.11 tells nothing of it"),
    ("22.05", r"\w+\.core_specializations",          "its scontrol does not name the cores"),
    ("22.05", r"\w+\.(defaults|maximums)\..*(memory|oversubscribe|shares|cpus_per_socket).*", "v0.0.38 has no place for it"),
    ("22.05", r"\w+\.cpus\.task_binding",            "v0.0.38 has no place for it"),
    ("22.05", r"v\..*",                              "a partition whose nodes are unknown is made there all the same, and the reply says that it may have been"),
    ("26.05", r"\w+\.(core_specializations|node_count|node_list|tres|core_count)", "which nodes it takes for a number of CPUs"),
)
# what is not done on a release, and why
#   release  method    target
SKIPPED = (
    ("22.05", "DELETE", "node/n9"),   # it deletes nodes of slurm.conf too
)
# fmt: on


class Outcome(NamedTuple):
    """What a write led to: its status, the first error's number and place, what changed (path -> value after)."""

    status: int
    problem: tuple[int, str]
    later: bool
    changes: dict[str, Any]


def list_writes(version: int) -> Iterator[Write]:
    """The writes that the version has: rows say since when slurmrestd does them, the endpoint table since when they are."""
    for index, write in enumerate(WRITES):
        root, _, target = write.target.rpartition(":")
        (row,) = (
            row
            for row in ENDPOINTS
            if row.path.split("/")[1] == (root or "slurm")
            and row.method == write.method
            and matches(row.path.split("/")[3:], target)
        )
        since = write.since if "topology_str" in (write.body or {}) else row.since
        if since <= version and write.until == VERSIONS[0] and (version == VERSIONS[0] or index % 3 == version % 3):
            yield write


class Runner:
    """Does writes in a cluster, through one service."""

    def __init__(self, cluster: Cluster, service: Service) -> None:
        self.cluster = cluster
        self.service = service
        clear(cluster)

    def ask(self, method: str, target: str, user: str, body: Any = None) -> tuple[int, Any]:
        reply = parse_reply(self.service.ask(self.cluster.request(method, target, user=user, body=body)), method)
        return reply.status, reply.json()

    def show(self, write: Write) -> dict[str, dict[str, Any]]:
        """The list that the write changes, by name, without what moves by itself."""
        noun = next((kind for kind in ("reservation", "partition") if kind in write.target), "node")
        if write.target.startswith("util"):
            return {}
        status, document = self.ask("GET", f"/slurm/v0.0.{READ}/{noun}s", "slurm")
        assert status == 200, document
        entries: list[dict[str, Any]] = document[f"{noun}s"]
        for entry in entries:
            for name in MOVING:
                entry.pop(name, None)
            if noun == "nodes":
                entry["state"] = [state for state in entry["state"] if state != "NOT_RESPONDING"]
        return {entry["name"]: entry for entry in entries}

    def do(self, write: Write, version: int) -> Outcome:
        for terms in write.before:
            self.cluster.slurm("scontrol", *terms.split())
        before = self.show(write)
        root, _, target = write.target.rpartition(":")
        status, document = self.ask(write.method, f"/{root or 'slurm'}/v0.0.{version}/{target}", write.user, write.body)
        after = self.show(write)
        was, made = dict(list_leaves(before)), dict(list_leaves(after))
        changes = {path: made.get(path) for path in {*was, *made} if was.get(path) != made.get(path)}
        if changes or write.before or status == 200:
            clear(self.cluster, name_kind(write))
        first = (document["errors"] or [{}])[0]
        later = SCONTROL_LACKS in first.get("description", "")
        return Outcome(status, (first.get("error_number", 0), first.get("source", "")), later, changes)


def list_leaves(node: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Path -> value; a list is one value."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield from list_leaves(value, f"{path}.{key}" if path else key)
    else:
        yield path, sorted(node, key=json.dumps) if isinstance(node, list) else node


@pytest.fixture(scope="module")
def reference() -> Iterator[dict[str, Outcome]]:
    """What each write leads to where it is known to be right."""
    cluster = get_cluster(REFERENCE)
    with Service(cluster) as service:
        runner = Runner(cluster, service)
        yield {json.dumps(write): runner.do(write, VERSIONS[0]) for write in list_writes(VERSIONS[0])}
    clear(cluster)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_write_does_the_same(any_cluster: Cluster, reference: dict[str, Outcome], version: int) -> None:
    found = []
    with Service(any_cluster) as service:
        runner = Runner(any_cluster, service)
        for write in list_writes(version):
            if (any_cluster.release, write.method, write.target) in SKIPPED:
                continue
            known, outcome = reference[json.dumps(write)], runner.do(write, version)
            if known.later or outcome.later:
                told = outcome.status == 422 and not outcome.changes if outcome.later else outcome.status == write.ours
                differences = [] if told else [f"{outcome}"]
            else:
                differences = compare(known._replace(status=write.ours), outcome, any_cluster.release)
            what = f"{write.method} {write.target} {json.dumps(write.body)[:200]} {write.user}"
            found += [f"{what}: {line}" for line in differences]
    assert not found, "\n".join(found)


def compare(known: Outcome, outcome: Outcome, release: str) -> list[str]:
    """What differs from what is known to be right."""
    if known.status != outcome.status and outcome.problem[0] != UNKNOWN_USER:
        return [f"status: {outcome!r:.900}"]
    untold = [path for where, path, _ in UNTOLD if where == release]
    return [
        f"{path}: {known.changes.get(path)!r} on {REFERENCE}, {outcome.changes.get(path)!r}"
        for path in sorted({*known.changes, *outcome.changes})
        if known.changes.get(path) != outcome.changes.get(path) and not any(re.fullmatch(row, path) for row in untold)
    ]


# fmt: off
VALUES = {
    "resumeafter": "900", "topology": "default", "comment": "c", "trespernode": "cpu=1", "maxcpuspersocket": "2", "powerdownonidle": "yes",
}
# fmt: on
TRIALS = {
    "node": "scontrol update nodename=n9 state=down reason=w {}",
    "reservation": "scontrol create reservation reservationname=w users=alice nodes=n9 starttime=uts2000000000 duration=60 {}",
    "partition": "scontrol update partitionname=w {}",
}
LACKING = ("not supported", "Unknown parameter", "Error parsing flags", "Invalid input")


def test_what_a_scontrol_lacks_is_in_the_table(any_cluster: Cluster) -> None:
    """Each release's own scontrol: it knows the term, or says that it does not."""
    clear(any_cluster)
    any_cluster.slurm("scontrol", "create", "partitionname=w", "nodes=n9")
    told = {}
    for row in LATER_TERMS:
        term = row.term if "=" in row.term else f"{row.term}={VALUES[row.term]}"
        done = any_cluster.run(TRIALS[row.noun].format(term).split(), user="root")
        told[row.noun, row.term] = any(word in (done.stdout + done.stderr).decode() for word in LACKING)
        clear(any_cluster, "reservation")
    clear(any_cluster)
    newest = NEWEST[any_cluster.release]
    assert told == {(row.noun, row.term): newest < row.since for row in LATER_TERMS}
