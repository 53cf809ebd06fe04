"""GET association and associations: ``sacctmgr show association``, and with usage sreport.

Law: see accounting/listing.py. Called through routing.py.
"""

from slurmrest_inetd.accounting.association_conditions import (
    LISTING,
    SHOW_ASSOCIATION,
    choose_associations,
    explain_associations,
)
from slurmrest_inetd.accounting.early_defaults import LAST_WITH_QOS_IDS, list_unasked
from slurmrest_inetd.accounting.listing import (
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
from slurmrest_inetd.passthrough import Document
from slurmrest_inetd.query import Query, parse_query


def get_association(call: Call) -> Answer:
    """The one association that meets the query. Raises NotFound, and Unprocessable when there are several; in v0.0.36
    and v0.0.37 there may be.
    """
    query = parse_query(call, ASSOCIATIONS)
    conditions = choose_associations(call, query)
    argv = (*SHOW_ASSOCIATION, *conditions.words)
    document = read_list(call, argv, LISTING, conditions, explain=explain_associations(call, query))
    if call.version <= LAST_WITH_QOS_IDS and document.payload[LISTING.member]:
        number_qos(call, document.payload[LISTING.member])
        return answer_list(document, LISTING, query.warnings)
    answer = answer_single(call, document, LISTING, query.warnings)
    notices = tell_usage(call, document, query)
    return answer._replace(warnings=(*answer.warnings, *notices))


def get_associations(call: Call) -> Answer | Passage:
    """All associations that meet the query."""
    query = parse_query(call, ASSOCIATION_LIST)
    conditions = choose_associations(call, query)
    explain = explain_associations(call, query)
    argv = (*SHOW_ASSOCIATION, *list_unasked(call.version))
    if is_usage_asked(query.values):
        document = read_list(call, (*argv, *conditions.words), LISTING, conditions, explain=explain)
        notices = tell_usage(call, document, query)
        return answer_list(document, LISTING, (*query.warnings, *notices))
    if call.version > LAST_WITH_QOS_IDS:
        warnings = (*query.warnings, *note_period(query.values))
        return pass_list(call, argv, LISTING, conditions, warnings=warnings, explain=explain)
    document = read_list(call, (*argv, *conditions.words), LISTING, conditions, explain=explain)
    number_qos(call, document.payload[LISTING.member])
    return answer_list(document, LISTING, query.warnings)


def tell_usage(call: Call, document: Document, query: Query) -> tuple[Notice, ...]:
    """Put usage into the document's associations, if it is asked for; what the client has to know of it."""
    if not is_usage_asked(query.values):
        return note_period(query.values)
    from slurmrest_inetd.usage.filling import fill_usage

    return fill_usage(call, LISTING.member, document.payload[LISTING.member], query.values)
