"""GET account/{account_name} and accounts: ``sacctmgr show account``.

Law: see accounting/listing.py. Called through routing.py.
"""

from slurmrest_inetd.accounting.early_defaults import list_unasked
from slurmrest_inetd.accounting.listing import Listing, build_conditions, pass_list, pass_one
from slurmrest_inetd.fields.account_filters import ACCOUNT, ACCOUNT_PATH, ACCOUNTS
from slurmrest_inetd.model import Answer, Call, Notice, Passage
from slurmrest_inetd.query import parse_query, refuse_value

SHOW_ACCOUNT = ("sacctmgr", "show", "account")
LISTING = Listing("accounts", "Account", Notice("slurmdb_accounts_get() found nothing", "_dump_accounts"))


def get_account(call: Call) -> Answer | Passage:
    """One account by its name. Raises NotFound."""
    query = parse_query(call, ACCOUNT)
    values = {**query.values, "account_name": [call.values["account_name"]]}
    conditions = build_conditions(call, values, (*ACCOUNT_PATH, *ACCOUNT))
    return pass_one(call, show_account(call), LISTING, conditions, warnings=query.warnings)


def get_accounts(call: Call) -> Answer | Passage:
    """All accounts that meet the query."""
    query = parse_query(call, ACCOUNTS)
    if query.values.get("NoUsersAreCoords") and query.values.get("UsersAreCoords"):
        raise refuse_value(call, "UsersAreCoords", "UsersAreCoords and NoUsersAreCoords exclude one another")
    conditions = build_conditions(call, query.values, ACCOUNTS)
    return pass_list(call, show_account(call), LISTING, conditions, warnings=query.warnings)


def show_account(call: Call) -> tuple[str, ...]:
    """The command, with what its version tells unasked."""
    return (*SHOW_ACCOUNT, *list_unasked(call.version, "withassoc", "withcoord"))
