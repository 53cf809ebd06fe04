"""What no rule can know between v0.0.40 and v0.0.45: the functions of changes.py's rows.

Law: pure; each takes an object as it was and as the rules made it, and sets in the latter what its row says. What was
printed is all that is known: a member may be missing. Read by changes.py.
"""

from typing import Any

from slurmrest_inetd.versions.allocations import describe_allocation, list_allocated
from slurmrest_inetd.versions.numbers import HIGHEST_DOUBLE, make_number

NO_NUMBER = 0xFFFFFFFE
FORCED = 0x8000
# shared's words, as exclusive has them
EXCLUSIVE = {"none": "true", "oversubscribe": "false"}
EXPANDED = (
    ("standard_output", "stdout_expanded"),
    ("standard_error", "stderr_expanded"),
    ("standard_input", "stdin_expanded"),
)
ROLLUPS = (("hourly", "internal"), ("daily", "user"), ("monthly", "unknown"))
# the select plugin's parameters, before and since v0.0.45
# fmt: off
SELECT_TYPES: tuple[tuple[str, str], ...] = (
    ("CPU",                     "CR_CPU"),
    ("CPU MEMORY",              "CR_CPU_MEMORY"),
    ("CORE",                    "CR_CORE"),
    ("CORE MEMORY",             "CR_CORE_MEMORY"),
    ("SOCKET",                  "CR_SOCKET"),
    ("SOCKET MEMORY",           "CR_SOCKET_MEMORY"),
    ("MEMORY",                  "CR_MEMORY"),
    ("ONE_TASK_PER_CORE",       "CR_ONE_TASK_PER_CORE"),
    ("PACK_NODES",              "CR_PACK_NODES"),
    ("CORE_DEFAULT_DIST_BLOCK", "CR_CORE_DEFAULT_DIST_BLOCK"),
    ("LLN",                     "CR_LLN"),
)
# fmt: on
PURGE = "PURGE_COMP"


def tell_status(was: dict[str, Any], made: dict[str, Any]) -> None:
    """A controller's ping: "UP" and "primary" are words again."""
    made["pinged"] = "UP" if was.get("responding") else "DOWN"
    made["mode"] = "primary" if was.get("primary") else "backup"


def tell_answer(was: dict[str, Any], made: dict[str, Any]) -> None:
    """A controller's ping: its status is Slurm's text for the answer."""
    responds = was.get("responding", was.get("pinged") == "UP")
    made["responding"] = responds
    made["primary"] = was.get("primary", was.get("mode") == "primary")
    if "status" in made:
        made["status"] = "No error" if responds else "Unable to contact slurm controller (connect failure)"


def number_sharing(was: dict[str, Any], made: dict[str, Any]) -> None:
    """A partition's OverSubscribe: YES:4 is four jobs, FORCE adds a flag, an exclusive node is none."""
    shared = was.get("partition", {})
    word, _, count = shared.get("oversubscribe", "NO").partition(":")
    jobs = 0 if shared.get("exclusive") == "NODE" else int(count) if count.isdecimal() else 1
    flags = ["force"] if word == "FORCE" else []
    made["maximums"] = {**made["maximums"], "oversubscribe": {"jobs": jobs, "flags": flags}}
    made["maximums"]["shares"] = jobs | FORCED if flags else jobs
    made["select_type"] = spell_select_types(was.get("select_type", []))


def spell_sharing(was: dict[str, Any], made: dict[str, Any]) -> None:
    """A partition's OverSubscribe, in slurm.conf's words."""
    sharing = was.get("maximums", {}).get("oversubscribe", {})
    jobs, forced = sharing.get("jobs", 1), "force" in sharing.get("flags", ())
    word = f"FORCE:{jobs}" if forced else f"YES:{jobs}" if jobs > 1 else "NO"
    made["partition"] = {**made["partition"], "exclusive": "NO" if jobs or forced else "NODE", "oversubscribe": word}
    made["select_type"] = [name_select_type(was.get("select_type", []))]


def spell_select_types(names: list[str]) -> list[str]:
    """CR_CORE_MEMORY -> CORE, MEMORY; NONE -> nothing."""
    words = {new: old.split() for old, new in SELECT_TYPES}
    return [word for name in names for word in words.get(name, ())]


def name_select_type(words: list[str]) -> str:
    """CORE, MEMORY -> CR_CORE_MEMORY"""
    return dict(SELECT_TYPES).get(" ".join(words), "NONE")


def spell_resources(was: dict[str, Any], made: dict[str, Any]) -> None:
    """What a job has been given: the select plugin's parameters as separate words."""
    made["select_type"] = spell_select_types(was.get("select_type", []))


def name_resources(was: dict[str, Any], made: dict[str, Any]) -> None:
    """What a job has been given: the select plugin's parameters as one word."""
    made["select_type"] = [name_select_type(was.get("select_type", []))]


