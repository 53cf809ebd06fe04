"""The demonstration: raw HTTP requests piped into slurmrest-inetd on a real Slurm, each shown with its answer.

Run by `make demo` as root. The Slurm is a lab cluster of its own (tests/lab/slurm-lab, 24.11, one node), in a
directory of its own, taken down at the end whatever happens. Exit status 1 when an answer was not the one expected.
"""

import json
import os
import re
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

TREE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TREE / "tests" / "lab"))
# before the lab is loaded: it reads where it is to live
os.environ["SLURM_LAB"] = "/var/lib/slurmrest-inetd-demo"  # whatever lab is in use: this one is destroyed at the end
os.environ["SLURM_LAB_NODES"] = "1"

from clusters import PROGRAM, Cluster, NoClusters, bring_up, lab  # noqa: E402  its place is only known now
from replies import Reply, parse_reply  # noqa: E402

RELEASE = "24.11"
VERSION = "v0.0.42"
JOB_SECONDS = 60
WIDTH = 100
JOB = {
    "script": "#!/bin/sh\necho hello from $(hostname) to $GREETED\nsleep 3\n",
    "job": {
        "name": "demo",
        "current_working_directory": "/tmp",
        "environment": ["PATH=/usr/bin:/bin", "GREETED=world"],
        "standard_output": "/tmp/demo-%j.out",
        "time_limit": 5,
    },
}
BOLD, DIM, GREEN, RED, END = (
    ("\033[1m", "\033[2m", "\033[32m", "\033[31m", "\033[0m") if sys.stdout.isatty() else ("",) * 5
)


class Unexpected(Exception):
    """An answer that is not the one the demonstration is about."""


def main() -> int:
    """Run the whole demonstration: 0 when every answer was as expected."""
    try:
        with running_cluster() as cluster:
            show_exchanges(cluster)
    except NoClusters as error:
        print(f"{RED}A Slurm cannot be had on this machine:{END} {error}")
        return 1
    except Unexpected as error:
        print(f"{RED}Not as expected:{END} {error}")
        return 1
    print(
        f"{GREEN}Every answer was as expected; everything is taken down.{END} (The Debian packages stay cached: make lab-purge.)"
    )
    return 0


@contextmanager
def running_cluster() -> Iterator[Cluster]:
    """A cluster that is there for the demonstration alone."""
    say(
        f"Starting a private Slurm {RELEASE} in {os.environ['SLURM_LAB']} (the first time, Debian's packages are fetched for it)"
    )
    try:
        cluster = bring_up(RELEASE)
        print(f"    {cluster.slurm('sinfo', '--version')}, and {PROGRAM} beside it\n")
        yield cluster
    finally:
        say("Taking it down")
        lab("destroy", RELEASE)


def show_exchanges(cluster: Cluster) -> None:
    """The exchanges, one after the other."""
    ask = Asker(cluster)
    ask("Is the controller there?", "GET", f"/slurm/{VERSION}/ping/", show=lambda it: it["pings"])
    submitted = ask(
        "Submit a job.", "POST", f"/slurm/{VERSION}/job/submit", body=JOB, show=lambda it: {"job_id": it["job_id"]}
    )
    job_id = submitted["job_id"]
    ask(
        "Look at it.",
        "GET",
        f"/slurm/{VERSION}/job/{job_id}",
        show=lambda it: pick(it["jobs"][0], "job_id", "name", "user_name", "job_state"),
    )
    say("Watch it until it is done")
    deadline = time.monotonic() + JOB_SECONDS
    while (state := ask.quietly(f"/slurm/{VERSION}/job/{job_id}")["jobs"][0]["job_state"]) in (
        ["PENDING"],
        ["RUNNING"],
        ["COMPLETING"],
    ):
        print(f"    {state[0]}")
        if time.monotonic() > deadline:
            raise Unexpected(f"job {job_id} is still {state[0]}")
        time.sleep(1)
    print(f"    {state[0]}: {cluster.run(['cat', f'/tmp/demo-{job_id}.out'], user='root').stdout.decode().strip()!r}\n")
    ask(
        "Read it back from accounting.",
        "GET",
        f"/slurmdb/{VERSION}/job/{job_id}",
        show=lambda it: pick(it["jobs"][0], "job_id", "name", "state", "exit_code"),
    )
    ask(
        "List the nodes.",
        "GET",
        f"/slurm/{VERSION}/nodes/",
        show=lambda it: [pick(node, "name", "state", "cpus", "real_memory") for node in it["nodes"]],
    )
    refused = {"job": {**JOB["job"], "tasks": "many"}, "script": JOB["script"]}
    ask(
        "A request with a mistake in it is refused, and told what is wrong.",
        "POST",
        f"/slurm/{VERSION}/job/submit",
        body=refused,
        status=422,
        show=lambda it: it["errors"],
    )
    ask(
        "And one without a token.",
        "GET",
        f"/slurm/{VERSION}/jobs/",
        user=None,
        status=401,
        show=lambda it: it["errors"],
    )


class Asker:
    """Pipes requests into the program, and shows both sides."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster

    def __call__(
        self,
        what: str,
        method: str,
        path: str,
        *,
        show: Callable[[Any], Any],
        status: int = 200,
        body: Any = None,
        user: str | None = "alice",
    ) -> Any:
        """Ask, show the request and what ``show`` picks of the answer, return the document. Raises Unexpected."""
        say(what)
        request = self.cluster.request(method, path, user=user, body=body)
        print(indent(abbreviate(request.decode()), "  > "))
        reply = self.send(request)
        print(f"  < HTTP/1.1 {reply.status} {reply.reason}\n  < Content-Type: {reply.get('content-type')}\n  <")
        document = reply.json()
        if reply.status != status:
            raise Unexpected(f"{method} {path}: {reply.status}, not {status}: {reply.body.decode()[:2000]}")
        print(indent(json.dumps(show(document), indent=2, ensure_ascii=False), "  < "), end="\n\n")
        return document

    def quietly(self, path: str) -> Any:
        """Ask and show nothing."""
        return self.send(self.cluster.request("GET", path)).json()

    def send(self, request: bytes) -> Reply:
        """What the program answers to ``request`` on its standard input."""
        return parse_reply(self.cluster.ours(request))


def say(text: str) -> None:
    """A heading."""
    print(f"{BOLD}{text}{END}", flush=True)


def pick(entry: dict[str, Any], *names: str) -> dict[str, Any]:
    """The named members of an entry: whole ones fill pages."""
    return {name: entry[name] for name in names}


def abbreviate(request: str) -> str:
    """The request with its token cut short: nobody needs to see one on a projector."""
    return re.sub(r"(?im)^(x-slurm-user-token: .{8}).*?(.{4})\r?$", r"\1...\2", request).replace("\r", "")


def indent(text: str, mark: str) -> str:
    """``text`` with ``mark`` before every line, long lines folded."""
    lines = [
        part
        for line in text.rstrip("\n").split("\n")
        for part in (textwrap.wrap(line, WIDTH, drop_whitespace=False) or [""])
    ]
    return "\n".join(f"{mark.rstrip() if not line else mark}{line}" for line in lines)


if __name__ == "__main__":
    sys.exit(main())
