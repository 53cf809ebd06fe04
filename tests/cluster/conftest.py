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

# These print documents of the API's versions, and their slurmrestd serves more than one of v0.0.40 and later.
SERVED = ("24.11", "26.05")
INSTALLED = ("22.05", *SERVED)

clusters: dict[str, Cluster | str] = {}
states: dict[str, RichState] = {}


@pytest.fixture(scope="session", params=SERVED)
def cluster(request: pytest.FixtureRequest) -> Cluster:
    """A cluster of each release that prints documents, the program installed in its own Python."""
    return get_cluster(request.param)


@pytest.fixture(scope="session", params=INSTALLED)
def any_cluster(request: pytest.FixtureRequest) -> Cluster:
    """A cluster of each release."""
    return get_cluster(request.param)


@pytest.fixture(scope="session")
def rich_state(cluster: Cluster) -> RichState:
    """The cluster with jobs in every state, a drained node, reservations, accounts and QOS; nothing in it moves by itself."""
    return get_rich_state(cluster)


@pytest.fixture(scope="session")
def any_rich_state(any_cluster: Cluster) -> RichState:
    """The same in each release's."""
    return get_rich_state(any_cluster)


def get_rich_state(cluster: Cluster) -> RichState:
    """The cluster's state, made when it is first asked for."""
    if cluster.release not in states:
        states[cluster.release] = make_rich_state(cluster)
    return states[cluster.release]


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
