"""Accounts: ``sacctmgr show account``; their associations are asked for apart: there is a row each, of narrow columns.

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
from slurmrest_inetd.texts.coordinators import ACCOUNT, COORDINATORS, list_users, read_coordinated, read_parents
from slurmrest_inetd.texts.numbers import split_names

COLUMNS = (ACCOUNT, COORDINATORS, Column("Description", 128, free=True), Column("Organization", 64, free=True))


def build_accounts(ask: Ask) -> dict[str, Any]:
    """The accounts that meet the conditions."""
    conditions = check_conditions(ask)
    rows = read_rows(ask, "account", drop_words(conditions, WITH_ASSOCIATIONS), COLUMNS)
    deleted = list_deleted(ask, conditions, (ACCOUNT,), rows)
    any_coordinator = any(row["Coordinators"] for row in rows)
    above = (read_parents(ask), read_coordinated(ask)) if any_coordinator else ({}, {})
    accounts = {
        row["Account"]: make_account(
            row,
            list_users(row["Account"], split_names(row["Coordinators"]), *above),
            (row["Account"],) in deleted,
        )
        for row in rows
    }
    if accounts and has_word(conditions, WITH_ASSOCIATIONS):
        add_associations(ask, conditions, accounts, (), ACCOUNT)
    return {"accounts": [*accounts.values()]}


def make_account(row: Row, coordinators: list[dict[str, Any]], deleted: bool) -> dict[str, Any]:
    """One account, without its associations."""
    return {
        "associations": [],
        "coordinators": coordinators,
        "description": row["Description"],
        "name": row["Account"],
        "organization": row["Organization"],
        "flags": ["DELETED"] if deleted else [],
    }
