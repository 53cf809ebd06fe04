"""How the values of nodes', reservations' and partitions' bodies are read.

Law: one row a kind, as in body/kinds.py, whose table this one begins with.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from slurmrest_inetd.body.kinds import KINDS as COMMON
from slurmrest_inetd.body.kinds import Kind, flags
from slurmrest_inetd.fields.node_update import CPU_BINDINGS, NODE_STATES, STATE_PAIRS, VERBOSE_BINDING
from slurmrest_inetd.fields.partition_update import (
    EXCLUSIVE,
    PARTITION_FLAGS,
    PARTITION_STATES,
    PREEMPT_MODES,
    TASK_BINDINGS,
)
from slurmrest_inetd.fields.reservation_update import RESERVATION_FLAGS
from slurmrest_inetd.slurm.values import (
    HIGHEST_UINT16,
    HIGHEST_UINT32,
    HIGHEST_UINT64,
    INVALID_DATA,
    Infinite,
    Unusable,
    parse_csv,
    parse_flags,
    parse_number,
    parse_optional_number,
    parse_text,
    parse_texts,
    parse_time_value,
    show_value,
    split_list,
)

INVALID_STATE = (2180, "Invalid node state transition")
INVALID_TRES = (2115, "Invalid Trackable RESource (TRES) specification")
# scontrol takes uts and ten digits
EARLIEST_SECONDS = 10**9
# above it Slurm's seconds do not fit
HIGHEST_MINUTES = 35791393
TRES_TYPE = re.compile(r"[A-Za-z]+", re.ASCII)
TRES_NAME = re.compile(r"[A-Za-z0-9_.:@-]*", re.ASCII)
OVERSUBSCRIBE = re.compile(r"NO|(?:YES|FORCE)(?::[0-9]{1,5})?", re.ASCII | re.IGNORECASE)


def finite(highest: int, lowest: int = 0) -> Callable[[Any], int | None]:
    """A reader of three-valued numbers where scontrol has no word for infinite."""

    def parse(value: Any) -> int | None:
        number = parse_optional_number(value, lowest, highest)
        if isinstance(number, Infinite):
            raise Unusable("scontrol cannot make this infinite: give a number", INVALID_DATA)
        return number

    return parse


def parse_cpu_binding(value: Any) -> str | None:
    """The number of a binding as scontrol's word; 0 asks for nothing. Raises Unusable.

    slurmctld (24.11.5, 26.05.5) dies of -1, and keeps any other number without a meaning.
    """
    number = parse_number(value, 0, HIGHEST_UINT32)
    word = CPU_BINDINGS.get(number & ~VERBOSE_BINDING)
    if word is None:
        raise Unusable(f"{number} is no CPU binding", INVALID_DATA)
    words = [*(["verbose"] if number & VERBOSE_BINDING else []), *([word] if word else [])]
    return ",".join(words) or None


def parse_node_state(value: Any) -> str | None:
    """One state, or one of the pairs that mean one, as scontrol's word. Raises Unusable."""
    states = parse_flags(value, NODE_STATES)
    if not states:
        return None
    word = STATE_PAIRS.get(frozenset(states)) if len(states) > 1 else NODE_STATES[states[0]]
    if not word:
        raise Unusable(f"A node cannot be put into the state {' and '.join(states)}", INVALID_STATE)
    return word


def parse_one_of(members: Mapping[str, str]) -> Callable[[Any], str | None]:
    """A reader of a list with one name; its word in ``members``."""

    def parse(value: Any) -> str | None:
        names = parse_flags(value, members)
        if len(names) > 1 or (names and not members[names[0]]):
            raise Unusable(f"{show_value(value)} cannot be set", INVALID_DATA)
        return members[names[0]] if names else None

    return parse


def parse_words(members: Mapping[str, str]) -> Callable[[Any], list[str]]:
    """A reader of a list of names; their words in ``members``."""

    def parse(value: Any) -> list[str]:
        names = parse_flags(value, members)
        for name in names:
            if not members[name]:
                raise Unusable(f"{name} cannot be set", INVALID_DATA)
        return [members[name] for name in names]

    return parse


