"""Two replies compared key by key. No pytest, no cluster: documents in, differences out. Used by the peer tests."""

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from differences import CLOCKS, LATE, PASSING_FLAGS, SUMS, Differences, Order, Sum
from replies import Reply

MISSING = "(not there)"
SHOWN = 240


class Finding(NamedTuple):
    """One leaf that differs."""

    path: str
    peer: Any
    ours: Any


def compare_documents(peer: Any, ours: Any, path: str = "") -> Iterator[Finding]:
    """Every leaf that is not the same on both sides; a list of another length is one finding with both lengths."""
    if isinstance(peer, dict) and isinstance(ours, dict):
        for key in dict.fromkeys((*peer, *ours)):
            yield from compare_documents(
                peer.get(key, MISSING), ours.get(key, MISSING), f"{path}.{key}" if path else key
            )
    elif isinstance(peer, list) and isinstance(ours, list):
        if len(peer) != len(ours):
            yield Finding(path, f"{len(peer)} entries", f"{len(ours)} entries")
            return
        for number, (one, other) in enumerate(zip(peer, ours, strict=True)):
            yield from compare_documents(one, other, f"{path}.{number}")
    elif type(peer) is not type(ours) or peer != ours:
        yield Finding(path, peer, ours)


def explain(target: str, peer: Reply, ours: Reply, used: set[object], known: Differences = LATE) -> Iterator[str]:
    """What differs and has no row in ``known``, in words; the rows that were needed are added to ``used``."""
    if peer.status != ours.status:
        rows = [
            row
            for row in known.statuses
            if (row.peer, row.ours) == (peer.status, ours.status) and re.fullmatch(row.target, target)
        ]
        used.update(rows)
        if not rows:
            yield f"{target}: status {peer.status}, ours {ours.status}: peer {peer.body[:SHOWN]!r}, ours {ours.body[:SHOWN]!r}"
        return
    if "json" not in (peer.get("content-type") or ""):
        return
    documents = json.loads(peer.body), json.loads(ours.body)
    for document in documents:
        drop_passing_flags(document)
    for row in known.orders:
        if re.fullmatch(row.target, target) and sort_both(documents, row):
            used.add(row)
    for sums in known.sums:
        if re.fullmatch(sums.target, target) and sum(add_up(document, sums) for document in documents):
            used.add(sums)
    for finding in compare_documents(*documents):
        if is_clock(finding):
            continue
        rows = [
            row for row in known.leaves if re.fullmatch(row.target, target) and re.fullmatch(row.path, finding.path)
        ]
        used.update(rows)
        if not rows:
            yield f"{target}: {finding.path}: {str(finding.peer)[:SHOWN]!r}, ours {str(finding.ours)[:SHOWN]!r}"


def drop_passing_flags(document: dict[str, Any]) -> None:
    """Take out of each job what the scheduler notes on it as it goes by."""
    for job in document.get("jobs", []):
        if "flags" in job:
            job["flags"] = [flag for flag in job["flags"] if flag not in PASSING_FLAGS]


def is_clock(finding: Finding) -> bool:
    """Whether the leaf is one that moves, and has moved no further than it may."""
    for clock in CLOCKS:
        if re.fullmatch(clock.path, finding.path):
            if clock.seconds is None:
                return True
            both = (finding.peer, finding.ours)
            return all(isinstance(moment, int | float) for moment in both) and abs(both[0] - both[1]) <= clock.seconds
    return False


def add_up_all(document: Any) -> None:
    """Add up all that slurmrestd has in parts."""
    for row in SUMS:
        add_up(document, row)


def add_up(document: Any, row: Sum) -> bool:
    """Add up the row's amounts wherever in the document they are; whether that made a difference."""
    # sum, not any: nothing may be left out because something before it has changed
    if isinstance(document, list):
        return sum(add_up(entry, row) for entry in document) > 0
    if not isinstance(document, dict):
        return False
    changed = sum(add_up(value, row) for name, value in document.items() if name != row.member) > 0
    entries = document.get(row.member)
    if isinstance(entries, list):
        found: dict[str, Any] = {}
        for entry in entries:
            rest = {name: value for name, value in entry.items() if name != row.amount}
            amounts = found.setdefault(json.dumps(rest, sort_keys=True), {**rest, row.amount: {}})[row.amount]
            for name, amount in entry[row.amount].items():
                amounts[name] = amounts.get(name, 0) + amount
        document[row.member] = [found[key] for key in sorted(found)]
        changed |= document[row.member] != entries
    return changed


def sort_both(documents: tuple[Any, Any], row: Order) -> bool:
    """Sort the row's list in both documents; whether that made a difference."""
    changed = False
    for document in documents:
        entries = document.get(row.member, [])
        made = sorted(
            entries, key=lambda entry: [str(entry.get(key, entry.get("time", {}).get(key))) for key in row.keys]
        )
        changed |= made != entries
        document[row.member] = made
    return changed
