"""`make soak`: connections by the thousand, clients that misbehave, and what must be true afterwards.

    python -m soak.run [--cluster RELEASE] [--connections N] [--clients N] [--seconds S] [--trickle N]

Without --cluster Slurm is played by a script. Exit status 0 when nothing was lost, mixed up or left behind. Everything is on
loopback or a UNIX socket, and ends by itself.
"""

import argparse
import sys
import tempfile
from contextlib import AbstractContextManager
from pathlib import Path

from soak.load import soak
from soak.service import Service, play_service, serve_in
from soak.trickle import run_trickle


def main() -> int:
    """What `make soak` runs."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--cluster", help="a release with a real cluster (tests/lab); else Slurm is played")
    parser.add_argument("--connections", type=int, default=1000)
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--trickle", type=int, default=10000)
    given = parser.parse_args()
    faults = []
    with tempfile.TemporaryDirectory() as directory, (Path(directory) / "trickle.log").open("wb") as sink:
        folder = Path(directory)
        if given.trickle:
            starts, faults = run_trickle(given.trickle, sink.fileno())
            print(f"trickle: {given.trickle} connections, {starts} starts, {len(faults)} lost", flush=True)
        if given.connections:
            with open_service(given.cluster, folder) as service:
                words = {"connections": given.connections, "clients": given.clients, "seconds": given.seconds}
                faults += soak(*service, **words)
    print(*faults, "soak: FAILED" if faults else "soak: passed", sep="\n")
    return bool(faults)


def open_service(release: str | None, folder: Path) -> AbstractContextManager[Service]:
    """The service with a played Slurm, or in the release's cluster."""
    if release is None:
        return play_service(folder)
    from clusters import bring_up

    return serve_in(bring_up(release), folder)


if __name__ == "__main__":
    sys.exit(main())
