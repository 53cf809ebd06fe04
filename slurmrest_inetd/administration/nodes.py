"""The body of POST node/{node_name} and nodes/, read, and the terms that it becomes.

Law: the same body for one node and for many; what is one for each (address, hostname) is dealt out in order.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from slurmrest_inetd.administration.kinds import KINDS
from slurmrest_inetd.administration.releases import refuse_later
from slurmrest_inetd.administration.terms import list_terms
from slurmrest_inetd.body.findings import Findings
from slurmrest_inetd.body.misfit import Misfit
from slurmrest_inetd.body.properties import list_properties
from slurmrest_inetd.body.reading import read_object, refuse_body, require_dictionary
from slurmrest_inetd.errors import NotFound, Unprocessable
from slurmrest_inetd.fields.node_update import NODE_PROPERTIES, OUT_OF_SERVICE, RESUMABLE
from slurmrest_inetd.model import Call, Notice, Problem
from slurmrest_inetd.passthrough import read_document
from slurmrest_inetd.settings import Settings
from slurmrest_inetd.slurm.command import Command, run_command
from slurmrest_inetd.slurm.data_parsers import NEWEST_WITHOUT, find_newest
from slurmrest_inetd.slurm.hostlists import unfold_hosts
from slurmrest_inetd.slurm.scontrol import EVERY_NODE, INVALID_NODE_NAME, NODE_NAME, check_node_name, format_term
from slurmrest_inetd.slurm.values import INFINITE, Unusable

PARSER = "DATA_PARSER_UPDATE_NODE_MSG"
BAD_REQUEST = (9000, "Query empty or not RFC7320 compliant")
# what scontrol takes for "no time": the node is not resumed
NEVER = -1


class NodeUpdate(NamedTuple):
    """What a body asks for: terms for every node, and what is dealt out, key -> one value for each node."""

    names: tuple[str, ...]
    terms: tuple[str, ...]
    dealt: tuple[tuple[str, tuple[str, ...]], ...]
    warnings: tuple[Notice, ...]

    def list_terms(self, index: int) -> tuple[str, ...]:
        """The terms of the node at ``index`` of the nodes."""
        return (*self.terms, *(format_term(key, values[index]) for key, values in self.dealt))

    @property
    def size(self) -> int:
        """How many terms each node gets."""
        return len(self.terms) + len(self.dealt)


def read_node_update(body: Any, version: int, settings: Settings, node: str | None = None) -> NodeUpdate:
    """The update that ``body`` asks for: of ``node``, or of the nodes that it names itself.

    Raises Unprocessable naming every property that is wrong.
    """
    found = Findings()
    rows = list_properties(NODE_PROPERTIES, version)
    values = read_object(require_dictionary(body, "#/"), rows, KINDS, "#/", PARSER, found)
    names = unfold(values.get("name", []), "name", settings, found)
    if node is not None:
        if names:
            found.warn(f"node_names field {','.join(names)} ignored for singular node update", "#/name/")
        names = [node]
    elif not names and not found.problems:
        found.refuse(
            Unusable("Name the nodes to update: an empty list is not taken for all", INVALID_NODE_NAME), "#/name/"
        )
    terms: list[str] = []
    try:
        terms = [*list_terms(values, rows), *list_service(values, found)]
    except Misfit as error:
        found.refuse(error, f"#/{error.field}/")
    refuse_later("node", terms, find_newest(settings, "scontrol"), "#/", found)
    dealt = deal_out(values, names, rows, settings, found)
    found.settle()
    if not terms and not dealt:
        refuse_body("No changes specified", BAD_REQUEST, "#/")
    return NodeUpdate(tuple(names), tuple(terms), dealt, tuple(found.notices))


def list_service(values: dict[str, Any], found: Findings) -> list[str]:
    """What depends on the state that is asked for: the reason it needs, the time until the node is resumed."""
    state, after = values.get("state"), values.get("resume_after")
    if state in OUT_OF_SERVICE and not values.get("reason"):
        text = "You must specify a reason when DOWNING or DRAINING a node. Request denied"
        found.refuse(Unusable(text, BAD_REQUEST), "#/reason/")
    if after is None:
        return []
    if state not in RESUMABLE:
        found.warn("It has no effect without the state DOWN or DRAIN", "#/resume_after/")
        return []
    return [f"resumeafter={NEVER if after is INFINITE else after}"]


def deal_out(
    values: dict[str, Any], names: Sequence[str], rows: Any, settings: Settings, found: Findings
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """What is one for each node: scontrol's key -> as many values as there are nodes."""
    dealt = []
    for field in ("address", "hostname"):
        each = unfold(values.get(field, []), field, settings, found)
        if each and len(each) != len(names):
            text = f"{len(each)} are given for {len(names)} nodes: each node needs its own"
            found.refuse(Unusable(text, INVALID_NODE_NAME), f"#/{field}/")
        elif each:
            dealt.append((rows[field].term, tuple(each)))
    return tuple(dealt)


