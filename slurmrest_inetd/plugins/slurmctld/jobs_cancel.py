"""DELETE jobs/: many jobs signalled or ended by one `scancel`, and what became of each.

Law: nothing is signalled before the whole body was understood; no list and no filter ever means all jobs. The reply has
an entry for each job that was not signalled; where none was, it is an error. What scancel does not tell is said to be
unknown.
"""

from typing import Any

from slurmrest_inetd.envelope import parse_body
from slurmrest_inetd.errors import ApiError, CommandTimeout, InternalFault, refuse_slurm
from slurmrest_inetd.jobs.scancel import (
    ONE_REQUEST,
    PROGRAM,
    SCANCEL,
    Outcome,
    find_flags,
    list_options,
    make_entry,
    note_idle,
    read_outcomes,
)
from slurmrest_inetd.jobs.selection import Selection, read_kill
from slurmrest_inetd.jobs.targets import Target, parse_target
from slurmrest_inetd.model import Answer, Call, Notice
from slurmrest_inetd.query import parse_query
from slurmrest_inetd.slurm.command import Command, Finished, run_command
from slurmrest_inetd.slurm.configuration import read_configuration
from slurmrest_inetd.slurm.failures import clean_stderr, read_failure
from slurmrest_inetd.slurm.values import Unusable

FILTERED = (2172, "Cannot signal job")
UNKNOWN = (-1, "scancel did not say what became of it")
NO_ACCOUNTING = ("", "accounting_storage/none", "none")


def delete_jobs(call: Call) -> Answer:
    """End the jobs that the body names, or send them a signal.

    Raises BadRequest, UnsupportedMediaType (body), Unprocessable (a field), what slurmctld refused where it refused
    all, CommandTimeout when what was done is unknown.
    """
    warnings = parse_query(call, ()).warnings
    selection = read_kill(parse_body(call), call.version)
    flags = find_flags(list(selection.flags))
    options = list_options(flags, selection.signal)
    if not (selection.filters and selection.targets) and has_accounting(call):
        options = [ONE_REQUEST, *options]
    argv = (*SCANCEL, *options, *selection.filters, *(target.word for target in selection.targets))
    finished = run_command(Command(argv), call.identity, call.settings)
    warnings += (*selection.warnings, *note_idle(flags))
    lines = clean_stderr(finished.stderr)
    outcomes = [*read_outcomes(lines).values()]
    if finished.status < 0 or (not outcomes and finished.status):
        raise explain_failure(finished, warnings)
    outcomes += list_missing(selection, outcomes)
    refused = [outcome for outcome in outcomes if outcome.code]
    if refused and len(refused) == len(outcomes):
        raise explain_refusals(refused, warnings)
    if not outcomes:
        warnings += (Notice("No job matches: none was signalled", PROGRAM),)
    elif refused:
        text = f"{len(refused)} of {len(outcomes)} jobs were not signalled: status says why"
        warnings += (Notice(text, PROGRAM),)
    shown = outcomes if "VERBOSE" in flags else refused
    return Answer({"status": [make_status(outcome) for outcome in shown]}, warnings=warnings)


def has_accounting(call: Call) -> bool:
    """Whether slurmctld may be asked in one request: without accounting that hangs it (24.11.5, 26.05.5) when a job is
    another user's. A slurm.conf that cannot be read says no. Filters together with jobs are not asked like this either:
    slurmctld would repeat the names of jobs, which may hold anything.
    """
    return read_configuration(call.settings).get("accountingstoragetype", "") not in NO_ACCOUNTING


def list_missing(selection: Selection, outcomes: list[Outcome]) -> list[Outcome]:
    """An outcome for each job that was named and of which scancel said nothing: a filter left it out."""
    told = set()
    for outcome in outcomes:
        target = read_id(outcome.id)
        told |= {target.job, target.record} if target else set()
    code, text = FILTERED if selection.filters else UNKNOWN
    return [Outcome(target.word, code, text) for target in selection.targets if not {target.job, target.record} & told]


def read_id(text: str) -> Target | None:
    """The job that scancel names, None where it writes an id as nothing else does."""
    try:
        return parse_target(text)
    except Unusable:
        return None


def explain_failure(finished: Finished, warnings: tuple[Notice, ...]) -> ApiError:
    """The exception for a scancel that could not ask, or was ended."""
    error: ApiError
    if finished.status < 0:
        text = f"{PROGRAM} was ended by signal {-finished.status}; which jobs were signalled is unknown"
        error = CommandTimeout(text, source=PROGRAM)
    else:
        error = read_failure(finished, "Signal request failed")
    error.payload = {"status": []}
    error.warnings = (*warnings, *error.warnings)
    return error


def explain_refusals(refused: list[Outcome], warnings: tuple[Notice, ...]) -> ApiError:
    """The exception where no job was signalled: the first refusal's."""
    first = refused[0]
    error: ApiError
    if all((outcome.code, outcome.text) == UNKNOWN for outcome in refused):
        error = InternalFault(f"{PROGRAM} did not say what became of any job", source=PROGRAM)
    else:
        error = refuse_slurm(first.code, first.text, f"No job was signalled: {first.id}: {first.text}", PROGRAM)
    error.payload = {"status": [make_status(outcome) for outcome in refused]}
    error.warnings = warnings
    return error


def make_status(outcome: Outcome) -> dict[str, Any]:
    """The outcome's entry of ``status``."""
    target = read_id(outcome.id)
    return make_entry(outcome.id, target.record if target else 0, outcome.code, outcome.text)
