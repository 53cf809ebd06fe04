"""GET licenses: `scontrol show licenses`."""

from slurmrest_inetd.model import Call, Passage
from slurmrest_inetd.passthrough import pass_document
from slurmrest_inetd.query import parse_query


def get_licenses(call: Call) -> Passage:
    """Every license. Raises what scontrol failed of."""
    return pass_document(call, ("scontrol", "show", "licenses"), warnings=parse_query(call, ()).warnings)
