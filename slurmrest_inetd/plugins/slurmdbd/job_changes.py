"""POST job/{job_id} and jobs/: ``sacctmgr modify job where JobID=... set ...``, one command for the whole list.

Law: an empty list of jobs is refused, never taken for all (slurmrestd changes every row of the database); each job is
looked up before anything is changed; one command is one transaction, so that a refusal of one changes none.
Called through routing.py.
"""

from typing import Any

from slurmrest_inetd.accounting.changes import Change, Step, make_changes
from slurmrest_inetd.accounting.job_records import find_unknown_tres, format_job_ids, list_terms, read_record
from slurmrest_inetd.accounting.known import Known
from slurmrest_inetd.accounting.limits import UNKNOWN_TRES
from slurmrest_inetd.body.findings import Findings, note_unknown
from slurmrest_inetd.body.reading import refuse_body, require_dictionary, require_list, require_member
from slurmrest_inetd.envelope import parse_body
from slurmrest_inetd.errors import NotFound, Unprocessable
from slurmrest_inetd.model import Answer, Call, Passage, Problem
from slurmrest_inetd.passthrough import describe_request
from slurmrest_inetd.query import parse_query
from slurmrest_inetd.slurm.command import Command, run_command
from slurmrest_inetd.slurm.data_parsers import find_newest
from slurmrest_inetd.slurm.failures import raise_failure
from slurmrest_inetd.slurm.job_id import format_job_id, parse_job_id
from slurmrest_inetd.slurm.lengths import check_word
from slurmrest_inetd.slurm.sacctmgr import list_modify, list_printed
from slurmrest_inetd.slurm.values import Unusable, parse_text, show_value

PARSER = "DATA_PARSER_OPENAPI_JOB_MODIFY_REQ"
BAD_REQUEST = (9000, "Query empty or not RFC7320 compliant")
EMPTY_LIST = (2162, "Empty list")
UNKNOWN_JOB = (2017, "Invalid job id specified")
ENVELOPE = ("meta", "errors", "warnings")
SACCT = ("sacct", "--allusers", "--duplicates", "--local", "--allocations", "--noheader", "--parsable2")
COLUMNS = "--format=JobID,JobIDRaw"

Target = tuple[str, str]  # its path in the request, its id


def post_job(call: Call) -> Answer | Passage:
    """Change what accounting keeps of the job in the path. Raises NotFound, Unprocessable, Forbidden, Conflict."""
    query = parse_query(call, ())
    found = Findings()
    found.notices.extend(query.warnings)
    body = require_dictionary(parse_body(call), "#/")
    targets = read_ids([call.values["job_id"]], ["#/job_id/"], found)
    return change_jobs(call, targets, body, "#/", found)


def post_jobs(call: Call) -> Answer | Passage:
    """Change the same of each job in the list. Raises NotFound, Unprocessable, Forbidden, Conflict."""
    query = parse_query(call, ())
    found = Findings()
    found.notices.extend(query.warnings)
    body = require_dictionary(parse_body(call), "#/")
    given = require_list(require_member(body, "job_id_list"), "#/job_id_list/")
    if not given:
        refuse_body("The list of jobs is empty: it is not taken for all of them", EMPTY_LIST, "#/job_id_list/")
    record = require_dictionary(require_member(body, "job_rec"), "#/job_rec/")
    for name, value in body.items():
        if name not in ("job_id_list", "job_rec", *ENVELOPE):
            note_unknown(name, value, f"#/{name}/", PARSER, found)
    targets = read_ids(given, [f"#/job_id_list[{index}]/" for index in range(len(given))], found)
    return change_jobs(call, targets, record, "#/job_rec/", found)


def read_ids(given: list[Any], paths: list[str], found: Findings) -> list[Target]:
    """The jobs that the texts name, each once."""
    targets: dict[str, str] = {}
    for value, path in zip(given, paths, strict=True):
        try:
            targets.setdefault(read_id(value), path)
        except Unusable as error:
            found.refuse(error, path)
    return [(path, job_id) for job_id, path in targets.items()]


def read_id(value: Any) -> str:
    """A job, a task of an array, or a component of a heterogeneous job. Raises Unusable, for a step too."""
    job_id = parse_job_id(parse_text(value))
    if job_id is None or not job_id.possible:
        raise Unusable(f"{show_value(value)} is no job id", BAD_REQUEST)
    if job_id.step:
        raise Unusable(f"{show_value(value)} is a step: only whole jobs can be changed", BAD_REQUEST)
    return format_job_id(job_id)


def change_jobs(
    call: Call, targets: list[Target], record: dict[str, Any], path: str, found: Findings
) -> Answer | Passage:
    """Change them, by one command."""
    values = read_record(record, path, call.version, found)
    terms = list_terms(values, find_newest(call.settings, "sacctmgr"), path, found)
    ids = [job_id for _, job_id in targets]
    where = format_job_ids(ids)
    try:
        check_word(f"--{where}")
    except Unusable as error:
        found.refuse(error, "#/job_id_list/")
    found.settle()
    if not terms:
        return Passage(b"", 304)
    check_tres(call, values, path)
    require_jobs(call, targets, found)
    noun = f"job {ids[0]}" if len(ids) == 1 else f"{len(ids)} jobs"
    change = Change(targets[0][0] if len(ids) == 1 else "#/job_id_list/", noun, ())
    change = change._replace(steps=(Step(list_modify("job", (where,), terms), "modified"),))
    (made,) = make_changes(call, [change], tuple(found.notices))
    return Answer({"results": list_printed(made.outputs[0])}, warnings=tuple(found.notices))


def check_tres(call: Call, values: dict[str, Any], path: str) -> None:
    """Raises Unprocessable for a TRES that accounting does not know."""
    if "tres/allocated" not in values:
        return
    unknown = find_unknown_tres(values, Known(call).tres)
    if unknown:
        number, error = UNKNOWN_TRES
        place = f"{path}tres/allocated/"
        raise Unprocessable(f"No TRES is known as {unknown}", number=number, error=error, source=place)


def require_jobs(call: Call, targets: list[Target], found: Findings) -> None:
    """Raises NotFound naming each job that accounting does not know."""
    argv = (*SACCT, COLUMNS, f"--jobs={','.join(job_id for _, job_id in targets)}")
    finished = run_command(Command(argv), call.identity, call.settings)
    if finished.status:
        raise_failure(finished, describe_request(call))
    known: set[str] = set()
    for line in finished.stdout.decode("ascii", "replace").splitlines():
        shown, _, raw = line.partition("|")
        known |= {shown, raw, shown.partition("_")[0].partition("+")[0]}
    number, error = UNKNOWN_JOB
    problems = [
        Problem(f"Job {job_id} is not known to accounting", number, error, path)
        for path, job_id in targets
        if job_id not in known
    ]
    if problems:
        raise NotFound("Unknown jobs", problems=tuple(problems), warnings=tuple(found.notices))
