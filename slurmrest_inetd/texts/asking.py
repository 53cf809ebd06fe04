"""How a builder asks Slurm: its commands, run as the client.

Law: whatever a command failed of is raised before a builder sees its output. Called by the builders.
"""

import os
from collections.abc import Callable
from typing import Any, NamedTuple

from slurmrest_inetd.envelope import parse_json
from slurmrest_inetd.model import Call
from slurmrest_inetd.slurm.command import Command, Finished, run_command

Judge = Callable[[Finished], None]
NONCE_BYTES = 12


class Ask(NamedTuple):
    """A client's request, as the builders have it; ``argv`` is what prints the document where documents are printed:
    its words after the noun are conditions, which the builder has to meet.
    """

    call: Call
    argv: tuple[str, ...]
    environment: tuple[tuple[str, str], ...]
    judge: Judge

    def run(self, *argv: str) -> bytes:
        """What ``argv`` prints. Raises what it failed of."""
        finished = run_command(Command(argv, environment=self.environment), self.call.identity, self.call.settings)
        self.judge(finished)
        return finished.stdout

    def print_text(self, *argv: str) -> str:
        """The same, as text."""
        return self.run(*argv).decode("utf-8", "replace")

    def print_json(self, *argv: str) -> dict[str, Any]:
        """The same, of a command that prints a JSON document. Raises ApiError for one that is none."""
        document: dict[str, Any] = parse_json(self.run(*argv))
        return document


def make_nonce() -> str:
    """A word that nobody could have put into Slurm before."""
    return os.urandom(NONCE_BYTES).hex()
