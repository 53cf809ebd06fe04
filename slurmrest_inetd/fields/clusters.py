"""The clusters of POST clusters and POST config: each property and what becomes of it. Data only.

Law: one row a property, by its place; held complete against the API's own documents by
tests/unit/test_slurmdbd_writes_b.py. Measured on 24.11.5 and 26.05.5: docs/facts/dbd-writes.md.
"""

from slurmrest_inetd.body.properties import Property as Row

REGISTERED = "a controller tells slurmdbd of itself when it registers"
GIVEN = "slurmdbd gives it"
LAST = 99

# fmt: off
#   place                           kind             since until  carry
CLUSTER_PROPERTIES: tuple[Row, ...] = (
    Row("name",                     "text",             36, LAST, "apart"),
    Row("flags",                    "cluster_flags",    36, LAST, "apart"),
    Row("controller/host",          "text",             36, LAST, "none",  REGISTERED),
    Row("controller/port",          "number32",         36, LAST, "none",  REGISTERED),
    Row("nodes",                    "text",             36, LAST, "none",  REGISTERED),
    Row("rpc_version",              "number32",         36, LAST, "none",  REGISTERED),
    Row("select_plugin",            "text",             36, 44,   "none",  REGISTERED),
    Row("tres",                     "list",             36, LAST, "none",  REGISTERED),
    Row("associations/root/account",   "text",          36, LAST, "none",  GIVEN),
    Row("associations/root/cluster",   "text",          36, LAST, "none",  GIVEN),
    Row("associations/root/partition", "text",          36, LAST, "none",  GIVEN),
    Row("associations/root/user",      "text",          36, LAST, "none",  GIVEN),
    Row("associations/root/id",        "number32",      40, LAST, "none",  GIVEN),
)

# what becomes of each flag: why it has no effect, or, with the last two, why it is refused
CLUSTER_FLAGS = {
    "REGISTERING":     REGISTERED,
    "MULTIPLE_SLURMD": REGISTERED,
    "FRONT_END":       REGISTERED,
    "FEDERATION":      REGISTERED,
    "EXTERNAL":        "sacctmgr has no word for it",
    "DELETED":         "DELETE cluster/{cluster_name} deletes",
}
REFUSED_CLUSTER_FLAGS = ("EXTERNAL", "DELETED")
# fmt: on
