"""Paired runs of slurmrest-inetd and the real slurmrestd on the same requests: medians, ratios, peak memory.

Run by `make bench` as root: it starts the lab's 24.11 cluster, installs the program there, submits 3,000 held jobs, and writes
bench/RESULTS.md. A pair is the same bytes into both programs on stdin, one after the other; pairs alternate who goes first, so
that what disturbs the machine disturbs both. Nothing here is asserted: numbers are for people.
"""

import json
import os
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).resolve().parent
SOURCE = HERE.parent
LAB = SOURCE / "tests" / "lab" / "slurm-lab"
RELEASE = "24.11"
VENV = "/opt/slurmrest-inetd-bench"
JOBS = int(os.environ.get("BENCH_JOBS", "3000"))
POLL_SECONDS = 0.002


class Case(NamedTuple):
    """A request, and how many pairs of it are run."""

    name: str
    path: str
    pairs: int


class Run(NamedTuple):
    """One program answering one request: wall time, peak resident memory of the program and of what it started."""

    milliseconds: float
    own_mebibytes: float
    command_mebibytes: float
    status: str


CASES = (
    Case("ping", "/slurm/v0.0.42/ping/", 25),
    Case("one job", "/slurm/v0.0.42/job/{job_id}", 25),
    Case("nodes", "/slurm/v0.0.42/nodes/", 25),
    Case(f"{JOBS} jobs", "/slurm/v0.0.42/jobs/", 5),
)


class Watch(threading.Thread):
    """Reads the peak memory (VmHWM) of a process and of its children until told to stop."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid, self.own, self.children, self.done = pid, 0, 0, threading.Event()

    def run(self) -> None:
        while not self.done.wait(POLL_SECONDS):
            self.own = max(self.own, read_peak(self.pid))
            try:
                words = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
            except OSError:
                continue
            self.children = max([self.children, *(read_peak(int(word)) for word in words)])


def read_peak(pid: int) -> int:
    """Peak resident KiB of a process, 0 when it is gone."""
    try:
        text = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in text.splitlines() if line.startswith("VmHWM:")), 0)


def lab(*words: str) -> str:
    """The output of a command of the lab."""
    return subprocess.run([str(LAB), *words], check=True, stdout=subprocess.PIPE, text=True).stdout.strip()


def run_once(argv: list[str], environment: dict[str, str], request: bytes) -> Run:
    """Send ``request`` into a fresh process and wait for its end."""
    started = time.perf_counter()
    process = subprocess.Popen(
        argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
    )
    watch = Watch(process.pid)
    watch.start()
    reply, _ = process.communicate(request)
    seconds = time.perf_counter() - started
    watch.done.set()
    watch.join()
    return Run(seconds * 1000, watch.own / 1024, watch.children / 1024, reply.split(b"\r\n", 1)[0].decode())


def run_pairs(
    case: Case, programs: dict[str, tuple[list[str], dict[str, str]]], request: bytes
) -> dict[str, list[Run]]:
    """``case.pairs`` runs of each program, in turns, after one of each that does not count."""
    runs: dict[str, list[Run]] = {name: [] for name in programs}
    for number in range(case.pairs + 1):
        order = list(programs) if number % 2 else list(reversed(programs))
        for name in order:
            run = run_once(*programs[name], request)
            if number:
                runs[name].append(run)
    return runs


def submit_jobs(count: int) -> int:
    """Have ``count`` held jobs in the queue; the number of one of them."""
    queued = len(lab("exec", RELEASE, "-u", "alice", "--", "squeue", "-h", "-r", "-u", "alice", "-o", "%i").split())
    script = f"for i in $(seq {max(0, count - queued)}); do echo '#!/bin/true' | sbatch -H -J bench -D /tmp -o /dev/null >/dev/null; done"
    lab("exec", RELEASE, "-u", "alice", "--", "sh", "-c", script)
    return int(lab("exec", RELEASE, "-u", "alice", "--", "squeue", "-h", "-r", "-u", "alice", "-o", "%i").split()[0])


def main() -> None:
    lab("up", RELEASE)
    lab("pip", RELEASE, VENV, "install", "-q", "--force-reinstall", "--no-deps", install_source())
    lab("pip", RELEASE, VENV, "install", "-q", "h11", "orjson", "pyjwt")
    root, token = lab("root", RELEASE), lab("token", RELEASE, "alice")
    enter = ["chroot", "--userspec=slurmrestd:slurmrestd", root]
    environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}
    programs = {
        "slurmrestd": ([*enter, "slurmrestd", "-a", "rest_auth/jwt"], {**environment, "SLURM_JWT": "daemon"}),
        "slurmrest-inetd": ([*enter, f"{VENV}/bin/slurmrest-inetd"], environment),
    }
    job_id = submit_jobs(JOBS)
    rows = []
    for case in CASES:
        path = case.path.format(job_id=job_id)
        request = (
            f"GET {path} HTTP/1.1\r\nHost: bench\r\nX-SLURM-USER-TOKEN: {token}\r\nConnection: close\r\n\r\n".encode()
        )
        rows.append((case, run_pairs(case, programs, request)))
        print(format_row(*rows[-1]), flush=True)
    lab("exec", RELEASE, "-u", "alice", "--", "scancel", "--user=alice", "--name=bench")
    (HERE / "RESULTS.md").write_text(format_results(rows))
    (HERE / "results.json").write_text(json.dumps({case.name: runs for case, runs in rows}, indent=1) + "\n")


def install_source() -> str:
    """A wheel of this tree, copied to where the lab's pip can read it; its path inside the lab."""
    folder = Path(lab("root", RELEASE)) / "var/tmp/bench-wheel"
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", str(folder), str(SOURCE)], check=True
    )
    return "/var/tmp/bench-wheel/" + max(folder.glob("*.whl"), key=lambda file: file.stat().st_mtime).name


def median(runs: list[Run], field: str) -> float:
    return statistics.median(getattr(run, field) for run in runs)


def format_row(case: Case, runs: dict[str, list[Run]]) -> str:
    """One line of the table: medians, the median of the pairs' ratios, memory."""
    ours, theirs = runs["slurmrest-inetd"], runs["slurmrestd"]
    ratio = statistics.median(one.milliseconds / other.milliseconds for one, other in zip(ours, theirs, strict=True))
    cells = [
        case.name,
        str(case.pairs),
        f"{median(theirs, 'milliseconds'):.1f}",
        f"{median(ours, 'milliseconds'):.1f}",
        f"**{ratio:.2f}**",
        f"{median(theirs, 'own_mebibytes'):.0f}",
        f"{median(ours, 'own_mebibytes'):.0f}",
        f"{median(ours, 'command_mebibytes'):.0f}",
    ]
    return "| " + " | ".join(cells) + " |"


def format_results(rows: list[tuple[Case, dict[str, list[Run]]]]) -> str:
    """The whole page."""
    heading = (
        "# Paired runs\n\nMade by `make bench` (bench/run.py): slurmrestd in inetd mode and slurmrest-inetd, cold, the same bytes on stdin,\n"
        f"Slurm {RELEASE}, {os.cpu_count()} cores. Times are medians; the ratio is the median of the pairs' ratios (ours / theirs).\n\n"
        "| request | pairs | slurmrestd ms | ours ms | ratio | slurmrestd MiB | our process MiB | its command MiB |\n"
        "|---|---|---|---|---|---|---|---|\n"
    )
    return heading + "\n".join(format_row(*row) for row in rows) + "\n"


if __name__ == "__main__":
    main()
