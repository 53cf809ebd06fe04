"""Slurm's commands as executables that play recordings and note how they were run.

Law: a fake knows argv lists and what to answer to each; it decides nothing. Recordings lie in
tests/fixtures/RELEASE/NAME.{argv,stdout,stderr,status}, made by tests/fixtures/record.py. Used through the fixture
``fake_slurm`` of conftest.py.
"""

import json
import marshal
import sys
from pathlib import Path
from typing import Any, NamedTuple

FIXTURES = Path(__file__).parent.parent / "fixtures"
NOT_PREPARED = 97

# Nothing is imported that a fresh interpreter does not have already: there are thousands of these in a run.
PROGRAM = """#!{python} -IS
import marshal, os, sys, time
folder = {folder!r}
argv = [sys.argv[0].rpartition("/")[2], *sys.argv[1:]]
def read(fd):
    try:
        return b"".join(iter(lambda: os.read(fd, 65536), b""))
    except OSError:
        return None
call = (argv, dict(os.environ), read(0), read(3))
with open(folder + "/calls", "ab", buffering=0) as log:
    log.write(marshal.dumps(call))
rules = []
with open(folder + "/" + argv[0] + ".rules", "rb") as file:
    while True:
        try:
            rules.append(marshal.load(file))
        except EOFError:
            break
rule = next((r for r in rules if r["argv"] == argv), None) or next((r for r in rules if r["argv"] is None), None)
if rule is None:
    sys.stderr.write("fake " + argv[0] + ": nobody prepared " + repr(argv) + "\\n")
    sys.exit({not_prepared})
os.write(2, rule["stderr"])
data = memoryview(rule["stdout"])
while data:
    data = data[os.write(1, data[:65536]):]
if rule["seconds"]:
    time.sleep(rule["seconds"])
if rule["status"] < 0:
    os.kill(os.getpid(), -rule["status"])
sys.exit(rule["status"])
"""


class Ran(NamedTuple):
    """How a fake was run; ``descriptor`` is what it could read on fd 3, None when nothing was there."""

    argv: list[str]
    environment: dict[str, str]
    stdin: bytes | None
    descriptor: bytes | None


class Recording(NamedTuple):
    """One run of a real command."""

    argv: list[str]
    stdout: bytes
    stderr: bytes
    status: int


def read_recording(release: str, name: str) -> Recording:
    """The files of tests/fixtures/RELEASE/NAME.*."""
    start = str(FIXTURES / release / name)
    argv = json.loads(Path(start + ".argv").read_text())
    stdout, stderr = (Path(start + end).read_bytes() for end in (".stdout", ".stderr"))
    return Recording(argv, stdout, stderr, int(Path(start + ".status").read_text()))


class FakeSlurm:
    """A folder of fake commands: what they answer, and how they were run."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.folder = folder

    def replay(self, release: str, *names: str) -> None:
        """Install the recordings of ``names``: each answers its own argv and no other."""
        for name in names:
            recording = read_recording(release, name)
            self.say(recording.argv, recording.stdout, recording.stderr, recording.status)

    def say(
        self, argv: list[str] | str, stdout: bytes = b"", stderr: bytes = b"", status: int = 0, seconds: float = 0
    ) -> None:
        """Let the command answer ``argv`` with this; a bare name is for every argv that has no answer of
        its own. It then stays ``seconds`` longer. The first rule given for an argv holds.
        """
        name = argv if isinstance(argv, str) else argv[0]
        rule = {
            "argv": None if isinstance(argv, str) else argv,
            "stdout": stdout,
            "stderr": stderr,
            "status": status,
            "seconds": seconds,
        }
        with (self.folder / f"{name}.rules").open("ab") as rules:
            marshal.dump(rule, rules)
        program = self.folder / name
        if not program.exists():
            program.write_text(
                PROGRAM.format(python=sys.executable, folder=str(self.folder), not_prepared=NOT_PREPARED)
            )
            program.chmod(0o755)

    @property
    def calls(self) -> list[Ran]:
        """Every run so far, in order."""
        log = self.folder / "calls"
        ran: list[Ran] = []
        if log.exists():
            with log.open("rb") as file:
                while file.peek(1):
                    ran.append(Ran(*marshal.load(file)))
        return ran

    @property
    def argvs(self) -> list[list[str]]:
        """Every argv that was run so far, in order."""
        return [call.argv for call in self.calls]


def print_listing(name: str, entries: list[Any]) -> bytes:
    """A document as 22.05 lays it out: the list at the end, an empty one on two lines, no end of line."""
    text = json.dumps({"meta": {"Slurm": {}}, "errors": [], name: entries}, indent=2, ensure_ascii=False)
    return text.replace("[]", "[\n  ]").encode("utf-8", "surrogateescape")
