"""Where we differ from slurmrestd, row by row, each with its reason. Data only; read by test_peer.py and linked from the README.

Law: a difference is either mended or a row here; a difference that makes us worse is not a row, it is a bug. A row that no request
of the peer test needs fails the test, so the table cannot outlive its reasons.

``target`` and ``path`` are regular expressions, matched whole. A target is ``RELEASE vNN /ROOT/PATH`` as tests/cluster/asks.py spells
it, its ``{names}`` not filled in; a path is that of a leaf in the document, such as ``nodes.0.cpu_load``.
"""

from typing import NamedTuple


class Status(NamedTuple):
    """Another status than the peer's."""

    target: str
    peer: int
    ours: int
    reason: str


class Leaf(NamedTuple):
    """A leaf that is another."""

    target: str
    path: str
    reason: str


# What changes between any two requests, whoever answers them.
CLOCKS = (
    r".*last_update\.number",
    r".*latency",
    r"statistics\..*",
    r".*\.(cpu_load|free_mem\.number|last_busy\.number)",
    r".*time\.elapsed",
    r".*(run_time|elapsed)",
)

# fmt: off
STATUSES = (
    Status(r".*/node/nosuchnode",                              200, 404, "an unknown node is not there; slurmrestd says 200 and error 0, 'No error'"),
    Status(r".*/partition/nosuchpartition",                    200, 404, "an unknown partition is not there"),
    Status(r".*/partition/nosuchpartition",                    422, 404, "an unknown partition is not there"),
    Status(r".*/reservation/nosuchreservation",                200, 404, "an unknown reservation is not there"),
    Status(r".*/reservation/nosuchreservation",                422, 404, "an unknown reservation is not there"),
    Status(r".*/slurmdb/(account|cluster|qos|user|wckey)/nosuch.*", 200, 404, "what is unknown to accounting is not there"),
    Status(r".*/slurmdb/instance/",                            200, 404, "one instance was asked for, and there is none"),
    Status(r".*/slurmdb/job/99999999",                         200, 404, "an unknown job is not there"),
    Status(r".*update_time=zzz",                               500, 422, "a client's mistake is never a 5xx"),
    Status(r".*/slurmdb/wckeys?/.*",                           500, 403, "Slurm's own refusal (2002) has its status"),
    Status(r".*/slurmdb/wckeys?/.*",                           422, 403, "Slurm's own refusal (2002) has its status"),
)

LEAVES = (
    Leaf(r".*",                                r"meta\.client\..*",                  "the two programs stand at the ends of different pipes; slurmrestd says root for everyone"),
    Leaf(r".*",                                r"errors\.\d+\.source",               "slurmrestd names its C functions; we name the field, the operation or the command"),
    Leaf(r".*unknown=1",                       r"warnings\.\d+\.description",        "slurmrestd adds the name of its parser's C enum"),
)
# fmt: on
