"""DELETE partition/{partition_name}."""

from slurmrest_inetd.model import Answer, Call
from slurmrest_inetd.updates.partitions import INVALID_PARTITION
from slurmrest_inetd.updates.removal import delete_named


def delete_partition(call: Call) -> Answer:
    """Delete the partition. Raises NotFound, Slurm's refusals, CommandTimeout when whether it was done is unknown."""
    return delete_named(call, "partition", call.values["partition_name"], INVALID_PARTITION)
