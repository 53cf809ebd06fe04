"""GET conf: slurm.conf as the controller has it, `scontrol show config`. From v0.0.45 on."""

from slurmrest_inetd.model import Call, Passage
from slurmrest_inetd.passthrough import pass_document
from slurmrest_inetd.query import parse_query
from slurmrest_inetd.state.freshness import UPDATE_TIME

PARAMETERS = (UPDATE_TIME,)


def get_conf(call: Call) -> Passage:
    """The configuration; it has no ``last_update``, so ``update_time`` is only warned of (slurmrestd ignores it).

    Raises Unprocessable (query), what scontrol failed of.
    """
    query = parse_query(call, PARAMETERS)
    return pass_document(call, ("scontrol", "show", "config"), warnings=query.warnings)
