"""The HTML documentation: `make docs` builds it from these pages into build/docs.

differences.md is made of the tables that the tests beside slurmrestd read, versions.md of the tables that make one API
version of another, at each build.
"""

import json
import sys
from pathlib import Path
from typing import Any

DOCS = Path(__file__).resolve().parent
TREE = DOCS.parent
sys.path[:0] = [str(folder) for folder in (TREE, TREE / "dev", TREE / "tests" / "cluster", TREE / "tests" / "lab")]

import ctld_writes  # noqa: E402  the tests' own tables
import early_jobs  # noqa: E402  likewise
import test_dbd_writes_a as accounts  # noqa: E402  likewise
import test_dbd_writes_b as accounting  # noqa: E402  likewise
import version_page  # noqa: E402  dev/ is no package
from differences import EARLY_SLURMCTLD, EARLY_SLURMDBD, JOB_WRITES, LATE, Differences  # noqa: E402  likewise

from slurmrest_inetd import __version__  # noqa: E402  the tree's own

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

Each row of the tables that the tests allow; of reads, a row that no request needs fails them. A target is a request of
the test (a regular expression), a path the place in the document.

"""


READS = (
    (" of v0.0.40 to v0.0.45", LATE),
    (" of the controller in v0.0.36 to v0.0.38, on 22.05", EARLY_SLURMCTLD),
    (" of accounting in v0.0.36 to v0.0.38, on 22.05", EARLY_SLURMDBD),
)


def format_row(*cells: object) -> str:
    """A table's row; a bar in a cell would end it."""
    return "| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |"


def format_write(write: Any) -> str:
    """A row of one of the tables of writes."""
    target = getattr(write, "target", "") or write.path
    body = json.dumps(write.body, default=str)
    peers = getattr(write, "peers", None) or write.peer
    body = f" `{body[:160]}{'...' if len(body) > 160 else ''}`" if write.body is not None else ""
    return format_row(
        f"`{write.method} {target}`{body}", ", ".join(str(one or "-") for one in peers), write.ours, write.reason
    )


def list_reads(known: Differences) -> list[str]:
    """The tables of one peer test."""
    lines = ["Another status:", "", "| target | slurmrestd | here | why |", "|---|---|---|---|"]
    lines += [format_row(f"`{row.target}`", row.peer, row.ours, row.reason) for row in known.statuses]
    lines += ["", "Another value:", "", "| target | path | why |", "|---|---|---|"]
    lines += [format_row(f"`{row.target}`", f"`{row.path}`", row.reason) for row in known.leaves]
    if known.orders:
        lines += ["", "Another order:", "", "| target | list | why |", "|---|---|---|"]
        lines += [format_row(f"`{row.target}`", f"`{row.member}`", row.reason) for row in known.orders]
    if known.sums:
        lines += ["", "Added up:", "", "| target | list | why |", "|---|---|---|"]
        lines += [format_row(f"`{row.target}`", f"`{row.member}`", row.reason) for row in known.sums]
    return [*lines, ""]


def format_differences() -> str:
    """The whole page."""
    lines: list[str] = []
    for title, known in READS:
        lines += [f"## Reads{title}", "", *list_reads(known)]
    lines += [
        "## Writes",
        "",
        "What slurmrestd answers (on the releases that were asked), what we do, and why. Where the reason is",
    ]
    lines += [
        "about what was done, the status may be the same.",
        "",
        "| request | slurmrestd | here | why |",
        "|---|---|---|---|",
    ]
    for write in (*JOB_WRITES, *ctld_writes.WRITES, *accounts.WRITES, *accounts.WRONG, *accounting.WRITES):
        if write.reason:
            lines.append(format_write(write))
    lines += [
        "",
        "## Jobs of v0.0.36 to v0.0.38",
        "",
        "| property | slurmrestd 22.05 | here | why |",
        "|---|---|---|---|",
    ]
    for row in early_jobs.OTHERWISE:
        value = f"`{row.name}` `{json.dumps(row.value)}`"
        lines.append(format_row(value, row.peer or "crashes", row.ours, row.reason))
    return HEAD + "\n".join(lines) + "\n"


(DOCS / "differences.md").write_text(format_differences())
(DOCS / "versions.md").write_text(version_page.format_page())
