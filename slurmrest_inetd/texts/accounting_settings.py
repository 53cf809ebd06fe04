"""slurmdbd's own settings: every release prints them as text, the newest as JSON too.

Law: as configuration.py has it for slurm.conf; every line was written by an administrator. Called through sources.py.
"""

import re
from typing import Any

from slurmrest_inetd.errors import InternalFault
from slurmrest_inetd.texts.asking import Ask
from slurmrest_inetd.texts.parameters import is_yes, read_members, split_lines
from slurmrest_inetd.versions.schemas import name_place, read_schema

VERSION = 45
PATH = "/slurmdb/{version}/conf"
HEADING = "SlurmDBD configuration:\n"
AGE = re.compile(r"(\d+) (hour|day|month)s(\*?)")


def build_settings(ask: Ask) -> dict[str, Any]:
    """The settings, as v0.0.45 has them. Raises what the command failed of."""
    _, heading, text = ask.print_text(*ask.argv).partition(HEADING)
    if not heading:
        # slurmdbd was not reached, which this command takes for no failure; this one says why
        ask.run("sacctmgr", "show", "tres")
        raise InternalFault("sacctmgr printed no settings of slurmdbd", source="sacctmgr")
    printed = split_lines(text)
    schema = read_schema(VERSION)
    shape = schema.follow(schema.follow(schema.replies[name_place("GET", PATH)])["properties"]["slurmdbd_conf"])
    made = read_members(schema, shape, printed)
    flags, stays = (shape["properties"][name]["items"]["enum"] for name in ("Flags", "PersistConnFlags"))
    made["Flags"] = [flag for flag in flags if is_yes(printed, flag)]
    made["PersistConnFlags"] = [flag for flag in stays if flag in made["Parameters"]]
    if is_yes(printed, "CommitDelay"):
        made["CommitDelay"] = 1
    ages = {name for name in shape["properties"] if name.startswith("Purge")}
    made |= {name: parse_age(printed.get(name.lower(), [""])[0]) for name in ages}
    return {"slurmdbd_conf": made}


def parse_age(text: str) -> dict[str, Any]:
    """``12 months*``: how long records are kept, and whether they are archived then; ``NONE``: for ever."""
    match = AGE.fullmatch(text)
    number, unit, star = match.groups() if match else ("0", "", "")
    counts = {f"{name}s": int(number) if name == unit else 0 for name in ("hour", "day", "month")}
    return {"set": match is not None, **counts, "archive": bool(star)}
