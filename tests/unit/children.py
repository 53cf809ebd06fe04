"""A function run in a forked child, where it may become another user for good; its result comes back.

Law: the child ends with os._exit and raises nothing into pytest: what goes wrong in it is raised here, as a ChildError.
"""

import json
import os
import shutil
import tempfile
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

# What any process can tell of itself: printed by a fake Slurm command, or read in this process.
PROBE = """#!/bin/sh
cat /proc/self/status
echo "Filter: $(cat /proc/self/coredump_filter)"
fds=
for n in 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24; do
  [ -e /proc/$$/fd/$n ] && fds="$fds $n"
done
echo "Fds:$fds"
echo "Umask: $(umask)"
echo "Limits: $(ulimit -v) $(ulimit -t) $(ulimit -c)"
echo "Environ: $(tr '\\0' ' ' </proc/$$/environ)"
echo "Cmdline: $(tr '\\0' ' ' </proc/$$/cmdline)"
"""


# In a child: where its answer goes, for those that close descriptors.
answer_fds: list[int] = []


class ChildError(Exception):
    """What a child raised, as text."""


def run_in_child(function: Callable[[], Any]) -> Any:
    """What ``function`` returns, by way of JSON. Raises ChildError: ``StartError: text``."""
    read_end, write_end = os.pipe()
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            os.close(read_end)
            os.set_inheritable(write_end, False)
            answer_fds[:] = [write_end]
            try:
                answer = {"value": function()}
            except BaseException as error:  # noqa: BLE001  nothing of a child may come back into pytest
                answer = {"error": f"{type(error).__name__}: {error}", "trace": traceback.format_exc()}
            with open(write_end, "w") as pipe:
                json.dump(answer, pipe)
            status = 0
        finally:
            os._exit(status)
    os.close(write_end)
    with open(read_end) as pipe:
        text = pipe.read()
    _, wait_status = os.waitpid(pid, 0)
    if not text:
        raise ChildError(f"the child ended with wait status {wait_status}")
    answer = json.loads(text)
    if "error" in answer:
        raise ChildError(answer["error"]) from Exception(answer["trace"])
    return answer["value"]


def parse_status(text: str) -> dict[str, str]:
    """The lines of /proc/PID/status, and of PROBE."""
    return {name: " ".join(value.split()) for name, _, value in (line.partition(":") for line in text.splitlines())}


def read_status() -> dict[str, str]:
    """This process's own."""
    return parse_status(Path("/proc/self/status").read_text())


@contextmanager
def open_folder() -> Iterator[Path]:
    """A folder that every user can look into; pytest's are root's alone."""
    folder = Path(tempfile.mkdtemp(prefix="slurmrest-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def write_program(path: Path, text: str) -> None:
    """A program that anybody may run."""
    path.write_text(text)
    path.chmod(0o755)
