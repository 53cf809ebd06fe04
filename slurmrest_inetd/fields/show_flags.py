"""The query parameter ``flags`` of nodes, partitions and jobs: which option makes a command show what. Data only.

Law: one row a flag. Slurm's commands always ask for details and mixed states; where a client named its flags without
DETAIL or MIXED, the plugin takes out what slurmrestd would then leave out (docs/facts/reads-slurmctld.md).
Read by state/showing.py.
"""

from typing import NamedTuple

from slurmrest_inetd.query import Parameter


class Show(NamedTuple):
    """``squeue`` and ``scontrol`` are the options, "" where a command has none (and nothing would change)."""

    flag: str
    squeue: str
    scontrol: str


# fmt: off
SHOW_FLAGS: tuple[Show, ...] = (
    #    flag          squeue           scontrol
    Show("ALL",        "--all",         "--all"),         # hidden partitions, their jobs and nodes
    Show("DETAIL",     "",              ""),              # without it: no job_resources, gres_detail, gres_used, gres_drained
    Show("MIXED",      "",              ""),              # without it: MIXED nodes are ALLOCATED
    Show("LOCAL",      "--local",       "--local"),       # this cluster of a federation only
    Show("SIBLING",    "--sibling",     "--sibling"),     # all siblings of a federated job
    Show("FEDERATION", "--federation",  "--federation"),  # all clusters of the federation
    Show("FUTURE",     "",              "--future"),      # nodes in state FUTURE
)
# fmt: on

FLAGS = Parameter("flags", "flags", enum=tuple(row.flag for row in SHOW_FLAGS))
