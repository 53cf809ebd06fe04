"""accounts_association and users_association: accounts, or users, with their associations in one command.

Law: every account (and user, cluster, partition) with every other, all or nothing, as ``sacctmgr add`` does it; what is
there already stays as it is. What is named must be there: sacctmgr skips what is not, slurmrestd says 304.
Called by the plugins of slurmdbd that add.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

from slurmrest_inetd.accounting.association_terms import (
    INVALID_ACCOUNT,
    carry_text,
    check_cluster,
    check_parent,
    list_terms,
    note_case,
)
from slurmrest_inetd.accounting.bodies import EMPTY_LIST, ENVELOPE
from slurmrest_inetd.accounting.changes import Change, Step
from slurmrest_inetd.accounting.entity_kinds import KINDS
from slurmrest_inetd.accounting.known import Known
from slurmrest_inetd.accounting.listing import fold
from slurmrest_inetd.body.findings import Findings
from slurmrest_inetd.body.properties import Property, list_properties
from slurmrest_inetd.body.reading import NO_SUCH_PATH
from slurmrest_inetd.body.trees import read_tree
from slurmrest_inetd.fields.association_condition_body import ACCOUNTS_ADDITION, RECORD, USERS_ADDITION
from slurmrest_inetd.slurm.sacctmgr import check_name, format_names, format_term, list_add, list_modify
from slurmrest_inetd.slurm.values import Unusable

CONDITION = "association_condition/"
PARENT = RECORD + "parent"
# a user needs one of the two
NOTHING_TO_ADD = (9000, "Query empty or not RFC7320 compliant")
# how sacctmgr prints the associations that it adds, and what stands behind them
INDENT = "  "
ASSOCIATION = ("  C = ", "  A = ", "  U = ")  # the last two are 22.05's
SETTINGS = (" Settings\n", " Non Default Settings\n")


class Addition(NamedTuple):
    """What the body asks for: the table's values, and the lists of names in it, checked."""

    values: dict[str, Any]
    names: dict[str, list[str]]


def read_addition(
    body: dict[str, Any], table: Iterable[Property], needed: tuple[str, ...], parser: str, version: int, found: Findings
) -> Addition:
    """The body by its table; the members ``needed`` must be there. What is wrong is refused with its place."""
    given = {name: value for name, value in body.items() if name not in ENVELOPE}
    for name in needed:
        if given.get(name) is None:
            found.refuse(Unusable(f"Missing required field '{name}' in dictionary", NO_SUCH_PATH), f"#/{name}/")
    values = read_tree(given, list_properties(table, version), KINDS, "#/", parser, found)
    names: dict[str, list[str]] = {}
    for row in table:
        if row.kind == "names":
            member = row.name.removeprefix(CONDITION)
            names[member] = check_names(values.get(row.name, []), f"#/{row.name}/", found)
    return Addition(values, names)


def check_names(names: list[str], path: str, found: Findings) -> list[str]:
    """``names``; each that is none is refused."""
    for name in names:
        try:
            check_name(name, folds=False)
        except Unusable as error:
            found.refuse(error, path)
    return names


def require_targets(names: list[str], member: str, found: Findings) -> None:
    """Refuse an empty list of what is to be added."""
    path = f"#/{CONDITION}{member}/"
    if not names:
        found.refuse(Unusable(f"The list of {member} is empty: there is nothing to add", EMPTY_LIST), path)


def refuse_new_names(names: list[str], there: Iterable[str], member: str, found: Findings) -> None:
    """Refuse each new name that sacctmgr would write otherwise."""
    for name in names:
        try:
            if fold(name) not in there:
                check_name(name)
        except Unusable as error:
            found.refuse(error, f"#/{CONDITION}{member}/")


def plan_accounts(addition: Addition, known: Known, found: Findings) -> Change:
    """The change that adds the accounts with their associations."""
    accounts = addition.names["accounts"]
    refuse_new_names(accounts, known.index_entries("account", accounts), "accounts", found)
    clusters = choose_clusters(addition, known, found)
    terms = [format_names("Names", accounts)]
    for name in ("description", "organization"):
        text = addition.values.get(f"account/{name}", "")
        if text:
            terms.append(format_term(name.capitalize(), carry_text(text, f"#/account/{name}/", found)))
    parent = addition.values.get(PARENT)
    if parent:
        there = known.index_associations([parent], ()) if is_name(parent) else {}
        for account in accounts:
            for cluster in clusters or [known.local_cluster]:
                try:
                    check_parent(parent, account, cluster, there)
                except Unusable as error:
                    found.refuse(error, f"#/{PARENT}/")
        terms.append(format_term("Parent", parent))
    terms += list_shared(addition, ACCOUNTS_ADDITION, clusters, known, found)
    return Change("#/", f"accounts {', '.join(accounts)}", (Step(list_add("account", *terms), "added", idle=True),))


