"""Every way in, started as it is started: connections answered, none lost, nothing left behind."""

import os
import resource
import signal
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from certificates import make_certificate
from listening import TOKEN, Program, ask, connect, format_get, is_alive, read_status, start_program, wait_until

DOCUMENTS = Path(__file__).parent.parent / "fixtures" / "documents"
READ = "/slurm/v0.0.42/licenses"
SLOW = "/slurm/v0.0.42/partitions"
# "slow" says that it has begun, and stays.
SLURM = f"""#!/bin/sh
case "$*" in
  *partitions*) echo begun > {{folder}}/begun; exec sleep 60;;
  *) exec cat {DOCUMENTS}/24.11.licenses.json;;
esac
"""


@pytest.fixture(scope="module")
def slurm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a scontrol that answers, or stays when it is asked for partitions."""
    folder = tmp_path_factory.mktemp("slurm")
    (folder / "scontrol").write_text(SLURM.format(folder=folder))
    (folder / "scontrol").chmod(0o755)
    os.mkfifo(folder / "begun")
    return folder


@pytest.fixture(scope="module")
def defaults(slurm: Path) -> dict[str, Any]:
    return {"command_path": f"{slurm}:/usr/bin:/bin"}


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with ca.pem, server.pem and server.key, client.pem and client.key."""
    folder = tmp_path_factory.mktemp("certificate")
    make_certificate(folder)
    return folder


@pytest.fixture(scope="module")
def everywhere(
    defaults: dict[str, Any], certificate: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Program, list[str]]]:
    """One program on TCP, IPv6, a UNIX socket and TLS."""
    path = tmp_path_factory.mktemp("socket") / "rest.sock"
    words = ["127.0.0.1:0", "[::1]:0", f"unix:{path}", "https://127.0.0.1:0", "--read-timeout=1"]
    options = ["-t", "2", f"--certificate={certificate}/server.pem", f"--key={certificate}/server.key"]
    with start_program(defaults, *words, *options, covered=True) as program:
        yield program, program.addresses()
        assert program.leave() == 0


def trust(certificate: Path, *, client: bool = False) -> ssl.SSLContext:
    """What a client of ours needs to believe the server."""
    context = ssl.create_default_context(cafile=certificate / "ca.pem")
    if client:
        context.load_cert_chain(certificate / "client.pem", certificate / "client.key")
    return context


def ask_tls(address: str, request: bytes, context: ssl.SSLContext) -> bytes:
    return ask(address, request, lambda plain: context.wrap_socket(plain, server_hostname="localhost"))


def list_children(pid: int) -> list[int]:
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def list_descriptors(pid: int) -> set[str]:
    return set(os.listdir(f"/proc/{pid}/fd"))


def wait_for_begun(slurm: Path) -> None:
    """Until the slow command runs."""
    with (slurm / "begun").open() as fifo:
        assert fifo.read() == "begun\n"


def wait_until_refused(address: str) -> None:
    """Until nobody listens there any more: workers that were ready need a moment to leave."""
    while True:
        try:
            connect(address).close()
        except ConnectionRefusedError:
            return
        except ConnectionResetError:
            continue


@pytest.mark.parametrize("place", range(3), ids=["tcp", "ipv6", "unix"])
def test_an_answer(everywhere: tuple[Program, list[str]], place: int) -> None:
    address = everywhere[1][place]
    raw = ask(address, format_get(READ))
    assert read_status(raw) == 200
    assert b"licenses" in raw
    source = "unix:" if place == 2 else address.rpartition(":")[0]
    assert f'"source": "{source}'.encode() in raw


def test_the_unix_sockets_peer_is_known_by_the_kernel(everywhere: tuple[Program, list[str]]) -> None:
    """rest_auth/local: the same uid at the other end is the service itself; over TCP nobody is."""
    tcp, _, unix, _ = everywhere[1]
    assert read_status(ask(tcp, format_get(READ, None))) == 401
    assert read_status(ask(unix, format_get(READ, None))) == 200


def test_tls(everywhere: tuple[Program, list[str]], certificate: Path) -> None:
    tcp, _, _, tls = everywhere[1]
    context = trust(certificate)
    assert read_status(ask_tls(tls, format_get(READ), context)) == 200
    # a socket that is not https:// serves both, as slurmrestd does
    assert read_status(ask_tls(tcp, format_get(READ), context)) == 200


