"""The controller's reads beside the real slurmrestd, deeper than the peer test goes: every flag and several of them, every form of a
job's id, hidden partitions, names in another letter case; and what each of these commands must never be talked into.

Law: identical requests to both; clocks are left out, and what docs/facts/reads-slurmctld.md names as different is a row here.
"""

import itertools
import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from clusters import Cluster
from compare import Finding, compare_documents
from rich_state import RichState

SPOKEN = {"24.11": (40, 42), "26.05": (42, 45)}
# between the two answers a second may go by, and the scheduler may look at a job
TRIES = 4
MOVING = (
    r".*(last_update|last_backfill)\.number",
    r"jobs\.\d+\.(start_time|end_time|last_sched_evaluation|preemptable_time|suspend_time|pre_sus_time)\.number",
    r"nodes\.\d+\.(cpu_load|free_mem\.number|last_busy\.number)",
)
# 24.11's slurmrestd looks a single node's partitions up by its place in the reply: mostly none
KNOWN_BUGS = {"24.11": (r"node/.*", r"nodes\.0\.partitions")}
FLAGS = ("ALL", "DETAIL", "MIXED", "LOCAL", "SIBLING", "FEDERATION", "FUTURE")


class Hidden(NamedTuple):
    """A hidden partition, and bob's job in it."""

    partition: str
    job: str


@pytest.fixture(scope="module")
def hidden(cluster: Cluster, rich_state: RichState) -> Iterator[Hidden]:
    name = "backroom"
    cluster.slurm("scontrol", "create", f"partitionname={name}", "hidden=yes", "nodes=n1", "maxtime=60")
    words = ("--parsable", "--hold", "-o", "/dev/null", "-D", "/tmp", "-p", name, "-t", "1", "--wrap=true")
    job = cluster.slurm("sbatch", *words, user="bob").partition(";")[0]
    yield Hidden(name, job)
    cluster.slurm("scancel", job)
    # a job that is cancelled before it began is gone at once from the partition
    cluster.run(["scontrol", "delete", f"partitionname={name}"], user="root")


def list_findings(cluster: Cluster, target: str, user: str) -> list[Finding | tuple[int, int]]:
    """What differs, after as many tries as it takes for the clocks to agree."""
    found: list[Finding | tuple[int, int]] = []
    noun = target.split("/", 3)[3]
    path, leaf = KNOWN_BUGS.get(cluster.release, ("", ""))
    moving = (*MOVING, leaf) if path and re.fullmatch(path, noun) else MOVING
    for _ in range(TRIES):
        peer, ours = cluster.http_peer("GET", target, user=user), cluster.http("GET", target, user=user)
        found = [(peer.status, ours.status)] if peer.status != ours.status else []
        documents = compare_documents(strip(peer.body), strip(ours.body))
        found += [one for one in documents if not any(re.fullmatch(clock, one.path) for clock in moving)]
        if not found:
            break
    return found


def strip(body: bytes) -> Any:
    document = json.loads(body)
    document.pop("meta", None)
    document["errors"] = [error["error_number"] for error in document["errors"]]
    document["warnings"] = [warning["description"] for warning in document["warnings"]]
    return document


@pytest.mark.parametrize(
    "noun", ["nodes", "node/n1", "node/n3", "partitions", "partition/debug", "jobs", "job/{running}"]
)
def test_flags(cluster: Cluster, rich_state: RichState, hidden: Hidden, noun: str) -> None:
    chosen = [
        (),
        *((flag,) for flag in FLAGS),
        *itertools.combinations(FLAGS[:3], 2),
        FLAGS[:3],
        (*FLAGS[:3], "FUTURE"),
    ]
    found = {}
    for version, flags in itertools.product(SPOKEN[cluster.release], chosen):
        query = "&".join(f"flags={flag}" for flag in flags)
        target = f"/slurm/v0.0.{version}/{noun.format(**rich_state.names)}?{query}"
        found[target] = list_findings(cluster, target, "alice")
    assert {target: one for target, one in found.items() if one} == {}


@pytest.mark.parametrize("user", ["alice", "root"])
def test_what_is_hidden(cluster: Cluster, hidden: Hidden, user: str) -> None:
    version = SPOKEN[cluster.release][-1]
    paths = (
        "jobs",
        "jobs?flags=DETAIL",
        "nodes",
        "partitions",
        "partitions?flags=ALL",
        f"partition/{hidden.partition}",
    )
    paths += (f"job/{hidden.job}", f"jobs/state?job_id={hidden.job}", "jobs/state")
    found = {path: list_findings(cluster, f"/slurm/v0.0.{version}/{path}", user) for path in paths}
    assert {path: one for path, one in found.items() if one} == {}


FORMS = """
{running} {pending} {array} {array}_1 {array}_99 {sparse} {sparse}_4 {ended} {het} {het}%2B0 {het}%2B1 {hethold}%2B1 {het}%2B60
{running}.0 {running}.batch {array}_1.0 {het}%2B1.0 {finished} {failed} {suspended} 99999 4000000000
"""


