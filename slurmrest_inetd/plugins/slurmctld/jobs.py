"""GET jobs, job/{job_id}: `squeue --states=all`.

Law: squeue, not `scontrol show jobs`: the document is the same, but scontrol prints an empty one with status 0 where
the controller refused it or did not answer. A job's id is checked before it stands in an argv.
"""

from collections.abc import Mapping
from typing import Any

from slurmrest_inetd.errors import ApiError, NotFound
from slurmrest_inetd.fields.show_flags import FLAGS
from slurmrest_inetd.model import Answer, Call, Change, Notice, Passage
from slurmrest_inetd.passthrough import Explain, answer_document
from slurmrest_inetd.query import parse_query
from slurmrest_inetd.slurm.failures import find_error
from slurmrest_inetd.slurm.job_id import JobId, format_job_id
from slurmrest_inetd.state.freshness import UNCHANGED, UPDATE_TIME, is_unchanged
from slurmrest_inetd.state.job_lookup import INVALID_JOB_ID, note_broader, read_component, require_job_id
from slurmrest_inetd.state.showing import choose_flags, list_options, pass_entries, tell_nothing

PARAMETERS = (UPDATE_TIME, FLAGS)
ONE_PARAMETERS = (UPDATE_TIME._replace(since=40), FLAGS)
SHOWN = ("ALL", "DETAIL")
# Members that slurmrestd leaves empty without the flag DETAIL; v0.0.40 has no null for an object.
NO_DETAIL: Mapping[str, Any] = {"gres_detail": [], "job_resources": None}
NO_DETAIL_40: Mapping[str, Any] = {"gres_detail": [], "job_resources": {}}


def get_jobs(call: Call) -> Answer | Passage:
    """Every job that the controller still knows. Raises Unprocessable (query), what squeue failed of."""
    query = parse_query(call, PARAMETERS)
    flags = choose_flags(call, query.values, SHOWN)
    options = list_options("squeue", flags)
    if not {"--sibling", "--federation"} & set(options):
        # whatever FederationParameters say: slurmrestd lists its own cluster's
        options = (*(option for option in options if option != "--local"), "--local")
    argv = ("squeue", *options, "--states=all")
    if is_unchanged(call, argv, query.values):
        return UNCHANGED
    return pass_entries(call, argv, "jobs", reduce_job(call, flags), warnings=query.warnings)


def get_job(call: Call) -> Answer | Passage:
    """One job: an array's every record, a heterogeneous job's every component.

    Raises NotFound, Unprocessable (job id, query), what squeue failed of.
    """
    job_id = require_job_id(call)
    query = parse_query(call, ONE_PARAMETERS)
    flags = choose_flags(call, query.values, SHOWN)
    change = reduce_job(call, flags)
    warnings = (*query.warnings, *note_broader(job_id))
    argv = ("squeue", *list_options("squeue", flags), "--states=all", f"--jobs={job_id.record}")
    explain = explain_unknown(call, job_id, warnings)
    answer: Answer | Passage
    if job_id.component is None:
        answer = pass_entries(call, argv, "jobs", change, warnings=warnings, explain=explain)
    else:
        document = read_component(call, argv, job_id, explain)
        if document is None:
            raise refuse_unknown(call, job_id, warnings)
        if change:
            for job in document.payload["jobs"]:
                change(job)
        answer = answer_document(document, warnings=warnings)
    return UNCHANGED if is_unchanged(call, argv, query.values) else answer


def reduce_job(call: Call, flags: tuple[str, ...]) -> Change | None:
    """What slurmrestd leaves out of a job when ``flags`` do not ask for it; None when they do."""
    if "DETAIL" in flags:
        return None
    empty = NO_DETAIL_40 if call.version == 40 else NO_DETAIL
    return lambda job: job.update(empty)


def explain_unknown(call: Call, job_id: JobId, warnings: tuple[Notice, ...]) -> Explain:
    """Reads "Invalid job id specified" in squeue's stderr as 404 for this very job."""

    def explain(lines: list[str]) -> ApiError | None:
        return refuse_unknown(call, job_id, warnings) if find_error(lines)[0] == INVALID_JOB_ID[0] else None

    return explain


def refuse_unknown(call: Call, job_id: JobId, warnings: tuple[Notice, ...]) -> NotFound:
    """404, with the members that slurmrestd answers for a job that it does not find."""
    number, error = INVALID_JOB_ID
    return NotFound(
        f"Unable to query JobId={format_job_id(job_id)}",
        number=number,
        error=error,
        source="squeue",
        payload=tell_nothing(call, "jobs", "last_backfill", "last_update"),
        warnings=warnings,
    )
