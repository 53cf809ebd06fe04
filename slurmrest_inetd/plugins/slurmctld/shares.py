"""GET shares: fair-share of accounts and users, `sshare --all`.

Law: ``accounts`` and ``users`` choose (slurmrestd reads both and ignores them). A name is a member of one argv element
only when it is plain: sshare splits at commas and expands brackets.
"""

from slurmrest_inetd.model import Call, Passage
from slurmrest_inetd.passthrough import pass_document
from slurmrest_inetd.query import Parameter, parse_query, refuse_value
from slurmrest_inetd.slurm.conditions import format_condition, is_plain

# fmt: off
PARAMETERS = (
    #         name        kind   term
    Parameter("accounts", "csv", term="--accounts"),
    Parameter("users",    "csv", term="--users"),
)
# fmt: on


def get_shares(call: Call) -> Passage:
    """The shares of the accounts and users that were asked for, else of all. Raises Unprocessable (query), what sshare
    failed of.
    """
    query = parse_query(call, PARAMETERS)
    argv = ["sshare", "--all"]
    for row in PARAMETERS:
        names = query.values.get(row.name)
        for name in names or ():
            if not is_plain(name):
                raise refuse_value(call, row.name, f'"{name}" cannot be the name of one of the {row.name}')
        if names:
            argv.append(format_condition(row.term, names))
    return pass_document(call, tuple(argv), warnings=query.warnings)
