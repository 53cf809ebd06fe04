"""The query parameters of the accounting database's jobs, and sacct's options for them. Data only.

Law: one row a parameter; held complete against the API's own documents by tests/unit/test_slurmdbd_filters.py. A row without
an option and a member is plugins/slurmdbd/jobs.py's own business. cpus, nodes and time limits stand in the documents of
v0.0.40 only, but slurmrestd takes them in every version.
"""

from slurmrest_inetd.fields import notes
from slurmrest_inetd.query import Parameter as Row

# The states that accounting knows; the others of the API are never written there, and sacct refuses them.
STATES = (
    "PENDING", "RUNNING", "SUSPENDED", "COMPLETED", "CANCELLED", "FAILED", "TIMEOUT", "NODE_FAIL", "PREEMPTED",
    "BOOT_FAIL", "DEADLINE", "OUT_OF_MEMORY", "REQUEUED", "RESIZING", "REVOKED",
)  # fmt: skip
SCHEDULER_UNSET = "scheduler_unset is no condition: every job meets it"
NO_WAIT = "disable_wait_for_result has no effect: the answer is the result"
NO_ENVIRONMENT = "show_job_environment has no effect: a job's document has no place for its environment"

# fmt: off
#   name                            kind         since until   sacct                      where the document has it
JOBS = (
    Row("account",                     "csv",      since=36,  term="--accounts",         member="account"),
    Row("association",                 "ids",      since=36,  term="--associations"),
    Row("cluster",                     "csv",      since=36),
    Row("constraints",                 "csv",      since=36,  term="--constraints"),
    Row("cpus_max",                    "uint32",   since=36),
    Row("cpus_min",                    "uint32",   since=36),
    Row("end_time",                    "timestamp",since=36,  term="--endtime"),
    Row("exit_code",                   "uint32",   since=36),
    Row("format",                      "csv",      since=36, until=44, note=notes.FORMAT),
    Row("group",                       "strings",  since=36, until=38),
    Row("groups",                      "strings"),
    Row("job_name",                    "csv",      since=36,  term="--name",             member="name"),
    Row("node",                        "hostlist", since=36,  term="--nodelist"),
    Row("nodes_max",                   "uint32",   since=36),
    Row("nodes_min",                   "uint32",   since=36),
    Row("partition",                   "csv",      since=36,  term="--partition",        member="partition"),
    Row("qos",                         "csv",      since=36,  term="--qos",              member="qos"),
    Row("reason",                      "csv",      since=36,  term="--reason"),
    Row("reservation",                 "csv",      since=36,                             member="reservation/name"),
    Row("reservation_id",              "ids",                                             member="reservation/id"),
    Row("start_time",                  "timestamp",since=36,  term="--starttime"),
    Row("state",                       "flags",    since=36,  term="--state",            enum=STATES),
    Row("step",                        "strings",  since=36),
    Row("submit_time",                 "timestamp",since=36),
    Row("timelimit_max",               "uint32"),
    Row("timelimit_min",               "uint32"),
    Row("users",                       "strings"),
    Row("wckey",                       "csv",      since=36,  term="--wckeys",           member="wckey/wckey"),

    Row("scheduler_unset",             "bool",                 note=SCHEDULER_UNSET),
    Row("scheduled_on_submit",         "bool"),
    Row("scheduled_by_main",           "bool"),
    Row("scheduled_by_backfill",       "bool"),
    Row("job_started",                 "bool"),
    Row("job_altered",                 "bool",       since=44),

    Row("show_duplicates",             "bool"),
    Row("skip_steps",                  "bool",     since=36,  term="--allocations"),
    Row("disable_truncate_usage_time", "bool"),
    Row("whole_hetjob",                "bool",                 term="--whole-hetjob=yes"),
    Row("disable_whole_hetjob",        "bool",                 term="--whole-hetjob=no"),
    Row("disable_wait_for_result",     "bool",     since=36,  note=NO_WAIT),
    Row("usage_time_as_submit_time",   "bool"),
    Row("show_batch_script",           "bool"),
    Row("show_job_environment",        "bool",                 note=NO_ENVIRONMENT),
)

# How a job came to run: the query's name -> sacct --flags, and the same in a job's "flags". Several are one or the other.
#   name                     sacct              document
ORIGINS = (
    ("scheduled_on_submit",   "SchedSubmit",     "STARTED_ON_SUBMIT"),
    ("scheduled_by_main",     "SchedMain",       "STARTED_ON_SCHEDULE"),
    ("scheduled_by_backfill", "SchedBackfill",   "STARTED_ON_BACKFILL"),
    ("job_started",           "StartReceived",   "START_RECEIVED"),
    ("job_altered",           "",                "JOB_ALTERED"),
)

# Naming any of these makes slurmrestd forget what it does without: duplicates shown, times not cut to the window.
MODES = (
    "show_duplicates", "skip_steps", "disable_truncate_usage_time", "whole_hetjob", "disable_whole_hetjob",
    "disable_wait_for_result", "show_batch_script", "show_job_environment",
)

#   smallest         largest          option(s), as one range or as two
RANGES = (
    ("cpus_min",      "cpus_max",      ("--ncpus",)),
    ("nodes_min",     "nodes_max",     ("--nnodes",)),
    ("timelimit_min", "timelimit_max", ("--timelimit-min", "--timelimit-max")),
)

# What sacct says when it refuses a value -> the parameter, Slurm's number and text for it.
REFUSALS = (
    ("Invalid user id",                    "users",         2166, "Unable to resolve user ID to user name"),
    ("Invalid group id",                   "groups",        2164, "Unable to resolve group ID to group name"),
    ("You gave a bad qos",                 "qos",           2066, "Invalid qos specification"),
    ("unrecognized job reason",            "reason",        9202, "Unable to convert Data type"),
    ("unrecognized job state",             "state",         9202, "Unable to convert Data type"),
    ("job state ",                         "state",         9202, "Unable to convert Data type"),
    ("Start time ",                        "start_time",    9202, "Unable to convert Data type"),
    ("Bad job",                            "step",          9202, "Unable to convert Data type"),
    ("Bad hetjob",                         "step",          9202, "Unable to convert Data type"),
    ("Bad step",                           "step",          9202, "Unable to convert Data type"),
    ("Invalid argument",                   "node",          9202, "Unable to convert Data type"),
)
# fmt: on
