"""What a request changes of jobs that accounting keeps -> sacctmgr's terms.

Law: JSON in, terms out, or problems with their paths. An exit code is a return code of 0 to 255 and a signal, as
wait(2) tells them apart; slurmrestd writes a return code as a signal. Called by plugins.slurmdbd.job_changes.
"""

from collections.abc import Callable
from typing import Any

from slurmrest_inetd.accounting.limits import Limit, name_unknown, parse_tres
from slurmrest_inetd.body.findings import Findings
from slurmrest_inetd.body.kinds import KINDS as COMMON
from slurmrest_inetd.body.kinds import Kind, flags, optional
from slurmrest_inetd.body.properties import list_properties
from slurmrest_inetd.body.trees import read_tree
from slurmrest_inetd.fields.job_record import EXIT_CODE_PROPERTIES, EXIT_STATES, JOB_RECORD_PROPERTIES, LAST
from slurmrest_inetd.slurm.sacctmgr import check_name, check_text, format_term, format_tres
from slurmrest_inetd.slurm.sacctmgr_terms import require_term
from slurmrest_inetd.slurm.signals import parse_signal
from slurmrest_inetd.slurm.values import INVALID_DATA, Infinite, Unusable, parse_number, parse_text, show_value

PARSER = "DATA_PARSER_JOB_MODIFY"
HIGHEST_RETURN_CODE = 0xFF
HIGHEST_SIGNAL = 64
CORE_DUMP = 0x80


def parse_exit_code(value: Any) -> int | None:
    """An exit code as wait(2) has it: ``{return_code, signal, status}``, or a return code alone; None where it says
    nothing. Raises Unusable, also for members that contradict each other.
    """
    if not isinstance(value, dict):
        return parse_number(value, 0, HIGHEST_RETURN_CODE) << 8
    found = Findings()
    values = read_tree(value, list_properties(EXIT_CODE_PROPERTIES, LAST), EXIT_KINDS, "", "", found)
    if found.problems or found.notices:
        text = found.problems[0].description if found.problems else found.notices[0].description
        raise Unusable(text, INVALID_DATA)
    return join_exit_code(values)


def join_exit_code(values: dict[str, Any]) -> int | None:
    """The members' values as one number. Raises Unusable."""
    states, code = values.get("status", []), values.get("return_code")
    signals = {number for number in (values.get("signal/id"), values.get("signal/name")) if number}
    if len(signals) > 1:
        raise Unusable("signal/id and signal/name are two signals", INVALID_DATA)
    if any(isinstance(one, Infinite) for one in (code, *signals)):
        raise Unusable("An exit code cannot be infinite", INVALID_DATA)
    number = signals.pop() if signals else 0
    if not code and not number:
        if set(states) - {"SUCCESS"}:
            raise Unusable(f"{states[0]} does not say which return code or signal", INVALID_DATA)
        return 0 if states or code == 0 else None
    for state in states:
        check_state(state, int(code or 0), int(number))
    return (int(code or 0) << 8) | int(number) | (CORE_DUMP if "CORE_DUMPED" in states else 0)


def check_state(state: str, code: int, number: int) -> None:
    """Raises Unusable for a name of an end that is not this one's."""
    fits = {"ERROR": code > 0, "SIGNALED": number > 0, "CORE_DUMPED": number > 0}.get(state, False)
    if not fits:
        why = EXIT_STATES[state] or f"its return code is {code}, its signal {number}"
        raise Unusable(f"{state} cannot be had: {why}", INVALID_DATA)


def parse_signal_number(value: Any) -> int | None:
    """A signal's number from its name; None for none. Raises Unusable."""
    number = parse_signal(value)
    return int(number) if number else None


def format_amounts(counts: dict[str, Limit]) -> str:
    """Amounts of TRES; every one is a number. Raises Unusable."""
    for name, count in counts.items():
        if isinstance(count, Infinite):
            raise Unusable(f"No job has {show_value(name)} without end", INVALID_DATA)
    return format_tres(counts)


def format_wckey(text: str) -> str:
    """A wckey, or "" for none. Raises Unusable."""
    return check_name(text, folds=False) if text else ""


# fmt: off
EXIT_KINDS: dict[str, Kind] = COMMON | {
    "exit_status":  Kind(flags(EXIT_STATES)),
    "exit_number":  Kind(optional(HIGHEST_RETURN_CODE)),
    "exit_signal":  Kind(optional(HIGHEST_SIGNAL)),
    "signal":       Kind(parse_signal_number),
}
KINDS: dict[str, Kind] = COMMON | {
    "exit_code":    Kind(parse_exit_code),
    "tres":         Kind(parse_tres, "array"),
    "wckey":        Kind(parse_text, "string"),
}
FORMS: dict[str, Callable[[Any], str]] = {
    "text":         check_text,
    "exit_code":    str,
    "tres":         format_amounts,
    "wckey":        format_wckey,
}
# fmt: on


def read_record(given: dict[str, Any], path: str, version: int, found: Findings) -> dict[str, Any]:
    """The values of what is to be changed, by their properties' places."""
    return read_tree(given, list_properties(JOB_RECORD_PROPERTIES, version), KINDS, path, PARSER, found)


def list_terms(values: dict[str, Any], newest: int, path: str, found: Findings) -> list[str]:
    """sacctmgr's terms for them, of a release whose newest version is v0.0.``newest``."""
    terms = []
    for row in JOB_RECORD_PROPERTIES:
        if row.name in values:
            try:
                require_term("job", row.term, newest)
                terms.append(format_term(row.term, FORMS[row.kind](values[row.name])))
            except Unusable as error:
                found.refuse(error, f"{path}{row.name}/")
    return terms


def find_unknown_tres(values: dict[str, Any], known: frozenset[str]) -> str:
    """The TRES that accounting does not know; slurmdbd 26.05.5 ends when it is told of one through slurmrestd."""
    return name_unknown(values.get("tres/allocated", {}), known)


def format_job_ids(ids: list[str]) -> str:
    """``JobID=3,4_1``: the ids were read by their grammar."""
    return format_term("JobID", ",".join(ids))
