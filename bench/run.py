"""Paired runs of slurmrest-inetd and the real slurmrestd on the same requests: medians, ratios, peak memory.

Run by `make bench` as root. It starts lab clusters of its own, one release after the other, installs the program there, submits 3,000
held jobs, has pairs.py run inside the cluster, and writes bench/RESULTS.md. Nothing here is asserted: numbers are for people.
"""

import json
import os
import shutil
import statistics
import sys
import time
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests" / "lab"))
# before the lab is loaded: it reads where it is to live
os.environ.setdefault("SLURM_LAB", "/var/lib/slurmrest-inetd-bench")

from clusters import PROGRAM, Cluster, bring_up, lab  # noqa: E402  its place is only known now
from usage import DAY, find_midnight, make_usage  # noqa: E402  it loads clusters, whose place is only known now

JOBS = int(os.environ.get("BENCH_JOBS", "3000"))
USAGE = "/slurmdb/v0.0.42/associations/?Include%20usage=true"
MONTH = "usage_start={days_ago}&usage_end={midnight}"
# What is made of another version, or of text, is compared with the version that this slurmrestd has.
# fmt: off
#   release  request                                 slurmrestd's path             ours                         pairs
CASES = (
    ("24.11", "ping",                                "/slurm/v0.0.42/ping/",        "/slurm/v0.0.42/ping/",        25),
    ("24.11", "one job",                             "/slurm/v0.0.42/job/{job_id}", "/slurm/v0.0.42/job/{job_id}", 25),
    ("24.11", "nodes",                               "/slurm/v0.0.42/nodes/",       "/slurm/v0.0.42/nodes/",       25),
    ("24.11", "accounts",                            "/slurmdb/v0.0.42/accounts/",  "/slurmdb/v0.0.42/accounts/",  25),
    ("24.11", "yesterday's usage",                   USAGE,                          USAGE,                         25),
    ("24.11", "30 days' usage",                      f"{USAGE}&{MONTH}",             f"{USAGE}&{MONTH}",           7),
    ("24.11", "document",                            "/openapi/v3",                 "/openapi/v3",                 25),
    ("24.11", f"{JOBS} jobs",                        "/slurm/v0.0.42/jobs/",        "/slurm/v0.0.42/jobs/",        7),
    ("24.11", "nodes in v0.0.45, made from 42",      "/slurm/v0.0.42/nodes/",       "/slurm/v0.0.45/nodes/",       25),
    ("24.11", f"{JOBS} jobs in v0.0.45, made from 42", "/slurm/v0.0.42/jobs/",      "/slurm/v0.0.45/jobs/",        7),
    ("22.05", "ping",                                "/slurm/v0.0.38/ping",         "/slurm/v0.0.38/ping",         25),
    ("22.05", "one job",                             "/slurm/v0.0.38/job/{job_id}", "/slurm/v0.0.38/job/{job_id}", 25),
    ("22.05", "partitions, made from text",          "/slurm/v0.0.38/partitions",   "/slurm/v0.0.38/partitions",   25),
    ("22.05", "accounts, made from text",            "/slurmdb/v0.0.38/accounts",   "/slurmdb/v0.0.38/accounts",   25),
    ("22.05", "partitions in v0.0.45",               "/slurm/v0.0.38/partitions",   "/slurm/v0.0.45/partitions",   25),
    ("22.05", f"{JOBS} jobs",                        "/slurm/v0.0.38/jobs",         "/slurm/v0.0.38/jobs",         7),
)
# fmt: on
HEADING = f"""# Paired runs

Made by `make bench` (bench/run.py): slurmrestd in inetd mode and slurmrest-inetd as `pip` installs it, both cold, the same bytes on
stdin, one after the other and taking turns at going first. {os.cpu_count()} cores. Times are medians in milliseconds; the
ratio is the median of the pairs' ratios, ours divided by slurmrestd's. Memory is peak resident MiB: a program's own, and that
of the Slurm command we run beside it.

| Slurm | request | pairs | slurmrestd ms | ours ms | ratio | slurmrestd MiB | ours MiB | our command's MiB | reply bytes |
|---|---|---|---|---|---|---|---|---|---|
"""


def main() -> None:
    """Prepare, measure, write."""
    table = HEADING
    for release in dict.fromkeys(case[0] for case in CASES):
        try:
            cluster = bring_up(release)
            make_usage(cluster)
            midnight = find_midnight(int(time.time()))
            names = {"job_id": submit_jobs(cluster, JOBS), "days_ago": midnight - 30 * DAY, "midnight": midnight}
            cases = [
                (name, *(path.format(**names) for path in paths), pairs)
                for where, name, *paths, pairs in CASES
                if where == release
            ]
            table += "".join(format_row(release, *row) for row in measure(cluster, cases))
        finally:
            lab("destroy", release)
    (HERE / "RESULTS.md").write_text(table)
    print(table)


def submit_jobs(cluster: Cluster, count: int) -> int:
    """Have ``count`` held jobs in the queue; the number of one of them."""
    script = (
        f"for i in $(seq {count}); do echo '#!/bin/true' | sbatch -H -J bench -D /tmp -o /dev/null >/dev/null; done"
    )
    cluster.run(["sh", "-c", script], user="alice", check=True, timeout=1200)
    return int(cluster.slurm("squeue", "-h", "-o", "%i").split()[0])


def measure(cluster: Cluster, cases: list[Any]) -> list[Any]:
    """What pairs.py, inside the cluster, found out."""
    shutil.copy(HERE / "pairs.py", cluster.root / "tmp" / "pairs.py")
    order = json.dumps({"program": PROGRAM, "user": "alice", "token": cluster.token("alice"), "cases": cases})
    finished = cluster.run(["python3", "/tmp/pairs.py"], user="root", input=order.encode(), check=True, timeout=1800)
    found: list[Any] = json.loads(finished.stdout)
    return found


def format_row(release: str, name: str, pairs: list[list[dict[str, float]]]) -> str:
    """One line of the table."""
    theirs, ours = zip(*pairs, strict=True)
    ratio = statistics.median(one["ms"] / other["ms"] for other, one in pairs)
    cells = [
        release,
        name,
        str(len(pairs)),
        f"{median(theirs, 'ms'):.1f}",
        f"{median(ours, 'ms'):.1f}",
        f"**{ratio:.2f}**",
        f"{median(theirs, 'own_mib'):.0f}",
        f"{median(ours, 'own_mib'):.0f}",
        f"{median(ours, 'command_mib'):.0f}",
        f"{median(ours, 'bytes'):.0f}",
    ]
    return "| " + " | ".join(cells) + " |\n"


def median(runs: tuple[dict[str, float], ...], field: str) -> float:
    """The median of one field."""
    return statistics.median(run[field] for run in runs)


if __name__ == "__main__":
    main()
