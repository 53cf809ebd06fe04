"""Accounts or users added with their associations: what POST accounts_association and users_association share.

Law: see additions.py and changes.py. Called by plugins.slurmdbd.account_additions and user_additions.
"""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from slurmrest_inetd.accounting.additions import Addition, read_addition, require_targets, tell_added
from slurmrest_inetd.accounting.changes import Change, make_changes
from slurmrest_inetd.accounting.known import Known
from slurmrest_inetd.body.findings import Findings
from slurmrest_inetd.body.properties import Property
from slurmrest_inetd.body.reading import require_dictionary
from slurmrest_inetd.envelope import parse_body
from slurmrest_inetd.errors import ApiError
from slurmrest_inetd.model import Answer, Call, Passage
from slurmrest_inetd.query import parse_query


class JointAddition(NamedTuple):
    """What is added (``noun`` names it in body and reply), how its body is read, and how it becomes a change."""

    noun: str
    table: Iterable[Property]
    needed: tuple[str, ...]
    parser: str
    plan: Callable[[Addition, Known, Findings], Change]


def add_with_associations(call: Call, kind: JointAddition) -> Answer | Passage:
    """Add what the body names with its associations; 304 when all were there.

    Raises Unprocessable, Forbidden; then nothing was added.
    """
    query = parse_query(call, ())
    found = Findings()
    body = require_dictionary(parse_body(call), "#/")
    addition = read_addition(body, kind.table, kind.needed, kind.parser, call.version, found)
    require_targets(addition.names[kind.noun], kind.noun, found)
    found.settle()
    change = kind.plan(addition, Known(call), found)
    found.settle()
    warnings = (*query.warnings, *found.notices)
    member = f"added_{kind.noun}"
    try:
        (made,) = make_changes(call, [change], warnings)
    except ApiError as error:
        error.payload = {member: ""}
        raise
    return Answer({member: tell_added(made.outputs[0])}, warnings=warnings) if made.done else Passage(b"", 304)
