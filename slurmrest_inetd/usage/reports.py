"""sreport's two reports that usage is read from: the argv of each, and what its rows are of.

``sreport cluster AccountUtilizationByUser`` has a row for each account, with all below it, and one for each user in it;
``WCKeyUtilizationByUser`` one for each wckey and one for each of its users. Law: a name in a row cannot forge another
(texts/columns.py); a value reaches the argv only when it is plain. Called by filling.py.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from slurmrest_inetd.slurm.conditions import format_condition, format_time, is_plain
from slurmrest_inetd.texts.asking import Ask
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
    """``until_now`` is whether a period without an end goes on until now; ``keys`` has for each column that says whose
    a row is: the document's member, and the report's condition.
    """

    name: str
    until_now: bool
    keys: tuple[tuple[Column, str, str], ...]


class Used(NamedTuple):
    """How much of a TRES somebody used in a period."""

    key: Key
    tres: str
    seconds: int


# fmt: off
# by the document's list
REPORTS = {
    "associations": Report("AccountUtilizationByUser", True, (
        (Column("Cluster", 64),             "cluster", ""),
        (Column("Account", 64, free=True),  "account", "Accounts"),
        (Column("Login",   64, free=True),  "user",    "Users"),
    )),
    "wckeys": Report("WCKeyUtilizationByUser", False, (
        (Column("Cluster", 64),             "cluster", ""),
        (Column("WCKey",   64, free=True),  "name",    "WCKeys"),
        (Column("Login",   64, free=True),  "user",    ""),
    )),
}
# fmt: on


def read_used(ask: Ask, report: Report, conditions: Iterable[str], period: Period) -> Iterator[Used]:
    """What was used in one hour, day or month. Raises what sreport failed of."""
    argv = (*SREPORT, report.name, *conditions, f"Start={format_time(period.start)}", f"End={format_time(period.end)}")
    columns = (*(column for column, _, _ in report.keys), TRES, USED)
    for row in read_columns(ask, argv, "Format=", columns):
        if used := parse_used(report, row):
            yield used


def parse_used(report: Report, row: Row) -> Used | None:
    """One row; None where nothing was used."""
    seconds = int(row[USED.name])
    return Used(tuple(row[column.name] for column, _, _ in report.keys), row[TRES.name], seconds) if seconds else None


def make_key(report: Report, entry: Mapping[str, Any]) -> Key:
    """Whose an entry of the document is, as the report's rows have it."""
    return tuple(entry[member] or "" for _, member, _ in report.keys)


def narrow_report(report: Report, entries: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """The conditions that leave the rows of ``entries`` and few others; none of a name that sreport would misread, and
    none where an account's own row is wanted: sreport leaves out of it what was used in the accounts below.
    """
    keys = [make_key(report, entry) for entry in entries]
    if not all(map(all, keys)):
        return
    for place, (_, _, term) in enumerate(report.keys):
        names = sorted({key[place] for key in keys})
        if term and len(names) <= MOST_NAMES and all(map(is_plain, names)):
            yield format_condition(term, names)
