"""As whom the program may run, and that -u and -g are for good. What needs root runs in a forked child (CI is root)."""

import os
import pwd
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from children import ChildError, read_status, run_in_child

from slurmrest_inetd.errors import StartError
from slurmrest_inetd.security import kernel, users
from slurmrest_inetd.settings import Settings

ROOT = Path(__file__).parent.parent.parent
UID, GID = 12345, 12346  # nobody's
SLURM = pwd.getpwnam("daemon")  # a user that every system has stands for SlurmUser
PLAIN = Settings()
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")


@pytest.fixture
def configured(tmp_path: Path) -> Settings:
    """A slurm.conf with SlurmUser=daemon."""
    path = tmp_path / "slurm.conf"
    path.write_text(f"SlurmUser={SLURM.pw_name}\n")
    return Settings(slurm_conf=str(path))


def be(monkeypatch: pytest.MonkeyPatch, uids: tuple[int, int, int], gids: tuple[int, int, int]) -> None:
    monkeypatch.setattr(os, "getresuid", lambda: uids)
    monkeypatch.setattr(os, "getresgid", lambda: gids)
    monkeypatch.setattr(os, "geteuid", lambda: uids[1])


# fmt: off
# real, effective, saved ids; what is set; what is wrong. The order is slurmrestd's.
WRONG = [
    ((0, 0, 0),                 (0, 0, 0),          {},                                        "must not run as root"),
    ((UID, UID, 0),             (GID, GID, GID),    {},                                        "must not run as root"),
    ((UID,) * 3,                (GID, 0, GID),      {},                                        "with root's group"),
    ((SLURM.pw_uid,) * 3,       (GID,) * 3,         {},                                        "must not run as SlurmUser"),
    ((UID,) * 3,                (SLURM.pw_gid,) * 3, {},                                       "with SlurmUser's group"),
    ((0, 0, 0),                 (0, 0, 0),          {"user_id": 0, "group_id": GID},           "must not run as root"),
    ((0, 0, 0),                 (0, 0, 0),          {"user_id": UID, "group_id": 0},           "with root's group"),
    ((0, 0, 0),                 (0, 0, 0),          {"user_id": SLURM.pw_uid, "group_id": GID}, "must not run as SlurmUser"),
    ((0, 0, 0),                 (0, 0, 0),          {"user_id": UID, "group_id": SLURM.pw_gid}, "with SlurmUser's group"),
    ((0, 0, 0),                 (0, 0, 0),          {"group_id": GID},                         "must not run as root"),
    ((0, 0, 0),                 (0, 0, 0),          {"user_id": UID},                          "-u: uid 12345 has no primary group"),
    ((0, 0, 0),                 (0, 0, 0),          {"security": ("disable_unshare_sysv",)},   "must not run as root"),
]
RIGHT = [
    ((UID,) * 3,                (GID,) * 3,         {}),
    ((0, 0, 0),                 (0, 0, 0),          {"user_id": UID, "group_id": GID}),
    ((0, 0, 0),                 (0, 0, 0),          {"security": ("disable_user_check",)}),
    ((SLURM.pw_uid,) * 3,       (GID,) * 3,         {"security": ("disable_user_check",)}),
]
# fmt: on


@pytest.mark.parametrize(("uids", "gids", "change", "text"), WRONG)
def test_whom_it_refuses_to_be(
    uids: Any, gids: Any, change: dict[str, Any], text: str, configured: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    be(monkeypatch, uids, gids)
    with pytest.raises(StartError) as caught:
        users.check_user(configured._replace(**change))
    assert text in str(caught.value)
    assert "-g" in str(caught.value)  # it says what to do


@pytest.mark.parametrize(("uids", "gids", "change"), RIGHT)
def test_whom_it_may_be(
    uids: Any, gids: Any, change: dict[str, Any], configured: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    be(monkeypatch, uids, gids)
    users.check_user(configured._replace(**change))


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (f"SlurmUser={SLURM.pw_name}", (SLURM.pw_uid, SLURM.pw_gid)),
        (f"slurmuser = {SLURM.pw_uid} # number", (SLURM.pw_uid, SLURM.pw_gid)),
        ("ClusterName=x", (0, 0)),  # slurm.conf(5): the default is root
        ("SlurmUser=nosuchuser", None),
        ("SlurmUser=99999999999999999999", None),
    ],
)
def test_who_slurm_user_is(line: str, expected: tuple[int, int] | None, tmp_path: Path) -> None:
    path = tmp_path / "slurm.conf"
    path.write_text(f"{line}\n")
    assert users.find_slurm_user(Settings(slurm_conf=str(path))) == expected


def test_the_primary_group_of_a_user() -> None:
    assert users.find_ids(Settings(user_id=SLURM.pw_uid)) == ({SLURM.pw_uid}, {SLURM.pw_gid})


