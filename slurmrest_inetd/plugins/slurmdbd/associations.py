"""GET association and associations: ``sacctmgr show association``.

Law: see accounting/listing.py. Called through routing.py.
"""

from typing import Any

from slurmrest_inetd.accounting.listing import (
    Conditions,
    Listing,
    answer_single,
    build_conditions,
    pass_list,
    read_list,
)
from slurmrest_inetd.accounting.qos_names import INVALID_QOS, name_qos
from slurmrest_inetd.errors import ApiError
from slurmrest_inetd.fields.association_filters import ASSOCIATIONS
from slurmrest_inetd.model import Answer, Call, Notice, Passage
from slurmrest_inetd.passthrough import Explain
from slurmrest_inetd.query import Query, parse_query, refuse_value

SHOW_ASSOCIATION = ("sacctmgr", "show", "association")
LISTING = Listing("associations", "Association", Notice("slurmdb_associations_get() found nothing", "_dump_assoc_cond"))


def get_association(call: Call) -> Answer:
    """The one association that meets the query. Raises NotFound, and Unprocessable when there are several."""
    query = parse_query(call, ASSOCIATIONS)
    conditions = choose_associations(call, query)
    argv = (*SHOW_ASSOCIATION, *conditions.words)
    document = read_list(call, argv, LISTING, conditions, explain=explain(call, query))
    return answer_single(call, document, LISTING, query.warnings)


def get_associations(call: Call) -> Answer | Passage:
    """All associations that meet the query."""
    query = parse_query(call, ASSOCIATIONS)
    conditions = choose_associations(call, query)
    return pass_list(call, SHOW_ASSOCIATION, LISTING, conditions, warnings=query.warnings, explain=explain(call, query))


def choose_associations(call: Call, query: Query) -> Conditions:
    """The query's conditions. An empty ``user`` asks for the associations of users, without those of accounts."""
    values = {**query.values}
    for name in ("qos", "default_qos"):
        if values.get(name):
            values[name] = name_qos(call, name, values[name])
    conditions = build_conditions(call, values, ASSOCIATIONS)
    if values.get("user") == []:
        return conditions._replace(keeps=(*conditions.keeps, is_of_user))
    return conditions


def is_of_user(association: dict[str, Any]) -> bool:
    """Whether an association is a user's, not an account's."""
    return bool(association["user"])


def explain(call: Call, query: Query) -> Explain:
    """What sacctmgr says of a QOS that it does not know, as the refusal of the parameter that named it."""

    def read_lines(lines: list[str]) -> ApiError | None:
        names = [name for name in ("qos", "default_qos") if query.values.get(name)]
        bad = next((line for line in lines if line.startswith("You gave a bad qos")), None)
        return refuse_value(call, names[0], bad.partition(". Valid")[0], INVALID_QOS) if bad and names else None

    return read_lines
