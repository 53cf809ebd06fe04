"""Who coordinates an account by his own right, and who because he coordinates one above it.

sacctmgr names both alike. Who coordinates the account above is taken to coordinate this one through it; that he was
also made its coordinator directly, nobody can tell. Law: see columns.py. Called by the builders.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from slurmrest_inetd.texts.asking import Ask
from slurmrest_inetd.texts.columns import Column, read_rows
from slurmrest_inetd.texts.numbers import split_names

ACCOUNT = Column("Account", 64, free=True)
COORDINATORS = Column("Coordinators", 128)
PARENT = Column("ParentName", 64, free=True)
Names = Mapping[str, frozenset[str]]


def read_parents(ask: Ask) -> Names:
    """The accounts right above each account, in one cluster or another."""
    parents: dict[str, frozenset[str]] = {}
    for row in read_rows(ask, "association", ("user=",), (ACCOUNT, PARENT)):
        parents[row["Account"]] = parents.get(row["Account"], frozenset()) | {row["ParentName"]}
    return parents


def read_coordinated(ask: Ask) -> Names:
    """The users that coordinate each account."""
    rows = read_rows(ask, "account", ("withcoord",), (ACCOUNT, COORDINATORS))
    return {row["Account"]: frozenset(split_names(row["Coordinators"])) for row in rows}


def list_accounts(names: Iterable[str], parents: Names) -> list[dict[str, Any]]:
    """The accounts that a user coordinates, those of his own right first."""
    mine = list(names)
    return sort_coordinators((name, parents.get(name, frozenset()).isdisjoint(mine)) for name in mine)


def list_users(account: str, names: Iterable[str], parents: Names, coordinated: Names) -> list[dict[str, Any]]:
    """The users that coordinate an account, those of their own right first."""
    above = frozenset[str]().union(*(coordinated.get(one, ()) for one in parents.get(account, ())))
    return sort_coordinators((name, name not in above) for name in names)


def sort_coordinators(found: Iterable[tuple[str, bool]]) -> list[dict[str, Any]]:
    """As the API has them."""
    return [{"name": name, "direct": int(direct)} for name, direct in sorted(found, key=lambda one: not one[1])]
