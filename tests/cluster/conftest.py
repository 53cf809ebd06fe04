"""Fixtures of the tests on real clusters: a running release, and a state that has one of everything.

Law: what a cluster is stands in tests/lab/clusters.py; here is only when there is one. Where clusters cannot be had (not root, no
network, no Debian) these tests are skipped and say why; with CI=true or SLURMREST_REQUIRE_CLUSTERS=1 that is a failure.
Clusters stay up for the next run, but with SLURMREST_TAKE_DOWN=1.
"""

import os
from typing import NoReturn

import pytest
from clusters import Cluster, NoClusters, bring_up, lab
from rich_state import RichState, make_rich_state

SERVED = ("24.11", "26.05")
# 22.05 is started and the program is installed there; its API versions are served later.
INSTALLED = ("22.05", *SERVED)

clusters: dict[str, Cluster | str] = {}


@pytest.fixture(scope="session", params=SERVED)
def cluster(request: pytest.FixtureRequest) -> Cluster:
    """A cluster of each release that is served, the program installed in its own Python."""
    return get_cluster(request.param)


@pytest.fixture(scope="session", params=INSTALLED)
def any_cluster(request: pytest.FixtureRequest) -> Cluster:
    """A cluster of each release that the program can be installed on."""
    return get_cluster(request.param)


@pytest.fixture(scope="session")
def rich_state(cluster: Cluster) -> RichState:
    """The cluster with jobs in every state, a drained node, reservations, accounts and QOS; nothing in it moves by itself."""
    return make_rich_state(cluster)


def get_cluster(release: str) -> Cluster:
    """The release's cluster, brought up when it is first asked for; skips or fails the test where none can be had."""
    if release not in clusters:
        try:
            clusters[release] = bring_up(release)
        except NoClusters as error:
            clusters[release] = str(error)
    found = clusters[release]
    if isinstance(found, str):
        refuse(f"no Slurm {release} here: {found}")
    return found


def refuse(reason: str) -> NoReturn:
    """Skip, or fail where clusters are required."""
    if os.environ.get("CI") == "true" or os.environ.get("SLURMREST_REQUIRE_CLUSTERS") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


def pytest_sessionfinish() -> None:
    """Take down what this run brought up (it holds it: nobody else's), where that is wanted."""
    if os.environ.get("SLURMREST_TAKE_DOWN") == "1":
        for release, found in clusters.items():
            if isinstance(found, Cluster):
                lab("down", release)
