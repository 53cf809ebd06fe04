"""scancel: its options for a signal and flags, and what it says became of each job.

Law: scancel's exit status says little; only its own word that it signalled a job (--verbose) is success, and a refusal
outweighs it: without --ctld the word is said before slurmctld is asked. A signal goes to the whole job, its script and
its steps, unless a flag says otherwise: so it does with slurmrestd, while scancel alone would leave the script out.
Called by plugins.slurmctld.job_cancel and jobs_cancel.
"""

import re
from typing import Any, NamedTuple

from slurmrest_inetd.errors import Unprocessable
from slurmrest_inetd.fields.cancel_flags import CANCEL_FLAGS, CancelFlag
from slurmrest_inetd.fields.releases import is_missing
from slurmrest_inetd.model import Call, Notice
from slurmrest_inetd.slurm.command import Finished
from slurmrest_inetd.slurm.configuration import read_configuration
from slurmrest_inetd.slurm.data_parsers import UNKNOWN_RELEASE
from slurmrest_inetd.slurm.failures import clean_stderr
from slurmrest_inetd.slurm.signals import parse_signal
from slurmrest_inetd.slurm.values import Unusable

PROGRAM = "scancel"
SCANCEL = (PROGRAM, "--verbose")
# One request, as slurmrestd sends it: it may name a component of a heterogeneous job, and where a job has not begun it
# is not repeated for a minute (to the tasks that did get the signal, too). But without accounting it hangs slurmctld
# (24.11.5, 26.05.5) when the job is another user's.
ONE_REQUEST = "--ctld"
# scancel of 22.05 asks again and again, for a minute, where a job has not begun
RUNNING_ONLY = "--state=RUNNING"
NOT_BEGUN = (2020, "Job can not be altered now, try again later")
NO_ACCOUNTING = ("", "accounting_storage/none", "none")
KILL = "9"
FULL = "--full"
STEPS = "FULL_STEPS_ONLY"
# the flags that say which processes a signal is for
AIMS = ("BATCH_JOB", "FULL_JOB", STEPS)
UNKNOWN_JOB = 2017
# "Terminating job 12", "Signal 10 to full job 12_[3]"
DONE = re.compile(r"(?:Terminating|Signal [0-9]+ to) (?:[a-z]+ )*job (?P<id>[0-9][][0-9_+,:%-]*)", re.ASCII)
# what 22.05 tells of its plugins, and where no job is what is asked for
IDLE_TALK = re.compile(r"[a-z_]+/[a-z_]+: .*|No active jobs match ALL job filters, including: .*", re.ASCII)
REFUSED = re.compile(r"Kill job error on job id (?P<id>[0-9][][0-9_+,:%-]*): (?P<text>.+)", re.ASCII)


class Outcome(NamedTuple):
    """What became of ``id`` (as scancel writes it); ``code`` is 0 where it was signalled."""

    id: str
    code: int
    text: str


def read_signal(text: str) -> str | None:
    """The signal's number as a text, None where none is named. Raises Unprocessable."""
    try:
        return parse_signal(text)
    except Unusable as error:
        raise Unprocessable(str(error), number=error.number, error=error.error, source="#/signal/") from None


def find_flags(names: list[str]) -> dict[str, CancelFlag]:
    """The rows of the flags ``names``."""
    return {name: CANCEL_FLAGS[name] for name in names}


def has_accounting(call: Call) -> bool:
    """Whether slurmctld may be asked in one request: without accounting that hangs it (24.11.5, 26.05.5) when a job is
    another user's. A slurm.conf that cannot be read says no.
    """
    return read_configuration(call.settings).get("accountingstoragetype", "") not in NO_ACCOUNTING


def read_lines(finished: Finished) -> list[str]:
    """What scancel says of jobs."""
    return [line for line in clean_stderr(finished.stderr) if not IDLE_TALK.fullmatch(line)]


def list_options(flags: dict[str, CancelFlag], number: str | None, newest: int = UNKNOWN_RELEASE) -> list[str]:
    """scancel's options. Raises Unprocessable for a flag that it, or the release's (``newest``), cannot carry out."""
    for name, flag in flags.items():
        if is_missing(flag.option, newest):
            text = f"{name} cannot be carried out: {PROGRAM} of this Slurm release has no {flag.option}"
            raise Unprocessable(text, source="#/flags/")
        if flag.refused:
            raise Unprocessable(f"{name} cannot be carried out: {flag.refused}", source="#/flags/")
    if STEPS in flags and number in (None, KILL):
        raise Unprocessable(f"{STEPS} cannot be carried out: scancel ends the whole job", source="#/flags/")
    options = [flag.option for flag in flags.values() if flag.option]
    if number is None:
        return options
    aimed = any(name in flags for name in AIMS)
    return [*options, *(() if aimed else (FULL,)), f"--signal={number}"]


def note_idle(flags: dict[str, CancelFlag]) -> tuple[Notice, ...]:
    """A warning for each flag that changes nothing."""
    return tuple(Notice(f"{name} has no effect: {flag.idle}", "#/flags/") for name, flag in flags.items() if flag.idle)


def read_outcomes(lines: list[str]) -> dict[str, Outcome]:
    """What scancel's lines say of each job; a refusal stands whatever else is said of that job."""
    from slurmrest_inetd.slurm.error_texts import ERROR_TEXTS, NUMBERS_BY_TEXT
    from slurmrest_inetd.slurm.failures import find_number

    outcomes: dict[str, Outcome] = {}
    for line in lines:
        if done := DONE.fullmatch(line):
            outcomes.setdefault(done["id"], Outcome(done["id"], 0, "No error"))
        elif refused := REFUSED.fullmatch(line):
            code = find_number(refused["text"], NUMBERS_BY_TEXT) or -1
            outcomes[refused["id"]] = Outcome(refused["id"], code, ERROR_TEXTS.get(code, refused["text"]))
    return outcomes


def make_entry(id_text: str, record: int, code: int, text: str) -> dict[str, Any]:
    """One entry of ``status``, as slurmrestd writes it; ``record`` is the number of the job's record."""
    known = code != UNKNOWN_JOB
    return {
        "error": {"string": text, "code": code, "message": text if code else ""},
        "step_id": id_text,
        "job_id": {"set": known, "infinite": False, "number": record if known else 0},
        "federation": {"sibling": ""},
    }
