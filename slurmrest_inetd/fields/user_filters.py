"""The query parameters of user and users, and sacctmgr's words for them. Data only.

Law: one row a parameter; held complete against the API's own documents by tests/unit/test_slurmdbd_filters.py. What
plugins/slurmdbd/users.py does itself has no word of sacctmgr's.
"""

from slurmrest_inetd.query import Parameter as Row

ADMIN_LEVELS = ("Not Set", "None", "Operator", "Administrator")

# fmt: off
#   name                 kind       since     sacctmgr                   where the document has it
USER = (
    Row("with_assocs",       "bool"),
    Row("with_coords",       "bool",              term="withcoord"),
    Row("with_deleted",      "bool",    since=38, term="withdeleted"),
    Row("with_wckeys",       "bool"),
)
USERS = (
    *USER,
    Row("admin_level",       "flags",             enum=ADMIN_LEVELS),
    Row("default_account",   "csv",               term="defaultaccount",       member="default/account"),
    Row("default_wckey",     "csv",               term="defaultwckey",         member="default/wckey"),
    Row("without_defaults",  "bool"),
)
USER_PATH = (
    Row("name",              "strings", since=36, term="name",                 member="name"),
)
# fmt: on
