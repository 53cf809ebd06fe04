"""Which jobs are meant: the properties of ``kill_jobs_msg`` (DELETE jobs/) and of ``openapi_jobs_requeue_query``.

Law: data only, read by jobs/selection.py. Beside ``refused``:

    filter      ``--OPTION=VALUE`` of scancel: only jobs for which it holds
    apart       the jobs themselves, the signal, the flags
"""

from slurmrest_inetd.body.properties import Property as Row

# fmt: off
#       property       kind         since until carry    option
KILL_PROPERTIES: tuple[Row, ...] = (
    Row("account",     "filter",     40, 45, "filter",  "account"),
    Row("flags",       "warn_flags", 40, 45, "apart"),
    Row("job_name",    "filter",     40, 45, "filter",  "jobname"),
    Row("job_state",   "state",      40, 45, "filter",  "state"),
    Row("jobs",        "jobs",       40, 45, "apart"),
    Row("nodes",       "hosts",      40, 45, "filter",  "nodelist"),
    Row("partition",   "filter",     40, 45, "filter",  "partition"),
    Row("qos",         "filter",     40, 45, "filter",  "qos"),
    Row("reservation", "filter",     40, 45, "filter",  "reservation"),
    Row("signal",      "signal",     40, 45, "apart"),
    Row("user_id",     "filter",     40, 45, "filter",  "user"),
    Row("user_name",   "filter",     40, 45, "filter",  "user"),
    Row("wckey",       "filter",     40, 45, "filter",  "wckey"),
)

REQUEUE_PROPERTIES: tuple[Row, ...] = (
    Row("flags",       "requeue_flags", 45, 45, "apart"),
    Row("jobs",        "jobs",          45, 45, "apart"),
)

# scancel(1), --state: it knows no other
STATES = ("PENDING", "RUNNING", "SUSPENDED")
# the query parameters of job/{job_id}/requeue, and the flags of jobs/requeue
REQUEUE_FLAGS: tuple[str, ...] = ("Incomplete", "Hold", "SpecialExit")
# fmt: on
