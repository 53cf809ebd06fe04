"""Who is at the other end: kinds, owners, and the spelling of meta.client.source."""

import os
import pty
import re
import socket

import pytest
from wire_client import SETTINGS, wire_of_socket

from slurmrest_inetd.errors import BadRequest
from slurmrest_inetd.wire import Wire, describe_peer


def test_pipe():
    read_fd, write_fd = os.pipe()
    peer = describe_peer(read_fd, write_fd)
    inode = os.fstat(read_fd).st_ino
    # one pipe is both ends here, as one name
    assert peer.source == f"pipe:[{inode}](fd:0)"
    assert (peer.kind, peer.uid, peer.gid, peer.mode) == ("pipe", os.getuid(), os.getgid(), 0o600)
    other, _ = os.pipe()
    assert re.fullmatch(r"pipe:\[\d+\]\(fd:0\)->pipe:\[\d+\]\(fd:1\)", describe_peer(other, write_fd).source)


def test_file(tmp_path):
    path = tmp_path / "request.http"
    path.write_bytes(b"")
    path.chmod(0o640)
    fd = os.open(path, os.O_RDONLY)
    out = os.open(tmp_path / "reply", os.O_WRONLY | os.O_CREAT)
    peer = describe_peer(fd, out)
    assert peer == ("file", f"{path}(fd:0)->{tmp_path / 'reply'}(fd:1)", os.getuid(), os.getgid(), 0o640)


def test_named_pipe(tmp_path):
    os.mkfifo(tmp_path / "fifo", 0o600)
    fd = os.open(tmp_path / "fifo", os.O_RDWR)
    assert describe_peer(fd, fd)[:2] == ("pipe", f"{tmp_path / 'fifo'}(fd:0)")


def test_terminal():
    try:
        main, terminal = pty.openpty()
    except OSError:
        pytest.skip("no pseudo-terminals here: /dev/pts is not mounted")
    peer = describe_peer(terminal, terminal)
    assert (peer.kind, peer.source) == ("tty", f"{os.ttyname(terminal)}(fd:0)")
    wire = Wire(terminal, terminal, SETTINGS._replace(read_timeout_seconds=0.01))
    os.write(main, b"GET / HTTP/1.1\n\n")
    assert wire.read_request().method == "GET"


def test_null_device_is_a_file_of_everybody():
    fd = os.open("/dev/null", os.O_RDWR)
    peer = describe_peer(fd, fd)
    assert (peer.kind, peer.mode & 0o002) == ("file", 0o002)


def test_tcp_knows_no_user():
    with wire_of_socket(family=socket.AF_INET) as (client, wire):
        host, port = client.getsockname()
        server_host, server_port = client.getpeername()
        assert wire.peer == ("socket", f"{server_host}:{server_port}(fd:0)->{host}:{port}(fd:1)", None, None, 0)


def test_ipv6_stands_in_brackets():
    try:
        listener = socket.create_server(("::1", 0), family=socket.AF_INET6)
    except OSError:
        pytest.skip("no IPv6 on this machine")
    with listener, socket.socket(socket.AF_INET6) as client:
        client.connect(listener.getsockname())
        server, _ = listener.accept()
        with server:
            peer = describe_peer(server.fileno(), server.fileno())
            ports = listener.getsockname()[1], client.getsockname()[1]
            assert peer.source == f"[::1]:{ports[0]}(fd:0)->[::1]:{ports[1]}(fd:1)"


def connect(name, client_name=None):
    """The accepted end of a UNIX connection to ``name``."""
    with socket.socket(socket.AF_UNIX) as listener, socket.socket(socket.AF_UNIX) as client:
        listener.bind(name)
        listener.listen()
        if client_name:
            client.bind(client_name)
        client.connect(name)
        server, _ = listener.accept()
        with server:
            return describe_peer(server.fileno(), server.fileno())


def test_unix_socket_knows_its_peer(tmp_path):
    path = str(tmp_path / "rest.sock")
    assert connect(path) == ("unix", f"unix:{path}(fd:0)->unix:(fd:1)", os.getuid(), os.getgid(), 0)


def test_abstract_name():
    name = f"slurmrest-{os.getpid()}"
    peer = connect(f"\0{name}", f"\0{name}-client")
    assert peer.source == f"unix:@{name}(fd:0)->unix:@{name}-client(fd:1)"


def test_unnamed_pair():
    with wire_of_socket() as (_, wire):
        assert wire.peer == ("unix", "unix:(fd:0)", os.getuid(), os.getgid(), 0)


@pytest.mark.parametrize("evil", [b"\0a\nforged line", b"\0\xff\xfe", b"\0a\x1b[2J"])
def test_client_s_name_cannot_forge_a_line(evil):
    source = connect(f"\0slurmrest-{os.getpid()}-x", evil).source
    assert source.isprintable()
    source.encode("utf-8")


def test_socket_nobody_ever_connected():
    with socket.socket(socket.AF_UNIX) as alone:
        peer = describe_peer(alone.fileno(), alone.fileno())
    assert (peer.kind, peer.uid, peer.gid) == ("unix", None, None)


def test_without_proc_there_is_still_a_name(monkeypatch):
    def refuse(path):
        raise FileNotFoundError(path)

    monkeypatch.setattr(os, "readlink", refuse)
    read_fd, write_fd = os.pipe()
    assert describe_peer(read_fd, write_fd).source == f"fd:[{os.fstat(read_fd).st_ino}](fd:0)"


@pytest.mark.parametrize("raw", [b"GET / HTTP/1.1\r\n\r\n", b"GET / HTTP/1.1\r\nA: b\r\n\r\n"])
def test_host_may_be_missing_where_no_authority_is(raw):
    with wire_of_socket(family=socket.AF_UNIX) as (client, wire):
        client.sendall(raw)
        assert wire.read_request().get_all("host") == []
    with wire_of_socket(family=socket.AF_INET) as (client, wire):
        client.sendall(raw)
        with pytest.raises(BadRequest, match="host"):
            wire.read_request()
    with wire_of_socket(family=socket.AF_INET) as (client, wire):
        client.sendall(raw.replace(b"1.1", b"1.0"))
        assert wire.read_request().http_version == "1.0"


def test_no_descriptor_is_left_open():
    before = os.listdir("/proc/self/fd")
    with wire_of_socket() as (_, wire):
        wire.close()
    with socket.socket() as unconnected:
        assert describe_peer(unconnected.fileno(), unconnected.fileno()).source == "0.0.0.0:0(fd:0)->socket(fd:1)"
    assert os.listdir("/proc/self/fd") == before
