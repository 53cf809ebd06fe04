"""slurmdbd's own settings: ``sacctmgr show config``, a line each.

Law: pure but for what it asks; every line was written by an administrator. Called through sources.py.
"""

import re
from typing import Any

from slurmrest_inetd.errors import InternalFault
from slurmrest_inetd.texts.asking import Ask

HEADING = "SlurmDBD configuration:\n"
LINE = re.compile(r"^(\w+) *= (.*)$", re.MULTILINE)
AGE = re.compile(r"(\d+) (hours|days|months)(\*?)")
NOTHING = ("(null)", "N/A")
# fmt: off
TEXTS = (
    "ArchiveDir", "ArchiveScript", "DbdAddr", "DbdBackupHost", "DbdHost", "DebugLevel", "DebugLevelSyslog",
    "DefaultQOS", "LogFile", "MaxQueryTimeRange", "PidFile", "StorageLoc", "StorageUser",
)
# What this release does not have yet, the later version's document has unset.
AGES = (
    "PurgeEventAfter", "PurgeJobAfter", "PurgeResvAfter", "PurgeStepAfter", "PurgeSuspendAfter", "PurgeTXNAfter",
    "PurgeUsageAfter", "PurgeJobScriptAfter", "PurgeJobEnvAfter",
)
SWITCHES = ("TrackWCKey", "TrackSlurmctldDown")
FLAGS = ("AllowNoDefAcct",)
# fmt: on


def build_settings(ask: Ask) -> dict[str, Any]:
    """The settings, as v0.0.45 has them. Raises what the command failed of."""
    _, heading, printed = ask.print_text(*ask.argv).partition(HEADING)
    if not heading:
        # slurmdbd was not reached, which this command takes for no failure; this one says why
        ask.run("sacctmgr", "show", "tres")
        raise InternalFault("sacctmgr printed no settings of slurmdbd", source="sacctmgr")
    lines = dict(LINE.findall(printed))
    return {
        "slurmdbd_conf": {
            **{name: parse_text(lines.get(name, "")) for name in TEXTS},
            **{name: parse_age(lines.get(name, "")) for name in AGES},
            **{name: is_on(lines, name) for name in SWITCHES},
            "CommitDelay": int(is_on(lines, "CommitDelay")),
            "DbdPort": int(lines.get("DbdPort") or 0),
            "Flags": [name for name in FLAGS if is_on(lines, name)],
            "Parameters": [word for word in parse_text(lines.get("Parameters", "")).split(",") if word],
            "PersistConnFlags": [],
            "StoragePassScript": "",
            "MaxPurgeLimit": 0,
        }
    }


def parse_text(text: str) -> str:
    """A setting's value; ``(null)`` is none."""
    return "" if text in NOTHING else text


def is_on(lines: dict[str, str], name: str) -> bool:
    """Whether a setting is on."""
    return lines.get(name) == "Yes"


def parse_age(text: str) -> dict[str, Any]:
    """``12 months*``: how long records are kept, and whether they are archived then; ``NONE``: for ever."""
    match = AGE.fullmatch(text)
    age: dict[str, Any] = {"set": bool(match), "hours": 0, "days": 0, "months": 0, "archive": False}
    if match:
        age[match[2]] = int(match[1])
        age["archive"] = bool(match[3])
    return age
