"""GET resources/{job_id}: which cores, memory and gres of which nodes a running job has, `scontrol show resources`.

Law: scontrol goes by the number of one record: a task's or a component's is looked up first. It prints an empty list
with status 0 when it is refused; what it was refused for is then asked of squeue. From v0.0.44 on; where scontrol is
of an earlier release, it is made of the job's record.
"""

from typing import Any

from slurmrest_inetd.errors import ApiError, Conflict, Forbidden, NotFound
from slurmrest_inetd.model import Answer, Call, Notice, Passage
from slurmrest_inetd.passthrough import Document, answer_document, pass_document, read_document
from slurmrest_inetd.query import parse_query
from slurmrest_inetd.slurm.data_parsers import find_newest, prints_documents
from slurmrest_inetd.slurm.failures import find_error
from slurmrest_inetd.slurm.job_id import JobId, format_job_id
from slurmrest_inetd.state.job_lookup import INVALID_JOB_ID, read_component, require_job_id
from slurmrest_inetd.state.resource_layout import Shape, build_layout

NOT_RUNNING = (2085, "Job is not running")
INVALID_USER = (2010, "Invalid user id")


def get_resources(call: Call) -> Answer | Passage:
    """The layout of a job's resources, a node an entry.

    Raises NotFound, Unprocessable (job id), Conflict (it does not run), Forbidden, what scontrol failed of.
    """
    job_id = require_job_id(call)
    query = parse_query(call, ())
    if find_newest(call.settings, "scontrol") < call.endpoint.since:
        return make_layout(call, job_id, query.warnings)
    is_part = job_id.task is not None or job_id.component is not None
    number = find_record(read_jobs(call, job_id).payload["jobs"], job_id) if is_part else job_id.job
    return pass_document(
        call,
        ("scontrol", "show", "resources", "--", str(number)),
        warnings=query.warnings,
        empty=b"nodes",
        refuse_empty=lambda: find_reason(call, job_id, number),
    )


def find_record(jobs: list[dict[str, Any]], job_id: JobId) -> int:
    """The number of the record among ``jobs`` that holds what was asked for. Raises NotFound, Conflict."""
    if job_id.task is None:
        return job_id.record
    for job in jobs:
        if job["array_task_id"]["set"] and job["array_task_id"]["number"] == job_id.task:
            number: int = job["job_id"]
            return number
    # tasks that have not begun share one record
    if any(job["array_task_string"] for job in jobs):
        raise refuse(Conflict, NOT_RUNNING, job_id)
    raise refuse(NotFound, INVALID_JOB_ID, job_id)


def find_reason(call: Call, job_id: JobId, number: int) -> ApiError:
    """Why there are no resources to be shown. Raises NotFound, what squeue failed of."""
    for job in read_jobs(call, job_id).payload["jobs"]:
        if job["job_id"] == number and "RUNNING" in job["job_state"]:
            return refuse(Forbidden, INVALID_USER, job_id)
    return refuse(Conflict, NOT_RUNNING, job_id)


def make_layout(call: Call, job_id: JobId, warnings: tuple[Notice, ...]) -> Answer:
    """The layout, of the job's record. Raises NotFound, Conflict, what squeue failed of."""
    document = read_jobs(call, job_id)
    number = find_record(document.payload["jobs"], job_id)
    job = next((job for job in document.payload["jobs"] if job["job_id"] == number), None)
    if job is None or "RUNNING" not in job["job_state"] or not job["job_resources"]:
        raise refuse(Conflict, NOT_RUNNING, job_id)
    shapes = {} if prints_documents(call.settings, "scontrol") else read_shapes(call)
    return answer_document(document._replace(payload={"nodes": build_layout(job, shapes)}), warnings=warnings)


def read_shapes(call: Call) -> dict[str, Shape]:
    """Of each node: a record of 22.05 lists only those cores that the job has."""
    nodes = read_document(call, ("scontrol", "show", "nodes")).payload["nodes"]
    return {node["name"]: Shape(node["sockets"], node["cores"]) for node in nodes}


def read_jobs(call: Call, job_id: JobId) -> Document:
    """The records of the job. Raises NotFound when there are none, what squeue failed of."""

    def explain(lines: list[str]) -> ApiError | None:
        return refuse(NotFound, INVALID_JOB_ID, job_id) if find_error(lines)[0] == INVALID_JOB_ID[0] else None

    argv = ("squeue", "--all", "--states=all", f"--jobs={job_id.record}")
    if job_id.component is None:
        document: Document | None = read_document(call, argv, explain=explain)
    else:
        document = read_component(call, argv, job_id, explain)
    if document is None or not document.payload["jobs"]:
        raise refuse(NotFound, INVALID_JOB_ID, job_id)
    return document


def refuse(kind: type[ApiError], reason: tuple[int, str], job_id: JobId) -> ApiError:
    """The refusal in slurmrestd's words."""
    number, error = reason
    description = f"Unable to query JobId={format_job_id(job_id)}"
    return kind(description, number=number, error=error, source="scontrol", payload={"nodes": []})
