"""Waiting and listening in a cluster: the peer test's core over each kind of socket, from outside it and from within."""

import os
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
from certificates import make_certificate
from clusters import PROGRAM, SLURM_LAB, Cluster, lab_environment
from replies import Reply, parse_reply
from soak.service import find_parent

FOLDER = "tmp/test-listen"
SOCKET = f"/{FOLDER}/rest.sock"
OPTIONS = ("-t", "2", f"--certificate=/{FOLDER}/server.pem", f"--key=/{FOLDER}/server.key", "--socket-mode=0660")
# A client in the cluster, where its loopback is: it sends its stdin to a host and port, and prints what comes back.
CLIENT = """
import socket, ssl, sys
client = socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=60)
if sys.argv[3:]:
    client = ssl.create_default_context(cafile=sys.argv[3]).wrap_socket(client, server_hostname="localhost")
client.sendall(sys.stdin.buffer.read())
while data := client.recv(65536):
    sys.stdout.buffer.write(data)
"""
JOB = {
    "job": {"name": "listen", "current_working_directory": "/tmp", "environment": ["A=1"]},
    "script": "#!/bin/sh\n:\n",
}
Exchange = Callable[[bytes], bytes]


class Ask(NamedTuple):
    """A request of the core, and the status and text of its answer."""

    method: str
    path: str
    status: int
    text: str
    user: str | None = "alice"
    body: object = None


# fmt: off
CORE = (
    Ask("GET",  "/slurm/v0.0.42/ping/",      200, '"UP"'),
    Ask("GET",  "/slurm/v0.0.42/jobs/",      200, '"jobs"'),
    Ask("POST", "/slurm/v0.0.42/job/submit", 200, '"job_id"', body=JOB),
    Ask("GET",  "/slurm/v0.0.42/jobs/",      401, "Authentication", user=None),
    Ask("GET",  "/slurm/v0.0.42/nope",       404, "Unable to find requested URL"),
)
# fmt: on


@contextmanager
def serve(cluster: Cluster, *words: str, stdin: socket.socket | int = subprocess.DEVNULL) -> Iterator[int]:
    """The program in the cluster, once it accepts connections: its parent's pid; it must leave with 0 when told to."""
    command = [str(SLURM_LAB), "exec", cluster.release, "-u", "slurmrestd", "--", PROGRAM, *words]
    process = subprocess.Popen(command, stdin=stdin, stderr=subprocess.PIPE, env=lab_environment())
    assert process.stderr is not None
    try:
        log = []
        for line in process.stderr:
            log.append(line)
            if b"accepting connections on" in line:
                break
        else:
            pytest.fail(b"".join(log).decode())
        parent = find_parent(process.pid)
        try:
            yield parent
        finally:
            os.kill(parent, signal.SIGTERM)
            log += process.stderr.readlines()
        assert process.wait(60) == 0
        assert cluster.token("alice").encode() not in b"".join(log)
    finally:
        process.kill()
        process.stderr.close()


def receive_all(client: socket.socket) -> bytes:
    return b"".join(iter(lambda: client.recv(65536), b""))


def outside(family: socket.AddressFamily, address: object) -> Exchange:
    """A client of this machine."""

    def exchange(request: bytes) -> bytes:
        with socket.socket(family) as client:
            client.settimeout(60)
            client.connect(address)  # type: ignore[arg-type]  # a path or a pair, by family
            client.sendall(request)
            return receive_all(client)

    return exchange


def within(cluster: Cluster, *words: str) -> Exchange:
    """A client in the cluster."""
    return lambda request: cluster.run(["python3", "-c", CLIENT, *words], input=request, check=True).stdout


def check_core(cluster: Cluster, exchange: Exchange, source: str) -> None:
    """The core over ``exchange``, of which the service is to say that it came to ``source``."""
    for ask in CORE:
        reply: Reply = parse_reply(
            exchange(cluster.request(ask.method, ask.path, user=ask.user, body=ask.body)), ask.method
        )
        assert (ask.path, reply.status) == (ask.path, ask.status), reply
        assert ask.text in reply.body.decode()
        assert reply.rest == b""
        assert reply.json()["meta"]["client"]["source"].startswith(source)


def test_listening_on_every_kind_of_socket(cluster: Cluster, tmp_path: Path) -> None:
    """TCP, IPv6, a UNIX socket and TLS at once; the socket's mode; what is left behind."""
    make_certificate(tmp_path)
    folder = cluster.root / FOLDER
    cluster.run(["mkdir", "-p", f"/{FOLDER}"], check=True)
    for name in ("server.pem", "server.key", "ca.pem"):
        (folder / name).write_bytes((tmp_path / name).read_bytes())
    words = ("127.0.0.1:7820", "[::1]:7820", "https://localhost:7843", f"unix:{SOCKET}")
    with serve(cluster, *words, *OPTIONS):
        check_core(cluster, within(cluster, "127.0.0.1", "7820"), "127.0.0.1:7820")
        check_core(cluster, within(cluster, "::1", "7820"), "[::1]:7820")
        check_core(cluster, within(cluster, "localhost", "7843", f"/{FOLDER}/ca.pem"), "")
        assert (folder / "rest.sock").stat().st_mode & 0o777 == 0o660
        check_core(cluster, outside(socket.AF_UNIX, str(folder / "rest.sock")), f"unix:{SOCKET}")
    assert not (folder / "rest.sock").exists()


def test_waiting_on_a_socket_of_the_service_manager(cluster: Cluster) -> None:
    """xinetd's wait = yes: the listening socket is fd 0. The service leaves when nobody comes, the socket stays."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = listener.getsockname()
        with serve(cluster, stdin=listener):
            check_core(cluster, outside(socket.AF_INET, address), "127.0.0.1:")
        with socket.create_connection(address, timeout=60) as client:
            client.sendall(cluster.request("GET", "/slurm/v0.0.42/ping/"))
            cluster.run([PROGRAM, "--idle=0.5"], stdin=listener, check=True)
            assert parse_reply(receive_all(client)).json()["pings"][0]["pinged"] == "UP"
