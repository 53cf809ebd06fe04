"""What becomes of each property of ``job_desc_msg`` when it is posted to a job that is there: POST job/{job_id}.

Law: data only, read by jobs/update.py. The properties, their versions and the kinds of their values are those of
fields/job_description.py; here is what scontrol(1) calls them. Beside ``none`` and ``refused``:

    key         ``KEY=VALUE`` of `scontrol update`
    switch      ``KEY=yes`` or ``KEY=no``, ``KEY=1`` or ``KEY=0``
    join        what several properties make together, or needs more than a name and a value: jobs/joined.py

Measured on 24.11 and 26.05, each property through slurmrestd and through scontrol, the job's record before and after:
docs/facts/job-writes.md. An empty text is passed on: it clears what can be cleared.
"""

from typing import NamedTuple

from slurmrest_inetd.body.properties import Property
from slurmrest_inetd.fields.job_description import JOB_PROPERTIES

KEPT = "Slurm keeps what the job was submitted with"
NOTHING = "slurmctld makes nothing of it in an update"
NO_KEY = "scontrol has no key for it"
NO_GPU_KEY = "in this version it cannot be told to scontrol; v0.0.40 and later have tres_per_job and the like"
# before it, nothing has the later names' meaning for sure
FIRST_LATER = 40
NAMED = "the job is the one that the path names"


class Change(NamedTuple):
    """``term`` is scontrol's key, or the reason why there is none; ``kind`` where it is not that of a submission."""

    carry: str
    term: str = ""
    kind: str = ""


