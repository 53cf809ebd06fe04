"""The shape of the lists that a write looks up, whatever API version its client speaks.

Law: v0.0.40 or later, where the members that are looked at are in their places; of those the one that this Slurm
prints, so that nothing has to be converted. Called by the rooms and plugins that look something up for a write.
"""

from slurmrest_inetd.model import Call
from slurmrest_inetd.slurm.data_parsers import list_data_parsers

EARLIEST = 40


def fix_shape(call: Call) -> Call:
    """``call``, for its look-ups."""
    wanted = max(call.version, EARLIEST)
    spoken = [one for one in list_data_parsers(call.settings, "sacctmgr") if one >= EARLIEST]
    return call._replace(version=min(spoken, key=lambda one: abs(one - wanted), default=wanted))
