"""Users as a request describes them -> the commands that add or change them.

Law: a user alone is asked for, without associations: as with slurmrestd. sacctmgr adds a user only together with an
association or a wckey: where none is asked for, a wckey of ours comes with the user and is deleted again at once, and
leaves no trace. Called by the plugins of slurmdbd that write users.
"""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from slurmrest_inetd.accounting.account_changes import check_place
from slurmrest_inetd.accounting.association_changes import INVALID_USER
from slurmrest_inetd.accounting.association_terms import INVALID_ACCOUNT
from slurmrest_inetd.accounting.changes import Change, Step
from slurmrest_inetd.accounting.entity_kinds import KINDS
from slurmrest_inetd.accounting.known import Known
from slurmrest_inetd.accounting.listing import fold
from slurmrest_inetd.accounting.wckey_changes import WantedWckey, plan_wckey, read_wckeys
from slurmrest_inetd.body.findings import Findings
from slurmrest_inetd.body.properties import list_properties
from slurmrest_inetd.body.reading import EXPECTED_DICTIONARY, NO_SUCH_PATH
from slurmrest_inetd.body.trees import read_tree
from slurmrest_inetd.fields.account_body import USER_PROPERTIES
from slurmrest_inetd.slurm.sacctmgr import check_name, format_term, list_add, list_delete, list_modify
from slurmrest_inetd.slurm.values import Unusable, show_value

PARSER = "DATA_PARSER_USER"
PASSING_WCKEY = "slurmrest-inetd-passing"
NAME_TAKEN = (
    9210,
    "Request matched more than one object to modify. Modifications must only apply to a single object. "
    "Try adding more properties to make update match a unique object.",
)


class WantedUser(NamedTuple):
    """A user that a request describes; what is empty is to stay as it is."""

    path: str
    name: str
    old_name: str
    level: str
    account: str
    wckey: str
    wckeys: list[WantedWckey]

    @property
    def term(self) -> str:
        """The condition, and the term, that names the user."""
        return format_term("Names", self.name)


def read_users(entries: Iterable[tuple[str, dict[str, Any]]], version: int, found: Findings) -> list[WantedUser]:
    """The users that ``entries`` describe, each with its path (``#/users[0]/``)."""
    rows = list_properties(USER_PROPERTIES, version)
    wanted = []
    for path, entry in entries:
        values = read_tree(entry, rows, KINDS, path, PARSER, found)
        if entry.get("name") is None:
            found.refuse(Unusable("Missing required field 'name' in dictionary", NO_SUCH_PATH), f"{path}name/")
        name = check_place(values.get("name"), f"{path}name/", found)
        old, account, wckey = (
            check_place(values.get(member) or None, f"{path}{member}/", found)
            for member in ("old_name", "default/account", "default/wckey")
        )
        if "DELETED" in values.get("flags", ()):
            found.warn("Ignoring request to set flag: DELETED", f"{path}flags/")
        level = values.get("administrator_level", "")
        wckeys = read_own_wckeys(values.get("wckeys", ()), name, path, version, found)
        wanted.append(WantedUser(path, name, old, level, account, wckey, wckeys))
    return wanted


def read_own_wckeys(given: Iterable[Any], name: str, path: str, version: int, found: Findings) -> list[WantedWckey]:
    """The wckeys of a user's own list."""
    entries = []
    for index, entry in enumerate(given):
        place = f"{path}wckeys[{index}]/"
        if not isinstance(entry, dict):
            found.refuse(Unusable(f"Expected dictionary but got {show_value(entry)}", EXPECTED_DICTIONARY), place)
        else:
            entries.append((place, {"user": name, **entry}))
    wckeys = read_wckeys(entries, version, found)
    for wckey in wckeys:
        if fold(wckey.user) != fold(name):
            found.refuse(Unusable(f"This wckey is user {wckey.user}'s", INVALID_USER), f"{wckey.path}user/")
    return wckeys


