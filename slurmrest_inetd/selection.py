"""Some of a list's entries, out of a JSON document that is passed through: what stays keeps its own bytes.

Law: memory holds one entry, however long the list is. Slurm escapes a newline inside a string, so an entry begins with
the line ``    {`` and ends with the line ``    }`` or ``    },``. For documents that hold one list; used as the edit of
passthrough.pass_document.
"""

from collections.abc import Callable
from typing import Any

from slurmrest_inetd.envelope import parse_json
from slurmrest_inetd.slurm.layout import ENTRY, ENTRY_BEGINS

Keep = Callable[[dict[str, Any]], bool]


class Selection:
    """Takes a document's lines up to its ``meta``, in order, whole lines each time; gives back those of the entries
    that ``keep`` is true of. ``kept`` counts them.
    """

    def __init__(self, keep: Keep) -> None:
        self.kept = 0
        self._keep = keep
        self._held = b""

    def __call__(self, lines: bytes) -> bytes:
        """The lines that go on now; an entry whose end has not come yet is held back."""
        text = self._held + lines
        made: list[bytes] = []
        at = 0
        for match in ENTRY.finditer(text):
            made.append(self._take(text[at : match.start()]))
            at = match.end()
            if self._keep(parse_json(match[0])):
                made.append(b",\n" + match[0] if self.kept else match[0])
                self.kept += 1
        begun = ENTRY_BEGINS.search(text, at)
        end = begun.start() if begun else len(text)
        made.append(self._take(text[at:end]))
        self._held = text[end:]
        return b"".join(made)

    def _take(self, between: bytes) -> bytes:
        """What stands outside the entries: the list's own lines, without the commas and line ends between entries."""
        rest = between.removeprefix(b",").removeprefix(b"\n")
        closes = rest.startswith(b"  ]")
        return b"\n" + rest if closes and self.kept else rest
