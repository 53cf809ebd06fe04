"""DELETE job/{job_id}: `scancel`, which exits 0 whatever became of it.

Law: nothing is cancelled before the id, the signal and every flag were understood; only scancel's own word that it
signalled the job (--verbose) is success. Only of the user's own jobs slurmctld is asked in one request
(jobs/scancel.py says why).
"""

from typing import Any

from slurmrest_inetd.errors import ApiError, CommandTimeout, InternalFault, Unprocessable, refuse_slurm
from slurmrest_inetd.fields.cancel_flags import CANCEL_FLAGS
from slurmrest_inetd.jobs.scancel import (
    KILL,
    NOT_BEGUN,
    ONE_REQUEST,
    PROGRAM,
    RUNNING_ONLY,
    SCANCEL,
    find_flags,
    has_accounting,
    list_options,
    make_entry,
    note_idle,
    read_lines,
    read_signal,
)
from slurmrest_inetd.model import Answer, Call, Notice
from slurmrest_inetd.query import Parameter, parse_query
from slurmrest_inetd.slurm.command import Command, Finished, run_command
from slurmrest_inetd.slurm.data_parsers import NEWEST_WITHOUT, find_newest
from slurmrest_inetd.slurm.failures import read_failure
from slurmrest_inetd.slurm.job_id import JobId, format_job_id
from slurmrest_inetd.state.job_lookup import require_job_id

PARAMETERS = (Parameter("signal", since=36), Parameter("flags", "flags", enum=tuple(CANCEL_FLAGS)))
# the lines that tell that slurmctld did it
DONE = ("Terminating ", "Signal ")
STATUS_SINCE = 42


def delete_job(call: Call) -> Answer:
    """Cancel the job, or send it a signal.

    Raises NotFound, Unprocessable (job id, query), Conflict (it has ended, or has not begun), Forbidden, CommandTimeout
    when whether it was cancelled is unknown.
    """
    job_id = require_job_id(call)
    if job_id.step:
        raise Unprocessable("This ends whole jobs: a step cannot be named", source="#/job_id/")
    query = parse_query(call, PARAMETERS)
    flags = find_flags(query.values.get("flags", []))
    number = read_signal(query.values.get("signal", ""))
    newest = find_newest(call.settings, PROGRAM)
    options = list_options(flags, number, newest)
    argv = (*SCANCEL, *list_manners(call, job_id, number, newest), *options, format_job_id(job_id))
    finished = run_command(Command(argv), call.identity, call.settings)
    warnings = (*query.warnings, *note_idle(flags))
    if finished.status or not is_done(finished):
        raise explain_failure(finished, call, job_id, warnings)
    entries = [make_status(job_id, 0, "No error")] if "VERBOSE" in flags else []
    return Answer({"status": entries} if call.version >= STATUS_SINCE else {}, warnings=warnings)


def list_manners(call: Call, job_id: JobId, number: str | None, newest: int) -> list[str]:
    """The options that say how slurmctld is asked. Raises NotFound, what squeue failed of."""
    ends = number in (None, KILL)
    if ends and job_id.component is None:
        return []
    old = newest <= NEWEST_WITHOUT
    once = [ONE_REQUEST] if (old and has_accounting(call)) or is_own(call, job_id) else []
    return once if ends or not old else [*once, RUNNING_ONLY]


def is_own(call: Call, job_id: JobId) -> bool:
    """Whether the job is the client's own. Raises NotFound where there is none, what squeue failed of."""
    command = Command(("squeue", "--noheader", "--format=%u", f"--jobs={format_job_id(job_id)}"))
    finished = run_command(command, call.identity, call.settings)
    if finished.status:
        raise explain_failure(finished, call, job_id, ())
    return set(finished.stdout.split()) == {call.identity.user.encode()}


def is_done(finished: Finished) -> bool:
    """Whether scancel said that it signalled the job, and nothing of an error."""
    return any(line.startswith(DONE) for line in read_lines(finished)) and b"scancel: error:" not in finished.stderr


def explain_failure(finished: Finished, call: Call, job_id: JobId, warnings: tuple[Notice, ...]) -> ApiError:
    """The exception for a scancel that did not say that it was done."""
    program, what = finished.argv[0], f"Job {format_job_id(job_id)} was not signalled"
    error: ApiError
    if finished.status < 0:
        text = f"{program} was ended by signal {-finished.status}; whether the job was signalled is unknown"
        error = CommandTimeout(text, source=program)
    elif RUNNING_ONLY in finished.argv and not read_lines(finished):
        number, text = NOT_BEGUN
        error = refuse_slurm(number, text, f"{what}: {text}", program)
    elif not read_lines(finished):
        error = InternalFault(f"{program} did not say what became of the job", source=program)
    else:
        error = read_failure(finished, what)
    problem = error.problems[0]
    if call.version >= STATUS_SINCE:
        error.payload = {"status": [make_status(job_id, problem.error_number, problem.error)]}
    error.warnings = (*warnings, *error.warnings)
    return error


def make_status(job_id: JobId, code: int, text: str) -> dict[str, Any]:
    """The job's entry of ``status``."""
    return make_entry(format_job_id(job_id), job_id.record, code, text)
