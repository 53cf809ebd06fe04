"""Two replies compared key by key. No pytest, no cluster: documents in, differences out. Used by the peer tests."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from differences import LEAVES, STATUSES, Leaf, Status

MISSING = "(not there)"


class Finding(NamedTuple):
    """One leaf that differs."""

    path: str
    peer: Any
    ours: Any


def compare_documents(peer: Any, ours: Any, path: str = "") -> Iterator[Finding]:
    """Every leaf that is not the same on both sides; a list of another length is one finding with both lengths."""
    if isinstance(peer, dict) and isinstance(ours, dict):
        for key in dict.fromkeys((*peer, *ours)):
            yield from compare_documents(peer.get(key, MISSING), ours.get(key, MISSING), f"{path}.{key}" if path else key)
    elif isinstance(peer, list) and isinstance(ours, list):
        if len(peer) != len(ours):
            yield Finding(path, f"{len(peer)} entries", f"{len(ours)} entries")
            return
        for number, (one, other) in enumerate(zip(peer, ours, strict=True)):
            yield from compare_documents(one, other, f"{path}.{number}")
    elif type(peer) is not type(ours) or peer != ours:
        yield Finding(path, peer, ours)


def find_leaf_row(target: str, path: str) -> Leaf | None:
    """The row that explains a differing leaf."""
    return next((row for row in LEAVES if re.fullmatch(row.target, target) and re.fullmatch(row.path, path)), None)


def find_status_row(target: str, peer: int, ours: int) -> Status | None:
    """The row that explains a differing status."""
    rows = (row for row in STATUSES if (row.peer, row.ours) == (peer, ours))
    return next((row for row in rows if re.fullmatch(row.target, target)), None)
