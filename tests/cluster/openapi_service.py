"""The program as a service on a UNIX socket of a lab cluster, and the same as a WSGI application, for tools that want one.

Law: bytes go to the program and come back as they are; whatever a tool sends is sent, and nothing is mended on the way.
"""

import os
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from clusters import PROGRAM, SLURM_LAB, Cluster, lab_environment
from replies import parse_reply

SOCKET = "/tmp/openapi.sock"
START_SECONDS = 20.0


class Service:
    """The program listening in ``cluster``, as a context manager."""

    def __init__(self, cluster: Cluster, *options: str) -> None:
        self.cluster = cluster
        self.options = options
        self.path: Path = cluster.root / SOCKET[1:]

    def __enter__(self) -> "Service":
        self.path.unlink(missing_ok=True)
        argv = ["exec", self.cluster.release, "-u", "slurmrestd", "--", PROGRAM, *self.options, f"unix:{SOCKET}"]
        self.log = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            [str(SLURM_LAB), *argv],
            stdin=subprocess.DEVNULL,
            stderr=self.log,
            env=lab_environment(),
            start_new_session=True,
        )
        deadline = time.monotonic() + START_SECONDS
        while not self.path.is_socket():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the service did not start: {self.stop()}")
            time.sleep(0.05)
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> str:
        """End it; its log."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait(60)
        with self.log as log:
            log.seek(0)
            return log.read().decode(errors="replace")

    def ask(self, request: bytes) -> bytes:
        """One request, one reply, one connection."""
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(60)
            client.connect(str(self.path))
            client.sendall(request)
            return b"".join(iter(lambda: client.recv(1 << 16), b""))

    def wsgi(
        self, environ: dict[str, Any], start_response: Callable[[str, list[tuple[str, str]]], Any]
    ) -> Iterable[bytes]:
        """PEP 3333: the request as raw HTTP to the service, its reply back."""
        method = environ["REQUEST_METHOD"]
        reply = parse_reply(self.ask(format_environ(environ)), method)
        hidden = ("connection", "transfer-encoding")
        headers = [(name, value) for name, value in reply.headers if name.lower() not in hidden]
        start_response(f"{reply.status} {reply.reason}", headers)
        return [reply.body]


def format_environ(environ: dict[str, Any]) -> bytes:
    """The raw request that a WSGI environment came from."""
    length = int(environ.get("CONTENT_LENGTH") or 0)
    body = environ["wsgi.input"].read(length) if length else b""
    target = environ.get("REQUEST_URI") or environ["PATH_INFO"] + (
        f"?{environ['QUERY_STRING']}" if environ["QUERY_STRING"] else ""
    )
    fields = [
        (name[5:].replace("_", "-").title(), value) for name, value in environ.items() if name.startswith("HTTP_")
    ]
    if environ.get("CONTENT_TYPE"):
        fields.append(("Content-Type", environ["CONTENT_TYPE"]))
    if body or environ["REQUEST_METHOD"] not in ("GET", "HEAD", "DELETE"):
        fields.append(("Content-Length", str(len(body))))
    fields = [pair for pair in fields if pair[0] != "Connection"]
    head = "".join(f"{name}: {value}\r\n" for name, value in fields)
    start = f"{environ['REQUEST_METHOD']} {target} HTTP/1.1\r\n"
    return f"{start}{head}Connection: close\r\n\r\n".encode("latin-1") + body
