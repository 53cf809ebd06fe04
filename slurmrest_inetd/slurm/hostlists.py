"""Slurm's lists of hosts, folded (``n[1-3],login``) and unfolded, by `scontrol show hostnames` and `hostlist`.

Law: both ask no daemon and need no token; both end with status 0 whatever they were given, so only their output is
their word. `show hostlist` reads the file that a word beginning with ``/`` names: it is given its own stdin as that
file, and no word of a client's. What one asks for is bounded. Called by the plugins and administration/.
"""

import re

from slurmrest_inetd.errors import CommandTimeout
from slurmrest_inetd.model import Identity
from slurmrest_inetd.settings import MEBIBYTE, Settings
from slurmrest_inetd.slurm.command import Command, start_command
from slurmrest_inetd.slurm.failures import clean_stderr
from slurmrest_inetd.slurm.lengths import TOO_LONG, check_word
from slurmrest_inetd.slurm.values import INVALID_DATA, Unusable, show_value

NOBODY = Identity("none", "")
# scontrol refuses a longer file, and unfolds no range of more than 64 Ki hosts, but any number of such ranges
LONGEST_LIST_BYTES = MEBIBYTE - 1
LONGEST_NAMES_BYTES = 16 * MEBIBYTE
# 22.05's scontrol makes up names where a bracket is not closed
BALANCED = re.compile(r"[^\[\]]*(?:\[[^\[\]]*\][^\[\]]*)*")
SEPARATORS = str.maketrans(" \t\n\r\v\f", ",,,,,,")


def unfold_hosts(text: str, settings: Settings) -> list[str]:
    """The names that ``text`` stands for, in order. Raises Unusable (it is no list, it is too long), SlurmMissing.

    Slurm separates names by spaces and line feeds as by commas.
    """
    text = text.translate(SEPARATORS)
    if "[" not in text and "]" not in text:
        return [name for name in text.split(",") if name]
    if not BALANCED.fullmatch(text):
        raise Unusable(f"Invalid hostlist string: {show_value(text)}", INVALID_DATA)
    check_word(text)
    output, stderr = run_bounded(Command(("scontrol", "show", "hostnames", "--", text)), settings)
    names = output.splitlines()
    if not names or stderr:
        raise Unusable(f"Invalid hostlist string: {show_value(text)}", INVALID_DATA)
    return names


def fold_hosts(names: list[str], settings: Settings) -> str:
    """The list that stands for ``names``, in their order. Raises Unusable, SlurmMissing."""
    text = "\n".join(names)
    if not text:
        return ""
    if len(text.encode()) >= LONGEST_LIST_BYTES:
        raise Unusable(f"All of them together are longer than {LONGEST_LIST_BYTES} bytes", TOO_LONG)
    output, stderr = run_bounded(Command(("scontrol", "show", "hostlist", "/dev/stdin"), text.encode()), settings)
    if not output.strip() or stderr:
        raise Unusable(f"Invalid host string: {show_value(text)}", INVALID_DATA)
    return output.strip()


def run_bounded(command: Command, settings: Settings) -> tuple[str, list[str]]:
    """What the command printed, and the lines of its stderr. Raises Unusable where it printed too much."""
    running = start_command(command, NOBODY, settings)
    chunks, size = [], 0
    while chunk := running.read_chunk():
        size += len(chunk)
        if size > LONGEST_NAMES_BYTES:
            running.stop()
            raise Unusable(f"The names together are longer than {LONGEST_NAMES_BYTES} bytes", TOO_LONG)
        chunks.append(chunk)
    finished = running.finish()
    if finished.status < 0:
        raise CommandTimeout(f"scontrol was ended by signal {-finished.status}", source="scontrol")
    return b"".join(chunks).decode("utf-8", "replace"), clean_stderr(finished.stderr)
