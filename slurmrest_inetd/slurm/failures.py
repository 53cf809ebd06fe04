"""What a command's failure means: exit status, stderr and the JSON ``errors`` read together (DESIGN.md, law 3).

Law: text in, exception out. The texts are what Slurm's own slurm_strerror() says on 22.05, 24.11 and 26.05
(slurm/error_texts.py); a text that is not among them is an error without a number, never a guess.
Called by passthrough.py and the plugins.
"""

from typing import NoReturn

from slurmrest_inetd.errors import REMEDIES, ApiError, InternalFault, NotFound, Unauthenticated, refuse_slurm
from slurmrest_inetd.model import Problem
from slurmrest_inetd.slurm.command import Finished

# "Zero Bytes were transmitted or received", and scontrol's "Unexpected message received" of a job: all that 22.05 says
# of a token that it refuses
HUNG_UP = (5005, 1000)
UNKNOWN_VERSION = "unable to find plugin: data_parser/"
# what commands say without slurm_strerror's own text -> Slurm's number for it
# fmt: off
PHRASES: tuple[tuple[str, int], ...] = (
    ("Unable to contact slurm controller",               1800),
    ("Unable to contact slurm database",                 7000),
    ("Problem talking to the database",                  7000),
    ("Sending PersistInit msg: ",                        7000),
    ("Connection refused",                               1001),
    ("You are not running a supported accounting_storage plugin", 2036),
    ("Your user/uid does not have permissions",          2002),
    ("Access/permission denied",                         2002),
    ("Your user doesn't have privilege to perform this action", 2002),
    ("Only admins/operators/coordinators can ",          2002),
    ("aren't associated with new default account",       2045),
    ("aren't associated with new default wckey",         2057),
)
# fmt: on


def raise_failure(finished: Finished, what: str) -> NoReturn:
    """Raise what ``finished`` failed of. ``what`` says what was being asked, for the description."""
    raise read_failure(finished, what)


def read_failure(finished: Finished, what: str) -> ApiError:
    """The exception for a command that failed: Slurm's number and text where its stderr holds one, else its last
    line.
    """
    program = finished.argv[0]
    lines = clean_stderr(finished.stderr)
    if any(UNKNOWN_VERSION in line for line in lines):
        return NotFound("This Slurm release does not speak the API version that was asked for", source=program)
    number, error = find_error(lines)
    if number:
        return refuse_result(finished, number, error, what)
    if finished.status < 0:
        return InternalFault(f"{what}: {program} was ended by signal {-finished.status}", source=program)
    detail = lines[-1] if lines else f"{program} ended with status {finished.status} and said nothing"
    return refuse_slurm(0, detail, f"{what}: {detail}", program)


def refuse_result(finished: Finished, number: int, error: str, what: str) -> ApiError:
    """The exception for Slurm's ``number`` and its text, which ``finished`` told of all that was asked, or of a job."""
    if number in HUNG_UP and is_early(finished):
        return refuse_token(number, error, what, finished.argv[0])
    return refuse_slurm(number, error, f"{what}: {error}", finished.argv[0])


def is_early(finished: Finished) -> bool:
    """Whether the command is one of 22.05."""
    from slurmrest_inetd.slurm.data_parsers import prints_text

    return prints_text(finished.path)


def refuse_token(number: int, error: str, what: str, program: str) -> Unauthenticated:
    """401, for what the controller of 22.05 does: it hangs up."""
    description = f"{what}: the controller hung up without a word, as this release does: {REMEDIES[1007]}"
    return Unauthenticated(description, number=number, error=error, source=program)


def fail_with(problems: tuple[Problem, ...], finished: Finished, what: str) -> NoReturn:
    """Raise for the ``errors`` of the document that a command printed, in Slurm's own words.

    A document's first error with a number decides; one that only says "something failed" leaves the word to stderr.
    """
    telling = next((problem for problem in problems if problem.error_number > 0), None)
    if telling is None:
        raise_failure(finished, what)
    error = refuse_slurm(
        telling.error_number, telling.error, telling.description or f"{what}: {telling.error}", telling.source
    )
    error.problems = problems
    raise error


def clean_stderr(stderr: bytes) -> list[str]:
    """The lines of a command's stderr, without the ``squeue: error:`` before them, always printable."""
    lines = []
    for raw in stderr.decode("utf-8", "replace").splitlines():
        line = raw.strip()
        program, colon, rest = line.partition(": ")
        if colon and program.isalpha():
            line = rest.removeprefix("error: ").removeprefix("fatal: ").strip()
        if line:
            lines.append("".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in line))
    return lines


def find_error(lines: list[str]) -> tuple[int, str]:
    """Slurm's error number and its text, from the last line that ends with one; (0, "") when none does."""
    from slurmrest_inetd.slurm.error_texts import ERROR_TEXTS, NUMBERS_BY_TEXT

    for line in reversed(lines):
        number = find_number(line, NUMBERS_BY_TEXT)
        if number:
            return number, ERROR_TEXTS.get(number, line)
    for line in reversed(lines):
        for phrase, number in PHRASES:
            if phrase in line:
                return number, ERROR_TEXTS[number]
    return 0, ""


def find_number(line: str, numbers: dict[str, int]) -> int:
    """The number of the error text that ``line`` is or ends with after a colon, else 0."""
    rest = line
    while rest:
        number = numbers.get(rest.rstrip("."))
        if number:
            return number
        # `slurm_load_ctl_conf error:Protocol ...` has no space
        rest = rest.partition(":")[2].lstrip()
    return 0
