"""POST job/allocate: one `salloc --no-shell`.

Law: nothing is run before the whole body was read and found usable; nobody is left with a request that waits, or an
allocation that he does not know of. With a token the resources are there at once, or the answer is no: of a later grant
slurmctld tells salloc in a message that only munge can read, and when that is not understood it ends the job, while
salloc calls it granted (24.11.5, 26.05.5; slurmrestd then never answers). So a heterogeneous job, which is always
granted later, cannot be had with a token. Without one salloc waits until a little before its time is over; then the
request is withdrawn, which is made sure of.
"""

import re

from slurmrest_inetd.envelope import parse_body
from slurmrest_inetd.errors import ApiError, CommandTimeout, InternalFault, NotFound, Unprocessable
from slurmrest_inetd.jobs.scancel import SCANCEL, UNKNOWN_JOB, read_outcomes
from slurmrest_inetd.model import Answer, Call, Notice
from slurmrest_inetd.query import parse_query
from slurmrest_inetd.slurm.command import Command, Finished, run_command
from slurmrest_inetd.slurm.data_parsers import find_newest
from slurmrest_inetd.slurm.failures import clean_stderr, read_failure
from slurmrest_inetd.submission.allocation import Allocation, read_allocation
from slurmrest_inetd.submission.sending import borrow_uid, sends_uid

PROGRAM = "salloc"
SALLOC = (PROGRAM, "--no-shell")
# unless it is asked for, the reply does not wait until the nodes have booted: slurmrestd's does not
WAIT_NODES, NO_WAIT = "--wait-all-nodes=", "--wait-all-nodes=0"
# salloc gives up this much before it would be stopped; with one second it would not wait at all
MARGIN_SECONDS, LEAST_SECONDS = 5, 2
FAILED = "Job allocation request failed"
NO_LATER_GRANT = "a heterogeneous job is granted by the scheduler, of which Slurm cannot tell who has a token"
GRANTED = re.compile(r"Granted job allocation ([0-9]+)", re.ASCII)
PENDING = re.compile(r"Pending job allocation ([0-9]+)", re.ASCII)
# what salloc tells of its own doing; all else is the site's job_submit plugin
OWN_LINES = re.compile(
    r"(?:Granted|Pending) job allocation [0-9]+|job [0-9]+ (?:queued and waiting for|has been allocated) resources"
    r"|Nodes \S+ (?:are|is) ready for job|Waiting for resource configuration"
)
TIMED_OUT = "Connection timed out"
COMPLAINT = b"salloc: error: "
# scancel's refusals of what is gone already
GONE = (UNKNOWN_JOB, 2021)


def post_job_allocate(call: Call) -> Answer:
    """Allocate what the body describes; the reply names the job.

    Raises BadRequest, UnsupportedMediaType (body), Unprocessable (a field), Slurm's refusals (that the resources are
    not there now is one), CommandTimeout when they were not there in time.
    """
    warnings = parse_query(call, ()).warnings
    newest = find_newest(call.settings, PROGRAM)
    allocation = read_allocation(parse_body(call), call.version, call.identity.user, newest)
    warnings += allocation.warnings
    if len(allocation.components) > 1 and call.identity.token is not None:
        raise Unprocessable(f"{FAILED}: {NO_LATER_GRANT}", source="#/hetjob/", warnings=warnings)
    seconds = max(LEAST_SECONDS, int(call.settings.command_timeout_seconds) - MARGIN_SECONDS)
    at_once = allocation.immediate or call.identity.token is not None
    command = Command(list_argv(allocation, "--immediate" if at_once else f"--immediate={seconds}"))
    if sends_uid(PROGRAM, call.identity, call.settings):
        borrow_uid(call.identity.user)
    finished = run_command(command, call.identity, call.settings)
    lines = clean_stderr(finished.stderr)
    job_id = find_job(GRANTED, lines)
    if finished.status or job_id is None or (at_once and find_job(PENDING, lines) is not None):
        error = explain_failure(finished, call, lines, seconds)
        error.warnings = (*warnings, *error.warnings)
        raise error
    message = "\n".join(line for line in plain_lines(finished.stderr) if not OWN_LINES.fullmatch(line))
    return Answer({"job_id": job_id, "job_submit_user_msg": message}, warnings=warnings)


def list_argv(allocation: Allocation, limit: str) -> tuple[str, ...]:
    """The whole argv; a client's words stand behind ``=``."""
    argv = list(SALLOC)
    for index, options in enumerate(allocation.components):
        waits = any(option.startswith(WAIT_NODES) for option in options)
        argv += [":"] if index else []
        argv += [limit, *(() if waits else (NO_WAIT,)), *options]
    return tuple(argv)


def find_job(pattern: re.Pattern[str], lines: list[str]) -> int | None:
    """The number in the last line of that form: a plugin's words come before salloc's."""
    found = [match for match in map(pattern.fullmatch, lines) if match]
    return int(found[-1][1]) if found else None


def plain_lines(stderr: bytes) -> list[str]:
    """The lines of stderr that are no complaint, without salloc's name."""
    return clean_stderr(b"\n".join(line for line in stderr.splitlines() if not line.startswith(COMPLAINT)))


def explain_failure(finished: Finished, call: Call, lines: list[str], seconds: int) -> ApiError:
    """The exception for a salloc that did not say which job it was granted; what may wait is withdrawn."""
    pending = find_job(PENDING, lines)
    withdrawn = "" if pending is None else withdraw(call, pending)
    error: ApiError
    if finished.status < 0:
        text = f"{FAILED}: {PROGRAM} was ended by signal {-finished.status}"
        error = CommandTimeout(f"{text}; {withdrawn or 'whether there is a job is unknown'}", source=PROGRAM)
    elif finished.status == 0:
        text = f"{PROGRAM} did not say which job it was granted at once, if any"
        error = InternalFault(f"{text}; {withdrawn}" if withdrawn else text, source=PROGRAM)
    elif pending is not None and any(line.endswith(TIMED_OUT) for line in lines):
        text = f"{FAILED}: the resources were not there within {seconds} seconds; {withdrawn}"
        error = CommandTimeout(text, source=PROGRAM)
    else:
        error = read_failure(finished, FAILED)
        error.warnings += (Notice(withdrawn, "scancel"),) if withdrawn else ()
    if isinstance(error, NotFound):
        # what is unknown is a node, a job to depend on: something within the request, not what it asked for
        error = Unprocessable(FAILED, problems=error.problems, warnings=error.warnings)
    return error


def withdraw(call: Call, job_id: int) -> str:
    """Make sure that the request does not wait any longer; what became of it, in words."""
    finished = run_command(Command((*SCANCEL, str(job_id))), call.identity, call.settings)
    outcomes = read_outcomes(clean_stderr(finished.stderr)).values()
    if outcomes and all(outcome.code in (0, *GONE) for outcome in outcomes):
        return f"the request (job {job_id}) was withdrawn: nothing is queued"
    return f"whether the request (job {job_id}) is still queued is unknown"
