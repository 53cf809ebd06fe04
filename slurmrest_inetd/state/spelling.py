"""A name whose letter case a client did not mind: slurmrestd finds partition DEBUG under debug, scontrol does not.

Law: only after the name as it was written found nothing: then the list of all is read once more, for its spelling. A
name is an operand behind ``--``: no option, and scontrol takes it as it stands. Called by the plugins of slurmctld.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from slurmrest_inetd.errors import NotFound
from slurmrest_inetd.model import Answer, Call, Notice, Passage
from slurmrest_inetd.passthrough import pass_document, read_document
from slurmrest_inetd.state.freshness import UNCHANGED, is_unchanged
from slurmrest_inetd.state.showing import tell_nothing


class Named(NamedTuple):
    """One thing of the controller's state, looked up by name: ``noun`` is scontrol's word, ``member`` the list's."""

    noun: str
    member: str
    number: int
    error: str


def pass_named(
    call: Call,
    options: tuple[str, ...],
    named: Named,
    name: str,
    values: Mapping[str, Any],
    warnings: tuple[Notice, ...],
) -> Answer | Passage:
    """The document of ``scontrol show noun name``. Raises NotFound, what scontrol failed of.

    ``values`` are the query's: its ``update_time`` may make this 304.
    """
    show = ("scontrol", *options, "show", named.noun, "--")
    if not name.isprintable():
        raise refuse_unknown(call, named, name)
    spelled, answer = find_named(call, show, named, name, warnings)
    return UNCHANGED if is_unchanged(call, (*show, spelled), values) else answer


def find_named(
    call: Call, show: tuple[str, ...], named: Named, name: str, warnings: tuple[Notice, ...]
) -> tuple[str, Answer | Passage]:
    """The name as Slurm spells it, and its document. Raises NotFound, what scontrol failed of."""

    def look_up(spelled: str) -> Passage:
        return pass_document(
            call,
            (*show, spelled),
            warnings=warnings,
            empty=named.member.encode(),
            refuse_empty=lambda: refuse_unknown(call, named, name),
        )

    try:
        return name, look_up(name)
    except NotFound:
        spelled = find_spelling(call, show[:-1], named, name)
        if spelled is None:
            raise
    return spelled, look_up(spelled)


def find_spelling(call: Call, show: tuple[str, ...], named: Named, name: str) -> str | None:
    """Another spelling of ``name`` among all that there are, None when there is none."""
    entries = read_document(call, show).payload[named.member]
    folded = name.casefold()
    return next((entry["name"] for entry in entries if entry["name"].casefold() == folded), None)


def refuse_unknown(call: Call, named: Named, name: str) -> NotFound:
    """404, in slurmrestd's words."""
    return NotFound(
        f"Unable to find {named.noun} {name}",
        number=named.number,
        error=named.error,
        source="scontrol",
        payload=tell_nothing(call, named.member, "last_update"),
    )
