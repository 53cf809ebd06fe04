"""POST accounts (add, or modify what is there) and DELETE account/{account_name}.

Law: see accounting/account_changes.py and changes.py. Called through routing.py.
"""

from slurmrest_inetd.accounting.account_changes import plan_accounts, read_accounts
from slurmrest_inetd.accounting.bodies import read_entries
from slurmrest_inetd.accounting.changes import make_changes
from slurmrest_inetd.accounting.deletion import delete_named
from slurmrest_inetd.accounting.known import Known
from slurmrest_inetd.body.findings import Findings
from slurmrest_inetd.model import Answer, Call, Passage
from slurmrest_inetd.query import parse_query

PARSER = "DATA_PARSER_OPENAPI_ACCOUNTS_RESP"


def post_accounts(call: Call) -> Answer:
    """Add the accounts of the body, modify those that are there. Raises Unprocessable, Forbidden, Conflict."""
    query = parse_query(call, ())
    found = Findings()
    wanted = read_accounts(read_entries(call, "accounts", PARSER, found), call.version, found)
    found.settle()
    changes = plan_accounts(wanted, Known(call), found)
    found.settle()
    warnings = (*query.warnings, *found.notices)
    make_changes(call, changes, warnings)
    return Answer({}, warnings=warnings)


def delete_account(call: Call) -> Answer | Passage:
    """Delete an account with all its associations; 304 when there is none of this name.

    Raises Unprocessable where a user has it for a default, or jobs run; Forbidden.
    """
    return delete_named(call, "account", "Names", "account_name", "removed_accounts", early="removed_associations")
