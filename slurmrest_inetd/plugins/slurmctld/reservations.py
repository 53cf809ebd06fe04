"""GET reservations, reservation/{reservation_name}: `scontrol show reservations`."""

from slurmrest_inetd.model import Answer, Call, Passage
from slurmrest_inetd.passthrough import pass_document
from slurmrest_inetd.query import parse_query
from slurmrest_inetd.state.freshness import UNCHANGED, UPDATE_TIME, is_unchanged
from slurmrest_inetd.state.spelling import Named, pass_named

PARAMETERS = (UPDATE_TIME,)
RESERVATION = Named("reservation", "reservations", 2053, "Requested reservation is invalid")


def get_reservations(call: Call) -> Answer | Passage:
    """Every reservation. Raises Unprocessable (query), what scontrol failed of."""
    query = parse_query(call, PARAMETERS)
    argv = ("scontrol", "show", "reservations")
    if is_unchanged(call, argv, query.values):
        return UNCHANGED
    return pass_document(call, argv, warnings=query.warnings)


def get_reservation(call: Call) -> Answer | Passage:
    """One reservation, whatever its name's letter case. Raises NotFound, Unprocessable (query), what scontrol failed
    of.
    """
    query = parse_query(call, PARAMETERS)
    return pass_named(call, (), RESERVATION, call.values["reservation_name"], query.values, query.warnings)
