"""DELETE reservation/{reservation_name}."""

from slurmrest_inetd.administration.removal import delete_named
from slurmrest_inetd.administration.reservations import INVALID_RESERVATION
from slurmrest_inetd.model import Answer, Call


def delete_reservation(call: Call) -> Answer:
    """Delete the reservation. Raises NotFound, Slurm's refusals, CommandTimeout when whether it was done is unknown."""
    return delete_named(call, "reservation", call.values["reservation_name"], INVALID_RESERVATION)
