"""DELETE node/{node_name}: Slurm deletes only nodes that were made while it runs."""

from slurmrest_inetd.administration.nodes import require_node_name
from slurmrest_inetd.administration.removal import delete_named
from slurmrest_inetd.model import Answer, Call
from slurmrest_inetd.slurm.scontrol import INVALID_NODE_NAME


def delete_node(call: Call) -> Answer:
    """Delete the node. Raises NotFound, Slurm's refusals, CommandTimeout when whether it was done is unknown."""
    return delete_named(call, "node", require_node_name(call), INVALID_NODE_NAME)
