"""POST qos (add, or modify what is there) and DELETE qos/{qos}: sacctmgr's add, modify and delete of a QOS.

Law: see accounting/qos.py and accounting/changes.py. What the path names is an id where it is a number.
Called through routing.py.
"""

from contextlib import suppress
from typing import Any

from slurmrest_inetd.accounting.bodies import read_entries
from slurmrest_inetd.accounting.changes import Change, Made, Step, make_changes
from slurmrest_inetd.accounting.known import Known
from slurmrest_inetd.accounting.listing import fold
from slurmrest_inetd.accounting.qos import find_by_id, plan_qos
from slurmrest_inetd.accounting.qos_request import read_qos
from slurmrest_inetd.body.findings import Findings
from slurmrest_inetd.errors import ApiError, Conflict, Unprocessable
from slurmrest_inetd.fields.qos_filters import QOS_POST
from slurmrest_inetd.model import Answer, Call, Notice, Passage
from slurmrest_inetd.query import parse_query
from slurmrest_inetd.slurm.data_parsers import NEWEST_WITHOUT
from slurmrest_inetd.slurm.release import read_release
from slurmrest_inetd.slurm.sacctmgr import format_names, format_term, list_delete, list_modify, list_printed
from slurmrest_inetd.slurm.values import Unusable

PATH = "#/qos/"
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
    wanted = read_qos(read_entries(call, "qos", PARSER, found), call.version, found)
    found.settle()
    known = Known(call)
    changes = plan_qos([find_by_id(one, known, found) for one in wanted], known, found)
    found.settle()
    warnings = (*query.warnings, *found.notices)
    make_changes(call, changes, warnings)
    return Answer({}, warnings=warnings)


def delete_single_qos(call: Call) -> Answer | Passage:
    """Delete a QOS by its name or id. Raises Unprocessable, Forbidden, Conflict where it is somebody's default."""
    query = parse_query(call, ())
    name = call.values["qos"]
    deletion = Step(list_delete("qos", format_condition(name)), "deleted", idle=True)
    changes = [Change(PATH, f"QOS {name}", (deletion,), explain), *plan_release(call, name)]
    made: list[Made] = []
    try:
        make_changes(call, changes, query.warnings, made)
    except ApiError as error:
        error.payload = {"removed_qos": list_printed(made[0].outputs[0]) if made else []}
        raise
    if made[0].done:
        return Answer({"removed_qos": list_printed(made[0].outputs[0])}, warnings=query.warnings)
    if read_release(call.settings)["slurm"]["version"]["major"] != WARNS_WHEN_ABSENT:
        return Passage(b"", 304)
    return Answer({"removed_qos": []}, warnings=(*query.warnings, ABSENT))


def plan_release(call: Call, name: str) -> list[Change]:
    """Take a QOS that is deleted off the lists of those that preempt it: 24.11 could not print them any more. (Slurmdbd
    22.05 does that by itself.)
    """
    known = Known(call)
    if known.newest <= NEWEST_WITHOUT:
        return []
    try:
        listed = known.list_entries("qos")
    except ApiError:
        return []  # what is wrong, the deletion tells
    entry = find_qos(listed, name)
    changes = []
    for one in listed if entry else ():
        kept = [other for other in one["preempt"]["list"] if fold(str(other)) != fold(str(entry["name"]))]
        if len(kept) < len(one["preempt"]["list"]) and one["id"] != entry["id"]:
            with suppress(Unusable):  # sacctmgr cannot say that list
                argv = list_modify("qos", [format_term("ID", str(one["id"]))], [format_names("Preempt", kept)])
                changes.append(Change(PATH, f"the list of QOS {one['name']}", (Step(argv, "modified", idle=True),)))
    return changes


def find_qos(listed: list[dict[str, Any]], text: str) -> Any:
    """The QOS with this id, where the text is a number, else with this name; None when there is none."""
    if is_id(text):
        return next((one for one in listed if str(one["id"]) == text), None)
    return next((one for one in listed if fold(str(one["name"])) == fold(text)), None)


def is_id(text: str) -> bool:
    """Whether the path names a QOS by its id."""
    return text.isascii() and text.isdecimal()


def format_condition(name: str) -> str:
    """The condition that a path's value makes: an id where it is a number. Raises Unprocessable."""
    try:
        return format_term("ID", name) if is_id(name) else format_names("Name", [name])
    except Unusable as error:
        raise Unprocessable(str(error), number=error.number, error=error.error, source=PATH) from None


def explain(error: ApiError) -> ApiError | None:
    """sacctmgr's refusal of a QOS that is an association's default; slurmrestd leaves that one without."""
    problem = error.problems[0]
    if IN_USE not in problem.description:
        return None
    number, text = NO_DEFAULT
    return Conflict(problem.description, number=number, error=text, source=problem.source)
