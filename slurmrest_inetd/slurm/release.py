"""Which Slurm this is: its release, its cluster's name.

Law: asked once a process and only where no document of a command tells it. Called by reply.py.
"""

from collections.abc import Callable
from typing import Any

from slurmrest_inetd.errors import ApiError
from slurmrest_inetd.model import Identity
from slurmrest_inetd.settings import Settings
from slurmrest_inetd.slurm.command import Command, run_command, start_command
from slurmrest_inetd.slurm.configuration import read_configuration
from slurmrest_inetd.slurm.data_parsers import NEWEST_WITHOUT, find_newest

NOBODY = Identity("none", "")
known: dict[str | None, dict[str, Any]] = {}


def read_release(settings: Settings) -> dict[str, Any]:
    """The members of meta that only Slurm knows (``plugin.accounting_storage``, ``slurm``); empty texts where it does
    not tell.
    """
    if settings.slurm_conf not in known:
        configuration = read_configuration(settings)
        known[settings.slurm_conf] = {
            "plugin": {"accounting_storage": configuration.get("accountingstoragetype", "")},
            "slurm": {**ask_release(settings), "cluster": configuration.get("clustername", "")},
        }
    return known[settings.slurm_conf]


def ask_release(settings: Settings, meanwhile: Callable[[], object] = object) -> dict[str, Any]:
    """``scontrol --version`` prints ``slurm-wlm 24.11.5``; slurmrestd calls the 11 minor and the 5 micro.

    ``meanwhile`` is called once, while it runs.
    """
    try:
        running = start_command(Command(("scontrol", "--version")), NOBODY, settings)
        meanwhile()
        finished = running.finish(b"".join(iter(running.read_chunk, b"")))
    except ApiError:
        return {"version": {"major": "", "micro": "", "minor": ""}, "release": ""}
    release = finished.stdout.decode("ascii", "replace").strip().rpartition(" ")[2]
    major, minor, micro = (*release.split(".", 2), "", "")[:3]
    return {"version": {"major": major, "micro": micro, "minor": minor}, "release": release}


def ask_data_parsers(settings: Settings) -> list[int]:
    """The API versions (the NN of v0.0.NN) that this release has by itself; none where no Slurm is here."""
    try:
        finished = run_command(Command(("squeue", "--json=list")), NOBODY, settings)
    except ApiError:
        return []
    prefix = "data_parser/v0.0."
    lines = finished.stdout.decode("ascii", "replace").splitlines()
    versions = (line.strip().removeprefix(prefix) for line in lines if line.strip().startswith(prefix))
    found = sorted(int(version) for version in versions if version.isdecimal())
    # before 23.11 there was no data_parser to be listed
    newest = find_newest(settings)
    return found or [version for version in Settings().data_parsers if version <= newest <= NEWEST_WITHOUT]
