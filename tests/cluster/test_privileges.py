"""Privileges on real clusters: as whom the program starts, and --local-users: every user of a login node without a token.

Law: nothing here is skipped, nothing is left running; the service runs as slurmrestd with CAP_SETUID and CAP_SETGID, as a unit
with AmbientCapabilities= would start it.
"""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from clusters import PROGRAM, SLURM_LAB, VENV, Cluster, lab_environment
from replies import Reply, format_request, parse_reply

SOCKET = "/tmp/privileges.sock"
CAPABILITIES = ("--inh-caps=-all,+setuid,+setgid", "--ambient-caps=-all,+setuid,+setgid")
AS_SERVICE = ("setpriv", "--reuid=slurmrestd", "--regid=slurmrestd", "--clear-groups", *CAPABILITIES)
JOBS, SUBMIT, PING = "/slurm/v0.0.42/jobs/", "/slurm/v0.0.42/job/submit", "/slurm/v0.0.42/ping/"
CLIENT = f"""
import socket, sys
client = socket.socket(socket.AF_UNIX)
client.connect({SOCKET!r})
client.sendall(sys.stdin.buffer.read())
while data := client.recv(65536):
    sys.stdout.buffer.write(data)
"""
PROBE = f"import socket; socket.socket(socket.AF_UNIX).connect({SOCKET!r})"
# What inetd does: accept one connection, and become the program on it.
INETD = f"""
import os, socket, sys
server = socket.socket(socket.AF_UNIX)
server.bind({SOCKET!r})
os.chmod({SOCKET!r}, 0o666)
server.listen()
fd = server.accept()[0].detach()
for number in (0, 1):
    os.dup2(fd, number)
os.execvp(sys.argv[1], sys.argv[1:])
"""


def start(
    cluster: Cluster, *argv: str, user: str = "root", env: dict[str, str] | None = None
) -> "subprocess.Popen[bytes]":
    """Start a service in the cluster and wait for its socket."""
    path = cluster.root / SOCKET.lstrip("/")
    path.unlink(missing_ok=True)
    process = subprocess.Popen(
        [str(SLURM_LAB), "exec", cluster.release, "-u", user, "--", *argv],
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=lab_environment(env),
        start_new_session=True,
    )
    deadline = time.monotonic() + 20
    while not path.is_socket() or cluster.run([f"{VENV}/bin/python", "-c", PROBE]).returncode:
        if process.poll() is not None or time.monotonic() > deadline:
            pytest.fail(f"the service did not start: {stop(process).decode()}")
        time.sleep(0.05)
    return process


