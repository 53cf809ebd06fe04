"""The properties of an association as a request writes them, and sacctmgr's terms. Data only.

Law: one row a property and place (``max/jobs/total``); held complete against the API's own schemas by
tests/unit/test_slurmdbd_writes_tables.py. A term of sacctmgr's sets what the document shows at the row's place (measured,
docs/facts/dbd-writes.md). ``apart`` is what accounting/association_changes.py does itself.
"""

from slurmrest_inetd.body.properties import Property as Row

LAST = 99
MADE_BY_SLURM = "Slurm makes it from the parents"
READ_ONLY = "usage is only read"
NO_FLAGS = "an association's flags cannot be set"

# fmt: off
#   place                                kind       since until  carry    sacctmgr's term, or the reason
ASSOCIATION_PROPERTIES: tuple[Row, ...] = (
    Row("account",                       "text",      36, LAST, "apart"),
    Row("cluster",                       "text",      36, LAST, "apart"),
    Row("user",                          "text",      36, LAST, "apart"),
    Row("partition",                     "text",      36, LAST, "apart"),
    Row("id",                            "object",    40, 40,   "apart"),
    Row("id",                            "uint32",    41, LAST, "apart"),
    Row("parent_account",                "text",      36, LAST, "apart",  "Parent"),
    Row("is_default",                    "switch",    37, 38,   "apart",  "DefaultAccount"),
    Row("is_default",                    "bool",      40, LAST, "apart",  "DefaultAccount"),
    Row("accounting",                    "list",      40, LAST, "none",   READ_ONLY),
    Row("flags",                         "texts",     36, LAST, "none",   NO_FLAGS),
    Row("usage",                             "object",    36, 38,   "none",   READ_ONLY),
    Row("lineage",                       "text",      40, LAST, "apart",  MADE_BY_SLURM),
    Row("comment",                       "text",      40, LAST, "set",    "Comment"),
    Row("default/qos",                   "text",      36, LAST, "set",    "DefaultQOS"),
    Row("qos",                           "csv",       36, LAST, "set",    "QosLevel"),
    Row("shares_raw",                    "shares",    36, LAST, "set",    "Fairshare"),
    Row("priority",                      "limit",     36, LAST, "set",    "Priority"),
    Row("min/priority_threshold",        "limit",     36, LAST, "set",    "MinPrioThresh"),
    Row("max/jobs/per/count",            "limit",     36, LAST, "set",    "GrpJobs"),
    Row("max/jobs/per/accruing",         "limit",     36, LAST, "set",    "GrpJobsAccrue"),
    Row("max/jobs/per/submitted",        "limit",     36, LAST, "set",    "GrpSubmitJobs"),
    Row("max/jobs/per/wall_clock",       "minutes",   36, LAST, "set",    "MaxWallDurationPerJob"),
    Row("max/jobs/active",               "limit",     37, LAST, "set",    "MaxJobs"),
    Row("max/jobs/accruing",             "limit",     37, LAST, "set",    "MaxJobsAccrue"),
    Row("max/jobs/total",                "limit",     37, LAST, "set",    "MaxSubmitJobs"),
    Row("max/per/account/wall_clock",    "minutes",   36, LAST, "set",    "GrpWall"),
    Row("max/tres/total",                "tres",      36, LAST, "set",    "GrpTRES"),
    Row("max/tres/group/minutes",        "tres",      37, LAST, "set",    "GrpTRESMins"),
    Row("max/tres/group/active",         "tres",      37, LAST, "set",    "GrpTRESRunMins"),
    Row("max/tres/minutes/total",        "tres",      36, LAST, "set",    "MaxTRESRunMins"),
    Row("max/tres/minutes/per/job",      "tres",      36, LAST, "set",    "MaxTRESMinsPerJob"),
    Row("max/tres/per/job",              "tres",      36, LAST, "set",    "MaxTRESPerJob"),
    Row("max/tres/per/node",             "tres",      36, LAST, "set",    "MaxTRESPerNode"),
)
# fmt: on
