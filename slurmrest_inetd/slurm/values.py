"""What a JSON value means to Slurm: the value grammars that all writes share.

Law: JSON in, a Python value out, or Unusable with Slurm's number; nothing is cut, wrapped or guessed. Slurm keeps
"unset" and "infinite" as the two highest numbers of each width, so those are no numbers here.
Called by the rooms that read a request's body.
"""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

CONVERSION = (9202, "Unable to convert Data type")
EXPECTED_LIST = (9208, "Data parser expected a list")
INVALID_FLAG = (9207, "Data parser unable to parse invalid flag")
INVALID_DATA = (9216, "Request to parse invalid data")

HIGHEST_UINT16 = 0xFFFD
HIGHEST_UINT32 = 0xFFFFFFFD
HIGHEST_UINT64 = 0xFFFFFFFFFFFFFFFD
LONGEST_NUMBER = 24
SHOWN_CHARACTERS = 80

TRUE_WORDS = ("true", "yes", "on", "1")
FALSE_WORDS = ("false", "no", "off", "0")
NUMBER = re.compile(r"[+-]?[0-9]+(?:\.0*)?", re.ASCII)


class Unusable(ValueError):
    """A value that cannot be used; ``number`` and ``error`` are Slurm's. Who knows the field's path adds it."""

    def __init__(self, description: str, problem: tuple[int, str] = CONVERSION) -> None:
        super().__init__(description)
        self.number, self.error = problem


class Infinite(NamedTuple):
    """What ``{"infinite": true}`` asks for."""


INFINITE = Infinite()
# Slurm's names for JSON's types, and OpenAPI's
# fmt: off
TYPE_NAMES: tuple[tuple[type, str, str], ...] = (
    (bool,  "boolean", "boolean"),
    (int,   "integer", "64 bit integer"),
    (float, "number",  "floating point number"),
    (str,   "string",  "string"),
    (list,  "array",   "list"),
    (dict,  "object",  "dictionary"),
)
# fmt: on


def name_types(value: Any) -> tuple[str, str]:
    """OpenAPI's and Slurm's name of a JSON value's type."""
    return next(((api, slurm) for kind, api, slurm in TYPE_NAMES if isinstance(value, kind)), ("null", "null"))


def show_value(value: Any) -> str:
    """``value`` as JSON for an error's text, short and printable."""
    import json

    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"), default=str)
    return text if len(text) <= SHOWN_CHARACTERS else text[:SHOWN_CHARACTERS] + "..."


def parse_text(value: Any) -> str:
    """A text; a number or a boolean is taken as its JSON spelling. Raises Unusable (list, object, NUL)."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return show_value(value)
    if not isinstance(value, str):
        raise Unusable(f"Expected string but got {show_value(value)}")
    if "\0" in value:
        raise Unusable("A NUL character cannot be part of a value", INVALID_DATA)
    if any("\ud800" <= char <= "\udfff" for char in value):
        raise Unusable("Half a surrogate pair is no character", INVALID_DATA)
    return value


def parse_number(value: Any, lowest: int = 0, highest: int = HIGHEST_UINT32) -> int:
    """A whole number from ``lowest`` to ``highest``, also spelled as a text or as 2.0. Raises Unusable."""
    if isinstance(value, str) and len(value) <= LONGEST_NUMBER and NUMBER.fullmatch(value.strip()):
        value = int(value.strip().partition(".")[0])
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        raise Unusable(f"Expected integer but got {show_value(value)}")
    if not lowest <= value <= highest:
        raise Unusable(f"Expected a number from {lowest} to {highest} but got {show_value(value)}")
    return value


def parse_optional_number(value: Any, lowest: int = 0, highest: int = HIGHEST_UINT32) -> int | Infinite | None:
    """``{set, infinite, number}``, or a plain number: its number, INFINITE, or None where it is not set.

    Raises Unusable, also for members that contradict each other.
    """
    if not isinstance(value, dict):
        return parse_number(value, lowest, highest)
    unknown = set(value) - {"set", "infinite", "number"}
    if unknown:
        raise Unusable(f"Expected the members set, infinite and number but got {show_value(sorted(unknown)[0])}")
    if "set" in value and not parse_switch(value["set"]):
        return None
    if parse_switch(value.get("infinite", False)):
        return INFINITE
    if value.get("number") is None:
        raise Unusable(f"Expected a number but got {show_value(value)}")
    return parse_number(value["number"], lowest, highest)


def parse_switch(value: Any) -> bool:
    """true or false, also as the words and numbers that slurmrestd takes for them. Raises Unusable."""
    if isinstance(value, bool):
        return value
    word = str(value).strip().lower() if isinstance(value, int | str) else ""
    if word in TRUE_WORDS:
        return True
    if word in FALSE_WORDS:
        return False
    raise Unusable(f"Expected boolean but got {show_value(value)}")


def parse_texts(value: Any) -> list[str]:
    """A list of texts. Raises Unusable."""
    if not isinstance(value, list):
        raise Unusable(f"expected a list of strings but got {show_value(value)}", EXPECTED_LIST)
    return [parse_text(member) for member in value]


def parse_csv(value: Any) -> list[str]:
    """A list of texts, or one text with commas; no empty member. Raises Unusable."""
    members = parse_texts(value) if isinstance(value, list) else [parse_text(value)]
    return [word for member in members for word in split_list(member) if word]


def split_list(text: str) -> list[str]:
    """The words between commas, but for commas within brackets: ``n[1,3],m`` is two. Raises Unusable."""
    words, depth = [""], 0
    for char in text:
        depth += {"[": 1, "]": -1}.get(char, 0)
        if depth not in (0, 1):
            break
        if char == "," and depth == 0:
            words.append("")
        else:
            words[-1] += char
    if depth:
        raise Unusable(f"Brackets do not match in {show_value(text)}", INVALID_DATA)
    return [word.strip() for word in words]


def parse_flags(value: Any, members: Mapping[str, Any]) -> list[str]:
    """The members that a list (or one text) names, letter case apart, each once, in order. Raises Unusable."""
    names = {name.lower(): name for name in members}
    words = parse_texts(value) if isinstance(value, list) else [parse_text(value)]
    flags: dict[str, None] = {}
    for word in words:
        flag = names.get(word.lower())
        if flag is None:
            raise Unusable(f"Unknown flag {show_value(word)}", INVALID_FLAG)
        flags[flag] = None
    return list(flags)


def parse_time_value(value: Any) -> int | None:
    """UNIX seconds, also as ``{set, number}`` or a time as Slurm's commands take it; None for unset.

    Raises Unusable.
    """
    if isinstance(value, str) and not NUMBER.fullmatch(value.strip()):
        from slurmrest_inetd.slurm.timestamps import parse_time

        seconds = parse_time(parse_text(value))
        if seconds is None:
            raise Unusable(f"Parsing of {show_value(value)} for timestamp failed")
        return seconds
    number = parse_optional_number(value, 0, HIGHEST_UINT32)
    if isinstance(number, Infinite):
        raise Unusable("A time cannot be infinite")
    return number or None
