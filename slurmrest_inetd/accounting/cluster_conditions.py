"""The query of clusters as sacctmgr's conditions, and what no word of its can say as a filter of ours.

Law: see listing.py. Called by the plugins of slurmdbd that read and delete clusters.
"""

from typing import Any

from slurmrest_inetd.accounting.listing import Conditions, Listing, build_conditions, match_member
from slurmrest_inetd.fields.cluster_filters import CLASSIFICATIONS, CLUSTER, CLUSTER_PATH, CLUSTERS
from slurmrest_inetd.model import Call, Notice
from slurmrest_inetd.query import Query, refuse_value
from slurmrest_inetd.slurm.conditions import format_condition

SHOW_CLUSTER = ("sacctmgr", "show", "cluster")
LISTING = Listing("clusters", "Cluster", Notice("slurmdb_clusters_get() found nothing", "_dump_clusters"))


def choose_cluster(call: Call, query: Query) -> Conditions:
    """The cluster that the path names, when it also meets the query. Raises Unprocessable."""
    values = {name: value for name, value in query.values.items() if name != "cluster"}
    values["cluster_name"] = [call.values["cluster_name"]]
    conditions = build_conditions(call, values, (*CLUSTER_PATH, *CLUSTER))
    if query.values.get("cluster"):
        also_named = match_member("name", query.values["cluster"])
        conditions = conditions._replace(keeps=(*conditions.keeps, also_named))
    return add_classification(call, query.values, conditions)


def choose_clusters(call: Call, query: Query) -> Conditions:
    """All clusters that meet the query. Raises Unprocessable."""
    return add_classification(call, query.values, build_conditions(call, query.values, CLUSTERS))


def add_classification(call: Call, values: dict[str, Any], conditions: Conditions) -> Conditions:
    """The conditions with sacctmgr's word for a classification; it takes one. Raises Unprocessable for several."""
    words = {CLASSIFICATIONS[name] for name in values.get("classification", ())} - {""}
    if len(words) > 1:
        raise refuse_value(call, "classification", "Only one classification can be asked for at a time")
    return conditions._replace(
        words=(*conditions.words, *(format_condition("classification", [word]) for word in words))
    )
