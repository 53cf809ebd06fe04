"""The list called ``accounting`` of associations and wckeys, filled with what sreport prints.

Law: what cannot be told is left empty and named in a warning, never guessed. Called by the plugins of slurmdbd, which
load it only where usage is asked for.
"""

import time
from collections.abc import Iterable, Mapping
from itertools import islice
from types import MappingProxyType
from typing import Any

from slurmrest_inetd.accounting.fixed_shape import fix_shape
from slurmrest_inetd.accounting.listing import PERIOD
from slurmrest_inetd.model import Call, Notice
from slurmrest_inetd.passthrough import judge, read_document
from slurmrest_inetd.query import refuse_value
from slurmrest_inetd.slurm.data_parsers import find_newest
from slurmrest_inetd.texts.asking import Ask
from slurmrest_inetd.texts.columns import Column, read_rows
from slurmrest_inetd.usage.periods import Period, choose_period, split_period
from slurmrest_inetd.usage.reports import REPORTS, Key, Report, Used, make_key, narrow_report, read_used

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
KEY_COLUMNS = (Column("Cluster", 64), Column("Account", 64, free=True), Column("User", 64, free=True))

Entry = dict[str, Any]


def fill_usage(
    call: Call, member: str, entries: list[Entry], values: Mapping[str, Any] = MappingProxyType({})
) -> tuple[Notice, ...]:
    """Put the usage of the query's period (yesterday's, if it names none) into ``entries``, the document's list
    ``member``; what the client has to know of it. Raises Unprocessable for a period that cannot be told, and what a
    command failed of.
    """
    report = REPORTS[member]
    pieces = list_pieces(call, values, report.until_now)
    told = [entry for entry in entries if not entry.get("partition")]
    if told and pieces:
        ask = Ask(call, (), (), lambda done: judge(call, done, None, empty=not done.stdout), [])
        conditions = tuple(narrow_report(report, told))
        used = [(piece, list(read_used(ask, report, conditions, piece))) for piece in pieces]
        if any(rows for _, rows in used):
            put_usage(ask, report, told, used)
    return (Notice(OF_PARTITIONS, "#/associations/accounting/"),) if len(told) < len(entries) else ()


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


def put_usage(ask: Ask, report: Report, entries: list[Entry], used: list[tuple[Period, list[Used]]]) -> None:
    """Give each entry its usage, in the order of time."""
    ids = read_ids(ask, report, entries)
    tres = read_tres(ask.call)
    apart = find_newest(ask.call.settings, "sacctmgr") <= LAST_APART
    found: dict[Key, list[tuple[int, str, int]]] = {}
    for piece, rows in used:
        for (key, name), seconds in join_rows(rows, apart).items():
            found.setdefault(key, []).append((piece.start, name, seconds))
    for entry in entries:
        key = make_key(report, entry)
        entry["accounting"] = [
            make_record(ask.call.version, ids[key], start, tres.get(name) or split_tres(name), seconds)
            for start, name, seconds in found.get(key, ())
        ]


def join_rows(rows: Iterable[Used], apart: bool) -> dict[tuple[Key, str], int]:
    """The seconds by whose they are and of what. Of several rows of one user in one account, the first has the others
    in it, unless they are ``apart``.
    """
    joined: dict[tuple[Key, str], int] = {}
    for key, tres, seconds in rows:
        before = joined.get((key, tres), 0)
        joined[key, tres] = before + seconds if apart else max(before, seconds)
    return joined


def make_record(version: int, number: int, start: int, tres: Mapping[str, Any], seconds: int) -> Entry:
    """One entry of ``accounting``: the seconds that a TRES was used in the hour, day or month from ``start``."""
    second = {"id_alt": 0} if version >= WITH_SECOND_ID else {}
    return {"allocated": {"seconds": seconds}, "id": number, **second, "start": start, "TRES": {**tres, "count": 0}}


def read_tres(call: Call) -> dict[str, dict[str, Any]]:
    """Every TRES by the name that reports have."""
    listed = read_document(fix_shape(call), ("sacctmgr", "show", "tres", "withdeleted")).payload["TRES"]
    return {
        f"{one['type']}/{one['name']}" if one["name"] else one["type"]: {
            member: one[member] for member in ("type", "name", "id")
        }
        for one in listed
    }


def split_tres(name: str) -> dict[str, Any]:
    """A TRES that is not listed (any more)."""
    kind, _, rest = name.partition("/")
    return {"type": kind, "name": rest, "id": 0}


def read_ids(ask: Ask, report: Report, entries: Iterable[Entry]) -> dict[Key, int]:
    """Each entry's id, from the database where the document does not tell it (v0.0.41, v0.0.42)."""
    ids = {make_key(report, entry): find_id(entry) for entry in entries}
    if all(ids.values()):
        return ids
    rows = read_rows(ask, "association", ("withdeleted",), (Column("ID"), *KEY_COLUMNS, Column("Partition", 64)))
    known = {tuple(row[one.name] for one in KEY_COLUMNS): int(row["ID"]) for row in rows if not row["Partition"]}
    return {key: number or known.get(key, 0) for key, number in ids.items()}


def find_id(entry: Entry) -> int:
    """An entry's number; v0.0.40's is within what names it."""
    number = entry["id"]
    return int(number["id"] if isinstance(number, dict) else number)
