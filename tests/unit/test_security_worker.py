"""A worker's process: what it may use, who it is, and what the commands it runs get to see of it."""

import os
import pwd
import resource
import signal
import socket
import struct
from collections.abc import Callable
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest
from children import PROBE, ChildError, answer_fds, open_folder, parse_status, run_in_child, write_program

from slurmrest_inetd.auth.local import authenticate_peer
from slurmrest_inetd.errors import CommandTimeout, StartError
from slurmrest_inetd.model import Identity, Peer
from slurmrest_inetd.security import kernel, local_users, users, worker
from slurmrest_inetd.security.isolation import isolate
from slurmrest_inetd.settings import MEBIBYTE, Settings
from slurmrest_inetd.slurm.command import Command, run_command
from slurmrest_inetd.wire import describe_peer

SERVICE, ALICE, SYSTEM, ALICES_GROUP, TEAM = 12345, 23456, 234, 23457, 23458
TOKEN = "header.claims.signature-that-is-secret"
# fmt: off
ENTRIES = {
    "alice":   pwd.struct_passwd(("alice",   "x", ALICE,  ALICES_GROUP, "", "/", "/bin/sh")),
    "www":     pwd.struct_passwd(("www",     "x", SYSTEM, SYSTEM,       "", "/", "/bin/sh")),
    "dynamic": pwd.struct_passwd(("dynamic", "x", 61200,  61200,        "", "/", "/bin/sh")),
    "nobody":  pwd.struct_passwd(("nobody",  "x", 65534,  65534,        "", "/", "/bin/sh")),
    "large":   pwd.struct_passwd(("large",   "x", 400000, 400000,       "", "/", "/bin/sh")),
    "root":    pwd.struct_passwd(("root",    "x", 0,      0,            "", "/", "/bin/sh")),
    "service": pwd.struct_passwd(("service", "x", SERVICE, SERVICE,     "", "/", "/bin/sh")),
    "slurm":   pwd.struct_passwd(("slurm",   "x", 5000,   5000,         "", "/", "/bin/sh")),
}
# fmt: on
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")


@pytest.fixture
def known_users(monkeypatch: pytest.MonkeyPatch) -> None:
    """A passwd(5) of our own; everybody is in a team too."""
    by_uid = {entry.pw_uid: entry for entry in ENTRIES.values()}
    monkeypatch.setattr(pwd, "getpwuid", by_uid.__getitem__)
    monkeypatch.setattr(pwd, "getpwnam", ENTRIES.__getitem__)
    monkeypatch.setattr(os, "getgrouplist", lambda _, gid: [gid, TEAM])
    monkeypatch.setattr(local_users, "find_slurm_user", lambda _: (5000, 5000))
    monkeypatch.setattr(local_users, "read_uid_min", lambda: 1000)


def connect_as(uid: int, gid: int) -> socket.socket:
    """Our end of a UNIX socket whose other end is uid's (a child that has connected and gone)."""
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("")
        server.listen()

        def connect() -> None:
            os.setgroups([])
            os.setresgid(gid, gid, gid)
            os.setresuid(uid, uid, uid)
            socket.socket(socket.AF_UNIX).connect(server.getsockname())

        run_in_child(connect)
        return server.accept()[0]


def serve(connection: socket.socket, settings: Settings, identity: Identity | None = None) -> dict[str, Any]:
    """Be a parent with --local-users' two capabilities, fork a worker for the connection, run a command in it."""

    def be_worker() -> dict[str, Any]:
        mine = worker.enter_worker(connection.fileno(), settings, keep=(answer_fds[0],))
        peer = describe_peer(connection.fileno(), connection.fileno())
        who = identity or authenticate_peer(peer)
        finished = run_command(Command(("probe",)), who, mine)
        own = parse_status(Path("/proc/self/status").read_text())
        return {
            "identity": list(who),
            "command": parse_status(finished.stdout.decode()),
            "own": own,
            "descriptors": sorted(int(name) for name in os.listdir("/proc/self/fd")),
            "keys": [mine.jwt_key, mine.jwks],
            "auth_types": mine.auth_types,
        }

    def be_parent() -> Any:
        os.setgroups([0, 4])
        users.drop_privileges(settings._replace(user_id=SERVICE, group_id=SERVICE))
        isolate(settings)
        return run_in_child(be_worker)

    return run_in_child(be_parent)


