"""GET cluster/{cluster_name} and clusters: ``sacctmgr show cluster``.

Law: see accounting/listing.py. Called through routing.py.
"""

from typing import Any

from slurmrest_inetd.accounting.listing import Conditions, Listing, build_conditions, match_member, pass_list, pass_one
from slurmrest_inetd.fields.cluster_filters import CLASSIFICATIONS, CLUSTER, CLUSTER_PATH, CLUSTERS
from slurmrest_inetd.model import Answer, Call, Notice, Passage
from slurmrest_inetd.query import parse_query, refuse_value
from slurmrest_inetd.slurm.conditions import format_condition

SHOW_CLUSTER = ("sacctmgr", "show", "cluster")
LISTING = Listing("clusters", "Cluster", Notice("slurmdb_clusters_get() found nothing", "_dump_clusters"))


def get_cluster(call: Call) -> Answer | Passage:
    """One cluster by its name, when it also meets the query. Raises NotFound."""
    query = parse_query(call, CLUSTER)
    values = {name: value for name, value in query.values.items() if name != "cluster"}
    values["cluster_name"] = [call.values["cluster_name"]]
    conditions = build_conditions(call, values, (*CLUSTER_PATH, *CLUSTER))
    if query.values.get("cluster"):
        also_named = match_member("name", query.values["cluster"])
        conditions = conditions._replace(keeps=(*conditions.keeps, also_named))
    conditions = add_classification(call, query.values, conditions)
    return pass_one(call, SHOW_CLUSTER, LISTING, conditions, warnings=query.warnings)


def get_clusters(call: Call) -> Answer | Passage:
    """All clusters that meet the query."""
    query = parse_query(call, CLUSTERS)
    conditions = build_conditions(call, query.values, CLUSTERS)
    conditions = add_classification(call, query.values, conditions)
    return pass_list(call, SHOW_CLUSTER, LISTING, conditions, warnings=query.warnings)


def add_classification(call: Call, values: dict[str, Any], conditions: Conditions) -> Conditions:
    """The conditions with sacctmgr's word for a classification; it takes one. Raises Unprocessable for several."""
    words = {CLASSIFICATIONS[name] for name in values.get("classification", ())} - {""}
    if len(words) > 1:
        raise refuse_value(call, "classification", "Only one classification can be asked for at a time")
    return conditions._replace(
        words=(*conditions.words, *(format_condition("classification", [word]) for word in words))
    )
