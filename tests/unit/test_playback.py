"""The fakes the other tests stand on: they answer what was prepared, note how they were run, and refuse the rest."""

from playback import NOT_PREPARED, FakeSlurm, Ran

from slurmrest_inetd.model import Identity
from slurmrest_inetd.settings import Settings
from slurmrest_inetd.slurm.command import Command, run_command

NOBODY = Identity("local", "slurmrestd")


def test_an_argv_gets_its_own_answer_and_is_noted(fake_slurm: FakeSlurm) -> None:
    fake_slurm.say(["squeue", "-a"], b"\xff out", b"err", 3)
    fake_slurm.say("squeue", b"else")
    settings = Settings(command_path=str(fake_slurm.folder))
    finished = run_command(Command(("squeue", "-a"), b"in\0", b"fd3"), Identity("jwt", "alice", "T"), settings)
    assert finished[:4] == (("squeue", "-a"), 3, b"\xff out", b"err")
    assert run_command(Command(("squeue", "-b")), NOBODY, settings).stdout == b"else"
    first, second = fake_slurm.calls
    assert (first.argv, first.stdin, first.descriptor) == (["squeue", "-a"], b"in\0", b"fd3")
    assert first.environment["SLURM_JWT"] == "T"
    assert second == Ran(["squeue", "-b"], second.environment, b"", None)


def test_what_nobody_prepared_fails(fake_slurm: FakeSlurm) -> None:
    fake_slurm.say(["squeue", "-a"])
    finished = run_command(Command(("squeue", "-z")), NOBODY, Settings(command_path=str(fake_slurm.folder)))
    assert finished.status == NOT_PREPARED
    assert b"nobody prepared" in finished.stderr


def test_a_fake_can_be_killed(fake_slurm: FakeSlurm) -> None:
    fake_slurm.say(["squeue"], status=-11)
    assert run_command(Command(("squeue",)), NOBODY, Settings(command_path=str(fake_slurm.folder))).status == -11
