"""What kinds of values properties have, whatever the body: how each is read, and what OpenAPI calls it.

Law: one row a kind. A kind's parser takes the JSON value and gives None where the value asks for nothing. What only one
body knows stands beside that body, in a table that begins with this one.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from slurmrest_inetd.slurm.values import (
    HIGHEST_UINT16,
    HIGHEST_UINT32,
    HIGHEST_UINT64,
    Unusable,
    parse_csv,
    parse_flags,
    parse_number,
    parse_optional_number,
    parse_switch,
    parse_text,
    parse_texts,
    show_value,
)

HIGHEST_INT31 = 0x7FFFFFFF


class Kind(NamedTuple):
    """``api`` is OpenAPI's type (and format) of the values, "" where several are taken without a word."""

    parse: Callable[[Any], Any]
    api: str = ""


def number(lowest: int, highest: int) -> Callable[[Any], Any]:
    """A reader of whole numbers."""
    return lambda value: parse_number(value, lowest, highest)


def optional(highest: int) -> Callable[[Any], Any]:
    """A reader of three-valued numbers: {set, infinite, number}, or a plain one."""
    return lambda value: parse_optional_number(value, 0, highest)


def flags(members: Mapping[str, Any]) -> Callable[[Any], Any]:
    """A reader of lists of names out of ``members``."""
    return lambda value: parse_flags(value, members)


def parse_object(value: Any) -> Any:
    """Any object; an empty one asks for nothing. Raises Unusable."""
    if not isinstance(value, dict):
        raise Unusable(
            f"Expected dictionary but got {show_value(value)}", (9209, "Data parser expected a dictionary or object")
        )
    return value or None


# fmt: off
KINDS: dict[str, Kind] = {
    "text":         Kind(parse_text,                       "string"),
    "texts":        Kind(parse_texts,                      "array"),
    "csv":          Kind(parse_csv,                        "array"),
    "bool":         Kind(parse_switch,                     "boolean"),
    "uint16":       Kind(number(0, HIGHEST_UINT16),        "integer"),
    "uint31":       Kind(number(0, HIGHEST_INT31),         "integer"),
    "uint32":       Kind(number(0, HIGHEST_UINT32),        "integer"),
    "count16":      Kind(number(1, HIGHEST_UINT16),        "integer"),
    "count32":      Kind(number(1, HIGHEST_INT31),         "integer"),
    "number16":     Kind(optional(HIGHEST_UINT16)),
    "number32":     Kind(optional(HIGHEST_UINT32)),
    "number64":     Kind(optional(HIGHEST_UINT64)),
    "object":       Kind(parse_object),
}
# fmt: on
