"""What no rule can know of accounting's documents between v0.0.38 and v0.0.40: the functions of changes.py's rows.

Law: as amends.py. Read by changes.py.
"""

from typing import Any

from slurmrest_inetd.versions.early_state import name_signal
from slurmrest_inetd.versions.numbers import make_number

# What v0.0.40 says where a step's governor was not chosen.
NO_GOVERNOR = ("", "0", "Unknown")


def short_association(was: dict[str, Any], made: dict[str, Any]) -> None:
    """An association of v0.0.38 as one of v0.0.40: its id has members; which is a user's default may be a flag."""
    words = {name: was.get(name) or "" for name in ("account", "cluster", "partition", "user")}
    made["id"] = {**made["id"], **words}
    made["is_default"] = bool(was.get("is_default")) or "DEFAULT" in was.get("flags", ())


def flag_default(was: dict[str, Any], made: dict[str, Any]) -> None:
    """An association of v0.0.40 as one of v0.0.38: only a user has a default, and that is a flag too."""
    is_default = bool(was.get("is_default") and was.get("user"))
    made["is_default"] = int(is_default)
    made["flags"] = [*was.get("flags", ()), "DEFAULT"] if is_default else was.get("flags", [])


def tell_signal(was: dict[str, Any], made: dict[str, Any]) -> None:
    """What ended a process: a signal by v0.0.40's names."""
    made["signal"] = name_signal(was.get("signal", {}).get("signal_id", 0))


def describe_signal(was: dict[str, Any], made: dict[str, Any]) -> None:
    """What ended a process: told only where it was a signal, in the C library's words."""
    import signal

    given = was.get("signal", {}).get("id", {})
    made.pop("signal", None)
    if given.get("set"):
        number = given["number"]
        made["signal"] = {"signal_id": number, "name": (number < signal.NSIG and signal.strsignal(number)) or ""}


def tell_memory(was: dict[str, Any], made: dict[str, Any]) -> None:
    """What an accounted job asked for: v0.0.38 has a node's memory, whatever it was asked for by."""
    made["memory_per_node"] = make_number(was.get("memory", 0))


def number_memory(was: dict[str, Any], made: dict[str, Any]) -> None:
    """What an accounted job asked for: memory of a node, or of a CPU."""
    made["memory"] = next(
        (was[name]["number"] for name in ("memory_per_cpu", "memory_per_node") if was.get(name, {}).get("set")), 0
    )


def forget_reservation(was: dict[str, Any], made: dict[str, Any]) -> None:
    """An accounted job's reservation, whose name v0.0.38 tells as a number, unless texts/ has looked it up."""
    name = was.get("name")
    made["name"] = name if isinstance(name, str) else ""


def name_step(was: dict[str, Any], made: dict[str, Any]) -> None:
    """A step's id is one word with the job's: ``7.batch``, ``7+1.0``."""
    component = was.get("het", {}).get("component")
    job_id = f"{was.get('job_id', 0)}" + ("" if component is None else f"+{component}")
    made["id"] = f"{job_id}.{was.get('id', '')}"


def split_step(was: dict[str, Any], made: dict[str, Any]) -> None:
    """A step's id in its parts; that of a step which srun started is a number."""
    job_id, _, step_id = str(was.get("id", "")).partition(".")
    number, _, component = job_id.partition("+")
    made["job_id"] = int(number) if number.isdecimal() else 0
    made["het"] = {"component": int(component) if component.isdecimal() else None}
    made["id"] = int(step_id) if step_id.isdecimal() else step_id


def list_governors(was: dict[str, Any], made: dict[str, Any]) -> None:
    """A step's CPU governor is a list, empty where none was chosen."""
    governor = was.get("governor", "")
    made["governor"] = [] if governor in NO_GOVERNOR else governor.split(",")
