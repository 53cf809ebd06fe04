"""The parent's side of its workers where something goes wrong, and the worker's where its parent is gone; in this process."""

import errno
import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path
from select import epoll, select
from typing import NoReturn

import pytest
from certificates import make_certificate

from slurmrest_inetd.errors import ClientGone, RequestTimeout, ShuttingDown, StartError
from slurmrest_inetd.listen import crew as crew_module
from slurmrest_inetd.listen import worker
from slurmrest_inetd.listen.certificate import load_context
from slurmrest_inetd.listen.crew import Crew
from slurmrest_inetd.listen.notify import Manager, read_watchdog_seconds
from slurmrest_inetd.listen.preload import preload
from slurmrest_inetd.listen.service import Service
from slurmrest_inetd.listen.sockets import Listener
from slurmrest_inetd.settings import Settings
from slurmrest_inetd.slurm import command
from slurmrest_inetd.wire.channel import Patience
from slurmrest_inetd.wire.tls import TlsChannel


class Stubborn(Crew):
    """Workers that never do anything, and do not listen."""

    def _work(self, *_words: object) -> NoReturn:
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
        signal.pause()
        os._exit(0)


@pytest.fixture
def poll() -> Iterator[epoll]:
    with epoll() as made:
        yield made


def reap_all(crew: Crew) -> None:
    while crew.workers:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT)
        crew.reap()


def test_who_does_not_leave_is_killed(poll: epoll, capfd: pytest.CaptureFixture[str]) -> None:
    crew = Stubborn([], Settings(ready_workers=1), None, poll)
    crew.refill(lambda: None)
    crew.dismiss(worker.LEAVE)
    assert crew.count("leaving") == 1
    crew.abandon()
    crew.kill()
    reap_all(crew)
    assert "does not leave: killed" in capfd.readouterr().err


def test_who_dies_in_an_exchange_leaves_a_line(poll: epoll, capfd: pytest.CaptureFixture[str]) -> None:
    crew = Stubborn([], Settings(ready_workers=1), None, poll)
    crew.refill(lambda: None)
    (running,) = crew.workers.values()
    running.state = "busy"
    crew.kill()
    reap_all(crew)
    assert "its client got no answer, or only a part of it" in capfd.readouterr().err
    assert crew.next_start == 0


