"""What to listen on: read from words, opened, and every failure a line that says what would help."""

import os
import socket
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slurmrest_inetd.errors import StartError
from slurmrest_inetd.listen import inherited
from slurmrest_inetd.listen.addresses import Address, parse_address
from slurmrest_inetd.listen.sockets import adopt_listeners, close_listeners, open_listeners
from slurmrest_inetd.settings import Settings


@pytest.mark.parametrize(
    ("text", "host", "port", "path", "is_tls"),
    [
        ("localhost:6820", "localhost", 6820, "", False),
        (":6820", "", 6820, "", False),
        ("127.0.0.1:0", "127.0.0.1", 0, "", False),
        ("[::1]:6820", "::1", 6820, "", False),
        ("[localhost]:6820", "localhost", 6820, "", False),
        ("https://node.example:443", "node.example", 443, "", True),
        ("https://:443", "", 443, "", True),
        ("unix:/run/x.sock", "", 0, "/run/x.sock", False),
        ("unix:///run/x.sock", "", 0, "/run/x.sock", False),
    ],
)
def test_an_address(text: str, host: str, port: int, path: str, is_tls: bool) -> None:
    assert parse_address(text) == Address(text, host, port, path, is_tls)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("localhost", "its port"),
        ("localhost:", "its port"),
        ("localhost:http", "its port"),
        ("localhost:65536", "its port"),
        ("localhost:-1", "its port"),
        ("127.0.0.1:99999", "its port"),
        ("::1:6820", "its host"),
        ("[]:6820", "its host"),
        ("[::1:6820", "its host"),
        ("a b:6820", "its host"),
        ("http://localhost:6820", "its host"),
        ("unix:", "names no file"),
        ("unix:@abstract", "names no file"),
        ("unix:/a\0b", "names no file"),
        ("unix:/" + 107 * "x", "at most 107 bytes"),
    ],
)
def test_what_is_no_address(text: str, reason: str) -> None:
    with pytest.raises(StartError, match=reason):
        parse_address(text)


@given(st.text(max_size=30))
def test_any_word_is_an_address_or_refused(text: str) -> None:
    try:
        address = parse_address(text)
    except StartError:
        return
    assert address.path or 0 <= address.port <= 65535


def listen(*addresses: str, **changes: object) -> Settings:
    return Settings(listen=addresses, **changes)  # type: ignore[arg-type]  # as Settings has them


def test_every_interface_and_both_families() -> None:
    listeners = open_listeners(listen(":0", "https://127.0.0.1:0"))
    try:
        families = {listener.socket.family for listener in listeners}
        assert families == ({socket.AF_INET, socket.AF_INET6} if socket.has_dualstack_ipv6() else {socket.AF_INET})
        assert [listener.is_tls for listener in listeners][-2:] == [False, True]
        assert not any(listener.socket.getblocking() for listener in listeners)
    finally:
        close_listeners(listeners)


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("nosuchhost.invalid:6820", "host 'nosuchhost.invalid'"),
        (f"{'x' * 70}.example:6820", "not a host's name|Name or service"),
        ("198.51.100.1:6820", "no such address"),
        ("unix:/nosuchdirectory/x.sock", "no directory /nosuchdirectory"),
        ("unix:/etc/hosts/x.sock", "no directory /etc/hosts"),
        ("unix:/dev/null", "no socket"),
    ],
)
def test_an_address_that_cannot_be_had(address: str, reason: str) -> None:
    with pytest.raises(StartError, match=reason):
        open_listeners(listen("127.0.0.1:0", address))


@pytest.mark.parametrize(
    ("error", "address", "reason"),
    [
        (PermissionError(13, "Permission denied"), "127.0.0.1:80", "below 1024"),
        (PermissionError(13, "Permission denied"), "unix:{folder}/x", "no permission in {folder}"),
        (OSError(97, "Address family not supported"), "127.0.0.1:80", "IPv6"),
        (OSError(5, "Input/output error"), "unix:{folder}/x", "Input/output error"),
    ],
)
def test_what_the_kernel_refuses(
    error: OSError, address: str, reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Refusing(socket.socket):
        def bind(self, _place: object) -> None:
            raise error

    monkeypatch.setattr(socket, "socket", Refusing)
    with pytest.raises(StartError, match=reason.format(folder=tmp_path)):
        open_listeners(listen(address.format(folder=tmp_path)))


def test_an_address_in_use() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other, pytest.raises(StartError, match="in use: another program"):
        open_listeners(listen(f"127.0.0.1:{other.getsockname()[1]}"))


def test_a_socket_file_from_its_first_moment_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "x.sock"
    owner = (os.getuid(), os.getgid())
    listeners = open_listeners(listen(f"unix:{path}", socket_mode=0o640, socket_owner=owner))
    assert path.stat().st_mode & 0o7777 == 0o640
    with pytest.raises(StartError, match="another program listens there"):
        open_listeners(listen(f"unix:{path}"))
    close_listeners(listeners)
    assert not path.exists()


def test_a_full_queue_is_somebody_who_listens(tmp_path: Path) -> None:
    path = str(tmp_path / "x.sock")
    with socket.socket(socket.AF_UNIX) as other, socket.socket(socket.AF_UNIX) as client:
        other.bind(path)
        other.listen(0)
        client.connect(path)
        with pytest.raises(StartError, match="another program listens there"):
            open_listeners(listen(f"unix:{path}"))


def test_a_stale_socket_is_replaced_and_a_strangers_is_left(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "x.sock"
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))
    listeners = open_listeners(listen(f"unix:{path}"))
    assert f"replacing {path}" in capfd.readouterr().err
    path.unlink()
    path.write_text("somebody else's")
    close_listeners(listeners)
    assert path.read_text() == "somebody else's"


