"""The associations that a query found -> the commands that delete them, and no others.

Law: a query must choose by more than the cluster: one that is empty would mean all. With an account's association go
its users' and, from 26.05 on, its sub-accounts': so it is with slurmrestd. Each command is told by names what to
delete, not by the query. Called by plugins.slurmdbd.association_changes.
"""

from collections.abc import Iterable
from typing import Any

from slurmrest_inetd.accounting.changes import Change, Step
from slurmrest_inetd.accounting.known import make_key
from slurmrest_inetd.errors import Unprocessable
from slurmrest_inetd.model import Call, Notice
from slurmrest_inetd.query import INVALID_QUERY, Query
from slurmrest_inetd.slurm.sacctmgr import format_names, format_term, list_delete
from slurmrest_inetd.slurm.values import Unusable

PATH = "#/associations/"
CHOOSING = ("account", "user", "id", "partition", "parent_account", "qos", "default_qos")
DELETED_TOO = ("with_deleted", "Include deleted associations")


def require_choice(call: Call, query: Query) -> Query:
    """``query``, where it chooses; what asks for deleted ones has no effect. Raises Unprocessable."""
    if not any(query.values.get(name) for name in CHOOSING):
        raise Unprocessable(
            f"Say which associations are to be deleted: by {', '.join(CHOOSING[:-1])} or {CHOOSING[-1]}",
            number=INVALID_QUERY[0],
            error=INVALID_QUERY[1],
            source=call.endpoint.operation,
            payload={"removed_associations": []},
        )
    idle = [name for name in DELETED_TOO if query.values.get(name)]
    notices = [Notice("It has no effect: what is deleted is not deleted again", f"#/{name}/") for name in idle]
    values = {name: value for name, value in query.values.items() if name not in DELETED_TOO}
    return Query(values, (*query.warnings, *notices))


def plan_deletion(associations: Iterable[dict[str, Any]]) -> list[Change]:
    """The changes that delete ``associations``: accounts' with all below them, then users', those of one account and
    partition at once. Raises Unprocessable for names that sacctmgr could not carry.
    """
    of_accounts: dict[tuple[str, str], str] = {}
    of_users: dict[tuple[str, str, str], list[str]] = {}
    listed = list(associations)
    for one in listed:
        if not one["user"]:
            account, _, cluster, _ = make_key(one)
            of_accounts[account, cluster] = one["account"]
    for one in listed:
        account, user, cluster, partition = make_key(one)
        if user and (account, cluster) not in of_accounts:
            of_users.setdefault((account, cluster, partition), []).append(one["user"])
    try:
        return [
            *(plan_account(name, cluster) for (_, cluster), name in of_accounts.items()),
            *(plan_users(users, *place) for place, users in of_users.items()),
        ]
    except Unusable as error:
        raise Unprocessable(str(error), number=error.number, error=error.error, source=PATH) from None


def plan_account(account: str, cluster: str) -> Change:
    """Delete an account's own association. One that went with its parent's is gone already."""
    where = (format_names("Names", [account]), format_names("Cluster", [cluster]))
    step = Step(list_delete("account", *where), "deleted", idle=True)
    return Change(PATH, f"association of account {account} on cluster {cluster}", (step,))


def plan_users(users: list[str], account: str, cluster: str, partition: str) -> Change:
    """Delete the associations of users with one account."""
    where = (
        format_names("Names", users),
        format_names("Account", [account]),
        format_names("Cluster", [cluster]),
        format_names("Partition", [partition]) if partition else format_term("Partition", ""),
    )
    what = f"association of {', '.join(users)} with account {account} on cluster {cluster}"
    return Change(PATH, what, (Step(list_delete("user", *where), "deleted", idle=True),))
