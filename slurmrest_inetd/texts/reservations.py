"""Reservations: ``scontrol show reservations``, their names from ``sinfo --reservation``.

Law: see records.py. Called through sources.py.
"""

import re
from collections.abc import Callable
from typing import Any

from slurmrest_inetd.errors import InternalFault
from slurmrest_inetd.texts.asking import Ask, find_name, parse_utc
from slurmrest_inetd.texts.numbers import parse_seconds
from slurmrest_inetd.texts.records import NOTHING, Record, make_grammar, read_records, read_text

NO_NUMBER = 0xFFFFFFFE
GRAMMAR = make_grammar(
    "ReservationName",
    "StartTime EndTime Duration Nodes NodeCnt CoreCnt Features PartitionName Flags TRES Users Groups Accounts Licenses"
    " State BurstBuffer Watts MaxStartDelay",
)
PURGE = "PURGE_COMP"
NONE = b"No reservations in the system\n"
# sinfo's columns stand at the right of 8, 19, 19 and 11 bytes; the name is as wide as the longest of them
HEADING = re.compile(rb"RESV_NAME *(?=     STATE           START_TIME             END_TIME     DURATION  NODELIST\n)")
COLUMNS = re.compile(rb"  [ A-Z]{8}  [ \w:/.-]{19}  [ \w:/.-]{19}  [ \w:-]{11,}?  [^\n]*\n", re.ASCII)


def read_watts(value: str) -> int:
    """``n/a`` is no number."""
    return int(value) if value.isdecimal() else NO_NUMBER


# fmt: off
#    slurmrestd        scontrol         how
FIELDS: tuple[tuple[str, str, Callable[[str], Any]], ...] = (
    ("accounts",       "Accounts",      read_text),
    ("burst_buffer",   "BurstBuffer",   read_text),
    ("core_count",     "CoreCnt",       int),
    ("features",       "Features",      read_text),
    ("groups",         "Groups",        read_text),
    ("licenses",       "Licenses",      read_text),
    ("name",           "ReservationName", str),
    ("node_count",     "NodeCnt",       int),
    ("node_list",      "Nodes",         read_text),
    ("partition",      "PartitionName", read_text),
    ("watts",          "Watts",         read_watts),
    ("tres",           "TRES",          read_text),
    ("users",          "Users",         read_text),
)
# fmt: on


def build_reservations(ask: Ask) -> dict[str, Any]:
    """The reservation that was asked for, or every one."""
    wanted = find_name(ask)
    ask = ask.print_utc()
    records = read_records(
        GRAMMAR,
        lambda: list_reservations(ask.run("sinfo", "--reservation")),
        lambda: drop_none(ask.print_text("scontrol", "--oneliner", "show", "reservations")),
    )
    return {
        "reservations": [
            build_reservation(record) for record in records if wanted is None or record["ReservationName"] == wanted
        ]
    }


def drop_none(printed: str) -> str:
    """What scontrol says when there is none is no record."""
    return "" if printed == NONE.decode() else printed


def list_reservations(printed: bytes) -> list[str]:
    """The names in sinfo's listing, by the width of its heading. Raises InternalFault for another listing."""
    if printed in (NONE, b""):
        return []
    heading = HEADING.match(printed)
    if not heading:
        raise refuse_listing()
    width, at = heading.end(), printed.index(b"\n") + 1
    names = []
    while at < len(printed):
        rest = COLUMNS.match(printed, at + width)
        if not rest:
            raise refuse_listing()
        names.append(printed[at : at + width].rstrip(b" ").decode("utf-8", "replace"))
        at = rest.end()
    return names


def refuse_listing() -> InternalFault:
    """For a listing in another layout than is known."""
    return InternalFault("What sinfo prints of the reservations cannot be told apart", source="sinfo")


def build_reservation(record: Record) -> dict[str, Any]:
    """One reservation as v0.0.38 has it."""
    flags = [flag for flag in record["Flags"].split(",") if flag]
    purge = next((flag.partition("=")[2] for flag in flags if flag.partition("=")[0] == PURGE), None)
    delay = record["MaxStartDelay"]
    return {
        **{name: read(record[key]) for name, key, read in FIELDS},
        "flags": [flag for flag in flags if flag.partition("=")[0] != PURGE],
        "core_spec_cnt": 0,
        "start_time": parse_utc(record["StartTime"]),
        "end_time": parse_utc(record["EndTime"]),
        "max_start_delay": 0 if delay == NOTHING else parse_seconds(delay),
        **({} if purge is None else {"purge_completed": {"time": parse_seconds(purge) or 0}}),
    }
