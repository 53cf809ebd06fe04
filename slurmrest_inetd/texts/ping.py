"""Ping: ``scontrol ping``, a line for each controller of slurm.conf.

Law: scontrol says DOWN to a refused token too: plugins/slurmctld/ping.py asks which it was. Called through sources.py.
"""

import re
from typing import Any

from slurmrest_inetd.errors import InternalFault
from slurmrest_inetd.slurm.command import Command, run_command
from slurmrest_inetd.texts.asking import Ask

LINE = re.compile(r"Slurmctld\((primary|backup\d*)\) at (\S+) is (UP|DOWN)")
# what the function returns that asks a controller
ANSWERED, UNREACHED = 0, -1


def build_ping(ask: Ask) -> dict[str, Any]:
    """Every controller, whether it answers or not. Raises InternalFault for any other words."""
    # ends with status 1 where one of them is down
    finished = run_command(Command(("scontrol", "ping")), ask.call.identity, ask.call.settings)
    lines = finished.stdout.decode("utf-8", "replace").splitlines()
    found = [match for line in lines if (match := LINE.fullmatch(line))]
    if not found:
        ask.judge(finished)
        raise InternalFault("scontrol named no controller", source="scontrol")
    return {
        "pings": [
            {"hostname": host, "ping": answer, "status": ANSWERED if answer == "UP" else UNREACHED, "mode": mode}
            for mode, host, answer in (match.groups() for match in found)
        ]
    }
