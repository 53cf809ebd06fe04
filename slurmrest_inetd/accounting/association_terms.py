"""The properties of an association -> sacctmgr's terms, checked against what accounting knows.

Law: what is not named stays as it is. A list of TRES replaces the one that is there: what it does not name has no limit
any more. A name that cannot be resolved is refused before anything is run: sacctmgr sets some of them in silence.
Called by association_changes.py and additions.py.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from slurmrest_inetd.accounting.known import Known
from slurmrest_inetd.accounting.limits import UNKNOWN_TRES, Limit, name_unknown
from slurmrest_inetd.accounting.listing import fold
from slurmrest_inetd.body.findings import Findings
from slurmrest_inetd.body.properties import Property
from slurmrest_inetd.slurm.sacctmgr import (
    check_name,
    check_text,
    fold_case,
    format_limit,
    format_names,
    format_term,
    format_tres,
    name_tres,
)
from slurmrest_inetd.slurm.sacctmgr_terms import lacks_term, require_term
from slurmrest_inetd.slurm.values import INFINITE, INVALID_DATA, Unusable

INVALID_QOS = (2066, "Invalid qos specification")
INVALID_CLUSTER = (7104, "Invalid cluster name")
INVALID_ACCOUNT = (2045, "Invalid account or account/partition combination specified")
INVALID_PARENT = (2046, "Invalid parent account specified")
FOLDED = "sacctmgr writes it in lower case"
# with these, an empty value asks for nothing: the document shows it where nothing is set
EMPTY_IS_NOTHING = ("DefaultQOS", "QosLevel")


def list_terms(
    values: Mapping[str, Any],
    rows: Iterable[Property],
    current: Mapping[str, Any] | None,
    known: Known,
    path: str,
    found: Findings,
) -> list[str]:
    """The terms that set what ``rows`` say of ``values``; ``current`` is the association as it is, None for a new one.

    What cannot be carried, or resolved, is refused with its place.
    """
    terms: list[str] = []
    for row in rows:
        value = values.get(row.name)
        if row.carry != "set" or value is None or (row.term in EMPTY_IS_NOTHING and not value):
            continue
        place = f"{path}{row.name}/"
        if not value and lacks_term("association", row.term, known.newest):
            continue  # there can be nothing but that
        try:
            require_term("association", row.term, known.newest)
            terms.extend(format_property(row, value, current, known))
        except Unusable as error:
            found.refuse(error, place)
        if row.kind == "text" and row.term not in EMPTY_IS_NOTHING:
            note_case(value, place, found)
    return terms


def note_case(text: str, place: str, found: Findings) -> None:
    """A warning where sacctmgr writes a text otherwise than it was given."""
    if text != fold_case(text):
        found.warn(FOLDED, place)


def carry_text(text: str, path: str, found: Findings) -> str:
    """A text of which only the case of its letters may change."""
    note_case(text, path, found)
    try:
        return check_text(text)
    except Unusable as error:
        found.refuse(error, path)
        return ""


def format_property(row: Property, value: Any, current: Mapping[str, Any] | None, known: Known) -> Iterator[str]:
    """The term of one property; none where there is nothing to change. Raises Unusable."""
    if row.kind == "tres":
        unknown = name_unknown(value, known.tres) if value else ""
        if unknown:
            raise Unusable(f"No TRES is known as {unknown}", UNKNOWN_TRES)
        counts = {**clear_others(row.name, value, current), **value}
        if counts:
            yield format_term(row.term, format_tres(counts))
    elif row.term in EMPTY_IS_NOTHING:
        # v0.0.36 and 37 show ids
        given = [value] if isinstance(value, str) else value
        names = [known.resolve_qos(text) for text in given]
        if "" in names:
            raise Unusable(f"Unable to resolve QOS: {given[names.index('')]}", INVALID_QOS)
        yield format_names(row.term, dict.fromkeys(names))
    else:
        yield format_term(row.term, FORMS[row.kind](value))


def clear_others(name: str, wanted: Mapping[str, Limit], current: Mapping[str, Any] | None) -> dict[str, Limit]:
    """No limit for each TRES that ``current`` has one for at ``name`` and that is not wanted any more."""
    there: Any = current or {}
    for word in name.split("/"):
        there = there.get(word, {}) if isinstance(there, dict) else {}
    numbers = set(wanted)
    return {
        name_tres(entry): INFINITE
        for entry in there or ()
        if name_tres(entry) not in numbers and str(entry.get("id")) not in numbers
    }


def check_cluster(name: str, known: Known) -> str:
    """``name`` where it is a cluster's. Raises Unusable."""
    if fold(name) not in known.clusters:
        raise Unusable(f"Cluster '{name}' has not been added yet", INVALID_CLUSTER)
    return check_name(name, folds=False)


def check_parent(name: str, account: str, cluster: str, there: Iterable[tuple[str, ...]]) -> str:
    """``name`` where it is an account's, on the cluster, that can be the parent of ``account``. Raises Unusable."""
    if fold(name) == fold(account):
        raise Unusable("An account cannot be its own parent", INVALID_PARENT)
    if (fold(name), "", fold(cluster), "") not in there:
        raise Unusable(f"No parent account '{name}' on cluster '{cluster}'", INVALID_PARENT)
    return check_name(name, folds=False)


def require_name(value: str | None, member: str) -> str:
    """A name that has to be given. Raises Unusable."""
    if not value:
        raise Unusable(f"'{member}' has to name something", INVALID_DATA)
    return check_name(value, folds=False)


# fmt: off
FORMS: dict[str, Callable[[Any], str]] = {
    "text":    check_text,
    "shares":  str,
    "limit":   format_limit,
    "minutes": format_limit,
}
# fmt: on
