"""POST config: the whole document of GET config, or some of its lists, put back.

Law: see accounting/restoration.py and accounting/changes.py. slurmrestd 24.11.5 and 26.05.5 say 200 and change nothing.
Called through routing.py.
"""

from slurmrest_inetd.accounting.changes import make_changes
from slurmrest_inetd.accounting.early_bodies import spell_names
from slurmrest_inetd.accounting.restoration import LEFT_OUT, plan_config
from slurmrest_inetd.body.findings import Findings, note_unknown
from slurmrest_inetd.body.reading import refuse_body, require_dictionary, require_entries
from slurmrest_inetd.envelope import parse_body
from slurmrest_inetd.model import Answer, Call
from slurmrest_inetd.query import parse_query

PARSER = "DATA_PARSER_OPENAPI_SLURMDBD_CONFIG_RESP"
ENVELOPE = ("meta", "errors", "warnings")
# an instance is a node of a cloud while it runs: slurmctld tells of it
INSTANCES, LAST_WITH_INSTANCES = "instances", 44
NOT_WRITTEN = "It has no effect: slurmctld tells slurmdbd of instances"
EMPTY_LIST = (2162, "Empty list")


def post_config(call: Call) -> Answer:
    """Make accounting as the body describes it; nothing is deleted. Raises Unprocessable, Forbidden, Conflict."""
    query = parse_query(call, ())
    found = Findings()
    body = spell_names(require_dictionary(parse_body(call), "#/"), call.version)
    lists = {name: require_entries(body[name], f"#/{name}/") for name in LEFT_OUT if body.get(name) is not None}
    if not lists:
        refuse_body(f"The body holds none of the lists {', '.join(LEFT_OUT)}", EMPTY_LIST, "#/")
    for name, value in body.items():
        if name == INSTANCES and call.version <= LAST_WITH_INSTANCES:
            if value:
                found.warn(NOT_WRITTEN, f"#/{name}/")
        elif name not in (*LEFT_OUT, *ENVELOPE):
            note_unknown(name, value, f"#/{name}/", PARSER, found)
    changes = plan_config(call, lists, found)
    warnings = (*query.warnings, *found.notices)
    make_changes(call, changes, warnings)
    return Answer({}, warnings=warnings)