def parse_task_binding(value: Any) -> list[str]:
    """One binding, and whether it is told: scontrol's words. Raises Unusable; slurmrestd takes two, and sets one."""
    words = parse_words(TASK_BINDINGS)(value)
    if len(set(words) - {"verbose"}) > 1:
        raise Unusable(f"{show_value(value)} is more than one binding", INVALID_DATA)
    return words


def parse_hosts(value: Any) -> list[str]:
    """A list of nodes, its ranges as they are. Raises Unusable."""
    members = parse_texts(value) if isinstance(value, list) else [parse_text(value)]
    return [word for member in members for word in split_list(member) if word]


def parse_minutes(value: Any) -> int | Infinite | None:
    """A length in minutes. slurmrestd takes 0, and the reservation then has no end. Raises Unusable."""
    minutes = parse_optional_number(value, 0, HIGHEST_MINUTES)
    if minutes == 0:
        raise Unusable("A reservation cannot last 0 minutes")
    return minutes


def parse_time(value: Any) -> int | None:
    """UNIX seconds as scontrol takes them, None for 0. Raises Unusable for a time before September 2001."""
    seconds = parse_time_value(value)
    if seconds is not None and seconds < EARLIEST_SECONDS:
        raise Unusable(f"scontrol takes no time before {EARLIEST_SECONDS} (September 2001)")
    return seconds


def parse_tres(value: Any) -> list[str]:
    """``[{type, name, count}]`` as ``type/name=count``. Raises Unusable; an id alone names nothing to scontrol."""
    if not isinstance(value, list):
        raise Unusable(f"Expected a list but got {show_value(value)}", (9208, "Data parser expected a list"))
    return [format_tres(entry) for entry in value]


def format_tres(entry: Any) -> str:
    """One of them. Raises Unusable."""
    if not isinstance(entry, dict) or set(entry) - {"type", "name", "id", "count"} or not entry.get("type"):
        raise Unusable(f"Expected type, name and count but got {show_value(entry)}", INVALID_TRES)
    kind, name = parse_text(entry["type"]), parse_text(entry.get("name") or "")
    if not TRES_TYPE.fullmatch(kind) or not TRES_NAME.fullmatch(name):
        raise Unusable(f"{show_value(entry)} is no trackable resource", INVALID_TRES)
    count = parse_number(entry.get("count"), 0, HIGHEST_UINT64)
    return f"{kind}/{name}={count}" if name else f"{kind}={count}"


def parse_oversubscribe(value: Any) -> str:
    """NO, YES[:#] or FORCE[:#]. Raises Unusable."""
    text = parse_text(value)
    if not OVERSUBSCRIBE.fullmatch(text):
        raise Unusable("expected NO, YES[:#], or FORCE[:#]", (9001, "Failure during parsing"))
    return text


def parse_exclusive(value: Any) -> str:
    """NO, NODE, USER or TOPO. Raises Unusable."""
    text = parse_text(value).upper()
    if text not in EXCLUSIVE:
        raise Unusable("expected NO, NODE, USER, or TOPO", (9001, "Failure during parsing"))
    return text


# fmt: off
KINDS: dict[str, Kind] = COMMON | {
    "finite32":        Kind(finite(HIGHEST_UINT32)),
    "finite64":        Kind(finite(HIGHEST_UINT64)),
    "count":           Kind(finite(HIGHEST_UINT32, 1)),
    "hosts":           Kind(parse_hosts,                       "array"),
    "members":         Kind(parse_csv,                         "array"),
    "cpu_binding":     Kind(parse_cpu_binding,                 "integer"),
    "node_state":      Kind(parse_node_state),
    "minutes":         Kind(parse_minutes),
    "time":            Kind(parse_time),
    "tres":            Kind(parse_tres,                        "array"),
    "resv_flags":      Kind(flags(RESERVATION_FLAGS)),
    "part_flags":      Kind(flags(PARTITION_FLAGS)),
    "part_state":      Kind(parse_one_of(PARTITION_STATES)),
    "preempt_mode":    Kind(parse_words(PREEMPT_MODES)),
    "task_binding":    Kind(parse_task_binding),
    "oversubscribe":   Kind(parse_oversubscribe,               "string"),
    "exclusive":       Kind(parse_exclusive,                   "string"),
    "integer16":       Kind(lambda value: parse_number(value, 0, HIGHEST_UINT16), "integer"),
    "list":            Kind(lambda value: value or None,       "array"),
}
# fmt: on
