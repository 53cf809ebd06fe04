"""The keys of `scontrol update` that several properties make together, or that need more than a name and a value.

Law: one function a key, one row a function; a function takes all values and gives whole words (``KEY=VALUE``). What
does not fit together, or what scontrol could only say of more than was asked, is refused with the property's name.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from slurmrest_inetd.body.misfit import Misfit, place
from slurmrest_inetd.fields.job_flags import MAIL_TYPES
from slurmrest_inetd.fields.job_update import EXCLUSIVE, FLAGS, REFUSED_FLAGS, SHARING
from slurmrest_inetd.slurm.argv import check_node_count, format_minutes, format_seconds
from slurmrest_inetd.slurm.values import INFINITE

Values = Mapping[str, Any]
# the highest number of megabytes that is seen to be kept as it is
HIGHEST_MEGABYTES = 1 << 43


def join_range(values: Values, lowest: str, highest: str, key: str) -> Iterator[str]:
    """``KEY=LEAST-MOST`` of two properties that scontrol can only set together."""
    least, most = values.get(lowest), values.get(highest)
    if least is None and most is None:
        return
    if least is None or most is None:
        missing, given = (highest, lowest) if most is None else (lowest, highest)
        raise Misfit(given, f"scontrol sets the least and the most together: give {missing} too")
    if least > most:
        raise Misfit(highest, f"It is less than {lowest}")
    yield f"{key}={least}-{most}"


def join_nodes(values: Values) -> Iterator[str]:
    """NumNodes, from ``nodes`` or from the least and the most."""
    text = values.get("nodes") or ""
    if not text:
        yield from join_range(values, "minimum_nodes", "maximum_nodes", "NumNodes")
        return
    for name in ("minimum_nodes", "maximum_nodes"):
        if values.get(name) is not None and str(values[name]) not in text.split("-"):
            raise Misfit(name, f"It contradicts nodes, which is {text}")
    yield f"NumNodes={place('nodes', check_node_count, text)}"


def join_cpus(values: Values) -> Iterator[str]:
    """NumCPUs; the least alone leaves the most as it is."""
    if values.get("maximum_cpus") is None and values.get("minimum_cpus") is not None:
        yield f"NumCPUs={values['minimum_cpus']}"
    else:
        yield from join_range(values, "minimum_cpus", "maximum_cpus", "NumCPUs")


def join_node_lists(values: Values) -> Iterator[str]:
    for name, key in (("required_nodes", "ReqNodeList"), ("excluded_nodes", "ExcNodeList")):
        if name in values:
            yield f"{key}={values[name]}"


def join_memory(values: Values) -> Iterator[str]:
    given = [(name, key) for name, key in MEMORY.items() if name in values]
    if len(given) > 1:
        raise Misfit("memory_per_cpu", "Give either memory_per_cpu or memory_per_node")
    for name, key in given:
        if values[name] is INFINITE or values[name] > HIGHEST_MEGABYTES:
            raise Misfit(name, f"It can be up to {HIGHEST_MEGABYTES} megabytes")
        yield f"{key}={values[name]}"


MEMORY = {"memory_per_cpu": "MinMemoryCPU", "memory_per_node": "MinMemoryNode"}


def join_times(values: Values) -> Iterator[str]:
    for name, key in (("time_limit", "TimeLimit"), ("time_minimum", "TimeMin")):
        if name in values:
            yield f"{key}={format_minutes(values[name])}"
    if "delay_boot" in values:
        yield f"DelayBoot={format_seconds(values['delay_boot'])}"


def join_switches(values: Values) -> Iterator[str]:
    if values.get("required_switches") is INFINITE:
        raise Misfit("required_switches", "It cannot be infinite")
    if "required_switches" in values:
        yield f"Switches={values['required_switches']}"


def join_sharing(values: Values) -> Iterator[str]:
    said = [name for name in ("shared", "exclusive", "oversubscribe") if values.get(name) not in (None, [])]
    if len(said) > 1:
        raise Misfit(said[1], f"It says what {said[0]} says: give one of them")
    for name, words in (("shared", SHARING), ("exclusive", EXCLUSIVE)):
        members = values.get(name, ())
        if len(members) > 1:
            raise Misfit(name, "Only one of these can be asked for")
        for member in members:
            if words[member] is None:
                raise Misfit(name, f"scontrol cannot ask for {member}, only whether nodes are shared")
            yield f"OverSubscribe={words[member]}"


def join_mail(values: Values) -> Iterator[str]:
    types = ",".join(MAIL_TYPES[member] for member in values.get("mail_type", ()))
    if types:
        yield f"MailType={types}"


def join_flags(values: Values) -> Iterator[str]:
    for flag in values.get("flags", ()):
        if flag in REFUSED_FLAGS:
            raise Misfit("flags", f"scontrol has no key that asks for {flag}")
        if flag in FLAGS:
            yield FLAGS[flag]


def join_priority(values: Values) -> Iterator[str]:
    """Priority: 0 holds the job; to let it go is no key, but a command of its own (wants_release)."""
    hold, priority = values.get("hold"), values.get("priority")
    if hold is not None and priority is not None:
        raise Misfit("priority", "It says what hold says: give one of them")
    if hold:
        yield "Priority=0"
    elif priority is not None and priority is not INFINITE:
        yield f"Priority={priority}"


def wants_release(values: Values) -> bool:
    """Whether the job is to be held no more: said by ``hold``, or by a priority without end."""
    return values.get("hold") is False or values.get("priority") is INFINITE


# fmt: off
JOINERS: tuple[Callable[[Values], Iterator[str]], ...] = (
    join_nodes, join_cpus, join_node_lists, join_memory, join_times, join_switches, join_sharing, join_mail, join_flags,
    join_priority,
)
# fmt: on
