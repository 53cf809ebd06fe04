"""GET cluster/{cluster_name} and clusters: ``sacctmgr show cluster``.

Law: see accounting/listing.py. Called through routing.py.
"""

from slurmrest_inetd.accounting.cluster_conditions import LISTING, SHOW_CLUSTER, choose_cluster, choose_clusters
from slurmrest_inetd.accounting.listing import pass_list, pass_one
from slurmrest_inetd.fields.cluster_filters import CLUSTER, CLUSTERS
from slurmrest_inetd.model import Answer, Call, Passage
from slurmrest_inetd.query import parse_query


def get_cluster(call: Call) -> Answer | Passage:
    """One cluster by its name, when it also meets the query. Raises NotFound."""
    query = parse_query(call, CLUSTER)
    return pass_one(call, SHOW_CLUSTER, LISTING, choose_cluster(call, query), warnings=query.warnings)


def get_clusters(call: Call) -> Answer | Passage:
    """All clusters that meet the query."""
    query = parse_query(call, CLUSTERS)
    return pass_list(call, SHOW_CLUSTER, LISTING, choose_clusters(call, query), warnings=query.warnings)
