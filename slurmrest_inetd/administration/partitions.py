"""The body of POST partitions/, read, and what scontrol is told.

Law: a partition that is there is changed, one that is not is made, as with slurmrestd.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from slurmrest_inetd.administration.kinds import KINDS
from slurmrest_inetd.administration.releases import refuse_later
from slurmrest_inetd.administration.terms import format_hosts, list_terms
from slurmrest_inetd.body.findings import Findings
from slurmrest_inetd.body.misfit import Misfit, place
from slurmrest_inetd.body.properties import list_properties
from slurmrest_inetd.body.trees import read_tree
from slurmrest_inetd.fields.partition_update import PARTITION_FLAGS, PARTITION_PROPERTIES
from slurmrest_inetd.slurm.scontrol import check_new_name, format_term
from slurmrest_inetd.slurm.values import Unusable

PARSER = "DATA_PARSER_PARTITION_INFO"
INVALID_PARTITION = (2000, "Invalid partition name specified")


class Wanted(NamedTuple):
    """One partition as it was asked for; ``terms`` is what there is to change or to make."""

    path: str
    name: str
    terms: tuple[str, ...]


def read_partition(body: dict[str, Any], version: int, newest: int, path: str, found: Findings) -> Wanted:
    """One description, read; what is wrong with it, on a release whose newest API version is v0.0.``newest`` too, is in
    ``found``.
    """
    rows = list_properties(PARTITION_PROPERTIES, version)
    values = read_tree(body, rows, KINDS, path, PARSER, found)
    name: str = values.get("name", "")
    terms: tuple[str, ...] = ()
    if not name:
        found.refuse(Unusable("The partition description must specify a name", INVALID_PARTITION), f"{path}name/")
    try:
        terms = (*list_terms(values, rows), *list_own(values))
    except Misfit as error:
        found.refuse(error, f"{path}{error.field}/")
    refuse_later("partition", terms, newest, path, found)
    return Wanted(path, name, terms)


def list_own(values: dict[str, Any]) -> Iterator[str]:
    """The terms that are more than their own property's."""
    flags = values.get("flags", ())
    for flag in flags:
        if f"{flag}_CLEAR" in flags:
            raise Misfit("flags", f"{flag} and {flag}_CLEAR contradict each other")
        yield PARTITION_FLAGS[flag]
    if values.get("node_sets"):
        if "nodes/configured" in values:
            raise Misfit("node_sets", "scontrol has one list for nodes and sets of nodes: name all in nodes/configured")
        yield place("node_sets", lambda text: format_hosts("nodes", text), values["node_sets"])


def list_command(wanted: Wanted, is_there: bool, found: Findings) -> tuple[str, ...]:
    """scontrol's argv that makes the partition, or changes it when it is there; () where there is nothing to change."""
    try:
        if not is_there:
            check_new_name(wanted.name, INVALID_PARTITION)
        name = format_term("partitionname", wanted.name)
    except Unusable as error:
        found.refuse(error, f"{wanted.path}name/")
        return ()
    if is_there and not wanted.terms:
        found.warn("There is nothing to change", wanted.path)
        return ()
    return ("scontrol", "update" if is_there else "create", name, *wanted.terms)
