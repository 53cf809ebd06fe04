"""Nodes: ``sinfo --json`` prints slurmrestd's own list of them, all of it whatever else is asked.

Law: pure but for what it asks; all of them are passed on as they are printed (listing.py). Called through sources.py.
"""

from typing import Any

from slurmrest_inetd.texts.asking import Ask, find_name
from slurmrest_inetd.texts.listing import pick_entries

SINFO = ("sinfo", "--json")


def build_nodes(ask: Ask) -> dict[str, Any]:
    """The node that was asked for."""
    wanted = find_name(ask)
    return {"nodes": pick_entries(ask, SINFO, lambda node: node["name"] == wanted)}
