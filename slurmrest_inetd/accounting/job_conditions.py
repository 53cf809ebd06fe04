"""The query of the accounting database's jobs as sacct's options, and what no option can say as a filter of ours.

Law: see listing.py; what can be said neither way is refused by name. Called by plugins/slurmdbd/jobs.py.
"""

import re
from collections.abc import Iterable
from typing import Any

from slurmrest_inetd.accounting.listing import Conditions, Keep, build_conditions, match_member
from slurmrest_inetd.accounting.qos_names import name_qos
from slurmrest_inetd.fields.job_filters import JOBS, MODES, ORIGINS, RANGES
from slurmrest_inetd.model import LAST_EARLY, Call, Notice
from slurmrest_inetd.query import Query, refuse_value
from slurmrest_inetd.slurm.conditions import format_condition, is_plain

# job, array task or heterogeneous component, step; or a SLUID (26.05)
STEP = re.compile(
    r"(?:[1-9][0-9]{0,9}(?:_[0-9]{1,10}|\+[0-9]{1,10})?|s[0-9A-Z]{1,20})(?:\.(?:[0-9]{1,10}|batch|extern|interactive))?"
)
# 24.11's sacct takes an id from here on for no condition at all
JOB_ID_LIMIT = 0xFFFFFFFD
UNKNOWN_USER = (2166, "Unable to resolve user ID to user name")
UNKNOWN_GROUP = (2164, "Unable to resolve group ID to group name")
# for sacct these are all clusters
EVERY_CLUSTER = ("all", "-1")
BY_SUBMISSION = (
    "Jobs cannot be chosen by their time of submission: sacct chooses by the time they could run or ran; "
    "use start_time and end_time"
)
RESERVATION_UNNAMED = (
    "Jobs cannot be chosen by reservation in this API version, whose jobs do not name theirs: v0.0.40 and later can"
)


def build_job_conditions(call: Call, query: Query) -> Conditions:
    """The options and filters that ``query`` makes. Raises Unprocessable for what cannot be said."""
    values = {**query.values}
    check_values(call, values)
    if values.get("qos"):
        values["qos"] = name_qos(call, "qos", values["qos"])
    conditions = build_conditions(call, values, JOBS)
    words = [
        *list_modes(call, values),
        *conditions.words,
        *list_steps(call, values.get("step", ())),
        *list_people(call, "users", "--user", values, UNKNOWN_USER),
        *list_people(call, "group" if "group" in values else "groups", "--group", values, UNKNOWN_GROUP),
        *list_ranges(call, values),
    ]
    keeps = [*conditions.keeps]
    for some_words, some_keeps in (choose_clusters(call, values), choose_origins(values)):
        words += some_words
        keeps += some_keeps
    if "exit_code" in values:
        keeps.append(match_exit_code(values["exit_code"]))
    return Conditions(tuple(words), tuple(keeps))


def note_unset_times(query: Query) -> tuple[Notice, ...]:
    """A warning for each time that is 0: in Slurm that is no time, and the window stays as it is without."""
    return tuple(
        Notice(f"{name} 0 is no time: the window is as without it", f"#/{name}/")
        for name in ("start_time", "end_time")
        if query.values.get(name) == 0
    )


def check_values(call: Call, values: dict[str, Any]) -> None:
    """Refuse what sacct has no way to ask for, and what contradicts itself. Raises Unprocessable."""
    for name in ("usage_time_as_submit_time", "submit_time"):
        if values.get(name):
            raise refuse_value(call, name, BY_SUBMISSION)
    if values.get("whole_hetjob") and values.get("disable_whole_hetjob"):
        raise refuse_value(call, "whole_hetjob", "whole_hetjob and disable_whole_hetjob exclude one another")
    if values.get("show_batch_script") and not values.get("step"):
        raise refuse_value(call, "show_batch_script", "Scripts are shown of named jobs only: add step to the query")
    if values.get("reservation") and call.version <= LAST_EARLY:
        raise refuse_value(call, "reservation", RESERVATION_UNNAMED)


