"""scontrol's ``Key=Value`` terms: one element of an argv each.

Law: a client's value stands behind ``key=`` in the same element. scontrol (24.11.5, 26.05.5) takes an element whole:
the key up to the first ``=``, all that follows is the value, spaces, newlines, quotes, ``=`` and commas included, so no
value can become a second key (docs/facts/ctld-writes.md). What a value can break out of is only the value's own
grammar: a list's commas, the signs that add and take away, a host list's brackets, the quotes that ``reason`` loses.
These are checked here, by kind. Called by the rooms that put scontrol's commands together.
"""

import re
from collections.abc import Iterable

from slurmrest_inetd.slurm.lengths import check_word
from slurmrest_inetd.slurm.values import INFINITE, INVALID_DATA, Infinite, Unusable, show_value, split_list

INVALID_NODE_NAME = (2018, "Invalid node name specified")
# What no member of a list may be but as a sign of the list's own grammar: users=-bob is everybody else
SIGNS = ("+", "-")
# A name as slurm.conf can have it. A word such as ALL, which stands for every node, is one too: see check_node_name.
NODE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,254}", re.ASCII)
HOSTS = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*(?:\[[0-9,-]+\][A-Za-z0-9_.-]*)*|\[[0-9,-]+\]", re.ASCII)
EVERY_NODE = "all"
# no space, comma, quote, equals sign, bracket, backslash, slash, number sign, no sign or full stop at its beginning
NEW_NAME = re.compile(r"[^\W][\w.:@%+-]{0,254}")


def format_term(key: str, value: str | int) -> str:
    """``key=value``, the value as it stands. Raises Unusable for a NUL, and for what is longer than an argument."""
    word = f"{key}={value}"
    if "\0" in word:
        raise Unusable("A NUL character cannot be part of a value", INVALID_DATA)
    check_word(word)
    return word


def format_quoted(key: str, value: str) -> str:
    """``key="value"``: for ``reason``, which scontrol takes one ``"`` off at each end. Raises Unusable."""
    return format_term(key, f'"{value}"' if value else "")


def format_number(key: str, value: int | Infinite, infinite: str = "UNLIMITED") -> str:
    """``key=3``, or the word that this key has for infinite."""
    return f"{key}={infinite if value is INFINITE else value}"


def format_list(key: str, members: Iterable[str], *, signs: bool = False) -> str:
    """``key=a,b``. Raises Unusable for a member that would be another number of members, or (without ``signs``) one
    that adds or takes away.
    """
    return format_term(key, ",".join(check_member(member, signs=signs) for member in members))


def check_member(member: str, *, signs: bool = False) -> str:
    """``member`` where it can only be itself in a list. Raises Unusable."""
    if not member or "," in member or member != member.strip() or not member.isprintable():
        raise Unusable(f"{show_value(member)} cannot stand in a list", INVALID_DATA)
    if member.startswith(SIGNS) and not signs:
        raise Unusable(f"{show_value(member)} begins with a sign, which adds or takes away", INVALID_DATA)
    return member


def check_new_name(name: str, problem: tuple[int, str]) -> str:
    """``name`` where it can be given to something new: Slurm's own files and commands could name it. Raises Unusable
    with ``problem``.
    """
    if not NEW_NAME.fullmatch(name):
        raise Unusable(f"{show_value(name)} cannot be a name", problem)
    return name


def check_node_name(name: str) -> str:
    """``name`` where it can be one node's: no list, no file, not the word for all of them. Raises Unusable."""
    if not NODE_NAME.fullmatch(name) or name.lower() == EVERY_NODE:
        raise Unusable(f"{show_value(name)} is no node's name", INVALID_NODE_NAME)
    return name


def check_host_list(text: str, *, signs: bool = False) -> str:
    """``text`` where it is made of names and ranges in brackets only; with ``signs``, names that are added (``+n3``)
    or taken away. Raises Unusable.
    """
    for word in split_list(text):
        name = word.removeprefix("+").removeprefix("-") if signs else word
        if not HOSTS.fullmatch(name):
            raise Unusable(f"{show_value(text)} is no list of nodes", INVALID_NODE_NAME)
    return text
