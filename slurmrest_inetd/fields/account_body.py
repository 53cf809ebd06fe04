"""The properties of an account, a user and a wckey as requests write them. Data only.

Law: one row a property and place; held complete against the API's own schemas by
tests/unit/test_slurmdbd_writes_tables.py. ``apart`` is what accounting/{account,user,wckey}_changes.py do themselves.
"""

from slurmrest_inetd.body.properties import Property as Row

LAST = 99
BY_ASSOCIATIONS = "associations are set through POST associations"
BY_ACCOUNTS = "coordinators are set through POST accounts"
READ_ONLY = "usage is only read"

# fmt: off
#   place                     kind         since until  carry    sacctmgr's term, or the reason
ACCOUNT_PROPERTIES: tuple[Row, ...] = (
    Row("name",               "text",        36, LAST, "apart",  "Names"),
    Row("description",        "text",        36, LAST, "apart",  "Description"),
    Row("organization",       "text",        36, LAST, "apart",  "Organization"),
    Row("coordinators",       "coordinators", 36, LAST, "apart"),
    Row("flags",              "account_flags", 36, LAST, "apart", "Flags"),
    Row("associations",       "list",        36, LAST, "none",   BY_ASSOCIATIONS),
)
USER_PROPERTIES: tuple[Row, ...] = (
    Row("name",               "text",        36, LAST, "apart",  "Names"),
    Row("old_name",           "text",        40, LAST, "apart",  "NewName"),
    Row("administrator_level", "level_text", 36, 38,   "apart",  "AdminLevel"),
    Row("administrator_level", "level",      40, LAST, "apart",  "AdminLevel"),
    Row("default/account",    "text",        36, LAST, "apart",  "DefaultAccount"),
    Row("default/wckey",      "text",        36, LAST, "apart",  "DefaultWCKey"),
    Row("default/qos",        "uint32",      44, LAST, "none",   "a user's default QOS is its association's"),
    Row("flags",              "user_flags",  38, LAST, "apart"),
    Row("wckeys",             "list",        40, LAST, "apart",  "WCKeys"),
    Row("associations",       "list",        36, LAST, "none",   BY_ASSOCIATIONS),
    Row("coordinators",       "list",        36, LAST, "none",   BY_ACCOUNTS),
)
WCKEY_PROPERTIES: tuple[Row, ...] = (
    Row("name",               "text",        36, LAST, "apart",  "WCKeys"),
    Row("user",               "text",        36, LAST, "apart",  "Names"),
    Row("cluster",            "text",        36, LAST, "apart",  "Cluster"),
    Row("id",                 "uint32",      36, LAST, "none",   "slurmdbd gives it"),
    Row("accounting",         "list",        36, LAST, "none",   READ_ONLY),
    Row("accounts",           "list",        36, 38,   "none",   READ_ONLY),
    Row("flags",              "texts",       36, LAST, "none",   "a wckey's flags cannot be set"),
)

# what sets a flag of an account; the others shape what is read, or tell what is so
ACCOUNT_FLAGS = {
    "DELETED":          "",
    "WithAssociations": "",
    "WithCoordinators": "",
    "NoUsersAreCoords": "NoUsersAreCoords",
    "UsersAreCoords":   "UsersAreCoords",
}
USER_FLAGS = {"NONE": "", "DELETED": ""}
# "Not Set" leaves the level as it is
ADMIN_LEVELS = {"Not Set": "", "None": "None", "Operator": "Operator", "Administrator": "Administrator"}
# fmt: on
