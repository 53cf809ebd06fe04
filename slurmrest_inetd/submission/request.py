"""A submission's body, read: the components' values, the script, its arguments, the environment, the warnings.

Law: everything wrong with it is found before anything is run, each with its path (``#/job/tasks/``). A property that
this API version does not have is a warning, as with slurmrestd; a value of another JSON type than the API's is taken
where it can mean one thing only, with a warning. Called by plugins.slurmctld.job_submit.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from slurmrest_inetd.body.findings import Findings, note_unknown, take_known
from slurmrest_inetd.body.misfit import Misfit
from slurmrest_inetd.body.properties import Property, list_properties
from slurmrest_inetd.body.reading import read_object, refuse_body, require_dictionary, require_list
from slurmrest_inetd.fields.job_description import JOB_PROPERTIES, SHARED_OPTIONS
from slurmrest_inetd.fields.job_flags import JOB_FLAGS, LIMITS, REFUSED_FLAGS, WARN_FLAGS
from slurmrest_inetd.fields.releases import is_missing
from slurmrest_inetd.model import Notice
from slurmrest_inetd.slurm.data_parsers import NEWEST_WITHOUT, UNKNOWN_RELEASE
from slurmrest_inetd.slurm.lengths import check_argv, check_word
from slurmrest_inetd.slurm.script import check_script, disarm_script
from slurmrest_inetd.slurm.values import INFINITE, Unusable, parse_text
from slurmrest_inetd.submission.joined import NEEDS
from slurmrest_inetd.submission.kinds import KINDS, list_kinds
from slurmrest_inetd.submission.options import list_options
from slurmrest_inetd.submission.owner import check_owner

BAD_REQUEST = (9000, "Query empty or not RFC7320 compliant")
NO_SCRIPT = (2009, "Job script not specified")
NO_ENVIRONMENT = (2127, "Environment is missing in job")
NO_OPTION = (2036, "Requested operation not supported on this system")
# Before it, slurmrestd refused a property that it did not know, and had no warnings to tell of it.
WARNING_SINCE = 40
# sbatch sets these in the job's environment, whatever was asked for
OWN_VARIABLES = ("SLURM_SUBMIT_HOST", "SLURM_PRIO_PROCESS")
# RLIM_INFINITY
UNLIMITED = 0xFFFFFFFFFFFFFFFF


class Submission(NamedTuple):
    """What there is to submit: each component's options, and what the components share."""

    components: tuple[tuple[str, ...], ...]
    script: bytes
    arguments: tuple[str, ...]
    environment: bytes
    warnings: tuple[Notice, ...]


def read_submission(body: Any, version: int, user: str, newest: int = UNKNOWN_RELEASE) -> Submission:
    """The submission that ``body`` asks for as ``user``. Raises Unprocessable naming every field that is wrong.

    ``newest`` tells Slurm's release (slurm/data_parsers.py): what its sbatch has no option for is wrong, too.
    """
    found = Findings()
    jobs = list(find_jobs(body))
    for name, value in body.items():
        if name not in ("script", "job", "jobs"):
            note_unknown(name, value, f"#/{name}/", "DATA_PARSER_JOB_SUBMIT_REQ", found)
    components = [read_component(job, path, version, found) for path, job in jobs]
    path, first = jobs[0][0], components[0]
    script = read_script(body, first, path, found)
    for (place, _), values in zip(jobs, components, strict=True):
        check_owner(values, user, found, place)
        check_shared(values, first, place, found)
    environment = format_environment(first, path, found)
    options = tuple(collect_options(values, place, found) for (place, _), values in zip(jobs, components, strict=True))
    places, fields = [place for place, _ in jobs], name_options(version)
    check_release("sbatch", options, places, fields, newest, found)
    check_components(options, places, fields, found)
    note_own_variables(first, path, found)
    arguments = tuple(first.get("argv", ()))
    check_arguments(arguments, path, found)
    check_lengths([*options, arguments], [*places, f"{path}argv/"], fields, found)
    if newest <= NEWEST_WITHOUT:
        from slurmrest_inetd.submission.carriage import check_carriage

        check_carriage(environment, f"{path}environment/", found)
    found.settle()
    return Submission(options, disarm_script(script), arguments, environment, tuple(found.notices))


