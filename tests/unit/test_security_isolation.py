"""What a parent of workers keeps to itself, as the kernel tells it afterwards."""

import os
import resource
from pathlib import Path
from typing import Any

import pytest
from children import read_status, run_in_child

from slurmrest_inetd.errors import StartError
from slurmrest_inetd.security import isolation, kernel, users
from slurmrest_inetd.settings import Settings

UID = 12345
PR_GET_DUMPABLE = 3
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")


def tell(settings: Settings) -> dict[str, Any]:
    isolation.isolate(settings)
    status = read_status()
    return {
        "NoNewPrivs": status["NoNewPrivs"],
        "capabilities": [int(status[name], 16) for name in ("CapPrm", "CapEff", "CapInh", "CapAmb")],
        "dumpable": kernel.LIBC.prctl(PR_GET_DUMPABLE, 0, 0, 0, 0),
        "filter": int(Path(isolation.CORE_FILTER).read_text(), 16),
        "descriptors": len(os.listdir("/proc/self/fd")) > 0,  # still ours to see
    }


@needs_root
def test_nothing_to_gain_and_nothing_to_see() -> None:
    def isolate() -> dict[str, Any]:
        kernel.set_attribute(kernel.PR_SET_KEEPCAPS, 1)
        isolation.hide_memory()  # before the ids change: then the file is root's
        os.setresuid(UID, UID, UID)
        assert int(read_status()["CapPrm"], 16)
        kernel.hold_capabilities(kernel.CAP_SETGID, kernel.CAP_SETUID, 10)
        return tell(Settings())

    expected = {"NoNewPrivs": "1", "capabilities": [0] * 4, "dumpable": 0, "filter": 0, "descriptors": True}
    assert run_in_child(isolate) == expected


@needs_root
def test_local_users_need_two_capabilities() -> None:
    def isolate() -> dict[str, Any]:
        kernel.set_attribute(kernel.PR_SET_KEEPCAPS, 1)
        os.setresuid(UID, UID, UID)
        return tell(Settings(local_users=True))

    assert run_in_child(isolate)["capabilities"] == [0xC0, 0xC0, 0, 0]


@pytest.mark.parametrize(
    ("security", "flags"),
    [
        ((), [kernel.CLONE_FILES, kernel.CLONE_SYSVSEM]),
        (("disable_unshare_files",), [kernel.CLONE_SYSVSEM]),
        (("disable_unshare_sysv",), [kernel.CLONE_FILES]),
        (("disable_unshare_sysv", "disable_unshare_files"), []),
    ],
)
def test_what_is_unshared(security: tuple[str, ...], flags: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    set_to: list[tuple[int, ...]] = []
    monkeypatch.setattr(kernel, "unshare", asked.append)
    monkeypatch.setattr(kernel, "set_attribute", lambda *pair: set_to.append(pair))
    monkeypatch.setattr(kernel, "hold_capabilities", lambda *kept: set_to.append(kept))
    monkeypatch.setattr(isolation, "hide_memory", lambda: None)
    monkeypatch.setattr(os, "geteuid", lambda: UID)
    attributes = [(kernel.PR_SET_NO_NEW_PRIVS, 1), (kernel.PR_SET_DUMPABLE, 0)]
    two = (kernel.CAP_SETGID, kernel.CAP_SETUID)
    for held, local_users, kept in ((0xC0, False, [()]), (0, False, []), (0xC0, True, [two])):
        monkeypatch.setattr(users, "read_capabilities", lambda held=held: held)
        set_to.clear()
        isolation.isolate(Settings(security=security, local_users=local_users))
        assert set_to == [*kept, *attributes]
    assert asked == flags * 3


def test_a_refused_unshare_names_its_switch(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: int) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(kernel, "unshare", refuse)
    monkeypatch.setattr(isolation, "hide_memory", lambda: None)
    for security, switch in (((), "disable_unshare_files"), (("disable_unshare_files",), "disable_unshare_sysv")):
        with pytest.raises(StartError, match=f"Operation not permitted; SLURMRESTD_SECURITY={switch}"):
            isolation.isolate(Settings(security=security))


def test_a_core_file_without_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "coredump_filter"
    path.write_text("00000033")
    monkeypatch.setattr(isolation, "CORE_FILTER", str(path))
    isolation.hide_memory()
    assert path.read_text()[0] == "0"


def test_where_there_is_no_filter_there_is_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    def limit() -> list[int]:
        isolation.CORE_FILTER = "/nowhere"
        isolation.hide_memory()
        return list(resource.getrlimit(resource.RLIMIT_CORE))

    assert run_in_child(limit) == [0, 0]
    limits: list[Any] = []
    monkeypatch.setattr(isolation, "CORE_FILTER", "/nowhere")
    monkeypatch.setattr("resource.setrlimit", lambda *pair: limits.append(pair))
    isolation.hide_memory()
    assert limits[0][1] == (0, 0)


def test_what_the_kernel_refuses_is_an_error() -> None:
    with pytest.raises(OSError, match="Invalid argument"):
        kernel.set_attribute(kernel.PR_SET_DUMPABLE, 7)
    with pytest.raises(OSError, match="Invalid argument"):
        kernel.unshare(0x1)