def test_a_large_request_and_reply_over_tls(everywhere: tuple[Program, list[str]], certificate: Path) -> None:
    body = b'{"script": "' + 300_000 * b"x" + b'", "job": []}'
    head = f"POST /slurm/v0.0.42/job/submit HTTP/1.1\r\nHost: x\r\nX-SLURM-USER-TOKEN: {TOKEN}\r\nContent-Length: {len(body)}\r\n\r\n"
    raw = ask_tls(everywhere[1][3], head.encode() + body, trust(certificate))
    assert read_status(raw) in (400, 422)


def test_a_plain_request_to_a_tls_port_is_told_so(everywhere: tuple[Program, list[str]]) -> None:
    for method in ("GET", "DELETE"):
        raw = ask(everywhere[1][3], format_get(READ).replace(b"GET", method.encode()))
        assert read_status(raw) == 400
        assert b"https://" in raw


def test_tls_1_2_is_refused(everywhere: tuple[Program, list[str]], certificate: Path) -> None:
    context = trust(certificate)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    program, addresses = everywhere
    with pytest.raises(ssl.SSLError):
        ask_tls(addresses[3], format_get(READ), context)
    program.wait_for("the TLS handshake failed: UNSUPPORTED_PROTOCOL")


@pytest.mark.parametrize(
    ("place", "sent", "said"),
    [
        (0, b"", "408"),
        (0, b"GET / HT", "408"),
        (3, b"", "nothing came in time"),
        (3, b"\x16\x03\x01", "handshake did not end in time"),
        (3, b"\x16garbage and more of it\r\n\r\n", "handshake failed"),
    ],
)
def test_who_stalls_is_not_waited_for(
    everywhere: tuple[Program, list[str]], place: int, sent: bytes, said: str
) -> None:
    program, addresses = everywhere
    with connect(addresses[place]) as client:
        client.sendall(sent)
        while client.recv(65536):
            pass
    program.wait_for(said)


def test_who_hangs_up_costs_nobody_else(everywhere: tuple[Program, list[str]], certificate: Path) -> None:
    program, addresses = everywhere
    for address in addresses:
        connect(address).close()
        program.wait_for("nothing came|the client left|handshake failed")
    with trust(certificate).wrap_socket(connect(addresses[3]), server_hostname="localhost") as client:
        client.sendall(b"GET / HT")
    program.wait_for(" 400 |the client left")
    assert read_status(ask(addresses[0], format_get(READ))) == 200


