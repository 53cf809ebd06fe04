"""GET instance and instances: ``sacctmgr show instance``, of all clusters unless the query names some.

Law: see accounting/listing.py. Called through routing.py.
"""

from slurmrest_inetd.accounting.listing import (
    Conditions,
    Listing,
    answer_single,
    build_conditions,
    pass_list,
    read_list,
)
from slurmrest_inetd.fields.instance_filters import INSTANCES
from slurmrest_inetd.model import Answer, Call, Notice, Passage
from slurmrest_inetd.passthrough import read_document
from slurmrest_inetd.query import Query, parse_query
from slurmrest_inetd.slurm.conditions import format_condition, is_plain

SHOW_INSTANCE = ("sacctmgr", "show", "instance")
LISTING = Listing("instances", "Instance", Notice("slurmdb_instances_get() found nothing", "_dump_instance_cond"))


def get_instance(call: Call) -> Answer:
    """The one instance that meets the query. Raises NotFound, and Unprocessable when there are several."""
    query = parse_query(call, INSTANCES)
    conditions = choose_instances(call, query)
    document = read_list(call, (*SHOW_INSTANCE, *conditions.words), LISTING, conditions)
    return answer_single(call, document, LISTING, query.warnings)


def get_instances(call: Call) -> Answer | Passage:
    """All instances that meet the query."""
    query = parse_query(call, INSTANCES)
    return pass_list(call, SHOW_INSTANCE, LISTING, choose_instances(call, query), warnings=query.warnings)


def choose_instances(call: Call, query: Query) -> Conditions:
    """The query's conditions; where it names no cluster, every one by name: sacctmgr would show its own only."""
    conditions = build_conditions(call, query.values, INSTANCES)
    if any(word.startswith("cluster=") for word in conditions.words):
        return conditions
    clusters = read_document(call, ("sacctmgr", "show", "cluster")).payload["clusters"]
    names = [name for name in (cluster["name"] for cluster in clusters) if is_plain(name)]
    if len(names) < 2:  # its own
        return conditions
    return conditions._replace(words=(*conditions.words, format_condition("cluster", names)))
