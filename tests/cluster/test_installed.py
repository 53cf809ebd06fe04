"""The program as a site installs it: from a wheel, into each release's own Python, run by the unprivileged user."""

import pytest
from clusters import PROGRAM, VENV, Cluster

from slurmrest_inetd import __version__

PYTHONS = {"22.05": "3.11", "24.11": "3.13", "26.05": "3.14"}


def test_each_release_runs_it_in_its_own_python(any_cluster: Cluster) -> None:
    done = any_cluster.run(
        [f"{VENV}/bin/python", "-c", "import sys; print('%d.%d' % sys.version_info[:2])"], check=True
    )
    assert done.stdout.decode().strip() == PYTHONS[any_cluster.release]


@pytest.mark.parametrize("option", ["-V", "-h"])
def test_options_that_only_print(any_cluster: Cluster, option: str) -> None:
    done = any_cluster.run([PROGRAM, option])
    assert done.returncode == 0, done.stderr
    assert (__version__ if option == "-V" else "SLURMRESTD_AUTH_TYPES") in done.stdout.decode()


def test_it_runs_as_the_unprivileged_user(any_cluster: Cluster) -> None:
    assert any_cluster.run(["id", "-un"]).stdout == b"slurmrestd\n"


def test_ping(cluster: Cluster) -> None:
    version = "v0.0.42"
    reply, peer = cluster.http("GET", f"/slurm/{version}/ping/"), cluster.http_peer("GET", f"/slurm/{version}/ping/")
    assert (reply.status, peer.status) == (200, 200)
    assert (
        [ping["hostname"] for ping in reply.json()["pings"]]
        == [ping["hostname"] for ping in peer.json()["pings"]]
        == ["ctl"]
    )


def test_a_request_without_a_token_is_refused(cluster: Cluster) -> None:
    assert cluster.http("GET", "/slurm/v0.0.42/ping/", user=None).status == 401
