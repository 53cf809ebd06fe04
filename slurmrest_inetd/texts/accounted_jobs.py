"""The jobs of the accounting database: sacct prints these as JSON, all records of each, without their scripts.

Law: pure but for what it asks. Called through sources.py.
"""

from typing import Any

from slurmrest_inetd.envelope import parse_json
from slurmrest_inetd.errors import InternalFault, NotImplementedHere, refuse_slurm
from slurmrest_inetd.model import Notice
from slurmrest_inetd.slurm.conditions import format_condition, is_plain
from slurmrest_inetd.texts.asking import Ask
from slurmrest_inetd.texts.columns import Column, read_rows
from slurmrest_inetd.texts.conditions import DELETED
from slurmrest_inetd.texts.sacct_records import compare_records

SCRIPTS = "--batch-script"
EVERY_RECORD = "--duplicates"
FIRST_WITH_NAMES = 40
NOTHING_FOUND = 9003
# A job's last member.
LAST_MEMBER = "working_directory"
# So many jobs are named in a warning.
SHOWN = 100
LISTED = ("--noheader", "--parsable2", "--allocations", "--format=Cluster,JobIDRaw")
QOS_COLUMNS = (Column("Name", 64),)
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
    """All records that sacct can print. At a job whose QOS slurmdbd has forgotten it ends, with the document well
    formed; then it is asked again for the jobs of those that are known, and the others are told of in a warning.
    """
    jobs = print_jobs(ask)
    if not is_cut(jobs):
        return jobs
    lines = ask.print_text(ask.argv[0], *LISTED, *ask.argv[1:]).splitlines()
    names = [row["Name"] for row in read_rows(ask, "qos", (DELETED,), QOS_COLUMNS)]
    jobs = print_jobs(ask, format_condition("--qos", filter(is_plain, names)))
    if is_cut(jobs):
        raise InternalFault(f"sacct cannot print job {jobs[-1].get('job_id')} as JSON", source="sacct")
    told = {f"{job['cluster']}|{job['job_id']}" for job in jobs}
    untold = [line.partition("|")[2] for line in lines if line not in told]
    more = f" and {len(untold) - SHOWN} more" if len(untold) > SHOWN else ""
    words = f"Slurm no longer knows their QOS, and its sacct cannot print these jobs: {', '.join(untold[:SHOWN])}{more}"
    if not jobs:
        raise NotImplementedHere(words, source="sacct")
    ask.notices.append(Notice(words, "sacct"))
    return jobs


def is_cut(jobs: list[dict[str, Any]]) -> bool:
    """Whether sacct ended within a job."""
    return bool(jobs) and LAST_MEMBER not in jobs[-1]


def print_jobs(ask: Ask, *more: str) -> list[dict[str, Any]]:
    """What sacct prints, with ``more`` options. It exits with 0 whatever happened, and calls it an error that it found
    nothing.
    """
    document = parse_json(ask.run(ask.argv[0], "--json", *ask.argv[1:], *more))
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
