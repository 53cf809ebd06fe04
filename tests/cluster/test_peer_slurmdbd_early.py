"""The peer test of slurmdbd's reads on 22.05: identical bytes into its real slurmrestd and into us, in v0.0.36 to v0.0.38.

On an accounting database that has one of everything (tests/lab/early_accounting.py). What differs is mended or a row of
EARLY_SLURMDBD in differences.py, with its reason; a row that nothing needs is refused too.
"""

import time
from collections.abc import Iterator

import pytest
from asks import FACTS
from clusters import Cluster
from compare import explain
from differences import EARLY_SLURMDBD
from early_accounting import make_early_accounting

VERSIONS = (36, 37, 38)
TRIES = 3
OPERATOR, NOBODY_SPECIAL = "alice", "carol"
# fmt: off
ASKS: tuple[tuple[str, int], ...] = (
    # target                                  since
    ("accounts/",                             36),
    ("accounts/?with_deleted=true",           38),
    ("account/leaf",                          36),
    ("account/wide",                          36),
    ("account/dead?with_deleted=true",        38),
    ("account/nosuchaccount",                 36),
    ("users/",                                36),
    ("users/?with_deleted=true",              38),
    ("user/bob",                              36),
    ("user/games?with_deleted=true",          38),
    ("user/nosuchuser",                       36),
    ("associations/",                         36),
    ("associations/?user=carol",              38),
    ("associations/?account=theory&user=bob", 38),
    ("associations/?partition=long",          38),
    ("associations/?user=",                   38),
    ("associations/?user=nosuch",             38),
    ("association/?user=carol&account=leaf",  36),
    ("association/?account=leaf",             36),
    ("association/?user=bob",                 36),
    ("association/?user=nosuch",              36),
    ("qos/",                                  36),
    ("qos/?with_deleted=true",                38),
    ("qos/everything",                        36),
    ("qos/gone?with_deleted=true",            38),
    ("qos/nosuchqos",                         36),
    ("qos/1",                                 36),
    ("clusters/",                             36),
    ("cluster/lab",                           36),
    ("cluster/nosuchcluster",                 36),
    ("tres/",                                 36),
    ("wckeys/",                               36),
    ("wckey/paper",                           36),
    ("wckey/nosuchwckey",                     36),
    ("diag/",                                 36),
    ("config/",                               36),
    ("job/{steps}",                           36),
    ("job/{killed}",                          36),
    ("job/{array}",                           36),
    ("job/{quoted}",                          36),
    ("job/{het}",                             36),
    ("job/{failed}",                          36),
    ("job/99999999",                          36),
    ("jobs/",                                 36),
    ("jobs/?account=theory",                  36),
    ("jobs/?account=nosuch",                  38),
    ("jobs/?skip_steps=true",                 38),
    ("jobs/?disable_wait_for_result=true",    38),
    ("jobs/?start_time=2026-01-01",           38),
    ("jobs/?step={steps}.0",                  36),
    ("jobs/?step={array}_1",                  38),
    ("jobs/?cluster=lab",                     38),
    ("jobs/?constraints=nosuch",              38),
    ("jobs/?cpus_min=2",                      38),
    ("jobs/?job_name=sbatch",                 38),
    ("jobs/?node=n1",                         36),
    ("jobs/?nodes_min=1",                     38),
    ("jobs/?partition=long",                  38),
    ("jobs/?qos=2",                           38),
    ("jobs/?reason=None",                     38),
    ("jobs/?wckey=two",                       38),
    ("jobs/?association=5",                   38),
    ("jobs/?format=x",                        38),
    ("jobs/?group=bob",                       38),
    ("jobs/?exit_code=3",                     38),
    ("jobs/?unknown=1",                       38),
)
REFUSED = ("wckeys/", "wckey/paper", "diag/", "config/")
# fmt: on
USED: set[object] = set()
ASKED: set[int] = set()
STATE: dict[str, str] = {}


@pytest.fixture(scope="module")
def names(any_cluster: Cluster) -> dict[str, str]:
    """The state, made once, and what its jobs are called."""
    if not STATE:
        STATE.update(make_early_accounting(any_cluster))
    return STATE


@pytest.mark.parametrize(
    ("any_cluster", "version"), [("22.05", version) for version in VERSIONS], indirect=["any_cluster"]
)
def test_every_read_answers_as_slurmrestd_does(any_cluster: Cluster, names: dict[str, str], version: int) -> None:
    found: list[str] = []
    for target, user in list_requests(version):
        found += compare_one(any_cluster, version, target, user, names)
    ASKED.add(version)
    assert not found, "\n".join(found)


def list_requests(version: int) -> Iterator[tuple[str, str]]:
    """(target, user) of every request in this version."""
    yield from ((target, OPERATOR) for target, since in ASKS if since <= version and target != "diag/")
    yield ("diag/", "root")
    yield from ((target, NOBODY_SPECIAL) for target in REFUSED)


def compare_one(cluster: Cluster, version: int, target: str, user: str, names: dict[str, str]) -> list[str]:
    """What differs and has no row. Jobs may end between the two: what differs, differs each time it is asked."""
    path = f"/slurmdb/v0.0.{version}/{target.format(**names)}"
    label = f"22.05 v{version} /slurmdb/{target}@{user}"
    for _ in range(TRIES):
        peer = cluster.http_peer("GET", path, user=user)
        ours = cluster.http("GET", path, user=user)
        differs = list(explain(label, peer, ours, USED, EARLY_SLURMDBD))
        if not differs:
            break
        time.sleep(0.5)
    return differs


def test_every_documented_get_is_asked() -> None:
    import json

    asked = {target.partition("?")[0].strip("/").partition("/")[0] for target, _ in ASKS}
    for version in VERSIONS:
        facts = json.loads((FACTS / f"v0.0.{version}.slurm-22.05.json").read_text())
        paths = (row["path"] for row in facts["operations"] if row["method"] == "GET")
        assert {path.split("/")[3] for path in paths if path.startswith("/slurmdb/")} <= asked


def test_no_row_outlives_its_reason() -> None:
    if set(VERSIONS) - ASKED:
        pytest.skip("the table is judged after all versions were asked in this process")
    rows = (*EARLY_SLURMDBD.statuses, *EARLY_SLURMDBD.leaves, *EARLY_SLURMDBD.orders)
    assert [row for row in rows if row not in USED] == []
