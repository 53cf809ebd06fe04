"""Where we differ from slurmrestd, row by row, each with its reason. Data only; read by test_peer.py and by the documentation.

Law: a difference is either mended or a row here; a difference that makes us worse is not a row, it is a bug. A row that no request
of the peer test needs fails the test, so the table cannot outlive its reasons.
"""

from typing import NamedTuple


class Status(NamedTuple):
    """Another status than the peer's. ``target`` is a regular expression on METHOD, a space, and the path behind the version."""

    target: str
    peer: int
    ours: int
    reason: str


class Leaf(NamedTuple):
    """A value that differs, at a path such as ``nodes.0.cpu_load`` (a regular expression, matched whole)."""

    target: str
    path: str
    reason: str


# fmt: off
STATUSES = (
    Status(r"GET .*",                         404, 405, "a path that is there for other methods says which: Allow (RFC 9110, 15.5.6)"),
)

LEAVES = (
    Leaf(r".*",                               r"meta\.client\..*",                 "the two programs stand at the ends of different pipes"),
)
# fmt: on
