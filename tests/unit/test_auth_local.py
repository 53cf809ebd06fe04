"""rest_auth/local: only the service's own user, and only where the kernel says so. The rows were asked of slurmrestd."""

import os
import pwd
import socket
import tempfile
from pathlib import Path

import pytest

from slurmrest_inetd.auth import authenticate
from slurmrest_inetd.auth.local import FORWARDED_FIELDS, OVERFLOW_UID, authenticate_peer, name_user
from slurmrest_inetd.auth.refusal import AuthenticationFailure
from slurmrest_inetd.model import Identity, Peer, Request
from slurmrest_inetd.settings import Settings
from slurmrest_inetd.wire import describe_peer

OWN = os.geteuid()
OTHER = OWN + 1
ME = Identity("local", pwd.getpwuid(OWN).pw_name)


# fmt: off
PEERS = [
    # kind     owner   mode    served     what slurmrestd 24.11 and 26.05 do, where they differ from us
    ("pipe",   OWN,    0o600,  True),
    ("pipe",   OWN,    0o400,  True),
    ("pipe",   OWN,    0o640,  True),
    ("pipe",   OWN,    0o620,  False),    # served
    ("pipe",   OWN,    0o644,  False),
    ("pipe",   OWN,    0o602,  False),
    ("pipe",   OWN,    0o666,  False),
    ("file",   OWN,    0o600,  True),
    ("file",   OWN,    0o644,  False),
    ("file",   OWN,    0o660,  False),    # served
    ("tty",    OWN,    0o620,  True),
    ("tty",    OWN,    0o622,  False),
    ("unix",   OWN,    0,      True),     # not by 24.11 in inetd mode
    ("unix",   OTHER,  0,      False),
    ("unix",   None,   0,      False),
    ("pipe",   OTHER,  0o600,  False),
    ("file",   OTHER,  0o600,  False),
    ("tty",    OTHER,  0o600,  False),
    ("file",   None,   0,      False),
    ("socket", None,   0,      False),
    ("socket", OWN,    0,      False),
    ("other",  OWN,    0o600,  False),
]
# fmt: on


@pytest.mark.parametrize(("kind", "uid", "mode", "served"), PEERS)
def test_who_is_served(kind: str, uid: int | None, mode: int, served: bool) -> None:
    peer = Peer(kind, "x", uid, uid, mode)
    if served:
        assert authenticate_peer(peer) == ME
        return
    with pytest.raises(AuthenticationFailure) as caught:
        authenticate_peer(peer)
    assert kind in caught.value.reason


def test_root_is_nobody_special(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 999)
    with pytest.raises(AuthenticationFailure):  # 26.05 serves it
        authenticate_peer(Peer("unix", "x", 0, 0))


def test_a_service_that_is_nobody_serves_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: OVERFLOW_UID)
    with pytest.raises(AuthenticationFailure):
        authenticate_peer(Peer("unix", "x", OVERFLOW_UID, OVERFLOW_UID))


def test_the_real_uid_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getuid", lambda: OTHER)
    assert authenticate_peer(Peer("pipe", "x", OWN, OWN, 0o600)) == ME


@pytest.mark.parametrize("name", FORWARDED_FIELDS)
def test_what_a_proxy_passed_on_is_not_the_proxys(name: str) -> None:
    peer = Peer("unix", "x", OWN, OWN)
    direct = Request("GET", "/", (), (), (("host", "x"),), "1.1")
    assert authenticate(direct, peer, Settings()) == ME
    with pytest.raises(AuthenticationFailure) as caught:
        authenticate(direct._replace(headers=((name, ""),)), peer, Settings())
    assert name in caught.value.reason


def test_a_uid_without_a_name() -> None:
    assert name_user(4242424) == "4242424"


def test_real_descriptors() -> None:
    read_end, write_end = os.pipe()
    left, right = socket.socketpair()
    with tempfile.TemporaryFile() as file, left, right:
        for fd in (read_end, left.fileno(), file.fileno()):
            assert authenticate_peer(describe_peer(fd, fd)) == ME
    os.close(read_end)
    os.close(write_end)
    with pytest.raises(AuthenticationFailure):
        authenticate_peer(describe_peer(read_end, write_end))


def test_real_connections(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        connection, _ = server.accept()
        with connection, pytest.raises(AuthenticationFailure):
            authenticate_peer(describe_peer(connection.fileno(), connection.fileno()))
    with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as client:
        server.bind(str(tmp_path / "s"))
        server.listen()
        client.connect(str(tmp_path / "s"))
        connection, _ = server.accept()
        with connection:
            assert authenticate_peer(describe_peer(connection.fileno(), connection.fileno())) == ME


@pytest.mark.skipif(OWN != 0, reason="only root can be another user")
def test_another_users_connection() -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("")  # an abstract name: pytest's folders are their owner's alone
        server.listen()
        child = os.fork()
        if child == 0:
            try:
                os.setuid(OTHER)
                client = socket.socket(socket.AF_UNIX)
                client.connect(server.getsockname())
            finally:
                os._exit(0)
        server.settimeout(10)
        connection, _ = server.accept()
        with connection, pytest.raises(AuthenticationFailure) as caught:
            authenticate_peer(describe_peer(connection.fileno(), connection.fileno()))
        os.waitpid(child, 0)
        assert f"uid {OTHER}'s" in caught.value.reason