def unfold(words: Sequence[str], field: str, settings: Settings, found: Findings) -> list[str]:
    """The names that the words of a list stand for, each once for nodes. What is no name is refused in ``found``."""
    try:
        names = unfold_hosts(",".join(words), settings)
        if field != "name" or [name.lower() for name in names] == [EVERY_NODE]:
            return names
        return list(dict.fromkeys(check_node_name(name) for name in names))
    except Unusable as error:
        found.refuse(error, f"#/{field}/")
        return []


def list_known(call: Call, update: NodeUpdate) -> tuple[str, ...]:
    """The nodes that are to be updated, every one there; ``ALL`` is all there are.

    slurmctld updates those that it knows and then fails of the others, so all are looked up first. Raises
    Unprocessable naming each that is unknown, what scontrol failed of.
    """
    known = list_names(call)
    if update.names[0].lower() == EVERY_NODE:
        if update.dealt:
            refuse_body("What is one for each node needs the nodes by name", INVALID_NODE_NAME, "#/name/")
        return tuple(known)
    unknown = [name for name in update.names if name not in known and not is_future(call, name)]
    if unknown:
        number, error = INVALID_NODE_NAME
        problems = tuple(Problem(f"There is no node {name}", number, error, "#/name/") for name in unknown)
        raise Unprocessable("Unknown nodes", problems=problems, warnings=update.warnings)
    return update.names


def list_names(call: Call) -> dict[str, None]:
    """Every node that is there, in Slurm's order; on 22.05 without those in the state FUTURE: see ``is_future``.

    Raises what scontrol failed of.
    """
    future = () if lists_no_future(call) else ("--future",)
    document = read_document(call, ("scontrol", "--all", *future, "show", "nodes"))
    return {node["name"]: None for node in document.payload["nodes"]}


def lists_no_future(call: Call) -> bool:
    """Whether this release lists no node that is in the state FUTURE."""
    return find_newest(call.settings, "scontrol") <= NEWEST_WITHOUT


def is_future(call: Call, name: str) -> bool:
    """Whether a node that is not listed is there all the same: its name is asked for."""
    if not lists_no_future(call) or not NODE_NAME.fullmatch(name):
        return False
    argv = ("scontrol", "--all", "--future", "--oneliner", "show", "node", name)
    finished = run_command(Command(argv), call.identity, call.settings)
    return finished.status == 0 and finished.stdout.startswith(f"NodeName={name} ".encode())


def require_node_name(call: Call) -> str:
    """The name in the path. Raises NotFound for what is no node's name: a list, or the word for all."""
    name = call.values["node_name"]
    try:
        return check_node_name(name)
    except Unusable:
        number, error = INVALID_NODE_NAME
        raise NotFound(f"There is no node {name}", number=number, error=error, source="#/node_name/") from None
