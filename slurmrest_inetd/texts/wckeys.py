"""Wckeys: ``sacctmgr show wckey``. Which is a user's default, only the user's own row tells, for this cluster.

Law: see columns.py. Called through sources.py.
"""

from typing import Any

from slurmrest_inetd.texts.asking import Ask
from slurmrest_inetd.texts.columns import Column, read_rows
from slurmrest_inetd.texts.conditions import check_conditions, find_key, list_deleted

ID = Column("ID")
USER = Column("User", 64, free=True)
CLUSTER = Column("Cluster", 64)
KEY = (CLUSTER, ID)
COLUMNS = (ID, CLUSTER, Column("Name", 64, free=True), USER)
# The parameter that adds them to users, in the API versions that have it.
WANTED = "with_wckeys"
DEFAULTS = (USER, Column("DefaultWCKey", 64, free=True))


def build_wckeys(ask: Ask) -> dict[str, Any]:
    """The wckeys that meet the conditions."""
    conditions = check_conditions(ask)
    rows = read_rows(ask, "wckey", conditions, COLUMNS)
    deleted = list_deleted(ask, conditions, KEY, rows)
    defaults = {(row["User"], row["DefaultWCKey"]) for row in read_rows(ask, "user", (), DEFAULTS)} if rows else set()
    return {
        "wckeys": [
            {
                "accounts": [],
                "cluster": row["Cluster"],
                "id": int(row["ID"]),
                "name": row["Name"],
                "user": row["User"],
                "flags": [
                    flag
                    for flag, is_set in (
                        ("DELETED", find_key(row, KEY) in deleted),
                        ("DEFAULT", (row["User"], row["Name"]) in defaults),
                    )
                    if is_set
                ],
            }
            for row in rows
        ]
    }


def add_wckeys(ask: Ask, users: dict[str, dict[str, Any]]) -> None:
    """Put their wckeys into users (by name), where the client asked for these: sacctmgr prints them apart, and only to
    operators. Raises Forbidden.
    """
    if not users or not any(name == WANTED for name, _ in ask.call.request.query):
        return
    for user in users.values():
        user["wckeys"] = []
    for row in read_rows(ask, "wckey", (), COLUMNS):
        if row["User"] in users:
            users[row["User"]]["wckeys"].append(
                {
                    "accounting": [],
                    "cluster": row["Cluster"],
                    "id": int(row["ID"]),
                    "name": row["Name"],
                    "user": row["User"],
                    "flags": [],
                }
            )
