"""`make matrix`: asks everything in every version on every release and prints a table. Exit status 1 when a cell fails.

    python -m matrix.run [RELEASE ...] [--versions 36,45] [--only WORD]

A row is an operation, a column a version, a section a release; a cell is ``served``, ``no`` (Slurm cannot; the note says why) or
``FAILING``. The clusters are those of tests/lab; they stay up.
"""

import argparse
import sys
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from cluster.openapi_service import Service
from clusters import Cluster, bring_up
from replies import Reply, parse_reply
from rich_state import RichState, make_rich_state

from matrix.asks import ASKS, Ask, fill, list_asks
from matrix.judging import FAILING, IMPOSSIBLE, SERVED, Verdict, judge
from slurmrest_inetd.model import Endpoint
from slurmrest_inetd.settings import Settings

RELEASES = ("22.05", "24.11", "26.05")
VERSIONS = Settings().data_parsers
MARKS = {SERVED: "served", IMPOSSIBLE: "no", FAILING: "FAILING"}
# (operation, version) -> what came of it
Table = dict[tuple[str, int], Verdict]


def main() -> int:
    """Print the table of the releases that are named, of all where none is."""
    parser = argparse.ArgumentParser()
    parser.add_argument("releases", nargs="*", default=RELEASES)
    parser.add_argument("--versions", type=lambda text: [int(word) for word in text.split(",")], default=VERSIONS)
    parser.add_argument("--only", default="", help="operations whose name has this word")
    given = parser.parse_args()
    with ThreadPoolExecutor() as pool:
        tables = pool.map(lambda release: run_release(release, given.versions, given.only), given.releases)
        words = [word for release, table in zip(given.releases, tables, strict=True) for word in show(release, table)]
    print(*(f"{words.count(word)} {word}" for word in MARKS), sep=", ")
    return FAILING in words


def run_release(release: str, versions: Sequence[int], only: str = "") -> Table:
    """Bring up a cluster with one of everything, and ask."""
    cluster = bring_up(release)
    return run_matrix(cluster, make_rich_state(cluster), versions, only)


def run_matrix(cluster: Cluster, state: RichState, versions: Sequence[int], only: str = "") -> Table:
    """The verdict on every operation in every one of ``versions``."""
    names = state.names | submit_jobs(cluster, versions)
    table: Table = {}
    with Service(cluster) as service:
        for version in versions:
            own = {name.removesuffix(f"@{version}"): word for name, word in names.items()}
            own |= {"m": f"m{version}x", "d": f"d{version}x"}
            asks = [(row, ask) for row, ask in list_asks(version) if only in ask.operation]
            run_lines(cluster, own, (ask.before for _, ask in asks))
            for row, ask in asks:
                table[ask.operation, version] = judge(
                    row, version, cluster.release, do(cluster, service, version, row, ask, own), ask.status
                )
            run_lines(cluster, own, (*(ask.after for _, ask in asks), "scancel --name=matrix"))
    cluster.run(["scancel", "--name=matrix-kept"], user="root")
    return table


def do(cluster: Cluster, service: Service, version: int, row: Endpoint, ask: Ask, names: dict[str, str]) -> Reply | str:
    """One ask; what went wrong where there is no reply."""
    root = row.path.split("/")[1]
    target = f"/{root}/v0.0.{version}{fill(ask.target, names)}"
    request = cluster.request(row.method, target, user=ask.user, body=fill(ask.body, names))
    try:
        return parse_reply(service.ask(request), row.method)
    except (ValueError, OSError) as error:
        return f"no reply: {error}"


def run_lines(cluster: Cluster, names: dict[str, str], lines: Iterable[str]) -> None:
    """Run ``lines`` in the cluster as root; what is there already, or gone, is no matter."""
    script = "\n".join(dict.fromkeys(fill(line, names) for line in lines if line))
    cluster.run(["sh"], user="root", input=script.encode())


# name -> whether it is held, since when it is asked for: some to be changed and cancelled, two that run and are started anew
JOBS = {
    "changed": (True, 36),
    "cancelled_one": (True, 36),
    "cancelled_too": (True, 40),
    "requeued": (False, 45),
    "requeued_too": (False, 45),
}


def submit_jobs(cluster: Cluster, versions: Sequence[int]) -> dict[str, str]:
    """``NAME@VERSION`` -> the id of a job of its own for each version."""
    wanted = [
        (f"{name}@{version}", held) for version in versions for name, (held, since) in JOBS.items() if version >= since
    ]
    lines = [
        f"sbatch --parsable -J matrix-kept -t 5 -o /dev/null {'-H ' * held}--wrap 'sleep 300'" for _, held in wanted
    ]
    printed = cluster.run(["sh", "-c", "\n".join(lines)], user="alice", check=True).stdout.decode().split()
    return dict(zip((name for name, _ in wanted), printed, strict=True))


def show(release: str, table: Table) -> Iterator[str]:
    """Print a release's section; every cell's word."""
    versions = sorted({version for _, version in table})
    notes: dict[str, int] = {}
    print(f"\nSlurm {release}".ljust(37), *(f"v0.0.{version}".ljust(12) for version in versions))
    for operation in dict.fromkeys(ask.operation for ask in ASKS):
        cells = [table.get((operation, version)) for version in versions]
        if not any(cells):
            continue
        print(operation.ljust(36), *(show_cell(cell, notes).ljust(12) for cell in cells))
        yield from (cell.word for cell in cells if cell)
    for note, count in notes.items():
        print(f"  [{count}] {note}")


def show_cell(cell: Verdict | None, notes: dict[str, int]) -> str:
    """One cell, with the number of its note."""
    if cell is None:
        return "-"
    return MARKS[cell.word] + (f" [{notes.setdefault(cell.note, len(notes) + 1)}]" if cell.note else "")


if __name__ == "__main__":
    sys.exit(main())
