"""The program's ends: what it does before the first byte, and how it leaves."""

import os
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from slurmrest_inetd import cli
from slurmrest_inetd.settings import Settings

ROOT = Path(__file__).parent.parent.parent
calls: list[tuple[int, int, Settings]] = []


@pytest.fixture(autouse=True)
def served(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int, Settings]]:
    """What would have been served, instead of serving pytest's own stdin; garbage collection stays as it was."""
    calls.clear()
    monkeypatch.setattr("slurmrest_inetd.exchange.serve_exchange", lambda *words: calls.append(words) or 0)
    monkeypatch.setattr("slurmrest_inetd.security.users.check_user", lambda _: None)  # these tests may be root's
    monkeypatch.setattr("slurmrest_inetd.security.isolation.hide_memory", lambda: None)
    monkeypatch.setattr(cli.gc, "disable", lambda: None)
    monkeypatch.setattr(sys, "argv", ["slurmrest-inetd"])
    for name in [name for name in os.environ if name.startswith("SLURM")]:
        monkeypatch.delenv(name)
    return calls


def test_without_a_word_it_serves_stdin() -> None:
    assert cli.main() == 0
    assert calls == [(0, 1, Settings())]


def test_the_environment_alone_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLURMRESTD_AUTH_TYPES", "rest_auth/jwt")
    assert cli.main() == 0
    assert calls[0][2].auth_types == ("jwt",)


def test_what_is_asked_is_printed_and_nothing_served(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["slurmrest-inetd", "-a", "list"])
    assert cli.main() == 0
    assert capsys.readouterr().out.startswith("Possible REST authentication plugins:")
    assert calls == []


def test_what_is_wrong_is_a_line_and_status_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["slurmrest-inetd", "--nope"])
    assert cli.main() == 1
    assert capsys.readouterr().err == "slurmrest-inetd: option --nope not recognized\nTry 'slurmrest-inetd --help'\n"
    assert calls == []


def test_it_leaves_with_its_status_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    left: list[int] = []
    monkeypatch.setattr(cli.os, "_exit", left.append)
    cli.run()
    monkeypatch.setattr(sys, "argv", ["slurmrest-inetd", "-x"])
    cli.run()
    assert left == [0, 1]


def test_python_m_is_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["slurmrest-inetd", "-x"])
    with pytest.raises(SystemExit) as left:
        runpy.run_module("slurmrest_inetd", run_name="__main__")
    assert left.value.code == 1


def test_no_pipe_of_ours_takes_the_place_of_a_closed_descriptor() -> None:
    program = "import os; from slurmrest_inetd.cli import hold_standard_descriptors as hold; hold(); os.write(5, repr(os.open('/', 0)).encode())"
    read_end, write_end = os.pipe()
    script = f'exec 5>&{write_end} <&- >&- 2>&-; exec {sys.executable} -c "{program}"'
    subprocess.run(["/bin/bash", "-c", script], pass_fds=[write_end], check=True, cwd=ROOT)
    os.close(write_end)
    assert int(os.read(read_end, 16)) > 2
    os.close(read_end)


def test_closed_descriptors_are_filled_here_too(monkeypatch: pytest.MonkeyPatch) -> None:
    given = iter([0, 2, 7])
    closed: list[int] = []
    monkeypatch.setattr(cli.os, "open", lambda *_: next(given))
    monkeypatch.setattr(cli.os, "close", closed.append)
    kept: list[int] = []
    monkeypatch.setattr(cli.os, "set_inheritable", lambda fd, _: kept.append(fd))
    cli.hold_standard_descriptors()
    assert (kept, closed) == ([0, 2], [7])