# fmt: off
LOCAL_USERS = [
    # euid  capabilities  what is set                                                               what is wrong
    (UID,   0xC0,         {},                                                                        ""),
    (UID,   0x1FF,        {},                                                                        ""),
    (UID,   0x80,         {},                                                                        "needs the capabilities"),
    (UID,   0,            {},                                                                        "needs the capabilities"),
    (UID,   0xC0,         {"auth_types": ("jwt",)},                                                  "needs rest_auth/local"),
    (UID,   0xC0,         {"security": ("become_user",)},                                            "needs root"),
    (0,     0x1FF,        {"security": ("become_user",)},                                            "add -a rest_auth/local"),
    (0,     0x1FF,        {"security": ("become_user",), "auth_types": ("local",), "user_id": UID},  "needs root"),
    (0,     0x1FF,        {"security": ("become_user",), "auth_types": ("local",)},                  ""),
    (0,     0x1FF,        {},                                                                        "must not run as root"),
    (0,     0x1FF,        {"user_id": UID, "group_id": GID},                                         ""),
]
# fmt: on


@pytest.mark.parametrize(("uid", "capabilities", "change", "text"), LOCAL_USERS)
def test_when_local_users_can_be_served(
    uid: int, capabilities: int, change: dict[str, Any], text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    be(monkeypatch, (uid,) * 3, (uid,) * 3)
    monkeypatch.setattr(users, "read_capabilities", lambda: capabilities)
    monkeypatch.setattr(users, "find_slurm_user", lambda _: None)
    settings = Settings(local_users=True)._replace(**change)
    if not text:
        users.check_user(settings)
        return
    with pytest.raises(StartError, match=text):
        users.check_user(settings)


def tell_ids() -> dict[str, Any]:
    """What this process is, and whether it can be root again."""
    regained = []
    for regain in (lambda: os.setuid(0), lambda: os.seteuid(0), lambda: os.setgid(0), lambda: os.setgroups([0])):
        try:
            regain()
            regained.append(regain)
        except PermissionError:
            pass
    status = read_status()
    return {name: status[name] for name in ("Uid", "Gid", "Groups", "CapPrm", "CapEff")} | {"regained": len(regained)}


@needs_root
def test_u_and_g_are_for_good() -> None:
    def drop() -> dict[str, Any]:
        os.setgroups([0, 4, 24])
        users.drop_privileges(Settings(user_id=UID, group_id=GID))
        return tell_ids()

    told = run_in_child(drop)
    assert told["Uid"] == " ".join([str(UID)] * 4)
    assert told["Gid"] == " ".join([str(GID)] * 4)
    assert (told["Groups"], told["regained"]) == ("", 0)
    assert int(told["CapPrm"], 16) == int(told["CapEff"], 16) == 0


@needs_root
def test_u_alone_takes_that_users_group() -> None:
    def drop() -> dict[str, Any]:
        users.drop_privileges(Settings(user_id=SLURM.pw_uid))
        return tell_ids()

    assert run_in_child(drop)["Gid"] == " ".join([str(SLURM.pw_gid)] * 4)


@needs_root
def test_for_local_users_two_capabilities_are_kept() -> None:
    def drop() -> dict[str, str]:
        users.drop_privileges(Settings(user_id=UID, group_id=GID, local_users=True))
        return read_status()

    told = run_in_child(drop)
    assert told["Uid"] == " ".join([str(UID)] * 4) and told["Groups"] == ""
    assert {int(told[name], 16) for name in ("CapPrm", "CapEff")} == {0xC0}
    assert {int(told[name], 16) for name in ("CapInh", "CapAmb")} == {0}


@needs_root
def test_who_is_it_already_needs_no_root() -> None:
    def drop() -> str:
        os.setgroups([])
        os.setresgid(GID, GID, GID)
        os.setresuid(UID, UID, UID)
        users.drop_privileges(Settings(user_id=UID, group_id=GID))
        users.drop_privileges(Settings(group_id=GID))
        users.drop_privileges(Settings())
        users.drop_privileges(Settings(user_id=UID + 1, group_id=GID))
        return "not reached"

    with pytest.raises(ChildError, match=r"StartError: cannot become uid 12346, gid 12346 \(-u, -g\): only root may"):
        run_in_child(drop)


def test_a_kernel_that_does_not_do_as_told_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("setgroups", "setresgid", "setresuid"):
        monkeypatch.setattr(os, name, lambda *_: None)
    with pytest.raises(StartError, match="not for good"):
        users.drop_privileges(Settings(user_id=UID, group_id=GID))


def test_capabilities_that_are_left_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    be(monkeypatch, (UID,) * 3, (GID,) * 3)
    monkeypatch.setattr(users, "read_capabilities", lambda: 0x1C0)
    with pytest.raises(StartError, match="capabilities 0x1c0 are left"):
        users.check_irreversible(UID, GID, keeps_capabilities=True)


@pytest.mark.parametrize(("uid", "held", "kept"), [(UID, 0xC0, [()]), (UID, 0, []), (0, 0x1FF, [])])
def test_capabilities_that_nothing_needs(uid: int, held: int, kept: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(users, "read_capabilities", lambda: held)
    monkeypatch.setattr(kernel, "hold_capabilities", lambda *names: asked.append(names))
    monkeypatch.setattr(os, "geteuid", lambda: uid)
    users.drop_capabilities()
    assert asked == kept


@needs_root
def test_the_program_itself_does_not_start_as_root() -> None:
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-m", "slurmrest_inetd"], input=b"", capture_output=True, env=environment, check=False
    )
    assert (done.returncode, done.stdout) == (1, b"")
    assert done.stderr.startswith(b"slurmrest-inetd: this program must not run as root: use -u and -g")
