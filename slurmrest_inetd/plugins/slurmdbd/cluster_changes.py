"""POST clusters and DELETE cluster/{cluster_name}: sacctmgr's add and delete of a cluster.

Law: see accounting/clusters.py and accounting/changes.py. The conditions of a deletion hold: slurmrestd deletes the
named cluster whatever they say. Called through routing.py.
"""

from slurmrest_inetd.accounting.bodies import read_entries
from slurmrest_inetd.accounting.changes import Change, Step, make_changes
from slurmrest_inetd.accounting.cluster_conditions import LISTING, SHOW_CLUSTER, choose_cluster
from slurmrest_inetd.accounting.clusters import plan_clusters
from slurmrest_inetd.accounting.fixed_shape import fix_shape
from slurmrest_inetd.accounting.listing import read_list
from slurmrest_inetd.body.findings import Findings
from slurmrest_inetd.errors import Unprocessable
from slurmrest_inetd.fields.cluster_filters import CLUSTER, CLUSTERS_POST
from slurmrest_inetd.model import Answer, Call, Passage
from slurmrest_inetd.query import parse_query
from slurmrest_inetd.slurm.sacctmgr import format_names, list_delete, list_printed
from slurmrest_inetd.slurm.values import Unusable

PARSER = "DATA_PARSER_OPENAPI_CLUSTERS_RESP"
PATH = "#/cluster_name/"
# query parameters that choose
CHOOSING = {row.name for row in CLUSTER if not row.note and row.name != "with_deleted"}


def post_clusters(call: Call) -> Answer:
    """Add the clusters of the body. Raises Unprocessable, Forbidden."""
    query = parse_query(call, CLUSTERS_POST)
    found = Findings()
    changes = plan_clusters(read_entries(call, "clusters", PARSER, found), call.version, found)
    found.settle()
    warnings = (*query.warnings, *found.notices)
    make_changes(call, changes, warnings)
    return Answer({}, warnings=warnings)


def delete_cluster(call: Call) -> Answer | Passage:
    """Delete the cluster that the path names, when it also meets the query; with it go its associations and usage.

    Raises Unprocessable, Forbidden, Conflict where it has jobs.
    """
    query = parse_query(call, CLUSTER)
    name = call.values["cluster_name"]
    try:
        argv = list_delete("cluster", format_names("Name", [name]))
    except Unusable as error:
        raise Unprocessable(str(error), number=error.number, error=error.error, source=PATH) from None
    if CHOOSING & query.values.keys():
        conditions = choose_cluster(call, query)
        document = read_list(fix_shape(call), (*SHOW_CLUSTER, *conditions.words), LISTING, conditions)
        if not document.payload[LISTING.member]:
            return Passage(b"", 304)
    change = Change(PATH, f"cluster {name}", (Step(argv, "deleted", idle=True),))
    (made,) = make_changes(call, [change], query.warnings)
    if not made.done:
        return Passage(b"", 304)
    return Answer({"deleted_clusters": list_printed(made.outputs[0])}, warnings=query.warnings)
