"""sacctmgr's grammar: what its words can carry, the commands that change accounting, and what it says of them.

Law: a client's value stands behind ``Key=`` in one element of the argv, and only after its own grammar was checked here
(docs/facts/dbd-writes.md has what sacctmgr does with each character). What it cannot carry is Unusable. No command that
modifies or deletes can be made without a condition. One command is one transaction: it commits all or nothing.
Called by the rooms that change accounting.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from slurmrest_inetd.errors import ApiError, CommandTimeout, Conflict, refuse_slurm
from slurmrest_inetd.slurm.command import Finished
from slurmrest_inetd.slurm.failures import clean_stderr, find_error, read_failure
from slurmrest_inetd.slurm.values import INVALID_DATA, Infinite, Unusable, show_value

SACCTMGR = ("sacctmgr", "--immediate")
# it drops quotes or turns them into backquotes; in names it splits at commas and expands [1-3], and slurmdbd puts
# quotes and backslashes into its SQL as they are
QUOTES = frozenset("'\"")
SPECIAL = frozenset(",'\"[]=\\")
SIGNS = ("+", "-")
LONGEST_NAME_BYTES = 255
LONGEST_TEXT_BYTES = 65535
# what it says with another status than 0 when there was nothing to do
IDLE = (
    "Nothing modified",
    "Nothing deleted",
    "Nothing new added",
    "Nothing added",
    "Already existing",
    "These users already exist",
    "Nothing removed",
    "Request didn't affect anything",
    "Data has not changed since time specified",
    "No associations",
    "This cluster ",
)
# then there would have been something to do
MISSING = "doesn't exist."
# lines that tell nothing of the reason
NO_ERROR = "No error"
NOISE = ("Use keyword ", "Unknown option: ", "Request didn't affect anything", "Settings", "Associations")
# the head of a list of users that a deletion of associations deletes with them
ORPHANS = " Deleting users (No Associations)..."
UNCHANGED = (1900, "Data has not changed since time specified")


class Outcome(NamedTuple):
    """What became of a command that was not refused: ``changed`` is False where there was nothing to do, and then
    ``reason`` says why.
    """

    changed: bool
    reason: str = ""


def list_add(entity: str, *terms: str) -> tuple[str, ...]:
    """The argv that adds: ``list_add("account", "Names=phys", "Description=x")``."""
    return (*SACCTMGR, "add", entity, *terms)


def list_modify(entity: str, where: Iterable[str], change: Iterable[str]) -> tuple[str, ...]:
    """The argv that changes what meets ``where``. Raises ValueError where one of them is empty."""
    conditions, terms = tuple(where), tuple(change)
    if not conditions or not terms:
        raise ValueError("sacctmgr modify without a condition would change everything, without a term nothing")
    return (*SACCTMGR, "modify", entity, "where", *conditions, "set", *terms)


def list_delete(entity: str, *where: str) -> tuple[str, ...]:
    """The argv that deletes what meets ``where``. Raises ValueError where that is empty."""
    if not where:
        raise ValueError("sacctmgr delete without a condition would delete everything")
    return (*SACCTMGR, "delete", entity, "where", *where)


def check_name(text: str, *, folds: bool = True) -> str:
    """``text`` where sacctmgr can carry it as a name, as one of a list, and as a condition. Raises Unusable.

    ``folds`` says that sacctmgr writes names of this kind in lower case, so that others cannot be made through it.
    """
    if not text:
        raise Unusable("A name cannot be empty", INVALID_DATA)
    if not text.isprintable() or text != text.strip() or not SPECIAL.isdisjoint(text) or text.startswith(SIGNS):
        raise Unusable(
            f"{show_value(text)} is no name that sacctmgr can carry: no comma, quote, equals sign, bracket, backslash "
            "or control character, no space at its ends, no sign at its beginning",
            INVALID_DATA,
        )
    if folds and text != fold_case(text):
        raise Unusable(f"{show_value(text)} has upper case letters: sacctmgr writes names in lower case", INVALID_DATA)
    if len(text.encode()) > LONGEST_NAME_BYTES:
        raise Unusable(f"A name cannot be longer than {LONGEST_NAME_BYTES} bytes", INVALID_DATA)
    return text


def check_text(text: str) -> str:
    """``text`` where sacctmgr can carry it as a description or comment; letter case apart. Raises Unusable."""
    if not QUOTES.isdisjoint(text):
        raise Unusable(f"{show_value(text)} cannot be carried: sacctmgr changes or drops quotes", INVALID_DATA)
    if text != text.strip():
        raise Unusable(f"{show_value(text)} cannot be carried: sacctmgr drops spaces at the ends", INVALID_DATA)
    if "\0" in text or len(text.encode()) > LONGEST_TEXT_BYTES:
        raise Unusable(f"A text cannot hold NUL, nor more than {LONGEST_TEXT_BYTES} bytes", INVALID_DATA)
    return text


def fold_case(text: str) -> str:
    """``text`` in lower case as sacctmgr makes it: ASCII letters only."""
    return "".join(char.lower() if char.isascii() else char for char in text)


def format_term(key: str, value: str) -> str:
    """``Key=value``, one element of an argv. The value was checked by its own rule."""
    return f"{key}={value}"


def format_names(key: str, names: Iterable[str], *, folds: bool = False) -> str:
    """``Key=a,b``. Raises Unusable for a name that cannot be carried."""
    return format_term(key, ",".join(check_name(name, folds=folds) for name in names))


def format_limit(limit: int | Infinite) -> str:
    """A limit as all of sacctmgr's take it: no limit is -1."""
    return "-1" if isinstance(limit, Infinite) else str(limit)


