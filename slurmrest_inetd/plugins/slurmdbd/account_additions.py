"""POST accounts_association: accounts with their associations, in one command.

Law: see accounting/joint_additions.py. Called through routing.py.
"""

from slurmrest_inetd.accounting.additions import plan_accounts
from slurmrest_inetd.accounting.joint_additions import JointAddition, add_with_associations
from slurmrest_inetd.fields.association_condition_body import ACCOUNTS_ADDITION
from slurmrest_inetd.model import Answer, Call, Passage

ADDITION = JointAddition(
    noun="accounts",
    table=ACCOUNTS_ADDITION,
    needed=("association_condition",),
    parser="DATA_PARSER_OPENAPI_ACCOUNTS_ADD_COND_RESP",
    plan=plan_accounts,
)


def post_accounts_association(call: Call) -> Answer | Passage:
    """Add the accounts of the body with their associations; 304 when all were there.

    Raises Unprocessable, Forbidden; then nothing was added.
    """
    return add_with_associations(call, ADDITION)