def find_jobs(body: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each job description with its path. Raises Unprocessable where the body holds none, or both forms."""
    require_dictionary(body, "#/")
    given = [name for name in ("job", "jobs") if body.get(name) is not None]
    if not given:
        if not body.get("script"):
            refuse_body('Populated "script" field is required for job submission', BAD_REQUEST, "#/script/")
        refuse_body('Specifying either "job" or "jobs" fields are required to submit job', BAD_REQUEST, "#/job/")
    if len(given) > 1:
        refuse_body('Specify only one "job" or "jobs" fields but never both', BAD_REQUEST, "#/jobs/")
    if given == ["jobs"] and not require_list(body["jobs"], "#/jobs/"):
        refuse_body("Refusing HetJob submission without any components", BAD_REQUEST, "#/jobs/")
    pairs = (
        [("#/job/", body["job"])] if given == ["job"] else [(f"#/jobs[{i}]/", j) for i, j in enumerate(body["jobs"])]
    )
    for path, job in pairs:
        yield path, require_dictionary(job, path)


def read_component(
    job: dict[str, Any], path: str, version: int, found: Findings, table: tuple[Property, ...] = JOB_PROPERTIES
) -> dict[str, Any]:
    """The values of one job description, by property; what is null, unset or unusable is not in it."""
    rows = list_properties(table, version)
    if version < WARNING_SINCE:
        job = take_known(job, rows, path, found)
    values = read_object(job, rows, list_kinds(KINDS, version), path, "DATA_PARSER_JOB_DESC_MSG", found)
    note_idle(values, path, found)
    return name_later(values, rows)


def name_later(values: dict[str, Any], rows: dict[str, Property]) -> dict[str, Any]:
    """The values as a later version has them: what has become a flag is one; what asks for nothing is left out."""
    flags = [rows[name].term for name in values if rows[name].carry == "flag"]
    kept = {name: value for name, value in values.items() if rows[name].carry not in ("flag", "none")}
    return {**kept, "flags": [*kept.get("flags", ()), *flags]} if flags else kept


def note_idle(values: dict[str, Any], path: str, found: Findings) -> None:
    """Warnings for what means nothing as it stands."""
    for name, need in NEEDS.items():
        if values.get(name) and not values.get(need):
            found.warn(f"It has no effect on the job without {need}", f"{path}{name}/")
    for name, words in (("flags", JOB_FLAGS), ("kill_warning_flags", WARN_FLAGS)):
        for flag in values.get(name, ()):
            if words[flag] is None and flag not in REFUSED_FLAGS:
                found.warn(f"{flag} has no effect on a submission", f"{path}{name}/")
    if values.get("power_flags"):
        found.warn("It has no effect on the job: Slurm knows no such flag", f"{path}power_flags/")


def read_script(body: dict[str, Any], first: dict[str, Any], path: str, found: Findings) -> bytes:
    """The script's bytes, the body's own before the first component's."""
    place = "#/script/" if body.get("script") else f"{path}script/"
    try:
        text = parse_text(body["script"]) if body.get("script") else first.get("script", "")
        if text:
            return check_script(text)
        problem = NO_SCRIPT if path.startswith("#/jobs") else BAD_REQUEST
        found.refuse(Unusable('Populated "script" field is required for job submission', problem), place)
    except Unusable as error:
        found.refuse(error, place)
    return b""


def check_shared(values: dict[str, Any], first: dict[str, Any], path: str, found: Findings) -> None:
    """The script of a heterogeneous job runs once, in its first component, with that one's environment and limits."""
    for name in ("environment", "argv", "rlimits", "script"):
        if name in values and values[name] != first.get(name, values[name] if name == "script" else None):
            text = f"The components of a heterogeneous job share one {name}: the first one's"
            found.refuse(Unusable(text), f"{path}{name}/")


def format_environment(first: dict[str, Any], path: str, found: Findings) -> bytes:
    """The job's environment as --export-file takes it: the entries, and the limits, each ended by NUL."""
    entries = list(first.get("environment", ()))
    place = f"{path}environment/"
    if not entries and all(problem.source != place for problem in found.problems):
        found.refuse(Unusable("The job needs an environment: one variable at least", NO_ENVIRONMENT), place)
    if not any(entry.startswith("SLURM_SUBMIT_DIR=") for entry in entries):
        # else sbatch's own directory, where the job's scripts would go
        entries.append(f"SLURM_SUBMIT_DIR={first.get('current_working_directory', '')}")
    for name, limit in first.get("rlimits", {}).items():
        entries.append(f"SLURM_RLIMIT_{LIMITS[name]}={UNLIMITED if limit is INFINITE else limit}")
    return "".join(entry + "\0" for entry in entries).encode()


def name_options(version: int) -> dict[str, str]:
    """Option -> the property that it carries in this API version, for an error's path."""
    rows = list_properties(JOB_PROPERTIES, version).values()
    return {word: row.name for row in rows if row.carry != "refused" for word in row.term.split("/") if word}


def check_release(
    program: str,
    components: tuple[tuple[str, ...], ...],
    paths: list[str],
    fields: dict[str, str],
    newest: int,
    found: Findings,
) -> None:
    """Refuse what ``program`` of this release has no option for, which may be the value of one."""
    for path, options in zip(paths, components, strict=True):
        for word in options:
            if is_missing(word, newest):
                text = f"{program} of this Slurm release has no {word.partition('=')[0]}, or no such value of it"
                found.refuse(Unusable(text, NO_OPTION), f"{path}{find_field(word, fields)}/")


def find_field(word: str, fields: dict[str, str]) -> str:
    """The property that ``--OPTION=VALUE`` carries."""
    return "flags" if word in JOB_FLAGS.values() else fields.get(word.partition("=")[0][2:], "flags")


def check_components(
    components: tuple[tuple[str, ...], ...], paths: list[str], fields: dict[str, str], found: Findings
) -> None:
    """Refuse what sbatch would give to a component that did not ask for it: each must have it, or none."""
    names = [{option.partition("=")[0][2:] for option in options} & SHARED_OPTIONS for options in components]
    for path, own in zip(paths, names, strict=True):
        missing = sorted(set().union(*names) - own)
        if missing:
            text = f"sbatch would give this component another one's --{missing[0]}: give each component its own"
            found.refuse(Unusable(text), f"{path}{fields.get(missing[0], 'flags')}/")


def check_arguments(arguments: tuple[str, ...], path: str, found: Findings) -> None:
    """Refuse what would not reach the script as it is."""
    if ":" in arguments:
        found.refuse(Unusable("sbatch drops an argument that is a colon only"), f"{path}argv/")


def check_lengths(lists: list[tuple[str, ...]], paths: list[str], fields: dict[str, str], found: Findings) -> None:
    """Refuse what no command could be given: a word too long, or all of them together."""
    for path, words in zip(paths, lists, strict=True):
        for word in words:
            option = word.partition("=")[0][2:] if word.startswith("--") else ""
            field = f"{fields[option]}/" if option in fields and not path.endswith("argv/") else ""
            try:
                check_word(word)
            except Unusable as error:
                found.refuse(error, f"{path}{field}")
    try:
        check_argv([word for words in lists for word in words])
    except Unusable as error:
        found.refuse(error, "#/")


def note_own_variables(first: dict[str, Any], path: str, found: Findings) -> None:
    """Warn of what the job will not see as it was asked for: sbatch sets these itself."""
    for entry in first.get("environment", ()):
        name = entry.partition("=")[0]
        if name in OWN_VARIABLES:
            found.warn(f"sbatch sets {name} itself", f"{path}environment/")


def collect_options(values: dict[str, Any], path: str, found: Findings) -> tuple[str, ...]:
    try:
        return tuple(list_options(values))
    except Misfit as error:
        found.refuse(error, f"{path}{error.field}/")
        return ()
