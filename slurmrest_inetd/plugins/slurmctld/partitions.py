"""GET partitions, partition/{partition_name}: `scontrol show partitions`.

Law: without flags, slurmrestd lists no hidden partition but shows one that is asked for by name; so do we. Before
v0.0.40, which has flags, it lists all.
"""

from slurmrest_inetd.fields.show_flags import FLAGS
from slurmrest_inetd.model import Answer, Call, Passage
from slurmrest_inetd.passthrough import pass_document
from slurmrest_inetd.query import parse_query
from slurmrest_inetd.state.freshness import UNCHANGED, UPDATE_TIME, is_unchanged
from slurmrest_inetd.state.showing import choose_flags, list_options
from slurmrest_inetd.state.spelling import Named, pass_named

PARAMETERS = (UPDATE_TIME, FLAGS)
SINCE_FLAGS = 40
PARTITION = Named("partition", "partitions", 2000, "Invalid partition name specified")


def get_partitions(call: Call) -> Answer | Passage:
    """Every partition that ``flags`` show. Raises Unprocessable (query), what scontrol failed of."""
    query = parse_query(call, PARAMETERS)
    default = ("ALL",) if call.version < SINCE_FLAGS else ()
    options = list_options("scontrol", choose_flags(call, query.values, default))
    argv = ("scontrol", *options, "show", "partitions")
    if is_unchanged(call, argv, query.values):
        return UNCHANGED
    return pass_document(call, argv, warnings=query.warnings)


def get_partition(call: Call) -> Answer | Passage:
    """One partition, whatever its name's letter case. Raises NotFound, Unprocessable (query), what scontrol failed
    of.
    """
    query = parse_query(call, PARAMETERS)
    options = list_options("scontrol", choose_flags(call, query.values, ("ALL",)))
    return pass_named(call, options, PARTITION, call.values["partition_name"], query.values, query.warnings)
