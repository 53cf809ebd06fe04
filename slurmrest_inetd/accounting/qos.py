"""QOS as a request describes them -> the commands that add or change them.

Law: all is checked before the first command, also against what accounting knows (names, TRES). What is not named stays
as it is: flags and preemption mode too, which slurmrestd empties where they are missing. A QOS that another of the same
request preempts may stand behind it. Called by the plugins of slurmdbd that write QOS.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from slurmrest_inetd.accounting.changes import Change, Step
from slurmrest_inetd.accounting.known import Known
from slurmrest_inetd.accounting.limits import UNKNOWN_TRES, format_decimal, format_span, name_unknown
from slurmrest_inetd.accounting.listing import fold
from slurmrest_inetd.accounting.qos_request import FLAGS, WantedQos
from slurmrest_inetd.body.findings import Findings
from slurmrest_inetd.body.properties import Property, list_properties
from slurmrest_inetd.fields.qos import ADD, NOT_SET, QOS_FLAGS, QOS_PROPERTIES, REMOVE
from slurmrest_inetd.slurm.sacctmgr import (
    check_name,
    check_text,
    fold_case,
    format_limit,
    format_names,
    format_term,
    format_tres,
    list_add,
    list_modify,
)
from slurmrest_inetd.slurm.sacctmgr_terms import require_term
from slurmrest_inetd.slurm.values import Unusable

INVALID_QOS = (2066, "Invalid qos specification")
BAD_REQUEST = (9000, "Query empty or not RFC7320 compliant")
PREEMPT, DESCRIPTION = "preempt/list", "description"
# fmt: off
FORMS: dict[str, Callable[[Any], str]] = {
    "preempt_mode": str,
    "limit":        format_limit,
    "seconds":      format_span,
    "minutes":      format_limit,
    "grace":        str,
    "decimal":      format_decimal,
    "factor":       format_decimal,
    "tres":         format_tres,
}
# fmt: on


def list_set(version: int) -> list[Property]:
    """The properties of v0.0.``version`` that one term sets."""
    return [row for row in list_properties(QOS_PROPERTIES, version).values() if row.carry == "set"]


def index_qos(known: Known) -> dict[str, dict[str, Any]]:
    """The QOS that are there, by folded name."""
    return {fold(str(entry["name"])): entry for entry in known.list_entries("qos")}


def find_by_id(one: WantedQos, known: Known, found: Findings) -> WantedQos:
    """The QOS with the name that goes with its id, where it gives one; an id of another QOS is refused, as there."""
    number = one.values.get("id")
    if number:
        entry = next((qos for qos in known.list_entries("qos") if qos["id"] == number), None)
        if entry is None or (one.name and fold(one.name) != fold(entry["name"])):
            found.refuse(Unusable("QOS was not found for the requested ID", BAD_REQUEST), f"{one.path}id/")
        else:
            return one._replace(name=entry["name"])
    if not one.name:
        found.refuse(Unusable("Cannot create a QOS without a name", BAD_REQUEST), f"{one.path}name/")
    return one


def plan_qos(wanted: list[WantedQos], known: Known, found: Findings) -> list[Change]:
    """The changes that make accounting as ``wanted``, in order; what preempts a QOS that comes later, at the end."""
    there = index_qos(known)
    names = {*there, *(fold(one.name) for one in wanted)}
    changes, late = [], []
    for one in wanted:
        if not one.name:
            continue
        check_against(one, known, names, found)
        entry = there.get(fold(one.name))
        postponed = not {fold(name) for name in one.values.get(PREEMPT, ())} <= {*there, fold(one.name)}
        try:
            changes.append(plan_one(one, entry, not postponed, found))
            if postponed:
                late.append(plan_preempt(one))
        except Unusable as error:
            found.refuse(error, f"{one.path}name/")
        there[fold(one.name)] = forget_list(one, entry)
    return [*changes, *late]


def forget_list(one: WantedQos, entry: Mapping[str, Any] | None) -> dict[str, Any]:
    """``entry`` without what it preempts, where ``one`` changes that."""
    kept = dict(entry or {"name": one.name})
    if PREEMPT in one.values:
        kept.pop("preempt", None)
    return kept


def check_against(one: WantedQos, known: Known, names: set[str], found: Findings) -> None:
    """Find the QOS and the TRES that it names and that are not there."""
    for name in one.values.get(PREEMPT, ()):
        try:
            check_name(name, folds=False)
            if fold(name) not in names:
                raise Unusable(f"Unable to resolve QOS: {name}", INVALID_QOS)
        except Unusable as error:
            found.refuse(error, f"{one.path}{PREEMPT}/")
    for flag in one.values.get(FLAGS, ()):
        try:
            require_term("qos", f"Flags={QOS_FLAGS[flag]}", known.newest)
        except Unusable as error:
            found.refuse(error, f"{one.path}{FLAGS}/")
    for row in list_set(one.version):
        unknown = (
            name_unknown(one.values[row.name], known.tres) if row.kind == "tres" and row.name in one.values else ""
        )
        if unknown:
            found.refuse(Unusable(f"No TRES is known as {unknown}", UNKNOWN_TRES), f"{one.path}{row.name}/")


def plan_one(one: WantedQos, entry: Mapping[str, Any] | None, preempts: bool, found: Findings) -> Change:
    """The change that adds one QOS, or changes ``entry``. Raises Unusable for a name that cannot be carried."""
    terms = [*list_terms(one, entry, found)]
    if preempts and is_other_list(one.values.get(PREEMPT), entry):
        terms.append(format_term("Preempt", ",".join(one.values[PREEMPT])))
    if entry is None:
        argv = list_add("qos", format_term("Name", check_name(one.name)), *terms)
        return Change(one.path, f"QOS {one.name}", (Step(argv, "added"),))
    # one that this request adds has no id yet
    which = format_term("ID", str(entry["id"])) if "id" in entry else format_names("Name", [one.name])
    steps = (Step(list_modify("qos", (which,), terms), "modified", idle=True),) if terms else ()
    return Change(one.path, f"QOS {one.name}", steps)


def is_other_list(names: list[str] | None, entry: Mapping[str, Any] | None) -> bool:
    """Whether a QOS preempts others than ``names``, as far as ``entry`` tells.

    Slurmdbd 22.05 lets nobody preempt one whose list it was told is empty, until it starts anew: so it is told that
    only where there was something in the list.
    """
    if names is None or entry is None:
        return bool(names)
    there = entry.get("preempt", {}).get("list")
    return there is None or {fold(name) for name in names} != {fold(str(name)) for name in there}


def plan_preempt(one: WantedQos) -> Change:
    """The change that lets a QOS preempt those made after it."""
    terms = (format_term("Preempt", ",".join(one.values[PREEMPT])),)
    argv = list_modify("qos", (format_names("Name", [one.name]),), terms)
    return Change(f"{one.path}{PREEMPT}/", f"what QOS {one.name} preempts", (Step(argv, "set", idle=True),))


def list_terms(one: WantedQos, entry: Mapping[str, Any] | None, found: Findings) -> Iterator[str]:
    """The terms that set its properties, those it preempts apart."""
    description = one.values.get(DESCRIPTION, "" if entry is None else None)
    if description is not None and (entry is None or fold_case(description) != fold_case(entry.get(DESCRIPTION, ""))):
        yield from format_description(description, f"{one.path}{DESCRIPTION}/", found)
    yield from format_flags(one.values.get(FLAGS), entry is None)
    for row in list_set(one.version):
        if row.name in one.values:
            yield format_term(row.term, FORMS[row.kind](one.values[row.name]))


def format_description(text: str, path: str, found: Findings) -> Iterator[str]:
    """sacctmgr writes a description in lower case: carried, with a warning."""
    try:
        yield format_term("Description", check_text(text))
    except Unusable as error:
        found.refuse(error, path)
    if text != fold_case(text):
        found.warn("sacctmgr writes descriptions in lower case", path)


def format_flags(given: list[str] | None, new: bool) -> Iterator[str]:
    """``Flags=``, ``Flags+=`` or ``Flags-=``; nothing where they are to stay as they are."""
    if given is None or NOT_SET in given:
        return
    words = ",".join(QOS_FLAGS[flag] for flag in given if QOS_FLAGS[flag])
    if new:
        if words and REMOVE not in given:
            yield format_term("Flags", words)
    elif ADD in given or REMOVE in given:
        if words:
            yield format_term("Flags+" if ADD in given else "Flags-", words)
    else:
        yield format_term("Flags", words or "-1")
