"""A list's entries changed one by one, in a JSON document that is passed through.

Law: memory holds one entry, however long the list is. For documents whose payload holds one list of objects; used as
the edit of passthrough.pass_document. The lines between the entries go on as they came.
"""

from slurmrest_inetd.envelope import format_json, parse_json
from slurmrest_inetd.model import Change
from slurmrest_inetd.slurm.layout import ENTRY, ENTRY_BEGINS


class Rewriting:
    """Takes a document's lines up to its ``meta``, in order, whole lines each time; gives them back with every entry as
    ``change`` leaves it.
    """

    def __init__(self, change: Change) -> None:
        self._change = change
        self._held = b""

    def __call__(self, lines: bytes) -> bytes:
        """The lines that go on now; an entry whose end has not come yet is held back."""
        text = self._held + lines
        made: list[bytes] = []
        at = 0
        for match in ENTRY.finditer(text):
            made += (text[at : match.start()], self._rewrite(match[0]))
            at = match.end()
        begun = ENTRY_BEGINS.search(text, at)
        end = begun.start() if begun else len(text)
        made.append(text[at:end])
        self._held = text[end:]
        return b"".join(made)

    def _rewrite(self, entry: bytes) -> bytes:
        fields = parse_json(entry)
        self._change(fields)
        return b"    " + format_json(fields).replace(b"\n", b"\n    ")
