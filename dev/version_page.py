"""docs/versions.md: which version each release speaks, and what is missing where a document is made from another's.

Law: made of the program's own tables at each `make docs` (docs/conf.py), never by hand; tests/unit/test_version_page.py
holds it complete.
"""

from collections.abc import Iterator

from slurmrest_inetd.slurm.documents import AS_TEXT, DOCUMENTS, MADE
from slurmrest_inetd.texts.sources import SOURCES
from slurmrest_inetd.versions.documents import VERSIONS, find_nearest, has_operation
from slurmrest_inetd.versions.knowing import account_for, list_leaves, read_payload

PATHS = tuple(dict.fromkeys(path for _, path in DOCUMENTS))
# What the commands of each release print; 22.05's print none: documents are made of their text, in these versions.
SPOKEN = {"22.05": (), "24.11": (40, 41, 42), "26.05": (42, 43, 44, 45)}
TOLD = {row.path: row.version for row in SOURCES}

HEAD = """# API versions and Slurm releases

Every version from v0.0.36 to v0.0.45 is served on every release, whatever that release speaks itself.

{matrix}

**native**: Slurm's command prints that version, and its bytes are passed on. **made**: the document is printed in the
nearest version that the release speaks, and made into the one that was asked for: by the two versions' schemas (a
number becomes `{{set,infinite,number}}`, a text a list, a flag that the version does not know is left out), one
version to the next, and by tables of what schemas cannot tell (`slurmrest_inetd/versions/`): members that moved,
words that are spelt otherwise, what is told in another way. Slurm 22.05's commands print no documents but of jobs and
nodes: there they are made of what the commands print as text. Requests are read by the version that was asked for on
every release.

What follows is worked out from those tables when this page is built. **Not known**: members that the version has and
the release does not tell in the version that it speaks; they have their unset value (`""`, `0`, `[]`, `null`, or
`"set": false`). **Not told**: members that the release tells and the version has no place for. A single thing
(`job/{{job_id}}`) is an entry of the list that is named. An operation that the release cannot do at all answers 501.
"""


def format_page() -> str:
    """The whole page."""
    sections = [HEAD.format(matrix="\n".join(format_matrix()))]
    sections += ["\n".join(format_release(release)) for release in SPOKEN]
    return "\n".join(sections) + "\n"


def format_matrix() -> Iterator[str]:
    """Release by version."""
    yield format_row("", *(f"v0.0.{version}" for version in VERSIONS))
    yield "|---" * (len(VERSIONS) + 1) + "|"
    for release, spoken in SPOKEN.items():
        yield format_row(f"Slurm {release}", *("native" if version in spoken else "made" for version in VERSIONS))


def format_release(release: str) -> Iterator[str]:
    """One release: a table for each version that it does not speak."""
    yield f"## Slurm {release}"
    for target in VERSIONS:
        if target not in SPOKEN[release]:
            yield from ("", f"### v0.0.{target} on Slurm {release}", "")
            yield from format_target(release, target)


def format_target(release: str, target: int) -> Iterator[str]:
    """One version on one release: what is whole, what is not possible, and the table of the rest."""
    sources = {path: find_source(release, path, target) for path in PATHS if has_operation("GET", path, target)}
    rows = {path: format_document(path, source, target) for path, source in sources.items() if source is not None}
    rows |= {path: format_made(path) for path in MADE if path in sources and path not in rows}
    impossible = [path for path in sources if path not in rows]
    whole = [path for path, row in rows.items() if not row]
    if whole:
        yield from (f"Whole: {format_names(whole)}.", "")
    if impossible:
        yield from (f"Not possible: {format_names(impossible)}.", "")
    if any(rows.values()):
        yield from (format_row("document", "made of", "not known", "not told"), "|---|---|---|---|")
        yield from filter(None, rows.values())


def find_source(release: str, path: str, target: int) -> int | None:
    """The version that ``path`` is made of; None where the release cannot tell it."""
    told = TOLD.get(path) if path in AS_TEXT or not SPOKEN[release] else None
    return find_nearest(path, SPOKEN[release], target) or told


def format_document(path: str, source: int, target: int) -> str:
    """A document's row; "" where every member of both is known."""
    account = account_for(path, source, target)
    unknown = format_members(account.unknown, list_leaves(*read_payload(path, target)))
    lost = format_members(account.lost, list_leaves(*read_payload(path, source)))
    return format_row(format_names([path]), f"v0.0.{source}", unknown, lost) if unknown or lost else ""


def format_made(path: str) -> str:
    """The row of a document that is made of another one."""
    other, unknown = MADE[path]
    return format_row(format_names([path]), other.replace("/{version}", ""), f"`{unknown}`", "")


def format_members(leaves: tuple[str, ...], every: list[str]) -> str:
    """The members, an object or list as one where none of its members is left out."""
    return ", ".join(f"`{name}`" for name in dict.fromkeys(shorten(leaf, leaves, every) for leaf in leaves))


def shorten(leaf: str, leaves: tuple[str, ...], every: list[str]) -> str:
    """The outermost thing that ``leaf`` is part of and all of whose parts are among ``leaves``; without the list's own
    name, which the document has.
    """
    parts = leaf.split("/")
    wholes = ("/".join(parts[:end]) for end in range(2, len(parts)))
    whole = next((one for one in wholes if all(other in leaves for other in every if is_below(other, one))), leaf)
    first, _, rest = whole.removeprefix("/").partition("/")
    return (rest if rest and first.endswith("[]") else whole.removeprefix("/")).replace("[]", "")


def is_below(leaf: str, whole: str) -> bool:
    """Whether ``leaf`` is a part of ``whole``."""
    return leaf == whole or leaf.startswith((f"{whole}/", f"{whole}["))


def format_names(paths: list[str]) -> str:
    """Operations as they are written."""
    return ", ".join(f"`{path.replace('/{version}', '')}`" for path in paths)


def format_row(*cells: str) -> str:
    """A table's row."""
    return "| " + " | ".join(cells) + " |"
