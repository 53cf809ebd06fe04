"""Started for a connection, as xinetd (wait = no) and systemd (Accept=yes) do: fd 0 and fd 1 are the socket, one exchange, exit."""

import socket
import subprocess

import pytest
from clusters import PROGRAM, SLURM_LAB, Cluster, lab_environment
from replies import parse_reply


def exchange(
    cluster: Cluster, family: socket.AddressFamily, request: bytes, *, stderr_is_socket: bool
) -> tuple[bytes, bytes, int]:
    """The reply to ``request`` on a connected socket, what went to stderr, and the exit status."""
    with socket.socket(family) as listener:
        listener.bind(("127.0.0.1", 0) if family == socket.AF_INET else "")
        listener.listen()
        with socket.socket(family) as client:
            client.connect(listener.getsockname())
            server, _ = listener.accept()
            with server:
                process = subprocess.Popen(
                    [str(SLURM_LAB), "exec", cluster.release, "-u", "slurmrestd", "--", PROGRAM],
                    stdin=server,
                    stdout=server,
                    stderr=server if stderr_is_socket else subprocess.PIPE,
                    env=lab_environment(),
                )
            client.sendall(request)
            reply = b"".join(iter(lambda: client.recv(65536), b""))
    _, err = process.communicate(timeout=60)
    return reply, err or b"", process.returncode


@pytest.mark.parametrize("family", [socket.AF_INET, socket.AF_UNIX], ids=["tcp", "unix"])
@pytest.mark.parametrize("stderr_is_socket", [True, False], ids=["xinetd", "systemd"])
def test_one_connection_one_exchange(cluster: Cluster, family: socket.AddressFamily, stderr_is_socket: bool) -> None:
    request = cluster.request("GET", "/slurm/v0.0.42/ping/")
    raw, log, status = exchange(cluster, family, request, stderr_is_socket=stderr_is_socket)
    reply = parse_reply(raw)
    assert (reply.status, reply.rest, status) == (200, b"", 0)
    assert reply.json()["pings"][0]["pinged"] == "UP"
    assert reply.get("connection") == "close"
    assert stderr_is_socket or b" GET /slurm/v0.0.42/ping/ 200 " in log
    assert cluster.token("alice").encode() not in log
