"""The body of POST reservation and reservations/, read; what scontrol is told; and what the reply echoes.

Law: a reservation that is there is changed, one that is not is made, as with slurmrestd.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from slurmrest_inetd.administration.kinds import KINDS
from slurmrest_inetd.administration.releases import refuse_later
from slurmrest_inetd.administration.terms import format_duration, list_terms
from slurmrest_inetd.body.findings import Findings
from slurmrest_inetd.body.misfit import Misfit, place
from slurmrest_inetd.body.properties import Property, list_properties
from slurmrest_inetd.body.trees import read_tree
from slurmrest_inetd.fields.reservation_update import RESERVATION_FLAGS, RESERVATION_PROPERTIES
from slurmrest_inetd.slurm.scontrol import check_new_name, format_number, format_term
from slurmrest_inetd.slurm.values import Infinite, Unusable

PARSER = "DATA_PARSER_RESERVATION_DESC_MSG"
INVALID_RESERVATION = (2053, "Requested reservation is invalid")
PURGE, PER_NODE = "PURGE_COMP", "TRES_PER_NODE"
PURGE_TIME = "purge_completed/time"
UNSET: Mapping[str, Any] = {"set": False, "infinite": False, "number": 0}
# the trackable resources that every Slurm numbers alike
TRES_IDS = {"cpu": 1, "mem": 2, "energy": 3, "node": 4, "billing": 5}
# the kinds whose values the echo shows as {set, infinite, number}
NUMBERS = ("count", "minutes", "time", "finite32", "number32")


class Wanted(NamedTuple):
    """One reservation as it was asked for; ``path`` is its place in the body."""

    path: str
    name: str
    values: dict[str, Any]


def read_reservation(body: dict[str, Any], version: int, path: str, found: Findings) -> Wanted:
    """One description, read; what is wrong with it is in ``found``."""
    rows = list_properties(RESERVATION_PROPERTIES, version)
    values = read_tree(body, rows, KINDS, path, PARSER, found)
    name = values.get("name", "")
    if not name:
        found.refuse(Unusable("Reservation must be given.", INVALID_RESERVATION), f"{path}name/")
    flags = values.get("flags", ())
    for flag in flags:
        row = RESERVATION_FLAGS[flag]
        if row.carry == "refused":
            found.refuse(Unusable(f"{flag} cannot be carried out: {row.word}"), f"{path}flags/")
        elif row.carry == "none":
            found.warn(f"{flag} has no effect: {row.word}", f"{path}flags/")
    if PER_NODE in flags and not values.get("tres"):
        found.warn(f"{PER_NODE} has no effect without tres", f"{path}flags/")
    if len([flag for flag in flags if RESERVATION_FLAGS[flag].carry == "length"]) > 1:
        found.refuse(Unusable("A length cannot be both added and taken away"), f"{path}flags/")
    return Wanted(path, name, values)


def list_command(
    wanted: Wanted, there: Mapping[str, Any] | None, version: int, newest: int, found: Findings
) -> tuple[str, ...]:
    """scontrol's argv that makes the reservation, or changes it when it is ``there`` (its entry in scontrol's list), on
    a release whose newest API version is v0.0.``newest``.

    () where there is nothing to change. What has no effect on one that is made is a warning in ``found``, what cannot
    be carried a problem.
    """
    rows = list_properties(RESERVATION_PROPERTIES, version)
    try:
        if there is None:
            place("name", lambda name: check_new_name(name, INVALID_RESERVATION), wanted.name)
        words = [
            place("name", lambda name: format_term("reservationname", name), wanted.name),
            *list_terms(wanted.values, rows),
            *list_own(wanted, rows, there, found),
        ]
    except Misfit as error:
        found.refuse(error, f"{wanted.path}{error.field}/")
        return ()
    refuse_later("reservation", words, newest, wanted.path, found)
    if there and len(words) == 1:
        found.warn("There is nothing to change", wanted.path)
        return ()
    return ("scontrol", "update", *words) if there else ("scontrol", "create", "reservation", *words)


def list_own(
    wanted: Wanted, rows: Mapping[str, Property], there: Mapping[str, Any] | None, found: Findings
) -> Iterator[str]:
    """The terms that depend on the flags, or on whether the reservation is there."""
    values, flags = wanted.values, wanted.values.get("flags", ())
    sign = next((RESERVATION_FLAGS[flag].word for flag in flags if RESERVATION_FLAGS[flag].carry == "length"), "")
    if sign and (there is None or "duration" not in values):
        found.warn(
            "DURATION_PLUS and DURATION_MINUS are for the length of a reservation that is there", f"{wanted.path}flags/"
        )
        sign = ""
    if "duration" in values:
        yield format_number(f"{rows['duration'].term}{sign}", values["duration"])
    if values.get("tres"):
        key = RESERVATION_FLAGS[PER_NODE].word if PER_NODE in flags else rows["tres"].term
        yield format_term(key, ",".join(values["tres"]))
    words = list(list_flags(wanted, there, found))
    if words:
        yield format_term("flags", ",".join(words))
    if "SKIP" in flags:
        if there is None:
            found.warn("SKIP has no effect on a new reservation", f"{wanted.path}flags/")
        else:
            yield RESERVATION_FLAGS["SKIP"].word


def list_flags(wanted: Wanted, there: Mapping[str, Any] | None, found: Findings) -> Iterator[str]:
    """scontrol's words for the flags: names for a new reservation, names with signs for one that is there."""
    flags = wanted.values.get("flags", ())
    purge = purge_word(wanted, there, found)
    for flag in flags:
        row = RESERVATION_FLAGS[flag]
        if row.carry == "set" and row.word != PURGE:
            yield f"+{row.word}" if there else row.word
        elif row.carry == ("clear" if there else "new"):
            yield f"-{row.word}" if there else row.word
        elif row.carry in ("clear", "new"):
            found.warn(
                f"{flag} has no effect on {'an existing' if there else 'a new'} reservation", f"{wanted.path}flags/"
            )
    if purge:
        yield purge


