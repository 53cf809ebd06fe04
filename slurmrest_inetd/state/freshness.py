"""What ``update_time`` asks for: the document only if something changed since.

Law: Slurm's commands cannot ask for that, and ``last_update`` in what they print is the time at which they asked, not
the time of the last change. So only an ``update_time`` later than that is certain to mean "nothing changed" (304);
for any other the whole document goes out, and a warning says so. Called by the plugins of slurmctld.
"""

import re
import time
from collections.abc import Mapping
from typing import Any

from slurmrest_inetd.errors import ApiError
from slurmrest_inetd.model import Call, Passage
from slurmrest_inetd.passthrough import read_document, start_document
from slurmrest_inetd.query import Parameter
from slurmrest_inetd.versions.speaking import TEXT, choose_version

UPDATE_TIME = Parameter(
    "update_time",
    "timestamp",
    since=37,
    note="Slurm's commands do not tell when the state changed last: the whole document is sent",
)
UNCHANGED = Passage(b"", 304)
LAST_UPDATE = re.compile(rb'\n  "last_update": \{\n(?:    [^\n]*\n)*?    "number": (\d+)\n  \}')
# last_update and all that follows it is shorter than this
TAIL_BYTES = 64 * 1024
# a version in which times are plain numbers
CLOCK_VERSION = 38
FAR_AHEAD = 2**63


def is_unchanged(call: Call, argv: tuple[str, ...], values: Mapping[str, Any]) -> bool:
    """Whether the document of ``argv`` cannot have changed since the ``update_time`` among the query's ``values``.

    Runs the command only for a time that lies ahead (of this host's clock; the controller's decides), and holds no more
    than the document's end. A failure is left for the run that follows to tell. Raises SlurmMissing, CommandTimeout.
    """
    update_time = values.get(UPDATE_TIME.name, 0)
    if update_time <= time.time():
        return False
    spoken = choose_version(call, argv)
    if spoken == TEXT:
        return bool(ask_clock(call) < update_time)
    running = start_document(call, argv, "json", (), spoken)
    tail = b""
    while chunk := running.read_chunk():
        tail = (tail + chunk)[-TAIL_BYTES:]
    match = LAST_UPDATE.search(tail)
    return running.finish().status == 0 and match is not None and int(match[1]) < update_time


def ask_clock(call: Call) -> int:
    """UNIX seconds where the controller is, as its statistics tell them; FAR_AHEAD where it does not answer."""
    try:
        statistics = read_document(call._replace(version=CLOCK_VERSION), ("sdiag",)).payload["statistics"]
    except ApiError:
        return FAR_AHEAD
    clock: int = statistics["req_time"]
    return clock
