"""Clusters as a request describes them -> the commands that add them.

Law: only a cluster's name can be said; all else a controller tells slurmdbd itself, with slurmrestd too: a warning. A
cluster that is there is left as it is. Called by the plugins of slurmdbd that write clusters.
"""

from collections.abc import Iterable
from typing import Any

from slurmrest_inetd.accounting.changes import Change, Step
from slurmrest_inetd.body.findings import Findings
from slurmrest_inetd.body.kinds import KINDS as COMMON
from slurmrest_inetd.body.kinds import Kind, flags
from slurmrest_inetd.body.properties import list_properties
from slurmrest_inetd.body.trees import read_tree
from slurmrest_inetd.fields.clusters import CLUSTER_FLAGS, CLUSTER_PROPERTIES, REFUSED_CLUSTER_FLAGS
from slurmrest_inetd.slurm.sacctmgr import check_name, format_term, list_add
from slurmrest_inetd.slurm.values import EXPECTED_LIST, INVALID_DATA, Unusable, show_value

PARSER = "DATA_PARSER_CLUSTER_REC"


def parse_list(value: Any) -> list[Any] | None:
    """A list, whatever it holds; None where it is empty. Raises Unusable."""
    if not isinstance(value, list):
        raise Unusable(f"Expected a List but found {show_value(value)}", EXPECTED_LIST)
    return value or None


KINDS: dict[str, Kind] = COMMON | {"cluster_flags": Kind(flags(CLUSTER_FLAGS)), "list": Kind(parse_list)}


def plan_clusters(entries: Iterable[tuple[str, dict[str, Any]]], version: int, found: Findings) -> list[Change]:
    """The changes that add the clusters of ``entries``, each with its path (``#/clusters[0]/``)."""
    rows = list_properties(CLUSTER_PROPERTIES, version)
    changes = []
    for place, entry in entries:
        values = read_tree(entry, rows, KINDS, place, PARSER, found)
        for flag in values.get("flags", ()):
            judge_flag(flag, f"{place}flags/", found)
        try:
            name = check_name(values.get("name", ""))
        except Unusable as error:
            found.refuse(error, f"{place}name/")
            continue
        step = Step(list_add("cluster", format_term("Name", name)), "added", idle=True)
        changes.append(Change(place, f"cluster {name}", (step,)))
    return changes


def judge_flag(flag: str, path: str, found: Findings) -> None:
    """Refuse a flag that would change what was asked for, warn of one that changes nothing."""
    reason = CLUSTER_FLAGS[flag]
    if flag in REFUSED_CLUSTER_FLAGS:
        found.refuse(Unusable(f"{flag} cannot be carried out: {reason}", INVALID_DATA), path)
    else:
        found.warn(f"{flag} has no effect: {reason}", path)
