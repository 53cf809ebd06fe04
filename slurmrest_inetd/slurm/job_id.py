"""Job ids as clients write them: ``12``, ``12_3`` (a task of an array), ``12+1`` (a component of a heterogeneous job),
each perhaps with a step (``12.0``, ``12.batch``).

Law: text in, numbers out; what is not of this grammar is no id, and nothing else may stand in a command's argv as one.
Octal, hexadecimal, signs and spaces, which slurmrestd takes too, are refused: they are slips, not ids.
"""

import re
from typing import NamedTuple

NUMBER = r"(0|[1-9][0-9]{0,9})"
FORM = re.compile(
    rf"(?P<job>[1-9][0-9]{{0,9}})(?:_(?P<task>{NUMBER})|\+(?P<component>{NUMBER}))?"
    rf"(?:\.(?P<step>{NUMBER}(?:\+{NUMBER})?|batch|extern|interactive|tbd))?",
    re.ASCII | re.IGNORECASE,
)
# What stands above means "unset" or "infinite" in Slurm's 32 bits.
HIGHEST_NUMBER = 0xFFFFFFFC
# Slurm's own bound of a job id (26 bits; the others name the cluster of a federated job).
HIGHEST_JOB_ID = 0x03FFFFFE
HIGHEST_COMPONENT = 128


class JobId(NamedTuple):
    """``task`` is an array's index, ``component`` a heterogeneous job's offset, ``step`` the step's name."""

    job: int
    task: int | None = None
    component: int | None = None
    step: str = ""

    @property
    def possible(self) -> bool:
        """Whether Slurm could ever give this id to a job."""
        return self.job <= HIGHEST_JOB_ID

    @property
    def record(self) -> int:
        """The id of the record that holds it: components are numbered on from the first one."""
        return self.job + (self.component or 0)


def parse_job_id(text: str) -> JobId | None:
    """The id that ``text`` spells, None when it spells none."""
    match = FORM.fullmatch(text)
    if match is None:
        return None
    job, task, component = (parse_number(match[name]) for name in ("job", "task", "component"))
    if job is None or max(job, task or 0) > HIGHEST_NUMBER or (component or 0) > HIGHEST_COMPONENT:
        return None
    return JobId(job, task, component, (match["step"] or "").lower())


def format_job_id(job_id: JobId) -> str:
    """``12``, ``12_3`` or ``12+1``: the job without its step, as Slurm's commands take it."""
    if job_id.task is not None:
        return f"{job_id.job}_{job_id.task}"
    return str(job_id.job) if job_id.component is None else f"{job_id.job}+{job_id.component}"


def parse_number(digits: str | None) -> int | None:
    return None if digits is None else int(digits)
