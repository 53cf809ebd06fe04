"""Where the schemas of v0.0.36 to v0.0.44 are wrong: what slurmrestd prints.

Law: data, each row seen on a real Slurm 22.05 or 24.11 (tests/cluster/test_versions.py holds them complete). Read by documents.py.

A kind is the JSON type (``a|b`` a text that is one of these, ``[string]`` a list of such, ``{}`` an object whose members are rows of their own, ``#name`` a
component, ``any`` of several, nothing: as the schema has it), ``-`` for what is never printed, ``~`` before it for what is printed now and
then, and after it ``?`` where null stands for "not set" (``?0``: and for 0; ``?inf``: for infinite too), ``=-1`` where
-1 stands for infinite.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

ALL = (36, 37, 38)
OLD = (36, 37)
LATE = (37, 38)
PINGED = (40, 41, 42, 43, 44)


class Printed(NamedTuple):
    """What v0.0.NN's ``members`` at ``path`` (within the payload below ``root``, or ``#component``) truly are."""

    versions: tuple[int, ...]
    root: str
    path: str
    kind: str
    members: str


TIMES = (
    "accrue_time, eligible_time, end_time, preempt_time, pre_sus_time, resize_time, start_time, submit_time, "
    "suspend_time"
)
NUMBERS = (
    "array_job_id, array_max_tasks, association_id, deadline, delay_boot, derived_exit_code, group_id, job_id, "
    "last_sched_evaluation, max_cpus, max_nodes, tasks_per_board, tasks_per_node, node_count, het_job_id, "
    "het_job_offset, minimum_cpus_per_node, minimum_tmp_disk_per_node, priority, restart_cnt, sockets_per_board, "
    "time_minimum, user_id"
)
UNSET_NUMBERS = (
    "array_task_id, cores_per_socket, cpus_per_task, cpu_frequency_maximum, "
    "cpu_frequency_governor, memory_per_cpu, sockets_per_node, threads_per_core, "
    "cpus, tasks"
)
# fmt: off
#           versions  root       path                                           kind                     members
PRINTED: tuple[Printed, ...] = (
    Printed(ALL,     "slurm",   "/statistics",                                 "-",                     "bf_last_depth, bf_last_depth_try"),
    Printed((36,),   "slurm",   "/jobs[]",                                     "integer",               TIMES),
    Printed(ALL,     "slurm",   "/jobs[]",                                     "integer",               NUMBERS),
    Printed(ALL,     "slurm",   "/jobs[]",                                     "integer?",              UNSET_NUMBERS),
    Printed(ALL,     "slurm",   "/jobs[]",                                     "integer?0",             "core_spec, memory_per_node, nice, thread_spec"),
    Printed(ALL,     "slurm",   "/jobs[]",                                     "integer?inf",           "tasks_per_core, tasks_per_socket, time_limit"),
    Printed(ALL,     "slurm",   "/jobs[]",                                     "number?",               "billable_tres"),
    Printed(ALL,     "slurm",   "/jobs[]",                                     "[string]?",             "profile"),
    Printed(ALL,     "slurm",   "/jobs[]",                                     "string?",               "shared"),
    Printed(ALL,     "slurm",   "/jobs[]",                                     "~integer",              "cpu_frequency_minumum"),
    Printed(ALL,     "slurm",   "/jobs[]",                                     "~integer?",             "cpu_frequency_minimum"),
    Printed((38,),   "slurm",   "/jobs[]",                                     "string",                "group_name, prefer"),
    Printed((38,),   "slurm",   "/jobs[]",                                     "~",                     "job_resources"),
    Printed((38,),   "slurm",   "/jobs[]/job_resources",                       "integer",               "allocated_cores"),
    Printed((38,),   "slurm",   "/jobs[]/job_resources",                       "-",                     "allocated_cpus"),
    Printed((38,),   "slurm",   "/jobs[]/job_resources/allocated_nodes[]",     "object",                "sockets"),
    Printed((38,),   "slurm",   "/jobs[]/job_resources/allocated_nodes[]",     "integer",               "cpus_used, memory_used, memory_allocated"),
    Printed((38,),   "slurm",   "/jobs[]/job_resources/allocated_nodes[]",     "-",                     "cpus, memory"),
    Printed(OLD,     "slurm",   "/jobs[]/job_resources",                       "object",                "allocated_nodes"),
    Printed(OLD,     "slurm",   "/jobs[]/job_resources",                       "~",                     "nodes, allocated_cpus, allocated_hosts"),
    Printed(OLD,     "slurm",   "/jobs[]/job_resources",                       "~object",               "allocated_nodes"),
    Printed(ALL,     "slurm",   "/nodes[]",                                    "string?",               "owner, reason_set_by_user"),
    Printed(LATE,    "slurm",   "/nodes[]",                                    "string?",               "tres_used"),
    Printed(LATE,    "slurm",   "/nodes[]",                                    "string",                "comment, extra"),
    Printed(LATE,    "slurm",   "/nodes[]",                                    "integer",               "last_busy"),
    Printed((36,),   "slurm",   "/partitions[]",                               "[string]",              "preemption_mode"),
    Printed(ALL,     "slurm",   "/partitions[]",                               "integer?",              "default_time_limit, over_time_limit"),
    Printed(ALL,     "slurm",   "/partitions[]",                               "integer=-1",            "maximum_cpus_per_node, maximum_nodes_per_job, max_time_limit"),
    Printed((38,),   "slurm",   "/partitions[]",                               "integer?0",             "default_memory_per_cpu, default_memory_per_node, maximum_memory_per_cpu, maximum_memory_per_node"),
    Printed(LATE,    "slurm",   "/partitions[]",                               "integer",               "min nodes per job"),
    Printed(LATE,    "slurm",   "/partitions[]",                               "-",                     "min_nodes_per_job"),
    Printed(LATE,    "slurm",   "/reservations[]",                             "~",                     "purge_completed"),

    Printed(ALL,     "slurmdb", "#tres_list",                                  "string?",               "name"),
    Printed(ALL,     "slurmdb", "#tres_list",                                  "integer?",              "count"),
    Printed(ALL,     "slurmdb", "#association_short_info",                     "string?",               "partition, user"),
    Printed(ALL,     "slurmdb", "#job_exit_code",                              "integer?",              "return_code"),
    Printed(ALL,     "slurmdb", "#job_exit_code",                              "~",                     "signal"),

    Printed(ALL,     "slurmdb", "/clusters[]",                                 "#tres_list",            "tres"),
    Printed(ALL,     "slurmdb", "/clusters[]",                                 "string?",               "nodes, select_plugin"),
    Printed(ALL,     "slurmdb", "/clusters[]/associations",                    "#association_short_info?", "root"),
    Printed(OLD,     "slurmdb", "/users[]",                                    "[#association_short_info]", "associations"),
    Printed(ALL,     "slurmdb", "/users[]/default",                            "string?",               "account"),
    Printed(ALL,     "slurmdb", "/wckeys[]",                                   "[string]",              "accounts"),
    Printed((38,),   "slurmdb", "/wckeys[]",                                   "-",                     "accounting"),
    Printed(ALL,     "slurmdb", "/associations[]",                             "string?",               "parent_account, partition, user"),
    Printed(ALL,     "slurmdb", "/associations[]",                             "integer?inf",           "priority"),
    Printed(ALL,     "slurmdb", "/associations[]",                             "object?",               "usage"),
    Printed((38,),   "slurmdb", "/associations[]",                             "[string]",              "qos"),
    Printed((38,),   "slurmdb", "/associations[]",                             "-",                     "QOS"),
    Printed(LATE,    "slurmdb", "/associations[]",                             "integer",               "is_default"),
    Printed(ALL,     "slurmdb", "/associations[]/default",                     "string?",               "qos"),
    Printed(ALL,     "slurmdb", "/associations[]/min",                         "integer?inf",           "priority_threshold"),
    Printed(ALL,     "slurmdb", "/associations[]/max/per/account",             "integer?inf",           "wall_clock"),
    Printed(LATE,    "slurmdb", "/associations[]/max/jobs",                    "integer?inf",           "accruing, active, total"),
    Printed(ALL,     "slurmdb", "/associations[]/max/jobs/per",                "integer?inf",           "accruing, count, submitted, wall_clock"),
    Printed((38,),   "slurmdb", "/associations[]/max/tres",                    "{}",                    "group"),
    Printed((38,),   "slurmdb", "/associations[]/max/tres/group",              "#tres_list",            "minutes, active"),
    Printed(ALL,     "slurmdb", "#qos",                                        "integer",               "id"),
    Printed(ALL,     "slurmdb", "#qos",                                        "string",                "name"),
    Printed(ALL,     "slurmdb", "/QOS[]",                                      "number?inf",            "usage_threshold"),
    Printed(LATE,    "slurmdb", "/QOS[]/limits",                               "number?inf",            "factor"),
    Printed(ALL,     "slurmdb", "/QOS[]/limits/min",                           "integer?inf",           "priority_threshold"),
    Printed(ALL,     "slurmdb", "/QOS[]/limits/max",                           "{}",                    "active_jobs"),
    Printed(ALL,     "slurmdb", "/QOS[]/limits",                               "integer",               "grace_time"),
    Printed(ALL,     "slurmdb", "/QOS[]/limits/max/tres",                      "#tres_list",            "total"),
    Printed(ALL,     "slurmdb", "/QOS[]/limits/max/tres/minutes/per",          "#tres_list",            "qos"),
    Printed(ALL,     "slurmdb", "/QOS[]/limits/max/active_jobs",               "integer?inf",           "accruing, count"),
    Printed(ALL,     "slurmdb", "/QOS[]/limits/max/wall_clock/per",            "integer?inf",           "qos, job"),
    Printed(ALL,     "slurmdb", "/QOS[]/limits/max/accruing/per",              "integer?inf",           "account, user"),
    Printed(LATE,    "slurmdb", "/QOS[]/limits/max/jobs",                      "{}",                    "per"),
    Printed(LATE,    "slurmdb", "/QOS[]/limits/max/jobs/active_jobs/per",      "integer?inf",           "account, user"),
    Printed(ALL,     "slurmdb", "/QOS[]/limits/max/jobs/per",                  "integer?inf",           "account, user"),
    Printed(ALL,     "slurmdb", "/QOS[]/preempt",                              "integer?inf",           "exempt_time"),
    Printed(ALL,     "slurmdb", "/jobs[]",                                     "integer",               "allocation_nodes"),
    Printed((38,),   "slurmdb", "/jobs[]",                                     "string?",               "container"),
    Printed(ALL,     "slurmdb", "/jobs[]",                                     "string?",               "kill_request_user"),
    Printed(ALL,     "slurmdb", "/jobs[]",                                     "string?",               "qos, user"),
    Printed(ALL,     "slurmdb", "/jobs[]",                                     "#association_short_info?", "association"),
    Printed(ALL,     "slurmdb", "/jobs[]/comment",                             "string?",               "administrator, job, system"),
    Printed(ALL,     "slurmdb", "/jobs[]/array",                               "string?",               "task"),
    Printed(ALL,     "slurmdb", "/jobs[]/array",                               "integer?",              "task_id"),
    Printed(ALL,     "slurmdb", "/jobs[]/het",                                 "integer",               "job_id"),
    Printed(ALL,     "slurmdb", "/jobs[]/het",                                 "integer?",              "job_offset"),
    Printed(ALL,     "slurmdb", "/jobs[]/time",                                "integer?inf",           "limit"),
    Printed(ALL,     "slurmdb", "/jobs[]/time",                                "integer?",              "start"),
    Printed(ALL,     "slurmdb", "/jobs[]/steps[]",                             "string?",               "pid, kill_request_user"),
    Printed((38,),   "slurmdb", "/jobs[]/steps[]",                             "{}",                    "task"),
    Printed((38,),   "slurmdb", "/jobs[]/steps[]/task",                        "string",                "distribution"),
    Printed(ALL,     "slurmdb", "/jobs[]/steps[]/nodes",                       "[string]",              "list"),
    Printed(ALL,     "slurmdb", "/jobs[]/steps[]/step",                        "any",                   "id"),
    Printed(ALL,     "slurmdb", "/jobs[]/steps[]/step/het",                    "integer?",              "component"),
    Printed(ALL,     "slurmdb", "/jobs[]/steps[]/CPU/requested_frequency",     "integer?",              "min, max"),
    Printed(LATE,    "slurmdb", "/statistics/rollups[]",                       "integer",               "total_cycles"),
    Printed(LATE,    "slurmdb", "/statistics/rollups[]",                       "internal|user|unknown", "type"),
    Printed(PINGED,  "slurm",   "/pings[]",                                    "UP|DOWN",               "pinged"),
    Printed((40,),   "slurm",   "/jobs[]/job_resources",                       "[object]",              "allocated_nodes"),
    Printed((40,),   "slurmdb", "/statistics/rollups[]",                       "integer",               "last_run, last_cycle"),
    Printed((40,),   "slurmdb", "/statistics/rollups[]",                       "-",                     "last run, last cycle"),
)
# What is at the top of a payload is printed under a name of its own: by the operation's path.
#   versions  path                                 kind                members
NAMED: tuple[tuple[tuple[int, ...], str, str, str], ...] = (
    (ALL,     "/slurmdb/{version}/clusters",       "[#cluster_info]",  "clusters"),
    (ALL,     "/slurmdb/{version}/clusters",       "-",                "controller, flags, name, nodes, select_plugin, associations, rpc_version, tres"),
    (ALL,     "/slurmdb/{version}/qos",            "[#qos]",           "QOS"),
    (ALL,     "/slurmdb/{version}/qos",            "-",                "qos"),
    (ALL,     "/slurmdb/{version}/tres",           "#tres_list",       "TRES"),
    (ALL,     "/slurmdb/{version}/tres",           "-",                "tres"),
    (ALL,     "/slurmdb/{version}/config",         "[#cluster_info]",  "clusters"),
    (ALL,     "/slurmdb/{version}/config",         "[#qos]",           "QOS"),
    (ALL,     "/slurmdb/{version}/config",         "#tres_list",       "TRES"),
    (ALL,     "/slurmdb/{version}/config",         "-",                "tres, qos"),
    ((36,),   "/slurmdb/{version}/diag",           "object",           "statistics"),
    ((36,),   "/slurmdb/{version}/diag",           "-",                "time_start, rollups, RPCs, users"),
)
# fmt: on


