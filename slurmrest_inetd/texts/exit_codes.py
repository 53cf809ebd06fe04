"""The exit codes of jobs that failed: sacct's JSON of 22.05 has each exit status as 0, its text has them all.

Law: the text that is asked for holds numbers and names that only an administrator chose. Called by accounted_jobs.py.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from slurmrest_inetd.texts.asking import Ask

# Which record of a job it is: its cluster, its id, and when it was submitted (a job that is requeued is so again).
Key = tuple[str, str, str]
Codes = dict[str, tuple[str, str]]
FORMAT = "--format=Cluster,JobIDRaw,Submit,ExitCode,DerivedExitCode"
UNIX_SECONDS = ("SLURM_TIME_FORMAT", "%s")
# What ended in another way, or has not ended, has no exit status.
WITHOUT = ("PENDING", "RUNNING", "SUSPENDED", "COMPLETED")


def mend_exit_codes(ask: Ask, jobs: list[dict[str, Any]]) -> None:
    """Put the exit statuses into ``jobs`` where one may have any."""
    if not any(state not in WITHOUT for state in list_states(jobs)) and "--allocations" not in ask.argv:
        return
    asking = ask._replace(environment=(*ask.environment, UNIX_SECONDS))
    lines = asking.print_text(ask.argv[0], "--noheader", "--parsable2", FORMAT, *ask.argv[1:]).splitlines()
    records = read_records(lines)
    for job in jobs:
        number = str(job["job_id"])
        codes = records.get((job["cluster"], number, str(job["time"]["submission"])), {})
        mend(job, "exit_code", codes.get(number, ("", ""))[0])
        mend(job, "derived_exit_code", codes.get(number, ("", ""))[1])
        for step in job["steps"]:
            mend(step, "exit_code", codes.get(f"{number}.{step['step']['id']}", ("", ""))[0])


def list_states(jobs: Iterable[dict[str, Any]]) -> Iterator[str]:
    """The states of the jobs and their steps."""
    for job in jobs:
        yield job["state"]["current"]
        for step in job["steps"]:
            yield step["state"]


def read_records(lines: Iterable[str]) -> dict[Key, Codes]:
    """Of each record the codes of the job and its steps, by their ids (``7``, ``7.batch``)."""
    records: dict[Key, Codes] = {}
    codes: Codes = {}
    for line in lines:
        cluster, name, submitted, code, derived = line.split("|")
        if "." not in name:
            codes = records.setdefault((cluster, name, submitted), {})
        codes[name] = (code, derived)
    return records


def mend(entry: dict[str, Any], member: str, code: str) -> None:
    """The entry's exit code, where ``code`` (``3:0``) is the status of something that ended by itself."""
    status, _, signal = code.partition(":")
    if signal == "0" and status.isdecimal() and status != "0":
        entry[member] = {"status": "ERROR", "return_code": int(status)}
