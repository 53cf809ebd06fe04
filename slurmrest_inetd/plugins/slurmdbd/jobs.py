"""GET job/{job_id} and jobs of the accounting database: ``sacct``.

Without any query slurmrestd lists today's jobs of all clusters, each once and cut to the day; with one, those of this
cluster, all records of each, uncut. So do these. sacct orders by submission, and adds up the steps' CPU times into
their job's; slurmrestd orders by id and leaves them 0. That stays as sacct has it (docs/facts/reads-slurmdbd.md).
Law: see accounting/listing.py. Called through routing.py.
"""

from typing import Any

from slurmrest_inetd.accounting.job_conditions import build_job_conditions, is_step, note_unset_times
from slurmrest_inetd.accounting.listing import Conditions, Listing, answer_list, pass_list, pass_one, read_list
from slurmrest_inetd.errors import ApiError
from slurmrest_inetd.fields.job_filters import JOBS, REFUSALS
from slurmrest_inetd.model import Answer, Call, Notice, Passage
from slurmrest_inetd.passthrough import Explain
from slurmrest_inetd.query import parse_query, refuse_value
from slurmrest_inetd.slurm.conditions import format_condition

SACCT = ("sacct", "--allusers")
LISTING = Listing(
    "jobs", "Job", Notice("slurmdb_jobs_get() found nothing", "_dump_jobs"), 2017, "Invalid job id specified"
)


def get_job(call: Call) -> Answer | Passage:
    """All records of one job, or of one array task, heterogeneous component or step. Raises NotFound, Unprocessable."""
    query = parse_query(call, ())
    job_id = call.values["job_id"]
    if not is_step(job_id):
        raise refuse_value(call, "job_id", f'Expected a job or a step of one (7, 7_1, 7+0, 7.batch) but got "{job_id}"')
    conditions = Conditions(("--duplicates", "--local", format_condition("--jobs", [job_id])))
    return pass_one(
        call, SACCT, LISTING, conditions, warnings=query.warnings, explain=explain(call, {"step": "job_id"})
    )


def get_jobs(call: Call) -> Answer | Passage:
    """The jobs that meet the query. Raises Unprocessable."""
    query = parse_query(call, JOBS)
    conditions = build_job_conditions(call, query)
    warnings = (*query.warnings, *note_unset_times(query))
    if query.values.get("show_batch_script"):
        return answer_scripts(call, conditions, warnings)
    return pass_list(call, SACCT, LISTING, conditions, warnings=warnings, explain=explain(call, {}))


def answer_scripts(call: Call, conditions: Conditions, warnings: tuple[Notice, ...]) -> Answer:
    """The jobs with their scripts: sacct prints these without the steps, so it is asked twice."""
    argv = (*SACCT, *conditions.words)
    document = read_list(call, argv, LISTING, conditions, explain=explain(call, {}))
    with_scripts = read_list(call, (*argv, "--batch-script"), LISTING, conditions, explain=explain(call, {}))
    scripts = {identify_record(job): job["script"] for job in with_scripts.payload["jobs"]}
    for job in document.payload["jobs"]:
        job["script"] = scripts.get(identify_record(job), "")
    return answer_list(document, LISTING, warnings)


def identify_record(job: dict[str, Any]) -> tuple[Any, ...]:
    """What tells a job's records apart: a job that was requeued has several."""
    times = job["time"]
    return job["cluster"], job["job_id"], times["submission"], times["eligible"], times["start"]


def explain(call: Call, names: dict[str, str]) -> Explain:
    """What sacct says of a value, as the refusal of the parameter that had it; ``names`` are other names for some."""

    def read_lines(lines: list[str]) -> ApiError | None:
        for line in lines:
            for phrase, name, number, error in REFUSALS:
                if line.startswith(phrase):
                    return refuse_value(call, names.get(name, name), line.partition(". Valid")[0], (number, error))
        return None

    return read_lines
