"""What a job has been given, node by node, as v0.0.40 lists it and as later versions do.

Law: pure; read by changes.py.
"""

from typing import Any

from slurmrest_inetd.versions.numbers import UNSET_NUMBER

USED = ("ALLOCATED", "IN_USE")
WORDS = {"ALLOCATED": "allocated", "IN_USE": "allocated_and_in_use"}


def list_allocated(given: dict[str, Any]) -> dict[str, Any]:
    """v0.0.41's ``job_resources`` as v0.0.40's."""
    nodes = given.get("nodes", {})
    return {
        "nodes": nodes.get("list", ""),
        "allocated_cores": given.get("cpus", 0),
        "allocated_cpus": 0,
        "allocated_hosts": nodes.get("count", 0),
        "allocated_nodes": [list_node(node) for node in nodes.get("allocation", ())],
    }


def list_node(node: dict[str, Any]) -> dict[str, Any]:
    """One node: its cores by socket, those only that are used."""
    sockets = {str(socket["index"]): {"cores": list_cores(socket)} for socket in node.get("sockets", ())}
    return {
        "sockets": {index: socket for index, socket in sockets.items() if socket["cores"]},
        "nodename": node.get("name", ""),
        "cpus_used": node.get("cpus", {}).get("used", 0),
        "memory_used": node.get("memory", {}).get("used", 0),
        "memory_allocated": node.get("memory", {}).get("allocated", 0),
    }


def list_cores(socket: dict[str, Any]) -> dict[str, str]:
    """A socket's cores that are used, each with its word."""
    return {
        str(core["index"]): WORDS[status]
        for core in socket.get("cores", ())
        for status in core.get("status", ())
        if status in USED
    }


def describe_allocation(given: dict[str, Any]) -> dict[str, Any]:
    """v0.0.40's ``job_resources`` as v0.0.41's; how a node is shared and what is free on it is not told there."""
    return {
        "select_type": [],
        "nodes": {
            "count": given.get("allocated_hosts", 0),
            "select_type": [],
            "list": given.get("nodes", ""),
            "whole": False,
            "allocation": [describe_node(index, node) for index, node in enumerate(given.get("allocated_nodes", ()))],
        },
        "cpus": given.get("allocated_cores", 0),
        "threads_per_core": dict(UNSET_NUMBER),
    }


def describe_node(index: int, node: dict[str, Any]) -> dict[str, Any]:
    """One node of ``allocated_nodes``."""
    statuses = {word: status for status, word in WORDS.items()}
    sockets: list[dict[str, Any]] = [
        {
            "index": int(number),
            "cores": [
                {"index": int(core), "status": [statuses.get(word, "ALLOCATED")]}
                for core, word in socket.get("cores", {}).items()
            ],
        }
        for number, socket in node.get("sockets", {}).items()
    ]
    cores = sum(len(socket["cores"]) for socket in sockets)
    return {
        "index": index,
        "name": node.get("nodename", ""),
        "cpus": {"count": cores, "used": node.get("cpus_used", 0)},
        "memory": {"used": node.get("memory_used", 0), "allocated": node.get("memory_allocated", 0)},
        "sockets": sockets,
    }
