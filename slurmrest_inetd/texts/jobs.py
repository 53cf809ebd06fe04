"""The controller's jobs: ``squeue --json``, which prints every job there is, whatever else it is asked.

Law: pure but for what it asks; all of them are passed on as they are printed (listing.py). Called through sources.py.
"""

from typing import Any

from slurmrest_inetd.slurm.command import Finished
from slurmrest_inetd.texts.asking import Ask
from slurmrest_inetd.texts.listing import pick_entries

ONE = "--jobs="
SQUEUE = ("squeue", "--json")
# by any of them a record is one of the job's
IDS = ("job_id", "array_job_id", "het_job_id")
UNKNOWN = b"slurm_load_jobs error: Invalid job id specified"
Job = dict[str, Any]


def build_jobs(ask: Ask) -> dict[str, Any]:
    """The jobs of one id. Raises as for squeue's own refusal where there is none of it."""
    wanted = next(int(word.removeprefix(ONE)) for word in ask.argv if word.startswith(ONE))
    jobs = pick_entries(ask, SQUEUE, lambda job: wanted in (job[name] for name in IDS))
    if not jobs:
        ask.judge(Finished(ask.argv, 1, b"", UNKNOWN))  # what squeue says without --json
    return {"jobs": sort_records(jobs, wanted)}


def sort_records(jobs: list[Job], job_id: int) -> list[Job]:
    """The job's own record, then the other tasks of the array or components of the job that it leads."""
    own = [job for job in jobs if job["job_id"] == job_id]
    tasks = [job for job in jobs if job["array_job_id"] == job_id and job["job_id"] != job_id]
    components = [job for job in jobs if job["het_job_id"] == job_id and job["job_id"] != job_id]
    # slurmrestd has the newest task first
    return [*own, *reversed(tasks), *components]
