"""A job's resources node by node, as ``scontrol show resources`` lays them out, made from the job's own record.

Law: pure; documents of v0.0.44 or later in and out. Called by plugins.slurmctld.resources for releases whose scontrol
does not print it; on one that does, tests/cluster/test_resources.py holds both to be the same.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from slurmrest_inetd.versions.numbers import UNSET_NUMBER

USED = frozenset(("ALLOCATED", "IN_USE"))
BITS_A_DIGIT = 4
# gpu:2(IDX:0,3)  gpu:a100:1(IDX:0)  bandwidth:lustre:4G(CNT:4G)
GRES = re.compile(
    r"(?P<name>[^:,()]+)(?::(?P<type>[^:,()]+))??:(?P<count>\d+)(?P<unit>[KMGTP]?)(?:\((?P<what>\w+):(?P<index>[^)]*)\))?"
)
UNITS = {unit: 1024**power for power, unit in enumerate(("", "K", "M", "G", "T", "P"))}


class Shape(NamedTuple):
    """A node's sockets, and each one's cores."""

    sockets: int
    cores: int


def build_layout(job: Mapping[str, Any], shapes: Mapping[str, Shape]) -> list[dict[str, Any]]:
    """What a running job has, a node an entry; ``shapes`` are those of the nodes whose record does not tell them."""
    nodes = job["job_resources"]["nodes"]["allocation"]
    details = job["gres_detail"]
    if len(details) != len(nodes):
        details = [""] * len(nodes)
    return [lay_out(node, shapes, detail) for node, detail in zip(nodes, details, strict=True)]


def lay_out(node: Mapping[str, Any], shapes: Mapping[str, Shape], detail: str) -> dict[str, Any]:
    """One node."""
    shape = shapes.get(node["name"]) or find_shape(node)
    return {
        "node": node["name"],
        "sockets_per_node": shape.sockets,
        "cores_per_socket": shape.cores,
        "mem_alloc": node["memory"]["allocated"],
        "core_bitmap": format_cores(node, shape),
        "channel": dict(UNSET_NUMBER),
        "gres": list(parse_gres(detail)),
    }


def find_shape(node: Mapping[str, Any]) -> Shape:
    """The shape of a node whose record lists every core."""
    return Shape(len(node["sockets"]), max((len(socket["cores"]) for socket in node["sockets"]), default=0))


def format_cores(node: Mapping[str, Any], shape: Shape) -> str:
    """The cores that the job has, as bits of a hexadecimal number with a digit for every four of the node's."""
    bits = sum(
        1 << (socket["index"] * shape.cores + core["index"])
        for socket in node["sockets"]
        for core in socket["cores"]
        if not USED.isdisjoint(core["status"])
    )
    return f"0x{bits:0{-(-shape.sockets * shape.cores // BITS_A_DIGIT)}X}"


def parse_gres(detail: str) -> Iterator[dict[str, Any]]:
    """A node's part of ``gres_detail``."""
    for found in GRES.finditer(detail):
        yield {
            "name": found["name"],
            "type": found["type"] or "",
            "count": int(found["count"]) * UNITS[found["unit"]],
            "index": found["index"] if found["what"] == "IDX" else "",
        }
