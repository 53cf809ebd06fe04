"""What each kind of a job description's values is: how it is read, and what OpenAPI calls it.

Law: one row a kind. A kind's parser takes the JSON value and gives None where the value asks for nothing.
"""

import re
from collections.abc import Mapping
from typing import Any

from slurmrest_inetd.body.kinds import KINDS as COMMON
from slurmrest_inetd.body.kinds import Kind, flags, number, parse_object
from slurmrest_inetd.fields.job_flags import (
    CPU_BINDINGS,
    EXCLUSIVE,
    JOB_FLAGS,
    LIMITS,
    MAIL_TYPES,
    MEMORY_BINDINGS,
    OPEN_MODES,
    PROFILES,
    SHARED,
    WARN_FLAGS,
    X11_FLAGS,
)
from slurmrest_inetd.slurm.signals import parse_signal
from slurmrest_inetd.slurm.values import (
    HIGHEST_UINT16,
    HIGHEST_UINT64,
    Infinite,
    Unusable,
    parse_number,
    parse_optional_number,
    parse_text,
    parse_texts,
    parse_time_value,
    show_value,
)

TYPED_SINCE = 40
# what slurmctld refuses with error 2123
HIGHEST_NICE = 2147483645
# above it sbatch's minutes are something else
HIGHEST_MINUTES = 35791393
# sbatch takes uts and ten digits
EARLIEST_SECONDS = 10**9
LONGEST_NAME_BYTES = 255
LONGEST_VALUE_BYTES = 262143
HIGHEST_LIMIT = 0xFFFFFFFFFFFFFFFE
# sbatch(1), --mem
UNITS = "KMGT"
MEMORY = re.compile(rf"([0-9]{{1,15}})([{UNITS}])", re.ASCII | re.IGNORECASE)


def parse_minutes(value: Any) -> int | Infinite | None:
    """A time in minutes. slurmrestd takes 0, and the job's limit is then another one each time. Raises Unusable."""
    minutes = parse_optional_number(value, 0, HIGHEST_MINUTES)
    if minutes == 0:
        raise Unusable("A time of 0 minutes cannot be asked for")
    return minutes


def parse_megabytes(value: Any) -> int | Infinite | None:
    """An amount of memory in megabytes, also as ``512M``, ``2G``. Raises Unusable, also for a part of a megabyte."""
    match = MEMORY.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        return parse_optional_number(value, 0, HIGHEST_UINT64)
    kilobytes = int(match[1]) * 1024 ** (UNITS.index(match[2].upper()))
    if kilobytes % 1024:
        raise Unusable(f"{show_value(value)} is no whole number of megabytes")
    return parse_number(kilobytes // 1024, 0, HIGHEST_UINT64)


def parse_ports(value: Any) -> int | None:
    """A number of ports, None for 0. Raises Unusable."""
    return parse_number(value, 0, HIGHEST_UINT16) or None


def parse_begin(value: Any) -> int | None:
    """UNIX seconds as sbatch takes them, None for 0. Raises Unusable for a time before September 2001."""
    seconds = parse_time_value(value)
    if seconds is not None and seconds < EARLIEST_SECONDS:
        raise Unusable(f"sbatch takes no time before {EARLIEST_SECONDS} (September 2001)")
    return seconds


def parse_beyond(value: Any) -> int | None:
    """A number, None for 0 and 1, which every job has. Raises Unusable."""
    number = parse_number(value, 0, HIGHEST_UINT16)
    return number if number > 1 else None


def parse_environment(value: Any) -> list[str]:
    """``NAME=value`` entries, as a list or as an object; of what stands twice the last holds.

    Raises Unusable: an entry without a name or without ``=`` is no variable, though slurmrestd passes it on.
    """
    if isinstance(value, dict):
        value = [f"{parse_text(name)}={parse_text(text)}" for name, text in value.items()]
    entries: dict[str, str] = {}
    for index, entry in enumerate(parse_texts(value)):
        name, equals, text = entry.partition("=")
        if not name or not equals:
            raise Unusable(f"Entry {index} is not of the form NAME=value")
        if len(name.encode()) > LONGEST_NAME_BYTES or len(text.encode()) > LONGEST_VALUE_BYTES:
            raise Unusable(
                f"Entry {index} is longer than sbatch takes: {LONGEST_NAME_BYTES} and {LONGEST_VALUE_BYTES} bytes"
            )
        entries[name] = entry
    return list(entries.values())


def parse_limits(value: Any) -> dict[str, int | Infinite]:
    """Limits by slurmrestd's names; what is not set is not in it. Raises Unusable."""
    limits = {}
    for name, limit in (parse_object(value) or {}).items():
        if name not in LIMITS:
            raise Unusable(f"Unknown limit {show_value(name)}")
        parsed = None if limit is None else parse_optional_number(limit, 0, HIGHEST_LIMIT)
        if parsed is not None:
            limits[name] = parsed
    return limits


def list_kinds(kinds: Mapping[str, Kind], version: int) -> Mapping[str, Kind]:
    """The kinds as API version ``version`` has them: up to v0.0.38 a value's JSON type was taken lightly."""
    if version >= TYPED_SINCE:
        return kinds
    from slurmrest_inetd.submission.early_kinds import EARLY_KINDS

    return {name: Kind(kind.parse) for name, kind in kinds.items()} | EARLY_KINDS


# fmt: off
KINDS: dict[str, Kind] = COMMON | {
    "bit":          Kind(number(0, 1),                     "integer"),
    "ports":        Kind(parse_ports,                      "integer"),
    "beyond1":      Kind(parse_beyond,                     "integer"),
    "int32":        Kind(number(-HIGHEST_NICE, HIGHEST_NICE), "integer"),
    "spec":         Kind(number(1, 0x7FFF),                "integer"),
    "nice":         Kind(number(-HIGHEST_NICE, HIGHEST_NICE), "integer"),
    "megabytes":    Kind(parse_megabytes),
    "minutes":      Kind(parse_minutes),
    "time":         Kind(parse_begin),
    "signal":       Kind(parse_signal,                     "string"),
    "environment":  Kind(parse_environment,                "array"),
    "rlimits":      Kind(parse_limits),
    "step":         Kind(parse_object),
    "job_flags":    Kind(flags(JOB_FLAGS)),
    "mail":         Kind(flags(MAIL_TYPES)),
    "mem_flags":    Kind(flags(MEMORY_BINDINGS)),
    "cpu_flags":    Kind(flags(CPU_BINDINGS)),
    "warn_flags":   Kind(flags(WARN_FLAGS)),
    "open_mode":    Kind(flags(OPEN_MODES)),
    "profile":      Kind(flags(PROFILES)),
    "shared":       Kind(flags(SHARED)),
    "exclusive":    Kind(flags(EXCLUSIVE)),
    "x11_flags":    Kind(flags(X11_FLAGS)),
}
# fmt: on