def test_two_hundred_connections_leave_nothing(defaults: dict[str, Any]) -> None:
    with start_program(defaults, "127.0.0.1:0") as program:
        (address,) = program.addresses()
        ask(address, format_get("/nope", None))
        program.wait_for(" /nope 401 ")
        before = program.count_descriptors()

        def run() -> None:
            for _ in range(25):
                assert read_status(ask(address, format_get("/nope", None))) == 401

        threads = [threading.Thread(target=run) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for _ in range(200):
            program.wait_for(" /nope 401 ")
        wait_until(lambda: len(program.workers()) == 4 and all(map(is_alive, program.workers())))
        assert program.leave() == 0
        assert program.log[-1].endswith("left after 201 connections\n")
        assert before <= 16


def test_a_killed_worker_is_replaced(defaults: dict[str, Any]) -> None:
    with start_program(defaults, "-t", "1", "127.0.0.1:0") as program:
        (address,) = program.addresses()
        wait_until(lambda: len(program.workers()) == 1)
        (served,) = program.workers()
        ask(address, format_get("/nope", None))
        # the one that had this connection may still be leaving
        wait_until(lambda: len({*program.workers()} - {served}) == 1 and served not in program.workers())
        (worker,) = program.workers()
        os.kill(worker, signal.SIGKILL)
        program.wait_for(f"worker {worker} was ended by signal 9 before it had a connection; the next one starts in")
        assert read_status(ask(address, format_get(READ))) == 200
        assert program.leave() == 0


def test_signals_and_a_running_exchange(defaults: dict[str, Any], slurm: Path) -> None:
    """SIGTERM waits for it, a second one does not: its client is told, its command is stopped."""
    with (
        start_program(defaults, "-t", "1", "127.0.0.1:0", covered=True) as program,
        connect(program.addresses()[0]) as client,
    ):
        client.sendall(format_get(SLOW))
        wait_for_begun(slurm)
        program.process.send_signal(signal.SIGTERM)
        program.wait_for("SIGTERM: leaving when running exchanges have ended")
        wait_until_refused(f"127.0.0.1:{client.getpeername()[1]}")
        program.process.send_signal(signal.SIGINT)
        raw = b"".join(iter(lambda: client.recv(65536), b""))
        assert read_status(raw) == 503
        assert b"whether Slurm did what was asked is unknown" in raw
        assert program.wait() == 0
        assert any("scontrol=-15" in line for line in program.log)


def test_the_grace_time(defaults: dict[str, Any], slurm: Path) -> None:
    with start_program(defaults, "-t", "1", "--grace=0.2", "127.0.0.1:0") as program:
        with connect(program.addresses()[0]) as client:
            client.sendall(format_get(SLOW))
            wait_for_begun(slurm)
            # a worker has its connection, its log, its parent's ear and the command's two pipes; the command nothing of that
            (busy,) = [pid for pid in program.workers() if list_children(pid)]
            # (and, until it has closed them, the command's ends of those)
            wait_until(lambda: len(list_descriptors(busy)) == 6)
            # (a shell's own, until it has become the sleeper)
            wait_until(lambda: [list_descriptors(pid) for pid in list_children(busy)] == [{"0", "1", "2"}])
            assert program.leave(signal.SIGINT) == 0
            assert read_status(client.recv(65536)) == 503
        assert any("breaking off what still runs: 1 exchanges" in line for line in program.log)


def test_workers_and_commands_die_with_their_parent(defaults: dict[str, Any], slurm: Path) -> None:
    with start_program(defaults, "-t", "1", "127.0.0.1:0") as program, connect(program.addresses()[0]) as client:
        client.sendall(format_get(SLOW))
        wait_for_begun(slurm)
        workers = program.workers()
        program.process.kill()
        assert read_status(client.recv(65536)) == 503
        # stderr ends when the last process that holds it does
        program.wait()
        assert any(" 503 " in line for line in program.log)
        wait_until(lambda: not any(map(is_alive, workers)))


def test_more_connections_than_are_served_wait(defaults: dict[str, Any], slurm: Path) -> None:
    with start_program(defaults, "-t", "4", "--max-connections=1", "127.0.0.1:0") as program:
        (address,) = program.addresses()
        assert len(program.workers()) == 1
        with connect(address) as first, connect(address) as second:
            first.sendall(b"GET")
            second.sendall(format_get("/nope", None))
            second.settimeout(0.2)
            with pytest.raises(TimeoutError):
                second.recv(1)
            first.sendall(b" /nope HTTP/1.1\r\nHost: x\r\n\r\n")
            second.settimeout(20)
            assert read_status(second.recv(65536)) == 401
        assert program.leave() == 0


def test_sighup_reads_settings_and_certificate_again(
    defaults: dict[str, Any], certificate: Path, tmp_path: Path
) -> None:
    for name in ("server.pem", "server.key", "ca.pem"):
        (tmp_path / name).write_bytes((certificate / name).read_bytes())
    options = [f"--certificate={tmp_path}/server.pem", f"--key={tmp_path}/server.key"]
    with start_program(defaults, "-t", "1", "https://127.0.0.1:0", *options, covered=True) as program:
        (address,) = program.addresses()
        assert read_status(ask_tls(address, format_get(READ), trust(certificate))) == 200
        make_certificate(tmp_path)
        program.process.send_signal(signal.SIGHUP)
        program.wait_for("SIGHUP: settings read again")
        assert read_status(ask_tls(address, format_get(READ), trust(tmp_path))) == 200
        (tmp_path / "server.key").unlink()
        program.process.send_signal(signal.SIGHUP)
        program.wait_for("SIGHUP: the settings stay as they were: --key: no such file")
        assert read_status(ask_tls(address, format_get(READ), trust(tmp_path))) == 200
        assert program.leave() == 0


def test_clients_with_certificates_only(defaults: dict[str, Any], certificate: Path) -> None:
    options = [f"--certificate={certificate}/server.pem", f"--key={certificate}/server.key"]
    with start_program(defaults, "https://127.0.0.1:0", *options, f"--client-ca={certificate}/ca.pem") as program:
        (address,) = program.addresses()
        assert read_status(ask_tls(address, format_get(READ), trust(certificate, client=True))) == 200
        with pytest.raises((ssl.SSLError, ConnectionError)):
            ask_tls(address, format_get(READ), trust(certificate))
        program.wait_for("the TLS handshake failed: PEER_DID_NOT_RETURN_A_CERTIFICATE")
        assert program.leave() == 0


def test_wait_mode_leaves_when_idle_and_the_socket_stays(defaults: dict[str, Any]) -> None:
    """As xinetd starts it: the listening socket three times."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"127.0.0.1:{listener.getsockname()[1]}"
        with start_program(defaults, "--idle=0.3", stdin=listener, stdout=listener, covered=True) as program:
            assert program.addresses() == [address]
            assert read_status(ask(address, format_get(READ))) == 200
            assert program.wait() == 0
            assert any("no connection for 0.3 seconds: leaving" in line for line in program.log)
        # what comes now waits for the next start
        with connect(address) as client:
            client.sendall(format_get("/nope", None))
            with start_program(defaults, "--idle=0.3", stdin=listener, stdout=listener) as program:
                assert read_status(client.recv(65536)) == 401
                assert program.wait() == 0


def test_listen_fds_and_what_systemd_is_told(defaults: dict[str, Any], tmp_path: Path) -> None:
    """Two sockets of systemd's, Type=notify with a watchdog."""
    with (
        socket.create_server(("127.0.0.1", 0)) as one,
        socket.socket(socket.AF_UNIX) as two,
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager,
    ):
        two.bind(str(tmp_path / "two.sock"))
        two.listen()
        manager.bind("\0" + f"slurmrest-inetd-test-{os.getpid()}")
        manager.settimeout(20)
        with pass_sockets([one, two], "--idle=30", defaults, manager) as program:
            assert len(program.addresses()) == 2
            assert read_status(ask(f"127.0.0.1:{one.getsockname()[1]}", format_get(READ))) == 200
            assert read_status(ask(f"unix:{tmp_path}/two.sock", format_get(READ))) == 200
            assert manager.recv(1000).startswith(b"READY=1\nSTATUS=Accepting connections on 127.0.0.1:")
            assert manager.recv(1000).startswith(b"WATCHDOG=1\nSTATUS=")
            program.process.send_signal(signal.SIGHUP)
            told = b""
            while b"RELOADING=1\nMONOTONIC_USEC=" not in told:
                told = manager.recv(1000)
            program.process.send_signal(signal.SIGTERM)
            while b"STOPPING=1" not in told:
                told = manager.recv(1000)
            assert program.wait() == 0


def pass_sockets(passed: list[socket.socket], option: str, defaults: dict[str, Any], manager: socket.socket) -> Any:
    """The program with ``passed`` as systemd's LISTEN_FDS: the shell's pid is the program's own."""
    numbers = " ".join(f"{number}<&{entry.fileno()}" for number, entry in enumerate(passed, 30))
    moves = " ".join(f"{number}<&{number + 27}" for number in range(3, 3 + len(passed)))
    wrapper = f'exec {numbers}; exec {moves}; export LISTEN_PID=$$ LISTEN_FDS={len(passed)}; exec "$@"'
    environ = {"NOTIFY_SOCKET": manager.getsockname().decode().replace("\0", "@"), "WATCHDOG_USEC": "400000"}
    return start_program(
        defaults,
        option,
        covered=True,
        env=environ,
        pass_fds=[entry.fileno() for entry in passed],
        wrapper=["/bin/bash", "-c", wrapper, "x"],
    )


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["127.0.0.1:nope"], "its port is no number"),
        (["https://127.0.0.1:0"], "https:// needs --certificate"),
        (["127.0.0.1:0", "--key=/etc/hosts"], "--key and --client-ca need --certificate"),
        (["127.0.0.1:0", "--certificate=/etc/hosts"], "cannot use the certificate /etc/hosts"),
        (["--certificate=/etc/hosts"], "--certificate is for listening sockets"),
        (["-t", "0", ":0"], "-t: '0' is not a whole number"),
        (["--socket-mode=9", ":0"], "--socket-mode: '9' is not a mode"),
        (["--socket-owner=:", ":0"], "--socket-owner: ':' is not user:group"),
        (["--idle=-1", ":0"], "--idle: '-1' is not a number"),
    ],
)
def test_a_start_that_cannot_be(defaults: dict[str, Any], words: list[str], reason: str) -> None:
    with start_program(defaults, *words) as program:
        assert program.wait() == 1
        assert reason in "".join(program.log)


