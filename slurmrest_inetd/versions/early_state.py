"""What no rule can know of the controller's documents between v0.0.36 and v0.0.40: the functions of changes.py's rows.

Law: as amends.py. Read by changes.py.
"""

from typing import Any

from slurmrest_inetd.versions.amends import tell_sharing
from slurmrest_inetd.versions.numbers import make_number, widen_number

NO_NUMBER = 0xFFFFFFFE
# thread_spec where none was asked for, as v0.0.40 and later print it
NO_THREADS = 0x7FFE
# the state of a node, which its flags follow
NODE_STATES = ("INVALID", "UNKNOWN", "DOWN", "IDLE", "ALLOCATED", "ERROR", "MIXED", "FUTURE")
NODE_FLAGS = (
    "RESERVED", "UNDRAIN", "CLOUD", "RESUME", "DRAIN", "COMPLETING", "NOT_RESPONDING", "POWERED_DOWN", "FAIL",
    "POWERING_UP", "MAINTENANCE", "REBOOT_REQUESTED", "REBOOT_CANCELED", "POWERING_DOWN", "DYNAMIC_FUTURE",
    "REBOOT_ISSUED", "PLANNED", "INVALID_REG", "POWER_DOWN", "POWER_UP", "POWER_DRAIN", "DYNAMIC_NORM",
)  # fmt: skip
TRES_MEMBERS = ("tres_per_job", "tres_per_node", "tres_per_socket", "tres_per_task")
SUCCEEDED = 0
UNREACHED = -1


def number_answer(was: dict[str, Any], made: dict[str, Any]) -> None:
    """A controller's ping: its status is what Slurm's function returned."""
    made["status"] = SUCCEEDED if was.get("pinged") == "UP" else UNREACHED


def name_allocated(was: dict[str, Any], made: dict[str, Any]) -> None:
    """A node that is used in part is allocated, before v0.0.37."""
    made["state"] = "allocated" if was.get("state") == "mixed" else was.get("state", "")


def join_node_states(was: dict[str, Any], made: dict[str, Any]) -> None:
    """A node's state is one list: the state, then its flags."""
    for name, flags in (("state", "state_flags"), ("next_state_after_reboot", "next_state_after_reboot_flags")):
        if name in was:
            words = (str(was[name]).upper(), *was.get(flags, ()))
            made[name] = [word for word in words if word in NODE_STATES or word in NODE_FLAGS]
    if was.get("cpu_load") == NO_NUMBER:
        made["cpu_load"] = 0


def split_node_states(was: dict[str, Any], made: dict[str, Any]) -> None:
    """A node's state is a word in lower case, its flags a list."""
    for name, flags in (("state", "state_flags"), ("next_state_after_reboot", "next_state_after_reboot_flags")):
        words = was.get(name, [])
        made[name] = next((word.lower() for word in words if word in NODE_STATES), "unknown")
        made[flags] = [word for word in words if word not in NODE_STATES]
    if not was.get("free_mem", {}).get("set"):
        made["free_memory"] = -2


def number_watts(_: dict[str, Any], made: dict[str, Any]) -> None:
    """A reservation's watts are no number; when it is purged is told only of one that may be."""
    made["watts"] = NO_NUMBER
    if "PURGE_COMP" not in made.get("flags", ()):
        made.pop("purge_completed", None)


def tell_early_job(was: dict[str, Any], made: dict[str, Any]) -> None:
    """A job of v0.0.38 as one of v0.0.40."""
    for name in ("exit_code", "derived_exit_code"):
        made[name] = tell_exit(was.get(name, 0))
    made["job_resources"] = was.get("job_resources", {})
    if made["job_resources"]:
        made["job_resources"].setdefault("allocated_cpus", 0)
    if "cpu_frequency_minumum" in was:
        made["cpu_frequency_minimum"] = widen_number(was["cpu_frequency_minumum"])
    made["profile"] = made.get("profile") or ["NOT_SET"]
    made["hold"] = was.get("priority") == 0
    tell_sharing(made, made)
    for name in TRES_MEMBERS:
        made[name] = str(was.get(name, "")).replace("gres:", "gres/")


