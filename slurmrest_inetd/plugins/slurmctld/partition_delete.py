"""DELETE partition/{partition_name}."""

from slurmrest_inetd.administration.partitions import INVALID_PARTITION
from slurmrest_inetd.administration.removal import delete_named
from slurmrest_inetd.model import Answer, Call


def delete_partition(call: Call) -> Answer:
    """Delete the partition. Raises NotFound, Slurm's refusals, CommandTimeout when whether it was done is unknown."""
    return delete_named(call, "partition", call.values["partition_name"], INVALID_PARTITION)
