"""Which conditions the sacctmgr of 22.05 knows: of those that it does not, it takes some for a name.

Law: one row an entity; what is not in it is refused by name, never handed on. Called by the builders.
"""

from typing import NamedTuple

from slurmrest_inetd.errors import NotImplementedHere
from slurmrest_inetd.texts.asking import Ask
from slurmrest_inetd.texts.columns import Column, Row, read_rows

DELETED = "withdeleted"
# With it there is a row an association, each with all columns.
WITH_ASSOCIATIONS = "withassoc"


class Known(NamedTuple):
    """What may stand after ``sacctmgr show ENTITY``: ``terms`` with a value each, ``words`` alone."""

    terms: str
    words: str = DELETED


FULL = "withassoc withcoord withcoordinators withdeleted"
# fmt: off
#                      term=value                                                       words
KNOWN: dict[str, Known] = {
    "account":     Known("name names description",                                      FULL),
    "association": Known("account accounts cluster clusters defaultqos id parent partition partitions qos user users",
                         "withdeleted onlydefaults withrawqos withsubaccounts wopinfo woplimits"),
    "cluster":     Known("name names classification federation rpc"),
    "qos":         Known("name names description id"),
    "tres":        Known(""),
    "user":        Known("name names adminlevel defaultaccount defaultwckey",           FULL),
    "wckey":       Known("cluster clusters id name names user users"),
}
# fmt: on


def check_conditions(ask: Ask) -> tuple[str, ...]:
    """The conditions that the document was asked for with. Raises NotImplementedHere for one that is not known."""
    known = KNOWN[ask.argv[2]]
    for condition in ask.argv[3:]:
        term, equals, _ = condition.partition("=")
        if term.lower() not in (known.terms if equals else known.words).split():
            raise NotImplementedHere(
                f"The sacctmgr of this release of Slurm cannot choose by {condition}",
                source=ask.call.endpoint.operation,
            )
    return ask.argv[3:]


def has_word(conditions: tuple[str, ...], word: str) -> bool:
    """Whether the word is among the conditions."""
    return any(condition.lower() == word for condition in conditions)


def drop_words(conditions: tuple[str, ...], *words: str) -> tuple[str, ...]:
    """The conditions without these words."""
    return tuple(condition for condition in conditions if condition.lower() not in words)


def list_deleted(
    ask: Ask, conditions: tuple[str, ...], key: tuple[Column, ...], rows: list[Row]
) -> set[tuple[str, ...]]:
    """Of the rows that met the conditions, those (by their ``key``) that are not there any more."""
    if not has_word(conditions, DELETED):
        return set()
    kept = drop_words(conditions, DELETED, WITH_ASSOCIATIONS, "withcoord", "withcoordinators")
    there = {find_key(row, key) for row in read_rows(ask, ask.argv[2], kept, key)}
    return {find_key(row, key) for row in rows} - there


def find_key(row: Row, key: tuple[Column, ...]) -> tuple[str, ...]:
    """What tells a row from others."""
    return tuple(row[column.name] for column in key)
