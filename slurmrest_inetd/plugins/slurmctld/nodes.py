"""GET nodes, node/{node_name}: `scontrol show nodes`.

Law: a node's name is checked before it stands in an argv: scontrol would expand ``n[1-9]`` and ``a,b``, and strip
spaces. What is no name is the name of no node.
"""

import re
from typing import Any

from slurmrest_inetd.errors import NotFound
from slurmrest_inetd.fields.show_flags import FLAGS
from slurmrest_inetd.model import Answer, Call, Change, Passage
from slurmrest_inetd.query import parse_query
from slurmrest_inetd.state.freshness import UNCHANGED, UPDATE_TIME, is_unchanged
from slurmrest_inetd.state.showing import choose_flags, list_options, pass_entries, tell_nothing

PARAMETERS = (UPDATE_TIME, FLAGS)
ONE_PARAMETERS = (UPDATE_TIME._replace(since=40), FLAGS)
SHOWN = ("ALL", "DETAIL", "MIXED")
NODE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,254}")
INVALID_NODE_NAME = (2018, "Invalid node name specified")


def get_nodes(call: Call) -> Answer | Passage:
    """Every node that ``flags`` show. Raises Unprocessable (query), what scontrol failed of."""
    query = parse_query(call, PARAMETERS)
    flags = choose_flags(call, query.values, SHOWN)
    argv = ("scontrol", *list_options("scontrol", flags), "show", "nodes")
    if is_unchanged(call, argv, query.values):
        return UNCHANGED
    return pass_entries(call, argv, "nodes", reduce_node(flags), warnings=query.warnings)


def get_node(call: Call) -> Answer | Passage:
    """One node. Raises NotFound, Unprocessable (query), what scontrol failed of."""
    name = call.values["node_name"]
    query = parse_query(call, ONE_PARAMETERS)
    flags = choose_flags(call, query.values, SHOWN)
    argv = ("scontrol", *list_options("scontrol", flags), "show", "node", "--", name)
    if not NODE_NAME.fullmatch(name):
        raise refuse_unknown(call, name)
    answer = pass_entries(
        call,
        argv,
        "nodes",
        reduce_node(flags),
        warnings=query.warnings,
        refuse_empty=lambda: refuse_unknown(call, name),
    )
    return UNCHANGED if is_unchanged(call, argv, query.values) else answer


def reduce_node(flags: tuple[str, ...]) -> Change | None:
    """What slurmrestd leaves out of a node when ``flags`` do not ask for it; None when they ask for all."""
    if "DETAIL" in flags and "MIXED" in flags:
        return None

    def change(node: dict[str, Any]) -> None:
        if "DETAIL" not in flags:
            node.update(gres_used="", gres_drained="")
        if "MIXED" not in flags:
            node["state"] = ["ALLOCATED" if state == "MIXED" else state for state in node["state"]]

    return change


def refuse_unknown(call: Call, name: str) -> NotFound:
    """404; slurmrestd answers 200 with error number 0 in the same words."""
    number, error = INVALID_NODE_NAME
    return NotFound(
        f"Failure to query node {name}",
        number=number,
        error=error,
        source="scontrol",
        payload=tell_nothing(call, "nodes", "last_update"),
    )
