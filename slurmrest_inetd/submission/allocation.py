"""An allocation's body, read: salloc's options for each component, the warnings.

Law: as request.py, whose readers it uses; there is no script, no environment, no argument. Called by
plugins.slurmctld.job_allocate.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from slurmrest_inetd.body.findings import Findings, note_unknown
from slurmrest_inetd.body.misfit import Misfit
from slurmrest_inetd.body.reading import refuse_body, require_dictionary, require_list
from slurmrest_inetd.fields.allocation import ALLOCATION_PROPERTIES, NO_OPTION, UNKNOWN_OPTIONS
from slurmrest_inetd.model import Notice
from slurmrest_inetd.slurm.data_parsers import UNKNOWN_RELEASE
from slurmrest_inetd.slurm.values import Unusable
from slurmrest_inetd.submission.joined import JOINERS, NO_DIRECTORY, join_directory, join_nothing, join_paths
from slurmrest_inetd.submission.options import list_options
from slurmrest_inetd.submission.owner import check_owner
from slurmrest_inetd.submission.request import (
    BAD_REQUEST,
    check_components,
    check_lengths,
    check_release,
    name_options,
    read_component,
)

ROWS = {row.name: row for row in ALLOCATION_PROPERTIES}
CARRIED = ("option", "switch", "choice", "join")
# what these ask for is the script's
OWN_JOINERS = tuple(join for join in JOINERS if join not in (join_directory, join_nothing, join_paths))
DIRECTORY_NOTE = "It has no effect: salloc names its own directory, and steps name theirs"


class Allocation(NamedTuple):
    """What there is to allocate: each component's options; whether at once or not at all."""

    components: tuple[tuple[str, ...], ...]
    immediate: bool
    warnings: tuple[Notice, ...]


def read_allocation(body: Any, version: int, user: str, newest: int = UNKNOWN_RELEASE) -> Allocation:
    """The allocation that ``body`` asks for as ``user``. Raises Unprocessable naming every field that is wrong.

    ``newest`` tells Slurm's release (slurm/data_parsers.py): what its salloc has no option for is wrong, too.
    """
    found = Findings()
    jobs = list(find_jobs(body))
    for name, value in body.items():
        if name not in ("job", "hetjob"):
            note_unknown(name, value, f"#/{name}/", "DATA_PARSER_JOB_ALLOC_REQ", found)
    paths = [path for path, _ in jobs]
    components = [read_component(job, path, version, found, ALLOCATION_PROPERTIES) for path, job in jobs]
    for path, values in zip(paths, components, strict=True):
        check_owner(values, user, found, path)
        check_directory(values, path, found)
    options = tuple(collect_options(values, path, found) for path, values in zip(paths, components, strict=True))
    fields = name_options(version)
    check_release("salloc", options, paths, fields, newest, found)
    check_components(options, paths, fields, found)
    check_lengths(list(options), paths, fields, found)
    found.settle()
    immediate = any(values.get("immediate") for values in components)
    return Allocation(options, immediate, tuple(found.notices))


def find_jobs(body: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each job description with its path. Raises Unprocessable where the body holds none, or both forms."""
    require_dictionary(body, "#/")
    given = [name for name in ("job", "hetjob") if body.get(name) is not None]
    if not given:
        refuse_body('Specifying either "job" or "hetjob" fields are required to allocate job', BAD_REQUEST, "#/job/")
    if len(given) > 1:
        refuse_body('Specify only one "job" or "hetjob" fields but never both', BAD_REQUEST, "#/hetjob/")
    if given == ["job"]:
        yield "#/job/", require_dictionary(body["job"], "#/job/")
        return
    if not require_list(body["hetjob"], "#/hetjob/"):
        refuse_body("Refusing HetJob submission without any components", BAD_REQUEST, "#/hetjob/")
    for index, job in enumerate(body["hetjob"]):
        path = f"#/hetjob[{index}]/"
        yield path, require_dictionary(job, path)


def check_directory(values: dict[str, Any], path: str, found: Findings) -> None:
    """slurmctld wants a directory; the client's own cannot be said, which is a warning."""
    place = f"{path}current_working_directory/"
    if values.get("current_working_directory"):
        found.warn(DIRECTORY_NOTE, place)
    elif all(problem.source != place for problem in found.problems):
        found.refuse(Unusable("The job needs a working directory", NO_DIRECTORY), place)


def collect_options(values: dict[str, Any], path: str, found: Findings) -> tuple[str, ...]:
    """salloc's options for one component; what does not fit is refused by name."""
    carried = {name: value for name, value in values.items() if ROWS[name].carry in CARRIED}
    try:
        if "requeue" in values:
            raise Misfit("requeue", f"It cannot be carried out: {NO_OPTION}")
        options = tuple(list_options(carried, ROWS, OWN_JOINERS))
        for option in options:
            if option.startswith(UNKNOWN_OPTIONS):
                raise Misfit("flags", f"salloc has no option {option.partition('=')[0]}")
        return options
    except Misfit as error:
        found.refuse(error, f"{path}{error.field}/")
        return ()
