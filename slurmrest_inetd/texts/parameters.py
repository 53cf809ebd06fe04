"""A parameter's text, as scontrol and sacctmgr print it -> the value that a schema of the API wants.

Law: pure; knows shapes, no parameter's name. A word that the schema does not know is left out. Called by
configuration.py and accounting_settings.py.
"""

import re
from collections.abc import Mapping
from typing import Any

from slurmrest_inetd.texts.numbers import TIME, parse_seconds
from slurmrest_inetd.versions.numbers import INFINITE_NUMBER, make_number
from slurmrest_inetd.versions.schemas import Schema
from slurmrest_inetd.versions.shapes import make_unset, name_kind

# Each parameter's texts by its name in lower case: more than one where scontrol numbers them (``Prolog[0]``).
Printed = Mapping[str, list[str]]
LINE = re.compile(r"^(\w+)(?:\[\d+\])? *= (.*)$", re.MULTILINE)
NOTHING = ("", "(null)", "(null type)", "N/A")
YES = ("yes", "1")
WITHOUT_END = ("UNLIMITED", "INFINITE")
NUMBER = re.compile(r"-?\d+")


def split_lines(text: str) -> dict[str, list[str]]:
    """``Name = text``, line by line."""
    printed: dict[str, list[str]] = {}
    for name, value in LINE.findall(text):
        printed.setdefault(name.lower(), []).append(value.rstrip())
    return printed


def is_yes(printed: Printed, name: str) -> bool:
    """Whether the parameter is on."""
    return printed.get(name.lower(), ["no"])[0].lower() in YES


def read_members(schema: Schema, shape: Mapping[str, Any], printed: Printed) -> dict[str, Any]:
    """The members of ``shape``: those that are printed by these rules, the others unset."""
    made: dict[str, Any] = make_unset(schema, dict(shape))
    for name, member in shape["properties"].items():
        texts = printed.get(name.lower())
        if texts:
            made[name] = read_value(schema, schema.follow(member), texts, made[name])
    return made


def read_value(schema: Schema, shape: Mapping[str, Any], texts: list[str], unset: Any) -> Any:
    """One member; ``unset`` where its shape is none that a text can be."""
    text = texts[0]
    match name_kind(shape):
        case "string":
            return "" if text in NOTHING else text
        case "integer":
            return read_number(text)
        case "boolean":
            return text.lower() in YES
        case "three":
            return read_three_valued(text)
        case "array":
            return read_words(texts, schema.follow(shape["items"]))
    return unset


def read_number(text: str) -> int:
    """``30 sec`` -> 30; 0 for what is no number."""
    match = NUMBER.match(text)
    return int(match[0]) if match else 0


def read_three_valued(text: str) -> dict[str, Any]:
    """A number that may have no end, or not be there: ``60 sec``, ``00:01:30`` (in seconds), ``INFINITE``."""
    if text in WITHOUT_END:
        return dict(INFINITE_NUMBER)
    if TIME.fullmatch(text):
        return make_number(parse_seconds(text))
    return make_number(int(match[0]) if (match := NUMBER.match(text)) else None)


def read_words(texts: list[str], entry: Mapping[str, Any]) -> list[str]:
    """``a,b`` -> [a, b]; of a list of flags those that the schema has, in its order and spelling."""
    words = [word for text in texts if text not in NOTHING for word in text.split(",")]
    if "enum" not in entry:
        return words if entry.get("type") == "string" else []
    given = {word.lower() for word in words}
    return [flag for flag in entry["enum"] if flag.lower() in given]
