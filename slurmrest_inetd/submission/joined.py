"""The options that several properties make together, or that need more than a name and a value.

Law: one function an option, one row a function; a function takes all values and gives whole options. What does not fit
together is refused with the name of the property that does not fit (Misfit).
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from slurmrest_inetd.body.misfit import Misfit, place
from slurmrest_inetd.fields.job_description import EMPTY_IS_NOTHING
from slurmrest_inetd.fields.job_flags import (
    EXCLUSIVE,
    JOB_FLAGS,
    MAIL_TYPES,
    OPEN_MODES,
    PROFILES,
    REFUSED_FLAGS,
    SHARED,
    WARN_FLAGS,
)
from slurmrest_inetd.slurm.argv import (
    check_node_count,
    format_minutes,
    format_nodes,
    format_option,
    format_seconds,
)
from slurmrest_inetd.slurm.values import CONVERSION, INFINITE, Unusable
from slurmrest_inetd.submission.distribution import join_distribution
from slurmrest_inetd.submission.resources import join_resources

Values = Mapping[str, Any]
Joiner = Callable[[Values], Iterator[str]]
NO_DIRECTORY = (2063, "Job cannot be submitted without the current working directory specified.")
# the highest number of megabytes that sbatch reads without wrapping
HIGHEST_MEGABYTES = 1 << 43


def join_directory(values: Values) -> Iterator[str]:
    directory = values.get("current_working_directory", "")
    if not directory:
        raise Misfit("current_working_directory", "The job needs a working directory", NO_DIRECTORY)
    if not directory.startswith("/"):
        raise Misfit("current_working_directory", "The working directory must be an absolute path", NO_DIRECTORY)
    yield format_option("chdir", directory)


def join_nodes(values: Values) -> Iterator[str]:
    """--nodes from ``nodes``, or from the least and the most."""
    lowest, highest = values.get("minimum_nodes"), values.get("maximum_nodes")
    text = values.get("nodes") or ""
    if text:
        try:
            yield format_option("nodes", check_node_count(text))
        except Unusable as error:
            raise Misfit("nodes", str(error), CONVERSION) from None
        for name, bound in (("minimum_nodes", lowest), ("maximum_nodes", highest)):
            if bound is not None and str(bound) not in text.split("-"):
                raise Misfit(name, f"It contradicts nodes, which is {text}")
    elif highest is not None:
        if lowest is not None and lowest > highest:
            raise Misfit("maximum_nodes", "It is less than minimum_nodes")
        yield format_option("nodes", f"{lowest or 1}-{highest}")
    elif lowest is not None:
        # "-0": no highest number; without it sbatch would ask for no more than these
        yield format_option("nodes", f"{lowest}-0")


def join_node_lists(values: Values) -> Iterator[str]:
    for name, option in (("required_nodes", "nodelist"), ("excluded_nodes", "exclude")):
        if values.get(name):
            yield format_option(option, place(name, format_nodes, values[name]))


def join_cpus(values: Values) -> Iterator[str]:
    """sbatch asks for tasks times cpus_per_task CPUs and can say no other number."""
    yield from ()
    wanted = values.get("minimum_cpus")
    implied = values.get("tasks", 1) * values.get("cpus_per_task", 1)
    if wanted not in (None, 1, implied):
        raise Misfit(
            "minimum_cpus", f"sbatch asks for tasks times cpus_per_task CPUs, here {implied}: say it with those"
        )


def join_memory(values: Values) -> Iterator[str]:
    given = [(name, option) for name, option in MEMORY.items() if values.get(name) is not None]
    if len(given) > 1:
        raise Misfit("memory_per_cpu", "Give either memory_per_cpu or memory_per_node")
    for name, option in given:
        if values[name] is INFINITE or values[name] > HIGHEST_MEGABYTES:
            raise Misfit(name, f"sbatch takes up to {HIGHEST_MEGABYTES} megabytes")
        # the unit, because SchedulerParameters=default_gbytes changes what a plain number means
        yield format_option(option, f"{values[name]}M")
    margin, delay = values.get("memory_update_margin"), values.get("memory_update_delay")
    if (margin is None) != (delay is None):
        name = "memory_update_margin" if delay is None else "memory_update_delay"
        raise Misfit(name, "sbatch takes memory_update_margin and memory_update_delay together only")
    if margin is not None:
        yield format_option("mem-update", f"{margin}@{delay}")


MEMORY = {"memory_per_cpu": "mem-per-cpu", "memory_per_node": "mem"}


def join_times(values: Values) -> Iterator[str]:
    for name, option in (("time_limit", "time"), ("time_minimum", "time-min")):
        if values.get(name) is not None:
            yield format_option(option, format_minutes(values[name]))
    if values.get("delay_boot"):
        yield format_option("delay-boot", format_seconds(values["delay_boot"]))


def join_numbers(values: Values) -> Iterator[str]:
    for name, option in (("priority", "priority"), ("segment_size", "segment")):
        number = values.get(name)
        if number is INFINITE:
            raise Misfit(name, "It cannot be infinite")
        if number and name == "priority" and values.get("hold"):
            raise Misfit(name, "A held job has no priority: sbatch drops it, slurmrestd does not hold the job")
        if number:
            yield format_option(option, number)
        elif number == 0 and name == "priority":
            # sbatch takes a priority of 0 as none given; to slurmctld it is a held job
            yield "--hold"


def join_signal(values: Values) -> Iterator[str]:
    """--signal=[R][B]:NUMBER@SECONDS, once a signal is named; where no delay is, none (sbatch's own is 60 seconds)."""
    signal = values.get("kill_warning_signal")
    if signal:
        delay = values.get("kill_warning_delay")
        if delay is INFINITE:
            raise Misfit("kill_warning_delay", "It cannot be infinite")
        letters = "".join(sorted(WARN_FLAGS[flag] or "" for flag in values.get("kill_warning_flags", ())))[::-1]
        yield format_option("signal", f"{letters}{':' if letters else ''}{signal}@{delay or 0}")


def join_switches(values: Values) -> Iterator[str]:
    switches = values.get("required_switches")
    if switches is INFINITE:
        raise Misfit("required_switches", "It cannot be infinite")
    if switches:
        wait = values.get("wait_for_switch")
        yield format_option("switches", f"{switches}@{format_seconds(wait)}" if wait else switches)


def join_sharing(values: Values) -> Iterator[str]:
    for name, words in (("shared", SHARED), ("exclusive", EXCLUSIVE)):
        members = values.get(name, ())
        if len(members) > 1:
            raise Misfit(name, "Only one of these can be asked for")
        yield from (words[member] for member in members if words[member])


def join_lists(values: Values) -> Iterator[str]:
    for name, option, words in (("mail_type", "mail-type", MAIL_TYPES), ("profile", "profile", PROFILES)):
        text = ",".join(words[member] for member in values.get(name, ()) if words[member])
        if text:
            yield format_option(option, text)
    modes = values.get("open_mode", ())
    if len(modes) > 1:
        raise Misfit("open_mode", "Only one of these can be asked for")
    yield from (format_option("open-mode", OPEN_MODES[mode]) for mode in modes)


def join_flags(values: Values) -> Iterator[str]:
    options = []
    for flag in values.get("flags", ()):
        if flag in REFUSED_FLAGS:
            raise Misfit("flags", f"sbatch has no option that asks for {flag}")
        options.append(JOB_FLAGS[flag] or "")
    gres = [option for option in options if option.startswith("--gres-flags=")]
    if len(gres) > 1:
        raise Misfit("flags", "Only one of the flags that start with GRES_ can be asked for")
    if {"KILL_INVALID_DEPENDENCY", "NO_KILL_INVALID_DEPENDENCY"} <= set(values.get("flags", ())):
        raise Misfit("flags", "KILL_INVALID_DEPENDENCY and NO_KILL_INVALID_DEPENDENCY contradict each other")
    if "--requeue=expedite" in options and "requeue" in values and not values["requeue"]:
        raise Misfit("flags", "EXPEDITED_REQUEUE contradicts requeue")
    yield from filter(None, options)


def join_paths(values: Values) -> Iterator[str]:
    """sbatch takes the word none as /dev/null, slurmctld as a file of that name."""
    yield from ()
    for name in EMPTY_IS_NOTHING:
        if values.get(name, "").lower() == "none":
            raise Misfit(name, "sbatch would take it as /dev/null: say ./none for a file of that name")


def join_nothing(values: Values) -> Iterator[str]:
    """What may only be left at what it is."""
    yield from ()
    if values.get("immediate"):
        raise Misfit("immediate", "sbatch cannot ask to start at once or not at all")
    if values.get("spank_environment"):
        raise Misfit("spank_environment", "sbatch passes on what its own SPANK plugins set, and no other")


# fmt: off
JOINERS: tuple[Joiner, ...] = (
    join_directory, join_nodes, join_node_lists, join_cpus, join_memory, join_times, join_numbers, join_signal,
    join_switches, join_distribution, join_sharing, join_lists, join_flags, join_resources,
    join_nothing, join_paths,
)
# Without one of these beside it, the property means nothing to slurmctld.
NEEDS: dict[str, str] = {
    "kill_warning_delay":  "kill_warning_signal",
    "kill_warning_flags":  "kill_warning_signal",
    "wait_for_switch":     "required_switches",
}
# fmt: on
