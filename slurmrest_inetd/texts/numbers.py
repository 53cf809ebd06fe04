"""Numbers, times and TRES as sacctmgr writes them, read.

Law: text in, value out, None for what is not set. sacctmgr writes nothing for "not set" and for "no limit" alike.
Called by the builders.
"""

import re
from collections.abc import Iterable
from typing import Any

from slurmrest_inetd.errors import InternalFault
from slurmrest_inetd.texts.asking import Ask
from slurmrest_inetd.texts.columns import Column, read_rows

TIME = re.compile(r"(?:(\d+)-)?(\d+):(\d\d):(\d\d)")
COUNT = re.compile(r"(-?\d+)([KMGTPEZ]?)")
# sacctmgr writes these in larger units, where that is exact; the database has them in mebibytes
UNITS = "MGTPEZ"
TRES_COLUMNS = (Column("ID"), Column("Type", 64), Column("Name", 64))
Tres = dict[str, Any]


def parse_number(text: str) -> int | None:
    """``12`` -> 12"""
    return int(text) if text else None


def parse_float(text: str) -> float | None:
    """``0.250000`` -> 0.25"""
    return float(text) if text else None


def parse_seconds(text: str) -> int | None:
    """``1-02:03:04`` -> 93784. Raises InternalFault."""
    if not text:
        return None
    match = TIME.fullmatch(text)
    if not match:
        raise InternalFault(f"sacctmgr printed a time that is none: {text}", source="sacctmgr")
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return ((days * 24 + hours) * 60 + minutes) * 60 + seconds


def parse_minutes(text: str) -> int | None:
    """``1-02:03:00`` -> 1563"""
    seconds = parse_seconds(text)
    return None if seconds is None else seconds // 60


def split_names(text: str) -> list[str]:
    """``a,b`` -> [a, b]"""
    return text.split(",") if text else []


def read_tres(ask: Ask, *conditions: str) -> list[Tres]:
    """Every TRES that accounting knows, by id, each with a count of 0."""
    rows = read_rows(ask, "tres", conditions, TRES_COLUMNS)
    tres = [
        {"type": row["Type"], "name": row["Name"] or None, "id": int(row["ID"]), "count": 0}
        for row in rows
        if row["ID"]
    ]
    return sorted(tres, key=lambda one: one["id"])


def index_tres(tres: Iterable[Tres]) -> dict[str, Tres]:
    """TRES by the name that limits have for them (``gres/gpu``)."""
    return {f"{one['type']}/{one['name']}" if one["name"] else one["type"]: one for one in tres}


def parse_tres(text: str, known: dict[str, Tres]) -> list[Tres]:
    """``cpu=4,mem=2G`` -> a list of TRES with their counts, by id. Raises InternalFault for one that is not known."""
    found = []
    for part in split_names(text):
        name, _, count = part.rpartition("=")
        match = COUNT.fullmatch(count)
        if name not in known or not match:
            raise InternalFault(f"sacctmgr printed a limit of what is no TRES: {part}", source="sacctmgr")
        found.append({**known[name], "count": int(match[1]) * find_factor(match[2])})
    return sorted(found, key=lambda one: one["id"])


def find_factor(unit: str) -> int:
    """How many there are in one of the unit; of memory, mebibytes."""
    return int(1024 ** UNITS.index(unit)) if unit else 1
