"""Runs the pairs, inside the cluster: what to run comes as JSON on stdin, what was measured goes as JSON to stdout.

Standard library only, and no import of ours: it is copied into the lab by run.py and started with the lab's own Python.
"""

import json
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

POLL_SECONDS = 0.002
ENTER = ["setpriv", "--reuid=slurmrestd", "--regid=slurmrestd", "--clear-groups"]
ENVIRONMENT = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8"}


class Watch(threading.Thread):
    """Reads the peak memory (VmHWM, KiB) of a process and of its children until told to stop."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid, self.own, self.command, self.done = pid, 0, 0, threading.Event()

    def run(self) -> None:
        while not self.done.wait(POLL_SECONDS):
            self.own = max(self.own, read_peak(self.pid))
            try:
                children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
            except OSError:
                continue
            self.command = max([self.command, *(read_peak(int(child)) for child in children)])


def read_peak(pid: int) -> int:
    """Peak resident KiB of a process, 0 when it is gone."""
    try:
        text = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in text.splitlines() if line.startswith("VmHWM:")), 0)


def run_once(argv: list[str], environment: dict[str, str], request: bytes) -> dict[str, float]:
    """Send ``request`` into a fresh process and wait for its end. Exits with a message when the reply is not 200."""
    started = time.perf_counter()
    process = subprocess.Popen(
        [*ENTER, *argv], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
    )
    watch = Watch(process.pid)
    watch.start()
    reply, _ = process.communicate(request)
    seconds = time.perf_counter() - started
    watch.done.set()
    watch.join()
    if not reply.startswith(b"HTTP/1.1 200"):
        sys.exit(f"{argv[0]}: {reply[:500]!r}")
    return {"ms": seconds * 1000, "own_mib": watch.own / 1024, "command_mib": watch.command / 1024, "bytes": len(reply)}


def format_request(order: dict[str, Any], path: str) -> bytes:
    """A GET of ``path`` as the user of the order's token; slurmrestd 22.05 wants the name beside it."""
    lines = (
        f"GET {path} HTTP/1.1",
        "Host: bench",
        f"X-SLURM-USER-NAME: {order['user']}",
        f"X-SLURM-USER-TOKEN: {order['token']}",
        "Connection: close",
    )
    return "".join(f"{line}\r\n" for line in (*lines, "")).encode()


def run_pairs(order: dict[str, Any], peer_path: str, path: str, count: int) -> list[list[dict[str, float]]]:
    """``count`` pairs of (slurmrestd, ours), after one that does not count; they take turns at going first."""
    theirs = (
        ["slurmrestd", "-a", "rest_auth/jwt"],
        {**ENVIRONMENT, "SLURM_JWT": "daemon"},
        format_request(order, peer_path),
    )
    ours = ([order["program"]], ENVIRONMENT, format_request(order, path))
    pairs = []
    for number in range(count + 1):
        ours_first = number % 2 == 0
        runs = [run_once(*which) for which in ((ours, theirs) if ours_first else (theirs, ours))]
        pairs.append(runs[::-1] if ours_first else runs)
    return pairs[1:]


if __name__ == "__main__":
    wanted = json.load(sys.stdin)
    json.dump([(name, run_pairs(wanted, *case)) for name, *case in wanted["cases"]], sys.stdout)