def plan_users(wanted: list[WantedUser], known: Known, found: Findings) -> list[Change]:
    """The changes that make accounting as ``wanted``, in order."""
    names = {name for one in wanted for name in (one.name, one.old_name) if name}
    there = dict(known.index_entries("user", names, "WithAssoc"))
    changes = []
    for one in wanted:
        steps = [*plan_name(one, there, found)]
        if fold(one.name) not in there:
            steps += plan_new(one, known, found)
        else:
            steps += plan_existing(one, there[fold(one.name)], known, found)
        changes.append(Change(one.path, f"user {one.name}", tuple(steps)))
        there.setdefault(fold(one.name), {})
    return changes


def plan_name(one: WantedUser, there: dict[str, dict[str, Any]], found: Findings) -> Iterator[Step]:
    """Give a user another name, where that is asked for."""
    old, new = fold(one.old_name), fold(one.name)
    if not old or old == new:
        return
    path = f"{one.path}old_name/"
    if old not in there:
        text = f"Unable to rename non-existent user {one.old_name} to {one.name}"
        found.refuse(Unusable(text, INVALID_USER), path)
    elif new in there:
        found.refuse(Unusable(f"Unable to rename user {one.old_name} to existing {one.name}", NAME_TAKEN), path)
    else:
        refuse_case(one, found)
        there[new] = there.pop(old)
        argv = list_modify("user", [format_term("Names", one.old_name)], [format_term("NewName", one.name)])
        yield Step(argv, f"renamed from {one.old_name}")


def refuse_case(one: WantedUser, found: Findings) -> None:
    """Refuse a new name that sacctmgr would write otherwise."""
    try:
        check_name(one.name)
    except Unusable as error:
        found.refuse(error, f"{one.path}name/")


def plan_new(one: WantedUser, known: Known, found: Findings) -> list[Step]:
    """Add a user: with the wckeys that are asked for, else with one that goes again."""
    refuse_case(one, found)
    if one.account:
        found.warn("It has no effect: a new user has no association yet", f"{one.path}default/account/")
    level = [format_term("AdminLevel", one.level)] if one.level else []
    cluster = format_term("Cluster", known.local_cluster)
    if one.wckey:
        own = [format_term("WCKeys", one.wckey), format_term("DefaultWCKey", one.wckey)]
        steps = [Step(list_add("user", one.term, *level, *own, cluster), "added")]
    else:
        passing = format_term("WCKeys", PASSING_WCKEY)
        steps = [
            Step(list_add("user", one.term, *level, passing, cluster), "added"),
            Step(list_delete("user", one.term, passing, cluster), "left without wckeys"),
        ]
    return [*steps, *plan_own_wckeys(one, one.wckey, known, found)]


def plan_own_wckeys(one: WantedUser, default: str, known: Known, found: Findings) -> Iterator[Step]:
    """Add a user's wckeys: where there is no default yet, the first becomes it, and stays so."""
    for wckey in one.wckeys:
        yield from plan_wckey(wckey, default, known, found)
        default = default or wckey.name


def plan_existing(one: WantedUser, current: dict[str, Any], known: Known, found: Findings) -> list[Step]:
    """Change what is otherwise than it was asked for."""
    default = current.get("default", {})
    steps = []
    if one.level and [one.level] != current.get("administrator_level"):
        steps.append(Step(list_modify("user", [one.term], [format_term("AdminLevel", one.level)]), "modified"))
    if one.account and fold(str(default.get("account", ""))) != fold(one.account):
        if all(fold(str(own["account"])) != fold(one.account) for own in current.get("associations", ())):
            text = f"User {one.name} has no association with account {one.account}"
            found.refuse(Unusable(text, INVALID_ACCOUNT), f"{one.path}default/account/")
        steps.append(set_default(one, "DefaultAccount", one.account))
    current_wckey = str(default.get("wckey", ""))
    steps += plan_own_wckeys(one, current_wckey, known, found)
    if one.wckey and fold(current_wckey) != fold(one.wckey):
        steps.append(set_default(one, "DefaultWCKey", one.wckey))
    return steps


def set_default(one: WantedUser, key: str, value: str) -> Step:
    """Give a user another default."""
    return Step(list_modify("user", [one.term], [format_term(key, value)]), f"given {key} {value}")
