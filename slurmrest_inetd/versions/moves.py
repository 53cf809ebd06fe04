"""Members that stand elsewhere, or have another name, in the next version: rows for both directions.

Law: data. What a member is, the schemas say; only where it stands is told here. Read by documents.py.
"""

from typing import Any, NamedTuple


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


class Carry(NamedTuple):
    """``member`` of the object at ``place`` of a document that v0.0.``older`` and before have, and again v0.0.``newer``
    and later: versions between lack it, so it goes around them. ``words``: the older's, the newer's.
    """

    path: str
    place: str
    member: str
    older: int
    newer: int
    words: tuple[tuple[str, str], ...] = ()


PARTITION_FLAGS = (
    ("default", "DEFAULT"),
    ("hidden", "HIDDEN"),
    ("no_root", "NO_ROOT"),
    ("root_only", "ROOT_ONLY"),
    ("reservation_required", "REQ_RESV"),
    ("least_loaded_nodes", "LLN"),
)
# fmt: off
#         path                               place            member          older newer words
CARRIES: tuple[Carry, ...] = (
    Carry("/slurm/{version}/diag",          "/statistics",   "bf_cycle_max", 38, 41),
    Carry("/slurm/{version}/partitions",    "/partitions[]", "flags",        38, 45, PARTITION_FLAGS),
)
# fmt: on


def list_carries(path: str, source: int, target: int) -> list[Carry]:
    """The rows for a document that is made of one on the other side of the versions that lack a member."""
    low, high = sorted((source, target))
    return [row for row in CARRIES if row.path == path and low <= row.older and high >= row.newer]


def carry_member(row: Carry, payload: dict[str, Any], made: dict[str, Any], *, down: bool) -> None:
    """Put the row's member of ``payload`` into ``made``, which has as many entries in its lists."""
    known = {pair[down]: pair[not down] for pair in row.words}
    for was, become in zip(find_objects(payload, row.place), find_objects(made, row.place), strict=True):
        if row.member in was:
            value = was[row.member]
            become[row.member] = [known[word] for word in value if word in known] if row.words else value


def find_objects(payload: dict[str, Any], place: str) -> list[dict[str, Any]]:
    """The object at a place of a payload, or a list's objects."""
    found = payload.get(place.removeprefix("/").removesuffix("[]"))
    return found if isinstance(found, list) else [found] if isinstance(found, dict) else []