@pytest.fixture
def folder() -> Any:
    with open_folder() as path:
        write_program(path / "probe", PROBE)
        yield path


def make_settings(folder: Path, **change: Any) -> Settings:
    return Settings(command_path=f"{folder}:/usr/bin:/bin", local_users=True, jwt_key="/key", jwks="/jwks")._replace(
        **change
    )


def ids(status: dict[str, str]) -> tuple[str, str, str]:
    return status["Uid"], status["Gid"], status["Groups"]


def four(number: int) -> str:
    return " ".join([str(number)] * 4)


@needs_root
def test_a_worker_becomes_its_peer(folder: Path, known_users: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLURM_JWT", "daemon")
    monkeypatch.setenv("SLURM_CONF", "/nowhere")
    spare = os.open("/", os.O_RDONLY)
    os.set_inheritable(spare, True)
    told = serve(connect_as(ALICE, ALICES_GROUP), make_settings(folder))
    os.close(spare)
    command = told["command"]
    assert told["identity"] == ["local", "alice", None]
    for status in (told["own"], command):
        assert ids(status) == (four(ALICE), four(ALICES_GROUP), f"{ALICES_GROUP} {TEAM}")
        assert {int(status[name], 16) for name in ("CapPrm", "CapEff", "CapInh", "CapAmb")} == {0}
        assert status["NoNewPrivs"] == "1"
    # beside 0, 1, 2: the connection, the test's own pipe, and what lists them
    assert len(told["descriptors"]) <= 6
    # 10 is dash's own copy of the script
    assert command["Fds"] in ("0 1 2 10", "0 1 2")
    assert "SLURM" not in command["Environ"]
    assert command["Limits"] == "8388608 600 0"
    assert told["keys"] == [None, None]  # the service's own: alice could not read them


@needs_root
def test_with_a_token_the_command_has_the_token_and_the_peers_uid(folder: Path, known_users: None) -> None:
    told = serve(connect_as(ALICE, ALICES_GROUP), make_settings(folder), Identity("jwt", "bob", TOKEN))
    command = told["command"]
    assert ids(command)[0] == four(ALICE)
    assert f"SLURM_JWT={TOKEN}" in command["Environ"]
    assert TOKEN not in command["Cmdline"]


@needs_root
@pytest.mark.parametrize("uid", [0, SYSTEM, 65534, 61200, 5000, 77777])
def test_whom_it_does_not_become(uid: int, folder: Path, known_users: None) -> None:
    """Root, system users, nobody, SlurmUser, somebody without a name: nobody whom it could serve without a token."""
    with pytest.raises(ChildError, match="AuthenticationFailure"):
        serve(connect_as(uid, uid), make_settings(folder))


@needs_root
@pytest.mark.parametrize("uid", [0, SYSTEM])
def test_what_a_worker_stays_that_becomes_nobody(uid: int, folder: Path, known_users: None) -> None:
    """The service, without power."""
    told = serve(connect_as(uid, uid), make_settings(folder), Identity("jwt", "bob", TOKEN))
    for status in (told["own"], told["command"]):
        assert ids(status) == (four(SERVICE), four(SERVICE), "")
        assert {int(status[name], 16) for name in ("CapPrm", "CapEff", "CapInh", "CapAmb")} == {0}
    assert told["keys"] == ["/key", "/jwks"]


def hold_ambient_capabilities() -> None:
    """What AmbientCapabilities= of a unit gives: any program that is started has them too."""
    kernel.set_attribute(kernel.PR_SET_KEEPCAPS, 1)
    os.setgroups([])
    os.setresgid(SERVICE, SERVICE, SERVICE)
    os.setresuid(SERVICE, SERVICE, SERVICE)
    header = kernel.CapabilityHeader(kernel.CAPABILITY_VERSION_3, 0)
    sets = (kernel.CapabilitySets * 2)(kernel.CapabilitySets(0xC0, 0xC0, 0xC0))
    kernel.require(kernel.LIBC.capset(kernel.ctypes.byref(header), kernel.ctypes.byref(sets)))
    for capability in (kernel.CAP_SETGID, kernel.CAP_SETUID):
        kernel.require(kernel.LIBC.prctl(47, 2, capability, 0, 0))  # PR_CAP_AMBIENT_RAISE


@needs_root
def test_a_units_capabilities_reach_no_command(folder: Path, known_users: None) -> None:
    settings = make_settings(folder)
    identity = Identity("jwt", "bob", TOKEN)

    def run_probe(enter: Callable[[], Any]) -> Callable[[], list[int]]:
        def run() -> list[int]:
            hold_ambient_capabilities()
            enter()
            status = parse_status(run_command(Command(("probe",)), identity, settings).stdout.decode())
            return [int(status[name], 16) for name in ("CapPrm", "CapEff", "CapInh", "CapAmb")]

        return run

    keep = tuple(range(3, 64))
    assert run_in_child(run_probe(lambda: None)) == [0xC0] * 4  # it would
    assert run_in_child(run_probe(users.drop_capabilities)) == [0] * 4
    assert run_in_child(run_probe(lambda: isolate(settings._replace(local_users=False)))) == [0] * 4
    for local_users_too in (False, True):
        mine = settings._replace(local_users=local_users_too)
        connection = connect_as(SYSTEM, SYSTEM)
        enter = lambda c=connection, s=mine: worker.enter_worker(c.fileno(), s, keep=keep)  # noqa: E731  one expression, bound for this turn of the loop
        assert run_in_child(run_probe(enter)) == [0] * 4


@needs_root
def test_the_network_is_nobody(folder: Path, known_users: None) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()):
        connection = server.accept()[0]
        with pytest.raises(ChildError, match="AuthenticationFailure"):
            serve(connection, make_settings(folder))
        told = serve(connection, make_settings(folder), Identity("jwt", "bob", TOKEN))
    assert ids(told["command"]) == (four(SERVICE), four(SERVICE), "")
    assert int(told["own"]["CapPrm"], 16) == 0


