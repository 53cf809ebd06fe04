"""The manual page is what its source makes, and names everything that the program reads."""

import sys
from pathlib import Path

from slurmrest_inetd.environment import IDLE, NAMES
from slurmrest_inetd.options import FLAGS, OPTIONS

TREE = Path(__file__).parents[2]
sys.path.insert(0, str(TREE / "dev"))
import manual  # noqa: E402  dev/ is no package


def test_the_pages_are_made_anew_with_their_source() -> None:
    assert manual.PAGE.read_text() == manual.format_page()
    assert manual.MARKDOWN.read_text() == manual.format_markdown()


def test_every_variable_is_told() -> None:
    told = [entry.term for entry in manual.VARIABLES]
    read = {*(row.variable for row in OPTIONS if row.variable), *NAMES, *IDLE, "SLURM_JWT", "SLURMRESTD_OPTIONS"}
    assert sorted(told) == sorted(read)


def test_every_option_is_told_as_help_tells_it() -> None:
    text = manual.format_page()
    for row in (*OPTIONS, *FLAGS):
        help_text = row.help if hasattr(row, "help") else row[2]
        assert manual.escape(help_text) in text


def test_it_is_made_of_macros_that_man_knows_and_of_plain_lines() -> None:
    """man(7); a line that begins with a dot or an apostrophe and is no macro would be lost."""
    macros = {".TH", ".SH", ".TP", ".PP", ".B", ".nf", ".fi"}
    for line in manual.format_page().splitlines():
        assert not line.startswith("'")
        assert line.split(" ")[0] in macros if line.startswith(".") else line
