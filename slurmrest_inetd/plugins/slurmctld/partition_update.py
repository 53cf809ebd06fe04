"""POST partitions/: `scontrol create partitionname=` or `update partitionname=`, one after the other.

Law: all of them were read, and what is there was looked up, before the first is made or changed.
"""

from slurmrest_inetd.administration.partitions import list_command, read_partition
from slurmrest_inetd.administration.series import Update, make_updates
from slurmrest_inetd.body.findings import Findings, note_unknown
from slurmrest_inetd.body.reading import refuse_body, require_dictionary, require_list
from slurmrest_inetd.envelope import parse_body
from slurmrest_inetd.model import Answer, Call
from slurmrest_inetd.passthrough import read_document
from slurmrest_inetd.query import parse_query
from slurmrest_inetd.slurm.data_parsers import NEWEST_WITHOUT, find_newest

MISSING = (9200, "Unable to resolve path")
PARSER = "DATA_PARSER_OPENAPI_PARTITIONS_MOD_REQ"
# what every reply holds: sent back, it means nothing
ENVELOPE = ("meta", "errors", "warnings")


def post_partitions(call: Call) -> Answer:
    """Make or change partitions, in their order; the first that fails ends it.

    Raises BadRequest, UnsupportedMediaType (body), Unprocessable (a property, an empty list), Slurm's refusals,
    CommandTimeout when whether it was done is unknown.
    """
    body, found = require_dictionary(parse_body(call), "#/"), Findings()
    if not body.get("partitions"):
        refuse_body("Missing required field 'partitions' in dictionary", MISSING, "#/partitions/")
    for name, value in body.items():
        if name not in ("partitions", *ENVELOPE):
            note_unknown(name, value, f"#/{name}/", PARSER, found)
    wanted, newest = [], find_newest(call.settings, "scontrol")
    for index, entry in enumerate(require_list(body["partitions"], "#/partitions/")):
        path = f"#/partitions[{index}]/"
        wanted.append(read_partition(require_dictionary(entry, path), call.version, newest, path, found))
    found.settle()
    document = read_document(call, ("scontrol", "--all", "show", "partitions"))
    there = {entry["name"] for entry in document.payload["partitions"]}
    updates = []
    for item in wanted:
        is_there = item.name in there
        argv = list_command(item, is_there, found)
        done = "updated" if is_there else "created"
        if argv:
            # a partition whose nodes are unknown is made on 22.05, and the nodes refused
            parts = len(item.terms) > 1 if is_there else newest <= NEWEST_WITHOUT
            updates.append(Update(item.path, f"partition {item.name}", done, argv, parts))
        there.add(item.name)
    found.settle()
    warnings = (*parse_query(call, ()).warnings, *found.notices)
    return Answer({}, warnings=make_updates(call, updates, warnings))
