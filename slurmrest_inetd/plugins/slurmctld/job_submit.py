"""POST job/submit: one `sbatch` (submission/sending.py), and what is said of what became of it.

Law: nothing is run before the whole body was read and found usable; what slurmctld accepted is never reported as
failed. A heterogeneous job is one sbatch with ``:`` between the components: all of it is submitted, or nothing.
"""

import re
from typing import Any

from slurmrest_inetd.envelope import parse_body
from slurmrest_inetd.errors import ApiError, CommandTimeout, InternalFault, NotFound, Unprocessable
from slurmrest_inetd.model import Answer, Call, Notice
from slurmrest_inetd.slurm.command import Finished
from slurmrest_inetd.slurm.data_parsers import find_newest
from slurmrest_inetd.slurm.failures import clean_stderr, read_failure
from slurmrest_inetd.submission.request import name_options, read_submission
from slurmrest_inetd.submission.sending import PROGRAM, run_sbatch

STEP, EARLY_STEP = "batch", "BATCH"
# versions whose reply has all of it twice
NESTED = (40, 41)
COMPLAINT = b"sbatch: error: "
CALL, HETEROGENEOUS_CALL = "slurm_submit_batch_job()", "slurm_submit_batch_het_job()"
HELD = (2042, "Job is in held state, pending scheduler release")
UNSPECIFIED = "Unspecified error"
OPTION = re.compile(r"--([a-z][a-z-]+)", re.ASCII)


def post_job_submit(call: Call) -> Answer:
    """Submit what the body describes; the reply names the job.

    Raises BadRequest, UnsupportedMediaType (body), Unprocessable (a field), Slurm's refusals, CommandTimeout when
    whether there is a job is unknown.
    """
    newest = find_newest(call.settings, PROGRAM)
    submission = read_submission(parse_body(call), call.version, call.identity.user, newest)
    finished = run_sbatch(submission, call.identity, call.settings)
    job_id = read_job_id(finished)
    if finished.status or job_id is None:
        # a heterogeneous job's options are several components': which one is meant sbatch does not say
        fields = name_options(call.version) if len(submission.components) == 1 else {}
        raise explain_failure(finished, submission.warnings, fields)
    messages, complaints = split_messages(finished.stderr)
    held = "--hold" in submission.components[0]
    warnings = (
        *submission.warnings,
        *(Notice(complaint, "sbatch") for complaint in complaints),
        *(note_held(len(submission.components) > 1) if held else ()),
    )
    return Answer(make_payload(job_id, "\n".join(messages), call.version, held), warnings=warnings)


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


def explain_failure(finished: Finished, warnings: tuple[Notice, ...], fields: dict[str, str]) -> ApiError:
    """The exception for an sbatch that did not say which job it submitted; ``fields`` are the properties of options."""
    what = "Batch job submission failed"
    error: ApiError
    if finished.status < 0:
        text = f"{what}: sbatch was ended by signal {-finished.status}; whether the job was submitted is unknown"
        error = CommandTimeout(text, source="sbatch")
    elif finished.status == 0:
        error = InternalFault("sbatch did not say which job it submitted, if any", source="sbatch")
    else:
        error = explain_refusal(finished, what, fields)
        if isinstance(error, NotFound):
            # what is unknown is a node, a job to depend on: something within the request, not what it asked for
            error = Unprocessable(what, problems=error.problems)
    error.warnings = (*warnings, *error.warnings)
    return error


def explain_refusal(finished: Finished, what: str, fields: dict[str, str]) -> ApiError:
    """Slurm's refusal, with what was said before it: by the site's job_submit plugin, or by sbatch; the property whose
    option sbatch itself refused is named.
    """
    error = read_failure(finished, what)
    lines = [line for line in clean_stderr(finished.stderr) if not line.startswith('Try "sbatch --help"')]
    if lines:
        problem = error.problems[0]
        if not problem.error_number:
            reason = lines[-1].removeprefix(f"{what}: ")
            problem = problem._replace(error_number=-1 if reason == UNSPECIFIED else 0, error=reason)
            option = OPTION.search(reason)
            if option and option[1] in fields:
                problem = problem._replace(source=f"#/job/{fields[option[1]]}/")
        description = "; ".join((f"{what}: {problem.error}", *lines[:-1]))
        error.problems = (problem._replace(description=description),)
    return error


def make_payload(job_id: int, message: str, version: int, held: bool) -> dict[str, Any]:
    """The reply's members; v0.0.40 and 41 say them twice, there with slurmctld's own code of success."""
    step = STEP if version >= min(NESTED) else EARLY_STEP
    payload: dict[str, Any] = {"job_id": job_id, "step_id": step, "job_submit_user_msg": message}
    if version in NESTED:
        code, text = HELD if held else (0, "No error")
        return {"result": {**payload, "error_code": code, "error": text}, **payload}
    return payload