# fmt: off
CHANGES: dict[str, Change] = {
    "account":                    Change("key",      "Account"),
    "account_gather_freqency":    Change("none",     NOTHING),
    "account_gather_frequency":   Change("none",     NOTHING),
    "admin_comment":              Change("key",      "AdminComment"),
    "allocation_node_list":       Change("none",     NOTHING),
    "allocation_node_port":       Change("none",     NOTHING),
    "argv":                       Change("none",     KEPT),
    "array":                      Change("none",     KEPT),
    "batch_features":             Change("none",     KEPT),
    "begin_time":                 Change("key",      "StartTime"),
    "burst_buffer":               Change("key",      "BurstBuffer"),
    "cluster_constraint":         Change("key",      "ClusterFeatures"),
    "cluster_constraints":        Change("key",      "ClusterFeatures"),
    "clusters":                   Change("key",      "Clusters"),
    "comment":                    Change("key",      "Comment"),
    "constraints":                Change("key",      "Features"),
    "container":                  Change("none",     KEPT),
    "container_id":               Change("none",     KEPT),
    "container_type":             Change("none",     KEPT),
    "contiguous":                 Change("switch",   "Contiguous=yes/no"),
    "core_specification":         Change("key",      "CoreSpec"),
    "cores_per_socket":           Change("key",      "ReqCores"),
    "cpu_binding":                Change("none",     NOTHING),
    "cpu_binding_flags":          Change("none",     NOTHING),
    "cpu_binding_hint":           Change("none",     NOTHING),
    "cpu_frequency":              Change("none",     NOTHING),
    "cpus_per_gpu":               Change("refused",  NO_GPU_KEY),
    "cpus_per_task":              Change("key",      "CPUsPerTask"),
    "cpus_per_tres":              Change("key",      "CpusPerTres"),
    "crontab":                    Change("none",     "crontab submissions are not supported"),
    "current_working_directory":  Change("key",      "WorkDir"),
    "deadline":                   Change("key",      "Deadline"),
    "delay_boot":                 Change("join",     "DelayBoot"),
    "dependency":                 Change("key",      "Dependency"),
    "distribution":               Change("none",     NOTHING),
    "distribution_plane_size":    Change("none",     NOTHING),
    "end_time":                   Change("key",      "EndTime"),
    "environment":                Change("none",     KEPT,             "any"),
    "excluded_nodes":             Change("join",     "ExcNodeList",    "hosts"),
    "exclusive":                  Change("join",     "OverSubscribe"),
    "extra":                      Change("key",      "Extra"),
    "flags":                      Change("join",     "ResetAccrueTime"),
    "get_user_environment":       Change("none",     KEPT),
    "gpu_binding":                Change("refused",  NO_GPU_KEY),
    "gpu_frequency":              Change("refused",  NO_GPU_KEY),
    "gpus":                       Change("refused",  NO_GPU_KEY),
    "gpus_per_node":              Change("refused",  NO_GPU_KEY),
    "gpus_per_socket":            Change("refused",  NO_GPU_KEY),
    "gpus_per_task":              Change("refused",  NO_GPU_KEY),
    "gres":                       Change("refused",  NO_GPU_KEY),
    "gres_flags":                 Change("none",     NOTHING),
    "group_id":                   Change("refused",  NO_KEY),
    "hetjob_group":               Change("none",     NOTHING),
    "hold":                       Change("join",     "Priority"),
    "immediate":                  Change("none",     NOTHING),
    "job_id":                     Change("none",     NAMED),
    "kill_on_invalid_dependency": Change("none",     NOTHING),
    "kill_on_node_fail":          Change("none",     NOTHING),
    "kill_warning_delay":         Change("none",     NOTHING),
    "kill_warning_flags":         Change("none",     NOTHING),
    "kill_warning_signal":        Change("none",     NOTHING),
    "licenses":                   Change("key",      "Licenses"),
    "mail_type":                  Change("join",     "MailType"),
    "mail_user":                  Change("key",      "MailUser"),
    "maximum_cpus":               Change("join",     "NumCPUs"),
    "maximum_nodes":              Change("join",     "NumNodes"),
    "mcs_label":                  Change("key",      "MCSLabel"),
    "memory_binding":             Change("none",     NOTHING),
    "memory_binding_type":        Change("none",     NOTHING),
    "memory_per_cpu":             Change("join",     "MinMemoryCPU"),
    "memory_per_gpu":             Change("refused",  NO_GPU_KEY),
    "memory_per_node":            Change("join",     "MinMemoryNode"),
    "memory_per_tres":            Change("key",      "MemPerTres"),
    "memory_update_delay":        Change("none",     NOTHING),
    "memory_update_margin":       Change("none",     NOTHING),
    "minimum_boards_per_node":    Change("none",     NOTHING),
    "minimum_cpus":               Change("join",     "NumCPUs"),
    "minimum_cpus_per_node":      Change("key",      "MinCPUsNode"),
    "minimum_nodes":              Change("join",     "NumNodes"),
    "minimum_sockets_per_board":  Change("none",     NOTHING),
    "name":                       Change("key",      "JobName"),
    "network":                    Change("refused",  NO_KEY),
    "nice":                       Change("key",      "Nice"),
    "no_kill":                    Change("none",     NOTHING),
    "nodes":                      Change("join",     "NumNodes"),
    "ntasks_per_tres":            Change("refused",  NO_KEY),
    "oom_kill_step":              Change("none",     NOTHING),
    "open_mode":                  Change("none",     NOTHING),
    "overcommit":                 Change("none",     NOTHING),
    "oversubscribe":              Change("switch",   "OverSubscribe=yes/no"),
    "partition":                  Change("key",      "Partition"),
    "power_flags":                Change("none",     "Slurm knows no such flag"),
    "prefer":                     Change("key",      "Prefer"),
    "priority":                   Change("join",     "Priority"),
    "profile":                    Change("none",     NOTHING),
    "qos":                        Change("key",      "QOS"),
    "reboot":                     Change("switch",   "Reboot=yes/no"),
    "requeue":                    Change("switch",   "Requeue=1/0"),
    "required_nodes":             Change("join",     "ReqNodeList",    "hosts"),
    "required_switches":          Change("join",     "Switches"),
    "reservation":                Change("key",      "ReservationName"),
    "reserve_ports":              Change("none",     NOTHING),
    "resv_mpi_ports":             Change("none",     NOTHING),
    "rlimits":                    Change("none",     KEPT),
    "script":                     Change("none",     KEPT),
    "segment_size":               Change("none",     NOTHING),
    "selinux_context":            Change("none",     KEPT),
    "shared":                     Change("join",     "OverSubscribe"),
    "signal":                     Change("none",     NOTHING),
    "site_factor":                Change("key",      "SiteFactor"),
    "sockets_per_node":           Change("key",      "ReqSockets"),
    "spank_environment":          Change("none",     KEPT),
    "spread_job":                 Change("none",     NOTHING),
    "standard_error":             Change("key",      "StdErr"),
    "standard_in":                Change("key",      "StdIn"),
    "standard_input":             Change("key",      "StdIn"),
    "standard_out":               Change("key",      "StdOut"),
    "standard_output":            Change("key",      "StdOut"),
    "step_id":                    Change("none",     NAMED),
    "tasks":                      Change("key",      "NumTasks"),
    "tasks_per_board":            Change("none",     NOTHING),
    "tasks_per_core":             Change("none",     NOTHING),
    "tasks_per_node":             Change("key",      "TasksPerNode"),
    "tasks_per_socket":           Change("refused",  NO_KEY),
    "temporary_disk_per_node":    Change("key",      "MinTmpDiskNode"),
    "thread_specification":       Change("key",      "ThreadSpec"),
    "threads_per_core":           Change("key",      "ReqThreads"),
    "time_limit":                 Change("join",     "TimeLimit",      "duration"),
    "time_minimum":               Change("join",     "TimeMin",        "duration"),
    "tres_bind":                  Change("key",      "TresBind"),
    "tres_freq":                  Change("key",      "TresFreq"),
    "tres_per_job":               Change("key",      "TresPerJob"),
    "tres_per_node":              Change("key",      "TresPerNode"),
    "tres_per_socket":            Change("key",      "TresPerSocket"),
    "tres_per_task":              Change("key",      "TresPerTask"),
    "user_id":                    Change("refused",  "a job keeps its owner"),
    "wait_all_nodes":             Change("none",     NOTHING),
    "wait_for_switch":            Change("key",      "wait-for-switch"),
    "wckey":                      Change("key",      "WCKey"),
    "x11":                        Change("none",     NOTHING),
    "x11_magic_cookie":           Change("none",     NOTHING),
    "x11_target_host":            Change("none",     NOTHING),
    "x11_target_port":            Change("none",     NOTHING),
}

# who shares the nodes -> OverSubscribe=; None: an update can only say yes or no
SHARING: dict[str, str | None] = {
    "none":           "no",
    "oversubscribe":  "yes",
    "user":           None,
    "mcs":            None,
    "topo":           None,
}

# v0.0.40 and 41 only
EXCLUSIVE: dict[str, str | None] = {
    "true":           "no",
    "false":          "yes",
    "user":           None,
    "mcs":            None,
    "topo":           None,
}

# the flags that an update carries out, and those that it would and scontrol cannot say; of the others nothing comes
FLAGS: dict[str, str] = {"JOB_ACCRUE_TIME_RESET": "ResetAccrueTime"}
REFUSED_FLAGS = ("EXPEDITED_REQUEUE",)
# fmt: on


def replace_carry(row: Property) -> Property:
    """The row of a submission as one of an update; an early one that has become a flag, or nothing, stays what it is."""
    change = CHANGES[row.name]
    if row.until < FIRST_LATER and row.carry in ("flag", "none"):
        return row
    return row._replace(carry=change.carry, term=change.term, kind=change.kind or row.kind)


UPDATE_PROPERTIES: tuple[Property, ...] = tuple(map(replace_carry, JOB_PROPERTIES))