def test_the_environment_says_where(defaults: dict[str, Any]) -> None:
    """SLURMRESTD_LISTEN, and what the command line says beside it (slurmrestd listens on both)."""
    environ = {"SLURMRESTD_LISTEN": "127.0.0.1:0, localhost:0", "SLURMRESTD_MAX_CONNECTIONS": "3"}
    with start_program(defaults, "127.0.0.2:0", env=environ) as program:
        addresses = program.addresses()
        assert [address.rpartition(":")[0] for address in addresses if "127.0.0.2" in address] == ["127.0.0.2"]
        assert len(addresses) >= 3
        assert len(program.workers()) == 3
        assert program.leave() == 0


def test_a_connection_on_fd_0_gets_its_reply_though_fd_1_is_closed(defaults: dict[str, Any]) -> None:
    client, server = socket.socketpair()
    with client, server:
        client.sendall(format_get(READ))
        with start_program(defaults, stdin=server, stdout=subprocess.DEVNULL, covered=True) as program:
            assert program.wait() == 0
        server.close()
        assert read_status(client.recv(65536)) == 200


def test_a_connection_on_fd_0_and_something_else_on_fd_1(defaults: dict[str, Any]) -> None:
    client, server = socket.socketpair()
    with client, server, start_program(defaults, stdin=server, stdout=subprocess.PIPE, covered=True) as program:
        assert program.wait() == 1
        assert "make both the connection, or close the output" in "".join(program.log)


