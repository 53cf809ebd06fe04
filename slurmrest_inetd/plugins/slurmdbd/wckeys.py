"""GET wckey/{id} and wckeys: ``sacctmgr show wckey``, and with usage sreport. Accounting tells them to operators only.

Law: see accounting/listing.py. Called through routing.py.
"""

from typing import Any

from slurmrest_inetd.accounting.listing import (
    Listing,
    answer_list,
    build_conditions,
    fold,
    is_usage_asked,
    note_period,
    pass_list,
    pass_one,
    read_list,
)
from slurmrest_inetd.fields.wckey_filters import WCKEY_PATH, WCKEYS
from slurmrest_inetd.model import Answer, Call, Notice, Passage
from slurmrest_inetd.passthrough import read_document
from slurmrest_inetd.query import parse_query, refuse_value

SHOW_WCKEY = ("sacctmgr", "show", "wckey")
LISTING = Listing("wckeys", "WCKey", Notice("slurmdb_wckeys_get() found nothing", "_dump_wckeys"))


def get_wckey(call: Call) -> Answer | Passage:
    """The keys of one name: the path's ``{id}`` is the name. Raises NotFound, Forbidden."""
    query = parse_query(call, ())
    conditions = build_conditions(call, {"id": [call.values["id"]]}, WCKEY_PATH)
    return pass_one(call, SHOW_WCKEY, LISTING, conditions, warnings=query.warnings)


def get_wckeys(call: Call) -> Answer | Passage:
    """All keys that meet the query. Raises Forbidden."""
    query = parse_query(call, WCKEYS)
    conditions = build_conditions(call, query.values, WCKEYS)
    usage = None
    if is_usage_asked(query.values):
        from slurmrest_inetd.usage.filling import read_usage

        usage = read_usage(call, LISTING.member, conditions.words, query.values)
    warnings = (*query.warnings, *note_period(query.values))
    if not query.values.get("only_defaults"):
        change = usage.put if usage else None
        return pass_list(call, SHOW_WCKEY, LISTING, conditions, warnings=warnings, change=change)
    document = read_list(call, (*SHOW_WCKEY, *conditions.words), LISTING, conditions)
    document.payload["wckeys"] = keep_defaults(call, document.payload["wckeys"], document.meta)
    if usage:
        for key in document.payload["wckeys"]:
            usage.put(key)
    return answer_list(document, LISTING, warnings)


def keep_defaults(call: Call, keys: list[dict[str, Any]], meta: dict[str, Any]) -> list[dict[str, Any]]:
    """Those of ``keys`` that are their users' defaults. sacctmgr says which only with the users, and only for its own
    cluster. Raises Unprocessable when there are keys of another.
    """
    local = fold(meta["slurm"]["cluster"])
    if any(fold(key["cluster"]) != local for key in keys):
        raise refuse_value(
            call, "only_defaults", "Default keys can be told only of this cluster: add cluster to the query"
        )
    users = read_document(call, ("sacctmgr", "show", "user")).payload["users"]
    defaults = {(fold(user["name"]), fold(user["default"]["wckey"])) for user in users}
    return [key for key in keys if (fold(key["user"]), fold(key["name"])) in defaults]
