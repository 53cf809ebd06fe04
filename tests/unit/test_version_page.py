"""The page of versions is complete: every version on every release, every document once."""

import re
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent.parent / "dev"))
import version_page

from slurmrest_inetd.versions.documents import VERSIONS, has_operation
from slurmrest_inetd.versions.knowing import account_for

CASES = [
    (release, version)
    for release, spoken in version_page.SPOKEN.items()
    for version in VERSIONS
    if version not in spoken
]


@pytest.fixture(scope="module")
def page() -> str:
    return version_page.format_page()


@pytest.mark.parametrize(("release", "version"), CASES)
def test_every_document_is_told_once(page: str, release: str, version: int) -> None:
    section = page.partition(f"### v0.0.{version} on Slurm {release}\n")[2].partition("\n#")[0]
    paths = [path.replace("/{version}", "") for path in version_page.PATHS if has_operation("GET", path, version)]
    named = re.findall(r"`(/[^`]*)`", section)
    assert sorted(named) == sorted(paths)


def test_what_is_missing_is_named(page: str) -> None:
    section = page.partition("### v0.0.38 on Slurm 24.11\n")[2].partition("\n#")[0]
    (row,) = [line for line in section.splitlines() if line.startswith("| `/slurm/partitions`")]
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    assert cells[1:3] == ["v0.0.40", "`flags`, `preemption_mode`"]
    assert "`timeouts`" in cells[3]  # as one: nothing of it is told
    assert "`maximums/shares`" in cells[3]  # the rest of maximums is
    account = account_for("/slurm/{version}/partitions", 40, 38)
    assert len(account.unknown) == 2


def test_the_matrix_names_every_release_and_version(page: str) -> None:
    for release in version_page.SPOKEN:
        (row,) = [line for line in page.splitlines() if line.startswith(f"| Slurm {release} |")]
        assert row.count("native") + row.count("made") == len(VERSIONS)


@pytest.mark.parametrize("line", ["Whole: ", "Not possible: ", "| document | made of | not known | not told |"])
def test_the_page_says_what_its_head_explains(page: str, line: str) -> None:
    assert line in page
