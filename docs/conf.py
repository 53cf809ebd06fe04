"""The HTML documentation: `make docs` builds it from these pages into build/docs.

differences.md is made of the table that the peer test reads, at each build.
"""

import sys
from pathlib import Path

DOCS = Path(__file__).resolve().parent
sys.path[:0] = [str(DOCS.parent), str(DOCS.parent / "tests" / "cluster")]

from differences import JOB_WRITES, LEAVES, ORDERS, STATUSES  # noqa: E402

from slurmrest_inetd import __version__  # noqa: E402

project, author, release = "slurmrest-inetd", "the slurmrest-inetd engineers", __version__
extensions = ["myst_parser"]
myst_enable_extensions = ["deflist"]
myst_heading_anchors = 3
exclude_patterns = ["man"]
html_theme = "furo"
html_title = f"slurmrest-inetd {release}"
html_copy_source = False
suppress_warnings = ["myst.xref_missing"]  # links into the source tree are for readers of the tree

HEAD = """# What differs from slurmrestd

Each row of the table that the peer test allows; a row that no request needs fails that test. A target is a request of
the test (a regular expression), a path the place in the document.

"""


def format_row(*cells: object) -> str:
    """A table's row; a bar in a cell would end it."""
    return "| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |"


def format_differences() -> str:
    """The whole page."""
    lines = ["## Another status", "", "| target | slurmrestd | here | why |", "|---|---|---|---|"]
    lines += [format_row(f"`{row.target}`", row.peer, row.ours, row.reason) for row in STATUSES]
    lines += ["", "## Another value", "", "| target | path | why |", "|---|---|---|"]
    lines += [format_row(f"`{row.target}`", f"`{row.path}`", row.reason) for row in LEAVES]
    lines += ["", "## Another order", "", "| target | list | why |", "|---|---|---|"]
    lines += [format_row(f"`{row.target}`", f"`{row.member}`", row.reason) for row in ORDERS]
    lines += ["", "## Another status of a write of jobs", "", "| request | slurmrestd 24.11, 26.05 | here | why |"]
    lines += ["|---|---|---|---|"]
    for write in JOB_WRITES:
        request = f"`{write.method} {write.target}` `{write.body}`"
        lines.append(
            format_row(request, ", ".join(str(status or "-") for status in write.peer), write.ours, write.reason)
        )
    return HEAD + "\n".join(lines) + "\n"


(DOCS / "differences.md").write_text(format_differences())
