"""POST wckeys (add what is not there) and DELETE wckey/{id}, whose ``{id}`` is a wckey's name, on all clusters.

Law: see accounting/wckey_changes.py and changes.py. The query of POST wckeys chooses nothing: what is asked for is in
the body. Called through routing.py.
"""

from slurmrest_inetd.accounting.bodies import read_entries
from slurmrest_inetd.accounting.changes import make_changes
from slurmrest_inetd.accounting.deletion import delete_named
from slurmrest_inetd.accounting.known import Known
from slurmrest_inetd.accounting.wckey_changes import plan_wckeys, read_wckeys
from slurmrest_inetd.body.findings import Findings
from slurmrest_inetd.errors import BadRequest
from slurmrest_inetd.fields.wckey_filters import WCKEYS
from slurmrest_inetd.model import Answer, Call, Notice, Passage
from slurmrest_inetd.query import parse_query

PARSER = "DATA_PARSER_OPENAPI_WCKEY_RESP"
ABSENT = Notice("slurmdb_wckeys_remove() found nothing", "_delete_wckey")


def post_wckeys(call: Call) -> Answer:
    """Add the wckeys of the body that are not there. Raises BadRequest for a query, Unprocessable, Forbidden."""
    query = parse_query(call, WCKEYS)
    if query.values:
        raise BadRequest("Unexpected HTTP body provided when URL Query provided", source=call.endpoint.operation)
    found = Findings()
    wanted = read_wckeys(read_entries(call, "wckeys", PARSER, found), call.version, found)
    found.settle()
    changes = plan_wckeys(wanted, Known(call), found)
    found.settle()
    warnings = (*query.warnings, *found.notices)
    make_changes(call, changes, warnings)
    return Answer({}, warnings=warnings)


def delete_wckey(call: Call) -> Answer | Passage:
    """Delete all wckeys of a name; a warning when there is none. Raises Unprocessable, Forbidden."""
    return delete_named(call, "user", "WCKeys", "id", "deleted_wckeys", absent=ABSENT)
