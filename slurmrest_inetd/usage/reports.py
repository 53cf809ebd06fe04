"""sreport's two reports that usage is read from: the argv of each, and what its rows are of.

``sreport cluster AccountUtilizationByUser`` has a row for each account, with all below it, and one for each user in it;
``WCKeyUtilizationByUser`` one for each wckey and one for each of its users. Law: a name in a row cannot forge another
(texts/columns.py); a value reaches the argv only when it is plain. Called by filling.py.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from slurmrest_inetd.slurm.conditions import format_condition, format_time, is_plain
from slurmrest_inetd.texts import wckeys
from slurmrest_inetd.texts.asking import Ask
from slurmrest_inetd.texts.associations import CLUSTER, SHORT_COLUMNS
from slurmrest_inetd.texts.columns import Column, Row, read_columns
from slurmrest_inetd.usage.periods import Period

SREPORT = ("sreport", "--noheader", "--all_clusters", "--tres=ALL", "-t", "Second", "cluster")
TRES = Column("TresName", 40)
USED = Column("Used", 0)
# So many names at most are put into a report's conditions; of more, all are reported.
MOST_NAMES = 50
# (cluster, account or wckey, user or "")
Key = tuple[str, ...]


class Report(NamedTuple):
    """``entity`` is what sacctmgr calls an entry; ``until_now`` is whether a period without an end goes on until now;
    ``columns`` are those that sacctmgr lists the entries with, ``keys`` those that say whose a row is: in sreport, in
    sacctmgr, in the document, and the report's condition.
    """

    name: str
    entity: str
    until_now: bool
    columns: tuple[Column, ...]
    keys: tuple[tuple[Column, str, str, str], ...]

    def make_key(self, entry: Mapping[str, Any]) -> Key:
        """Whose an entry of the document is."""
        return tuple(entry[member] or "" for _, _, member, _ in self.keys)

    def name_key(self, row: Row) -> Key:
        """Whose an entry is that sacctmgr lists."""
        return tuple(row[name] for _, name, _, _ in self.keys)


class Used(NamedTuple):
    """How much of a TRES somebody used in a period."""

    key: Key
    tres: str
    seconds: int


# fmt: off
# by the document's list
REPORTS = {
    "associations": Report(
        "AccountUtilizationByUser", "association", True,
        SHORT_COLUMNS,
        #  sreport                            sacctmgr   document   condition
        (
            (CLUSTER,                            "Cluster", "cluster", ""),
            (Column("Account", 64, free=True),   "Account", "account", "Accounts"),
            (Column("Login",   64, free=True),   "User",    "user",    "Users"),
        ),
    ),
    "wckeys": Report(
        "WCKeyUtilizationByUser", "wckey", False,
        wckeys.COLUMNS,
        (
            (CLUSTER,                            "Cluster", "cluster", ""),
            (Column("WCKey",   64, free=True),   "Name",    "name",    "WCKeys"),
            (Column("Login",   64, free=True),   "User",    "user",    ""),
        ),
    ),
}
# fmt: on


def read_used(ask: Ask, report: Report, conditions: Iterable[str], period: Period) -> Iterator[Used]:
    """What was used in one hour, day or month. Raises what sreport failed of."""
    argv = (*SREPORT, report.name, *conditions, f"Start={format_time(period.start)}", f"End={format_time(period.end)}")
    columns = (*(column for column, *_ in report.keys), TRES, USED)
    for row in read_columns(ask, argv, "Format=", columns):
        if used := parse_used(report, row):
            yield used


def parse_used(report: Report, row: Row) -> Used | None:
    """One row; None where nothing was used."""
    seconds = int(row[USED.name])
    return Used(tuple(row[column.name] for column, *_ in report.keys), row[TRES.name], seconds) if seconds else None


def narrow_report(report: Report, keys: Collection[Key]) -> Iterator[str]:
    """The conditions that leave the rows of ``keys`` and few others; none of a name that sreport would misread, and
    none where an account's own row is wanted: sreport leaves out of it what was used in the accounts below.
    """
    if not all(map(all, keys)):
        return
    for place, (*_, term) in enumerate(report.keys):
        names = sorted({key[place] for key in keys})
        if term and len(names) <= MOST_NAMES and all(map(is_plain, names)):
            yield format_condition(term, names)
