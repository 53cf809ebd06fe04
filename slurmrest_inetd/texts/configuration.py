"""slurm.conf as the controller has it: every release prints it as text, the newest as JSON too.

Law: a parameter becomes what the schema of v0.0.45 says, by the rules of parameters.py; the functions here are for
those that the API tells otherwise than the text, each as 26.05 tells both (tests/unit/test_texts_configuration.py).
Nobody but an administrator writes these values. Called through sources.py.
"""

import re
from typing import Any

from slurmrest_inetd.texts.asking import Ask, parse_utc
from slurmrest_inetd.texts.parameters import (
    WITHOUT_END,
    Printed,
    is_yes,
    read_members,
    read_number,
    split_lines,
)
from slurmrest_inetd.versions.numbers import make_number
from slurmrest_inetd.versions.schemas import name_place, read_schema

VERSION = 45
PATH = "/slurm/{version}/conf"
AS_OF = re.compile(r"^Configuration data as of (\S+)$", re.MULTILINE)
USER = re.compile(r"(.*)\((\d+)\)")
HOST = re.compile(r"(.*?)(?:\((.*)\))?")
# PrologEpilogTimeout of who has none
NO_TIMEOUT = 65534
# fmt: off
#   the text's name                  the API's
RENAMED = {
    "slurmctldhttpauthparameters":   "slurmctldhttpauthparams",
    "slurmdhttpauthparameters":      "slurmdhttpauthparams",
    "maxmempernode":                 "maxmempercpu",
    "defmempernode":                 "defmempercpu",
}
# What slurm.conf has as a number, in the API's words.
WORDS = {
    "PropagatePrioProcess":          ("off", "on", "nicer"),
    "ReturnToService":               ("none", "non_responsive_only", "all"),
}
# fmt: on


def build_configuration(ask: Ask) -> dict[str, Any]:
    """The controller's: ``scontrol show config``."""
    text = ask.print_utc().print_text("scontrol", "show", "config")
    printed = split_lines(text)
    printed |= {api: printed[name] for name, api in RENAMED.items() if name in printed}
    schema = read_schema(VERSION)
    shape = schema.follow(schema.replies[name_place("GET", PATH)])["properties"]
    made = read_members(schema, schema.follow(shape["slurm_conf"]), printed)
    for name, words in WORDS.items():
        number = read_number(printed.get(name.lower(), ["-1"])[0])
        made[name] = words[number] if 0 <= number < len(words) else ""
    made |= tell_flags(schema.follow(shape["slurm_conf"])["properties"], printed)
    made |= tell_limits(printed) | tell_hosts(printed)
    if made["PreemptMode"] == [] and printed.get("preemptmode") == ["OFF"]:
        made["PreemptMode"] = ["DISABLED"]
    meta = read_members(schema, schema.follow(shape["slurm_conf_meta"]), printed)
    meta["BOOT_TIME"] = parse_utc(printed.get("boot_time", [""])[0])
    as_of = AS_OF.search(text)
    meta["LastUpdate"] = parse_utc(as_of[1]) if as_of else 0
    return {"slurm_conf": made, "slurm_conf_meta": meta}


def tell_flags(shape: dict[str, Any], printed: Printed) -> dict[str, list[str]]:
    """Flags that the text has as parameters of their own, or within another's."""
    talk, node, priority = (
        set(printed.get(name, [""])[0].split(","))
        for name in ("communicationparameters", "slurmdparameters", "priorityflags")
    )
    spoken = {"IPv4": "DisableIPv4" not in talk, "IPv6": "EnableIPv6" in talk, "disable_http": "disable_http" in talk}
    fair = [] if "NO_FAIR_TREE" in priority else ["FAIR_TREE"]
    names = ("ConfFlags", "SlurmdParametersFlags", "PriorityFlags")
    conf, slurmd, factors = (shape[name]["items"]["enum"] for name in names)
    return {
        "CommunicationParametersFlags": [flag for flag, is_on in spoken.items() if is_on],
        "ConfFlags": [flag for flag in conf if is_yes(printed, flag)],
        "SlurmdParametersFlags": [flag for flag in slurmd if flag in node],
        "PriorityFlags": [flag for flag in factors if flag in {*priority, *fair}],
    }


def tell_limits(printed: Printed) -> dict[str, Any]:
    """Memory that has no limit, one time for prolog and epilog, ports."""
    made: dict[str, Any] = {}
    if printed.get("defmempercpu", [""])[0] in WITHOUT_END:
        made["DefMemPerCPU"] = make_number(None)
    if printed.get("maxmempercpu", [""])[0] in WITHOUT_END:
        made["MaxMemPerCPU"] = make_number(0)
    if "prologepilogtimeout" in printed:
        seconds = read_number(printed["prologepilogtimeout"][0])
        made["PrologTimeout"] = made["EpilogTimeout"] = make_number(None if seconds == NO_TIMEOUT else seconds)
    low, _, high = printed.get("srunportrange", ["0-0"])[0].partition("-")
    minimum, maximum = read_number(low), read_number(high)
    made["SrunPortRange"] = {"minimum": minimum, "maximum": maximum, "set": bool(minimum or maximum)}
    low, _, high = printed.get("slurmctldport", ["0"])[0].partition("-")
    made["SlurmctldPortCount"] = read_number(high or low) - read_number(low) + 1
    return made


def tell_hosts(printed: Printed) -> dict[str, Any]:
    """The controllers, as whom the daemons run."""
    made: dict[str, Any] = {"controllers": []}
    for text in printed.get("slurmctldhost", ()):
        machine, address = HOST.fullmatch(text).groups()  # type: ignore[union-attr]  # matches any line
        made["controllers"].append({"address": address or machine, "machine": machine})
    for name in ("SlurmUser", "SlurmdUser"):
        if user := USER.fullmatch(printed.get(name.lower(), [""])[0]):
            made |= {name: user[1], f"{name}Id": int(user[2])}
    return made
