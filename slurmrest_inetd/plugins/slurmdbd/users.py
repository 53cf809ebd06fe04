"""GET user/{name} and users: ``sacctmgr show user``, which tells defaults where slurmrestd leaves them out.

slurmrestd names a user's default account only with the associations, and the default wckey only with the wckeys.
sacctmgr names both always, and prints associations and wckeys together or not at all: what was not asked for is taken
out. Only with them does it look for a default in all clusters, as slurmrestd does.
Law: see accounting/listing.py. Called through routing.py.
"""

import re
from typing import Any

from slurmrest_inetd.accounting.early_defaults import LAST_UNASKED, list_unasked
from slurmrest_inetd.accounting.listing import (
    Conditions,
    Listing,
    answer_list,
    build_conditions,
    match_member,
    pass_list,
    pass_one,
    read_list,
    refuse_unknown,
)
from slurmrest_inetd.fields.user_filters import USER, USER_PATH, USERS
from slurmrest_inetd.model import Answer, Call, Notice, Passage
from slurmrest_inetd.passthrough import answer_document, pass_document
from slurmrest_inetd.query import Query, parse_query
from slurmrest_inetd.slurm.conditions import format_condition

SHOW_USER = ("sacctmgr", "show", "user")
LISTING = Listing("users", "User", Notice("slurmdb_users_get() found nothing", "_dump_users"))
# A user's lines "account", "wckey" and "qos" with this indent are those of its "default"; deeper ones have more.
DEFAULTS = re.compile(rb'^(        "(?:account|wckey)": )"[^\n]*"(,?)$', re.MULTILINE)
DEFAULT_QOS = re.compile(rb'^(        "qos": )[0-9]+(,?)$', re.MULTILINE)


def get_user(call: Call) -> Answer | Passage:
    """One user by name. Raises NotFound."""
    query = parse_query(call, USER)
    conditions = build_conditions(call, {**query.values, "name": [call.values["name"]]}, (*USER_PATH, *USER))
    return serve(call, query, conditions, one=True)


def get_users(call: Call) -> Answer | Passage:
    """All users that meet the query."""
    query = parse_query(call, USERS)
    conditions = build_conditions(call, query.values, USERS)
    levels = [level for level in query.values.get("admin_level", ()) if level != "Not Set"]
    if len(levels) == 1:
        conditions = conditions._replace(words=(*conditions.words, format_condition("adminlevel", levels)))
    elif levels:
        conditions = conditions._replace(keeps=(*conditions.keeps, match_member("administrator_level", levels)))
    return serve(call, query, conditions, one=False)


def serve(call: Call, query: Query, conditions: Conditions, *, one: bool) -> Answer | Passage:
    """The users, with just what the query asks to be told of them."""
    if call.version <= LAST_UNASKED:
        give = pass_one if one else pass_list
        argv = (*SHOW_USER, *list_unasked(call.version, "withassoc", "withcoord"))
        return give(call, argv, LISTING, conditions, warnings=query.warnings)
    assocs, wckeys = (bool(query.values.get(name)) for name in ("with_assocs", "with_wckeys"))
    bare = bool(query.values.get("without_defaults"))
    full = assocs or wckeys or any(query.values.get(name) for name in ("default_account", "default_wckey"))
    if assocs and wckeys and not bare:
        conditions = conditions._replace(words=(*conditions.words, "withassoc"))
        give = pass_one if one else pass_list
        return give(call, SHOW_USER, LISTING, conditions, warnings=query.warnings)
    if call.media == "json" and not full and not conditions.keeps:
        return pass_document(
            call,
            (*SHOW_USER, *conditions.words),
            warnings=query.warnings,
            empty=b"users",
            refuse_empty=lambda: refuse_unknown(call, LISTING, query.warnings) if one else LISTING.nothing,
            edit=hide_defaults,
        )
    words = (*conditions.words, "withassoc") if full else conditions.words
    document = read_list(call, (*SHOW_USER, *words), LISTING, conditions)
    for user in document.payload["users"]:
        trim_user(user, assocs=assocs, wckeys=wckeys, bare=bare)
    if one and not document.payload["users"]:
        raise refuse_unknown(call, LISTING, query.warnings)
    return answer_document(document, warnings=query.warnings) if one else answer_list(document, LISTING, query.warnings)


def hide_defaults(lines: bytes) -> bytes:
    """Whole lines of users, their defaults emptied."""
    return DEFAULT_QOS.sub(rb"\g<1>0\2", DEFAULTS.sub(rb'\1""\2', lines))


def trim_user(user: dict[str, Any], *, assocs: bool, wckeys: bool, bare: bool) -> None:
    """Take out of a user what was not asked for; ``bare`` is without defaults."""
    if not assocs:
        user["associations"] = []
        if "qos" in user["default"]:
            user["default"]["qos"] = 0
    if not wckeys:
        user["wckeys"] = []
    if bare or not assocs:
        user["default"]["account"] = ""
    if bare or not wckeys:
        user["default"]["wckey"] = ""
