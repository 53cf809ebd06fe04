"""Users: ``sacctmgr show user``; with their associations, one row each.

Law: see columns.py. Called through sources.py.
"""

from typing import Any

from slurmrest_inetd.texts.asking import Ask
from slurmrest_inetd.texts.associations import SHORT_COLUMNS, list_short
from slurmrest_inetd.texts.columns import Column, Row, read_rows
from slurmrest_inetd.texts.conditions import check_conditions, has_word, list_deleted
from slurmrest_inetd.texts.coordinators import COORDINATORS, list_accounts, read_parents
from slurmrest_inetd.texts.numbers import split_names
from slurmrest_inetd.texts.wckeys import add_wckeys

USER = Column("User", 64, free=True)
COLUMNS = (
    USER,
    COORDINATORS,
    Column("AdminLevel"),
    Column("DefaultAccount", 64, free=True),
    Column("DefaultWCKey", 64, free=True),
)


def build_users(ask: Ask) -> dict[str, Any]:
    """The users that meet the conditions."""
    conditions = check_conditions(ask)
    with_associations = has_word(conditions, "withassoc")
    columns = (*COLUMNS, *(column for column in SHORT_COLUMNS if column != USER)) if with_associations else COLUMNS
    rows = read_rows(ask, "user", conditions, columns)
    deleted = list_deleted(ask, conditions, USER, rows)
    parents = read_parents(ask) if any(row["Coordinators"] for row in rows) else {}
    users: dict[str, dict[str, Any]] = {}
    for row in rows:
        if row["User"] not in users:
            accounts = list_accounts(split_names(row["Coordinators"]), parents)
            users[row["User"]] = make_user(row, accounts, row["User"] in deleted)
        if with_associations and row["Cluster"]:
            users[row["User"]]["associations"].append(list_short(ask, row))
    if with_associations:
        add_wckeys(ask, users)
    return {"users": [*users.values()]}


def make_user(row: Row, accounts: list[dict[str, Any]], deleted: bool) -> dict[str, Any]:
    """One user, without associations."""
    return {
        "administrator_level": row["AdminLevel"],
        "associations": [],
        "coordinators": accounts,
        "default": {"account": row["DefaultAccount"] or None, "wckey": row["DefaultWCKey"]},
        "flags": ["DELETED"] if deleted else [],
        "name": row["User"],
    }
