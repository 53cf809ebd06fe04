"""The controller's state as a client wants it shown: what ``flags`` add and leave out.

Law: knows options and entries, no noun: the plugins bring their argv and what to change in an entry. An answer that
needs no change is passed through untouched. Called by the plugins of slurmctld.
"""

from collections.abc import Callable, Mapping
from typing import Any

from slurmrest_inetd.errors import ApiError
from slurmrest_inetd.fields.show_flags import FLAGS, SHOW_FLAGS
from slurmrest_inetd.model import Answer, Call, Change, Notice, Passage
from slurmrest_inetd.passthrough import Explain, answer_document, pass_document, read_document
from slurmrest_inetd.query import refuse_value

NO_FLAG = (9206, "Data parser expects flags to be a list")
SINCE_TIMES = 40
# A number as the API has it where it may be unset or infinite; slurmrestd puts it where it has found nothing.
ZERO: Mapping[str, Any] = {"set": True, "infinite": False, "number": 0}


def choose_flags(call: Call, values: Mapping[str, Any], default: tuple[str, ...]) -> tuple[str, ...]:
    """The flags that the query named; slurmrestd's own choice for this operation when it has no such parameter.

    Raises Unprocessable for a parameter that names none.
    """
    flags = tuple(values.get(FLAGS.name, default))
    if not flags and FLAGS.name in values:
        raise refuse_value(call, FLAGS.name, "Expected a List but found a null", NO_FLAG)
    return flags


def tell_nothing(call: Call, member: str, *times: str) -> dict[str, Any]:
    """The payload where slurmrestd has found nothing: an empty list, and the times that v0.0.40 and later tell."""
    return {member: [], **{name: dict(ZERO) for name in times if call.version >= SINCE_TIMES}}


def list_options(command: str, flags: tuple[str, ...]) -> tuple[str, ...]:
    """The options of ``command`` ("squeue" or "scontrol") that show what ``flags`` name."""
    options = (getattr(row, command) for row in SHOW_FLAGS if row.flag in flags)
    return tuple(option for option in options if option)


def pass_entries(
    call: Call,
    argv: tuple[str, ...],
    member: str,
    change: Change | None,
    *,
    warnings: tuple[Notice, ...] = (),
    refuse_empty: Callable[[], ApiError] | None = None,
    explain: Explain | None = None,
) -> Answer | Passage:
    """The document of ``argv``, every entry of its list ``member`` as ``change`` leaves it.

    What ``refuse_empty`` makes is raised when there is no entry. Raises what the command failed of.
    """
    if change is None or call.media == "json":
        edit = None
        if change is not None:
            from slurmrest_inetd.rewriting import Rewriting

            edit = Rewriting(change)
        return pass_document(
            call,
            argv,
            warnings=warnings,
            empty=member.encode(),
            refuse_empty=refuse_empty,
            edit=edit,
            explain=explain,
        )
    document = read_document(call, argv, explain=explain)
    if refuse_empty and not document.payload[member]:
        raise refuse_empty()
    for entry in document.payload[member]:
        change(entry)
    return answer_document(document, warnings=warnings)
