"""What one request asks for, item by item: one scontrol after the other; and what is said of each.

Law: everything was validated before the first runs. When one fails nothing after it is tried, and the reply says which
items were done (a warning each), which failed and why (the error, first), which were not tried (an error each), by
their places in the body. Called by the plugins of slurmctld that write.
"""

from collections.abc import Sequence
from typing import NamedTuple

from slurmrest_inetd.errors import ApiError, CommandTimeout, Forbidden, NotFound, Unauthenticated, Unprocessable
from slurmrest_inetd.model import Call, Notice, Problem
from slurmrest_inetd.slurm.command import Command, Finished, run_command
from slurmrest_inetd.slurm.failures import clean_stderr, find_error, read_failure

# Slurm refuses these before it looks at what was asked for
BEFORE_ANYTHING = (Forbidden, Unauthenticated)
# what scontrol refuses itself -> the number and text that slurmrestd has for it
REFUSALS = (
    ("No reservation created", (2053, "Requested reservation is invalid")),
    ("No reservation update", (2053, "Requested reservation is invalid")),
    ("Invalid input: ", (9216, "Request to parse invalid data")),
)
UNSPECIFIED = "Unspecified error"
PARTLY = "what Slurm does before that may have been done: it takes the parts of one update one by one"


class Update(NamedTuple):
    """One item: its place in the body ("" where the path names it), its name for texts (``node n1``), the participle
    of what is done to it, and how.

    ``parts`` says that Slurm may have done a part of it when it fails.
    """

    path: str
    what: str
    done: str
    argv: tuple[str, ...]
    parts: bool = False


def make_updates(call: Call, updates: Sequence[Update], warnings: tuple[Notice, ...] = ()) -> tuple[Notice, ...]:
    """Make them all, in order; the warnings for the reply, ``warnings`` and what scontrol remarked.

    Raises the failure of the first that fails, with what became of each other one.
    """
    remarks: list[Notice] = []
    for index, update in enumerate(updates):
        try:
            finished = run_update(call, update)
        except ApiError as error:
            raise describe_failure(error, updates, index, (*warnings, *remarks)) from None
        remarks += (Notice(line, "scontrol") for line in clean_stderr(finished.stderr))
    return (*warnings, *remarks)


def run_update(call: Call, update: Update) -> Finished:
    """Run one. Raises what Slurm refused, CommandTimeout where it is unknown what became of it."""
    finished = run_command(Command(update.argv), call.identity, call.settings)
    what = f"{update.what} could not be {update.done}"
    if finished.status < 0:
        raise CommandTimeout(
            f"{what}: scontrol was ended by signal {-finished.status}; whether it was done is unknown",
            source="scontrol",
        )
    if finished.status or find_error(clean_stderr(finished.stderr))[0]:
        raise explain_refusal(finished, what)
    return finished


def explain_refusal(finished: Finished, what: str) -> ApiError:
    """Slurm's refusal, or scontrol's own, in all the words that it has."""
    error, lines = read_failure(finished, what), clean_stderr(finished.stderr)
    problem = error.problems[0]
    if problem.error_number and len(lines) < 2:
        return error
    if not problem.error_number:
        phrases = (known for phrase, known in REFUSALS if any(phrase in line for line in lines))
        number, text = next(phrases, (-1, UNSPECIFIED))
        problem = problem._replace(error_number=number, error=text)
    error.problems = (problem._replace(description=f"{what}: {'; '.join(lines)}"), *error.problems[1:])
    return error


def describe_failure(error: ApiError, updates: Sequence[Update], index: int, warnings: tuple[Notice, ...]) -> ApiError:
    """``error`` of the update at ``index``, with what became of every other one."""
    update = updates[index]
    first = error.problems[0]
    if update.parts and not isinstance(error, BEFORE_ANYTHING):
        first = first._replace(description=f"{first.description} ({PARTLY})")
    if update.path:
        first = first._replace(source=update.path)
    problems = [first, *error.problems[1:]]
    problems += [Problem(f"{other.what} was not tried", source=other.path) for other in updates[index + 1 :]]
    if update.path and isinstance(error, NotFound):
        # what is unknown stands within the body: what the path asks for is there
        error = Unprocessable(first.description)
    error.problems = tuple(problems)
    made = tuple(Notice(f"{other.what} was {other.done}", other.path) for other in updates[:index])
    error.warnings = (*warnings, *made, *error.warnings)
    return error
