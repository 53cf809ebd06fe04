"""DELETE job/{job_id}: `scancel`, which exits 0 whatever became of it.

Law: nothing is cancelled before the id, the signal and every flag were understood; only scancel's own word that it
signalled the job (--verbose) is success. A signal goes to the whole job, its script and its steps, unless a flag says
otherwise: so it does with slurmrestd, while scancel alone would leave the script out.
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
SCANCEL = ("scancel", "--verbose")
# One request, as slurmrestd sends it: it may name a component of a heterogeneous job, and where a job has not begun it
# is not repeated for a minute (to the tasks that did get the signal, too). But without accounting it hangs slurmctld
# (24.11.5, 26.05.5) when the job is another user's: only of the user's own jobs slurmctld is asked like this.
ONE_REQUEST = "--ctld"
KILL = "9"
FULL = "--full"
# the lines that tell that slurmctld did it
DONE = ("Terminating ", "Signal ")
STATUS_SINCE = 42
STEPS = "FULL_STEPS_ONLY"
# the flags that say which processes a signal is for
AIMS = ("BATCH_JOB", "FULL_JOB", STEPS)


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
    number = read_signal(query.values.get("signal", ""))
    options = list_options(flags, number)
    if (number not in (None, KILL) or job_id.component is not None) and is_own(call, job_id):
        options = [ONE_REQUEST, *options]
    argv = (*SCANCEL, *options, format_job_id(job_id))
    finished = run_command(Command(argv), call.identity, call.settings)
    warnings = (*query.warnings, *note_idle(flags))
    if finished.status or not is_done(finished):
        raise explain_failure(finished, call, job_id, warnings)
    entries = [make_status(job_id, 0, "No error")] if "VERBOSE" in flags else []
    return Answer({"status": entries} if call.version >= STATUS_SINCE else {}, warnings=warnings)


def read_signal(text: str) -> str | None:
    """The signal's number as a text, None where none is named. Raises Unprocessable."""
    try:
        return parse_signal(text)
    except Unusable as error:
        raise Unprocessable(str(error), number=error.number, error=error.error, source="#/signal/") from None


def list_options(flags: dict[str, CancelFlag], number: str | None) -> list[str]:
    """scancel's options. Raises Unprocessable for a flag that it cannot carry out."""
    for name, flag in flags.items():
        if flag.refused:
            raise Unprocessable(f"{name} cannot be carried out: {flag.refused}", source="#/flags/")
    if STEPS in flags and number in (None, KILL):
        raise Unprocessable(f"{STEPS} cannot be carried out: scancel ends the whole job", source="#/flags/")
    options = [flag.option for flag in flags.values() if flag.option]
    if number is None:
        return options
    aimed = any(name in flags for name in AIMS)
    return [*options, *(() if aimed else (FULL,)), f"--signal={number}"]


def is_own(call: Call, job_id: JobId) -> bool:
    """Whether the job is the client's own. Raises NotFound where there is none, what squeue failed of."""
    command = Command(("squeue", "--noheader", "--format=%u", f"--jobs={format_job_id(job_id)}"))
    finished = run_command(command, call.identity, call.settings)
    if finished.status:
        raise explain_failure(finished, call, job_id, ())
    return set(finished.stdout.split()) == {call.identity.user.encode()}


def note_idle(flags: dict[str, CancelFlag]) -> tuple[Notice, ...]:
    """A warning for each flag that changes nothing."""
    return tuple(Notice(f"{name} has no effect: {flag.idle}", "#/flags/") for name, flag in flags.items() if flag.idle)


def is_done(finished: Finished) -> bool:
    """Whether scancel said that it signalled the job, and nothing of an error."""
    lines = clean_stderr(finished.stderr)
    return any(line.startswith(DONE) for line in lines) and b"scancel: error:" not in finished.stderr


def explain_failure(finished: Finished, call: Call, job_id: JobId, warnings: tuple[Notice, ...]) -> ApiError:
    """The exception for a scancel that did not say that it was done."""
    program, what = finished.argv[0], f"Job {format_job_id(job_id)} was not signalled"
    error: ApiError
    if finished.status < 0:
        text = f"{program} was ended by signal {-finished.status}; whether the job was signalled is unknown"
        error = CommandTimeout(text, source=program)
    elif not finished.stderr.strip():
        error = InternalFault(f"{program} did not say what became of the job", source=program)
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