def list_printed(version: int, path: str) -> dict[str, dict[str, dict[str, Any] | None]]:
    """What the document at ``path`` truly has in v0.0.``version``: path within the payload -> member -> shape."""
    root = path.split("/")[1]
    rows = [(row.path, row.kind, row.members) for row in PRINTED if version in row.versions and row.root == root]
    rows += [("", kind, members) for versions, place, kind, members in NAMED if version in versions and place == path]
    found: dict[str, dict[str, dict[str, Any] | None]] = {}
    for place, kind, members in rows:
        for member in members.split(", "):
            # the list of QOS is met under v0.0.40's name too
            for where in {place, place.replace("/QOS", "/qos")}:
                found.setdefault(where, {})[member] = parse_kind(kind, version)
    return found


def parse_kind(text: str, version: int) -> dict[str, Any] | None:
    """A kind as a schema's shape, or as what is to be laid over the schema's own; None for what is never printed."""
    if text == "-":
        return None
    kind, _, infinite = text.removeprefix("~").partition("=")
    kind, _, null = kind.partition("?")
    shape: dict[str, Any] = dict(name_shape(kind, version))
    if "?" in text:
        shape["null"] = {"": "unset", "0": "zero", "inf": "infinite"}[null]
    if infinite:
        shape["infinite"] = int(infinite)
    if text.startswith("~"):
        shape["optional"] = True
    return shape


def name_shape(kind: str, version: int) -> Mapping[str, Any]:
    """The kind alone."""
    if kind.startswith("["):
        return {"type": "array", "items": name_shape(kind[1:-1], version)}
    if kind.startswith("#"):
        return {"$ref": f"#/components/schemas/dbv0.0.{version}_{kind[1:]}"}
    if "|" in kind:
        return {"type": "string", "enum": kind.split("|")}
    if kind == "{}":
        return {"type": "object", "properties": {}}
    return {"type": kind.removeprefix("any")} if kind else {}