@needs_root
def test_who_is_named_is_become(folder: Path, known_users: None) -> None:
    settings = make_settings(folder, local_users_allowed=("www", "root"))
    assert ids(serve(connect_as(SYSTEM, SYSTEM), settings)["command"])[0] == four(SYSTEM)
    told = serve(connect_as(0, 0), settings)
    assert told["identity"][:2] == ["local", "root"]
    assert ids(told["command"])[0] == four(0)
    assert int(told["own"]["CapPrm"], 16) == int(told["command"]["CapEff"], 16) == 0


@needs_root
def test_the_services_own_user_stays_who_it_is(folder: Path, known_users: None) -> None:
    told = serve(connect_as(SERVICE, SERVICE), make_settings(folder))
    assert told["identity"][:2] == ["local", "service"]
    assert int(told["own"]["CapPrm"], 16) == 0


@needs_root
def test_a_pipe_is_nobody_to_become(folder: Path, known_users: None) -> None:
    """Not even its owner."""

    def be_worker(settings: Settings) -> Callable[[], list[Any]]:
        def enter() -> list[Any]:
            read_end, _ = os.pipe()
            worker.enter_worker(read_end, settings, keep=(answer_fds[0],))
            return [*os.getresuid(), int(parse_status(Path("/proc/self/status").read_text())["CapPrm"], 16)]

        return enter

    settings = make_settings(folder, security=("become_user",), auth_types=("local",))
    assert run_in_child(be_worker(settings)) == [65534, 65534, 65534, 0]


