"""Ping: ``scontrol ping``, a line for each controller of slurm.conf.

Law: pure but for what it asks. Called through sources.py.
"""

import re
from contextlib import suppress
from typing import Any

from slurmrest_inetd.errors import InternalFault, SlurmUnreachable
from slurmrest_inetd.slurm.command import Command, run_command
from slurmrest_inetd.texts.asking import Ask

LINE = re.compile(r"Slurmctld\((primary|backup\d*)\) at (\S+) is (UP|DOWN)")
# what the function returns that asks a controller
ANSWERED, UNREACHED = 0, -1


def build_ping(ask: Ask) -> dict[str, Any]:
    """Every controller, whether it answers or not. Raises Unauthenticated; InternalFault for any other words."""
    # ends with status 1 where one of them is down
    finished = run_command(Command(("scontrol", "ping")), ask.call.identity, ask.call.settings)
    lines = finished.stdout.decode("utf-8", "replace").splitlines()
    found = [match for line in lines if (match := LINE.fullmatch(line))]
    if not found:
        ask.judge(finished)
        raise InternalFault("scontrol named no controller", source="scontrol")
    if not any(match[3] == "UP" for match in found):
        with suppress(SlurmUnreachable):  # scontrol says DOWN to a refused token too
            ask.run("scontrol", "show", "licenses")
    return {
        "pings": [
            {"hostname": host, "ping": answer, "status": ANSWERED if answer == "UP" else UNREACHED, "mode": mode}
            for mode, host, answer in (match.groups() for match in found)
        ]
    }