def stop(process: "subprocess.Popen[bytes]") -> bytes:
    """End the service; what it wrote to its log."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGTERM)
    return process.communicate(timeout=60)[1]


@pytest.fixture
def service(cluster: Cluster) -> Iterator["subprocess.Popen[bytes]"]:
    """Listening on a UNIX socket, with two capabilities."""
    process = start(cluster, *AS_SERVICE, PROGRAM, "--local-users", f"unix:{SOCKET}")
    yield process
    stop(process)


def ask(
    cluster: Cluster,
    user: str,
    path: str,
    method: str = "GET",
    body: Any = None,
    headers: tuple[tuple[str, str], ...] = (),
) -> Reply:
    """What ``user`` hears who connects to the socket."""
    request = format_request(method, path, headers, body)
    return parse_reply(cluster.run([f"{VENV}/bin/python", "-c", CLIENT], user=user, input=request).stdout, method)


def describe_job(script: str, *, hold: bool) -> dict[str, Any]:
    job = {
        "hold": hold,
        "name": "privileges",
        "current_working_directory": "/tmp",
        "environment": ["PATH=/usr/bin:/bin"],
    }
    return {"job": {**job, "standard_output": "/tmp/privileges-%j.out"}, "script": f"#!/bin/sh\n{script}\n"}


def submit(
    cluster: Cluster, user: str, headers: tuple[tuple[str, str], ...] = (), script: str = "true", *, hold: bool = True
) -> str:
    reply = ask(cluster, user, SUBMIT, "POST", describe_job(script, hold=hold), headers)
    assert reply.status == 200, reply.body
    return str(reply.json()["job_id"])


def find_owner(cluster: Cluster, job: str) -> str:
    return cluster.slurm("squeue", "-h", "-o", "%u", "-j", job)


def test_every_user_without_a_token(cluster: Cluster, service: Any) -> None:
    for user in ("alice", "bob", "slurmrestd"):
        reply = ask(cluster, user, PING)
        client = reply.json()["meta"]["client"]
        assert (reply.status, client["user"], client["group"]) == (200, user, user)
    job = submit(cluster, "alice")
    assert find_owner(cluster, job) == "alice"
    refused = ask(cluster, "carol", f"/slurm/v0.0.42/job/{job}", "DELETE")  # bob may be a coordinator
    assert refused.status in (403, 422) and refused.json()["errors"]
    assert cluster.slurm("squeue", "-h", "-o", "%T", "-j", job) == "PENDING"
    assert ask(cluster, "alice", f"/slurm/v0.0.42/job/{job}", "DELETE").status == 200
    assert cluster.slurm("squeue", "-h", "-o", "%T", "-j", job, "-t", "PENDING") == ""


def test_root_and_system_users_need_a_token(cluster: Cluster) -> None:
    service = start(cluster, *AS_SERVICE, PROGRAM, "--local-users", f"unix:{SOCKET}")
    token = (("X-SLURM-USER-TOKEN", cluster.token("alice")),)
    for user in ("root", "slurm", "munge"):
        assert ask(cluster, user, PING).status == 401
        assert ask(cluster, user, PING, headers=token).status == 200
    log = stop(service).decode()
    assert "uid 0's, not this service's" in log
    assert cluster.token("alice") not in log


def test_a_token_wins_over_the_peer(cluster: Cluster, service: Any) -> None:
    job = submit(cluster, "alice", (("X-SLURM-USER-TOKEN", cluster.token("bob")),))
    assert find_owner(cluster, job) == "bob"
    cluster.slurm("scancel", job)
    assert ask(cluster, "alice", PING, headers=(("X-SLURM-USER-TOKEN", "x"),)).status == 401
    assert ask(cluster, "alice", PING, headers=(("X-SLURM-USER-NAME", "bob"),)).status == 401


def test_a_proxys_clients_are_not_the_proxy(cluster: Cluster, service: Any) -> None:
    assert ask(cluster, "alice", PING, headers=(("X-Forwarded-For", "192.0.2.1"),)).status == 401


def test_a_job_has_the_clusters_limits_not_the_workers(cluster: Cluster, service: Any) -> None:
    job = submit(cluster, "alice", script="id -un; id -Gn; ulimit -t; ulimit -v; cat /proc/self/status", hold=False)
    path = cluster.root / f"tmp/privileges-{job}.out"
    deadline = time.monotonic() + 60
    while not (path.exists() and "CapEff" in path.read_text()) and time.monotonic() < deadline:
        time.sleep(0.2)
    lines = path.read_text().splitlines()
    assert lines[:4] == ["alice", "alice", "unlimited", "unlimited"]
    assert "NoNewPrivs:\t0" in lines


def test_who_is_named_is_served(cluster: Cluster) -> None:
    process = start(cluster, *AS_SERVICE, PROGRAM, "--local-users", "--local-users-allow=root", f"unix:{SOCKET}")
    try:
        reply = ask(cluster, "root", JOBS)
        assert (reply.status, reply.json()["meta"]["client"]["user"]) == (200, "root")
        assert ask(cluster, "slurm", PING).status == 401
    finally:
        stop(process)


def test_listening_as_root_with_u(cluster: Cluster) -> None:
    """The parent is slurmrestd and has two capabilities left; alice's worker none."""
    process = start(cluster, PROGRAM, "-u", "slurmrestd", "--local-users", f"unix:{SOCKET}")
    try:
        assert ask(cluster, "alice", PING).json()["meta"]["client"]["user"] == "alice"
        held = [read_status(pid) for pid in find_processes(cluster)]
        assert held
        for status in held:
            assert status["Uid"].split() == [status["Uid"].split()[0]] * 4 and status["Uid"].split()[0] != "0"
            assert (int(status["CapPrm"], 16), status["NoNewPrivs"], status["Groups"]) == (0xC0, "1", "")
    finally:
        stop(process)