def test_a_machine_that_cannot_fork_is_not_asked_too_often(
    poll: epoll, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def refuse() -> int:
        raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")

    monkeypatch.setattr(crew_module.os, "fork", refuse)
    monkeypatch.setattr(crew_module, "monotonic", lambda: 100.0)
    crew = Crew([], Settings(), None, poll)
    for _ in range(20):
        crew.refill(lambda: None)
        crew.next_start = 0.0
    log = capfd.readouterr().err
    waits = [line.rpartition("starts in ")[2] for line in log.splitlines()]
    assert waits[:3] == ["0.1 seconds", "0.2 seconds", "0.4 seconds"]
    assert waits[-1] == "30 seconds"
    assert crew.workers == {}


def test_a_fault_of_a_worker_is_logged_and_delays_the_next(
    poll: epoll, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def fail(*_words: object) -> NoReturn:
        raise StartError("cannot become uid 1")

    monkeypatch.setattr(crew_module, "serve_one", fail)
    crew = Crew([], Settings(ready_workers=1), None, poll)
    crew.refill(lambda: None)
    reap_all(crew)
    log = capfd.readouterr().err
    assert "worker: cannot become uid 1" in log
    assert f"failed with status {crew_module.FAULT} before it had a connection" in log
    assert crew.next_start > 0


def test_a_child_that_somebody_else_left_us(poll: epoll) -> None:
    crew = Stubborn([], Settings(ready_workers=1), None, poll)
    crew.refill(lambda: None)
    stranger = os.posix_spawn("/bin/true", ["true"], {})
    os.waitid(os.P_PID, stranger, os.WEXITED | os.WNOWAIT)
    crew.reap()
    assert len(crew.workers) == 1
    crew.hear(-1)  # an event for a control socket that is closed already
    crew.kill()
    reap_all(crew)


def test_without_descriptors_connections_wait(capfd: pytest.CaptureFixture[str]) -> None:
    class Exhausted(socket.socket):
        def accept(self) -> NoReturn:
            raise OSError(errno.EMFILE, "Too many open files")

    parent, control = socket.socketpair()
    with parent, control, Exhausted() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        with socket.create_connection(listening.getsockname()):
            parent.send(worker.LEAVE)
            assert worker.accept_connection([Listener(listening, "x")], control) is None
    assert "cannot accept a connection: Too many open files; it waits" in capfd.readouterr().err


def test_a_worker_without_a_parent_takes_no_connection() -> None:
    parent, control = socket.socketpair()
    listening = socket.create_server(("127.0.0.1", 0))
    with control, listening, socket.create_connection(listening.getsockname()):
        parent.close()
        assert worker.accept_connection([Listener(listening, "x")], control) is None
        assert worker.serve_one([Listener(listening, "x")], control, Settings(), None) is None


@pytest.fixture
def _sigio() -> Iterator[None]:
    before = signal.getsignal(signal.SIGIO)
    yield
    signal.signal(signal.SIGIO, before)


@pytest.mark.usefixtures("_sigio")
@pytest.mark.parametrize("unheard", [False, True], ids=["closed", "died"])
def test_the_end_of_the_parent_breaks_an_exchange_off(unheard: bool) -> None:
    parent, control = socket.socketpair()
    with control:
        worker.leave_with_parent(control)
        parent.send(worker.LEAVE)  # if idle, which it is not
        if unheard:
            control.send(worker.ACCEPTED)
        with pytest.raises(ShuttingDown, match=r"The service is stopping$"):
            parent.close()
            select([], [], [], 10)  # a command that has just begun may hold what it inherited for a moment
        assert signal.getsignal(signal.SIGIO) == signal.SIG_IGN


@pytest.mark.usefixtures("_sigio")
def test_its_command_is_stopped_first(tmp_path: Path) -> None:
    (tmp_path / "sleep").write_text("#!/bin/sh\nexec /bin/sleep 60\n")
    (tmp_path / "sleep").chmod(0o755)
    parent, control = socket.socketpair()
    settings = Settings(command_path=str(tmp_path))
    command.history.clear()
    with control:
        worker.leave_with_parent(control)
        command.start_command(command.Command(("sleep",)), command_identity(), settings)
        with pytest.raises(ShuttingDown, match="whether Slurm did what was asked is unknown"):
            parent.close()
            select([], [], [], 10)  # a command that has just begun may hold what it inherited for a moment
    assert command.history == [(("sleep",), -signal.SIGTERM)]
    assert command.stop_running() is False


def command_identity() -> object:
    from slurmrest_inetd.model import Identity

    return Identity("jwt", "alice", "t")


def test_where_its_listening_socket_is_fd_2_too() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        assert worker.is_listening_socket(listening.fileno())
    assert not worker.is_listening_socket(2)


def test_systemd_wants_to_hear_nothing() -> None:
    Manager({}).tell("READY=1")
    Manager({"NOTIFY_SOCKET": "vsock:2:1234"}).tell("READY=1")
    Manager({"NOTIFY_SOCKET": "/nowhere/notify"}).tell_ready("x")
    assert Manager({"WATCHDOG_USEC": "1000000"}).watchdog_seconds == 0
    assert read_watchdog_seconds({"WATCHDOG_USEC": "1000000"}) == 0.5
    assert read_watchdog_seconds({"WATCHDOG_USEC": "1000000", "WATCHDOG_PID": "1"}) == 0
    assert read_watchdog_seconds({"WATCHDOG_USEC": "x"}) == 0


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("certificate")
    make_certificate(made)
    return made


@pytest.mark.parametrize(
    ("names", "reason"),
    [
        (("server.pem", "client.key", None), "they must belong together"),
        (("server.pem", None, None), "they must belong together"),
        (("server.pem", "nowhere", None), "cannot read the certificate"),
        (("server.pem", "server.key", "server.key"), "NO_CERTIFICATE"),
        (("server.pem", "server.key", "nowhere"), "No such file"),
    ],
)
def test_certificates_that_cannot_be_used(folder: Path, names: tuple[str | None, ...], reason: str) -> None:
    certificate, key, authorities = (name and str(folder / name) for name in names)
    with pytest.raises(StartError, match=reason):
        load_context(Settings(certificate=certificate, certificate_key=key, client_ca=authorities))


def test_certificates_that_are_missing() -> None:
    assert load_context(Settings(listen=("127.0.0.1:1",))) is None
    for settings in (Settings(certificate_key="x"), Settings(client_ca="x")):
        with pytest.raises(StartError, match="need --certificate"):
            load_context(settings)
    with pytest.raises(StartError, match="https:// needs --certificate"):
        load_context(Settings(listen=("https://127.0.0.1:1",)))


def test_tls_that_breaks_off(folder: Path) -> None:
    """The client leaves in the middle: of its request, of our reply; or does not read, or does not write."""
    import ssl
    import threading

    settings = Settings(certificate=f"{folder}/server.pem", certificate_key=f"{folder}/server.key")
    context = load_context(settings)
    assert context is not None
    trusting = ssl.create_default_context(cafile=folder / "ca.pem")

    def open_both() -> tuple[ssl.SSLSocket, TlsChannel, socket.socket]:
        plain, server = socket.socketpair()
        opened: list[ssl.SSLSocket] = []

        def shake() -> None:
            opened.append(trusting.wrap_socket(plain, server_hostname="localhost"))
            opened[0].sendall(b"hello")

        thread = threading.Thread(target=shake)
        thread.start()
        channel = TlsChannel(server.fileno(), context, is_required=True)
        assert channel.receive(Patience(20)) == b"hello"
        thread.join()
        assert not channel.is_readable()
        return opened[0], channel, server

    client, channel, server = open_both()
    with client, server:
        with pytest.raises(RequestTimeout):
            channel.receive(Patience(0.01))
        with pytest.raises(ClientGone, match="does not read"):
            channel.send(bytes(8 << 20), Patience(0.01))
    client, channel, server = open_both()
    with server:
        client.close()
        with pytest.raises(ClientGone):
            while True:
                channel.send(bytes(1 << 20), Patience(1))
        channel.finish(is_sending=False)
    client, channel, server = open_both()
    with server, socket.socket(fileno=os.dup(client.fileno())) as plain:
        client.detach()
        plain.send(b"\x17\x03\x03\x00\x05wrong")
        with pytest.raises(ClientGone, match="TLS broken off"):
            channel.receive(Patience(1))


def test_rooms_that_cannot_be_loaded_wait_for_who_needs_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from slurmrest_inetd.listen import preload as preload_module

    (tmp_path / "jwks").write_text('{"keys": []}')
    monkeypatch.setattr(preload_module.gc, "freeze", lambda: None)
    monkeypatch.setattr(preload_module, "LIBRARIES", ("no_such_library",))
    for settings in (Settings(jwks=str(tmp_path / "jwks")), Settings(slurm_conf="/dev/null")):
        preload(settings)
    preload_module.skip("x")


def test_a_service_without_watchdog_or_idle_time_waits_for_events_only() -> None:
    service = Service(
        [], Settings(ready_workers=1), None, idle_seconds=None, reload=lambda: (Settings(), None), manager=Manager({})
    )
    service._crew.next_start = 0.0
    assert service._compute_timeout() == 0.0  # a worker is wanted
    service._crew.workers[0] = crew_module.Worker(0, socket.socket())
    assert service._compute_timeout() is None
    service._crew.workers[0].control.close()