@needs_root
def test_become_user_as_root_serves_the_peer_or_nobody(folder: Path, known_users: None) -> None:
    settings = make_settings(folder, security=("become_user",), auth_types=("local",))
    connections = {uid: connect_as(uid, uid) for uid in (ALICE, SYSTEM)}

    def be_worker(uid: int) -> Callable[[], list[Any]]:
        def enter() -> list[Any]:
            mine = worker.enter_worker(connections[uid].fileno(), settings, keep=(answer_fds[0],))
            return [*os.getresuid(), *os.getgroups(), mine.auth_types]

        return enter

    assert run_in_child(be_worker(ALICE)) == [ALICE, ALICE, ALICE, ALICES_GROUP, TEAM, ["local"]]
    assert run_in_child(be_worker(SYSTEM)) == [65534, 65534, 65534, []]


# fmt: off
ACCOUNTS = [
    # peer's uid, gid       named              become as: gid
    (ALICE,  ALICES_GROUP,  (),                ALICES_GROUP),
    (ALICE,  TEAM,          (),                TEAM),          # newgrp
    (ALICE,  0,             (),                ALICES_GROUP),  # a set-group-ID program's
    (ALICE,  None,          (),                ALICES_GROUP),
    (400000, 400000,        (),                400000),        # a directory service's
    (61200,  61200,         (),                None),
    (61200,  61200,         ("dynamic",),      61200),
    (SYSTEM, SYSTEM,        ("alice",),        None),
    (65534,  65534,         ("nobody",),       None),          # the overflow uid is not somebody
    (5000,   5000,          (),                None),
    (5000,   5000,          ("slurm",),        5000),
    (424242, 424242,        (),                None),
]
# fmt: on


