"""Which API versions the Slurm commands here print by themselves.

Law: found by looking where Slurm keeps its plugins (slurm.conf(5), PluginDir), without running anything: the answer
costs a request nothing, and a process looks once. Where they lie elsewhere, the command itself will say. Called by
versions/speaking.py, by failures.py for what only 22.05 says, and wherever rows differ by release (find_newest).
"""

import os
import re

from slurmrest_inetd.errors import SlurmMissing
from slurmrest_inetd.settings import Settings
from slurmrest_inetd.slurm.command import find_program

PLUGIN = re.compile(r"data_parser_v0_0_([0-9]{2})\.so")
# below the folder that holds bin/
FOLDERS = ("lib/slurm", "lib64/slurm", "lib/{machine}-linux-gnu/slurm-wlm", "lib/{machine}-linux-gnu/slurm")
# The newest API version of a Slurm that has no data_parser; and of one that is not known.
NEWEST_WITHOUT = 38
UNKNOWN_RELEASE = 99
# A plugin folder of Slurm's has this one, whatever the release.
LANDMARK = "select_cons_tres.so"
# By the folder that holds bin/: a Slurm's commands lie beside one another.
known: dict[str, tuple[int, ...] | None] = {}


def list_data_parsers(settings: Settings, command: str = "squeue") -> tuple[int, ...]:
    """The NN of each v0.0.NN that ``command`` prints, in order; none where its plugins were not found, or are none."""
    return look(settings, command) or ()


def prints_documents(settings: Settings, command: str = "squeue") -> bool:
    """Whether ``command`` prints documents at all; Slurm before 23.11 has no data_parser, and prints text."""
    return look(settings, command) != ()


def find_newest(settings: Settings, command: str = "squeue") -> int:
    """The NN of the newest API version that this Slurm release has (38 is 22.05, 42 is 24.11, 45 is 26.05): what
    tells releases apart where their commands differ. UNKNOWN_RELEASE, later than any, where it was not found.
    """
    found = look(settings, command)
    return UNKNOWN_RELEASE if found is None else max(found, default=NEWEST_WITHOUT)


def look(settings: Settings, command: str) -> tuple[int, ...] | None:
    """What find_plugins finds where ``command`` is; None also where it is not."""
    try:
        return look_beside(find_program(command, settings.command_path))
    except SlurmMissing:
        return None


def prints_text(path: str) -> bool:
    """Whether the command at ``path`` is one of a Slurm that has no data_parser."""
    return look_beside(path) == ()


def look_beside(path: str) -> tuple[int, ...] | None:
    """What find_plugins finds for the program at ``path``."""
    prefix = os.path.dirname(os.path.dirname(os.path.realpath(path)))
    if prefix not in known:
        known[prefix] = find_plugins(prefix)
    return known[prefix]


def find_plugins(prefix: str) -> tuple[int, ...] | None:
    """The data_parser plugins of the Slurm installed in ``prefix``; None where its plugins were not found."""
    machine = os.uname().machine
    empty: tuple[int, ...] | None = None
    for folder in FOLDERS:
        try:
            names = os.listdir(os.path.join(prefix, folder.format(machine=machine)))
        except OSError:
            continue
        found = sorted(int(match[1]) for name in names if (match := PLUGIN.fullmatch(name)))
        if found:
            return tuple(found)
        if LANDMARK in names:
            empty = ()
    return empty
