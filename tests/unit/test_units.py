"""What units/ ships: every file is installed, starts the right program, and the services give away no more than they need.

Law: files are read and checked; nothing is started here but systemd-analyze, where there is one. That the program works inside all of
this is tests/cluster/test_ways_in.py.
"""

import json
import re
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from slurmrest_inetd import installing

UNITS = Path(installing.SHIPPED)
SERVICES = ("slurmrest-inetd.service", "slurmrest-inetd@.service")
MOST_EXPOSED = 2.0
# Read differently by each release of systemd, so both ask for the same.
SHARED = "# A system user of its own"
XINETD = ("slurmrest-inetd.xinetd", "slurmrest-inetd-wait.xinetd")

needs_systemd = pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd-analyze here")


def read_directives(name: str) -> list[tuple[str, str]]:
    lines = (UNITS / name).read_text().splitlines()
    return [
        (key.strip(), value.strip())
        for key, sign, value in (line.partition("=") for line in lines)
        if sign and key[:1] not in "#;"
    ]


def test_every_file_has_its_place() -> None:
    assert {file.name for file in installing.FILES} == {path.name for path in UNITS.iterdir()}
    assert max(Counter(file.place for file in installing.FILES).values()) == 1


@pytest.mark.parametrize("name", [*SERVICES, *XINETD])
def test_it_starts_the_program_as_its_own_user(name: str) -> None:
    directives = dict(read_directives(name))
    written = directives.get("ExecStart", directives.get("server", ""))
    assert written.removesuffix(" $SLURMRESTD_OPTIONS") == installing.WRITTEN_COMMAND
    assert directives.get("User", directives.get("user")) == "slurmrestd"


def test_both_services_are_hardened_alike() -> None:
    one, other = ((UNITS / name).read_text().partition(SHARED)[2] for name in SERVICES)
    assert one == other
    assert "NoNewPrivileges=yes" in one


def test_both_sockets_listen_alike() -> None:
    one, other = (
        [row for row in read_directives(name) if row[0] in ("ListenStream", "SocketMode", "Backlog")]
        for name in ("slurmrest-inetd.socket", "slurmrest-inetd-wait.socket")
    )
    assert one == other
    assert ("ListenStream", "127.0.0.1:6820") in one


@pytest.mark.parametrize("name", XINETD)
def test_xinetd_starts_nothing_until_it_is_told(name: str) -> None:
    directives = dict(read_directives(name))
    assert (directives["disable"], directives["bind"], directives["port"]) == ("yes", "127.0.0.1", "6820")
    assert directives["wait"] == ("yes" if "wait" in name else "no")
    assert {"instances", "cps"} <= set(directives)


@needs_systemd
@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_hardly_exposed(name: str) -> None:
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--no-pager", str(UNITS / name)],
        capture_output=True,
        text=True,
        check=False,
    )
    found = re.search(r"Overall exposure level for .*: ([0-9.]+) ", done.stdout)
    assert found, done.stdout + done.stderr
    assert float(found[1]) < MOST_EXPOSED


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The units as a plain installation would have them, in a folder."""
    monkeypatch.setattr(installing, "find_command", lambda: ("/usr/bin/env", "-I", "-S", "/opt/x/__main__.py"))
    installing.install_units(str(tmp_path), force=False)
    return tmp_path


@needs_systemd
def test_systemd_understands_the_units(installed: Path) -> None:
    units = sorted(str(path) for path in (installed / "etc/systemd/system").iterdir())
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *units], capture_output=True, text=True, check=False
    )
    # An older release says so where it does not know a limit, and goes without.
    complaints = [line for line in done.stderr.splitlines() if "slurmrest-inetd" in line and "PollLimit" not in line]
    assert (complaints, done.returncode) == ([], 0)


def test_each_kind_of_file_names_the_installed_command(installed: Path) -> None:
    unit = (installed / "etc/systemd/system/slurmrest-inetd@.service").read_text()
    xinetd = (installed / "etc/xinetd.d/slurmrest-inetd").read_text()
    assert "\nExecStart=/usr/bin/env -I -S /opt/x/__main__.py $SLURMRESTD_OPTIONS\n" in unit
    assert "\n    server         = /usr/bin/env\n    server_args    = -I -S /opt/x/__main__.py\n" in xinetd
    for path in installed.rglob("*"):
        assert path.is_dir() or installing.WRITTEN_COMMAND not in path.read_text()
        assert path.stat().st_mode & 0o777 == (0o755 if path.is_dir() else 0o644)


def test_no_proxy_file_names_a_file_that_is_not_shipped() -> None:
    places = {f"/{file.place}" for file in installing.FILES}
    own = {"/etc/slurmrest-inetd/proxy-token.conf"}
    for path in UNITS.iterdir():
        for included in re.findall(r"^\s*(?:include|import) (/\S+?);?$", path.read_text(), re.MULTILINE):
            assert included in places | own


def test_nginx_answers_errors_as_the_program_does() -> None:
    text = re.search(r"return 200 '(.*)\\n';", (UNITS / "nginx-server.conf").read_text())
    assert text
    document = json.loads(text[1])
    assert set(document["errors"][0]) == {"description", "error_number", "error", "source"}
