"""A body's values as terms of scontrol's, each by its row's ``carry``.

Law: one row a form. A ``carry`` that is not here (but none and refused) is the noun's own to carry out.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from slurmrest_inetd.body.misfit import place
from slurmrest_inetd.body.properties import Property
from slurmrest_inetd.slurm.argv import format_seconds
from slurmrest_inetd.slurm.scontrol import check_host_list, format_list, format_number, format_quoted, format_term
from slurmrest_inetd.slurm.values import Infinite


def format_hosts(key: str, value: str | list[str]) -> str:
    """``key=n[1-3],n7``; a text (which may be empty: none of them) or a list."""
    text = value if isinstance(value, str) else ",".join(value)
    return format_term(key, check_host_list(text, signs=True) if text else "")


def format_time(key: str, seconds: int) -> str:
    """UNIX seconds, whatever the time zone."""
    return f"{key}=uts{seconds}"


def format_duration(key: str, seconds: int | Infinite) -> str:
    """Seconds, where scontrol reads a plain number as minutes."""
    return f"{key}={'UNLIMITED' if isinstance(seconds, Infinite) else format_seconds(seconds)}"


def format_limit(key: str, number: int | Infinite) -> str:
    """A number, or no limit."""
    return format_number(key, number)


# fmt: off
FORMS: dict[str, Callable[[str, Any], str]] = {
    "text":      format_term,
    "quoted":    format_quoted,
    "list":      format_list,
    "signed":    lambda key, members: format_list(key, members, signs=True),
    "number":    format_limit,
    "hosts":     format_hosts,
    "time":      format_time,
    "seconds":   format_duration,
}
# fmt: on


def list_terms(values: Mapping[str, Any], rows: Mapping[str, Property]) -> Iterator[str]:
    """The terms of ``values`` (a property's place -> its value), in the table's order. Raises Misfit.

    An empty list asks for nothing, as with slurmrestd; nor does an empty reason, which scontrol passes over.
    """
    for name, row in rows.items():
        form, value = FORMS.get(row.carry), values.get(name)
        if form is None or value is None or value == [] or (value == "" and row.carry == "quoted"):
            continue
        yield place(name, bind(form, row.term), value)


def bind(form: Callable[[str, Any], str], key: str) -> Callable[[Any], str]:
    """``form`` for one key."""
    return lambda value: form(key, value)
