"""Slurm's commands as executables that play recordings and note how they were run.

Law: a fake knows argv lists and what to answer to each; it decides nothing. Recordings lie in
tests/fixtures/RELEASE/NAME.{argv,stdout,stderr,status}, made by tests/fixtures/record.py. Used through the fixture
``fake_slurm`` of conftest.py.
"""

import json
import sys
from base64 import b64decode, b64encode
from pathlib import Path
from typing import NamedTuple

FIXTURES = Path(__file__).parent.parent / "fixtures"
NOT_PREPARED = 97

PROGRAM = """#!{python} -IS
import base64, json, os, sys, time
folder = {folder!r}
argv = [os.path.basename(sys.argv[0]), *sys.argv[1:]]
def read(fd):
    try:
        return b"".join(iter(lambda: os.read(fd, 65536), b""))
    except OSError:
        return None
def spell(data):
    return None if data is None else base64.b64encode(data).decode()
environment = dict(os.environ)
call = dict(argv=argv, environment=environment, stdin=spell(read(0)), descriptor=spell(read(3)))
with open(folder + "/calls", "a") as log:
    log.write(json.dumps(call) + "\\n")
with open(folder + "/" + argv[0] + ".rules") as rules:
    lines = [json.loads(line) for line in rules]
rule = next((r for r in lines if r["argv"] == argv), None) or next((r for r in lines if r["argv"] is None), None)
if rule is None:
    sys.stderr.write("fake " + argv[0] + ": nobody prepared " + json.dumps(argv) + "\\n")
    sys.exit({not_prepared})
os.write(2, base64.b64decode(rule["stderr"]))
data = memoryview(base64.b64decode(rule["stdout"]))
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
            "stdout": b64encode(stdout).decode(),
            "stderr": b64encode(stderr).decode(),
            "status": status,
            "seconds": seconds,
        }
        with (self.folder / f"{name}.rules").open("a") as rules:
            rules.write(json.dumps(rule) + "\n")
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
        if not log.exists():
            return []
        records = (json.loads(line) for line in log.read_text().splitlines())
        return [Ran(r["argv"], r["environment"], decode(r["stdin"]), decode(r["descriptor"])) for r in records]

    @property
    def argvs(self) -> list[list[str]]:
        """Every argv that was run so far, in order."""
        return [call.argv for call in self.calls]


def decode(text: str | None) -> bytes | None:
    return None if text is None else b64decode(text)
