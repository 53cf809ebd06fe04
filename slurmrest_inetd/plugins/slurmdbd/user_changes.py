"""POST users (add, or modify what is there) and DELETE user/{name}.

Law: see accounting/user_changes.py and changes.py. Called through routing.py.
"""

from slurmrest_inetd.accounting.bodies import read_entries
from slurmrest_inetd.accounting.changes import make_changes
from slurmrest_inetd.accounting.deletion import delete_named
from slurmrest_inetd.accounting.known import Known
from slurmrest_inetd.accounting.user_changes import plan_users, read_users
from slurmrest_inetd.body.findings import Findings
from slurmrest_inetd.model import Answer, Call, Passage
from slurmrest_inetd.query import parse_query

PARSER = "DATA_PARSER_OPENAPI_USERS_RESP"


def post_users(call: Call) -> Answer:
    """Add the users of the body, modify those that are there. Raises Unprocessable, Forbidden, Conflict."""
    query = parse_query(call, ())
    found = Findings()
    wanted = read_users(read_entries(call, "users", PARSER, found), call.version, found)
    found.settle()
    changes = plan_users(wanted, Known(call), found)
    found.settle()
    warnings = (*query.warnings, *found.notices)
    make_changes(call, changes, warnings)
    return Answer({}, warnings=warnings)


def delete_user(call: Call) -> Answer | Passage:
    """Delete a user with all associations and wckeys; 304 when there is none of this name.

    Raises Unprocessable where jobs run; Forbidden.
    """
    return delete_named(call, "user", "Names", "name", "removed_users")
