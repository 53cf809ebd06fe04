"""Which jobs a request is about: ``12``, ``12_3``, ``12+1`` and, of an array, several tasks at once: ``12_[1,3-5]``.

Law: text in, a word out that scontrol and scancel take as it is and as nothing else; what is not of this grammar never
reaches a command. A step is no target: slurmrestd would take the whole job for it.
"""

import re
from typing import NamedTuple

from slurmrest_inetd.errors import NotFound, Unprocessable
from slurmrest_inetd.model import Call
from slurmrest_inetd.slurm.job_id import HIGHEST_JOB_ID, JobId, format_job_id, parse_job_id
from slurmrest_inetd.slurm.values import Unusable, show_value

INVALID_JOB_ID = (2017, "Invalid job id specified")
INVALID_QUERY = (9000, "Query empty or not RFC7320 compliant")
LONGEST_TASK_LIST = 1024
TASKS = re.compile(r"(?P<job>[1-9][0-9]{0,9})_\[[0-9]{1,10}(?:[-,:][0-9]{1,10})*\]", re.ASCII)


class Target(NamedTuple):
    """``word`` is what Slurm's commands are given; ``job`` is the array's, the heterogeneous or the plain job's id."""

    word: str
    job: int
    task: int | None = None
    component: int | None = None

    @property
    def record(self) -> int:
        """The id of the record: components are numbered on from the first one."""
        return self.job + (self.component or 0)


def parse_target(text: str) -> Target:
    """The target that ``text`` spells. Raises Unusable."""
    job_id = parse_job_id(text)
    if job_id is not None and job_id.step:
        raise Unusable(f"{show_value(text)} is a step: only jobs and tasks of arrays can be named", INVALID_JOB_ID)
    if job_id is not None:
        return make_target(job_id)
    match = TASKS.fullmatch(text) if len(text) <= LONGEST_TASK_LIST else None
    if match is None:
        raise Unusable(f"{show_value(text)} is no job id", INVALID_JOB_ID)
    return Target(text, int(match["job"]))


def make_target(job_id: JobId) -> Target:
    """The target that a job id without a step names."""
    return Target(format_job_id(job_id), job_id.job, job_id.task, job_id.component)


def require_target(call: Call) -> Target:
    """The target in the path. Raises Unprocessable when it is none, NotFound when Slurm never gives such a number."""
    source = call.endpoint.operation
    try:
        target = parse_target(call.values["job_id"])
    except Unusable as error:
        number, text = INVALID_QUERY
        description = f"Rejecting request. Failure parsing parameters: {error}"
        raise Unprocessable(description, number=number, error=text, source=source) from None
    if target.job > HIGHEST_JOB_ID:
        number, text = INVALID_JOB_ID
        raise NotFound(f"Invalid JobID={target.job} rejected", number=number, error=text, source=source)
    return target
