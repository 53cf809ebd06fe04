"""Nodes: ``sinfo --json`` prints slurmrestd's own list of them, all of it whatever else is asked.

Law: pure but for what it asks. Called through sources.py.
"""

from typing import Any

from slurmrest_inetd.texts.asking import Ask, find_name


def build_nodes(ask: Ask) -> dict[str, Any]:
    """The node that was asked for, or every one."""
    wanted = find_name(ask)
    nodes = ask.print_json("sinfo", "--json")["nodes"]
    return {"nodes": [node for node in nodes if wanted is None or node["name"] == wanted]}
