"""Clusters: ``sacctmgr show cluster``.

Law: see columns.py. Called through sources.py.
"""

from typing import Any

from slurmrest_inetd.texts.asking import Ask
from slurmrest_inetd.texts.columns import Column, Row, read_rows
from slurmrest_inetd.texts.conditions import check_conditions, list_deleted
from slurmrest_inetd.texts.numbers import Tres, index_tres, parse_number, parse_tres, read_tres, split_names

# fmt: off
#   sacctmgr           API
FLAGS = {
    "MultipleSlurmd":  "MULTIPLE_SLURMD",
    "FrontEnd":        "FRONT_END",
    "Federation":      "FEDERATION",
    "External":        "EXTERNAL",
}
# fmt: on
# The select plugins that a cluster may have, by number.
SELECT_PLUGINS = {
    "101": "cons_res",
    "102": "linear",
    "107": "cray_aries",
    "108": "cray_aries",
    "109": "cons_tres",
    "110": "cray_aries",
}
CLUSTER = Column("Cluster", 64, free=True)
COLUMNS = (
    CLUSTER,
    Column("ControlHost", 64),
    Column("ControlPort"),
    Column("RPC"),
    Column("ClusterNodes", 256),
    Column("PluginIDSelect"),
    Column("Flags", 128),
    Column("TRES", 256),
)


def build_clusters(ask: Ask) -> dict[str, Any]:
    """The clusters that meet the conditions."""
    conditions = check_conditions(ask)
    rows = read_rows(ask, "cluster", conditions, COLUMNS)
    known = index_tres(read_tres(ask, "withdeleted")) if rows else {}
    deleted = list_deleted(ask, conditions, (CLUSTER,), rows)
    return {"clusters": [make_cluster(row, known, (row["Cluster"],) in deleted) for row in rows]}


def make_cluster(row: Row, known: dict[str, Tres], deleted: bool) -> dict[str, Any]:
    """One cluster; sacctmgr does not tell its root association."""
    flags = [FLAGS[name] for name in FLAGS if name in split_names(row["Flags"])]
    return {
        "controller": {"host": row["ControlHost"], "port": parse_number(row["ControlPort"]) or 0},
        "flags": [*flags, *(["DELETED"] if deleted else [])],
        "name": row["Cluster"],
        "nodes": row["ClusterNodes"] or None,
        "select_plugin": SELECT_PLUGINS.get(row["PluginIDSelect"]),
        "associations": {"root": None},
        "rpc_version": parse_number(row["RPC"]) or 0,
        "tres": parse_tres(row["TRES"], known),
    }
