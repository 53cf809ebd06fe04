"""GET association and associations: ``sacctmgr show association``, and with usage sreport.

Law: see accounting/listing.py. Called through routing.py.
"""

from typing import TYPE_CHECKING

from slurmrest_inetd.accounting.association_conditions import (
    LISTING,
    SHOW_ASSOCIATION,
    choose_associations,
    explain_associations,
)
from slurmrest_inetd.accounting.early_defaults import LAST_WITH_QOS_IDS, list_unasked
from slurmrest_inetd.accounting.listing import (
    Conditions,
    answer_list,
    answer_single,
    is_usage_asked,
    note_period,
    pass_list,
    read_list,
)
from slurmrest_inetd.accounting.qos_names import number_qos
from slurmrest_inetd.fields.association_filters import ASSOCIATION_LIST, ASSOCIATIONS
from slurmrest_inetd.model import Answer, Call, Notice, Passage
from slurmrest_inetd.passthrough import Explain
from slurmrest_inetd.query import Query, parse_query

if TYPE_CHECKING:
    from slurmrest_inetd.usage.filling import Usage


def get_association(call: Call) -> Answer:
    """The one association that meets the query. Raises NotFound, and Unprocessable when there are several; in v0.0.36
    and v0.0.37 there may be.
    """
    query = parse_query(call, ASSOCIATIONS)
    conditions = choose_associations(call, query)
    argv = (*SHOW_ASSOCIATION, *conditions.words)
    explain = explain_associations(call, query)
    usage = find_usage(call, conditions, query, explain)
    document = read_list(call, argv, LISTING, conditions, explain=explain)
    warnings = (*query.warnings, *note_usage(usage, query))
    if call.version <= LAST_WITH_QOS_IDS and document.payload[LISTING.member]:
        number_qos(call, document.payload[LISTING.member])
        return answer_list(document, LISTING, warnings)
    answer = answer_single(call, document, LISTING, warnings)
    if usage:
        usage.put(document.payload[LISTING.member][0])
    return answer


def get_associations(call: Call) -> Answer | Passage:
    """All associations that meet the query."""
    query = parse_query(call, ASSOCIATION_LIST)
    conditions = choose_associations(call, query)
    explain = explain_associations(call, query)
    argv = (*SHOW_ASSOCIATION, *list_unasked(call.version))
    if call.version > LAST_WITH_QOS_IDS:
        usage = find_usage(call, conditions, query, explain)
        warnings = (*query.warnings, *note_usage(usage, query))
        change = usage.put if usage else None
        return pass_list(call, argv, LISTING, conditions, warnings=warnings, explain=explain, change=change)
    document = read_list(call, (*argv, *conditions.words), LISTING, conditions, explain=explain)
    number_qos(call, document.payload[LISTING.member])
    return answer_list(document, LISTING, query.warnings)


def find_usage(call: Call, conditions: Conditions, query: Query, explain: Explain) -> "Usage | None":
    """The usage of the associations that meet the conditions, if the query asks for it. Raises Unprocessable."""
    if not is_usage_asked(query.values):
        return None
    from slurmrest_inetd.usage.filling import read_usage

    return read_usage(call, LISTING.member, conditions.words, query.values, explain)


def note_usage(usage: "Usage | None", query: Query) -> tuple[Notice, ...]:
    """What the client has to know of usage, or of a period without it."""
    return usage.notices if usage else note_period(query.values)