def find_processes(cluster: Cluster) -> list[Path]:
    """The service's processes: those whose command line has the socket's path, and are Python."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().split(b"\0")
            if (
                f"unix:{SOCKET}".encode() in words
                and b"python" in words[0]
                and (folder / "root").samefile(cluster.root)
            ):
                found.append(folder)
        except OSError:
            continue
    return found


def read_status(folder: Path) -> dict[str, str]:
    lines = (folder / "status").read_text().splitlines()
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}


# fmt: off
# started as root for alice's connection: options, environment, status, user of the reply
INETD_WAYS: tuple[tuple[tuple[str, ...], dict[str, str], int, str], ...] = (
    ((*AS_SERVICE, PROGRAM, "--local-users"),        {},                                         200, "alice"),
    ((*AS_SERVICE, PROGRAM),                         {},                                         401, "alice"),
    ((PROGRAM, "-a", "rest_auth/local"),             {"SLURMRESTD_SECURITY": "become_user"},     200, "alice"),
)
# fmt: on


@pytest.mark.parametrize(("argv", "environment", "status", "user"), INETD_WAYS)
def test_started_for_a_connection(
    cluster: Cluster, argv: tuple[str, ...], environment: dict[str, str], status: int, user: str
) -> None:
    path = cluster.root / SOCKET.lstrip("/")
    path.unlink(missing_ok=True)
    process = subprocess.Popen(
        [str(SLURM_LAB), "exec", cluster.release, "-u", "root", "--", f"{VENV}/bin/python", "-c", INETD, *argv],
        stderr=subprocess.PIPE,
        env=lab_environment(environment),
    )
    deadline = time.monotonic() + 20
    while not path.is_socket() or not os.stat(path).st_mode & 0o002:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    reply = ask(cluster, "alice", JOBS)
    log = process.communicate(timeout=60)[1]
    assert reply.status == status, log
    assert reply.json()["meta"]["client"]["user"] == user
    assert status != 200 or b" alice GET " in log


# fmt: off
# user, options, what is set, our exit status and words; slurmrestd's words (22.05 knows less)
STARTS = (
    ("root",       (),                                  {},                                           "must not run as root",              "root user"),
    ("slurm",      (),                                  {},                                           "must not run as SlurmUser",         "SlurmUser"),
    ("root",       ("-u", "slurmrestd", "-g", "slurm"), {},                                           "with SlurmUser's group",            "SlurmUser's group"),
    ("root",       ("-u", "slurmrestd", "-g", "root"),  {},                                           "with root's group",                 ""),
    ("root",       ("-u", "nosuch"),                    {},                                           "no such user: 'nosuch'",            "Unable to resolve user"),
    ("slurmrestd", ("-u", "alice"),                     {},                                           "only root may",                     "slurmrestd"),
    ("slurmrestd", (),                                  {"SLURMRESTD_SECURITY": "nope"},              "unexpected value 'nope'",           "Unexpected value"),
    ("slurmrestd", (),                                  {"SLURMRESTD_SECURITY": "become_user"},       "become_user needs root",            "must run as root"),
    ("slurmrestd", ("--local-users",),                  {},                                           "needs the capabilities",            None),
)
# fmt: on


def test_what_does_not_start(cluster: Cluster) -> None:
    for user, options, environment, ours, peers in STARTS:
        request = cluster.request("GET", PING)
        done = cluster.run([PROGRAM, *options], user=user, env=environment, input=request)
        assert (done.returncode, done.stdout) == (1, b""), (user, options)
        assert ours in done.stderr.decode()
        if peers is not None:
            peer = cluster.run(["slurmrestd", *options], user=user, env=environment, input=request)
            assert (peers in peer.stderr.decode()) and (peer.stdout == b"") == bool(peers), (user, options, peer)


def test_root_becomes_the_user_of_u(cluster: Cluster) -> None:
    for options in (("-u", "slurmrestd"), ("-u", "slurmrestd", "-g", "slurmrestd")):
        done = cluster.run([PROGRAM, *options], user="root", input=cluster.request("GET", PING))
        assert parse_reply(done.stdout).status == 200
    request = cluster.request("GET", PING)
    done = cluster.run([PROGRAM], user="root", env={"SLURMRESTD_SECURITY": "disable_user_check"}, input=request)
    assert parse_reply(done.stdout).status == 200
