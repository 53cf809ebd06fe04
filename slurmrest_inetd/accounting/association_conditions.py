"""The query of associations as sacctmgr's conditions, and what no word of its can say as a filter of ours.

Law: see listing.py. Called by the plugins of slurmdbd that read and delete associations.
"""

from typing import Any

from slurmrest_inetd.accounting.listing import Conditions, Listing, build_conditions
from slurmrest_inetd.accounting.qos_names import INVALID_QOS, name_qos
from slurmrest_inetd.errors import ApiError
from slurmrest_inetd.fields.association_filters import ASSOCIATIONS
from slurmrest_inetd.model import LAST_EARLY, Call, Notice
from slurmrest_inetd.passthrough import Explain
from slurmrest_inetd.query import Query, refuse_value

SHOW_ASSOCIATION = ("sacctmgr", "show", "association")
LISTING = Listing("associations", "Association", Notice("slurmdb_associations_get() found nothing", "_dump_assoc_cond"))


def choose_associations(call: Call, query: Query) -> Conditions:
    """The query's conditions. An empty ``user`` asks for the associations of users, without those of accounts; in
    v0.0.38 for those of accounts.
    """
    values = {**query.values}
    for name in ("qos", "default_qos"):
        if values.get(name):
            values[name] = name_qos(call, name, values[name])
    conditions = build_conditions(call, values, ASSOCIATIONS)
    if values.get("user") == []:
        keep = is_of_account if call.version <= LAST_EARLY else is_of_user
        return conditions._replace(keeps=(*conditions.keeps, keep))
    return conditions


def is_of_user(association: dict[str, Any]) -> bool:
    """Whether an association is a user's, not an account's."""
    return bool(association["user"])


def is_of_account(association: dict[str, Any]) -> bool:
    """Whether an association is an account's own."""
    return not association["user"]


def explain_associations(call: Call, query: Query) -> Explain:
    """What sacctmgr says of a QOS that it does not know, as the refusal of the parameter that named it."""

    def read_lines(lines: list[str]) -> ApiError | None:
        names = [name for name in ("qos", "default_qos") if query.values.get(name)]
        bad = next((line for line in lines if line.startswith("You gave a bad qos")), None)
        return refuse_value(call, names[0], bad.partition(". Valid")[0], INVALID_QOS) if bad and names else None

    return read_lines