def purge_word(wanted: Wanted, there: Mapping[str, Any] | None, found: Findings) -> str:
    """PURGE_COMP with its time; "" where the flag is not asked for and not there: then the time means nothing."""
    flags, seconds = wanted.values.get("flags", ()), wanted.values.get(PURGE_TIME)
    is_there = there is not None and PURGE in there.get("flags", ()) and f"NO_{PURGE}" not in flags
    sign = "+" if there else ""
    if PURGE in flags and seconds is None:
        return f"{sign}{PURGE}"
    if seconds is not None and (PURGE in flags or is_there):
        return format_duration(f"{sign}{PURGE}", seconds)
    if seconds is not None:
        found.warn(
            f"It belongs to the flag {PURGE}, without which nothing is purged: it is not set",
            f"{wanted.path}{PURGE_TIME}/",
        )
    return ""


def echo_reservation(wanted: Wanted, version: int) -> dict[str, Any]:
    """The description as the reply has it: every property of the schema, what was not asked for unset.

    slurmrestd's has its number for "unset" as a time that is set (4294967294).
    """
    echo: dict[str, Any] = {}
    for row in list_properties(RESERVATION_PROPERTIES, version).values():
        value = wanted.values.get(row.name)
        if row.name == PURGE_TIME:
            echo["purge_completed"] = {"time": echo_number(value)}
        elif row.kind in NUMBERS:
            echo[row.name] = echo_number(value)
        elif row.kind == "tres":
            echo[row.name] = [echo_tres(term) for term in value or ()]
        elif row.carry == "flags":
            echo[row.name] = [flag for flag in RESERVATION_FLAGS if flag in (value or ())]
        else:
            echo[row.name] = value if value is not None else "" if row.kind == "text" else []
    return echo


def echo_number(value: int | Infinite | None) -> dict[str, Any]:
    """A three-valued number, as slurmrestd writes it."""
    if isinstance(value, Infinite):
        return {"set": False, "infinite": True, "number": 0}
    return dict(UNSET) if value is None else {"set": True, "infinite": False, "number": value}


def echo_tres(term: str) -> dict[str, Any]:
    """``gres/gpu=1`` as an entry of the schema; most ids are accounting's to know."""
    name, _, count = term.rpartition("=")
    kind, _, rest = name.partition("/")
    known = {"id": TRES_IDS[name]} if name in TRES_IDS else {}
    return {"type": kind, "name": rest, **known, "count": int(count)}
