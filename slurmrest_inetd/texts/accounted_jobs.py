"""The jobs of the accounting database: sacct prints these as JSON, all records of each, without their scripts.

Law: pure but for what it asks. Called through sources.py.
"""

from typing import Any

from slurmrest_inetd.envelope import parse_json
from slurmrest_inetd.errors import NotImplementedHere, refuse_slurm
from slurmrest_inetd.texts.asking import Ask
from slurmrest_inetd.texts.columns import Column, read_rows
from slurmrest_inetd.texts.sacct_records import compare_records

SCRIPTS = "--batch-script"
EVERY_RECORD = "--duplicates"
FIRST_WITH_NAMES = 40
NOTHING_FOUND = 9003
RESERVATION_COLUMNS = (Column("ID"), Column("Name", 64, free=True))


def build_accounted_jobs(ask: Ask) -> dict[str, Any]:
    """``sacct --json``, with the options that were asked for. Raises what it failed of, NotImplementedHere for
    scripts.
    """
    if SCRIPTS in ask.argv:
        raise NotImplementedHere("This release of Slurm does not print a job's script as JSON", source="sacct")
    jobs = read_jobs(ask)
    if EVERY_RECORD not in ask.argv:
        jobs = keep_last(jobs)
    jobs = compare_records(ask, jobs)
    name_reservations(ask, jobs)
    return {"jobs": jobs}


def read_jobs(ask: Ask) -> list[dict[str, Any]]:
    """All records. sacct exits with 0 whatever happened, and calls it an error that it found none."""
    document = parse_json(ask.run(ask.argv[0], "--json", *ask.argv[1:]))
    for problem in document["errors"]:
        number, error = problem.get("error_number", 0), problem.get("error", "")
        if number != NOTHING_FOUND:
            raise refuse_slurm(number, error, f"{ask.call.endpoint.operation}: {error}", ask.argv[0])
    jobs: list[dict[str, Any]] = document["jobs"]
    return jobs


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
