"""The peer test: identical bytes into the release's real slurmrestd and into us, compared key by key.

Every documented GET is asked, in every version, on a cluster with jobs of every kind. What differs is mended or is a row of
differences.py, with its reason; a row that nothing needs is refused too.
"""

import time

import pytest
from asks import ASKS, NATIVE, expand, list_documented_gets
from clusters import Cluster
from compare import explain
from differences import LEAVES, ORDERS, STATUSES, SUMS
from rich_state import RichState

# Writes under GET: asked with the other writes (test_ctld_writes.py, test_job_writes.py).
LATER = ("/slurm/{version}/reconfigure", "/slurm/{version}/job/{job_id}/requeue")
# A cluster may change between the two (a node registers, a job ends): what differs, differs each time it is asked.
TRIES = 3
USED: set[object] = set()
ASKED: set[str] = set()


PAIRS = [(release, version) for release, versions in NATIVE.items() for version in versions]


@pytest.mark.parametrize(("cluster", "version"), PAIRS, indirect=["cluster"])
def test_every_read_answers_as_slurmrestd_does(cluster: Cluster, rich_state: RichState, version: int) -> None:
    asks = [ask for spoken, ask in expand(cluster.release) if spoken == version]
    found: list[str] = []
    for ask in asks:
        path = f"/{ask.root}/v0.0.{version}{ask.target.format(**rich_state.names)}"
        headers = [("Accept", ask.accept)] if ask.accept else []
        for _ in range(TRIES):
            peer = cluster.http_peer("GET", path, user=ask.user, headers=headers)
            ours = cluster.http("GET", path, user=ask.user, headers=headers)
            differs = list(explain(f"{cluster.release} v{version} /{ask.root}{ask.target}", peer, ours, USED))
            if not differs:
                break
            time.sleep(1)
        found += differs
    ASKED.add(cluster.release)
    assert not found, "\n".join(found)


def test_every_documented_get_is_asked() -> None:
    for release, versions in NATIVE.items():
        for version, path in list_documented_gets(release):
            if version in versions and path not in LATER:
                assert any(
                    ask.since <= version <= ask.until and matches(path, f"/{ask.root}/{{version}}{ask.target}")
                    for ask in ASKS
                ), path


def matches(path: str, target: str) -> bool:
    """Whether a request's target is one of the documented path."""
    words, given = path.split("/"), target.partition("?")[0].rstrip("/").split("/")
    return len(words) == len(given) and all(
        word == one or (word.startswith("{") and word != "{version}") for word, one in zip(words, given, strict=True)
    )


def test_no_row_outlives_its_reason() -> None:
    if set(NATIVE) - ASKED:
        pytest.skip("the table is judged after all releases were asked in this process")
    assert [row for row in (*STATUSES, *LEAVES, *ORDERS, *SUMS) if row not in USED] == []
