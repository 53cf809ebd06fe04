"""The members of a job description's enumerations: each a word of sbatch's, or the reason why there is none.

Law: data only; tests/unit/test_job_tables.py holds it complete against the API's own schemas.
"""

# fmt: off
# what a flag asks for, as an sbatch option; None: slurmctld sets or clears it itself, asking changes nothing (measured);
# a text in REFUSED_FLAGS: asking changes the job's record, and sbatch cannot ask
JOB_FLAGS: dict[str, str | None] = {
    "KILL_INVALID_DEPENDENCY":      "--kill-on-invalid-dep=yes",
    "NO_KILL_INVALID_DEPENDENCY":   "--kill-on-invalid-dep=no",
    "HAS_STATE_DIRECTORY":          None,
    "TESTING_BACKFILL":             None,
    "GRES_BINDING_ENFORCED":        "--gres-flags=enforce-binding",
    "TEST_NOW_ONLY":                None,
    "SEND_JOB_ENVIRONMENT":         None,
    "SPREAD_JOB":                   "--spread-job",
    "PREFER_MINIMUM_NODE_COUNT":    "--use-min-nodes",
    "JOB_KILL_HURRY":               None,
    "SKIP_TRES_STRING_ACCOUNTING":  None,
    "SIBLING_CLUSTER_UPDATE_ONLY":  None,
    "HETEROGENEOUS_JOB":            None,
    "EXACT_TASK_COUNT_REQUESTED":   None,
    "EXACT_CPU_COUNT_REQUESTED":    None,
    "TESTING_WHOLE_NODE_BACKFILL":  None,
    "TOP_PRIORITY_JOB":             None,
    "ACCRUE_COUNT_CLEARED":         None,
    "GRES_BINDING_DISABLED":        "--gres-flags=disable-binding",
    "JOB_WAS_RUNNING":              None,
    "JOB_ACCRUE_TIME_RESET":        None,
    "CRON_JOB":                     None,
    "EXACT_MEMORY_REQUESTED":       None,
    "EXTERNAL_JOB":                 None,
    "USING_DEFAULT_ACCOUNT":        None,
    "USING_DEFAULT_PARTITION":      None,
    "USING_DEFAULT_QOS":            None,
    "USING_DEFAULT_WCKEY":          None,
    "DEPENDENT":                    None,
    "MAGNETIC":                     None,
    "PARTITION_ASSIGNED":           None,
    "BACKFILL_ATTEMPTED":           None,
    "SCHEDULING_ATTEMPTED":         None,
    "STEPMGR_ENABLED":              "--stepmgr",
    # v0.0.40 only
    "SAVE_BATCH_SCRIPT":            None,
    "GRES_ALLOW_TASK_SHARING":      "--gres-flags=allow-task-sharing",
    "GRES_ONE_TASK_PER_SHARING":    "--gres-flags=one-task-per-sharing",
    "GRES_MULTIPLE_TASKS_PER_SHARING": "--gres-flags=multiple-tasks-per-sharing",
    # v0.0.43 and later
    "SPREAD_SEGMENTS":              "--spread-segments",
    "CONSOLIDATE_SEGMENTS":         "--consolidate-segments",
    "EXPEDITED_REQUEUE":            "--requeue=expedite",
    "JOB_IMPLICIT_MAX_NODES":       None,
}
# these would make another job of it, so that leaving them out is no answer
REFUSED_FLAGS = ("SAVE_BATCH_SCRIPT", "TEST_NOW_ONLY", "TOP_PRIORITY_JOB", "EXTERNAL_JOB", "EXACT_TASK_COUNT_REQUESTED",
                 "EXACT_CPU_COUNT_REQUESTED", "EXACT_MEMORY_REQUESTED", "MAGNETIC", "SIBLING_CLUSTER_UPDATE_ONLY")

MAIL_TYPES: dict[str, str] = {
    "BEGIN":               "BEGIN",
    "END":                 "END",
    "FAIL":                "FAIL",
    "REQUEUE":             "REQUEUE",
    "TIME=100%":           "TIME_LIMIT",
    "TIME=90%":            "TIME_LIMIT_90",
    "TIME=80%":            "TIME_LIMIT_80",
    "TIME=50%":            "TIME_LIMIT_50",
    "STAGE_OUT":           "STAGE_OUT",
    "ARRAY_TASKS":         "ARRAY_TASKS",
    "INVALID_DEPENDENCY":  "INVALID_DEPEND",
}

PROFILES: dict[str, str] = {
    "NOT_SET":  "",
    "NONE":     "none",
    "ENERGY":   "energy",
    "LUSTRE":   "lustre",
    "NETWORK":  "network",
    "TASK":     "task",
}

SHARED: dict[str, str] = {
    "none":           "--exclusive",
    "oversubscribe":  "--oversubscribe",
    "user":           "--exclusive=user",
    "mcs":            "--exclusive=mcs",
    "topo":           "--exclusive=topo",
}

# v0.0.40 and 41 only
EXCLUSIVE: dict[str, str] = {
    "true":   "--exclusive",
    "false":  "--oversubscribe",
    "user":   "--exclusive=user",
    "mcs":    "--exclusive=mcs",
    "topo":   "--exclusive=topo",
}

OPEN_MODES: dict[str, str] = {"APPEND": "append", "TRUNCATE": "truncate"}

# the first letters of --signal=; None: it has no meaning for a warning
WARN_FLAGS: dict[str, str | None] = {
    "BATCH_JOB":           "B",
    "ARRAY_TASK":          None,
    "FULL_STEPS_ONLY":     None,
    "FULL_JOB":            None,
    "FEDERATION_REQUEUE":  None,
    "HURRY":               None,
    "OUT_OF_MEMORY":       None,
    "NO_SIBLING_JOBS":     None,
    "RESERVATION_JOB":     "R",
    "NO_CRON_JOBS":        None,
    "VERBOSE":             None,
    "CRON_JOBS":           None,
    "WARNING_SENT":        None,
}

MEMORY_BINDINGS: dict[str, None] = dict.fromkeys(("NONE", "RANK", "MAP", "MASK", "LOCAL", "VERBOSE", "SORT", "PREFER"))

CPU_BINDINGS: dict[str, None] = dict.fromkeys((
    "CPU_BIND_TO_THREADS", "CPU_BIND_TO_CORES", "CPU_BIND_TO_SOCKETS", "CPU_BIND_TO_LDOMS", "CPU_BIND_NONE",
    "CPU_BIND_RANK", "CPU_BIND_MAP", "CPU_BIND_MASK", "CPU_BIND_LDRANK", "CPU_BIND_LDMAP", "CPU_BIND_LDMASK", "VERBOSE",
    "CPU_BIND_ONE_THREAD_PER_CORE",
))
X11_FLAGS: dict[str, None] = dict.fromkeys(("FORWARD_ALL_NODES", "BATCH_NODE", "FIRST_NODE", "LAST_NODE"))

# slurmrestd's name of a limit -> what SLURM_RLIMIT_ calls it
LIMITS: dict[str, str] = {
    "cpu":      "CPU",
    "fsize":    "FSIZE",
    "data":     "DATA",
    "stack":    "STACK",
    "core":     "CORE",
    "rss":      "RSS",
    "nproc":    "NPROC",
    "nofile":   "NOFILE",
    "memlock":  "MEMLOCK",
    "as":       "AS",
}
# fmt: on
