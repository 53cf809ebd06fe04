"""What scontrol of some releases cannot set of nodes, reservations, partitions: a row a term, or a value of one. Data only.

Law: what is not here all of 22.05, 24.11 and 26.05 have; tests/cluster/test_ctld_releases.py asks each release's own
scontrol. ``since`` is the first API version that a release with the term has (slurm/data_parsers.py, find_newest).
"""

from typing import NamedTuple


class Row(NamedTuple):
    """``term`` is scontrol's key, or ``key=word`` for one word of it; ``field`` is the property that asks for it."""

    noun: str
    term: str
    since: int
    field: str


# fmt: off
#       noun           term                     since field
LATER_TERMS: tuple[Row, ...] = (
    Row("node",        "resumeafter",           40,   "resume_after"),
    Row("node",        "topology",              43,   "topology_str"),
    Row("reservation", "comment",               40,   "comment"),
    Row("reservation", "trespernode",           40,   "tres"),
    Row("reservation", "flags=USER_DELETE",     40,   "flags"),
    Row("reservation", "flags=FORCE_START",     43,   "flags"),
    Row("partition",   "maxcpuspersocket",      40,   "maximums/cpus_per_socket"),
    Row("partition",   "powerdownonidle",       40,   "flags"),
    Row("partition",   "topology",              43,   "topology"),
    Row("partition",   "exclusive=NODE",        45,   "partition/exclusive"),
    Row("partition",   "exclusive=USER",        45,   "partition/exclusive"),
    Row("partition",   "exclusive=TOPO",        45,   "partition/exclusive"),
    Row("partition",   "preemptmode=PRIORITY",  45,   "preempt_mode"),
)
# fmt: on
