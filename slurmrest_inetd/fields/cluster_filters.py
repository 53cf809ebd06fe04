"""The query parameters of cluster and clusters, and sacctmgr's words for them. Data only.

Law: one row a parameter; held complete against the API's own documents by tests/unit/test_slurmdbd_filters.py. The API's
documents give these conditions to cluster/{cluster_name}; slurmrestd reads them at clusters. They work at both here.
"""

from slurmrest_inetd.fields import notes
from slurmrest_inetd.query import Parameter as Row

# what the API calls a classification -> sacctmgr's word; no word is no condition
CLASSIFICATIONS = {
    "UNCLASSIFIED": "",
    "CAPABILITY": "capability",
    "CAPACITY": "capacity",
    "CAPAPACITY": "capapacity",
    "CAPAPACITY (both CAPABILITY and CAPACITY)": "capapacity",
}
FLAGS = ("REGISTERING", "MULTIPLE_SLURMD", "FRONT_END", "FEDERATION", "EXTERNAL", "DELETED")
UPDATE_TIME = "update_time has no effect: accounting does not know when a cluster was last changed"

# fmt: off
#   name                kind       until    sacctmgr              where the document has it
CLUSTER = (
    Row("classification", "flags",            enum=tuple(CLASSIFICATIONS)),
    Row("cluster",        "strings",          term="name",          member="name"),
    Row("federation",     "strings",          term="federation"),
    Row("flags",          "flags",            enum=FLAGS,           member="flags"),
    Row("format",         "csv",   until=44,  note=notes.FORMAT),
    Row("rpc_version",    "ids",              term="rpc"),
    Row("usage_start",    "timestamp",        note=notes.CLUSTER_USAGE),
    Row("usage_end",      "timestamp",        note=notes.CLUSTER_USAGE),
    Row("with_deleted",   "bool",             term="withdeleted"),
    Row("with_usage",     "bool",             note=notes.CLUSTER_USAGE),
)
CLUSTERS = (
    *CLUSTER,
    Row("update_time",    "string",           note=UPDATE_TIME),
)
CLUSTERS_POST = (
    Row("update_time",    "string",           note=UPDATE_TIME),
)
CLUSTER_PATH = (
    Row("cluster_name",   "strings", since=36, term="name",          member="name"),
)
# fmt: on
