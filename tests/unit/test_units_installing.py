"""--install-units: what it writes, keeps, overwrites and says."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from slurmrest_inetd import installing
from slurmrest_inetd.installing import InstallError, install_units
from slurmrest_inetd.options import OptionError, parse_options

COMMAND = ("/opt/x/bin/python3", "-I", "-S", "/opt/x/lib/python3.11/site-packages/slurmrest_inetd/__main__.py")
SOCKET = "etc/systemd/system/slurmrest-inetd.socket"


@pytest.fixture(autouse=True)
def command(monkeypatch: pytest.MonkeyPatch) -> None:
    """Installed under /opt, as far as the files know."""
    monkeypatch.setattr(installing, "find_command", lambda: COMMAND)
    monkeypatch.setattr(os, "umask", lambda _: 0o022)


def lines_of(report: str, word: str) -> list[str]:
    return [line for line in report.splitlines() if line.startswith(word + " ")]


def test_once_more_changes_nothing(tmp_path: Path) -> None:
    first = install_units(str(tmp_path), force=False)
    stamps = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    second = install_units(f"{tmp_path}/", force=False)
    assert len(lines_of(first, "wrote")) == len(lines_of(second, "unchanged")) == len(installing.FILES)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == stamps
    assert "systemctl enable --now" in first


def test_a_changed_file_is_kept_and_the_new_one_stands_beside_it(tmp_path: Path) -> None:
    install_units(str(tmp_path), force=False)
    path = tmp_path / SOCKET
    path.write_text(path.read_text().replace("127.0.0.1", "192.0.2.1"))
    report = install_units(str(tmp_path), force=False)
    assert len(lines_of(report, "kept")) == 1
    assert f"{path}.new" in report
    assert "192.0.2.1" in path.read_text()
    assert "127.0.0.1" in Path(f"{path}.new").read_text()
    assert len(lines_of(install_units(str(tmp_path), force=True), "wrote")) == 1
    assert "192.0.2.1" not in path.read_text()


def test_a_file_of_another_release_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / SOCKET
    path.parent.mkdir(parents=True)
    path.write_text(installing.sign("[Socket]\nListenStream=1\n"))
    install_units(str(tmp_path), force=False)
    assert "ListenStream=127.0.0.1:6820" in path.read_text()


@pytest.mark.parametrize("text", ["", "\n", "[Socket]\n", installing.SIGNATURE + "\n[Socket]\n", "\xff\0"])
def test_a_file_that_is_not_ours_is_kept(tmp_path: Path, text: str) -> None:
    path = tmp_path / SOCKET
    path.parent.mkdir(parents=True)
    path.write_text(text, "latin-1")
    assert len(lines_of(install_units(str(tmp_path), force=False), "kept")) == 1
    assert path.read_text("latin-1") == text


def test_where_it_cannot_write_it_says_where_and_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(InstallError, match="no such folder: /no/such/folder"):
        install_units("/no/such/folder", force=False)
    (tmp_path / "etc").write_text("a file")
    with pytest.raises(InstallError, match=r"cannot install .*slurmrest-inetd.socket: .*\n.*--prefix"):
        install_units(str(tmp_path), force=False)


def test_a_write_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device", str(tmp_path))

    monkeypatch.setattr(os, "fchmod", fail)
    with pytest.raises(InstallError, match="No space left on device"):
        install_units(str(tmp_path), force=False)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_what_has_no_use_on_this_machine_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    written = []
    monkeypatch.setattr(os.path, "isdir", lambda path: path in ("/etc", "/etc/xinetd.d"))
    monkeypatch.setattr(
        installing, "place_file", lambda path, text, *, force: written.append(path) or f"wrote      {path}\n"
    )
    report = install_units("", force=False)
    assert {path for path in written if "/xinetd.d/" in path}
    assert not [path for path in written if "/systemd/" in path]
    assert "there is no /etc/systemd" in report


@pytest.mark.parametrize(
    ("argv", "text"),
    [
        (["--prefix", "/x"], "go with --install-units"),
        (["--force"], "go with --install-units"),
        (["--install-units", "-v"], "nothing else does"),
        (["--install-units", "--prefix", "/no/such/folder"], "no such folder"),
        (["--install-units", "--prefix"], "--help"),
    ],
)
def test_options_that_make_no_sense(argv: list[str], text: str) -> None:
    with pytest.raises(OptionError, match=text):
        parse_options(argv, {})


def test_the_option_installs(tmp_path: Path) -> None:
    _, text = parse_options(["--install-units", "--prefix", str(tmp_path), "--force"], {})
    assert "wrote" in text
    assert (tmp_path / SOCKET).exists()


class TestCommand:
    """How an installation is started."""

    @pytest.fixture(autouse=True)
    def command(self) -> None:
        """The real one."""

    def place(
        self, monkeypatch: pytest.MonkeyPatch, packages: str, libraries: str, python: str = "/opt/x/bin/python3"
    ) -> None:
        from importlib.machinery import ModuleSpec

        monkeypatch.setattr(
            "importlib.util.find_spec", lambda name: ModuleSpec(name, None, origin=f"{libraries}/{name}/__init__.py")
        )
        monkeypatch.setattr(installing, "PACKAGE", f"{packages}/slurmrest_inetd")
        monkeypatch.setattr(sys, "executable", python)

    def test_by_its_path_where_all_libraries_lie_beside_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.place(monkeypatch, "/opt/x/lib", "/opt/x/lib")
        assert installing.find_command() == ("/opt/x/bin/python3", "-I", "-S", "/opt/x/lib/slurmrest_inetd/__main__.py")

    def test_by_its_name_where_they_do_not(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.place(monkeypatch, "/usr/local/lib", "/usr/lib")
        assert installing.find_command() == ("/opt/x/bin/python3", "-I", "-m", "slurmrest_inetd")

    @pytest.mark.parametrize(
        "place", ["/home/x", "/root/x", "/tmp/x", "/opt/a b", "/opt/a%b", "/opt/a$b", '/opt/a"b', "/opt/a\nb"]
    )
    def test_not_from_where_a_service_cannot_see_or_spell_it(self, monkeypatch: pytest.MonkeyPatch, place: str) -> None:
        self.place(monkeypatch, place, place)
        with pytest.raises(InstallError, match="install"):
            installing.find_command()

    def test_not_without_an_interpreter(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.place(monkeypatch, "/opt/x", "/opt/x", python="")
        with pytest.raises(InstallError, match="cannot be told"):
            installing.find_command()


def test_the_program_starts_by_its_path_alone() -> None:
    done = subprocess.run(
        [sys.executable, "-I", "-S", f"{installing.PACKAGE}/__main__.py", "--force"],
        capture_output=True,
        text=True,
        check=False,
        env={},
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "slurmrest-inetd: --prefix DIR and --force go with --install-units, and nothing else does\n"
