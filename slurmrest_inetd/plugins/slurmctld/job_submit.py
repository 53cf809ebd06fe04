"""POST job/submit: one `sbatch`, the script on its stdin, the job's environment on a descriptor.

Law: nothing is run before the whole body was read and found usable; what slurmctld accepted is never reported as
failed. The job's environment never becomes sbatch's own. A heterogeneous job is one sbatch with ``:`` between the
components: all of it is submitted, or nothing.
"""

import os
from typing import Any

from slurmrest_inetd.envelope import parse_body
from slurmrest_inetd.errors import ApiError, CommandTimeout, InternalFault, NotFound, Unprocessable
from slurmrest_inetd.model import Answer, Call, Notice
from slurmrest_inetd.slurm.command import Command, Finished, run_command
from slurmrest_inetd.slurm.failures import clean_stderr, read_failure
from slurmrest_inetd.submission.request import Submission, read_submission

# These sbatch needs once:
#   --parsable        print ID or ID;CLUSTER
#   --ignore-pbs      #PBS and #BSUB lines are comments
# and these each component:
#   --propagate=NONE  not the limits of this service
#   --export=ALL      26.05 takes nothing of the file without it; it is the file's "all", never sbatch's environment
SBATCH = ("sbatch", "--parsable", "--ignore-pbs")
EACH = ("--propagate=NONE", "--export=ALL")
ENVIRONMENT = "--export-file=3"
# sbatch closes descriptor 3 after the first component, so several components open the same memory file by its name
ENVIRONMENT_AGAIN = "--export-file=/proc/self/fd/3"
# the script's place in argv when arguments follow it: what stands behind it can be no option and no component
SCRIPT = "/dev/stdin"
STEP = "batch"
FLAT_SINCE = 42
DEFAULT_UMASK = 0o022
COMPLAINT = b"sbatch: error: "
CALL, HETEROGENEOUS_CALL = "slurm_submit_batch_job()", "slurm_submit_batch_het_job()"
HELD = (2042, "Job is in held state, pending scheduler release")
UNSPECIFIED = "Unspecified error"


def post_job_submit(call: Call) -> Answer:
    """Submit what the body describes; the reply names the job.

    Raises BadRequest, UnsupportedMediaType (body), Unprocessable (a field), Slurm's refusals, CommandTimeout when
    whether there is a job is unknown.
    """
    submission = read_submission(parse_body(call), call.version, call.identity.user)
    command = Command(list_argv(submission), submission.script, submission.environment)
    finished = run_under_umask(find_umask(submission.environment), command, call)
    job_id = read_job_id(finished)
    if finished.status or job_id is None:
        raise explain_failure(finished, submission.warnings)
    messages, complaints = split_messages(finished.stderr)
    held = "--hold" in submission.components[0]
    warnings = (
        *submission.warnings,
        *(Notice(complaint, "sbatch") for complaint in complaints),
        *(note_held(len(submission.components) > 1) if held else ()),
    )
    return Answer(make_payload(job_id, "\n".join(messages), call.version, held), warnings=warnings)


def run_under_umask(mask: int, command: Command, call: Call) -> Finished:
    """Run sbatch with the umask that the job is to have: sbatch passes on its own."""
    previous = os.umask(mask)
    try:
        return run_command(command, call.identity, call.settings)
    finally:
        os.umask(previous)


def find_umask(environment: bytes) -> int:
    """The umask that the job's environment asks for, as slurmstepd reads it there; without one, slurmstepd's own."""
    for entry in environment.split(b"\0"):
        name, _, value = entry.partition(b"=")
        if name == b"SLURM_UMASK" and 0 < len(value) <= len(b"0777") and not value.strip(b"01234567"):
            return int(value, 8) & 0o777
    return DEFAULT_UMASK


def list_argv(submission: Submission) -> tuple[str, ...]:
    """The whole argv; a client's words stand behind ``=``, or, as the script's arguments, behind SCRIPT."""
    several = len(submission.components) > 1
    argv = list(SBATCH)
    for index, options in enumerate(submission.components):
        argv += [":"] if index else []
        argv += [*EACH, ENVIRONMENT_AGAIN if several else ENVIRONMENT, *options]
    if len(submission.arguments) > 1:
        argv += [SCRIPT, *submission.arguments[1:]]
    return tuple(argv)


def read_job_id(finished: Finished) -> int | None:
    """The id that sbatch printed, None when it printed none."""
    text = finished.stdout.decode("ascii", "replace").strip().partition(";")[0]
    return int(text) if text.isascii() and text.isdecimal() else None


def split_messages(stderr: bytes) -> tuple[list[str], list[str]]:
    """What the site's job_submit plugin tells the user, and what sbatch complains of, each without sbatch's name."""
    lines = stderr.splitlines()
    complaints = [line for line in lines if line.startswith(COMPLAINT)]
    messages = [line for line in lines if not line.startswith(COMPLAINT)]
    return clean_stderr(b"\n".join(messages)), clean_stderr(b"\n".join(complaints))


def note_held(several: bool) -> tuple[Notice, Notice]:
    """slurmrestd's two warnings of a job that was accepted and is held."""
    submitter, caller = ("HetJob", HETEROGENEOUS_CALL) if several else ("Job", CALL)
    first = Notice(f"{submitter} submission resulted in non-zero return code: {HELD[1]}", caller)
    return first, Notice(HELD[1], CALL)


def explain_failure(finished: Finished, warnings: tuple[Notice, ...]) -> ApiError:
    """The exception for an sbatch that did not say which job it submitted."""
    what = "Batch job submission failed"
    error: ApiError
    if finished.status < 0:
        text = f"{what}: sbatch was ended by signal {-finished.status}; whether the job was submitted is unknown"
        error = CommandTimeout(text, source="sbatch")
    elif finished.status == 0:
        error = InternalFault("sbatch did not say which job it submitted, if any", source="sbatch")
    else:
        error = explain_refusal(finished, what)
        if isinstance(error, NotFound):
            # what is unknown is a node, a job to depend on: something within the request, not what it asked for
            error = Unprocessable(what, problems=error.problems)
    error.warnings = (*warnings, *error.warnings)
    return error


def explain_refusal(finished: Finished, what: str) -> ApiError:
    """Slurm's refusal, with what was said before it: by the site's job_submit plugin, or by sbatch."""
    error = read_failure(finished, what)
    lines = [line for line in clean_stderr(finished.stderr) if not line.startswith('Try "sbatch --help"')]
    if lines:
        problem = error.problems[0]
        if not problem.error_number:
            reason = lines[-1].removeprefix(f"{what}: ")
            problem = problem._replace(error_number=-1 if reason == UNSPECIFIED else 0, error=reason)
        description = "; ".join((f"{what}: {problem.error}", *lines[:-1]))
        error.problems = (problem._replace(description=description),)
    return error


def make_payload(job_id: int, message: str, version: int, held: bool) -> dict[str, Any]:
    """The reply's members; v0.0.40 and 41 say them twice, there with slurmctld's own code of success."""
    payload: dict[str, Any] = {"job_id": job_id, "step_id": STEP, "job_submit_user_msg": message}
    if version < FLAT_SINCE:
        code, text = HELD if held else (0, "No error")
        return {"result": {**payload, "error_code": code, "error": text}, **payload}
    return payload
