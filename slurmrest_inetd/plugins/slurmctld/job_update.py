"""POST job/{job_id}: `scontrol update`, and `scontrol release` where the job is to be held no more.

Law: nothing is run before the whole body was read and found usable. One command where one can say it; what only a
second one can (release) comes last, and when it fails the reply says what was changed before. slurmctld itself changes
a job property by property and stops at the first one that it refuses: of several, the reply says that some may stand.
"""

from typing import Any

from slurmrest_inetd.envelope import parse_body
from slurmrest_inetd.errors import ApiError, CommandTimeout, NotFound, Unprocessable
from slurmrest_inetd.jobs.results import Result, make_entry, read_results
from slurmrest_inetd.jobs.targets import Target, require_target
from slurmrest_inetd.jobs.update import find_field, read_update
from slurmrest_inetd.model import Answer, Call, Notice
from slurmrest_inetd.query import parse_query
from slurmrest_inetd.slurm.command import Command, Finished, run_command
from slurmrest_inetd.slurm.failures import clean_stderr, read_failure, refuse_result

PROGRAM = "scontrol"
UPDATE = (PROGRAM, "update")
RELEASE = (PROGRAM, "release")
RESULTS_SINCE, FLAT_SINCE = 40, 42
UNKNOWN_JOB = 2017
UNKNOWN_KEY = "Update of this parameter is not supported: "
NOT_CHANGED = "Job update requested failed"


def post_job(call: Call) -> Answer:
    """Change the job as the body says.

    Raises BadRequest, UnsupportedMediaType (body), Unprocessable (job id, a field), NotFound, Slurm's refusals,
    CommandTimeout when whether it was changed is unknown.
    """
    target = require_target(call)
    warnings = parse_query(call, ()).warnings
    update = read_update(parse_body(call), call.version)
    warnings += update.warnings
    if update.words:
        finished = run(call, (*UPDATE, f"JobId={target.word}", *update.words))
        if finished.status:
            raise explain_failure(finished, target, warnings, call.version, several=len(update.words) > 1)
        warnings += tuple(Notice(line, PROGRAM) for line in clean_stderr(finished.stderr))
    if update.release:
        finished = run(call, (*RELEASE, target.word))
        if finished.status:
            if update.words:
                warnings += (Notice("All else that was asked for is done: only the release failed", PROGRAM),)
            raise explain_failure(finished, target, warnings, call.version)
    return Answer(make_payload([], call.version), warnings=warnings)


def run(call: Call, argv: tuple[str, ...]) -> Finished:
    return run_command(Command(argv), call.identity, call.settings)


def explain_failure(
    finished: Finished, target: Target, warnings: tuple[Notice, ...], version: int, *, several: bool = False
) -> ApiError:
    """The exception for a scontrol that did not do what was asked, with what it says of each task."""
    results = read_results(finished)
    refused = next((result for result in results if result.number), None)
    error: ApiError
    if finished.status < 0:
        text = f"{PROGRAM} was ended by signal {-finished.status}; whether job {target.word} was changed is unknown"
        error = CommandTimeout(text, source=PROGRAM)
    elif refused is None:
        error = explain_line(finished)
    else:
        error = refuse_result(finished, refused.number, refused.text, f"{NOT_CHANGED}: job {refused.id}")
        warnings += note_partly(results, several)
    if isinstance(error, NotFound) and error.problems[0].error_number != UNKNOWN_JOB:
        # what is unknown is a node or the like: something within the request, not the job
        error = Unprocessable(NOT_CHANGED, problems=error.problems)
    error.payload = make_payload([result for result in results if "_" in result.id], version)
    error.warnings = (*warnings, *error.warnings)
    return error


def explain_line(finished: Finished) -> ApiError:
    """The exception for what scontrol refused before slurmctld was asked; a key that this release has not is named by
    its property.
    """
    for line in clean_stderr(finished.stderr):
        if line.startswith(UNKNOWN_KEY):
            field = find_field(line.removeprefix(UNKNOWN_KEY))
            text = f"{NOT_CHANGED}: scontrol of this release cannot change it"
            return Unprocessable(text, source=f"#/{field}/" if field else PROGRAM)
    return read_failure(finished, NOT_CHANGED)


def note_partly(results: list[Result], several: bool) -> tuple[Notice, ...]:
    """What a client must know beside the refusal: what may stand of what it asked for."""
    done = [result.id for result in results if not result.number]
    notes = []
    if done:
        notes.append(Notice(f"Changed: {', '.join(done)}", PROGRAM))
    if several:
        text = "Slurm changes a job property by property and stops at a refusal: some of the others may be changed"
        notes.append(Notice(text, PROGRAM))
    return tuple(notes)


def make_payload(results: list[Result], version: int) -> dict[str, Any]:
    """The reply's members: none up to v0.0.38; v0.0.40 and 41 have three more, always empty."""
    if version < RESULTS_SINCE:
        return {}
    payload: dict[str, Any] = {"results": [make_entry(result) for result in results]}
    if version < FLAT_SINCE:
        payload |= {"job_id": "", "step_id": "", "job_submit_user_msg": ""}
    return payload
