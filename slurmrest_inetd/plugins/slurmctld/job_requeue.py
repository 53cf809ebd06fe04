"""GET job/{job_id}/requeue and POST jobs/requeue: `scontrol requeue` and `requeuehold`.

Law: all jobs go to one scontrol, which tries each of them. It is silent of plain jobs that went well; where one failed
the reply says of every job what became of it. Requeueing under GET is the API's own choice: a write all the same.
"""

from slurmrest_inetd.envelope import parse_body
from slurmrest_inetd.errors import ApiError, BadRequest, CommandTimeout, Unauthenticated
from slurmrest_inetd.fields.job_selection import REQUEUE_FLAGS
from slurmrest_inetd.jobs.results import NO_ERROR, Result, make_entry, read_results, tells_of
from slurmrest_inetd.jobs.selection import read_requeue
from slurmrest_inetd.jobs.targets import Target, require_target
from slurmrest_inetd.model import Answer, Call, Notice, Problem
from slurmrest_inetd.query import Parameter, parse_query
from slurmrest_inetd.slurm.command import Command, Finished, run_command
from slurmrest_inetd.slurm.failures import read_failure, refuse_result

PROGRAM = "scontrol"
PARAMETERS = tuple(Parameter(name, "bool") for name in REQUEUE_FLAGS)
NOT_MET = (9009, "Query requirements not met")


def get_job_requeue(call: Call) -> Answer:
    """Put the job back into the queue.

    Raises BadRequest (flags that do not go together), Unprocessable (job id, query), NotFound, Slurm's refusals,
    CommandTimeout when whether it was requeued is unknown.
    """
    target = require_target(call)
    query = parse_query(call, PARAMETERS)
    flags = tuple(name for name in REQUEUE_FLAGS if query.values.get(name))
    results = requeue(call, (target,), flags, query.warnings)
    return Answer({"status": [make_entry(result) for result in results]}, warnings=query.warnings)


def post_jobs_requeue(call: Call) -> Answer:
    """Put the jobs that the body names back into the queue. Raises as get_job_requeue, and for a field of the body."""
    warnings = parse_query(call, ()).warnings
    selection = read_requeue(parse_body(call), call.version)
    warnings += selection.warnings
    results = requeue(call, selection.targets, selection.flags, warnings)
    return Answer({"status": [[make_entry(result)] for result in results]}, warnings=warnings)


def requeue(
    call: Call, targets: tuple[Target, ...], flags: tuple[str, ...], warnings: tuple[Notice, ...]
) -> list[Result]:
    """Run scontrol; what became of each task that was named. Raises where any job was refused."""
    argv = (*list_words(flags, call), ",".join(target.word for target in targets))
    finished = run_command(Command(argv), call.identity, call.settings)
    results = read_results(finished)
    if finished.status or any(result.number for result in results):
        error = explain_failure(finished, results)
        error.warnings = (*warnings, *error.warnings)
        entries = [make_entry(result) for result in list_all(results, targets)] if results else []
        listed = call.endpoint.operation == "post_jobs_requeue"
        error.payload = {"status": [[entry] for entry in entries] if listed else entries}
        raise error
    return [Result(bracket(target), 0, NO_ERROR) for target in targets if "_" in target.word]


def list_words(flags: tuple[str, ...], call: Call) -> tuple[str, ...]:
    """scontrol's words before the jobs. Raises BadRequest."""
    special = "SpecialExit" in flags
    if special and "Hold" not in flags:
        number, error = NOT_MET
        raise BadRequest("SpecialExit requires Hold mode", number=number, error=error, source=call.endpoint.operation)
    verb = "requeuehold" if "Hold" in flags else "requeue"
    options = (("Incomplete", "Incomplete" in flags), ("State=SpecialExit", special))
    return (PROGRAM, verb, *(word for word, wanted in options if wanted))


def explain_failure(finished: Finished, results: list[Result]) -> ApiError:
    """The exception for a scontrol that did not requeue every job, with a problem for each that it refused."""
    if finished.status < 0:
        text = f"{PROGRAM} was ended by signal {-finished.status}; which jobs were requeued is unknown"
        return CommandTimeout(text, source=PROGRAM)
    refused = [result for result in results if result.number]
    if not refused:
        return read_failure(finished, "Requeue failed")
    error = refuse_result(finished, refused[0].number, refused[0].text, "Requeue failed")
    if isinstance(error, Unauthenticated):
        return error
    error.problems = tuple(
        Problem(f"Requeue JobID={result.id} failed", result.number, result.text, PROGRAM) for result in refused
    )
    return error


def list_all(results: list[Result], targets: tuple[Target, ...]) -> list[Result]:
    """What scontrol says, and for each job of which it is silent that it went well."""
    silent = [target for target in targets if not any(tells_of(result, target) for result in results)]
    return [*results, *(Result(bracket(target), 0, NO_ERROR) for target in silent)]


def bracket(target: Target) -> str:
    """``12_[3]``: a task's id as slurmctld writes it in its results."""
    return target.word if target.task is None else f"{target.job}_[{target.task}]"
