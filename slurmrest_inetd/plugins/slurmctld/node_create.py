"""POST new/node/: `scontrol create`, whose argument is one line as slurm.conf has it for nodes.

Law: scontrol tells by the line's first word what is to be made, so that must be NodeName and nothing else; the line is
one element of the argv. Slurm 22.05 makes nothing where a node is there, and does not say so: it is looked up.
"""

import re

from slurmrest_inetd.administration.nodes import is_future, list_names, lists_no_future
from slurmrest_inetd.administration.series import Update, make_updates
from slurmrest_inetd.body.findings import Findings, describe_type, note_unknown
from slurmrest_inetd.body.reading import refuse_body, require_dictionary
from slurmrest_inetd.envelope import parse_body
from slurmrest_inetd.errors import Conflict
from slurmrest_inetd.model import Answer, Call
from slurmrest_inetd.query import parse_query
from slurmrest_inetd.slurm.hostlists import unfold_hosts
from slurmrest_inetd.slurm.lengths import check_word
from slurmrest_inetd.slurm.values import INVALID_DATA, Unusable, parse_text, show_value

MISSING = (9200, "Unable to resolve path")
EXISTS = (2168, "Node already exists in the node table")
PARSER = "DATA_PARSER_OPENAPI_CREATE_NODE_REQ"
# what every reply holds: sent back, it means nothing
ENVELOPE = ("meta", "errors", "warnings")
FIRST_WORD = re.compile(r"NodeName=([^\s=]+)", re.ASCII | re.IGNORECASE)


def post_new_node(call: Call) -> Answer:
    """Make the nodes that ``node_conf`` describes. Raises BadRequest, UnsupportedMediaType (body), Unprocessable,
    Conflict (they are there), Slurm's refusals, CommandTimeout when whether it was done is unknown.
    """
    body = require_dictionary(parse_body(call), "#/")
    if body.get("node_conf") is None:
        refuse_body("Missing required field 'node_conf' in dictionary", MISSING, "#/node_conf/")
    found = Findings()
    for name, value in body.items():
        if name not in ("node_conf", *ENVELOPE):
            note_unknown(name, value, f"#/{name}/", PARSER, found)
    line = read_line(body["node_conf"], found)
    found.settle()
    names = line.partition("=")[2].split(maxsplit=1)[0]
    if lists_no_future(call):
        refuse_known(call, names)
    update = Update("#/node_conf/", f"node {names}", "created", ("scontrol", "create", line))
    warnings = (*parse_query(call, ()).warnings, *found.notices)
    return Answer({}, warnings=make_updates(call, [update], warnings))


def refuse_known(call: Call, names: str) -> None:
    """Raises Conflict where one of ``names`` is there, Unprocessable where they are no list of nodes."""
    known = list_names(call)
    try:
        there = [name for name in unfold_hosts(names, call.settings) if name in known or is_future(call, name)]
    except Unusable as error:
        refuse_body(str(error), (error.number, error.error), "#/node_conf/")
        return
    if there:
        number, text = EXISTS
        raise Conflict(f"node {', '.join(there)} is there already", number=number, error=text, source="#/node_conf/")


def read_line(value: object, found: Findings) -> str:
    """The line, on one line and about nodes; what is wrong with it is in ``found``."""
    if not isinstance(value, str):
        found.warn(describe_type("string", value), "#/node_conf/")
    try:
        line = parse_text(value).strip()
        if not FIRST_WORD.match(line):
            raise Unusable(f"Expected a line that begins with NodeName= but got {show_value(line)}", INVALID_DATA)
        if not line.replace("\t", " ").isprintable():
            raise Unusable("A node's line can hold no line feed and no control character", INVALID_DATA)
        check_word(line)
    except Unusable as error:
        found.refuse(error, "#/node_conf/")
        return ""
    return line
