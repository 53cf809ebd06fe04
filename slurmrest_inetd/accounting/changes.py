"""The changes that one request asks for, made one after the other; and what is said of each.

Law: everything was validated before the first command runs. An item may need several commands: they are run in order,
each is one transaction of slurmdbd. When one fails nothing after it is tried, and the reply says which items were
done (a warning each), which failed and why (the error, first), which were not tried (an error each), all by the path of
the item in the body. Nothing here knows a noun. Called by the plugins of slurmdbd that write.

    Change("#/accounts[0]/", "account phys", (Step(list_add("account", "Names=phys"), "added"),))
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from slurmrest_inetd.errors import ApiError, Unprocessable
from slurmrest_inetd.model import Call, Notice, Problem
from slurmrest_inetd.slurm.command import Command, run_command
from slurmrest_inetd.slurm.lengths import check_argv, check_word
from slurmrest_inetd.slurm.sacctmgr import Outcome, read_outcome, refuse_unchanged
from slurmrest_inetd.slurm.values import Unusable

# a step's refusal as the plugin knows it better, or None
Explain = Callable[[ApiError], ApiError | None]


class Step(NamedTuple):
    """One command and the participle of what it does (``added``, ``modified``, ``made coordinator``).

    ``idle`` says that nothing to change is no failure: an entry that is already as it was asked for.
    """

    argv: tuple[str, ...]
    done: str
    idle: bool = False


class Change(NamedTuple):
    """What one item of the request asks for: ``path`` is its place in the body, ``what`` its name for texts."""

    path: str
    what: str
    steps: tuple[Step, ...]
    explain: Explain | None = None


class Made(NamedTuple):
    """What became of a change: the participles of the steps that changed something, and what sacctmgr printed."""

    change: Change
    done: tuple[str, ...]
    outputs: tuple[str, ...] = ()


def make_changes(
    call: Call, changes: Sequence[Change], warnings: tuple[Notice, ...] = (), made: list[Made] | None = None
) -> list[Made]:
    """Make them all, in order. Raises the failure of the first that fails, with what became of each other one.

    ``warnings`` are the request's own, for the reply that tells the failure. A list handed in as ``made`` holds what
    was made also when one fails.
    """
    made = [] if made is None else made
    check_lengths(changes)
    for index, change in enumerate(changes):
        done: list[str] = []
        try:
            outputs = [make_step(call, change, step, done) for step in change.steps]
        except ApiError as error:
            # what Slurm refused in general (the token, the database) is told as it is
            known = (change.explain and change.explain(error)) or error
            raise describe_failure(known, made, change, done, changes[index + 1 :], warnings) from None
        made.append(Made(change, tuple(done), tuple(outputs)))
    return made


def check_lengths(changes: Sequence[Change]) -> None:
    """Raises Unprocessable naming each item that no command can hold."""
    problems = []
    for change in changes:
        try:
            for step in change.steps:
                check_argv(step.argv)
                for word in step.argv:
                    check_word(word)
        except Unusable as error:
            problems.append(Problem(f"{change.what}: {error}", error.number, error.error, change.path))
    if problems:
        raise Unprocessable("Too long for a command", problems=tuple(problems))


def make_step(call: Call, change: Change, step: Step, done: list[str]) -> str:
    """Run one step; add its participle to ``done`` when it changed something; what it printed. Raises its failure."""
    what = f"{change.what} could not be {step.done}"
    finished = run_command(Command(step.argv), call.identity, call.settings)
    outcome: Outcome = read_outcome(finished, what)
    if outcome.changed:
        done.append(step.done)
    elif not step.idle:
        raise refuse_unchanged(what, outcome)
    return finished.stdout.decode("utf-8", "replace")


def describe_failure(
    error: ApiError,
    made: Sequence[Made],
    change: Change,
    done: Sequence[str],
    rest: Sequence[Change],
    warnings: tuple[Notice, ...],
) -> ApiError:
    """``error`` with what became of every item."""
    problems = [error.problems[0]._replace(source=change.path), *error.problems[1:]]
    if done:
        first = problems[0]
        already = f"{change.what} was already {' and '.join(done)}"
        problems[0] = first._replace(description=f"{first.description} ({already})")
    problems += [Problem(f"{other.what} was not tried", source=other.path) for other in rest]
    notices = [Notice(describe_made(item), item.change.path) for item in made]
    error.problems = tuple(problems)
    error.warnings = (*warnings, *notices, *error.warnings)
    return error


def describe_made(made: Made) -> str:
    """What became of an item that did not fail, in words."""
    return f"{made.change.what} was {' and '.join(made.done)}" if made.done else f"{made.change.what} was as asked for"
