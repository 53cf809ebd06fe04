"""An entry that a path names, deleted: what slurmdbd says it deleted is the answer.

Law: exactly one name, and never an empty one. Called by the plugins of slurmdbd that write.
"""

from slurmrest_inetd.accounting.changes import Change, Step, make_changes
from slurmrest_inetd.errors import ApiError, Unprocessable
from slurmrest_inetd.model import LAST_EARLY, Answer, Call, Notice, Passage
from slurmrest_inetd.query import parse_query
from slurmrest_inetd.slurm.sacctmgr import format_names, list_delete, list_printed
from slurmrest_inetd.slurm.values import Unusable


def delete_named(
    call: Call, entity: str, key: str, value: str, member: str, *, early: str = "", absent: Notice | None = None
) -> Answer | Passage:
    """Delete what the path's ``value`` names, by ``sacctmgr delete ENTITY where KEY=``; ``member`` lists it, or up to
    v0.0.38 ``early``.

    Where there is none: 304, or with ``absent`` an empty list and that warning. Raises Unprocessable, Forbidden.
    """
    query = parse_query(call, ())
    name, path = call.values[value], f"#/{value}/"
    noun = member.partition("_")[2].removesuffix("s")
    if call.version <= LAST_EARLY and early:
        member = early
    try:
        argv = list_delete(entity, format_names(key, [name]))
    except Unusable as error:
        raise Unprocessable(
            str(error), number=error.number, error=error.error, source=path, payload={member: []}
        ) from None
    change = Change(path, f"{noun} {name}", (Step(argv, "deleted", idle=True),))
    try:
        (made,) = make_changes(call, [change], query.warnings)
    except ApiError as error:
        error.payload = {member: []}
        raise
    if not made.done and absent is None:
        return Passage(b"", 304)
    warnings = query.warnings if made.done or absent is None else (*query.warnings, absent)
    return Answer({member: list_printed(made.outputs[0]) if made.done else []}, warnings=warnings)
