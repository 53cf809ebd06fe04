"""POST job/{job_id}: a body becomes the words of `scontrol update`.

Law: everything wrong with it is found before anything is run, each with its path (``#/tasks/``). Each word is one
element of scontrol's argv, ``KEY=VALUE``: whatever stands in the value, spaces, quotes and newlines too, scontrol takes
to the element's end (measured), so no value can become a second key. A body that changes nothing is refused.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from slurmrest_inetd.body.findings import Findings, take_known
from slurmrest_inetd.body.misfit import Misfit
from slurmrest_inetd.body.properties import list_properties
from slurmrest_inetd.body.reading import read_object, require_dictionary
from slurmrest_inetd.errors import Unprocessable
from slurmrest_inetd.fields.job_update import FLAGS, REFUSED_FLAGS, UPDATE_PROPERTIES
from slurmrest_inetd.jobs.joined import JOINERS, wants_release
from slurmrest_inetd.jobs.kinds import KINDS
from slurmrest_inetd.model import Notice
from slurmrest_inetd.slurm.lengths import check_argv, check_word
from slurmrest_inetd.slurm.values import Unusable
from slurmrest_inetd.submission.kinds import list_kinds
from slurmrest_inetd.submission.request import WARNING_SINCE, name_later

PARSER = "DATA_PARSER_JOB_DESC_MSG"
BAD_REQUEST = (9000, "Query empty or not RFC7320 compliant")
ROWS = {row.name: row for row in UPDATE_PROPERTIES}
# scontrol's key, in small letters -> property, for an error's path
FIELDS = {
    row.term.partition("=")[0].lower(): row.name for row in UPDATE_PROPERTIES if row.carry not in ("none", "refused")
}
# scontrol reads a plain number of these as something else
TIMES = ("StartTime", "Deadline", "EndTime")


class Update(NamedTuple):
    """What there is to change: scontrol's words, and whether the job is to be released after them."""

    words: tuple[str, ...]
    release: bool
    warnings: tuple[Notice, ...]


def read_update(body: Any, version: int) -> Update:
    """The update that ``body`` asks for. Raises Unprocessable naming every field that is wrong."""
    require_dictionary(body, "#/")
    found = Findings()
    rows = list_properties(UPDATE_PROPERTIES, version)
    if version < WARNING_SINCE:
        body = take_known(body, rows, "#/", found)
    read = read_object(body, rows, list_kinds(KINDS, version), "#/", PARSER, found)
    values = name_later(read, rows)
    note_idle_flags(values, found)
    words: list[str] = []
    try:
        words.extend(list_words(values))
    except Misfit as error:
        found.refuse(error, f"#/{error.field}/")
    check_lengths(words, found)
    found.settle()
    release = wants_release(values)
    if not words and not release:
        number, problem = BAD_REQUEST
        text = "The body names no property of the job that this could change"
        raise Unprocessable(text, number=number, error=problem, source="#/", warnings=tuple(found.notices))
    return Update(tuple(words), release, tuple(found.notices))


def list_words(values: dict[str, Any]) -> Iterator[str]:
    """scontrol's words for ``values``, in their order, then the joined ones. Raises Misfit."""
    for name, value in values.items():
        row = ROWS[name]
        if row.carry == "key":
            yield f"{row.term}={'uts' if row.term in TIMES else ''}{value}"
        elif row.carry == "switch":
            key, _, words = row.term.partition("=")
            yield f"{key}={words.split('/')[0 if value else 1]}"
    for join in JOINERS:
        yield from join(values)


def note_idle_flags(values: dict[str, Any], found: Findings) -> None:
    """A warning for each flag of which nothing comes."""
    for flag in values.get("flags", ()):
        if flag not in FLAGS and flag not in REFUSED_FLAGS:
            found.warn(f"{flag} has no effect on an update", "#/flags/")


def check_lengths(words: list[str], found: Findings) -> None:
    """Refuse what no command could be given: a word too long, or all of them together."""
    for word in words:
        try:
            check_word(word)
        except Unusable as error:
            found.refuse(error, f"#/{find_field(word)}/")
    try:
        check_argv(words)
    except Unusable as error:
        found.refuse(error, "#/")


def find_field(word: str) -> str:
    """The property that a word ``KEY=VALUE`` was made of."""
    return FIELDS.get(word.partition("=")[0].lower(), "")
