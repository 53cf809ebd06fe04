"""The other end of the wire, for its tests: bytes handed in, replies read back with h11's own client."""

import os
import socket
from collections.abc import Iterable
from contextlib import contextmanager
from typing import NamedTuple

import h11

from slurmrest_inetd.settings import Settings
from slurmrest_inetd.wire import Wire

SETTINGS = Settings(read_timeout_seconds=5.0, write_timeout_seconds=5.0)
GET = b"GET /slurm/v0.0.42/ping/ HTTP/1.1\r\nHost: x\r\n\r\n"


class Answer(NamedTuple):
    """A reply as h11's client understands it."""

    status: int
    reason: bytes
    headers: dict[str, str]
    body: bytes
    informational: tuple[int, ...]


@contextmanager
def wire_of(data: bytes, settings: Settings = SETTINGS):
    """A Wire whose client sent ``data`` from a file; what it replies is not read."""
    read_fd, write_fd = os.memfd_create("request"), os.memfd_create("reply")
    try:
        os.write(read_fd, data)
        os.lseek(read_fd, 0, os.SEEK_SET)
        yield Wire(read_fd, write_fd, settings)
    finally:
        os.close(read_fd)
        os.close(write_fd)


@contextmanager
def wire_of_pieces(pieces: Iterable[bytes], settings: Settings = SETTINGS):
    """A Wire that gets each of ``pieces`` in a read of its own, then the end."""
    client, server = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with client, server:
        for piece in pieces:
            client.send(piece)
        client.shutdown(socket.SHUT_WR)
        yield Wire(server.fileno(), server.fileno(), settings)


@contextmanager
def wire_of_socket(settings: Settings = SETTINGS, family: int = socket.AF_UNIX):
    """(client socket, Wire) over a stream socket: UNIX, or TCP on the loopback."""
    if family == socket.AF_UNIX:
        client, server = socket.socketpair()
    else:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            client = socket.socket()
            client.connect(listener.getsockname())
            server, _ = listener.accept()
    client.settimeout(10)
    with client, server:
        yield client, Wire(server.fileno(), server.fileno(), settings)


def receive_all(client: socket.socket) -> bytes:
    """Everything until the other side has shut down."""
    received = b""
    while data := client.recv(65536):
        received += data
    return received


def parse_answer(raw: bytes, method: str = "GET") -> Answer:
    """The reply in ``raw``, which must be one whole reply and nothing after it."""
    client = h11.Connection(h11.CLIENT)
    client.send(h11.Request(method=method, target="/", headers=[("Host", "x")]))
    client.send(h11.EndOfMessage())
    client.receive_data(raw)
    client.receive_data(b"")
    informational, body, response = [], b"", None
    while type(event := client.next_event()) is not h11.EndOfMessage:
        if type(event) is h11.InformationalResponse:
            informational.append(event.status_code)
        elif type(event) is h11.Response:
            response = event
        else:
            assert type(event) is h11.Data, event
            body += event.data
    assert type(client.next_event()) is h11.ConnectionClosed
    assert response is not None
    headers = {name.decode(): value.decode() for name, value in response.headers}
    return Answer(response.status_code, response.reason, headers, body, tuple(informational))
