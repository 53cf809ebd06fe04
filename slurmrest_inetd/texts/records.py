"""scontrol's lines of ``Key=Value``, taken apart where the names of what they tell of may hold anything.

Law: a name (of a reservation, a partition) may hold spaces, ``=``, newlines: whole records. So the names come first,
from a listing in which their ends are known (sinfo, a column's width or a word that nobody could know); then a record
begins where one of these names stands, each name once, and its keys come in scontrol's own order. What does not come
out even is asked again (a thing may have come or gone between the two), then refused. Pure but for what it asks.
Called by the builders.
"""

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

from slurmrest_inetd.errors import InternalFault

Record = dict[str, str]
TRIES = 3
# What scontrol prints for a text that is not there
NOTHING = "(null)"


class Grammar(NamedTuple):
    """``noun`` is the key that a record begins with; ``rest`` matches all that follows the name."""

    noun: str
    rest: re.Pattern[str]


def make_grammar(noun: str, keys: str) -> Grammar:
    """The grammar of records: ``keys`` in their order; ``A|B`` is one of the two, ``C?`` may be missing."""
    return Grammar(noun, re.compile("".join(format_key(word) for word in keys.split()) + r" *(?:\n|\Z)"))


def format_key(word: str) -> str:
    """The pattern of one key with its value, which has no end of line."""
    name = word.rstrip("?")
    pattern = "|".join(f"{key}=(?P<{key}>[^\\n]*?)" for key in name.split("|"))
    return f"(?: +(?:{pattern}))" + ("?" if word.endswith("?") else "")


def read_records(
    grammar: Grammar, list_names: Callable[[], Iterable[str]], print_records: Callable[[], str]
) -> list[Record]:
    """The records that ``print_records`` prints, of the things that ``list_names`` lists; a record's name under the
    grammar's noun. Raises what the commands failed of; InternalFault where text and names do not agree.
    """
    for _ in range(TRIES):
        records = split_records(grammar, list(list_names()), print_records())
        if records is not None:
            return records
    raise InternalFault(f"What scontrol prints of the {grammar.noun}s cannot be told apart", source="scontrol")


def split_records(grammar: Grammar, names: list[str], text: str) -> list[Record] | None:
    """The records of ``text``, None where they are not those of ``names``."""
    left = sorted(names, key=len, reverse=True)
    records = []
    at = 0
    while at < len(text):
        name = next((name for name in left if text.startswith(f"{grammar.noun}={name} ", at)), None)
        if name is None:
            return None
        match = grammar.rest.match(text, at + len(grammar.noun) + 1 + len(name))
        if match is None:
            return None
        left.remove(name)
        values = {key: value for key, value in match.groupdict().items() if value is not None}
        records.append({grammar.noun: name, **values})
        at = match.end()
    return None if left else records


def read_text(value: str) -> str:
    """``(null)`` is no text."""
    return "" if value == NOTHING else value