def test_the_socket_of_another_owner_is_for_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_words: object, **_options: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "chown", refuse)
    with pytest.raises(StartError, match="no permission to give"):
        open_listeners(listen(f"unix:{tmp_path}/x.sock", socket_owner=(1, 1)))


def test_a_machine_without_ipv6(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [(socket.AF_INET6, 1, 6, "", ("::1", 0, 0, 0)), (socket.AF_INET, 1, 6, "", ("127.0.0.1", 0))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_words, **_options: found)
    real = socket.socket

    def make(family: int = -1, *words: int, **options: int) -> socket.socket:
        if family == socket.AF_INET6:
            raise OSError(97, "Address family not supported by protocol")
        return real(family, *words, **options)

    monkeypatch.setattr(socket, "socket", make)
    listeners = open_listeners(listen("localhost:0"))
    assert [listener.socket.family for listener in listeners] == [socket.AF_INET]
    close_listeners(listeners)


def test_inherited_sockets_stay_their_owners(tmp_path: Path) -> None:
    path = str(tmp_path / "x.sock")
    with socket.socket(socket.AF_UNIX) as owner:
        owner.bind(path)
        owner.listen()
        listeners = adopt_listeners((os.dup(owner.fileno()),))
        assert [listener.name for listener in listeners] == [f"unix:{path}"]
        close_listeners(listeners)
        assert os.path.exists(path)
        assert inherited.is_listening(owner.fileno())


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, ()),
        ({"LISTEN_FDS": "1"}, ()),
        ({"LISTEN_FDS": "1", "LISTEN_PID": "1"}, ()),
        ({"LISTEN_FDS": "", "LISTEN_PID": str(os.getpid())}, ()),
    ],
)
def test_sockets_that_are_not_for_this_process(environ: dict[str, str], expected: tuple[int, ...]) -> None:
    assert inherited.find_passed(environ) == expected


@pytest.mark.parametrize("count", ["x", "-1", "9999", "1 "])
def test_a_count_that_is_none(count: str) -> None:
    with pytest.raises(StartError, match="LISTEN_FDS is no number"):
        inherited.find_passed({"LISTEN_FDS": count, "LISTEN_PID": str(os.getpid())})


def pass_on(monkeypatch: pytest.MonkeyPatch, *passed: socket.socket | int) -> dict[str, str]:
    """The environment of a process that got ``passed``, wherever they are here."""
    fds = [entry if isinstance(entry, int) else entry.fileno() for entry in passed]
    monkeypatch.setattr(inherited, "range", lambda *_: fds, raising=False)
    return {"LISTEN_FDS": str(len(fds)), "LISTEN_PID": str(os.getpid())}


def test_what_systemd_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as two:
        environ = pass_on(monkeypatch, one, two)
        assert inherited.find_listening(environ) == (one.fileno(), two.fileno())
        assert not os.get_inheritable(one.fileno())
        with socket.create_connection(one.getsockname()) as connection:
            environ = pass_on(monkeypatch, connection)
            assert inherited.find_listening(environ) == ()
            assert inherited.choose_descriptors(environ) == (connection.fileno(), connection.fileno())
            with pytest.raises(StartError, match="one or the other"):
                inherited.find_listening(pass_on(monkeypatch, one, connection))
        with (
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagram,
            pytest.raises(StartError, match="ListenStream"),
        ):
            inherited.find_passed(pass_on(monkeypatch, datagram))
        with pytest.raises(StartError, match="no stream socket"):
            inherited.find_passed(pass_on(monkeypatch, 9999))


def test_without_sockets_it_is_stdin_and_stdout() -> None:
    assert inherited.find_listening({}) == ()
    assert inherited.choose_descriptors({}) == (0, 1)
