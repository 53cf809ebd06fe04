"""GET diag: the controller's statistics, `sdiag`."""

from slurmrest_inetd.model import Call, Passage
from slurmrest_inetd.passthrough import pass_document
from slurmrest_inetd.query import parse_query


def get_diag(call: Call) -> Passage:
    """The statistics. Raises what sdiag failed of."""
    return pass_document(call, ("sdiag",), warnings=parse_query(call, ()).warnings)