def test_a_person_at_a_terminal(defaults: dict[str, Any]) -> None:
    """Types lines that end in LF, is told more, and reads the reply there."""
    master, slave = os.openpty()
    with start_program(defaults, stdin=slave, stdout=slave, covered=True) as program:
        os.close(slave)
        program.wait_for("Type a request, and an empty line")
        os.write(master, f"GET {READ} HTTP/1.1\nX-SLURM-USER-TOKEN: {TOKEN}\n\n".encode())
        assert program.wait() == 0
        assert any("ran scontrol" in line for line in program.log)
        assert b"HTTP/1.1 200 OK" in read_terminal(master)
    os.close(master)


def read_terminal(master: int) -> bytes:
    """All that was written to it, the echo of what was typed too; nobody has it open any more: then it fails to be read."""
    told = b""
    with suppress(OSError):
        while piece := os.read(master, 65536):
            told += piece
    return told


def test_a_person_who_leaves(defaults: dict[str, Any]) -> None:
    master, slave = os.openpty()
    with start_program(defaults, stdin=slave, stdout=slave) as program:
        os.close(slave)
        program.wait_for("Type a request, and an empty line")
        assert program.leave(signal.SIGINT) == -signal.SIGINT
        assert not any("Traceback" in line for line in program.log)
    os.close(master)


def test_descriptors_for_every_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    from slurmrest_inetd.listen.serving import raise_descriptor_limit

    limits: list[tuple[int, int]] = []
    monkeypatch.setattr(resource, "setrlimit", lambda _name, pair: limits.append(pair))
    for soft, hard, wanted in ((10, 100, 50), (10, 100, 500), (10, resource.RLIM_INFINITY, 500), (60, 100, 50)):
        monkeypatch.setattr(resource, "getrlimit", lambda _name, pair=(soft, hard): pair)
        raise_descriptor_limit(wanted)
    assert limits == [(50, 100), (100, 100), (500, resource.RLIM_INFINITY)]


def test_a_worker_needs_nothing_that_is_not_loaded(slurm: Path, tmp_path: Path) -> None:
    """What exchanges import when they first need it is there before the first one."""
    program = (
        "import sys\n"
        "from slurmrest_inetd.settings import Settings\n"
        "from slurmrest_inetd.listen.preload import preload\n"
        f"settings = Settings(command_path={str(slurm)!r}, slurm_conf='/dev/null', jwt_key={str(tmp_path / 'key')!r})\n"
        "preload(settings)\n"
        "loaded = set(sys.modules)\n"
        "from slurmrest_inetd.exchange import serve_exchange\n"
        "serve_exchange(0, 1, settings)\n"
        "sys.stderr.write('NEW ' + ' '.join(sorted(set(sys.modules) - loaded)))\n"
    )
    (tmp_path / "key").write_bytes(b"k" * 32)
    (tmp_path / "key").chmod(0o600)
    finished = subprocess.run([sys.executable, "-c", program], input=format_get(READ), capture_output=True, check=True)
    assert finished.stdout.startswith(b"HTTP/1.1 401")
    assert finished.stderr.endswith(b"NEW ")
