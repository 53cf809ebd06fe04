"""The spawner: what a command gets, what comes back, what is left behind."""

import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest
from listening import is_alive, wait_until

from slurmrest_inetd.errors import CommandTimeout, ShuttingDown, SlurmMissing
from slurmrest_inetd.model import Identity
from slurmrest_inetd.settings import Settings
from slurmrest_inetd.slurm import command
from slurmrest_inetd.slurm.command import Command, find_program, run_command, start_command

ALICE = Identity("jwt", "alice", "aaa.bbb.ccc")
LOCAL = Identity("local", "slurmrestd")

REPORT = """#!/usr/bin/python3
import json, os, sys
def is_open(fd):
    try:
        return bool(os.fstat(fd))
    except OSError:
        return False
descriptors = [fd for fd in range(64) if is_open(fd)]
json.dump({
    "argv": sys.argv[1:], "environ": dict(os.environ), "stdin": sys.stdin.read(), "descriptors": descriptors,
    "descriptor": os.read(3, 1 << 20).decode() if 3 in descriptors else None,
}, sys.stdout)
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(command_path=f"{tmp_path}:/usr/bin:/bin", command_timeout_seconds=20.0)


def install(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.write_text(text)
    path.chmod(0o755)


def report(command_: Command, identity: Identity, settings: Settings) -> dict:
    finished = run_command(command_, identity, settings)
    assert finished.status == 0, finished.stderr
    return json.loads(finished.stdout)


def test_environment_is_built_from_nothing(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, "report", REPORT)
    for name in ("SLURM_JWT", "SBATCH_UID", "SQUEUE_FORMAT", "LD_PRELOAD_X", "PYTHONSTARTUP", "SLURM_CONF"):
        monkeypatch.setenv(name, "the service's own")
    seen = report(Command(("report",)), ALICE, settings)["environ"]
    seen.pop("LC_CTYPE", None)  # CPython's own doing
    assert seen == {"PATH": settings.command_path, "LC_ALL": "C.UTF-8", "SLURM_JWT": "aaa.bbb.ccc"}


def test_local_identity_has_no_token(tmp_path: Path, settings: Settings) -> None:
    install(tmp_path, "report", REPORT)
    seen = report(
        Command(("report",), environment=(("TZ", "UTC"),)), LOCAL, settings._replace(slurm_conf="/x/slurm.conf")
    )
    assert "SLURM_JWT" not in seen["environ"]
    assert seen["environ"]["SLURM_CONF"] == "/x/slurm.conf"
    assert seen["environ"]["TZ"] == "UTC"


def test_token_stands_in_no_argv(tmp_path: Path, settings: Settings) -> None:
    install(tmp_path, "report", REPORT)
    assert "aaa.bbb.ccc" not in report(Command(("report", "show", "é\n--x")), ALICE, settings)["argv"]


def test_words_arrive_as_they_are(tmp_path: Path, settings: Settings) -> None:
    install(tmp_path, "report", REPORT)
    words = ("--name=a b\n'\"$(x)`y`\\", "--", "", "ä€")
    assert report(Command(("report", *words)), ALICE, settings)["argv"] == list(words)


def test_stdin_and_descriptor_are_read_whole(tmp_path: Path, settings: Settings) -> None:
    install(tmp_path, "report", REPORT)
    script = "#!/bin/sh\n" + "x" * 300_000
    seen = report(Command(("report",), stdin=script.encode(), descriptor=b"A=1\0B=2\0"), ALICE, settings)
    assert seen["stdin"] == script
    assert seen["descriptor"] == "A=1\0B=2\0"
    assert seen["descriptors"] == [0, 1, 2, 3]


def test_no_descriptor_of_ours_is_inherited(tmp_path: Path, settings: Settings) -> None:
    install(tmp_path, "report", REPORT)
    fd = os.open("/dev/null", os.O_RDONLY)
    os.set_inheritable(fd, True)
    try:
        seen = report(Command(("report",)), ALICE, settings)
    finally:
        os.close(fd)
    assert seen["stdin"] == ""
    assert seen["descriptors"] == [0, 1, 2]


def test_of_ignored_signals_only_sigpipe_is_inherited(tmp_path: Path, settings: Settings) -> None:
    install(tmp_path, "show", "#!/bin/sh\nexec grep -E '^Sig(Ign|Blk)' /proc/self/status\n")
    assert signal.getsignal(signal.SIGPIPE) == signal.SIG_IGN
    words = run_command(Command(("show",)), ALICE, settings).stdout.decode().split()
    blocked, ignored = int(words[1], 16), int(words[3], 16)
    assert blocked == 0
    assert not ignored & 1 << (signal.SIGXFSZ - 1)
    # sacctmgr of 24.11 died of it once in 250 refusals
    assert ignored & 1 << (signal.SIGPIPE - 1)


def test_status_and_stderr_come_back(tmp_path: Path, settings: Settings) -> None:
    install(tmp_path, "fail", "#!/bin/sh\necho out; echo wrong >&2; exit 3\n")
    finished = run_command(Command(("fail",)), ALICE, settings)
    assert (finished.status, finished.stdout, finished.stderr) == (3, b"out\n", b"wrong\n")
    install(tmp_path, "die", "#!/bin/sh\nkill -9 $$\n")
    assert run_command(Command(("die",)), ALICE, settings).status == -signal.SIGKILL


def test_stderr_is_bounded(tmp_path: Path, settings: Settings) -> None:
    install(tmp_path, "talk", "#!/bin/sh\nhead -c 1000000 /dev/zero >&2; echo end\n")
    finished = run_command(Command(("talk",)), ALICE, settings)
    assert len(finished.stderr) == command.MAX_STDERR_BYTES
    assert finished.stdout == b"end\n"


def test_a_missing_command_is_named(settings: Settings) -> None:
    with pytest.raises(SlurmMissing, match="squeue-nowhere"):
        run_command(Command(("squeue-nowhere",)), ALICE, settings)


def test_a_command_that_hangs_is_stopped_and_its_children_with_it(tmp_path: Path, settings: Settings) -> None:
    install(tmp_path, "hang", "#!/bin/sh\nsleep 60 & echo $!; wait\n")
    running = start_command(Command(("hang",)), ALICE, settings._replace(command_timeout_seconds=0.3))
    child = int(running.read_chunk())
    with pytest.raises(CommandTimeout, match="unknown"):
        running.read_chunk()
    assert running.argv == ("hang",)
    wait_until(lambda: not is_alive(child))


def test_a_command_that_will_not_go_is_killed(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "KILL_GRACE_SECONDS", 0.1)
    install(tmp_path, "stay", "#!/bin/sh\ntrap '' TERM\necho here\nwhile :; do sleep 1; done\n")
    running = start_command(Command(("stay",)), ALICE, settings._replace(command_timeout_seconds=0.3))
    assert running.read_chunk() == b"here\n"
    with pytest.raises(CommandTimeout):
        running.read_chunk()
    assert command.history[-1] == (("stay",), -signal.SIGKILL)
    running.stop()


def test_who_is_told_to_leave_as_a_command_starts_finds_it(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The signal comes when the command is there and nobody has its number yet."""
    install(tmp_path, "hang", "#!/bin/sh\nexec sleep 60\n")
    spawn, stopped = command.spawn, []

    def spawn_and_leave(*words: Any) -> int:
        pid = spawn(*words)
        signal.raise_signal(signal.SIGIO)  # to this thread: a test runner has others
        return pid

    def leave(*_: Any) -> None:
        stopped.append(command.stop_running())
        raise ShuttingDown("now")

    monkeypatch.setattr(command, "spawn", spawn_and_leave)
    before = signal.signal(signal.SIGIO, leave)
    try:
        with pytest.raises(ShuttingDown):
            start_command(Command(("hang",)), ALICE, settings)
    finally:
        signal.signal(signal.SIGIO, before)
    assert stopped == [True]
    assert command.history[-1] == (("hang",), -signal.SIGTERM)


def test_nothing_is_left_open(tmp_path: Path, settings: Settings) -> None:
    install(tmp_path, "talk", "#!/bin/sh\necho out; echo err >&2\n")
    before = os.listdir("/proc/self/fd")
    run_command(Command(("talk",), stdin=b"x", descriptor=b"y"), ALICE, settings)
    running = start_command(Command(("talk",)), ALICE, settings)
    running.finish()
    install(tmp_path, "broken", "not a program")
    with pytest.raises(OSError, match="Exec format"):
        run_command(Command(("broken",)), ALICE, settings)
    assert os.listdir("/proc/self/fd") == before


def test_the_first_folder_on_the_path_wins(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        install(tmp_path / folder, "sinfo", "#!/bin/sh\n")
    assert find_program("sinfo", f"{tmp_path}/none:{tmp_path}/two:{tmp_path}/one") == f"{tmp_path}/two/sinfo"
