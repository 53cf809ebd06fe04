"""Signals as clients name them: ``USR1``, ``SIGUSR1``, ``usr1``, ``10``.

Law: text in, a word out that every Slurm command takes; the names are kill(1)'s. Called by the rooms that signal jobs.
"""

from typing import Any

from slurmrest_inetd.slurm.values import Unusable, parse_text, show_value

HIGHEST_SIGNAL = 64
# fmt: off
NAMES = ("HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM",
         "TERM",
         "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH",
         "IO", "PWR", "SYS")
# fmt: on
NUMBERS = {name: number for number, name in enumerate(NAMES, start=1)}


def parse_signal(value: Any) -> str | None:
    """The signal's number as a text, None for an empty text. Raises Unusable for what is no signal."""
    word = parse_text(value).strip()
    if not word:
        return None
    if word.isascii() and word.isdecimal():
        number = int(word) if len(word) <= len(str(HIGHEST_SIGNAL)) else 0
    else:
        number = NUMBERS.get(word.upper().removeprefix("SIG"), 0)
    if not 1 <= number <= HIGHEST_SIGNAL:
        raise Unusable(f"Unknown signal {show_value(word)}", (22, "Invalid argument"))
    return str(number)
