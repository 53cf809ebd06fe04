"""Associations as a request describes them -> the commands that add or change them.

Law: an association is told by account, user (none: the account's own), cluster and partition; what is there is changed,
what is not is added, in the order of the request, so that an account may stand before its users. The account and the
user must be there: slurmrestd says 200 where they are not, and makes nothing, or half of it.
Called by the plugins of slurmdbd that write associations.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

from slurmrest_inetd.accounting.association_terms import (
    INVALID_ACCOUNT,
    check_cluster,
    check_parent,
    list_terms,
    note_case,
    require_name,
)
from slurmrest_inetd.accounting.changes import Change, Step
from slurmrest_inetd.accounting.early_bodies import spell_entry
from slurmrest_inetd.accounting.entity_kinds import KINDS
from slurmrest_inetd.accounting.known import Key, Known, make_key
from slurmrest_inetd.accounting.listing import fold
from slurmrest_inetd.body.findings import Findings
from slurmrest_inetd.body.properties import list_properties
from slurmrest_inetd.body.reading import NO_SUCH_PATH
from slurmrest_inetd.body.trees import read_tree
from slurmrest_inetd.fields.association_body import ASSOCIATION_PROPERTIES
from slurmrest_inetd.model import LAST_EARLY
from slurmrest_inetd.slurm.sacctmgr import check_name, format_term, list_add, list_modify
from slurmrest_inetd.slurm.values import Unusable

PARSER = "DATA_PARSER_ASSOC"
INVALID_USER = (2010, "Invalid user id")
UNKNOWN_ASSOCIATION = (2167, "Invalid or unknown association")
ROOT = "root"


class WantedAssociation(NamedTuple):
    """An association that a request describes; ``user`` and ``partition`` may be empty."""

    path: str
    account: str
    user: str
    cluster: str
    partition: str
    values: dict[str, Any]

    @property
    def key(self) -> Key:
        """What tells it from others."""
        return make_key(self._asdict())

    @property
    def what(self) -> str:
        """Its name for texts."""
        own = f" of user {self.user}" if self.user else ""
        within = f", partition {self.partition}" if self.partition else ""
        return f"association{own} with account {self.account} on cluster {self.cluster}{within}"


def read_associations(
    entries: Iterable[tuple[str, dict[str, Any]]], version: int, found: Findings
) -> list[WantedAssociation]:
    """The associations that ``entries`` describe, each with its path (``#/associations[0]/``)."""
    rows = list_properties(ASSOCIATION_PROPERTIES, version)
    wanted = []
    for path, entry in entries:
        values = read_tree(spell_entry(entry, rows, version), rows, KINDS, path, PARSER, found)
        # up to v0.0.38, null is no user
        if "user" not in entry or (entry["user"] is None and version > LAST_EARLY):
            found.refuse(Unusable("Missing required field 'user' in dictionary", NO_SUCH_PATH), f"{path}user/")
        names = {}
        for member in ("account", "user", "cluster", "partition"):
            text = values.get(member, "")
            try:
                optional = member in ("user", "partition") and not text
                names[member] = "" if optional else require_name(text, member)
            except Unusable as error:
                found.refuse(error, f"{path}{member}/")
        if len(names) == 4:
            note_case(names["partition"], f"{path}partition/", found)
            wanted.append(WantedAssociation(path, **names, values=values))
    return wanted


def plan_associations(wanted: list[WantedAssociation], known: Known, found: Findings) -> list[Change]:
    """The changes that make accounting as ``wanted``, in order."""
    accounts = {one.account for one in wanted} | {parent for one in wanted if (parent := read_parent(one))}
    users = {one.user for one in wanted}
    there = known.index_associations(accounts, () if "" in users else users)
    if "" not in users:
        # a user's association needs the account's, which a condition on users leaves out
        there = {**known.index_associations(accounts, ()), **there}
    known_accounts = known.index_entries("account", (one.account for one in wanted))
    known_users = known.index_entries("user", (user for user in users if user))
    changes = []
    for one in wanted:
        try:
            check_cluster(one.cluster, known)
        except Unusable as error:
            found.refuse(error, f"{one.path}cluster/")
            continue
        if fold(one.account) not in known_accounts:
            found.refuse(Unusable(f"Unknown account: {one.account}", INVALID_ACCOUNT), f"{one.path}account/")
        elif one.user and fold(one.user) not in known_users:
            found.refuse(Unusable(f"Unknown user: {one.user}", INVALID_USER), f"{one.path}user/")
        else:
            changes.append(plan_one(one, there, known, found))
            there.setdefault(one.key, {})
    return changes


def read_parent(one: WantedAssociation) -> str:
    """The parent that it names, where sacctmgr could look that up, else ""."""
    try:
        return check_name(one.values.get("parent_account", ""), folds=False)
    except Unusable:
        return ""


def plan_one(one: WantedAssociation, there: dict[Key, dict[str, Any]], known: Known, found: Findings) -> Change:
    """The change that adds one association, or changes the one that is there."""
    current = there.get(one.key)
    check_id(one, current, found)
    terms = list_terms(one.values, ASSOCIATION_PROPERTIES, current, known, one.path, found)
    terms += plan_parent(one, current, there, found)
    default = one.values.get("is_default")
    makes_default = bool(default and one.user and not (current or {}).get("is_default"))
    note_idle(one, current or {}, found)
    if current is None:
        if one.user and (fold(one.account), "", fold(one.cluster), "") not in there:
            text = f"Account {one.account} has no association on cluster {one.cluster}"
            found.refuse(Unusable(text, INVALID_ACCOUNT), f"{one.path}account/")
        if makes_default:
            terms.append(format_term("DefaultAccount", one.account))
        return Change(one.path, one.what, (Step(list_add(*name_new(one), *terms), "added"),))
    steps = []
    if terms:
        entity, *where = name_existing(one)
        steps.append(Step(list_modify(entity, where, terms), "modified"))
    if makes_default:
        where = [format_term("Names", one.user), format_term("Cluster", one.cluster)]
        steps.append(Step(list_modify("user", where, [format_term("DefaultAccount", one.account)]), "made the default"))
    return Change(one.path, one.what, tuple(steps))


def note_idle(one: WantedAssociation, current: dict[str, Any], found: Findings) -> None:
    """A warning for what is otherwise than it was asked for, and stays so."""
    if one.values.get("is_default") is False and current.get("is_default") and one.user:
        found.warn("It has no effect: another association has to be made the default", f"{one.path}is_default/")
    if one.values.get("lineage") and one.values["lineage"] != current.get("lineage", one.values["lineage"]):
        found.warn("It has no effect: Slurm makes it from the parents", f"{one.path}lineage/")


def check_id(one: WantedAssociation, current: dict[str, Any] | None, found: Findings) -> None:
    """Refuse an id that is another association's, as far as the document tells ids (that of 24.11 says 0)."""
    given = read_id(one.values.get("id"))
    if not given:
        return
    actual = read_id((current or {}).get("id"))
    if current is None or (actual and actual != given):
        found.refuse(Unusable(f"Unable to find association: {given}", UNKNOWN_ASSOCIATION), f"{one.path}id/")


def read_id(value: Any) -> int:
    """An association's id, a number or (v0.0.40) an object that holds one; 0 where there is none."""
    number = value.get("id") if isinstance(value, dict) else value
    return number if isinstance(number, int) else 0


def plan_parent(
    one: WantedAssociation, current: dict[str, Any] | None, there: dict[Key, dict[str, Any]], found: Findings
) -> list[str]:
    """The term that sets an account's parent; a user's association has the account for one, whatever is said."""
    parent, place = one.values.get("parent_account", ""), f"{one.path}parent_account/"
    if not parent:
        return []
    if one.user:
        if fold(parent) != fold(one.account):
            found.warn("It has no effect: the parent of a user's association is its account", place)
        return []
    if current is not None and fold(str(current.get("parent_account", ""))) == fold(parent):
        return []
    try:
        if fold(one.account) == ROOT:
            raise Unusable("The root account has no parent", UNKNOWN_ASSOCIATION)
        return [format_term("Parent", check_parent(parent, one.account, one.cluster, there))]
    except Unusable as error:
        found.refuse(error, place)
        return []


def name_new(one: WantedAssociation) -> list[str]:
    """The entity and the terms that name an association to be added."""
    cluster = format_term("Cluster", one.cluster)
    if not one.user:
        return ["account", format_term("Names", one.account), cluster]
    partition = [format_term("Partition", one.partition)] if one.partition else []
    return ["user", format_term("Names", one.user), format_term("Account", one.account), cluster, *partition]


def name_existing(one: WantedAssociation) -> list[str]:
    """The entity and the conditions that one association meets and no other: an empty partition is no partition."""
    cluster = format_term("Cluster", one.cluster)
    if not one.user:
        return ["account", format_term("Names", one.account), cluster]
    own = [format_term("Names", one.user), format_term("Account", one.account)]
    return ["user", *own, cluster, format_term("Partition", one.partition)]
