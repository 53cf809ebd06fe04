"""QOS: ``sacctmgr show qos``.

Law: see columns.py. Called through sources.py.
"""

from typing import Any

from slurmrest_inetd.texts.asking import Ask
from slurmrest_inetd.texts.columns import DOUBLE_BYTES, Column, Row, read_rows
from slurmrest_inetd.texts.conditions import check_conditions
from slurmrest_inetd.texts.numbers import (
    Tres,
    index_tres,
    parse_float,
    parse_minutes,
    parse_number,
    parse_seconds,
    parse_tres,
    read_tres,
    split_names,
)

# fmt: off
#   sacctmgr                API
FLAGS = {
    "PartitionMinNode":      "PARTITION_MINIMUM_NODE",
    "PartitionMaxNode":      "PARTITION_MAXIMUM_NODE",
    "PartitionTimeLimit":    "PARTITION_TIME_LIMIT",
    "EnforceUsageThreshold": "ENFORCE_USAGE_THRESHOLD",
    "NoReserve":             "NO_RESERVE",
    "RequiresReservation":   "REQUIRED_RESERVATION",
    "DenyOnLimit":           "DENY_LIMIT",
    "OverPartQOS":           "OVERRIDE_PARTITION_QOS",
    "NoDecay":               "NO_DECAY",
    "UsageFactorSafe":       "USAGE_FACTOR_SAFE",
}
# fmt: on
# What preempts as the cluster is configured to has no mode of its own.
CLUSTER_MODE = "cluster"
COLUMNS = (
    Column("ID"),
    Column("Name", 64, free=True),
    Column("Description", 128, free=True),
    Column("Flags", 256),
    Column("Priority"),
    Column("GraceTime", 32),
    Column("Preempt", 128),
    Column("PreemptMode", 64),
    Column("PreemptExemptTime", 32),
    Column("UsageFactor", DOUBLE_BYTES),
    Column("UsageThreshold", DOUBLE_BYTES),
    Column("LimitFactor", DOUBLE_BYTES),
    Column("MinPrioThreshold"),
    Column("MinTRES", 64),
    Column("GrpJobs"),
    Column("GrpJobsAccrue"),
    Column("GrpTRES", 64),
    Column("GrpTRESRunMins", 64),
    Column("GrpWall", 32),
    Column("MaxWall", 32),
    Column("MaxTRESMins", 64),
    Column("MaxTRESPerJob", 64),
    Column("MaxTRESPerNode", 64),
    Column("MaxTRESPerUser", 64),
    Column("MaxTRESPA", 64),
    Column("MaxTRESRunMinsPU", 64),
    Column("MaxTRESRunMinsPA", 64),
    Column("MaxJobsPU"),
    Column("MaxJobsPA"),
    Column("MaxSubmitPU"),
    Column("MaxSubmitPA"),
    Column("MaxJobsAccruePU"),
    Column("MaxJobsAccruePA"),
)


def build_qos(ask: Ask) -> dict[str, Any]:
    """The QOS that meet the conditions."""
    conditions = check_conditions(ask)
    rows = read_rows(ask, "qos", conditions, COLUMNS)
    known = index_tres(read_tres(ask, "withdeleted")) if rows else {}
    ids = {row["Name"]: int(row["ID"]) for row in rows}
    if any(name not in ids for row in rows for name in split_names(row["Preempt"])):
        ids = {row["Name"]: int(row["ID"]) for row in read_rows(ask, "qos", ("withdeleted",), COLUMNS[:2])}
    return {"QOS": [make_qos(row, known, ids) for row in rows]}


def make_qos(row: Row, known: dict[str, Tres], ids: dict[str, int]) -> dict[str, Any]:
    """One QOS; it preempts others in the order of their ids."""
    mode = row["PreemptMode"].upper()
    return {
        "description": row["Description"],
        "flags": [FLAGS[name] for name in FLAGS if name in row["Flags"].split(",")],
        "id": int(row["ID"]),
        "limits": {
            "grace_time": parse_seconds(row["GraceTime"]) or 0,
            "max": make_maximums(row, known),
            "factor": parse_float(row["LimitFactor"]),
            "min": {
                "priority_threshold": parse_number(row["MinPrioThreshold"]),
                "tres": {"per": {"job": parse_tres(row["MinTRES"], known)}},
            },
        },
        "name": row["Name"],
        "preempt": {
            "list": sorted(split_names(row["Preempt"]), key=lambda name: ids.get(name, 0)),
            "mode": [] if mode == CLUSTER_MODE.upper() else split_names(mode),
            "exempt_time": parse_seconds(row["PreemptExemptTime"]),
        },
        "priority": parse_number(row["Priority"]),
        "usage_factor": parse_float(row["UsageFactor"]),
        "usage_threshold": parse_float(row["UsageThreshold"]),
    }


def make_maximums(row: Row, known: dict[str, Tres]) -> dict[str, Any]:
    """The limits that are highest values."""
    return {
        "active_jobs": {"accruing": parse_number(row["GrpJobsAccrue"]), "count": parse_number(row["GrpJobs"])},
        "tres": make_tres_limits(row, known),
        "wall_clock": {"per": {"qos": parse_minutes(row["GrpWall"]), "job": parse_minutes(row["MaxWall"])}},
        "jobs": {
            "active_jobs": {"per": {"account": parse_number(row["MaxJobsPA"]), "user": parse_number(row["MaxJobsPU"])}},
            "per": {"account": parse_number(row["MaxSubmitPA"]), "user": parse_number(row["MaxSubmitPU"])},
        },
        "accruing": {
            "per": {"account": parse_number(row["MaxJobsAccruePA"]), "user": parse_number(row["MaxJobsAccruePU"])}
        },
    }


def make_tres_limits(row: Row, known: dict[str, Tres]) -> dict[str, Any]:
    """How much of each TRES there may be."""
    return {
        "total": parse_tres(row["GrpTRES"], known),
        "minutes": {
            "per": {
                "qos": parse_tres(row["GrpTRESRunMins"], known),
                "job": parse_tres(row["MaxTRESMins"], known),
                "account": parse_tres(row["MaxTRESRunMinsPA"], known),
                "user": parse_tres(row["MaxTRESRunMinsPU"], known),
            }
        },
        "per": {
            "account": parse_tres(row["MaxTRESPA"], known),
            "job": parse_tres(row["MaxTRESPerJob"], known),
            "node": parse_tres(row["MaxTRESPerNode"], known),
            "user": parse_tres(row["MaxTRESPerUser"], known),
        },
    }