def write_early_job(was: dict[str, Any], made: dict[str, Any]) -> None:
    """A job of v0.0.40 as one of v0.0.38: Slurm 22.05 tells one state, and misspells a frequency that is set."""
    for name in ("exit_code", "derived_exit_code"):
        made[name] = number_exit(was.get(name, {}))
    made["job_state"] = (was.get("job_state") or [""])[-1]
    if not made.get("job_resources"):
        made.pop("job_resources", None)
    if made.get("thread_spec") == NO_THREADS:
        made["thread_spec"] = None
    if made.get("cpu_frequency_minimum") is not None:
        made["cpu_frequency_minumum"] = made["cpu_frequency_minimum"]
    for name in TRES_MEMBERS:
        made[name] = str(was.get(name, "")).replace("gres/", "gres:")


def tell_exit(status: int) -> dict[str, Any]:
    """A status as wait(2) has it, as v0.0.40 tells it."""
    number, code = status & 0x7F, status >> 8 & 0xFF
    word = "SIGNALED" if number else "ERROR" if code else "SUCCESS"
    return {
        "status": [word],
        "return_code": make_number(None if number else code),
        "signal": name_signal(number),
    }


def name_signal(number: int) -> dict[str, Any]:
    """A signal as v0.0.40 tells it; 0 is none."""
    import signal

    names = {one.value: one.name.removeprefix("SIG") for one in signal.Signals}
    return {"id": make_number(number or None), "name": names.get(number, "")}


def number_exit(given: dict[str, Any]) -> int:
    """The other way round."""
    code = given.get("return_code", {}).get("number", 0)
    number = given.get("signal", {}).get("id", {}).get("number", 0)
    return int(code) << 8 | int(number)


def map_allocation(was: dict[str, Any], made: dict[str, Any]) -> None:
    """What a job has been given, by a node's number; a job without has an empty object."""
    given = was.get("job_resources")
    made["job_resources"] = {}
    if given:
        made["job_resources"] = {
            "nodes": given.get("nodes", ""),
            "allocated_cpus": given.get("allocated_cores", 0),
            "allocated_hosts": given.get("allocated_hosts", 0),
            "allocated_nodes": {str(at): map_node(node) for at, node in enumerate(given.get("allocated_nodes", ()))},
        }
        share_cpus(was.get("cpus") or 0, made["job_resources"]["allocated_nodes"])


def share_cpus(cpus: int, nodes: dict[str, Any]) -> None:
    """The CPUs that each node gave: not those in use, which v0.0.38 tells; known where every node gave as many."""
    cores = {len(node["cores"]) for node in nodes.values()}
    if len(cores) == 1 and cpus % len(nodes) == 0:
        for node in nodes.values():
            node["cpus"] = cpus // len(nodes)


def map_node(node: dict[str, Any]) -> dict[str, Any]:
    """One node: its sockets and cores, each with whether it is in use."""
    cores = {number: word for socket in node.get("sockets", {}).values() for number, word in socket["cores"].items()}
    words = {number: tell_use([word]) for number, word in cores.items()}
    sockets = {number: tell_use(socket["cores"].values()) for number, socket in node.get("sockets", {}).items()}
    return {
        "sockets": sockets,
        "cores": words,
        "memory": node.get("memory_allocated", 0),
        "cpus": node.get("cpus_used", 0),
    }


def tell_use(words: Any) -> str:
    """v0.0.37's word for cores, by v0.0.38's."""
    return "assigned" if "allocated_and_in_use" in words else "unassigned"


def list_map(was: dict[str, Any], made: dict[str, Any]) -> None:
    """What a job has been given as a list of nodes, whose names v0.0.37 does not tell; none where there is nothing."""
    given = was.get("job_resources")
    if not given:
        made.pop("job_resources", None)
        return
    nodes = given.get("allocated_nodes", {})
    made["job_resources"] = {
        "nodes": given.get("nodes", ""),
        "allocated_cores": given.get("allocated_cpus", 0),
        "allocated_hosts": given.get("allocated_hosts", 0),
        "allocated_nodes": [list_map_node(nodes[at]) for at in sorted(nodes, key=int)],
    }


def list_map_node(node: dict[str, Any]) -> dict[str, Any]:
    """One node; which core is on which socket v0.0.37 does not tell: all are put on the first."""
    words = {"assigned": "allocated_and_in_use"}
    cores = {number: words.get(word, "allocated") for number, word in node.get("cores", {}).items()}
    first = next(iter(node.get("sockets", {})), "0")
    return {
        "sockets": {first: {"cores": cores}},
        "nodename": "",
        "cpus_used": node.get("cpus", 0),
        "memory_used": 0,
        "memory_allocated": node.get("memory", 0),
    }
