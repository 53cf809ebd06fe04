"""The jobs of the accounting database: sacct prints these as JSON, all records of each, without their scripts.

Law: pure but for what it asks. Called through sources.py.
"""

from typing import Any

from slurmrest_inetd.errors import NotImplementedHere
from slurmrest_inetd.texts.asking import Ask
from slurmrest_inetd.texts.columns import Column, read_rows
from slurmrest_inetd.texts.exit_codes import mend_exit_codes

SCRIPTS = "--batch-script"
EVERY_RECORD = "--duplicates"
FIRST_WITH_NAMES = 40
RESERVATION_COLUMNS = (Column("ID"), Column("Name", 64, free=True))


def build_accounted_jobs(ask: Ask) -> dict[str, Any]:
    """``sacct --json``, with the options that were asked for. Raises NotImplementedHere for scripts."""
    if SCRIPTS in ask.argv:
        raise NotImplementedHere("This release of Slurm does not print a job's script as JSON", source="sacct")
    jobs: list[dict[str, Any]] = ask.print_json(ask.argv[0], "--json", *ask.argv[1:])["jobs"]
    if EVERY_RECORD not in ask.argv:
        jobs = keep_last(jobs)
    mend_exit_codes(ask, jobs)
    name_reservations(ask, jobs)
    return {"jobs": jobs}


def keep_last(jobs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The last record of each job."""
    kept: dict[tuple[str, int], dict[str, Any]] = {}
    for job in jobs:
        key = (job["cluster"], job["job_id"])
        kept.pop(key, None)
        kept[key] = job
    return [*kept.values()]


def name_reservations(ask: Ask, jobs: list[dict[str, Any]]) -> None:
    """Put the names of their reservations into jobs, where the client's API version has any: sacct prints the ids."""
    if ask.call.version < FIRST_WITH_NAMES or not any(job["reservation"]["id"] for job in jobs):
        return
    rows = read_rows(ask, "reservation", (), RESERVATION_COLUMNS)
    names = {row["ID"]: row["Name"] for row in rows}
    for job in jobs:
        job["reservation"]["name"] = names.get(str(job["reservation"]["id"]), "")
