"""The resources of a job on every release: what 26.05's scontrol lays out, and what is made of the job's record elsewhere.

Law: on 26.05 both are there and must be the same; on 22.05 and 24.11 the judge is `scontrol -d show job`, which prints the CPUs, the
memory and the gres of each node.
"""

import re
from typing import Any

import pytest
from clusters import Cluster
from fitting import list_misfits
from rich_state import RichState

from slurmrest_inetd.state.resource_layout import build_layout

PATH = "/slurm/{version}/resources/{job_id}"
# the rich state's jobs that run
RUNNING = ("running", "wide", "licensed", "het")
WITHOUT = {"suspended": 409, "pending": 409, "finished": 409}
# Of a node of the lab's: what a core is in CPUs.
THREADS_PER_CORE = 2
GIVEN = re.compile(
    r"^\s+Nodes=(?P<node>\S+) CPU_IDs=(?P<cpus>\S+) Mem=(?P<memory>\d+) GRES=(?P<gres>\S*)\s*$", re.MULTILINE
)


@pytest.mark.parametrize("version", [44, 45])
def test_each_running_job_has_its_layout(any_cluster: Cluster, any_rich_state: RichState, version: int) -> None:
    for name in RUNNING:
        number = any_rich_state.jobs[name]
        nodes = ask(any_cluster, str(number), version)
        assert not list_misfits(PATH, version, {"nodes": nodes})
        assert [tell_given(node) for node in nodes] == read_given(any_cluster, number), name


def test_it_is_made_as_scontrol_prints_it(any_cluster: Cluster, any_rich_state: RichState) -> None:
    if any_cluster.release != "26.05":
        return
    for name in RUNNING:
        number = any_rich_state.jobs[name]
        jobs = any_cluster.http("GET", f"/slurm/v0.0.45/job/{number}", user="root").json()["jobs"]
        (job,) = [job for job in jobs if job["job_id"] == number]
        assert build_layout(job, {}) == ask(any_cluster, str(number), 45), name


def test_a_job_that_does_not_run_has_none(any_cluster: Cluster, any_rich_state: RichState) -> None:
    for name, status in WITHOUT.items():
        reply = any_cluster.http("GET", f"/slurm/v0.0.45/resources/{any_rich_state.jobs[name]}", user="root")
        assert (reply.status, reply.json()["nodes"]) == (status, []), name
    assert any_cluster.http("GET", "/slurm/v0.0.45/resources/60000000", user="root").status == 404


def test_a_task_and_a_component_have_their_own(any_cluster: Cluster, any_rich_state: RichState) -> None:
    array, het = any_rich_state.jobs["array"], any_rich_state.jobs["het"]
    tasks = [ask(any_cluster, f"{array}_{task}", 45)[0] for task in (1, 2)]
    components = [ask(any_cluster, f"{het}%2B{offset}", 45)[0] for offset in (0, 1)]
    for one, other in (tasks, components):
        assert (one["node"], one["core_bitmap"]) != (other["node"], other["core_bitmap"])
    assert any_cluster.http("GET", f"/slurm/v0.0.45/resources/{array}_3", user="root").status == 409


def ask(cluster: Cluster, job_id: str, version: int) -> list[dict[str, Any]]:
    reply = cluster.http("GET", f"/slurm/v0.0.{version}/resources/{job_id}", user="root")
    assert reply.status == 200, reply.body
    nodes: list[dict[str, Any]] = reply.json()["nodes"]
    return nodes


def tell_given(node: dict[str, Any]) -> tuple[str, set[int], int, list[str]]:
    """A node's layout in scontrol's terms: its name, the CPUs, the memory, the gres."""
    bits = int(node["core_bitmap"], 16)
    cores = [core for core in range(node["sockets_per_node"] * node["cores_per_socket"]) if bits >> core & 1]
    cpus = {core * THREADS_PER_CORE + thread for core in cores for thread in range(THREADS_PER_CORE)}
    return (
        node["node"],
        cpus,
        node["mem_alloc"],
        [f"{one['name']}:{one['count']}(IDX:{one['index']})" for one in node["gres"]],
    )


def read_given(cluster: Cluster, number: int) -> list[tuple[str, set[int], int, list[str]]]:
    """The same of each node, as scontrol has it."""
    text = cluster.slurm("scontrol", "-d", "show", "job", str(number)).partition("\n\n")[0]
    return [
        (name, expand(found["cpus"]), int(found["memory"]), [found["gres"]] if found["gres"] else [])
        for found in GIVEN.finditer(text)
        for name in cluster.slurm("scontrol", "show", "hostnames", found["node"]).split()
    ]


def expand(numbers: str) -> set[int]:
    """``0-1,16`` -> {0, 1, 16}"""
    ranges = [part.partition("-") for part in numbers.split(",")]
    return {number for first, _, last in ranges for number in range(int(first), int(last or first) + 1)}
