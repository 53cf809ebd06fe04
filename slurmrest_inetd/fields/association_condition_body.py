"""The bodies of accounts_association and users_association, and sacctmgr's terms. Data only.

Law: one row a property and place; held complete against the API's own schemas by
tests/unit/test_slurmdbd_writes_tables.py. ``apart`` is what accounting/additions.py does itself.
"""

from slurmrest_inetd.body.properties import Property as Row

LAST = 99
RECORD = "association_condition/association/"
NO_DEFAULT_QOS = "a user's default QOS is its association's"

# fmt: off
#   place                                    kind       since until  carry   sacctmgr's term, or the reason
CONDITION_PROPERTIES: tuple[Row, ...] = (
    Row("association_condition/accounts",    "names",     40, LAST, "apart"),
    Row("association_condition/clusters",    "names",     40, LAST, "apart", "Cluster"),
    Row(RECORD + "parent",                   "text",      40, LAST, "apart", "Parent"),
    Row(RECORD + "comment",                  "text",      40, LAST, "set",   "Comment"),
    Row(RECORD + "defaultqos",               "text",      40, LAST, "set",   "DefaultQOS"),
    Row(RECORD + "qoslevel",                 "csv",       40, LAST, "set",   "QosLevel"),
    Row(RECORD + "fairshare",                "shares",    40, LAST, "set",   "Fairshare"),
    Row(RECORD + "priority",                 "limit",     40, LAST, "set",   "Priority"),
    Row(RECORD + "minpriothresh",            "limit",     40, LAST, "set",   "MinPrioThresh"),
    Row(RECORD + "grpjobs",                  "limit",     40, LAST, "set",   "GrpJobs"),
    Row(RECORD + "grpjobsaccrue",            "limit",     40, LAST, "set",   "GrpJobsAccrue"),
    Row(RECORD + "grpsubmitjobs",            "limit",     40, LAST, "set",   "GrpSubmitJobs"),
    Row(RECORD + "grpwall",                  "minutes",   40, LAST, "set",   "GrpWall"),
    Row(RECORD + "maxjobs",                  "limit",     40, LAST, "set",   "MaxJobs"),
    Row(RECORD + "maxjobsaccrue",            "limit",     40, LAST, "set",   "MaxJobsAccrue"),
    Row(RECORD + "maxsubmitjobs",            "limit",     40, LAST, "set",   "MaxSubmitJobs"),
    Row(RECORD + "maxwalldurationperjob",    "minutes",   40, LAST, "set",   "MaxWallDurationPerJob"),
    Row(RECORD + "grptres",                  "tres",      40, LAST, "set",   "GrpTRES"),
    Row(RECORD + "grptresmins",              "tres",      40, LAST, "set",   "GrpTRESMins"),
    Row(RECORD + "grptresrunmins",           "tres",      40, LAST, "set",   "GrpTRESRunMins"),
    Row(RECORD + "maxtresrunmins",           "tres",      40, LAST, "set",   "MaxTRESRunMins"),
    Row(RECORD + "maxtresminsperjob",        "tres",      40, LAST, "set",   "MaxTRESMinsPerJob"),
    Row(RECORD + "maxtresperjob",            "tres",      40, LAST, "set",   "MaxTRESPerJob"),
    Row(RECORD + "maxtrespernode",           "tres",      40, LAST, "set",   "MaxTRESPerNode"),
)
ACCOUNTS_ADDITION: tuple[Row, ...] = (
    *CONDITION_PROPERTIES,
    Row("account/description",               "text",      40, LAST, "apart", "Description"),
    Row("account/organization",              "text",      40, LAST, "apart", "Organization"),
)
USERS_ADDITION: tuple[Row, ...] = (
    *CONDITION_PROPERTIES,
    Row("association_condition/partitions",  "names",     40, LAST, "apart", "Partition"),
    Row("association_condition/users",       "names",     40, LAST, "apart", "Names"),
    Row("association_condition/wckeys",      "names",     40, LAST, "apart", "WCKeys"),
    Row("user/adminlevel",                   "level",     40, LAST, "apart", "AdminLevel"),
    Row("user/defaultaccount",               "text",      40, LAST, "apart", "DefaultAccount"),
    Row("user/defaultwckey",                 "text",      40, LAST, "apart", "DefaultWCKey"),
    Row("user/defaultqos",                   "uint32",    44, LAST, "none",  NO_DEFAULT_QOS),
)
# fmt: on
