"""POST associations (add, or modify what is there), DELETE association and associations.

Law: see accounting/association_changes.py, association_deletion.py and changes.py. Called through routing.py.
"""

from slurmrest_inetd.accounting.association_changes import plan_associations, read_associations
from slurmrest_inetd.accounting.association_conditions import (
    LISTING,
    SHOW_ASSOCIATION,
    choose_associations,
    explain_associations,
)
from slurmrest_inetd.accounting.association_deletion import plan_deletion, require_choice
from slurmrest_inetd.accounting.bodies import read_entries
from slurmrest_inetd.accounting.changes import Made, make_changes
from slurmrest_inetd.accounting.fixed_shape import fix_shape
from slurmrest_inetd.accounting.known import Known
from slurmrest_inetd.accounting.listing import read_list
from slurmrest_inetd.body.findings import Findings
from slurmrest_inetd.errors import ApiError, Unprocessable
from slurmrest_inetd.fields.association_filters import ASSOCIATIONS
from slurmrest_inetd.model import Answer, Call, Notice, Passage
from slurmrest_inetd.query import parse_query
from slurmrest_inetd.slurm.sacctmgr import list_orphans, list_printed

PARSER = "DATA_PARSER_OPENAPI_ASSOCS_RESP"
AMBIGUOUS = (
    9210,
    "Request matched more than one object to modify. Modifications must only apply to a single object. "
    "Try adding more properties to make update match a unique object.",
)


def post_associations(call: Call) -> Answer | Passage:
    """Add the associations of the body, modify those that are there; 304 when that leaves nothing to do.

    Raises Unprocessable, Forbidden, Conflict.
    """
    query = parse_query(call, ())
    found = Findings()
    wanted = read_associations(read_entries(call, "associations", PARSER, found), call.version, found)
    found.settle()
    changes = plan_associations(wanted, Known(call), found)
    found.settle()
    warnings = (*query.warnings, *found.notices)
    make_changes(call, changes, warnings)
    return Answer({}, warnings=warnings) if any(change.steps for change in changes) else Passage(b"", 304)


def delete_association(call: Call) -> Answer | Passage:
    """Delete the one association that meets the query; 304 when none does. Raises Unprocessable when several do."""
    return delete(call, one=True)


def delete_associations(call: Call) -> Answer | Passage:
    """Delete the associations that meet the query, and what stands below an account's; 304 when none does.

    Raises Unprocessable for a query that chooses nothing.
    """
    return delete(call, one=False)


def delete(call: Call, *, one: bool) -> Answer | Passage:
    """Find what meets the query, and delete just that."""
    query = require_choice(call, parse_query(call, ASSOCIATIONS))
    conditions = choose_associations(call, query)
    argv = (*SHOW_ASSOCIATION, *conditions.words)
    explain = explain_associations(call, query)
    chosen = read_list(fix_shape(call), argv, LISTING, conditions, explain=explain)
    associations = chosen.payload[LISTING.member]
    if not associations:
        return Passage(b"", 304)
    if one and len(associations) > 1:
        raise Unprocessable(
            "ambiguous request: More than 1 association would have been deleted.",
            number=AMBIGUOUS[0],
            error=AMBIGUOUS[1],
            source=call.endpoint.operation,
            payload={"removed_associations": []},
            warnings=query.warnings,
        )
    made: list[Made] = []
    try:
        make_changes(call, plan_deletion(associations), query.warnings, made)
    except ApiError as error:
        error.payload = list_removed(made)
        error.warnings = (*error.warnings, *note_orphans(made))
        raise
    return Answer(list_removed(made), warnings=(*query.warnings, *note_orphans(made)))


def note_orphans(made: list[Made]) -> list[Notice]:
    """A warning for each user whose last association it was: sacctmgr deletes these too, slurmrestd does not."""
    users = [name for item in made for output in item.outputs for name in list_orphans(output)]
    return [Notice(f"User {name} was deleted with the last association", "#/associations/") for name in users]


def list_removed(made: list[Made]) -> dict[str, object]:
    """The reply's member that tells what was deleted."""
    return {"removed_associations": [line for item in made for output in item.outputs for line in list_printed(output)]}
