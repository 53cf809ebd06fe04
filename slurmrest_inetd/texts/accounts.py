"""Accounts: ``sacctmgr show account``; with their associations, one row each.

Law: see columns.py. Called through sources.py.
"""

from typing import Any

from slurmrest_inetd.texts.asking import Ask
from slurmrest_inetd.texts.associations import SHORT_COLUMNS, list_short
from slurmrest_inetd.texts.columns import Column, Row, read_rows
from slurmrest_inetd.texts.conditions import check_conditions, has_word, list_deleted
from slurmrest_inetd.texts.coordinators import ACCOUNT, COORDINATORS, list_users, read_coordinated, read_parents
from slurmrest_inetd.texts.numbers import split_names

COLUMNS = (ACCOUNT, COORDINATORS, Column("Description", 128, free=True), Column("Organization", 64, free=True))
COLUMNS_WITH_ASSOCIATIONS = (*COLUMNS, *(column for column in SHORT_COLUMNS if column != ACCOUNT))


def build_accounts(ask: Ask) -> dict[str, Any]:
    """The accounts that meet the conditions."""
    conditions = check_conditions(ask)
    with_associations = has_word(conditions, "withassoc")
    rows = read_rows(ask, "account", conditions, COLUMNS_WITH_ASSOCIATIONS if with_associations else COLUMNS)
    deleted = list_deleted(ask, conditions, ACCOUNT, rows)
    any_coordinator = any(row["Coordinators"] for row in rows)
    above = (read_parents(ask), read_coordinated(ask)) if any_coordinator else ({}, {})
    accounts: dict[str, dict[str, Any]] = {}
    for row in rows:
        if row["Account"] not in accounts:
            coordinators = list_users(row["Account"], split_names(row["Coordinators"]), *above)
            accounts[row["Account"]] = make_account(row, coordinators, row["Account"] in deleted)
        if with_associations and row["Cluster"]:
            accounts[row["Account"]]["associations"].append(list_short(ask, row))
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
