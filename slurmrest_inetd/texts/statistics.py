"""What slurmdbd counts about its own work: ``sacctmgr show stats``, which prints it line by line.

Law: pure but for what it asks; nothing in these lines was written by a client. Called through sources.py.
"""

import re
from typing import Any

from slurmrest_inetd.errors import InternalFault
from slurmrest_inetd.texts.asking import Ask

SINCE = re.compile(r"^Data since .*\((\d+)\)$", re.MULTILINE)
INTERNAL = re.compile(r"^Internal DBD rollup last ran .*\((\d+)\)\n((?:\t.*\n)+)", re.MULTILINE)
COUNTER = re.compile(r"^\t(\S+) +\( *\d+\) count:(\d+) +ave_time:(\d+) +total_time:(\d+)$", re.MULTILINE)
BY_USER = "Remote Procedure Call statistics by user"
# fmt: off
#   API             sacctmgr
CYCLES = {
    "last_cycle":   "Last cycle",
    "max_cycle":    "Max cycle",
    "total_time":   "Total time",
    "total_cycles": "Total cycles",
    "mean_cycles":  "Mean cycle",
}
# fmt: on


def build_statistics(ask: Ask) -> dict[str, Any]:
    """The counters. Raises what the command failed of; InternalFault where it prints something else."""
    printed = ask.print_text(*ask.argv)
    since = SINCE.search(printed)
    if not since:
        raise InternalFault("sacctmgr printed no statistics", source="sacctmgr")
    by_type, _, by_user = printed.partition(BY_USER)
    statistics = {
        "time_start": int(since[1]),
        "rollups": [make_rollup(match) for match in INTERNAL.finditer(printed)],
        "RPCs": [make_counter("rpc", match) for match in COUNTER.finditer(by_type)],
        "users": [make_counter("user", match) for match in COUNTER.finditer(by_user)],
    }
    return {"statistics": statistics}


def make_rollup(match: re.Match[str]) -> dict[str, Any]:
    """slurmdbd's own rollup: when it last ran, and its times in microseconds."""
    lines = dict(line.strip().split(":") for line in match[2].splitlines())
    return {
        "type": "internal",
        "last_run": int(match[1]),
        **{name: int(lines.get(word, 0)) for name, word in CYCLES.items()},
    }


def make_counter(name: str, match: re.Match[str]) -> dict[str, Any]:
    """How often, and for how many microseconds, a request of this kind (or of this user) was served."""
    return {
        name: match[1],
        "count": int(match[2]),
        "time": {"average": int(match[3]), "total": int(match[4])},
    }