@pytest.mark.parametrize(("uid", "gid", "named", "expected"), ACCOUNTS)
def test_accounts(uid: int, gid: int | None, named: tuple[str, ...], expected: int | None, known_users: None) -> None:
    account = local_users.find_account(uid, gid, Settings(local_users_allowed=named))
    assert (account and account.gid) == expected
    assert account is None or account.groups[-1] == TEAM


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("UID_MIN 500\n", 500),
        ("#UID_MIN 500\nSYS_UID_MIN 100\n", 1000),
        ("UID_MIN\t\t 2000 # comment\n", 2000),
        ("UID_MIN 0\n", 1),
        ("UID_MIN x\nUID_MIN\n", 1000),
        (None, 1000),
    ],
)
def test_uid_min(text: str | None, expected: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "login.defs"
    if text is not None:
        path.write_text(text)
    monkeypatch.setattr(local_users, "LOGIN_DEFS", str(path))
    assert local_users.read_uid_min() == expected


class Kernel:
    """Notes what the kernel would have been asked for, and answers with the ids that it was given."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, uid: int, peer: tuple[str, int | None, int | None]) -> None:
        self.uid, self.gid, self.groups, self.calls = uid, uid, [uid], []
        monkeypatch.setattr(local_users, "describe_peer", lambda *_: Peer(peer[0], "", peer[1], peer[2]))
        monkeypatch.setattr(local_users, "become", self.become)
        monkeypatch.setattr(local_users, "check_irreversible", lambda *_, **__: None)
        monkeypatch.setattr(kernel, "hold_capabilities", lambda *kept: self.calls.append(("hold", *kept)))
        monkeypatch.setattr(kernel, "set_attribute", lambda *_: None)
        monkeypatch.setattr(os, "geteuid", lambda: self.uid)
        monkeypatch.setattr(os, "getresuid", lambda: (self.uid,) * 3)
        monkeypatch.setattr(os, "getresgid", lambda: (self.gid,) * 3)
        monkeypatch.setattr(os, "getgroups", lambda: self.groups)

    def become(self, uid: int, gid: int, groups: list[int]) -> None:
        self.calls.append(("become", uid, gid, *groups))
        self.uid, self.gid, self.groups = uid, gid, groups


def test_the_steps_of_becoming(known_users: None, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(local_users=True, jwt_key="/key")
    for own, peer, calls, changed in (
        (
            SERVICE,
            ("unix", ALICE, ALICES_GROUP),
            [("become", ALICE, ALICES_GROUP, ALICES_GROUP, TEAM)],
            {"jwt_key": None},
        ),
        (SERVICE, ("socket", None, None), [], {}),
        (0, ("unix", SYSTEM, SYSTEM), [("become", 65534, 65534)], {"auth_types": ()}),
    ):
        asked = Kernel(monkeypatch, own, peer)
        assert local_users.become_peer(0, settings) == settings._replace(**changed)
        assert asked.calls == [*calls, ("hold",)]


def test_a_kernel_that_refuses_stops_the_worker(known_users: None, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = Kernel(monkeypatch, SERVICE, ("unix", ALICE, ALICES_GROUP))

    def refuse(*_: Any) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(local_users, "become", refuse)
    with pytest.raises(StartError, match="cannot become uid 23456: Operation not permitted"):
        local_users.become_peer(0, Settings(local_users=True))
    monkeypatch.setattr(local_users, "become", lambda *_: None)
    with pytest.raises(StartError, match="became somebody else"):
        local_users.become_peer(0, Settings(local_users=True))
    assert asked.uid == SERVICE


def test_limits_are_lowered_never_raised() -> None:
    def limit() -> list[list[int]]:
        resource.setrlimit(resource.RLIMIT_CPU, (30, 40))
        worker.limit_resources(Settings(memory_limit_mebibytes=512))
        return [list(resource.getrlimit(name)) for name in (worker.RLIMIT_AS, worker.RLIMIT_CPU, worker.RLIMIT_CORE)]

    assert run_in_child(limit) == [[512 * MEBIBYTE] * 2, [40, 40], [0, 0]]


def test_what_a_worker_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[Any] = []
    monkeypatch.setattr(worker, "setrlimit", lambda *pair: done.append(pair))
    monkeypatch.setattr(worker, "getrlimit", lambda _: (resource.RLIM_INFINITY,) * 2)
    monkeypatch.setattr(os, "closerange", lambda *pair: done.append(pair))
    monkeypatch.setattr(worker, "limit_time", done.append)
    monkeypatch.setattr(local_users, "become_peer", lambda fd, settings: (fd, settings))
    settings = Settings()
    assert worker.enter_worker(7, settings, keep=(5, 0)) == settings
    assert worker.enter_worker(0, settings._replace(local_users=True)) == (0, settings._replace(local_users=True))
    limits = [(worker.RLIMIT_AS, (8 << 30, 8 << 30)), (worker.RLIMIT_CPU, (600, 605)), (worker.RLIMIT_CORE, (0, 0))]
    most = worker.MAX_DESCRIPTORS
    assert done == [(3, 5), (6, 7), (8, most), *limits, 3600, (3, most), *limits, 3600]


def test_only_the_kept_descriptors_stay() -> None:
    def close() -> list[int]:
        import syslog

        syslog.openlog("x", syslog.LOG_NDELAY)
        for fd in (77, 78, 79, 200):
            os.dup2(2, fd)
        worker.close_descriptors(78, 0, answer_fds[0])
        return [fd for fd in range(60, 300) if os.path.exists(f"/proc/self/fd/{fd}")]

    assert run_in_child(close) == [78]


def test_an_exchange_ends_in_time() -> None:
    before = signal.getsignal(signal.SIGALRM)
    begun = monotonic()
    try:
        worker.limit_time(1)
        with pytest.raises(CommandTimeout, match="within 1 seconds"):
            sleep(10)
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
    assert monotonic() - begun < 5


def test_credentials_are_as_wide_as_ids() -> None:
    assert struct.calcsize("3i") == 12
    assert users.NEEDED_CAPABILITIES == 1 << kernel.CAP_SETGID | 1 << kernel.CAP_SETUID