def format_tres(counts: Mapping[str, int | Infinite]) -> str:
    """``{"cpu": 4, "gres/gpu": 2}`` as ``cpu=4,gres/gpu=2``; a TRES without a limit is ``=-1``. Raises Unusable.

    sacctmgr changes the limits of the TRES that are named, and leaves those of others as they are.
    """
    if not counts:
        raise Unusable("No TRES is named", INVALID_DATA)
    return ",".join(f"{check_name(name, folds=False)}={format_limit(count)}" for name, count in counts.items())


def read_outcome(finished: Finished, what: str) -> Outcome:
    """What became of one of the commands above. Raises what slurmdbd refused, CommandTimeout where it is unknown.

    ``what`` says what was being asked, for the description: ``account phys could not be added``.
    """
    if finished.status == 0:
        return Outcome(True)
    if finished.status < 0:
        raise CommandTimeout(
            f"{what}: sacctmgr was ended by signal {-finished.status}; whether it was done is unknown",
            source="sacctmgr",
        )
    lines = [*clean_stderr(finished.stderr), *clean_stderr(finished.stdout)]
    number, _ = find_error(lines)
    idle = any(line.startswith(IDLE) or line.endswith(UNCHANGED[1]) for line in lines)
    if number in (0, UNCHANGED[0]) and idle and not any(line.endswith(MISSING) for line in lines):
        return Outcome(False, choose_reason(lines))
    raise read_refusal(finished, lines, what)


def list_printed(stdout: str) -> list[str]:
    """What a command that modifies or deletes says it did that to: the lines that are indented twice, but for the users
    that went with their last association.
    """
    return [line[2:] for line in split_orphans(stdout)[0] if line.startswith("  ") and line.strip()]


def list_orphans(stdout: str) -> list[str]:
    """The users of whom a command that deletes associations says that they are gone too: they had no other."""
    return [line.strip() for line in split_orphans(stdout)[1] if line.strip()]


def split_orphans(stdout: str) -> tuple[list[str], list[str]]:
    """The lines of what was asked for, and of what went with it."""
    lines = stdout.splitlines()
    at = lines.index(ORPHANS) if ORPHANS in lines else len(lines)
    return lines[:at], lines[at + 1 :]


def read_refusal(finished: Finished, lines: list[str], what: str) -> ApiError:
    """The exception for what sacctmgr said when it failed: Slurm's number where it gave one, else its first word."""
    number, error = find_error(lines)
    if number:
        return refuse_slurm(number, error, f"{what}: {error}", "sacctmgr")
    reason = choose_reason(lines)
    if not reason:
        return read_failure(finished, what)
    return refuse_slurm(-1, "Unspecified error", f"{what}: {reason}", "sacctmgr")


def choose_reason(lines: list[str]) -> str:
    """The line that says most of why: the first that is no noise. (It holds no more than a line's length.)"""
    telling = [line for line in lines if not line.startswith(NOISE) and not line.endswith(NO_ERROR)] or lines
    return telling[0][:400] if telling else ""


def refuse_unchanged(what: str, outcome: Outcome, source: str = "sacctmgr") -> Conflict:
    """The refusal of a command that was to change something and did not, to be raised by the caller.

    slurmdbd says no more to a client who may not change what is there.
    """
    text = f"{what}: {outcome.reason} (it is not there any more, or this is not permitted)"
    return Conflict(text, number=UNCHANGED[0], error=UNCHANGED[1], source=source)


def name_tres(entry: Mapping[str, Any]) -> str:
    """``{"type": "gres", "name": "gpu"}`` as ``gres/gpu``, ``{"id": 4}`` as ``4``, which sacctmgr takes too.

    Raises Unusable where neither says which TRES is meant, or they could not be carried.
    """
    kind, name, number = entry.get("type"), entry.get("name"), entry.get("id")
    if kind:
        return check_name(f"{kind}/{name}" if name else str(kind), folds=False)
    if number:
        return str(number)
    raise Unusable("A TRES needs its type (and name), or its id", INVALID_DATA)
