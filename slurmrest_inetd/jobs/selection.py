"""Bodies that name jobs: DELETE jobs/ and POST jobs/requeue.

Law: everything wrong with a body is found before anything is run. No list of jobs and no filter ever means all jobs:
what is empty is refused, and so is a filter that could match more than was meant (an empty text).
"""

from typing import Any, NamedTuple

from slurmrest_inetd.body.findings import Findings, describe_type
from slurmrest_inetd.body.kinds import Kind, flags
from slurmrest_inetd.body.properties import list_properties
from slurmrest_inetd.body.reading import read_object, require_dictionary
from slurmrest_inetd.fields.cancel_flags import CANCEL_FLAGS
from slurmrest_inetd.fields.job_selection import KILL_PROPERTIES, REQUEUE_FLAGS, REQUEUE_PROPERTIES, STATES
from slurmrest_inetd.jobs.kinds import parse_hosts
from slurmrest_inetd.jobs.targets import Target, parse_target
from slurmrest_inetd.model import Notice
from slurmrest_inetd.slurm.lengths import check_argv
from slurmrest_inetd.slurm.signals import parse_signal
from slurmrest_inetd.slurm.values import INVALID_DATA, Unusable, name_types, parse_text, parse_texts, show_value

NO_TARGET = (2173, "Invalid signal jobs request, at least one job id or filter is required.")
NO_JOBS = (2017, "Invalid job id specified")
KILL_PARSER = "DATA_PARSER_KILL_JOBS_MSG"
REQUEUE_PARSER = "DATA_PARSER_OPENAPI_JOBS_REQUEUE_QUERY"
LONGEST_FILTER_BYTES = 4096


class Selection(NamedTuple):
    """The jobs that are named, the filters as scancel's options, the signal's number, the flags."""

    targets: tuple[Target, ...]
    filters: tuple[str, ...]
    signal: str | None
    flags: tuple[str, ...]
    warnings: tuple[Notice, ...]


def parse_filter(value: Any) -> str:
    """A text to match jobs by. Raises Unusable for an empty one, and for control characters: scancel repeats it."""
    text = parse_text(value)
    if not text.strip():
        raise Unusable("An empty text is no filter", INVALID_DATA)
    if not text.isprintable() or len(text.encode()) > LONGEST_FILTER_BYTES:
        raise Unusable("It is no name: a filter is one line of text", INVALID_DATA)
    return text


def parse_host_filter(value: Any) -> str:
    """Names of nodes with commas between them. Raises Unusable for none."""
    return parse_filter(parse_hosts(value) or "")


def parse_state(value: Any) -> str:
    """The one state that jobs are in. Raises Unusable."""
    words = [word.upper() for word in (parse_texts(value) if isinstance(value, list) else [parse_text(value)])]
    if len(words) != 1 or words[0] not in STATES:
        raise Unusable(f"scancel can go by one of {', '.join(STATES)}, not by {show_value(value)}", INVALID_DATA)
    return words[0]


def parse_jobs(value: Any) -> list[Any]:
    """A list that is not empty; its members are read one by one. Raises Unusable."""
    if not isinstance(value, list):
        raise Unusable(f"Unexpected type {name_types(value)[1]} when expecting a list")
    if not value:
        raise Unusable("An empty list of jobs means no job, never all of them", NO_JOBS)
    return value


# fmt: off
KINDS: dict[str, Kind] = {
    "filter":         Kind(parse_filter,                                 "string"),
    "hosts":          Kind(parse_host_filter,                            "array"),
    "state":          Kind(parse_state),
    "jobs":           Kind(parse_jobs,                                   "array"),
    "signal":         Kind(parse_signal,                                 "string"),
    "warn_flags":     Kind(flags(CANCEL_FLAGS)),
    "requeue_flags":  Kind(flags(dict.fromkeys(REQUEUE_FLAGS))),
}
# fmt: on


def read_kill(body: Any, version: int) -> Selection:
    """What DELETE jobs/ asks for. Raises Unprocessable naming every field that is wrong."""
    found = Findings()
    rows = list_properties(KILL_PROPERTIES, version)
    values = read_object(require_dictionary(body, "#/"), rows, KINDS, "#/", KILL_PARSER, found)
    if {"user_id", "user_name"} <= set(values) and values["user_id"] != values["user_name"]:
        found.refuse(Unusable("scancel goes by one user: give user_id or user_name"), "#/user_id/")
    filters = dict.fromkeys(
        f"--{row.term}={values[name]}" for name, row in rows.items() if row.carry == "filter" and name in values
    )
    targets = read_targets(values, found)
    if not filters and not targets and not found.problems:
        found.refuse(Unusable("At least one job or filter is required", NO_TARGET), "#/jobs/")
    return make_selection(values, targets, tuple(filters), found)


def read_requeue(body: Any, version: int) -> Selection:
    """What POST jobs/requeue asks for. Raises Unprocessable naming every field that is wrong."""
    found = Findings()
    rows = list_properties(REQUEUE_PROPERTIES, version)
    values = read_object(require_dictionary(body, "#/"), rows, KINDS, "#/", REQUEUE_PARSER, found)
    targets = read_targets(values, found)
    if not targets and not found.problems:
        found.refuse(Unusable("Query missing JobIds", NO_JOBS), "#/jobs/")
    return make_selection(values, targets, (), found)


def make_selection(
    values: dict[str, Any], targets: tuple[Target, ...], filters: tuple[str, ...], found: Findings
) -> Selection:
    """The selection, once nothing is wrong with it. Raises Unprocessable."""
    try:
        check_argv([target.word for target in targets])
    except Unusable as error:
        found.refuse(error, "#/jobs/")
    found.settle()
    return Selection(targets, filters, values.get("signal"), tuple(values.get("flags", ())), tuple(found.notices))


def read_targets(values: dict[str, Any], found: Findings) -> tuple[Target, ...]:
    """Each job that is named, once, in order."""
    targets: dict[Target, None] = {}
    for index, value in enumerate(values.get("jobs", ())):
        place = f"#/jobs[{index}]/"
        try:
            targets[parse_target(parse_text(value))] = None
        except Unusable as error:
            found.refuse(error, place)
            continue
        if not isinstance(value, str):
            found.warn(describe_type("string", value), place)
    return tuple(targets)
