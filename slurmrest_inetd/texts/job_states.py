"""The states of jobs, and nothing else of them: squeue prints each array's task in a line of its own.

Law: the columns hold numbers and Slurm's own words. Called through sources.py.
"""

from typing import Any, NamedTuple

from slurmrest_inetd.errors import InternalFault
from slurmrest_inetd.texts.asking import Ask

ONE = "--jobs="
# the record's own number, what squeue calls the job (12, 12_3, 12+1), its state
COLUMNS = "%A|%i|%T"


class Line(NamedTuple):
    """One task or component or job; ``name`` is what jobs/state calls it, ``leader`` the array or heterogeneous job."""

    record: int
    leader: int
    name: str
    state: str


def build_job_states(ask: Ask) -> dict[str, Any]:
    """The state of every job, or of those of the ids that were asked for; an unknown id has none."""
    printed = ask.print_text(
        "squeue", "--all", "--local", "--states=all", "--array", "--noheader", f"--format={COLUMNS}"
    )
    lines = sorted((parse_line(line) for line in printed.splitlines()), key=lambda line: line.record)
    wanted = [word for argument in ask.argv if argument.startswith(ONE) for word in argument[len(ONE) :].split(",")]
    return {
        "jobs": [
            {"job_id": line.name, "state": [line.state]}
            for line in lines
            if not wanted or any(is_meant(line, word) for word in wanted)
        ]
    }


def parse_line(text: str) -> Line:
    """``19|18+1|RUNNING``: the component 1 of job 18, which jobs/state calls 19+1. Raises InternalFault."""
    number, _, rest = text.partition("|")
    name, _, state = rest.partition("|")
    leader = name.partition("+")[0].partition("_")[0]
    if not (number.isdecimal() and leader.isdecimal() and state.isupper()):
        raise InternalFault("squeue printed other columns than it was asked for", source="squeue")
    component = name.partition("+")[2]
    return Line(int(number), int(leader), f"{number}+{component}" if component else name, state)


def is_meant(line: Line, word: str) -> bool:
    """Whether an id (``12``, ``12_3``) is of this line's job: its own, its array's, that of the job it is part of."""
    return word == line.name or word in (str(line.record), str(line.leader))
