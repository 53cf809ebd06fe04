"""POST users_association: users with their associations, in one command.

Law: see accounting/additions.py and changes.py. Called through routing.py.
"""

from slurmrest_inetd.accounting.additions import plan_users, read_addition, require_targets, tell_added
from slurmrest_inetd.accounting.changes import make_changes
from slurmrest_inetd.accounting.known import Known
from slurmrest_inetd.body.findings import Findings
from slurmrest_inetd.body.reading import require_dictionary
from slurmrest_inetd.envelope import parse_body
from slurmrest_inetd.errors import ApiError
from slurmrest_inetd.fields.association_condition_body import USERS_ADDITION
from slurmrest_inetd.model import Answer, Call, Passage
from slurmrest_inetd.query import parse_query

PARSER = "DATA_PARSER_OPENAPI_USERS_ADD_COND_RESP"
NEEDED = ("association_condition", "user")


def post_users_association(call: Call) -> Answer | Passage:
    """Add the users of the body with their associations; 304 when all were there.

    Raises Unprocessable, Forbidden; then nothing was added.
    """
    query = parse_query(call, ())
    found = Findings()
    body = require_dictionary(parse_body(call), "#/")
    addition = read_addition(body, USERS_ADDITION, NEEDED, PARSER, call.version, found)
    require_targets(addition.names["users"], "users", found)
    found.settle()
    change = plan_users(addition, Known(call), found)
    found.settle()
    warnings = (*query.warnings, *found.notices)
    try:
        (made,) = make_changes(call, [change], warnings)
    except ApiError as error:
        error.payload = {"added_users": ""}
        raise
    return Answer({"added_users": tell_added(made.outputs[0])}, warnings=warnings) if made.done else Passage(b"", 304)
