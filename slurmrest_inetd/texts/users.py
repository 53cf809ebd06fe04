"""Users: ``sacctmgr show user``; their associations are asked for apart: there is a row each, of narrow columns.

Law: see columns.py. Called through sources.py.
"""

from typing import Any

from slurmrest_inetd.texts.asking import Ask
from slurmrest_inetd.texts.associations import add_associations
from slurmrest_inetd.texts.columns import Column, Row, read_rows
from slurmrest_inetd.texts.conditions import (
    WITH_ASSOCIATIONS,
    check_conditions,
    drop_words,
    has_word,
    list_deleted,
)
from slurmrest_inetd.texts.coordinators import COORDINATORS, list_accounts, read_parents
from slurmrest_inetd.texts.numbers import split_names
from slurmrest_inetd.texts.wckeys import add_wckeys

USER = Column("User", 64, free=True)
# Those of all clusters are told only beside associations.
DEFAULTS = (Column("DefaultAccount", 64, free=True), Column("DefaultWCKey", 64, free=True))
COLUMNS = (
    USER,
    COORDINATORS,
    Column("AdminLevel"),
    *DEFAULTS,
)


def build_users(ask: Ask) -> dict[str, Any]:
    """The users that meet the conditions."""
    conditions = check_conditions(ask)
    rows = read_rows(ask, "user", drop_words(conditions, WITH_ASSOCIATIONS), COLUMNS)
    deleted = list_deleted(ask, conditions, (USER,), rows)
    parents = read_parents(ask) if any(row["Coordinators"] for row in rows) else {}
    users = {
        row["User"]: make_user(row, list_accounts(split_names(row["Coordinators"]), parents), (row["User"],) in deleted)
        for row in rows
    }
    if users and has_word(conditions, WITH_ASSOCIATIONS):
        for row in reversed(add_associations(ask, conditions, users, DEFAULTS, USER)):
            users[row["User"]]["default"] = make_default(row)  # the first cluster's
        add_wckeys(ask, users)
    return {"users": [*users.values()]}


def make_user(row: Row, accounts: list[dict[str, Any]], deleted: bool) -> dict[str, Any]:
    """One user, without associations."""
    return {
        "administrator_level": row["AdminLevel"],
        "associations": [],
        "coordinators": accounts,
        "default": make_default(row),
        "flags": ["DELETED"] if deleted else [],
        "name": row["User"],
    }


def make_default(row: Row) -> dict[str, Any]:
    """What a user has where nothing else is said."""
    return {"account": row["DefaultAccount"] or None, "wckey": row["DefaultWCKey"]}
