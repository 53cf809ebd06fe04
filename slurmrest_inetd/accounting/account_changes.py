"""Accounts as a request describes them -> the commands that add or change them.

Law: an account alone is asked for, without associations: as with slurmrestd. sacctmgr adds an account with an
association on a cluster; that is deleted again at once. A list of coordinators is the whole list; where there is none,
they stay as they are. Called by the plugins of slurmdbd that write accounts.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

from slurmrest_inetd.accounting.association_changes import INVALID_USER
from slurmrest_inetd.accounting.association_terms import carry_text
from slurmrest_inetd.accounting.changes import Change, Step
from slurmrest_inetd.accounting.entity_kinds import KINDS
from slurmrest_inetd.accounting.known import Known
from slurmrest_inetd.accounting.listing import fold
from slurmrest_inetd.body.findings import Findings
from slurmrest_inetd.body.properties import list_properties
from slurmrest_inetd.body.reading import NO_SUCH_PATH, read_object
from slurmrest_inetd.fields.account_body import ACCOUNT_FLAGS, ACCOUNT_PROPERTIES
from slurmrest_inetd.slurm.sacctmgr import (
    check_name,
    fold_case,
    format_names,
    format_term,
    list_add,
    list_delete,
    list_modify,
)
from slurmrest_inetd.slurm.sacctmgr_terms import require_term
from slurmrest_inetd.slurm.values import INVALID_DATA, Unusable

PARSER = "DATA_PARSER_ACCOUNT"
TEXTS = (("description", "Description"), ("organization", "Organization"))
# the first version that requires them
TEXTS_REQUIRED = 40


class WantedAccount(NamedTuple):
    """An account that a request describes; ``texts`` has those that are given, ``coordinators`` is None where nothing
    is said of them.
    """

    path: str
    name: str
    texts: dict[str, str]
    flag: str
    coordinators: list[str] | None


def read_accounts(entries: Iterable[tuple[str, dict[str, Any]]], version: int, found: Findings) -> list[WantedAccount]:
    """The accounts that ``entries`` describe, each with its path (``#/accounts[0]/``)."""
    rows = list_properties(ACCOUNT_PROPERTIES, version)
    texts_required = [member for member, _ in TEXTS if version >= TEXTS_REQUIRED]
    wanted = []
    for path, entry in entries:
        values = read_object(entry, rows, KINDS, path, PARSER, found)
        for member in ("name", *texts_required):
            if entry.get(member) is None:
                text = f"Missing required field '{member}' in dictionary"
                found.refuse(Unusable(text, NO_SUCH_PATH), f"{path}{member}/")
        name = check_place(values.get("name"), f"{path}name/", found)
        texts = {member: values[member] for member, _ in TEXTS if member in values}
        flag = read_flag(values.get("flags", ()), f"{path}flags/", found)
        coordinators = values.get("coordinators")
        for person in coordinators or ():
            check_place(person, f"{path}coordinators/", found)
        wanted.append(WantedAccount(path, name, texts, flag, coordinators))
    return wanted


def check_place(name: str | None, path: str, found: Findings) -> str:
    """``name``; where it is given and is none, it is refused with its place."""
    if name is not None:
        try:
            return check_name(name, folds=False)
        except Unusable as error:
            found.refuse(error, path)
    return ""


def read_flag(flags: Iterable[str], path: str, found: Findings) -> str:
    """sacctmgr's flag for an account's, "" for none; the two exclude one another."""
    given = list(flags)
    own = [ACCOUNT_FLAGS[flag] for flag in given if ACCOUNT_FLAGS[flag]]
    for flag in given:
        if not ACCOUNT_FLAGS[flag]:
            found.warn(f"Ignoring request to set flag: {flag}", path)
    if len(own) > 1:
        found.refuse(Unusable(f"{own[0]} and {own[1]} exclude one another", INVALID_DATA), path)
    return own[0] if own else ""


def plan_accounts(wanted: list[WantedAccount], known: Known, found: Findings) -> list[Change]:
    """The changes that make accounting as ``wanted``, in order."""
    there = known.index_entries("account", (one.name for one in wanted), "WithCoordinators")
    people = {name for one in wanted for name in one.coordinators or ()}
    users = known.index_entries("user", people)
    changes = []
    for one in wanted:
        for name in one.coordinators or ():
            if fold(name) not in users:
                found.refuse(Unusable(f"Unknown user: {name}", INVALID_USER), f"{one.path}coordinators/")
        current = there.get(fold(one.name))
        check_flag(one, known, found)
        check_texts(one, current or {}, found)
        steps = plan_new(one, known, found) if current is None else plan_existing(one, current)
        steps += plan_coordinators(one, list_coordinators(current or {}))
        changes.append(Change(one.path, f"account {one.name}", tuple(steps)))
        there.setdefault(fold(one.name), {})
    return changes


def check_flag(one: WantedAccount, known: Known, found: Findings) -> None:
    """Refuse the flag where sacctmgr has no flags; without them no users are coordinators."""
    try:
        if one.flag == "UsersAreCoords":
            require_term("account", "Flags", known.newest)
    except Unusable as error:
        found.refuse(error, f"{one.path}flags/")


def check_texts(one: WantedAccount, current: dict[str, Any], found: Findings) -> None:
    """Refuse a description that cannot be carried, unless it is there already; the case of its letters may change."""
    for member, text in one.texts.items():
        if text != current.get(member):
            carry_text(text, f"{one.path}{member}/", found)


def plan_new(one: WantedAccount, known: Known, found: Findings) -> list[Step]:
    """Add an account, and take away the association that comes with it."""
    try:
        check_name(one.name)
    except Unusable as error:
        found.refuse(error, f"{one.path}name/")
    name, cluster = format_term("Names", one.name), format_term("Cluster", known.local_cluster)
    # what Slurm itself takes for either
    terms = [format_term(term, one.texts.get(member, one.name)) for member, term in TEXTS]
    flag = [format_term("Flags", one.flag)] if one.flag == "UsersAreCoords" else []
    return [
        Step(list_add("account", name, *terms, *flag, cluster), "added"),
        Step(list_delete("account", name, cluster), "left without associations"),
    ]


def plan_existing(one: WantedAccount, current: dict[str, Any]) -> list[Step]:
    """Change what is otherwise than it was asked for."""
    terms = [
        format_term(term, one.texts[member])
        for member, term in TEXTS
        if member in one.texts and fold_case(str(current.get(member, ""))) != fold_case(one.texts[member])
    ]
    if one.flag and (one.flag == "UsersAreCoords") != ("UsersAreCoords" in current.get("flags", ())):
        terms.append(format_term("Flags", one.flag))
    where = [format_term("Names", one.name)]
    return [Step(list_modify("account", where, terms), "modified")] if terms else []


def list_coordinators(current: dict[str, Any]) -> list[str]:
    """The names of an account's own coordinators, as the document has them."""
    return [str(one["name"]) for one in current.get("coordinators", ()) if one.get("direct", True)]


def plan_coordinators(one: WantedAccount, current: list[str]) -> list[Step]:
    """Make those coordinators that are to be, and only those."""
    if one.coordinators is None:
        return []
    wanted, there = ({fold(name) for name in names} for names in (one.coordinators, current))
    joining = [name for name in one.coordinators if fold(name) not in there]
    leaving = [name for name in current if fold(name) not in wanted]
    account = format_term("Account", one.name)
    steps = []
    if joining:
        steps.append(Step(list_add("coordinator", format_names("Names", joining), account), "given its coordinators"))
    if leaving:
        argv = list_delete("coordinator", format_names("Names", leaving), account)
        steps.append(Step(argv, "rid of its other coordinators", idle=True))
    return steps
