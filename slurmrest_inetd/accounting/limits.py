"""What limits in accounting are: three-valued numbers, amounts of TRES, times; how each is read, how sacctmgr takes it.

Law: JSON in, a value out, or Unusable; a value in, sacctmgr's word out. "infinite" means no limit, whatever "set" says:
slurmrestd writes ``{"set": false, "infinite": true}`` for no limit, and reads it so. slurmdbd keeps numbers in 31 bits:
what is above changes nothing with slurmrestd, and is refused here (docs/facts/dbd-writes.md).
Called by the rooms that change QOS.
"""

from collections.abc import Mapping
from math import isfinite
from typing import Any

from slurmrest_inetd.body.kinds import HIGHEST_INT31
from slurmrest_inetd.slurm.argv import format_seconds
from slurmrest_inetd.slurm.sacctmgr import format_limit, name_tres
from slurmrest_inetd.slurm.values import (
    EXPECTED_LIST,
    HIGHEST_UINT32,
    INFINITE,
    INVALID_DATA,
    Infinite,
    Unusable,
    parse_number,
    parse_optional_number,
    parse_switch,
    show_value,
)

# sacctmgr counts a time in seconds, in 31 bits
HIGHEST_MINUTES = HIGHEST_INT31 // 60 - 1
HIGHEST_COUNT = 0x7FFFFFFFFFFFFFFF
# slurmdbd keeps six decimal places
HIGHEST_DECIMAL = 1e15
LOWEST_DECIMAL = 1e-6

UNKNOWN_TRES = (2115, "Invalid Trackable RESource (TRES) specification")

Limit = int | Infinite
Decimal = float | Infinite


def parse_limit(value: Any, highest: int = HIGHEST_INT31) -> Limit | None:
    """A number, INFINITE for no limit, None where none is set. Raises Unusable."""
    return INFINITE if is_infinite(value) else parse_optional_number(value, 0, highest)


def is_infinite(value: Any) -> bool:
    """Whether ``value`` is ``{"infinite": true}``, set or not. Raises Unusable."""
    return isinstance(value, dict) and parse_switch(value.get("infinite", False))


def parse_seconds(value: Any) -> Limit | None:
    """A time in seconds. Raises Unusable."""
    return parse_limit(value, HIGHEST_UINT32)


def parse_minutes(value: Any) -> Limit | None:
    """A time in minutes. Raises Unusable."""
    return parse_limit(value, HIGHEST_MINUTES)


def parse_decimal(value: Any) -> Decimal | None:
    """A number that is 0, or has no more than six decimal places before it is 0. Raises Unusable."""
    if is_infinite(value):
        return INFINITE
    if isinstance(value, dict):
        if parse_optional_number({**value, "number": 0} if value.get("number") is not None else value) is None:
            return None
        value = value["number"]
    if isinstance(value, str):
        value = parse_decimal_text(value)
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise Unusable(f"Expected floating point number but got {show_value(value)}")
    if not isfinite(value) or (value and not LOWEST_DECIMAL <= value <= HIGHEST_DECIMAL):
        raise Unusable(f"Expected 0, or a number from {LOWEST_DECIMAL} to {HIGHEST_DECIMAL:g}, got {show_value(value)}")
    return float(value)


def parse_decimal_text(text: str) -> Any:
    """The number that ``text`` spells; ``text`` itself where it spells none."""
    try:
        return float(text)
    except ValueError:
        return text


def parse_factor(value: Any) -> Decimal | None:
    """A decimal that is not 0: slurmdbd takes a factor of 0 for none given. Raises Unusable."""
    decimal = parse_decimal(value)
    if decimal == 0:
        raise Unusable("A factor of 0 cannot be had: slurmdbd takes it for none", INVALID_DATA)
    return decimal


def parse_tres(value: Any) -> dict[str, Limit] | None:
    """``[{"type": "gres", "name": "gpu", "count": 2}]`` as ``{"gres/gpu": 2}``; None where the list is empty.

    Raises Unusable: for a TRES named twice, or without a count, too.
    """
    if not isinstance(value, list):
        raise Unusable(f"TRES should be LIST but is {show_value(value)}", EXPECTED_LIST)
    counts: dict[str, Limit] = {}
    for index, entry in enumerate(value):
        try:
            name, count = parse_tres_entry(entry)
        except Unusable as error:
            raise Unusable(f"Entry {index}: {error}", (error.number, error.error)) from None
        if name in counts:
            raise Unusable(f"Entry {index}: {show_value(name)} is named twice", INVALID_DATA)
        counts[name] = count
    return counts or None


def parse_tres_entry(entry: Any) -> tuple[str, Limit]:
    """A TRES as sacctmgr names it, and how much of it. Raises Unusable."""
    if not isinstance(entry, dict):
        raise Unusable(f"Expected dictionary but got {show_value(entry)}", EXPECTED_LIST)
    for name in ("type", "name"):
        if not isinstance(entry.get(name, ""), str | None):
            raise Unusable(f"Expected string but got {show_value(entry[name])}")
    if (entry.get("type") or "").isdecimal():
        # sacctmgr would take it for an id
        raise Unusable(f"No TRES is of type {show_value(entry['type'])}", UNKNOWN_TRES)
    name = name_tres({**entry, "id": parse_number(entry.get("id") or 0)})
    count = entry.get("count")
    # no limit: -1 with slurmrestd
    limit = INFINITE if count == -1 and not isinstance(count, bool) else parse_limit(count, HIGHEST_COUNT)
    if limit is None:
        raise Unusable("How much of it is not said", INVALID_DATA)
    return name.lower(), limit


def format_span(seconds: Limit) -> str:
    """Seconds as ``D-HH:MM:SS``: a plain number would be minutes."""
    return format_limit(seconds) if isinstance(seconds, Infinite) else format_seconds(seconds)


def format_decimal(number: Decimal) -> str:
    """A decimal, without an exponent; none is -1."""
    return "-1" if isinstance(number, Infinite) else f"{number:.6f}".rstrip("0").rstrip(".")


def name_unknown(counts: Mapping[str, Limit], known: frozenset[str]) -> str:
    """The first TRES that accounting does not know, "" where it knows them all."""
    return next((name for name in counts if name not in known and not name.isdecimal()), "")
