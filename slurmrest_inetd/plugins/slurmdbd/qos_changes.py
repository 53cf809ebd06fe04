"""POST qos (add, or modify what is there) and DELETE qos/{qos}: sacctmgr's add, modify and delete of a QOS.

Law: see accounting/qos.py and accounting/changes.py. What the path names is looked up first (by id where it is a
number), and deleted by its id. Called through routing.py.
"""

from typing import Any

from slurmrest_inetd.accounting.changes import Change, Step, make_changes
from slurmrest_inetd.accounting.listing import fold
from slurmrest_inetd.accounting.qos import find_by_id, plan_qos, read_known
from slurmrest_inetd.accounting.qos_request import read_qos
from slurmrest_inetd.body.findings import Findings, note_unknown
from slurmrest_inetd.body.reading import require_dictionary, require_entries, require_member
from slurmrest_inetd.envelope import parse_body
from slurmrest_inetd.errors import ApiError, Conflict
from slurmrest_inetd.fields.qos_filters import QOS_POST
from slurmrest_inetd.model import Answer, Call, Notice, Passage
from slurmrest_inetd.passthrough import Document, read_document
from slurmrest_inetd.query import parse_query
from slurmrest_inetd.slurm.sacctmgr import format_term, list_delete

SHOW_QOS = ("sacctmgr", "show", "qos")
PARSER = "DATA_PARSER_OPENAPI_SLURMDBD_QOS_RESP"
# how sacctmgr lists the associations whose default it is
IN_USE = "DefQOS = "
NO_DEFAULT = (7011, "This request would make it so some associations would not have access to their default qos.")
ABSENT = Notice("slurmdb_qos_remove() found nothing", "_op_handler_qos")
# this release says 200 and warns; those after it, 304
WARNS_WHEN_ABSENT = "24"


def post_qos(call: Call) -> Answer:
    """Add the QOS of the body, modify those that are there. Raises Unprocessable, Forbidden, Conflict."""
    query = parse_query(call, QOS_POST)
    found = Findings()
    body = require_dictionary(parse_body(call), "#/")
    entries = require_entries(require_member(body, "qos"), "#/qos/")
    for name, value in body.items():
        if name not in ("qos", "meta", "errors", "warnings"):
            note_unknown(name, value, f"#/{name}/", PARSER, found)
    wanted = read_qos(entries, call.version, found)
    found.settle()
    if wanted:
        known = read_known(call, wanted)
        changes = plan_qos([find_by_id(one, known, found) for one in wanted], known, found)
        found.settle()
        make_changes(call, changes, (*query.warnings, *found.notices))
    return Answer({}, warnings=(*query.warnings, *found.notices))


def delete_single_qos(call: Call) -> Answer | Passage:
    """Delete a QOS by its name or id. Raises Forbidden, Conflict where it is somebody's default."""
    query = parse_query(call, ())
    document = read_document(call, SHOW_QOS)
    entry = find_qos(document.payload["qos"], call.values["qos"])
    if entry is None:
        return answer_absent(document, query.warnings)
    name = str(entry["name"])
    argv = list_delete("qos", format_term("ID", str(entry["id"])))
    change = Change("#/qos/", f"QOS {name}", (Step(argv, "deleted"),), explain)
    try:
        make_changes(call, [change], query.warnings)
    except ApiError as error:
        error.payload = {"removed_qos": []}
        raise
    return Answer({"removed_qos": [name]}, warnings=query.warnings, meta=document.meta)


def find_qos(listed: list[dict[str, Any]], text: str) -> dict[str, Any] | None:
    """The QOS with this id, where the text is a number, else with this name."""
    if text.isascii() and text.isdecimal():
        return next((qos for qos in listed if str(qos["id"]) == text), None)
    return next((qos for qos in listed if fold(str(qos["name"])) == fold(text)), None)


def answer_absent(document: Document, warnings: tuple[Notice, ...]) -> Answer | Passage:
    """What slurmrestd of the same release says when there is none."""
    release = document.meta.get("slurm", {}).get("version", {})
    if release.get("major") != WARNS_WHEN_ABSENT:
        return Passage(b"", 304)
    return Answer({"removed_qos": []}, warnings=(*warnings, ABSENT), meta=document.meta)


def explain(error: ApiError) -> ApiError | None:
    """sacctmgr's refusal of a QOS that is an association's default; slurmrestd leaves that one without."""
    problem = error.problems[0]
    if IN_USE not in problem.description:
        return None
    number, text = NO_DEFAULT
    return Conflict(problem.description, number=number, error=text, source=problem.source)
