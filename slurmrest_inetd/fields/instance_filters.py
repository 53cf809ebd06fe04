"""The query parameters of instance and instances, and sacctmgr's words for them. Data only.

Law: one row a parameter; held complete against the API's own documents by tests/unit/test_slurmdbd_filters.py.
"""

from slurmrest_inetd.fields import notes
from slurmrest_inetd.query import Parameter as Row

# fmt: off
#   name              kind         until     sacctmgr                where the document has it
INSTANCES = (
    Row("cluster",        "csv",                term="cluster",         member="cluster"),
    Row("extra",          "csv",                term="extra",           member="extra"),
    Row("format",         "csv",      until=44, note=notes.FORMAT),
    Row("instance_id",    "csv",                term="instanceid",      member="instance_id"),
    Row("instance_type",  "csv",                term="instancetype",    member="instance_type"),
    Row("node_list",      "hostlist",           term="nodes"),
    Row("time_start",     "timestamp",          term="start"),
    Row("time_end",       "timestamp",          term="end"),
)
# fmt: on
