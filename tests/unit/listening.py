"""A listening parent for its tests: in this process, or started as a program; and what clients do with it.

Law: everything is on loopback and UNIX sockets, and ends with its ``with``. Nothing sleeps to wait: events are waited for.
"""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from select import select
from typing import IO, Any

ROOT = Path(__file__).parent.parent.parent
# {"alg":"HS256"} . {"exp":9999999999,"sun":"alice"} . a signature
TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjk5OTk5OTk5OTksInN1biI6ImFsaWNlIn0.c2lnbmF0dXJl"
SECONDS = 20
PROGRAM = """
import sys
from slurmrest_inetd import settings
settings.Settings.__new__.__defaults__ = tuple(settings.Settings(**{changes!r}))
sys.argv = ["slurmrest-inetd", *{argv!r}]
from slurmrest_inetd.cli import run
run()
"""

# What makes an interpreter measure itself: conftest.py keeps it from those that are not to.
COVERAGE: dict[str, str] = {}


def format_get(path: str, token: str | None = TOKEN) -> bytes:
    """A GET as a client sends it."""
    fields = f"X-SLURM-USER-TOKEN: {token}\r\n" if token else ""
    return f"GET {path} HTTP/1.1\r\nHost: x\r\n{fields}\r\n".encode()


def connect(address: str) -> socket.socket:
    """A connection to ``127.0.0.1:1``, ``[::1]:1`` or ``unix:/path``."""
    if address.startswith("unix:"):
        client = socket.socket(socket.AF_UNIX)
        client.settimeout(SECONDS)
        client.connect(address.removeprefix("unix:"))
        return client
    host, _, port = address.rpartition(":")
    return socket.create_connection((host.strip("[]"), int(port)), timeout=SECONDS)


def ask(address: str, request: bytes, wrap: Callable[[socket.socket], socket.socket] = lambda plain: plain) -> bytes:
    """What is answered to ``request`` until the connection's end."""
    with connect(address) as plain, wrap(plain) as client:
        client.sendall(request)
        return b"".join(iter(lambda: client.recv(65536), b""))


def read_status(raw: bytes) -> int:
    """The status of a reply."""
    return int(raw.split(b" ", 2)[1])


def is_alive(pid: int) -> bool:
    """Whether there is such a process, and not only its remains."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "XZ"
    except (FileNotFoundError, ProcessLookupError):
        return False


def wait_until(condition: Callable[[], bool]) -> None:
    """Until it holds, for what no descriptor tells."""
    for _ in range(100 * SECONDS):
        if condition():
            return
        select([], [], [], 0.01)
    raise AssertionError("it did not come to that")


class Program:
    """A started program: ``lines`` is its log as it comes."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self.process = process
        self.log: list[str] = []
        assert process.stderr is not None
        self.stderr: IO[bytes] = process.stderr

    def wait_for(self, pattern: str) -> "re.Match[str]":
        """The first line of the log, from now on, that has ``pattern``."""
        for raw in self.stderr:
            self.log.append(raw.decode())
            if match := re.search(pattern, self.log[-1]):
                return match
        raise AssertionError(f"the program ended without {pattern!r}:\n{''.join(self.log)}")

    def addresses(self) -> list[str]:
        """Where it listens, once it does."""
        return self.wait_for("accepting connections on (.*)")[1].split(", ")

    def workers(self) -> list[int]:
        """The pids of its children."""
        pid = self.process.pid
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    def count_descriptors(self) -> int:
        """How many descriptors the parent has open."""
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def leave(self, number: int = signal.SIGTERM) -> int:
        """Its exit status after a signal; the rest of its log is read."""
        self.process.send_signal(number)
        return self.wait()

    def wait(self) -> int:
        """Its exit status, when it has ended by itself."""
        self.log += [raw.decode() for raw in self.stderr]
        return self.process.wait(SECONDS)


@contextmanager
def start_program(
    changes: dict[str, Any], *argv: str, covered: bool = False, wrapper: Sequence[str] = (), **options: Any
) -> Iterator[Program]:
    """The program with other defaults, started (by ``wrapper``) as ``options`` of Popen have it; killed at the end if it
    is still there.
    """
    changes = {"slurm_conf": "/dev/null", "security": ("disable_user_check",), **changes}
    environ = {**os.environ, **(COVERAGE if covered else {})}
    environ |= {"PYTHONPATH": str(ROOT), **options.pop("env", {})}
    command = [*wrapper, sys.executable, "-c", PROGRAM.format(changes=changes, argv=argv)]
    process = subprocess.Popen(
        command, stderr=subprocess.PIPE, env=environ, **({"stdin": subprocess.DEVNULL} | options)
    )
    try:
        yield Program(process)
    finally:
        process.kill()
        process.wait()
        assert process.stderr is not None
        process.stderr.close()
