"""What sacct's text tells and its JSON does not, on 22.05: which jobs meet every option, and exit statuses.

The JSON has the jobs of all users, however they were scheduled, whatever their time limit; and each exit status as 0.
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
# The options that the JSON does not heed, and the one that leaves out steps, whose states tell whether to look.
UNHEEDED = ("--user=", "--flags=", "--timelimit-min=", "--timelimit-max=")
WITHOUT_STEPS = "--allocations"


def compare_records(ask: Ask, jobs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Of ``jobs`` those that meet every option, with their exit statuses."""
    is_chosen = any(word.startswith(UNHEEDED) for word in ask.argv)
    may_have_failed = WITHOUT_STEPS in ask.argv or any(state not in WITHOUT for state in list_states(jobs))
    if not jobs or not (is_chosen or may_have_failed):
        return jobs
    asking = ask._replace(environment=(*ask.environment, UNIX_SECONDS))
    lines = asking.print_text(ask.argv[0], "--noheader", "--parsable2", FORMAT, *ask.argv[1:]).splitlines()
    records = read_records(lines)
    for job in jobs:
        mend_exit_codes(job, records.get(find_key(job), {}))
    return [job for job in jobs if find_key(job) in records] if is_chosen else jobs


def find_key(job: dict[str, Any]) -> Key:
    """Which record a job of the JSON is."""
    return job["cluster"], str(job["job_id"]), str(job["time"]["submission"])


def mend_exit_codes(job: dict[str, Any], codes: Codes) -> None:
    """Put the exit statuses of ``codes`` into a job and its steps."""
    number = str(job["job_id"])
    code, derived = codes.get(number, ("", ""))
    mend(job, "exit_code", code)
    mend(job, "derived_exit_code", derived)
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
