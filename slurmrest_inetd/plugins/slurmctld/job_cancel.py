"""DELETE job/{job_id}: `scancel --ctld`, which asks slurmctld what slurmrestd asks it.

Law: nothing is cancelled before the id, the signal and every flag were understood. scancel exits 0 whatever became of
it, so only its own word that it signalled the job (--verbose) is success; without --ctld it goes on trying for a
minute where slurmctld says "try again later".
"""

from typing import Any

from slurmrest_inetd.errors import ApiError, CommandTimeout, InternalFault, Unprocessable
from slurmrest_inetd.fields.cancel_flags import CANCEL_FLAGS, CancelFlag
from slurmrest_inetd.model import Answer, Call, Notice
from slurmrest_inetd.query import Parameter, parse_query
from slurmrest_inetd.slurm.command import Command, Finished, run_command
from slurmrest_inetd.slurm.failures import clean_stderr, read_failure
from slurmrest_inetd.slurm.job_id import JobId, format_job_id
from slurmrest_inetd.slurm.signals import parse_signal
from slurmrest_inetd.slurm.values import Unusable
from slurmrest_inetd.state.job_lookup import require_job_id

PARAMETERS = (Parameter("signal"), Parameter("flags", "flags", enum=tuple(CANCEL_FLAGS)))
SCANCEL = ("scancel", "--verbose", "--ctld")
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
    flags = {name: CANCEL_FLAGS[name] for name in query.values.get("flags", ())}
    argv = (*SCANCEL, *list_options(flags, query.values.get("signal", "")), format_job_id(job_id))
    finished = run_command(Command(argv), call.identity, call.settings)
    warnings = (*query.warnings, *note_idle(flags))
    if finished.status or not is_done(finished):
        raise explain_failure(finished, call, job_id, warnings)
    entries = [make_status(job_id, 0, "No error")] if "VERBOSE" in flags else []
    return Answer({"status": entries} if call.version >= STATUS_SINCE else {}, warnings=warnings)


def list_options(flags: dict[str, CancelFlag], signal: str) -> list[str]:
    """scancel's options. Raises Unprocessable for a flag or a signal that it cannot carry out."""
    for name, flag in flags.items():
        if flag.refused:
            raise Unprocessable(f"{name} cannot be carried out: {flag.refused}", source="#/flags/")
    try:
        number = parse_signal(signal)
    except Unusable as error:
        raise Unprocessable(str(error), number=error.number, error=error.error, source="#/signal/") from None
    options = [flag.option for flag in flags.values() if flag.option]
    return options if number is None else [*options, f"--signal={number}"]


def note_idle(flags: dict[str, CancelFlag]) -> tuple[Notice, ...]:
    """A warning for each flag that changes nothing."""
    return tuple(Notice(f"{name} has no effect: {flag.idle}", "#/flags/") for name, flag in flags.items() if flag.idle)


def is_done(finished: Finished) -> bool:
    """Whether scancel said that it signalled the job, and nothing of an error."""
    lines = clean_stderr(finished.stderr)
    return any(line.startswith(DONE) for line in lines) and b"scancel: error:" not in finished.stderr


def explain_failure(finished: Finished, call: Call, job_id: JobId, warnings: tuple[Notice, ...]) -> ApiError:
    """The exception for a scancel that did not say that it was done."""
    what = f"Job {format_job_id(job_id)} was not signalled"
    error: ApiError
    if finished.status < 0:
        text = f"scancel was ended by signal {-finished.status}; whether the job was signalled is unknown"
        error = CommandTimeout(text, source="scancel")
    elif not finished.stderr.strip():
        error = InternalFault("scancel did not say whether it signalled the job", source="scancel")
    else:
        error = read_failure(finished, what)
    problem = error.problems[0]
    if call.version >= STATUS_SINCE:
        error.payload = {"status": [make_status(job_id, problem.error_number, problem.error)]}
    error.warnings = (*warnings, *error.warnings)
    return error


def make_status(job_id: JobId, code: int, text: str) -> dict[str, Any]:
    """One entry of ``status``, as slurmrestd writes it."""
    return {
        "error": {"string": text, "code": code, "message": text if code else ""},
        "step_id": format_job_id(job_id),
        "job_id": {"set": code != 2017, "infinite": False, "number": 0 if code == 2017 else job_id.record},
        "federation": {"sibling": ""},
    }
