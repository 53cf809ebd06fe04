"""What scontrol says became of each job or task, read from its stderr.

Law: text in, records out. scontrol is silent of a plain job that went well; where one of several failed, and of
arrays, it has a line for each. The ids in those lines are ours or slurmctld's, the texts slurm_strerror()'s: nothing in
them is anybody's to choose.
"""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from slurmrest_inetd.jobs.targets import Target
from slurmrest_inetd.slurm.command import Finished
from slurmrest_inetd.slurm.failures import find_number

NO_ERROR = "No error"
# "12_[1,3]: Job is pending execution" (26.05), "12_1,3: ..." (24.11)
TASK_LINE = re.compile(r"(?P<id>[0-9]+(?:_[][0-9,:%-]+)?): (?P<text>.+)", re.ASCII)
# "Invalid job id specified for job 12"
JOB_LINE = re.compile(r"(?P<text>.+) for job (?P<id>[0-9][][0-9_+,:%-]*)", re.ASCII)


class Result(NamedTuple):
    """What became of ``id`` (as scontrol writes it); ``number`` is 0 where it went well."""

    id: str
    number: int
    text: str

    @property
    def job(self) -> int:
        """The number that the id begins with."""
        return int(re.match(r"[0-9]+", self.id)[0])  # type: ignore[index]  # both patterns begin with a digit


def read_results(finished: Finished) -> list[Result]:
    """Every line of stderr that tells of one job or task."""
    return list(parse_lines(finished.stderr.decode("utf-8", "replace").splitlines()))


def parse_lines(lines: list[str]) -> Iterator[Result]:
    """A result for each line that has the form of one."""
    if lines:
        from slurmrest_inetd.slurm.error_texts import ERROR_TEXTS, NUMBERS_BY_TEXT
    for line in lines:
        match = TASK_LINE.fullmatch(line.strip()) or JOB_LINE.fullmatch(line.strip())
        if match:
            number = 0 if match["text"] == NO_ERROR else find_number(match["text"], NUMBERS_BY_TEXT) or -1
            yield Result(match["id"], number, ERROR_TEXTS.get(number, match["text"]) if number > 0 else match["text"])


def tells_of(result: Result, target: Target) -> bool:
    """Whether the result is about the target, or about tasks that the target's is one of."""
    if result.job != target.job or target.task is None:
        return result.job == target.job
    ranges = result.id.partition("_")[2].partition("%")[0].strip("[]").split(",")
    bounds = [[int(number) for number in word.partition(":")[0].split("-") if number] for word in ranges]
    return any(pair and pair[0] <= target.task <= pair[-1] for pair in bounds)


def make_entry(result: Result) -> dict[str, Any]:
    """One entry as slurmrestd writes it."""
    return {
        "job_id": result.job,
        "step_id": result.id,
        "error": result.text,
        "error_code": result.number,
        "why": "",
    }
