"""Every service manager and proxy, as an administrator sets it up from what is shipped: each answers the same core on a real cluster.

Law: what is installed is what --install-units wrote on a machine whose first process is systemd; what it prints is done as printed.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from clusters import PROGRAM, Cluster, NoClusters
from conftest import get_cluster, refuse
from machines import Machine, run_machine
from replies import Reply

RELEASE = "24.11"
VERSION = "v0.0.42"
TCP = "http://127.0.0.1:6820"
UNIX = ("--unix-socket", "/run/slurmrest-inetd.sock", "http://localhost")
MANY_JOBS = 180  # a list of more than one MiB: it streams
JOB = {
    "name": "ways-in",
    "hold": True,
    "current_working_directory": "/home/alice",
    "environment": ["PATH=/usr/bin:/bin"],
}

Ask = Callable[..., Reply]


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """The one cluster of these tests, with more jobs than fit into a reply that is spooled."""
    cluster = get_cluster(RELEASE)
    script = f"for i in $(seq {MANY_JOBS}); do sbatch -Q --hold --job-name=ways-in-many --wrap=true; done"
    cluster.run(["sh", "-ec", script], user="alice", check=True)
    yield cluster
    cluster.slurm("scancel", "--user=alice", "--name=ways-in-many")


@pytest.fixture(scope="module")
def machine(cluster: Cluster) -> Iterator[Machine]:
    """The administrator's machine: --install-units has run, and what it says is next for systemd is done."""
    try:
        with run_machine(RELEASE) as machine:
            report = machine.run(PROGRAM, "--install-units").stdout.decode()
            assert "left out" not in report
            machine.shell(re.findall(r"^ {4}(systemd-sysusers .*)$", report, re.MULTILINE)[0])
            yield machine
    except NoClusters as error:
        refuse(f"no machine with systemd here: {error}")


def ask_through(machine: Machine, cluster: Cluster, *place: str) -> Ask:
    """Requests of alice to ``place``: curl's options and the URL before the path."""

    def ask(method: str, path: str, *, user: str | None = "alice", **options: Any) -> Reply:
        headers = [*options.pop("headers", ()), *([("X-SLURM-USER-TOKEN", cluster.token(user))] if user else [])]
        return machine.curl(*place[:-1], f"{place[-1]}{path}", method=method, headers=headers, **options)

    return ask


def check_core(ask: Ask) -> None:
    """The peer test's core: ping, a large list, submit and read back, cancel, HEAD, 401, 404."""
    ping = ask("GET", f"/slurm/{VERSION}/ping/")
    assert (ping.status, ping.json()["pings"][0]["pinged"]) == (200, "UP")
    jobs = ask("GET", f"/slurm/{VERSION}/jobs/")
    assert (jobs.status, jobs.rest) == (200, b"")
    assert len(jobs.body) > 1024 * 1024
    assert len([job for job in jobs.json()["jobs"] if job["name"] == "ways-in-many"]) >= MANY_JOBS
    submitted = ask("POST", f"/slurm/{VERSION}/job/submit", body={"script": "#!/bin/sh\ntrue\n", "job": JOB})
    assert submitted.status == 200, submitted.body
    job = f"/slurm/{VERSION}/job/{submitted.json()['job_id']}"
    (read,) = ask("GET", job).json()["jobs"]
    assert (read["name"], read["user_name"], read["current_working_directory"]) == ("ways-in", "alice", "/home/alice")
    assert ask("DELETE", job).status == 200
    head = ask("HEAD", f"/slurm/{VERSION}/ping/")
    assert (head.status, head.body) == (200, b"")
    accounts = ask("GET", f"/slurmdb/{VERSION}/accounts/")
    assert "phys" in {account["name"] for account in accounts.json()["accounts"]}
    assert ask("GET", f"/slurm/{VERSION}/ping/", user=None).status == 401
    missing = ask("GET", f"/slurm/{VERSION}/nosuchpath/")
    assert (missing.status, bool(missing.json()["errors"])) == (404, True)


# --- systemd -----------------------------------------------------------------------------------------------------------------------


def test_one_process_a_connection(machine: Machine, cluster: Cluster) -> None:
    # A system call that the filter forbids now kills: that a command goes on after EPERM is no proof that it did what it should.
    machine.write("/etc/systemd/system/slurmrest-inetd@.service.d/kill.conf", "[Service]\nSystemCallErrorNumber=\n")
    machine.run("systemctl", "daemon-reload")
    with machine.service("slurmrest-inetd.socket"):
        for place in ((TCP,), UNIX):
            check_core(ask_through(machine, cluster, *place))
        assert machine.curl(*UNIX[:-1], f"{UNIX[-1]}/slurm/{VERSION}/ping/").status == 401  # root is nobody here
        as_itself = machine.run(
            *("setpriv", "--reuid", "slurmrestd", "--regid", "slurmrestd", "--clear-groups"),
            *("curl", "-sS", *UNIX[:-1], f"{UNIX[-1]}/slurm/{VERSION}/jobs/"),
        )
        assert b'"jobs": [' in as_itself.stdout  # by munge
        log = machine.run("journalctl", "--no-pager", "--output=cat", "--unit=slurmrest-inetd@*").stdout
        assert b" alice POST " in log
        assert cluster.token("alice").encode() not in log
