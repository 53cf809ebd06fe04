"""The QOS of POST qos and POST config: each property and sacctmgr's term for it. Data only.

Law: one row a property, by its place; held complete against the API's own documents by
tests/unit/test_slurmdbd_writes_b.py. How ``set`` writes a value, its kind says (accounting/qos.py); ``apart`` is told
there too. Measured on 24.11.5 and 26.05.5: docs/facts/dbd-writes.md.
"""

from slurmrest_inetd.body.properties import Property as Row

LAST = 99

# fmt: off
#   place                                       kind         since until  carry      sacctmgr's term
QOS_PROPERTIES: tuple[Row, ...] = (
    Row("name",                                 "text",         36, LAST, "apart"),
    Row("id",                                   "uint32",       36, LAST, "apart"),
    Row("description",                          "text",         36, LAST, "apart",   "Description"),
    Row("flags",                                "qos_flags",    36, LAST, "apart",   "Flags"),
    Row("preempt/list",                         "qos_names",    36, LAST, "apart",   "Preempt"),
    Row("preempt/mode",                         "preempt_mode", 36, LAST, "set",     "PreemptMode"),
    Row("preempt/exempt_time",                  "seconds",      36, LAST, "set",     "PreemptExemptTime"),
    Row("priority",                             "limit",        36, LAST, "set",     "Priority"),
    Row("usage_factor",                         "decimal",      36, LAST, "set",     "UsageFactor"),
    Row("usage_threshold",                      "decimal",      36, LAST, "set",     "UsageThreshold"),
    Row("limits/grace_time",                    "grace",        36, LAST, "set",     "GraceTime"),
    Row("limits/factor",                        "factor",       37, LAST, "set",     "LimitFactor"),
    Row("limits/min/priority_threshold",        "limit",        36, LAST, "set",     "MinPrioThresh"),
    Row("limits/min/tres/per/job",              "tres",         36, LAST, "set",     "MinTRESPerJob"),
    Row("limits/max/active_jobs/accruing",      "limit",        36, LAST, "set",     "GrpJobsAccrue"),
    Row("limits/max/active_jobs/count",         "limit",        36, LAST, "set",     "GrpJobs"),
    Row("limits/max/jobs/count",                "limit",        42, LAST, "set",     "GrpSubmitJobs"),
    Row("limits/max/jobs/active_jobs/per/account", "limit",     37, LAST, "set",     "MaxJobsPerAccount"),
    Row("limits/max/jobs/active_jobs/per/user", "limit",        37, LAST, "set",     "MaxJobsPerUser"),
    Row("limits/max/jobs/per/account",          "limit",        36, 36,   "set",     "MaxJobsPerAccount"),
    Row("limits/max/jobs/per/account",          "limit",        37, LAST, "set",     "MaxSubmitJobsPerAccount"),
    Row("limits/max/jobs/per/user",             "limit",        36, 36,   "set",     "MaxJobsPerUser"),
    Row("limits/max/jobs/per/user",             "limit",        37, LAST, "set",     "MaxSubmitJobsPerUser"),
    Row("limits/max/accruing/per/account",      "limit",        36, LAST, "set",     "MaxJobsAccruePerAccount"),
    Row("limits/max/accruing/per/user",         "limit",        36, LAST, "set",     "MaxJobsAccruePerUser"),
    Row("limits/max/wall_clock/per/qos",        "minutes",      36, LAST, "set",     "GrpWall"),
    Row("limits/max/wall_clock/per/job",        "minutes",      36, LAST, "set",     "MaxWallDurationPerJob"),
    Row("limits/max/tres/total",                "tres",         36, LAST, "set",     "GrpTRES"),
    Row("limits/max/tres/minutes/total",        "tres",         42, LAST, "set",     "GrpTRESMins"),
    Row("limits/max/tres/minutes/per/qos",      "tres",         36, LAST, "set",     "GrpTRESRunMins"),
    Row("limits/max/tres/minutes/per/job",      "tres",         36, LAST, "set",     "MaxTRESMinsPerJob"),
    Row("limits/max/tres/minutes/per/account",  "tres",         36, LAST, "set",     "MaxTRESRunMinsPA"),
    Row("limits/max/tres/minutes/per/user",     "tres",         36, LAST, "set",     "MaxTRESRunMinsPU"),
    Row("limits/max/tres/per/account",          "tres",         36, LAST, "set",     "MaxTRESPerAccount"),
    Row("limits/max/tres/per/job",              "tres",         36, LAST, "set",     "MaxTRESPerJob"),
    Row("limits/max/tres/per/node",             "tres",         36, LAST, "set",     "MaxTRESPerNode"),
    Row("limits/max/tres/per/user",             "tres",         36, LAST, "set",     "MaxTRESPerUser"),
)

# the API's flags -> sacctmgr's; none of its own has "": how the others are to be taken (NOT_SET: not at all)
NOT_SET, ADD, REMOVE, DELETED = "NOT_SET", "ADD", "REMOVE", "DELETED"
QOS_FLAGS = {
    NOT_SET:                   "",
    ADD:                       "",
    REMOVE:                    "",
    DELETED:                   "",
    "PARTITION_MINIMUM_NODE":  "PartitionMinNodes",
    "PARTITION_MAXIMUM_NODE":  "PartitionMaxNodes",
    "PARTITION_TIME_LIMIT":    "PartitionTimeLimit",
    "ENFORCE_USAGE_THRESHOLD": "EnforceUsageThreshold",
    "NO_RESERVE":              "NoReserve",
    "REQUIRED_RESERVATION":    "RequiresReservation",
    "DENY_LIMIT":              "DenyOnLimit",
    "OVERRIDE_PARTITION_QOS":  "OverPartQOS",
    "PARTITION_QOS":           "",
    "NO_DECAY":                "NoDecay",
    "USAGE_FACTOR_SAFE":       "UsageFactorSafe",
    "RELATIVE":                "Relative",
}
REFUSED_FLAGS = {
    DELETED:                   "DELETE qos/{name} deletes",
    "PARTITION_QOS":           "sacctmgr has no word for it",
}
# the ways to preempt; GANG alone goes with another
PREEMPT_MODES = {
    "DISABLED":                "off",
    "SUSPEND":                 "suspend",
    "REQUEUE":                 "requeue",
    "CANCEL":                  "cancel",
    "GANG":                    "gang",
}
# fmt: on