def is_name(text: str) -> bool:
    """Whether sacctmgr could look ``text`` up."""
    try:
        return bool(check_name(text, folds=False))
    except Unusable:
        return False


def choose_clusters(addition: Addition, known: Known, found: Findings) -> list[str]:
    """The clusters that are named, each one that is there; none of them means all."""
    for cluster in addition.names["clusters"]:
        try:
            check_cluster(cluster, known)
        except Unusable as error:
            found.refuse(error, f"#/{CONDITION}clusters/")
    return addition.names["clusters"]


def list_shared(
    addition: Addition, table: Iterable[Property], clusters: list[str], known: Known, found: Findings
) -> list[str]:
    """The terms that are the same for accounts and users: the clusters, and the association's own."""
    own = list_terms(addition.values, table, None, known, "#/", found)
    return [*([format_names("Cluster", clusters)] if clusters else []), *own]


def plan_users(addition: Addition, known: Known, found: Findings) -> Change:
    """The change that adds the users with their associations and wckeys."""
    names, values = addition.names, addition.values
    users, accounts = names["users"], names["accounts"]
    if not accounts and not names["wckeys"] and not values.get("user/defaultwckey"):
        problem = Unusable("Need name of account(s) or wckey(s) to add", NOTHING_TO_ADD)
        found.refuse(problem, f"#/{CONDITION}accounts/")
    refuse_new_names(users, known.index_entries("user", users), "users", found)
    clusters = choose_clusters(addition, known, found)
    check_accounts(accounts, clusters, known, found)
    if values.get(PARENT):
        found.warn("It has no effect: the parent of a user's association is its account", f"#/{PARENT}/")
    terms = [format_names("Names", users)]
    for member, key in (("accounts", "Account"), ("partitions", "Partition"), ("wckeys", "WCKeys")):
        if names[member]:
            terms.append(format_names(key, names[member]))
    for partition in names["partitions"]:
        note_case(partition, f"#/{CONDITION}partitions/", found)
    refuse_new_names(names["wckeys"], (), "wckeys", found)
    if values.get("user/adminlevel"):
        terms.append(format_term("AdminLevel", values["user/adminlevel"]))
    defaults = list_defaults(addition, found)
    terms += [*defaults, *list_shared(addition, USERS_ADDITION, clusters, known, found)]
    steps = [Step(list_add("user", *terms), "added", idle=True)]
    if len(users) > 1 and values.get("user/defaultaccount"):
        # of several users slurmdbd may give it to the first only
        where = [format_names("Names", users), *([format_names("Cluster", clusters)] if clusters else [])]
        steps.append(Step(list_modify("user", where, defaults[:1]), "given their default account", idle=True))
    return Change("#/", f"users {', '.join(users)}", tuple(steps))


def check_accounts(accounts: list[str], clusters: list[str], known: Known, found: Findings) -> None:
    """Refuse an account that has no association on one of the clusters: sacctmgr passes over it."""
    there = known.index_associations(accounts, ()) if all(map(is_name, accounts)) else {}
    for account in accounts:
        for cluster in clusters or [known.local_cluster]:
            if (fold(account), "", fold(cluster), "") not in there:
                text = f"No account {account} on cluster {cluster}"
                found.refuse(Unusable(text, INVALID_ACCOUNT), f"#/{CONDITION}accounts/")


def list_defaults(addition: Addition, found: Findings) -> list[str]:
    """The terms of the users' defaults, the account's first. It must be one of those that are added."""
    terms = []
    account, wckey = (addition.values.get(f"user/default{name}", "") for name in ("account", "wckey"))
    if account:
        if fold(account) not in {fold(name) for name in addition.names["accounts"]}:
            text = f"{account} is none of the accounts that are added"
            found.refuse(Unusable(text, INVALID_ACCOUNT), "#/user/defaultaccount/")
        terms.append(format_term("DefaultAccount", account))
    if wckey:
        try:
            terms.append(format_term("DefaultWCKey", check_name(wckey)))
        except Unusable as error:
            found.refuse(error, "#/user/defaultwckey/")
    return terms


def tell_added(stdout: str) -> str:
    """What sacctmgr says it added, as slurmrestd says it: without the limits of the associations."""
    told: list[str] = []
    behind = dropping = False
    for line in stdout.splitlines(keepends=True):
        if line.startswith(INDENT):
            behind = behind or line.startswith(ASSOCIATION)
        else:
            dropping = behind and line in SETTINGS
        if not dropping:
            told.append(line)
    return "".join(told)
