"""The query parameters of wckeys, and sacctmgr's words for them. Data only.

Law: one row a parameter; held complete against the API's own documents by tests/unit/test_slurmdbd_filters.py. What
plugins/slurmdbd/wckeys.py does itself has no word of sacctmgr's. The path's ``{id}`` is a wckey's name.
"""

from slurmrest_inetd.fields import notes
from slurmrest_inetd.query import Parameter as Row

# fmt: off
#   name              kind         until     sacctmgr                where the document has it
WCKEYS = (
    Row("cluster",        "csv",                term="cluster",         member="cluster"),
    Row("format",         "csv",      until=44, note=notes.FORMAT),
    Row("id",             "ids",                term="id"),
    Row("name",           "csv",                term="name",            member="name"),
    Row("only_defaults",  "bool"),
    Row("usage_start",    "timestamp"),
    Row("usage_end",      "timestamp"),
    Row("user",           "csv",                term="user",            member="user"),
    Row("with_usage",     "bool"),
    Row("with_deleted",   "bool",               term="withdeleted"),
)
WCKEY_PATH = (
    Row("id",             "strings",  since=36, term="name",            member="name"),
)
# fmt: on
