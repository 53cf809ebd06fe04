"""The service that is soaked: the program of this tree with a Slurm that is played, or the one installed in a lab cluster.

Law: it gets a listening socket of this machine as its stdin, as from xinetd, and is ended by SIGTERM. A cluster is brought up
and held by clusters.bring_up, as for every test. Used by run.py and tests/cluster/test_soak.py.
"""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from clusters import PROGRAM, SLURM_LAB, Cluster, lab_environment

from soak.load import GOOD, READ_TIMEOUT_SECONDS, READY_WORKERS, Load, Target

ROOT = Path(__file__).parent.parent.parent
DOCUMENT = ROOT / "tests" / "fixtures" / "documents" / "24.11.licenses.json"
# {"alg":"HS256"} . {"exp":9999999999,"sun":"alice"} . a signature
TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjk5OTk5OTk5OTksInN1biI6ImFsaWNlIn0.c2lnbmF0dXJl"
OPTIONS = ("-a", "rest_auth/jwt", "-t", str(READY_WORKERS), f"--read-timeout={READ_TIMEOUT_SECONDS}", "--idle=0")
PLAYED = """
import sys
from slurmrest_inetd import settings
settings.Settings.__new__.__defaults__ = tuple(
    settings.Settings(command_path={path!r}, slurm_conf="/dev/null", security=("disable_user_check",)))
sys.argv = ["slurmrest-inetd", *{options!r}]
from slurmrest_inetd.cli import run
run()
"""


class Service(NamedTuple):
    """A service to be soaked: where it is, its parent's pid, its log so far."""

    target: Target
    pid: int
    log: Path


@contextmanager
def play_service(folder: Path) -> Iterator[Service]:
    """The program of this tree on a socket handed to it, with a Slurm that always answers the same."""
    (folder / "scontrol").write_text(f"#!/bin/sh\nexec cat {DOCUMENT}\n")
    (folder / "scontrol").chmod(0o755)
    program = PLAYED.format(path=f"{folder}:/usr/bin:/bin", options=OPTIONS)
    environ = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    with start([sys.executable, "-c", program], folder, TOKEN, environ) as (process, target, log):
        yield Service(target, process.pid, log)


@contextmanager
def serve_in(cluster: Cluster, folder: Path) -> Iterator[Service]:
    """The program in ``cluster``, as the user slurmrestd."""
    command = [str(SLURM_LAB), "exec", cluster.release, "-u", "slurmrestd", "--", PROGRAM, *OPTIONS]
    with start(command, folder, cluster.token("alice"), lab_environment()) as (process, target, log):
        Load(target, GOOD).run(1, count=1)  # it runs now
        parent = find_parent(process.pid)
        try:
            yield Service(target, parent, log)
        finally:
            os.kill(parent, signal.SIGTERM)  # nsenter, which is between us, passes no signal on
            process.wait(60)


def find_parent(pid: int) -> int:
    """The service's parent process, which is the only child of an only child ... of ``pid``."""
    while PROGRAM not in Path(f"/proc/{pid}/cmdline").read_text().split("\0")[:2]:
        (pid,) = map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())
    return pid


@contextmanager
def start(
    command: list[str], folder: Path, token: str, environ: dict[str, str]
) -> Iterator[tuple["subprocess.Popen[bytes]", Target, Path]]:
    """Start ``command`` with a listening socket as its stdin, as xinetd does, and end it by SIGTERM."""
    log = folder / "log"
    with socket.create_server(("127.0.0.1", 0), backlog=4096) as listener, log.open("wb") as sink:
        process = subprocess.Popen(command, stdin=listener, stdout=listener, stderr=sink, env=environ)
        try:
            yield process, Target(socket.AF_INET, listener.getsockname(), token), log
        finally:
            process.terminate()
            process.wait(60)
