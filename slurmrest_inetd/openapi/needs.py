"""What must be there for an operation to be served, in whatever version of the API: its plugin, and a Slurm that can.

Law: pure; an operation that some release lacks has a need of its own, all others have their plugin's. Called by
fragments.py when parts are made, by document.py when they are chosen.
"""

from collections.abc import Iterable

from slurmrest_inetd.endpoints import ENDPOINTS
from slurmrest_inetd.model import Endpoint
from slurmrest_inetd.slurm.data_parsers import NEWEST_WITHOUT
from slurmrest_inetd.slurm.documents import AS_TEXT, MADE

# The newest version of the oldest Slurm: what it has, every Slurm can.
EVERYWHERE = 38


def name_need(row: Endpoint) -> str:
    """``slurmctld``, or for what some release lacks ``slurmctld GET /slurm/{version}/conf``."""
    plugin = name_plugin(row)
    return f"{plugin} {row.method} {row.path}" if may_lack(row) else plugin


def list_met(plugins: Iterable[str], newest: int) -> tuple[str, ...]:
    """The needs that are met where ``plugins`` are served and v0.0.``newest`` is the newest version that Slurm has."""
    able = (name_need(row) for row in ENDPOINTS if name_plugin(row) in plugins and can_serve(row, newest))
    return tuple(dict.fromkeys((*plugins, *able)))


def name_plugin(row: Endpoint) -> str:
    """slurmctld.jobs -> slurmctld"""
    return row.plugin.partition(".")[0]


def may_lack(row: Endpoint) -> bool:
    """Whether there are releases that cannot do it."""
    return row.since > EVERYWHERE and row.method == "GET" and not row.writes


def can_serve(row: Endpoint, newest: int) -> bool:
    """Whether such a Slurm can do it: it came with a version that this has, a text tells it (texts/), or another
    document.
    """
    if not may_lack(row) or newest >= row.since:
        return True
    if row.path in MADE:
        return True
    if newest > NEWEST_WITHOUT:
        return row.path in AS_TEXT
    from slurmrest_inetd.texts.sources import has_source

    return has_source(row.path)
