"""The query parameters of association and associations, and sacctmgr's words for them. Data only.

Law: one row a parameter and spelling; held complete against the API's own documents by tests/unit/test_slurmdbd_filters.py.
The QOS conditions may be ids in the API and must be names for sacctmgr: plugins/slurmdbd/associations.py translates them.
"""

from slurmrest_inetd.fields import notes
from slurmrest_inetd.query import Parameter as Row

# fmt: off
#   name                             kind         since until   sacctmgr                where the document has it
ASSOCIATIONS = (
    Row("account",                         "csv", since=36,          term="account",         member="account"),
    Row("cluster",                         "csv", since=36,          term="cluster",         member="cluster"),
    Row("default_qos",                     "csv",                   term="defaultqos",      member="default/qos"),
    Row("format",                          "csv",       until=44,   note=notes.FORMAT),
    Row("id",                              "ids",                   term="id"),
    Row("parent_account",                  "csv",                   term="parent",          member="parent_account"),
    Row("partition",                       "csv", since=36,          term="partition",       member="partition"),
    Row("qos",                             "csv",                   term="qos",             member="qos"),
    Row("usage_start",                     "timestamp"),
    Row("usage_end",                       "timestamp"),
    Row("user",                            "csv", since=36,          term="user",            member="user"),

    Row("with_usage",                      "bool",      until=41),
    Row("with_deleted",                    "bool",      until=41,   term="withdeleted"),
    Row("only_defaults",                   "bool",      until=41,   term="onlydefaults"),
    Row("with_raw_qos",                    "bool",      until=41,   term="withrawqos"),
    Row("with_sub_accts",                  "bool",      until=41,   term="withsubaccounts"),
    Row("without_parent_info",             "bool",      until=41,   term="wopinfo"),
    Row("without_parent_limits",           "bool",      until=41,   term="woplimits"),

    Row("Include usage",                   "bool",      since=42),
    Row("Include deleted associations",    "bool",      since=42,   term="withdeleted"),
    Row("Filter to only defaults",         "bool",      since=42,   term="onlydefaults"),
    Row("Include the raw QOS or delta_qos", "bool",     since=42,   term="withrawqos"),
    Row("Include sub acct information",    "bool",      since=42,   term="withsubaccounts"),
    Row("Exclude parent id/name",          "bool",      since=42,   term="wopinfo"),
    Row("Exclude limits from parents",     "bool",      since=42,   term="woplimits"),
)
# fmt: on
# In v0.0.36 and v0.0.37 only association takes some, associations takes none.
ASSOCIATION_LIST = tuple(row._replace(since=38) if row.since == 36 else row for row in ASSOCIATIONS)
