"""Associations: ``sacctmgr show association``.

Which is a user's default, sacctmgr tells only by listing those that are. Law: see columns.py. Called through
sources.py.
"""

from collections.abc import Iterable
from typing import Any

from slurmrest_inetd.texts.asking import Ask
from slurmrest_inetd.texts.columns import Column, Row, read_rows
from slurmrest_inetd.texts.conditions import check_conditions, find_key, list_deleted
from slurmrest_inetd.texts.numbers import (
    Tres,
    index_tres,
    parse_minutes,
    parse_number,
    parse_tres,
    read_tres,
    split_names,
)

# sacctmgr's word for a share that is the account's
PARENT_SHARE = "parent"
PARENT_SHARES_RAW = 0x7FFFFFFF
# The first API version that gives an association its id.
WITH_ID = 40
ID = Column("ID")
CLUSTER = Column("Cluster", 64)
KEY = (CLUSTER, ID)
SHORT_COLUMNS = (
    ID,
    Column("Account", 64, free=True),
    CLUSTER,
    Column("User", 64, free=True),
    Column("Partition", 64),
)
COLUMNS = (
    *SHORT_COLUMNS,
    Column("LFT"),
    Column("ParentName", 64, free=True),
    Column("Share"),
    Column("Priority"),
    Column("DefaultQOS", 64),
    Column("QOS", 128),
    Column("GrpTRES", 64),
    Column("GrpTRESMins", 64),
    Column("GrpTRESRunMins", 64),
    Column("GrpJobs"),
    Column("GrpJobsAccrue"),
    Column("GrpSubmitJobs"),
    Column("GrpWall", 32),
    Column("MaxTRES", 64),
    Column("MaxTRESMins", 64),
    Column("MaxTRESRunMins", 64),
    Column("MaxTRESPerNode", 64),
    Column("MaxJobs"),
    Column("MaxJobsAccrue"),
    Column("MaxSubmitJobs"),
    Column("MaxWall", 32),
    Column("MinPrioThreshold"),
)


def build_associations(ask: Ask) -> dict[str, Any]:
    """The associations that meet the conditions, in the order of their cluster's tree."""
    conditions = check_conditions(ask)
    rows = sorted(read_rows(ask, "association", conditions, COLUMNS), key=find_place)
    known = index_tres(read_tres(ask, "withdeleted"))
    defaults = {find_key(row, KEY) for row in read_rows(ask, "association", (*conditions, "onlydefaults"), KEY)}
    deleted = list_deleted(ask, conditions, KEY, rows)
    return {
        "associations": [
            make_association(ask, row, known, find_key(row, KEY) in defaults, find_key(row, KEY) in deleted)
            for row in rows
        ]
    }


def find_place(row: Row) -> tuple[str, int]:
    """Where an association stands in slurmdbd's own order."""
    return row["Cluster"], int(row["LFT"] or 0)


def list_short(ask: Ask, row: Row) -> dict[str, Any]:
    """What names an association."""
    short: dict[str, Any] = {
        "account": row["Account"],
        "cluster": row["Cluster"],
        "partition": row["Partition"] or None,
        "user": row["User"] or None,
    }
    if ask.call.version >= WITH_ID:
        short["id"] = int(row["ID"])
    return short


def add_associations(
    ask: Ask, conditions: Iterable[str], entries: dict[str, dict[str, Any]], columns: tuple[Column, ...], key: Column
) -> list[Row]:
    """Put their associations into accounts or users, which are ``entries`` by the column ``key``; the rows, with
    ``columns`` beside those of an association.
    """
    rows = [row for row in read_rows(ask, ask.argv[2], conditions, (*SHORT_COLUMNS, *columns)) if row["Cluster"]]
    rows = [row for row in rows if row[key.name] in entries]
    for row in rows:
        entries[row[key.name]]["associations"].append(list_short(ask, row))
    return rows


def make_association(ask: Ask, row: Row, known: dict[str, Tres], default: bool, deleted: bool) -> dict[str, Any]:
    """One association."""
    short = list_short(ask, row)
    return {
        **short,
        **({"id": short} if "id" in short else {}),
        "default": {"qos": row["DefaultQOS"] or None},
        "flags": [flag for flag, is_set in (("DELETED", deleted), ("DEFAULT", default)) if is_set],
        "max": {
            "jobs": make_job_limits(row),
            "tres": make_tres_limits(row, known),
            "per": {"account": {"wall_clock": parse_minutes(row["GrpWall"])}},
        },
        "is_default": int(default),
        "min": {"priority_threshold": parse_number(row["MinPrioThreshold"])},
        "parent_account": row["ParentName"] or None,
        "priority": parse_number(row["Priority"]),
        "qos": split_names(row["QOS"]),
        "shares_raw": PARENT_SHARES_RAW if row["Share"] == PARENT_SHARE else parse_number(row["Share"]),
        "usage": None,
    }


def make_job_limits(row: Row) -> dict[str, Any]:
    """How many jobs there may be, and for how long."""
    return {
        "per": {
            "count": parse_number(row["GrpJobs"]),
            "accruing": parse_number(row["GrpJobsAccrue"]),
            "submitted": parse_number(row["GrpSubmitJobs"]),
            "wall_clock": parse_minutes(row["MaxWall"]),
        },
        "active": parse_number(row["MaxJobs"]),
        "accruing": parse_number(row["MaxJobsAccrue"]),
        "total": parse_number(row["MaxSubmitJobs"]),
    }


def make_tres_limits(row: Row, known: dict[str, Tres]) -> dict[str, Any]:
    """How much of each TRES there may be."""
    return {
        "total": parse_tres(row["GrpTRES"], known),
        "minutes": {
            "per": {"job": parse_tres(row["MaxTRESMins"], known)},
            "total": parse_tres(row["MaxTRESRunMins"], known),
        },
        "group": {
            "minutes": parse_tres(row["GrpTRESMins"], known),
            "active": parse_tres(row["GrpTRESRunMins"], known),
        },
        "per": {"job": parse_tres(row["MaxTRES"], known), "node": parse_tres(row["MaxTRESPerNode"], known)},
    }
