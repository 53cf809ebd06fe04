"""QOS as a request describes them: each property read by its row.

Law: JSON in, values out; what is wrong is found whole, with its path. What sacctmgr makes of the values: qos.py.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

from slurmrest_inetd.accounting.early_bodies import spell_entry
from slurmrest_inetd.accounting.limits import (
    parse_decimal,
    parse_factor,
    parse_limit,
    parse_minutes,
    parse_seconds,
    parse_tres,
)
from slurmrest_inetd.body.findings import Findings
from slurmrest_inetd.body.kinds import KINDS as COMMON
from slurmrest_inetd.body.kinds import Kind, flags
from slurmrest_inetd.body.properties import list_properties
from slurmrest_inetd.body.trees import read_tree
from slurmrest_inetd.fields.qos import ADD, PREEMPT_MODES, QOS_FLAGS, QOS_PROPERTIES, REFUSED_FLAGS, REMOVE
from slurmrest_inetd.slurm.values import (
    INVALID_DATA,
    Infinite,
    Unusable,
    parse_flags,
    parse_texts,
)

PARSER = "DATA_PARSER_QOS"
FLAGS = "flags"


class WantedQos(NamedTuple):
    """A QOS that a request describes: ``path`` is its place there, ``values`` are its properties' by their places in
    API version v0.0.``version``.
    """

    path: str
    name: str
    values: dict[str, Any]
    version: int


def parse_modes(value: Any) -> str:
    """Preemption modes as sacctmgr's word, ``off`` for none. Raises Unusable for two ways at once."""
    modes = [mode for mode in parse_flags(value, PREEMPT_MODES) if mode != "DISABLED"]
    if len(set(modes) - {"GANG"}) > 1:
        raise Unusable(f"A job is preempted in one way only, not by {' and '.join(modes)}", INVALID_DATA)
    return ",".join(PREEMPT_MODES[mode] for mode in sorted(modes, key=list(PREEMPT_MODES).index)) or "off"


def parse_grace(value: Any) -> int | None:
    """Seconds of grace. Raises Unusable, also for no end of it."""
    seconds = parse_limit(value)
    if isinstance(seconds, Infinite):
        raise Unusable("A time of grace cannot be infinite")
    return seconds


# fmt: off
KINDS: dict[str, Kind] = COMMON | {
    "qos_flags":    Kind(flags(QOS_FLAGS)),
    "qos_names":    Kind(parse_texts,    "array"),
    "preempt_mode": Kind(parse_modes),
    "limit":        Kind(parse_limit),
    "seconds":      Kind(parse_seconds),
    "minutes":      Kind(parse_minutes),
    "grace":        Kind(parse_grace),
    "decimal":      Kind(parse_decimal),
    "factor":       Kind(parse_factor),
    "tres":         Kind(parse_tres,     "array"),
}
# fmt: on


def read_qos(entries: Iterable[tuple[str, dict[str, Any]]], version: int, found: Findings) -> list[WantedQos]:
    """The QOS that ``entries`` describe, each with its path (``#/qos[0]/``)."""
    rows = list_properties(QOS_PROPERTIES, version)
    wanted = []
    for place, entry in entries:
        values = read_tree(spell_entry(entry, rows, version), rows, KINDS, place, PARSER, found)
        check_flags(values.get(FLAGS, ()), place, found)
        wanted.append(WantedQos(place, values.get("name", ""), values, version))
    return wanted


def check_flags(given: list[str], path: str, found: Findings) -> None:
    """Refuse the flags that no command can give."""
    for flag in given:
        if flag in REFUSED_FLAGS:
            found.refuse(Unusable(f"{flag} cannot be carried out: {REFUSED_FLAGS[flag]}"), f"{path}{FLAGS}/")
    if ADD in given and REMOVE in given:
        found.refuse(Unusable("Flags cannot be added and removed at once", INVALID_DATA), f"{path}{FLAGS}/")