def flag_purge(was: dict[str, Any], made: dict[str, Any]) -> None:
    """A reservation that is purged: 22.05 tells the time alone."""
    if was.get("purge_completed", {}).get("time") and PURGE not in made.get("flags", ()):
        made["flags"] = [*made.get("flags", ()), PURGE]


def empty_watts(_: dict[str, Any], made: dict[str, Any]) -> None:
    """A reservation's watts: an empty object wherever v0.0.45 is spoken."""
    made["watts"] = {}


def name_owner(was: dict[str, Any], made: dict[str, Any]) -> None:
    """An accounted job's association, which names account and user up to v0.0.42."""
    made["association"] = {**made["association"], "account": was.get("account", ""), "user": was.get("user", "")}


def tell_step(was: dict[str, Any], made: dict[str, Any]) -> None:
    """A job's step_id names the whole job."""
    made["step_id"] = {**made["step_id"], "job_id": make_number(was.get("job_id", 0)), "step_id": "entire"}


def tell_sharing(was: dict[str, Any], made: dict[str, Any]) -> None:
    """A job's exclusive and oversubscribe, which v0.0.42 tells as ``shared`` only."""
    words = was.get("shared", [])
    made["oversubscribe"] = words != ["none"]
    if "exclusive" in made:
        made["exclusive"] = [EXCLUSIVE.get(word, word) for word in words]


def expand_paths(was: dict[str, Any], made: dict[str, Any]) -> None:
    """A job's files: up to v0.0.42 with their patterns replaced, and a batch job without input reads nothing."""
    for name, expanded in EXPANDED:
        if was.get(expanded):
            made[name] = was[expanded]
    if was.get("batch_flag") and was.get("standard_input") == "":
        made["standard_input"] = "/dev/null"


def name_switches(was: dict[str, Any], made: dict[str, Any]) -> None:
    """A job's switches: another name since v0.0.42."""
    made["required_switches"] = was.get("minimum_switches", 0)


def name_switches_back(was: dict[str, Any], made: dict[str, Any]) -> None:
    """A job's switches: another name before v0.0.42."""
    made["minimum_switches"] = was.get("required_switches", 0)
    tell_sharing(was, made)


def number_level(was: dict[str, Any], made: dict[str, Any]) -> None:
    """A fair share's level: no number is Slurm's own for that, and infinity the highest that JSON can tell."""
    level = was.get("level")
    if isinstance(level, dict):
        unset = float(NO_NUMBER) if not level["set"] else level["number"]
        made["level"] = HIGHEST_DOUBLE if level["infinite"] else float(unset)


def list_allocation(was: dict[str, Any], made: dict[str, Any]) -> None:
    """A job without resources has an empty object; v0.0.40 has no null there."""
    given = was.get("job_resources", {})
    made["job_resources"] = list_allocated(given) if given else {}


def tell_allocation(was: dict[str, Any], made: dict[str, Any]) -> None:
    """A job without resources has null."""
    given = was.get("job_resources")
    made["job_resources"] = describe_allocation(given) if given else None


def nest_association(was: dict[str, Any], made: dict[str, Any]) -> None:
    """An association's id is an association's short form."""
    number = was.get("id", 0)
    words = {name: was.get(name, "") for name in ("account", "cluster", "partition", "user")}
    made["id"] = {**words, "id": number}


def number_association(was: dict[str, Any], made: dict[str, Any]) -> None:
    """An association's id is a number."""
    made["id"] = was["id"].get("id", 0) if isinstance(was.get("id"), dict) else 0


def list_rollups(was: dict[str, Any], made: dict[str, Any]) -> None:
    """slurmdbd's rollups as a list of those that have run."""
    given = was.get("rollups", {})
    made["rollups"] = [list_rollup(given[name], kind) for name, kind in ROLLUPS if given.get(name, {}).get("count")]


def list_rollup(rollup: dict[str, Any], kind: str) -> dict[str, Any]:
    """One rollup's numbers under v0.0.40's names."""
    spent, count = rollup["duration"], rollup["count"]
    return {
        "type": kind,
        "last_run": rollup["last_run"],
        "last_cycle": spent["last"],
        "max_cycle": spent["max"],
        "total_time": spent["time"],
        "total_cycles": count,
        "mean_cycles": spent["time"] // count,
    }


def name_rollups(was: dict[str, Any], made: dict[str, Any]) -> None:
    """slurmdbd's rollups by name; one that is not told has not run."""
    kinds = {rollup.get("type"): rollup for rollup in was.get("rollups", ())}
    made["rollups"] = {name: name_rollup(kinds.get(kind, {})) for name, kind in ROLLUPS}


def name_rollup(rollup: dict[str, Any]) -> dict[str, Any]:
    """One rollup's numbers under v0.0.41's names."""
    spent = {"last": "last_cycle", "max": "max_cycle", "time": "total_time"}
    return {
        "count": rollup.get("total_cycles", 0),
        "last_run": rollup.get("last_run", 0),
        "duration": {name: rollup.get(old, 0) for name, old in spent.items()},
    }
