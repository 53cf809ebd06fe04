"""What kinds of values the properties of accounts, users, associations and wckeys have: how each is read.

Law: one row a kind; see body/kinds.py. Called by the rooms of accounting that read such bodies.
"""

from typing import Any

from slurmrest_inetd.accounting.limits import Limit, parse_limit, parse_minutes, parse_tres
from slurmrest_inetd.body.kinds import HIGHEST_INT31, Kind, flags
from slurmrest_inetd.body.kinds import KINDS as COMMON
from slurmrest_inetd.fields.account_body import ACCOUNT_FLAGS, ADMIN_LEVELS, USER_FLAGS
from slurmrest_inetd.slurm.values import (
    EXPECTED_LIST,
    INFINITE,
    INVALID_DATA,
    Unusable,
    parse_csv,
    parse_flags,
    parse_number,
    parse_switch,
    parse_text,
    show_value,
)

NONE = -1


def parse_list(value: Any) -> list[Any] | None:
    """A list, whatever it holds; None where it is empty. Raises Unusable."""
    if not isinstance(value, list):
        raise Unusable(f"Expected a List but found {show_value(value)}", EXPECTED_LIST)
    return value or None


def parse_names(value: Any) -> list[str]:
    """A list of names, or one text with commas, each name once. Raises Unusable."""
    return list(dict.fromkeys(parse_csv(value)))


def parse_shares(value: Any) -> int | None:
    """A number of shares (2147483647 is the parent's); None for -1, which slurmrestd takes for none given.

    Raises Unusable.
    """
    shares = parse_number(value, NONE, HIGHEST_INT31)
    return None if shares == NONE else shares


def parse_own_limit(value: Any) -> Limit | None:
    """A limit; -1 is none, as with slurmrestd. Raises Unusable."""
    return INFINITE if value == NONE and not isinstance(value, bool) else parse_limit(value)


def parse_wall(value: Any) -> Limit | None:
    """A time in minutes; -1 is no limit. Raises Unusable."""
    return INFINITE if value == NONE and not isinstance(value, bool) else parse_minutes(value)


def parse_amounts(value: Any) -> dict[str, Limit]:
    """Amounts of TRES; an empty list is none of them, and that is what is asked for. Raises Unusable."""
    return parse_tres(value) or {}


def parse_level(value: Any) -> str | None:
    """An administrator's level, None where none is given. Raises Unusable for several."""
    levels = parse_flags(value, ADMIN_LEVELS)
    if len(levels) > 1:
        raise Unusable(f"A user has one level only, not {' and '.join(levels)}", INVALID_DATA)
    return ADMIN_LEVELS[levels[0]] or None if levels else None


def parse_coordinators(value: Any) -> list[str]:
    """The names of an account's own coordinators: who is one by way of a parent (``direct: false``) stays so.

    Raises Unusable.
    """
    names = []
    for index, entry in enumerate(parse_list(value) or []):
        if not isinstance(entry, dict) or not entry.get("name"):
            raise Unusable(f"Entry {index} does not name a coordinator", INVALID_DATA)
        if parse_switch(entry.get("direct", True)):
            names.append(parse_text(entry["name"]))
    return list(dict.fromkeys(names))


# fmt: off
KINDS: dict[str, Kind] = COMMON | {
    "list":          Kind(parse_list,             "array"),
    "names":         Kind(parse_names,            "array"),
    "shares":        Kind(parse_shares,           "integer"),
    "limit":         Kind(parse_own_limit),
    "minutes":       Kind(parse_wall),
    "tres":          Kind(parse_amounts,          "array"),
    "level":         Kind(parse_level,            "array"),
    "level_text":    Kind(parse_level,            "string"),
    "switch":        Kind(parse_switch),
    "coordinators":  Kind(parse_coordinators,     "array"),
    "account_flags": Kind(flags(ACCOUNT_FLAGS),   "array"),
    "user_flags":    Kind(flags(USER_FLAGS),      "array"),
}
# fmt: on
