"""How Slurm's commands lay out a JSON document that holds a list of objects: by lines, two spaces an indent.

Law: Slurm escapes a newline inside a string, so a line that closes something cannot be forged. Data; read by
selection.py, rewriting.py and versions/streaming.py.
"""

import re

# The document's first member is a list with entries.
LIST_BEGINS = re.compile(rb'\A\{\n  "(\w+)": \[\n(?=    \{\n)')
ENTRY = re.compile(rb"^    \{\n.*?^    \}(?=,?\n)", re.MULTILINE | re.DOTALL)
ENTRY_BEGINS = re.compile(rb"^    \{\n", re.MULTILINE)
# what follows the last entry
LIST_ENDS = re.compile(rb"\n  \],?\n")
