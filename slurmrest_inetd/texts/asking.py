"""How a builder asks Slurm: its commands, run as the client.

Law: whatever a command failed of is raised before a builder sees its output. Called by the builders.
"""

import os
from calendar import timegm
from collections.abc import Callable
from typing import NamedTuple, NoReturn

from slurmrest_inetd.errors import InternalFault
from slurmrest_inetd.model import Call, Notice
from slurmrest_inetd.slurm.command import Command, Finished, run_command

Judge = Callable[[Finished], None]
NONCE_BYTES = 12


class Ask(NamedTuple):
    """A client's request, as the builders have it; ``argv`` is what prints the document where documents are printed:
    its words after the noun are conditions, which the builder has to meet. A builder adds to ``notices`` what the
    client has to know of the document.
    """

    call: Call
    argv: tuple[str, ...]
    environment: tuple[tuple[str, str], ...]
    judge: Judge
    notices: list[Notice]

    def run(self, *argv: str) -> bytes:
        """What ``argv`` prints. Raises what it failed of."""
        finished = run_command(Command(argv, environment=self.environment), self.call.identity, self.call.settings)
        self.judge(finished)
        return finished.stdout

    def print_text(self, *argv: str) -> str:
        """The same, as text."""
        return self.run(*argv).decode("utf-8", "replace")

    def explain_errors(self, program: str) -> NoReturn:
        """Raise what a document's ``errors`` do not tell: they are all "Unspecified error"."""
        # authenticated, costs the controller next to nothing, and names what is wrong
        self.run("scontrol", "show", "licenses")
        raise InternalFault(f"{program} printed a document with errors, and none that has a name", source=program)

    def print_utc(self) -> "Ask":
        """The same, of commands that print their times as UTC has them."""
        return self._replace(environment=(*self.environment, ("TZ", "UTC")))


def find_name(ask: Ask) -> str | None:
    """The one thing that is asked for: what stands behind ``--``."""
    return ask.argv[ask.argv.index("--") + 1] if "--" in ask.argv else None


def parse_utc(text: str) -> int:
    """``2026-11-22T18:09:00`` as UNIX seconds, by ``print_utc``; 0 for no time (``Unknown``, ``None``, ``N/A``)."""
    if not text[:1].isdecimal():
        return 0
    date, _, clock = text.partition("T")
    return timegm((*map(int, date.split("-")), *map(int, clock.split(":"))))


def make_nonce() -> str:
    """A word that nobody could have put into Slurm before."""
    return os.urandom(NONCE_BYTES).hex()
