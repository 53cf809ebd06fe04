"""GET jobs/state: only the states of jobs, `squeue --only-job-state`.

Law: each id is of the grammar of slurm/job_id.py before it stands in the argv's one ``--jobs=`` word. squeue fails here
without saying why: another command is asked.
"""

from slurmrest_inetd.errors import ApiError
from slurmrest_inetd.model import Answer, Call, Notice, Passage
from slurmrest_inetd.passthrough import answer_document, describe_request, pass_document, read_document
from slurmrest_inetd.query import INVALID_QUERY, Parameter, parse_query, refuse_value
from slurmrest_inetd.slurm.job_id import JobId, format_job_id, parse_job_id
from slurmrest_inetd.slurm.silence import explain_silence
from slurmrest_inetd.state.job_lookup import STEP_NOTE

PARAMETERS = (Parameter("job_id", "csv"),)


def get_jobs_state(call: Call) -> Answer | Passage:
    """The states of the jobs with the ids that were asked for, else of all; unknown ids have none.

    Raises Unprocessable (query), what squeue failed of.
    """
    query = parse_query(call, PARAMETERS)
    job_ids = parse_job_ids(call, query.values["job_id"]) if "job_id" in query.values else ()
    warnings = query.warnings
    if any(job_id.step for job_id in job_ids):
        warnings += (Notice(STEP_NOTE, "#/job_id/"),)
    argv = ("squeue", "--only-job-state")

    def explain(lines: list[str]) -> ApiError | None:
        return explain_silence(lines, call.identity, call.settings, describe_request(call))

    plain = [format_job_id(job_id) for job_id in job_ids if job_id.component is None]
    components = {f"{job_id.record}+{job_id.component}" for job_id in job_ids if job_id.component is not None}
    if not components:
        return pass_document(call, (*argv, *format_ids(plain)), warnings=warnings, explain=explain)
    # by the number of its own record, which may be no component of that job at all
    records = sorted(text.partition("+")[0] for text in components)
    document = read_document(call, (*argv, *format_ids(records)), explain=explain)
    states = [entry for entry in document.payload["jobs"] if entry["job_id"] in components]
    if plain:
        states = [*read_document(call, (*argv, *format_ids(plain)), explain=explain).payload["jobs"], *states]
    return answer_document(document._replace(payload={"jobs": states}), warnings=warnings)


def parse_job_ids(call: Call, texts: list[str]) -> tuple[JobId, ...]:
    """The ids that a query's list holds. Raises Unprocessable when one is none, or there is none."""
    job_ids = []
    for text in texts:
        job_id = parse_job_id(text)
        if job_id is None or not job_id.possible:
            raise refuse_value(call, "job_id", f'"{text}" is no job id')
        job_ids.append(job_id)
    if not job_ids:
        raise refuse_value(call, "job_id", "Expected a job id", INVALID_QUERY)
    return tuple(job_ids)


def format_ids(ids: list[str]) -> tuple[str, ...]:
    """The word of the argv that asks for ``ids``; none asks for all."""
    return (f"--jobs={','.join(ids)}",) if ids else ()
