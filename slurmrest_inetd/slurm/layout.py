"""How Slurm's commands lay out a JSON document that holds a list of objects: by lines, two spaces an indent.

Law: Slurm escapes a newline inside a string, so a line that closes something cannot be forged. Pure. Called by
selection.py, rewriting.py, versions/streaming.py and texts/listing.py.
"""

import re

# The document's first member is a list with entries.
LIST_BEGINS = re.compile(rb'\A\{\n  "(\w+)": \[\n(?=    \{\n)')
ENTRY = re.compile(rb"^    \{\n.*?^    \}(?=,?\n)", re.MULTILINE | re.DOTALL)
ENTRY_BEGINS = re.compile(rb"^    \{\n", re.MULTILINE)
# what follows the last entry
LIST_ENDS = re.compile(rb"\n  \],?\n")


def cut_entries(text: bytes) -> tuple[list[bytes], bytes]:
    """The entries that are whole in a list's ``text``, and what stands behind the last of them."""
    entries = []
    at = 0
    for match in ENTRY.finditer(text):
        entries.append(match[0])
        at = match.end()
    return entries, text[at:]
