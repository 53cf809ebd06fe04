"""DELETE jobs/: many jobs signalled or ended by one `scancel`, and what became of each.

Law: nothing is signalled before the whole body was understood; no list and no filter ever means all jobs. The reply has
an entry for each job that was not signalled; where none was, it is an error. What scancel does not tell is said to be
unknown.
"""

from typing import Any

from slurmrest_inetd.envelope import parse_body
from slurmrest_inetd.errors import ApiError, CommandTimeout, InternalFault
from slurmrest_inetd.jobs.scancel import (
    KILL,
    ONE_REQUEST,
    PROGRAM,
    RUNNING_ONLY,
    SCANCEL,
    Outcome,
    find_flags,
    has_accounting,
    list_options,
    make_entry,
    note_idle,
    read_lines,
    read_outcomes,
)
from slurmrest_inetd.jobs.selection import Selection, read_kill
from slurmrest_inetd.jobs.targets import Target, parse_target
from slurmrest_inetd.model import Answer, Call, Notice
from slurmrest_inetd.query import parse_query
from slurmrest_inetd.slurm.command import Command, Finished, run_command
from slurmrest_inetd.slurm.data_parsers import NEWEST_WITHOUT, find_newest
from slurmrest_inetd.slurm.failures import read_failure, refuse_result
from slurmrest_inetd.slurm.values import Unusable

FILTERED = (2172, "Cannot signal job")
UNKNOWN = (-1, "scancel did not say what became of it")
STATE = "--state="


def delete_jobs(call: Call) -> Answer:
    """End the jobs that the body names, or send them a signal.

    Raises BadRequest, UnsupportedMediaType (body), Unprocessable (a field), what slurmctld refused where it refused
    all, CommandTimeout when what was done is unknown.
    """
    warnings = parse_query(call, ()).warnings
    selection = read_kill(parse_body(call), call.version)
    flags = find_flags(list(selection.flags))
    newest = find_newest(call.settings, PROGRAM)
    options = list_options(flags, selection.signal, newest)
    if newest <= NEWEST_WITHOUT and selection.signal not in (None, KILL):
        selection = leave_waiting(selection)
    if asks_once(selection, newest) and has_accounting(call):
        options = [ONE_REQUEST, *options]
    argv = (*SCANCEL, *options, *selection.filters, *(target.word for target in selection.targets))
    finished = run_command(Command(argv), call.identity, call.settings)
    warnings += (*selection.warnings, *note_idle(flags))
    outcomes = [*read_outcomes(read_lines(finished)).values()]
    if finished.status < 0 or (not outcomes and finished.status):
        raise explain_failure(finished, warnings)
    outcomes += list_missing(selection, outcomes)
    refused = [outcome for outcome in outcomes if outcome.code]
    if refused and len(refused) == len(outcomes):
        raise explain_refusals(finished, refused, warnings)
    if not outcomes:
        warnings += (Notice("No job matches: none was signalled", PROGRAM),)
    elif refused:
        text = f"{len(refused)} of {len(outcomes)} jobs were not signalled: status says why"
        warnings += (Notice(text, PROGRAM),)
    shown = outcomes if "VERBOSE" in flags else refused
    return Answer({"status": [make_status(outcome) for outcome in shown]}, warnings=warnings)


def asks_once(selection: Selection, newest: int) -> bool:
    """Whether slurmctld can be asked in one request. Not for filters together with jobs: a later slurmctld would repeat
    the names of jobs, which may hold anything.
    """
    return newest <= NEWEST_WITHOUT or not (selection.filters and selection.targets)


def leave_waiting(selection: Selection) -> Selection:
    """The selection without jobs that have not begun, for which scancel of 22.05 would wait for a minute."""
    states = [option for option in selection.filters if option.startswith(STATE)]
    return selection if states else selection._replace(filters=(*selection.filters, RUNNING_ONLY))


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


def explain_refusals(finished: Finished, refused: list[Outcome], warnings: tuple[Notice, ...]) -> ApiError:
    """The exception where no job was signalled: the first refusal's."""
    first = refused[0]
    error: ApiError
    if all((outcome.code, outcome.text) == UNKNOWN for outcome in refused):
        error = InternalFault(f"{PROGRAM} did not say what became of any job", source=PROGRAM)
    else:
        error = refuse_result(finished, first.code, first.text, f"No job was signalled: {first.id}")
    error.payload = {"status": [make_status(outcome) for outcome in refused]}
    error.warnings = warnings
    return error


def make_status(outcome: Outcome) -> dict[str, Any]:
    """The outcome's entry of ``status``."""
    target = read_id(outcome.id)
    return make_entry(outcome.id, target.record if target else 0, outcome.code, outcome.text)
