"""The query parameters of account and accounts, and sacctmgr's words for them. Data only.

Law: one row a parameter and spelling; held complete against the API's own documents by tests/unit/test_slurmdbd_filters.py.
"""

from slurmrest_inetd.query import Parameter as Row

# fmt: off
#   name                kind      since until      sacctmgr                      where the document has it
ACCOUNTS = (
    Row("description",      "strings",             term="description",            member="description"),
    Row("with_assocs",      "bool",   until=40,    term="withassoc"),
    Row("with_coords",      "bool",   until=40,    term="withcoord"),
    Row("with_deleted",     "bool",   since=38, until=40, term="withdeleted"),
    Row("WithAssociations", "bool",   since=41,    term="withassoc"),
    Row("WithCoordinators", "bool",   since=41,    term="withcoord"),
    Row("DELETED",          "bool",   since=41,    term="withdeleted"),
    Row("NoUsersAreCoords", "bool",   since=41,    term="flags=NoUsersAreCoords"),
    Row("UsersAreCoords",   "bool",   since=41,    term="flags=UsersAreCoords"),
)

ACCOUNT = (
    Row("with_assocs",      "bool",                term="withassoc"),
    Row("with_coords",      "bool",                term="withcoord"),
    Row("with_deleted",     "bool",   since=38,    term="withdeleted"),
)
ACCOUNT_PATH = (
    Row("account_name",     "strings", since=36,   term="name",                   member="name"),
)
# fmt: on
