"""Wckeys as a request describes them -> the commands that add them.

Law: a wckey that is there is left as it is, as with slurmrestd. The user must be there: slurmrestd makes wckeys of
users that are not. sacctmgr makes a new wckey the user's default, unless it is told the one that is.
Called by the rooms and plugins that write wckeys.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

from slurmrest_inetd.accounting.association_changes import INVALID_USER
from slurmrest_inetd.accounting.association_terms import check_cluster, require_name
from slurmrest_inetd.accounting.changes import Change, Step
from slurmrest_inetd.accounting.entity_kinds import KINDS
from slurmrest_inetd.accounting.known import Known
from slurmrest_inetd.accounting.listing import fold
from slurmrest_inetd.body.findings import Findings
from slurmrest_inetd.body.properties import list_properties
from slurmrest_inetd.body.reading import NO_SUCH_PATH, read_object
from slurmrest_inetd.fields.account_body import WCKEY_PROPERTIES
from slurmrest_inetd.slurm.sacctmgr import check_name, format_term, list_add
from slurmrest_inetd.slurm.values import Unusable

PARSER = "DATA_PARSER_WCKEY"
MEMBERS = ("name", "user", "cluster")


class WantedWckey(NamedTuple):
    """A wckey that a request describes."""

    path: str
    name: str
    user: str
    cluster: str


def read_wckeys(entries: Iterable[tuple[str, dict[str, Any]]], version: int, found: Findings) -> list[WantedWckey]:
    """The wckeys that ``entries`` describe, each with its path (``#/wckeys[0]/``)."""
    rows = list_properties(WCKEY_PROPERTIES, version)
    wanted = []
    for path, entry in entries:
        values = read_object(entry, rows, KINDS, path, PARSER, found)
        names = []
        for member in MEMBERS:
            try:
                if entry.get(member) is None:
                    raise Unusable(f"Missing required field '{member}' in dictionary", NO_SUCH_PATH)
                names.append(require_name(values.get(member), member))
            except Unusable as error:
                found.refuse(error, f"{path}{member}/")
        if len(names) == len(MEMBERS):
            wanted.append(WantedWckey(path, *names))
    return wanted


def plan_wckeys(wanted: list[WantedWckey], known: Known, found: Findings) -> list[Change]:
    """The changes that make accounting as ``wanted``, in order."""
    users = known.index_entries("user", (one.user for one in wanted))
    defaults = {name: str(user.get("default", {}).get("wckey", "")) for name, user in users.items()}
    changes = []
    for one in wanted:
        if fold(one.user) not in users:
            found.refuse(Unusable(f"Unknown user: {one.user}", INVALID_USER), f"{one.path}user/")
            continue
        default = defaults.get(fold(one.user), "")
        steps = plan_wckey(one, default, known, found, alone=True)
        defaults[fold(one.user)] = default or one.name
        changes.append(Change(one.path, f"wckey {one.name} of user {one.user}", tuple(steps)))
    return changes


def plan_wckey(one: WantedWckey, default: str, known: Known, found: Findings, *, alone: bool = False) -> list[Step]:
    """Add one wckey; ``default`` is the user's default on this cluster, to stay so, "" where the new one becomes it.

    ``alone`` says that the change is about the wckey, not about its user.
    """
    try:
        check_cluster(one.cluster, known)
        check_name(one.name)
    except Unusable as error:
        found.refuse(error, f"{one.path}{'name' if fold(one.cluster) in known.clusters else 'cluster'}/")
    local = fold(one.cluster) == fold(known.local_cluster)
    if not local:
        found.warn("It becomes the user's default on that cluster", f"{one.path}cluster/")
    keep = [format_term("DefaultWCKey", check_name(default, folds=False))] if default and local else []
    terms = [format_term("Names", one.user), format_term("WCKeys", one.name), format_term("Cluster", one.cluster)]
    return [Step(list_add("user", *terms, *keep), "added" if alone else f"given wckey {one.name}", idle=True)]
