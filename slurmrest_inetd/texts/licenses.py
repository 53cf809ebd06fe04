"""Licences: ``scontrol show licenses``.

Law: the name of a remote one is accounting's, in lower case whatever was written, so that it cannot hold the word that
a line begins with; a local one's is slurm.conf's. Called through sources.py.
"""

import re
from typing import Any

from slurmrest_inetd.errors import InternalFault
from slurmrest_inetd.texts.asking import Ask

NONE = "No licenses configured in Slurm.\n"
START = "LicenseName="
LICENSE = re.compile(
    START + r"(?P<LicenseName>.*) Total=(?P<Total>\d+) Used=(?P<Used>\d+) Free=(?P<Free>\d+)"
    r" Reserved=(?P<Reserved>\d+) Remote=(?P<Remote>yes|no)\n",
    re.DOTALL,
)
COUNTS = ("Total", "Used", "Free", "Reserved")


def build_licenses(ask: Ask) -> dict[str, Any]:
    """Every licence."""
    printed = ask.print_text("scontrol", "--oneliner", "show", "licenses")
    first, *lines = ("\n" + printed).split("\n" + START)
    if first.strip() and printed != NONE:
        raise InternalFault("scontrol printed licenses as none are known", source="scontrol")
    return {"licenses": [parse_license(f"{START}{line}".removesuffix("\n") + "\n") for line in lines]}


def parse_license(line: str) -> dict[str, Any]:
    """One licence. Raises InternalFault."""
    match = LICENSE.fullmatch(line)
    if not match:
        raise InternalFault("scontrol printed a license as none is known", source="scontrol")
    return {
        "LicenseName": match["LicenseName"],
        **{name: int(match[name]) for name in COUNTS},
        "Remote": match["Remote"] == "yes",
    }
