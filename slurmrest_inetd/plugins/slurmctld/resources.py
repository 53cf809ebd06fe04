"""GET resources/{job_id}: which cores, memory and gres of which nodes a running job has, `scontrol show resources`.

Law: scontrol prints an empty list with status 0 when it is refused; what it was refused for is then asked of squeue.
From v0.0.44 on.
"""

from slurmrest_inetd.errors import ApiError, Conflict, Forbidden, NotFound
from slurmrest_inetd.model import Call, Passage
from slurmrest_inetd.passthrough import pass_document, read_document
from slurmrest_inetd.query import parse_query
from slurmrest_inetd.slurm.failures import find_error
from slurmrest_inetd.slurm.job_id import JobId, format_job_id
from slurmrest_inetd.state.job_lookup import INVALID_JOB_ID, read_component, require_job_id

NOT_RUNNING = (2085, "Job is not running")
INVALID_USER = (2010, "Invalid user id")
# Jobs in these states have resources: who is not shown them may not see them.
HOLDING = {"RUNNING", "SUSPENDED", "COMPLETING", "STOPPED"}


def get_resources(call: Call) -> Passage:
    """The layout of a job's resources, a node an entry.

    Raises NotFound, Unprocessable (job id), Conflict (it does not run), Forbidden, what scontrol failed of.
    """
    job_id = require_job_id(call)
    query = parse_query(call, ())
    if job_id.component is not None and list_states(call, job_id) is None:
        raise refuse(NotFound, INVALID_JOB_ID, job_id)
    argv = ("scontrol", "show", "resources", "--", format_job_id(job_id))
    return pass_document(
        call,
        argv,
        warnings=query.warnings,
        empty=b"nodes",
        refuse_empty=lambda: find_reason(call, job_id),
    )


def find_reason(call: Call, job_id: JobId) -> ApiError:
    """Why there are no resources to be shown. Raises what squeue failed of."""
    states = list_states(call, job_id)
    if states is None:
        return refuse(NotFound, INVALID_JOB_ID, job_id)
    return refuse(Forbidden, INVALID_USER, job_id) if states & HOLDING else refuse(Conflict, NOT_RUNNING, job_id)


def list_states(call: Call, job_id: JobId) -> set[str] | None:
    """The states of the job's records, None when there are none. Raises what squeue failed of."""

    def explain(lines: list[str]) -> ApiError | None:
        return refuse(NotFound, INVALID_JOB_ID, job_id) if find_error(lines)[0] == INVALID_JOB_ID[0] else None

    argv = ("squeue", "--all", "--states=all", f"--jobs={job_id.record}")
    if job_id.component is None:
        jobs = read_document(call, argv, explain=explain).payload["jobs"]
    else:
        document = read_component(call, argv, job_id, explain)
        jobs = document.payload["jobs"] if document else []
    if job_id.task is not None:
        jobs = [job for job in jobs if is_task(job["array_task_id"], job_id.task)] or jobs
    return {state for job in jobs for state in job["job_state"]} if jobs else None


def is_task(array_task_id: dict[str, object], task: int) -> bool:
    return bool(array_task_id["set"]) and array_task_id["number"] == task


def refuse(kind: type[ApiError], reason: tuple[int, str], job_id: JobId) -> ApiError:
    """The refusal in slurmrestd's words."""
    number, error = reason
    description = f"Unable to query JobId={format_job_id(job_id)}"
    return kind(description, number=number, error=error, source="scontrol", payload={"nodes": []})