def list_modes(call: Call, values: dict[str, Any]) -> list[str]:
    """How records are shown, as slurmrestd shows them: see MODES; up to v0.0.38 these change nothing here."""
    if not call.request.query:
        return ["--truncate", "--allclusters"]
    chosen = call.version > LAST_EARLY and any(values.get(name) for name in MODES)
    words = []
    if values.get("show_duplicates", not chosen):
        words.append("--duplicates")
    if not values.get("disable_truncate_usage_time", not chosen):
        words.append("--truncate")
    return words


def list_steps(call: Call, texts: Iterable[str]) -> list[str]:
    """``--jobs=`` for one or several ``7``, ``7_1``, ``7+0``, ``7.batch``, ``7_1.0``. Raises Unprocessable."""
    texts = list(texts)
    for text in texts:
        if not is_step(text):
            raise refuse_value(call, "step", f'Expected a job or a step of one (7, 7_1, 7+0, 7.batch) but got "{text}"')
    return [format_condition("--jobs", texts)] if texts else []


def is_step(text: str) -> bool:
    """Whether ``text`` names a job or a step in a way that sacct takes for nothing else."""
    if not STEP.fullmatch(text):
        return False
    number = re.match(r"[0-9]+", text)
    return number is None or int(number[0]) < JOB_ID_LIMIT


def list_people(call: Call, name: str, option: str, values: dict[str, Any], problem: tuple[int, str]) -> list[str]:
    """Users or groups, by name or id. Raises Unprocessable for what can be neither: to sacct ``-1`` is everybody."""
    texts = values.get(name, [])
    for text in texts:
        if not is_plain(text):
            raise refuse_value(call, name, f"Unable to resolve {name.removesuffix('s')}: {text}", problem)
    return [format_condition(option, texts)] if texts else []


def list_ranges(call: Call, values: dict[str, Any]) -> list[str]:
    """The options for CPUs, nodes, time limits; a smallest alone is just that number, a largest alone begins at 1.

    Raises Unprocessable when the smallest is above the largest.
    """
    words = []
    for low, high, options in RANGES:
        smallest, largest = values.get(low, 0), values.get(high, 0)
        if largest and smallest > largest:
            raise refuse_value(call, low, f"{low} is above {high}")
        bounds = [str(bound) for bound in ((smallest or 1, largest) if largest else (smallest,)) if bound]
        if bounds and len(options) == 1:
            words.append(format_condition(options[0], ["-".join(bounds)]))
        elif bounds:
            words += [format_condition(option, [bound]) for option, bound in zip(options, bounds, strict=False)]
    return words


def choose_clusters(call: Call, values: dict[str, Any]) -> tuple[list[str], list[Keep]]:
    """The clusters by name; without any, this one's. A name that sacct takes for all is compared in the document."""
    if not call.request.query:
        return [], []
    names = values.get("cluster", [])
    if not names:
        return ["--local"], []
    if all(is_plain(name) and name.lower() not in EVERY_CLUSTER for name in names):
        return [format_condition("--clusters", names)], []
    return ["--allclusters"], [match_member("cluster", names)]


def choose_origins(values: dict[str, Any]) -> tuple[list[str], list[Keep]]:
    """How the jobs came to run: one of the ways named. Where sacct has no word for one, all are compared in the
    document.
    """
    chosen = [(word, flag) for name, word, flag in ORIGINS if values.get(name)]
    if not chosen:
        return [], []
    if all(word for word, _ in chosen):
        return [format_condition("--flags", [word for word, _ in chosen])], []
    return [], [match_member("flags", [flag for _, flag in chosen])]


def match_exit_code(number: int) -> Keep:
    """Whether a job ended, with this exit status."""

    def keep(job: dict[str, Any]) -> bool:
        code = job["exit_code"]["return_code"]
        # up to v0.0.38 a number, or null
        told = (code["number"] if code["set"] else None) if isinstance(code, dict) else code
        return bool(told == number)

    return keep