def test_forms_of_a_jobs_id(cluster: Cluster, rich_state: RichState) -> None:
    found = {}
    for version, form in itertools.product(SPOKEN[cluster.release], FORMS.format(**rich_state.names).split()):
        for noun in list_nouns(version, form):
            target = f"/slurm/v0.0.{version}/{noun.format(form)}"
            found[target] = [one for one in list_findings(cluster, target, "alice") if not is_known(target, one)]
    assert {target: one for target, one in found.items() if one} == {}


def list_nouns(version: int, form: str) -> Iterator[str]:
    """Where both take this form of an id for the same."""
    yield "job/{}"
    # slurmrestd lists nothing for an id that no job can have; we refuse it
    if form != "4000000000":
        yield "jobs/state?job_id={}"
    # slurmrestd goes by the first number alone
    if version >= 44 and "_" not in form and "%2B" not in form:
        yield "resources/{}"


def is_known(target: str, one: Finding | tuple[int, int]) -> bool:
    """A warning that slurmrestd leaves out; a refusal of Slurm's with its own status, of which slurmrestd says 422; another user's
    job that does not run: slurmctld says 2010 to slurmrestd and nothing to scontrol, squeue says that it does not run (2085).
    """
    if isinstance(one, Finding):
        if "/resources/" in target and (one.path, one.peer, one.ours) == ("errors.0", 2010, 2085):
            return True
        return "jobs/state" in target and one.path.startswith("warnings")
    return "/resources/" in target and one in ((422, 409), (422, 403))


# fmt: off
#   path                            slurmrestd             we
DIFFERENT = (
    ("job/{running}%2B1",           {200, 404},            404),   # slurmrestd adds the numbers and shows another job
    ("job/0x{running}",             {200, 404, 422},       422),   # hexadecimal
    ("job/%20{running}",            {200},                 422),
    ("job/abc",                     {422},                 422),
    ("job/{running}?flags=NOSUCH",  {500},                 422),
    ("nodes?flags=NOSUCH",          {500},                 422),
    ("nodes?flags=",                {500, 422},            422),
    ("jobs/state?job_id={running}%2C{pending}", {422},     200),   # a list, as the parameter's own description has it
    ("jobs/state?job_id={het}%2B60", {200},                200),
    ("node/n%5B1-2%5D",             {200},                 404),
    ("node/n1%20",                  {200},                 404),
    ("node/-a",                     {200},                 404),
    ("partition/--all",             {200, 422},            404),
    ("reservation/--all",           {200, 422},            404),
    ("partition/nosuch",            {200, 422},            404),
    ("nodes?update_time={future}",  {304, 500},            304),   # 24.11 takes no plain number before v0.0.42
    ("jobs?update_time={future}",   {200, 422},            304),   # slurmrestd says that there are no jobs
    ("shares?users=-x",             {200},                 422),
)
# fmt: on


@pytest.mark.parametrize(("path", "peers", "ours"), DIFFERENT)
def test_where_we_answer_otherwise(
    cluster: Cluster, rich_state: RichState, path: str, peers: set[int], ours: int
) -> None:
    for version in SPOKEN[cluster.release]:
        target = f"/slurm/v0.0.{version}/{path.format(**rich_state.names)}"
        assert cluster.http_peer("GET", target).status in peers, target
        assert cluster.http("GET", target).status == ours, target


@pytest.mark.parametrize(("path", "name"), [("partition/DEBUG", "debug"), ("reservation/TOMORROW", "tomorrow")])
def test_letter_case(cluster: Cluster, rich_state: RichState, path: str, name: str) -> None:
    version = SPOKEN[cluster.release][-1]
    assert list_findings(cluster, f"/slurm/v0.0.{version}/{path}", "alice") == []
    document = json.loads(cluster.http("GET", f"/slurm/v0.0.{version}/{path}").body)
    assert [entry["name"] for entry in document[f"{path.partition('/')[0]}s"]] == [name]


@pytest.mark.parametrize("cluster", ["26.05"], indirect=True)
def test_the_resources_of_a_task(cluster: Cluster, rich_state: RichState) -> None:
    """slurmrestd shows those of the array's last record whatever the task. No release before has v0.0.44."""
    array = rich_state.names["array"]
    task = cluster.slurm("squeue", "-h", "-t", "running", "-j", array, "-o", "%A %K").split()[:2]
    by_task, by_record = (
        cluster.http("GET", f"/slurm/v0.0.45/resources/{form}") for form in (f"{array}_{task[1]}", task[0])
    )
    assert (by_task.status, by_record.status) == (200, 200)
    assert json.loads(by_task.body)["nodes"] == json.loads(by_record.body)["nodes"] != []
    assert cluster.http("GET", f"/slurm/v0.0.45/resources/{array}_99").status in (404, 409)


def test_shares_are_chosen(cluster: Cluster, rich_state: RichState) -> None:
    """slurmrestd reads ``accounts`` and ``users`` and lists everybody."""
    target = f"/slurm/v0.0.{SPOKEN[cluster.release][-1]}/shares"
    document = json.loads(cluster.http("GET", f"{target}?accounts=phys&users=alice").body)
    assert [(entry["name"], entry["parent"]) for entry in document["shares"]["shares"]] == [
        ("phys", "root"),
        ("alice", "phys"),
    ]
    assert json.loads(cluster.http("GET", f"{target}?accounts=nosuch").body)["shares"]["shares"] == []
