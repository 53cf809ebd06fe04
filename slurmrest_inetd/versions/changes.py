"""What schemas, moves and words cannot tell between two neighbouring API versions: a function for it.

Law: one row a difference and direction, seen on real clusters (tests/cluster/test_versions.py). ``reads`` and ``sets``
are the members of the source's object that the function reads and those of the target's that it sets: what they say is
held by a test, and what cannot be known is worked out from them (unknown.py). Read by documents.py.
"""

from typing import NamedTuple

from slurmrest_inetd.versions import amends, early_accounting, early_state
from slurmrest_inetd.versions.shapes import Amend


class Change(NamedTuple):
    """One difference on the way from ``source`` to ``target``: at ``path`` of a payload below ``root``."""

    source: int
    target: int
    root: str
    path: str
    amend: Amend
    reads: str
    sets: str


EXITS = "exit_code, derived_exit_code"
TRES = "tres_per_job, tres_per_node, tres_per_socket, tres_per_task"
NODE_FLAGS = "state_flags, next_state_after_reboot_flags"
WORDS = "account, cluster, partition, user"
EXPANDED = (
    "stdout_expanded, stderr_expanded, stdin_expanded, standard_output, standard_error, standard_input, batch_flag"
)
FILES = "standard_output, standard_error, standard_input"
# fmt: off
#          from to  root       path                                 function                             reads, sets
CHANGES: tuple[Change, ...] = (
    Change(45, 44, "slurm",   "/pings[]",                          amends.tell_status,                  "responding, primary", "pinged, mode"),
    Change(45, 44, "slurm",   "/partitions[]",                     amends.number_sharing,               "partition/oversubscribe, partition/exclusive, select_type", "maximums/oversubscribe, maximums/shares, select_type"),
    Change(45, 44, "slurm",   "/jobs[]/job_resources",             amends.spell_resources,              "select_type", "select_type"),
    Change(45, 44, "slurm",   "/reservations[]",                   amends.empty_watts,                  "", "watts"),
    Change(43, 42, "slurm",   "/jobs[]",                           amends.expand_paths,                 EXPANDED, FILES),
    Change(43, 42, "slurmdb", "/jobs[]",                           amends.name_owner,                   "account, user", "association/account, association/user"),
    Change(42, 41, "slurm",   "/jobs[]",                           amends.name_switches_back,           "required_switches, shared", "minimum_switches, oversubscribe, exclusive"),
    Change(42, 41, "slurm",   "/shares/shares[]/fairshare",        amends.number_level,                 "level", "level"),
    Change(41, 40, "slurm",   "/jobs[]",                           amends.list_allocation,              "job_resources", "job_resources"),
    Change(41, 40, "slurmdb", "/associations[]",                   amends.nest_association,             f"{WORDS}, id", "id"),
    Change(41, 40, "slurmdb", "/statistics",                       amends.list_rollups,                 "rollups", "rollups"),
    Change(40, 38, "slurm",   "/pings[]",                          early_state.number_answer,           "pinged", "status"),
    Change(40, 38, "slurm",   "/nodes[]",                          early_state.split_node_states,       "state, next_state_after_reboot, free_mem", f"state, next_state_after_reboot, {NODE_FLAGS}, free_memory"),
    Change(40, 38, "slurm",   "/reservations[]",                   early_state.number_watts,            "", "watts, purge_completed"),
    Change(40, 38, "slurm",   "/jobs[]",                           early_state.write_early_job,         f"{EXITS}, job_state, {TRES}", f"{EXITS}, job_state, job_resources, thread_spec, cpu_frequency_minumum, {TRES}"),
    Change(40, 38, "slurmdb", "/associations[]",                   early_accounting.flag_default,       "is_default, user, flags", "is_default, flags"),
    Change(40, 38, "slurmdb", "/jobs[]/exit_code",                 early_accounting.describe_signal,    "signal", "signal"),
    Change(40, 38, "slurmdb", "/jobs[]/derived_exit_code",         early_accounting.describe_signal,    "signal", "signal"),
    Change(40, 38, "slurmdb", "/jobs[]/steps[]/exit_code",         early_accounting.describe_signal,    "signal", "signal"),
    Change(40, 38, "slurmdb", "/jobs[]/required",                  early_accounting.number_memory,      "memory_per_cpu, memory_per_node", "memory"),
    Change(40, 38, "slurmdb", "/jobs[]/steps[]/step",              early_accounting.split_step,         "id", "id, job_id, het/component"),
    Change(40, 38, "slurmdb", "/jobs[]/steps[]/CPU",               early_accounting.list_governors,     "governor", "governor"),
    Change(38, 37, "slurm",   "/jobs[]",                           early_state.map_allocation,          "job_resources", "job_resources"),
    Change(37, 36, "slurm",   "/nodes[]",                          early_state.name_allocated,          "state", "state"),

    Change(37, 38, "slurm",   "/jobs[]",                           early_state.list_map,                "job_resources", "job_resources"),
    Change(38, 40, "slurm",   "/nodes[]",                          early_state.join_node_states,        f"state, next_state_after_reboot, {NODE_FLAGS}, cpu_load", "state, next_state_after_reboot, cpu_load"),
    Change(38, 40, "slurm",   "/jobs[]",                           early_state.tell_early_job,          f"{EXITS}, job_resources, cpu_frequency_minumum, priority, profile, shared, {TRES}", f"{EXITS}, job_resources, cpu_frequency_minimum, profile, hold, exclusive, oversubscribe, {TRES}"),
    Change(38, 40, "slurmdb", "/associations[]",                   early_accounting.short_association,  f"{WORDS}, is_default, flags", "id/account, id/cluster, id/partition, id/user, is_default"),
    Change(38, 40, "slurmdb", "/jobs[]/exit_code",                 early_accounting.tell_signal,        "signal", "signal"),
    Change(38, 40, "slurmdb", "/jobs[]/derived_exit_code",         early_accounting.tell_signal,        "signal", "signal"),
    Change(38, 40, "slurmdb", "/jobs[]/steps[]/exit_code",         early_accounting.tell_signal,        "signal", "signal"),
    Change(38, 40, "slurmdb", "/jobs[]/required",                  early_accounting.tell_memory,        "memory", "memory_per_node"),
    Change(38, 40, "slurm",   "/reservations[]",                   amends.flag_purge,                   "purge_completed/time, flags", "flags"),
    Change(38, 40, "slurmdb", "/jobs[]/reservation",               early_accounting.forget_reservation, "", "name"),
    Change(38, 40, "slurmdb", "/jobs[]/steps[]/step",              early_accounting.name_step,          "job_id, het/component, id", "id"),
    Change(40, 41, "slurm",   "/jobs[]",                           amends.tell_allocation,              "job_resources", "job_resources"),
    Change(40, 41, "slurmdb", "/associations[]",                   amends.number_association,           "id/id", "id"),
    Change(40, 41, "slurmdb", "/statistics",                       amends.name_rollups,                 "rollups", "rollups"),
    Change(41, 42, "slurm",   "/jobs[]",                           amends.name_switches,                "minimum_switches", "required_switches"),
    Change(41, 42, "slurm",   "/pings[]",                          amends.tell_answer,                  "pinged, mode", "responding, primary"),
    Change(43, 44, "slurm",   "/jobs[]",                           amends.tell_step,                    "job_id", "step_id/job_id, step_id/step_id"),
    Change(44, 45, "slurm",   "/pings[]",                          amends.tell_answer,                  "responding, primary, pinged, mode", "responding, primary, status"),
    Change(44, 45, "slurmdb", "/pings[]",                          amends.tell_answer,                  "responding, primary", "responding, primary, status"),
    Change(44, 45, "slurm",   "/partitions[]",                     amends.spell_sharing,                "maximums/oversubscribe, select_type", "partition/exclusive, partition/oversubscribe, select_type"),
    Change(44, 45, "slurm",   "/jobs[]/job_resources",             amends.name_resources,               "select_type", "select_type"),
)
# fmt: on


def list_amends(source: int, target: int, root: str) -> dict[str, Amend]:
    """Path of an object -> what its row does."""
    return {row.path: row.amend for row in CHANGES if (row.source, row.target, row.root) == (source, target, root)}
