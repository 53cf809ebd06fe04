"""DELETE of one node, reservation, partition: `scontrol delete KEY=NAME`.

Law: one name, one thing: scontrol takes a list of nodes, so a node's name is checked; what is unknown is not there.
"""

from slurmrest_inetd.administration.series import Update, make_updates
from slurmrest_inetd.errors import ApiError, NotFound
from slurmrest_inetd.model import Answer, Call
from slurmrest_inetd.query import parse_query
from slurmrest_inetd.slurm.scontrol import format_term
from slurmrest_inetd.slurm.values import Unusable


def delete_named(call: Call, noun: str, name: str, unknown: tuple[int, str]) -> Answer:
    """Delete the ``noun`` called ``name``; ``unknown`` is what Slurm says where there is none.

    Raises NotFound, Slurm's refusals, CommandTimeout when whether it was done is unknown.
    """
    number, text = unknown
    try:
        term = format_term(f"{noun}name", name)
    except Unusable as error:
        raise NotFound(str(error), number=number, error=text, source=f"#/{noun}_name/") from None
    update = Update("", f"{noun} {name}", "deleted", ("scontrol", "delete", term))
    try:
        return Answer({}, warnings=make_updates(call, [update], parse_query(call, ()).warnings))
    except ApiError as error:
        if error.problems[0].error_number != number:
            raise
        raise NotFound(str(error), problems=error.problems, warnings=error.warnings) from None
