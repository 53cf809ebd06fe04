"""POST hostnames, hostlist: Slurm's lists of hosts, unfolded and folded.

Law: a reply sent back is a request: what every reply holds besides is not looked at.
"""

from typing import Any

from slurmrest_inetd.body.findings import Findings, describe_type, note_unknown
from slurmrest_inetd.body.reading import refuse_body, require_dictionary
from slurmrest_inetd.envelope import parse_body
from slurmrest_inetd.model import Answer, Call
from slurmrest_inetd.query import parse_query
from slurmrest_inetd.slurm.hostlists import fold_hosts, unfold_hosts
from slurmrest_inetd.slurm.values import Unusable, name_types, parse_text, parse_texts

MISSING = (9200, "Unable to resolve path")
ENVELOPE = ("meta", "errors", "warnings")


def post_hostnames(call: Call) -> Answer:
    """The names that ``hostlist`` stands for. Raises BadRequest, UnsupportedMediaType (body), Unprocessable."""
    value, found = read_member(call, "hostlist", "string", "DATA_PARSER_OPENAPI_HOSTLIST_REQ_RESP")
    names: list[str] = []
    try:
        text = ",".join(parse_texts(value)) if isinstance(value, list) else parse_text(value)
        names = unfold_hosts(text, call.settings)
    except Unusable as error:
        found.refuse(error, "#/hostlist/")
    found.settle()
    return Answer({"hostnames": names}, warnings=(*parse_query(call, ()).warnings, *found.notices))


def post_hostlist(call: Call) -> Answer:
    """The list that stands for ``hostnames``. Raises BadRequest, UnsupportedMediaType (body), Unprocessable."""
    value, found = read_member(call, "hostnames", "array", "DATA_PARSER_OPENAPI_HOSTNAMES_REQ_RESP")
    text = ""
    try:
        names = parse_texts(value) if isinstance(value, list) else [parse_text(value)]
        if any(not name.strip() for name in names):
            raise Unusable("Invalid host string: a name cannot be empty", (9216, "Request to parse invalid data"))
        text = fold_hosts(names, call.settings)
    except Unusable as error:
        found.refuse(error, "#/hostnames/")
    found.settle()
    return Answer({"hostlist": text}, warnings=(*parse_query(call, ()).warnings, *found.notices))


def read_member(call: Call, name: str, api: str, parser: str) -> tuple[Any, Findings]:
    """The one member of the body. Raises BadRequest, UnsupportedMediaType, Unprocessable where it is missing."""
    body, found = require_dictionary(parse_body(call), "#/"), Findings()
    if body.get(name) is None:
        refuse_body(f"Missing required field '{name}' in dictionary", MISSING, f"#/{name}/")
    for other, value in body.items():
        if other not in (name, *ENVELOPE):
            note_unknown(other, value, f"#/{other}/", parser, found)
    if name_types(body[name])[0] != api:
        found.warn(describe_type(api, body[name]), f"#/{name}/")
    return body[name], found
