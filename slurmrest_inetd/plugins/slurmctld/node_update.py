"""POST node/{node_name}, nodes/: `scontrol update nodename=`, one node after the other.

Law: every node that is named is there before the first is changed: slurmctld would change those it knows and then fail.
"""

from slurmrest_inetd.administration.nodes import NodeUpdate, list_known, read_node_update, require_node_name
from slurmrest_inetd.administration.series import Update, make_updates
from slurmrest_inetd.envelope import parse_body
from slurmrest_inetd.model import Answer, Call
from slurmrest_inetd.query import parse_query
from slurmrest_inetd.slurm.scontrol import format_term


def post_node(call: Call) -> Answer:
    """Update one node. Raises BadRequest, UnsupportedMediaType (body), Unprocessable (a property), NotFound, Slurm's
    refusals, CommandTimeout when whether it was done is unknown.
    """
    name = require_node_name(call)
    wanted = read_node_update(parse_body(call), call.version, call.settings, name)
    return update_nodes(call, wanted, (name,), "")


def post_nodes(call: Call) -> Answer:
    """Update the nodes that the body names, in their order. Raises the same; no NotFound: the nodes stand in the
    body.
    """
    wanted = read_node_update(parse_body(call), call.version, call.settings)
    return update_nodes(call, wanted, list_known(call, wanted), "#/name/")


def update_nodes(call: Call, wanted: NodeUpdate, names: tuple[str, ...], path: str) -> Answer:
    """Update ``names``, one after the other."""
    updates = [
        Update(
            path,
            f"node {name}",
            "updated",
            ("scontrol", "update", format_term("nodename", name), *wanted.list_terms(index)),
            parts=wanted.size > 1,
        )
        for index, name in enumerate(names)
    ]
    warnings = (*parse_query(call, ()).warnings, *wanted.warnings)
    return Answer({}, warnings=make_updates(call, updates, warnings))
