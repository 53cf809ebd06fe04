"""The path value ``job_id``: what it names, and what there is of it.

Law: a step or an array's task in an id shows the whole job, as slurmrestd does, with its warnings. ``12+1`` is the
component 1 of the heterogeneous job 12 and nothing else: slurmrestd adds the numbers and shows job 13, whosesoever.
Called by the plugins of slurmctld.
"""

from collections.abc import Iterator
from typing import Any

from slurmrest_inetd.errors import NotFound, Unprocessable
from slurmrest_inetd.model import Call, Notice
from slurmrest_inetd.passthrough import Document, Explain, read_document
from slurmrest_inetd.slurm.job_id import JobId, parse_job_id

INVALID_JOB_ID = (2017, "Invalid job id specified")
INVALID_QUERY = (9000, "Query empty or not RFC7320 compliant")
ARRAY_NOTE = "Job array Ids are not currently supported for job searches. Showing all jobs in array instead."
STEP_NOTE = "Job steps are not supported for job searches. Showing whole job instead."
# a heterogeneous job's number, and which of its jobs this is
PLACE = ("het_job_id", "het_job_offset")


def require_job_id(call: Call) -> JobId:
    """The id in the path. Raises Unprocessable when it is none, NotFound when Slurm never gives such a number."""
    text = call.values["job_id"]
    job_id = parse_job_id(text)
    source = call.endpoint.operation
    if job_id is None:
        number, error = INVALID_QUERY
        description = f'Rejecting request. Failure parsing parameters: "{text}" is no job id'
        raise Unprocessable(description, number=number, error=error, source=source)
    if not job_id.possible:
        number, error = INVALID_JOB_ID
        raise NotFound(f"Invalid JobID={job_id.job} rejected", number=number, error=error, source=source)
    return job_id


def note_broader(job_id: JobId) -> Iterator[Notice]:
    """A warning for each part of the id that the answer does not go by."""
    if job_id.task is not None:
        yield Notice(ARRAY_NOTE, "#/job_id/")
    if job_id.step:
        yield Notice(STEP_NOTE, "#/job_id/")


def read_component(call: Call, argv: tuple[str, ...], job_id: JobId, explain: Explain | None = None) -> Document | None:
    """The document of the job that ``job_id`` names by its place in a heterogeneous one, None when it is not that.

    ``argv`` asks squeue for ``job_id.record``; for component 0 it shows every component, as for the job's plain id.
    Raises what squeue failed of.
    """
    document = read_document(call, argv, explain=explain)
    places = (tuple(read_number(job[name]) for name in PLACE) for job in document.payload["jobs"])
    return document if (job_id.job, job_id.component) in places else None


def read_number(value: Any) -> Any:
    """A number as v0.0.40 has it, or as versions before do."""
    return value["number"] if isinstance(value, dict) else value
