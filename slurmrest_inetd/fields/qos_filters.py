"""The query parameters of qos and qos/{qos}, and sacctmgr's words for them. Data only.

Law: one row a parameter and spelling; held complete against the API's own documents by tests/unit/test_slurmdbd_filters.py.
"""

from slurmrest_inetd.fields import notes
from slurmrest_inetd.query import Parameter as Row

PREEMPT_MODES = ("DISABLED", "SUSPEND", "REQUEUE", "CANCEL", "GANG")

WRITE = "A condition has no effect: the body says what is to be written"

# fmt: off
#   name                  kind       since until   sacctmgr               where the document has it
QOS_LIST = (
    Row("description",         "strings",             term="description",     member="description"),
    Row("id",                  "ids",                 term="id"),
    Row("format",              "csv",     until=44,   note=notes.FORMAT),
    Row("name",                "csv",                 term="name",            member="name"),
    Row("preempt_mode",        "flags",               enum=PREEMPT_MODES,     member="preempt/mode"),
    Row("with_deleted",        "bool",    since=38, until=41, term="withdeleted"),
    Row("Include deleted QOS", "bool",    since=42,   term="withdeleted"),
)
QOS = (
    Row("with_deleted",        "bool",    since=38,   term="withdeleted"),
)
# slurmrestd documents them at POST qos too, and refuses a body beside any
QOS_POST = tuple(row._replace(note=WRITE, term="", member="") for row in QOS_LIST)
QOS_PATH = (
    Row("qos",                 "strings", since=36,   term="name",            member="name"),
)
# fmt: on
