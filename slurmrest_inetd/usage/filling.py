"""The list called ``accounting`` of associations and wckeys, filled with what sreport prints.

Law: usage is read before the document and put into its entries one by one, so a long list streams; what cannot be told
is left empty and named in a warning, never guessed. Called by the plugins of slurmdbd, which load it only where usage
is asked for.
"""

import time
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any, NamedTuple

from slurmrest_inetd.accounting.listing import PERIOD
from slurmrest_inetd.model import Call, Notice
from slurmrest_inetd.passthrough import Explain, judge
from slurmrest_inetd.query import refuse_value
from slurmrest_inetd.slurm.data_parsers import find_newest
from slurmrest_inetd.texts.asking import Ask
from slurmrest_inetd.texts.columns import read_rows
from slurmrest_inetd.texts.numbers import Tres, index_tres, read_tres
from slurmrest_inetd.usage.periods import Period, choose_period, split_period
from slurmrest_inetd.usage.reports import REPORTS, Key, Used, narrow_report, read_used

START, END = PERIOD
# One run of sreport each: a quarter of a year by the hour takes half a minute.
MOST_PIECES = 93 * 24
TOO_LONG = (
    f"The period has more than {MOST_PIECES} hours, days or months. It is told by the day where it begins and ends at"
    " midnight, by the month where it begins and ends with one"
)
OF_PARTITIONS = "Usage is not told of an association with a partition: sreport counts it to the user in the account"
# the first version whose entries have it; usage by account and user has no second id
WITH_SECOND_ID = 42
# Up to there an association's own usage is a row, and that with a partition another; later the first has both.
LAST_APART = 38


class Amount(NamedTuple):
    """The seconds that a TRES was used in the hour, day or month from ``start``."""

    start: int
    tres: str
    seconds: int


class Usage:
    """The usage of the entries of one list; ``notices`` is what the client has to know of it."""

    def __init__(self, call: Call, member: str) -> None:
        self.notices: tuple[Notice, ...] = ()
        self._report = REPORTS[member]
        self._second_id = {"id_alt": 0} if call.version >= WITH_SECOND_ID else {}
        self._ids: dict[Key, int] = {}
        self._amounts: dict[Key, list[Amount]] = {}
        self._tres: dict[str, Tres] = {}

    def put(self, entry: dict[str, Any]) -> None:
        """Give an entry of the document its usage, in the order of time."""
        key = self._report.make_key(entry)
        amounts = () if entry.get("partition") else self._amounts.get(key, ())
        entry["accounting"] = [
            {
                "allocated": {"seconds": amount.seconds},
                "id": self._ids[key],
                **self._second_id,
                "start": amount.start,
                "TRES": self._name_tres(amount.tres),
            }
            for amount in amounts
        ]

    def read(self, ask: Ask, words: Iterable[str], pieces: Iterable[Period]) -> None:
        """Ask sreport for what was used in ``pieces``, of the entries that sacctmgr lists for ``words``."""
        rows = read_rows(ask, self._report.entity, words, self._report.columns)
        self._ids = {self._report.name_key(row): int(row["ID"]) for row in rows if not row.get("Partition")}
        if any(row.get("Partition") for row in rows):
            self.notices = (Notice(OF_PARTITIONS, "#/associations/accounting/"),)
        if not self._ids:
            return
        apart = find_newest(ask.call.settings, "sacctmgr") <= LAST_APART
        conditions = tuple(narrow_report(self._report, self._ids))
        for piece in pieces:
            for (key, tres), seconds in join_rows(read_used(ask, self._report, conditions, piece), apart).items():
                if key in self._ids:
                    self._amounts.setdefault(key, []).append(Amount(piece.start, tres, seconds))
        if self._amounts:
            self._tres = index_tres(read_tres(ask, "withdeleted"))

    def _name_tres(self, name: str) -> Tres:
        """A TRES as a record of usage has it; 0 is the number of one that is not listed (any more)."""
        kind, _, rest = name.partition("/")
        number = self._tres[name]["id"] if name in self._tres else 0
        return {"type": kind, "name": rest, "id": number, "count": 0}


def read_usage(
    call: Call,
    member: str,
    words: Iterable[str],
    values: Mapping[str, Any],
    explain: Explain | None = None,
) -> Usage:
    """The usage in the query's period (yesterday's, if it names none) of the document's list ``member``, whose entries
    sacctmgr lists for ``words``. Raises Unprocessable for a period that cannot be told, and what a command failed of.
    """
    usage = Usage(call, member)
    pieces = list_pieces(call, values, REPORTS[member].until_now)
    ask = Ask(call, (), (), lambda done: judge(call, done, explain, empty=not done.stdout), [])
    usage.read(ask, words, pieces)
    return usage


def list_pieces(call: Call, values: Mapping[str, Any], until_now: bool) -> list[Period]:
    """The hours, days or months that the query names. Raises Unprocessable."""
    try:
        period = choose_period(values.get(START, 0), values.get(END, 0), int(time.time()), until_now)
    except ValueError as error:
        raise refuse_value(call, END, str(error)) from None
    if period.start < 0:
        raise refuse_value(call, START, "No usage was counted before 1970")
    pieces = list(islice(split_period(period), MOST_PIECES + 1))
    if len(pieces) > MOST_PIECES:
        raise refuse_value(call, START, TOO_LONG)
    return pieces


def join_rows(rows: Iterable[Used], apart: bool) -> dict[tuple[Key, str], int]:
    """The seconds by whose they are and of what. Of several rows of one user in one account, the first has the others
    in it, unless they are ``apart``.
    """
    joined: dict[tuple[Key, str], int] = {}
    for key, tres, seconds in rows:
        before = joined.get((key, tres), 0)
        joined[key, tres] = before + seconds if apart else max(before, seconds)
    return joined
