"""POST users_association: users with their associations, in one command.

Law: see accounting/joint_additions.py. Called through routing.py.
"""

from slurmrest_inetd.accounting.additions import plan_users
from slurmrest_inetd.accounting.joint_additions import JointAddition, add_with_associations
from slurmrest_inetd.fields.association_condition_body import USERS_ADDITION
from slurmrest_inetd.model import Answer, Call, Passage

ADDITION = JointAddition(
    noun="users",
    table=USERS_ADDITION,
    needed=("association_condition", "user"),
    parser="DATA_PARSER_OPENAPI_USERS_ADD_COND_RESP",
    plan=plan_users,
)


def post_users_association(call: Call) -> Answer | Passage:
    """Add the users of the body with their associations; 304 when all were there.

    Raises Unprocessable, Forbidden; then nothing was added.
    """
    return add_with_associations(call, ADDITION)
