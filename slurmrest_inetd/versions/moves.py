"""Members that stand elsewhere, or have another name, in the next version: rows for both directions.

Law: data. What a member is, the schemas say; only where it stands is told here. Read by documents.py.
"""

from typing import NamedTuple


class Move(NamedTuple):
    """``before`` in v0.0.``older`` is ``after`` in v0.0.``newer``: places below the object at ``path`` of a payload."""

    older: int
    newer: int
    root: str
    path: str
    before: str
    after: str


# fmt: off
#        older newer root       path                            before                          after
MOVES: tuple[Move, ...] = (
    Move(36, 37, "slurm",   "/partitions[]",                "min_nodes_per_job",            "min nodes per job"),
    Move(36, 37, "slurmdb", "/jobs[]/state",                "previous",                     "reason"),
    Move(36, 37, "slurmdb", "/QOS[]/limits/max/jobs",       "per",                          "active_jobs/per"),

    Move(38, 40, "slurm",   "/pings[]",                     "ping",                         "pinged"),
    Move(38, 40, "slurm",   "/nodes[]",                     "free_memory",                  "free_mem"),
    Move(38, 40, "slurm",   "/nodes[]",                     "idle_cpus",                    "alloc_idle_cpus"),
    Move(38, 40, "slurm",   "/nodes[]",                     "slurmd_version",               "version"),
    Move(38, 40, "slurm",   "/partitions[]",                "allowed_accounts",             "accounts/allowed"),
    Move(38, 40, "slurm",   "/partitions[]",                "denied_accounts",              "accounts/deny"),
    Move(38, 40, "slurm",   "/partitions[]",                "allowed_allocation_nodes",     "nodes/allowed_allocation"),
    Move(38, 40, "slurm",   "/partitions[]",                "nodes",                        "nodes/configured"),
    Move(38, 40, "slurm",   "/partitions[]",                "total_nodes",                  "nodes/total"),
    Move(38, 40, "slurm",   "/partitions[]",                "allowed_groups",               "groups/allowed"),
    Move(38, 40, "slurm",   "/partitions[]",                "allowed_qos",                  "qos/allowed"),
    Move(38, 40, "slurm",   "/partitions[]",                "denied_qos",                   "qos/deny"),
    Move(38, 40, "slurm",   "/partitions[]",                "qos",                          "qos/assigned"),
    Move(38, 40, "slurm",   "/partitions[]",                "alternative",                  "alternate"),
    Move(38, 40, "slurm",   "/partitions[]",                "billing_weights",              "tres/billing_weights"),
    Move(38, 40, "slurm",   "/partitions[]",                "tres",                         "tres/configured"),
    Move(38, 40, "slurm",   "/partitions[]",                "total_cpus",                   "cpus/total"),
    Move(38, 40, "slurm",   "/partitions[]",                "default_memory_per_cpu",       "defaults/partition_memory_per_cpu"),
    Move(38, 40, "slurm",   "/partitions[]",                "default_memory_per_node",      "defaults/partition_memory_per_node"),
    Move(38, 40, "slurm",   "/partitions[]",                "default_time_limit",           "defaults/time"),
    Move(38, 40, "slurm",   "/partitions[]",                "preemption_grace_time",        "grace_time"),
    Move(38, 40, "slurm",   "/partitions[]",                "maximum_cpus_per_node",        "maximums/cpus_per_node"),
    Move(38, 40, "slurm",   "/partitions[]",                "maximum_memory_per_cpu",       "maximums/partition_memory_per_cpu"),
    Move(38, 40, "slurm",   "/partitions[]",                "maximum_memory_per_node",      "maximums/partition_memory_per_node"),
    Move(38, 40, "slurm",   "/partitions[]",                "maximum_nodes_per_job",        "maximums/nodes"),
    Move(38, 40, "slurm",   "/partitions[]",                "max_time_limit",               "maximums/time"),
    Move(38, 40, "slurm",   "/partitions[]",                "over_time_limit",              "maximums/over_time_limit"),
    Move(38, 40, "slurm",   "/partitions[]",                "min nodes per job",            "minimums/nodes"),
    Move(38, 40, "slurm",   "/partitions[]",                "priority_job_factor",          "priority/job_factor"),
    Move(38, 40, "slurm",   "/partitions[]",                "priority_tier",                "priority/tier"),
    Move(38, 40, "slurm",   "/partitions[]",                "state",                        "partition/state"),
    Move(38, 40, "slurmdb", "",                             "QOS",                          "qos"),
)
# fmt: on


def list_moves(source: int, target: int, root: str) -> dict[str, tuple[tuple[str, str, str], ...]]:
    """Path of an object -> (from, to, the name by which other rows know it) of each of its members that moves."""
    found: dict[str, tuple[tuple[str, str, str], ...]] = {}
    for row in MOVES:
        if row.root == root and {row.older, row.newer} == {source, target}:
            places = (row.before, row.after) if source == row.older else (row.after, row.before)
            found[row.path] = (*found.get(row.path, ()), (*places, row.after))
    return found
