"""GET reconfigure: `scontrol reconfigure`. A write, though it is a GET: no HEAD of it is served (endpoints.py)."""

from slurmrest_inetd.administration.series import Update, make_updates
from slurmrest_inetd.model import Answer, Call
from slurmrest_inetd.query import parse_query


def get_reconfigure(call: Call) -> Answer:
    """Have Slurm's daemons read their configuration again. Raises Slurm's refusals, CommandTimeout when whether it was
    done is unknown.
    """
    update = Update("", "the configuration", "read again", ("scontrol", "reconfigure"))
    return Answer({}, warnings=make_updates(call, [update], parse_query(call, ()).warnings))
