"""The document of GET config, put back: its lists as changes, in the order that makes them possible.

Law: clusters, QOS, accounts, users, associations, coordinators, wckeys; what a list names may come from an earlier one.
The whole is read and checked before the first command. What only slurmdbd can give (ids) is left out; what
is marked as deleted too, with a warning. What stands twice in the document is made from where it stands alone.
Called by plugins.slurmdbd.config_changes.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from slurmrest_inetd.accounting.account_changes import (
    WantedAccount,
    list_coordinators,
    plan_accounts,
    plan_coordinators,
    read_accounts,
)
from slurmrest_inetd.accounting.association_changes import WantedAssociation, plan_associations, read_associations
from slurmrest_inetd.accounting.changes import Change
from slurmrest_inetd.accounting.clusters import plan_clusters
from slurmrest_inetd.accounting.known import Known
from slurmrest_inetd.accounting.listing import fold
from slurmrest_inetd.accounting.qos import plan_qos
from slurmrest_inetd.accounting.qos_request import read_qos
from slurmrest_inetd.accounting.user_changes import plan_users, read_users
from slurmrest_inetd.accounting.wckey_changes import plan_wckeys, read_wckeys
from slurmrest_inetd.body.findings import Findings
from slurmrest_inetd.model import Call

Entries = list[tuple[str, dict[str, Any]]]
DELETED = "DELETED"
# fmt: off
# of each list: what slurmdbd gives itself, or another list of the document tells
LEFT_OUT: dict[str, tuple[str, ...]] = {
    "clusters":     (),
    "tres":         (),
    "accounts":     ("associations",),
    "users":        ("associations", "coordinators", "default/account", "default/qos"),
    "qos":          ("id",),
    "wckeys":       ("id", "accounting"),
    "associations": ("id", "accounting"),
}
# fmt: on


class Foreseen(Known):
    """The accounting database as it will be once the earlier changes are made: ``names`` are what they add."""

    def __init__(self, call: Call, names: Mapping[str, Iterable[str]]) -> None:
        super().__init__(call)
        self.names = {entity: {fold(name) for name in given} for entity, given in names.items()}

    def index_entries(self, entity: str, names: Iterable[str], *words: str) -> dict[str, dict[str, Any]]:
        """The entries of these names; those that will be there have nothing in them yet."""
        wanted = list(names)
        coming = {fold(name) for name in wanted} & self.names.get(entity, set())
        return {name: {} for name in coming} | super().index_entries(entity, wanted, *words)

    @property
    def clusters(self) -> set[str]:
        """The clusters' folded names."""
        return super().clusters | self.names["cluster"]

    @property
    def qos(self) -> set[str]:
        """The folded names of all QOS."""
        return super().qos | self.names["qos"]


def plan_config(call: Call, lists: Mapping[str, Entries], found: Findings) -> list[Change]:
    """The changes that make accounting as ``lists`` (of ``LEFT_OUT``'s names). Raises Unprocessable."""
    given = {name: [*choose_entries(name, lists.get(name, []), found)] for name in LEFT_OUT}
    qos = read_qos(given["qos"], call.version, found)
    accounts = read_accounts(given["accounts"], call.version, found)
    users = read_users(given["users"], call.version, found)
    associations = read_associations(given["associations"], call.version, found)
    wckeys = read_wckeys(given["wckeys"], call.version, found)
    known = Known(call)
    new = [(path, one) for path, one in given["clusters"] if fold(str(one.get("name", ""))) not in known.clusters]
    clusters = plan_clusters(new, call.version, found)
    found.settle()
    names = {
        "cluster": [str(one.get("name")) for _, one in given["clusters"]],
        "qos": [one.name for one in qos],
        "account": [one.name for one in accounts],
        "user": [one.name for one in users],
    }
    foreseen = Foreseen(call, names)
    note_unknown_tres(given["tres"], known, found)
    changes = [
        *clusters,
        *(plan_qos(qos, known, found) if qos else ()),
        *plan_accounts([one._replace(coordinators=None) for one in accounts], known, found),
        *plan_users(users, known, found),
        *plan_associations(sort_associations(associations), foreseen, found),
        *plan_all_coordinators(accounts, known),
        *plan_wckeys(wckeys, foreseen, found),
    ]
    found.settle()
    return changes


def choose_entries(member: str, entries: Entries, found: Findings) -> Iterable[tuple[str, dict[str, Any]]]:
    """The entries that are not marked as deleted, without what is left out of them."""
    for path, entry in entries:
        flags = entry.get("flags")
        if isinstance(flags, list) and DELETED in flags:
            found.warn("Marked as deleted: it is not made again", path)
        else:
            yield path, leave_out(entry, LEFT_OUT[member])


def leave_out(entry: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """The entry without these members (``default/qos``)."""
    made = dict(entry)
    for name in names:
        first, slash, rest = name.partition("/")
        if not slash:
            made.pop(first, None)
        elif isinstance(made.get(first), dict):
            made[first] = leave_out(made[first], (rest,))
    return made


def note_unknown_tres(entries: Entries, known: Known, found: Findings) -> None:
    """A warning for each TRES that accounting does not know: nobody can add one."""
    there = {name_entry(one) for one in known.list_entries("tres", "WithDeleted")} if entries else set()
    for path, entry in entries:
        if name_entry(entry) not in there:
            found.warn("Updating TRES is not currently supported: a controller tells slurmdbd of it", path)


def name_entry(entry: Mapping[str, Any]) -> str:
    """A TRES by its type and name."""
    return f"{entry.get('type') or ''}/{entry.get('name') or ''}".casefold()


def sort_associations(wanted: list[WantedAssociation]) -> list[WantedAssociation]:
    """Those of accounts before those of users, each account's after its parent's."""
    parents = {
        (fold(one.cluster), fold(one.account)): fold(str(one.values.get("parent_account") or ""))
        for one in wanted
        if not one.user
    }

    def find_depth(one: WantedAssociation) -> int:
        """How far below the root its account is; what goes round in a circle ends at the number of all."""
        cluster, account, depth = fold(one.cluster), fold(one.account), 0
        while account and depth <= len(parents):
            account, depth = parents.get((cluster, account), ""), depth + 1
        return depth

    return sorted(wanted, key=lambda one: (bool(one.user), 0 if one.user else find_depth(one)))


def plan_all_coordinators(accounts: list[WantedAccount], known: Known) -> list[Change]:
    """The changes that give accounts their coordinators, when the users are there."""
    there = known.index_entries("account", (one.name for one in accounts if one.coordinators), "WithCoordinators")
    planned = [(one, plan_coordinators(one, list_coordinators(there.get(fold(one.name), {})))) for one in accounts]
    return [Change(f"{one.path}coordinators/", f"account {one.name}", tuple(steps)) for one, steps in planned if steps]
