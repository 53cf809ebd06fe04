"""Replies: what h11's own client understands of them, and what happens when the client does not listen."""

import os
import re
import signal
import socket
import struct
import threading
import time
from contextlib import suppress
from http import HTTPStatus

import h11
import pytest
from hypothesis import given
from hypothesis import strategies as st
from wire_client import GET, SETTINGS, parse_answer, receive_all, wire_of_socket

from slurmrest_inetd import errors
from slurmrest_inetd.errors import ApiError, ClientGone, ContentTooLarge
from slurmrest_inetd.model import Reply
from slurmrest_inetd.wire import Wire
from slurmrest_inetd.wire.reasons import REASONS

JSON = (("content-type", "application/json"),)
HEAD = GET.replace(b"GET", b"HEAD")
OLD = GET.replace(b"HTTP/1.1", b"HTTP/1.0")


def exchange(raw: bytes, reply: Reply, *, head: bool = False, settings=SETTINGS) -> tuple[bytes, Wire]:
    """All that a client hears that sends ``raw`` and is told ``reply``, through two files."""
    read_fd, write_fd = os.memfd_create("request"), os.memfd_create("reply")
    os.write(read_fd, raw)
    os.lseek(read_fd, 0, os.SEEK_SET)
    wire = Wire(read_fd, write_fd, settings)
    with suppress(ApiError):
        wire.read_request()
    written = wire.write_reply(reply, head=head)
    wire.close()
    os.lseek(write_fd, 0, os.SEEK_SET)
    heard = os.read(write_fd, 1 << 26)
    os.close(read_fd)
    os.close(write_fd)
    assert written == wire.sent_bytes
    assert wire.reply_begun and wire.status == reply.status
    return heard, wire


def test_whole_body_has_its_length_and_the_connection_closes():
    raw, wire = exchange(GET, Reply(200, JSON, b'{"a":1}'))
    answer = parse_answer(raw)
    assert (answer.status, answer.reason, answer.body) == (200, b"OK", b'{"a":1}')
    assert answer.headers["content-length"] == "7"
    assert answer.headers["connection"] == "close"
    assert answer.headers["content-type"] == "application/json"
    assert re.fullmatch(r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT", answer.headers["date"])
    assert b"\r\nContent-Type: " in raw and b"\r\nContent-Length: " in raw
    assert wire.sent_bytes == 7


def test_names_with_capitals_stay():
    raw, _ = exchange(GET, Reply(401, (("WWW-Authenticate", "Bearer"),)))
    assert b"\r\nWWW-Authenticate: Bearer\r\n" in raw


@pytest.mark.parametrize("size", [0, 1, 64 * 1024, 64 * 1024 + 1, 3_000_000])
def test_body_of_any_size(size):
    raw, _ = exchange(GET, Reply(200, JSON, b"x" * size))
    assert parse_answer(raw).body == b"x" * size


def test_iterator_is_chunked_to_http_1_1():
    raw, wire = exchange(GET, Reply(200, JSON, iter([b"a", b"", b"bc" * 50_000, b"d"])))
    answer = parse_answer(raw)
    assert answer.body == b"a" + b"bc" * 50_000 + b"d"
    assert answer.headers["transfer-encoding"] == "chunked" and "content-length" not in answer.headers
    assert wire.sent_bytes == 100_002


@pytest.mark.parametrize("chunks", [[], [b""], [b"", b""]])
def test_iterator_of_nothing(chunks):
    raw, _ = exchange(GET, Reply(200, JSON, iter(chunks)))
    assert parse_answer(raw).body == b""


def test_iterator_is_delimited_by_the_close_to_http_1_0():
    raw, _ = exchange(OLD, Reply(200, JSON, iter([b"a", b"b"])))
    assert raw.endswith(b"\r\n\r\nab")
    assert b"chunked" not in raw.lower() and b"content-length" not in raw.lower()
    assert parse_answer(raw).body == b"ab"


@pytest.mark.parametrize(("raw", "head"), [(HEAD, True), (HEAD, False), (GET, True)])
def test_head_has_the_headers_of_get_and_no_body(raw, head):
    full, _ = exchange(GET, Reply(200, JSON, b"12345"))
    bare, wire = exchange(raw, Reply(200, JSON, b"12345"), head=head)
    assert parse_answer(bare, "HEAD").body == b""
    assert parse_answer(bare, "HEAD").headers["content-length"] == "5"
    assert without_date(bare) == without_date(full.removesuffix(b"12345"))
    assert wire.sent_bytes == 0


def test_head_of_an_iterator_closes_it():
    closed = []

    def produce():
        try:
            yield b"a"
            yield b"b"
        finally:
            closed.append(True)

    full, _ = exchange(GET, Reply(200, JSON, iter([b"a", b"b"])))
    bare, _ = exchange(HEAD, Reply(200, JSON, produce()), head=True)
    assert without_date(bare) == without_date(full[: full.index(b"\r\n\r\n") + 4])
    assert closed


def without_date(raw: bytes) -> bytes:
    return re.sub(rb"Date: [^\r]*", b"Date:", raw)


@pytest.mark.parametrize("status", [204, 304])
def test_status_without_a_body(status):
    raw, _ = exchange(GET, Reply(status, (), b"ignored"))
    assert raw.endswith(b"\r\n\r\n") and b"ontent-" not in raw
    assert parse_answer(raw).body == b""


def test_reply_to_what_was_no_request():
    for raw in (b"\0", b"PRI * HTTP/2.0\r\n", b"GET / HTTP/1.1\r\nA\r\n\r\n", GET[:10], b""):
        heard, _ = exchange(raw or b"\r\n", Reply(400, JSON, b"{}"))
        assert parse_answer(heard).body == b"{}"


def test_reply_to_a_malformed_head_request_has_no_body():
    """The exchange has no Request then, and cannot say that it was HEAD."""
    heard, _ = exchange(b"HEAD / HTTP/1.1\r\nHost: x\r\nExpect: y\r\n\r\n", Reply(417, JSON, b"{}"), head=False)
    assert parse_answer(heard, "HEAD").headers["content-length"] == "2"


def test_reply_to_an_upgrade_and_a_tunnel():
    upgrade = GET[:-2] + b"Upgrade: h2c\r\nConnection: Upgrade\r\n\r\n"
    assert parse_answer(exchange(upgrade, Reply(200, JSON, b"{}"))[0]).status == 200
    tunnel = b"CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n"
    assert parse_answer(exchange(tunnel, Reply(405, JSON, b"{}"))[0]).body == b"{}"


def test_reply_is_never_begun_again():
    with wire_of_socket() as (client, wire):
        client.sendall(GET)
        wire.read_request()
        wire.write_reply(Reply(200, JSON, b"1"), head=False)
        with pytest.raises(RuntimeError):
            wire.write_reply(Reply(500, JSON, b"2"), head=False)
        wire.close()
        assert parse_answer(receive_all(client)).body == b"1"


@pytest.mark.parametrize("header", [("a", "b\r\nSet-Cookie: c"), ("a", "b\0"), ("a b", "c"), ("a", "€")])
def test_header_that_cannot_be_sent_leaves_room_for_another_reply(header):
    with wire_of_socket() as (client, wire):
        client.sendall(GET)
        wire.read_request()
        with pytest.raises((h11.LocalProtocolError, UnicodeEncodeError)):
            wire.write_reply(Reply(200, (header,), b"1"), head=False)
        assert not wire.reply_begun
        wire.write_reply(Reply(500, JSON, b"2"), head=False)
        wire.close()
        assert parse_answer(receive_all(client)).status == 500


def test_command_that_fails_before_its_first_byte_leaves_room_for_another_reply():
    def fail():
        raise errors.SlurmUnreachable("slurmctld is down")
        yield b""

    with wire_of_socket() as (client, wire):
        client.sendall(GET)
        wire.read_request()
        with pytest.raises(errors.SlurmUnreachable):
            wire.write_reply(Reply(200, JSON, fail()), head=False)
        assert not wire.reply_begun
        wire.write_reply(Reply(502, JSON, b"{}"), head=False)
        wire.close()
        assert parse_answer(receive_all(client)).status == 502


def test_command_that_fails_halfway_leaves_a_reply_that_is_visibly_unfinished():
    def fail():
        yield b"half"
        raise errors.CutShort("killed")

    with wire_of_socket() as (client, wire):
        client.sendall(GET)
        wire.read_request()
        with pytest.raises(errors.CutShort):
            wire.write_reply(Reply(200, JSON, fail()), head=False)
        assert wire.reply_begun and wire.sent_bytes == 4
        wire.close()
        with pytest.raises(h11.RemoteProtocolError):
            parse_answer(receive_all(client))


def test_pieces_are_sent_as_they_come():
    with wire_of_socket() as (client, wire):
        client.sendall(GET)
        wire.read_request()
        heard = []

        def produce():
            for piece in (b"one", b"two"):
                yield piece
                heard.append(client.recv(65536))

        wire.write_reply(Reply(200, JSON, produce()), head=False)
        assert heard[0].endswith(b"3\r\none\r\n") and heard[1] == b"3\r\ntwo\r\n"


def test_client_that_left_ends_the_reply_and_the_command():
    closed = []

    def produce():
        try:
            while True:
                yield b"x" * 100_000
        finally:
            closed.append(True)

    for family in (socket.AF_UNIX, socket.AF_INET):
        with wire_of_socket(family=family) as (client, wire):
            client.sendall(GET)
            wire.read_request()
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            client.close()
            with pytest.raises(ClientGone):
                wire.write_reply(Reply(200, JSON, produce()), head=False)
            wire.close()
    assert closed == [True, True]


def through_pipe(size: int, settings=SETTINGS):
    """(read end of the reply's pipe, its write end, Wire whose request has been read)."""
    read_fd, write_fd = os.pipe()
    request = os.memfd_create("request")
    os.write(request, GET)
    os.lseek(request, 0, os.SEEK_SET)
    wire = Wire(request, write_fd, settings)
    wire.read_request()
    os.close(request)
    return read_fd, write_fd, wire


def test_pipe_that_broke_is_a_client_that_left():
    read_fd, write_fd, wire = through_pipe(0)
    os.close(read_fd)
    with pytest.raises(ClientGone):
        wire.write_reply(Reply(200, JSON, b"x"), head=False)
    wire.close()
    os.close(write_fd)


def test_pipe_carries_a_large_reply():
    read_fd, write_fd, wire = through_pipe(0)
    heard = []

    def listen():
        with open(read_fd, "rb") as reader:
            heard.append(reader.read())

    listener = threading.Thread(target=listen)
    listener.start()
    assert wire.write_reply(Reply(200, JSON, b"x" * 1_000_000), head=False) == 1_000_000
    wire.close()
    os.close(write_fd)
    listener.join()
    assert parse_answer(heard[0]).body == b"x" * 1_000_000


IMPATIENT = SETTINGS._replace(write_timeout_seconds=0.2)


def alarm_after(seconds: int) -> None:
    """A write that blocks would not come back by itself: the alarm ends the test as a failure."""
    signal.signal(signal.SIGALRM, signal.default_int_handler)
    signal.alarm(seconds)


def test_client_that_does_not_read_is_left():
    alarm_after(20)
    try:
        read_fd, write_fd, wire = through_pipe(0, IMPATIENT)
        with pytest.raises(ClientGone):
            wire.write_reply(Reply(200, JSON, b"x" * 10_000_000), head=False)
        assert os.get_blocking(write_fd)
        os.close(read_fd)
        os.close(write_fd)
        for family in (socket.AF_UNIX, socket.AF_INET):
            with wire_of_socket(IMPATIENT, family) as (client, wire):
                client.sendall(GET)
                wire.read_request()
                with pytest.raises(ClientGone):
                    wire.write_reply(Reply(200, JSON, b"x" * 50_000_000), head=False)
                assert wire.sent_bytes == 0
    finally:
        signal.alarm(0)


def test_slow_command_does_not_use_up_the_client_s_patience():
    def produce():
        for _ in range(4):
            time.sleep(0.1)
            yield b"x"

    with wire_of_socket(IMPATIENT) as (client, wire):
        client.sendall(GET)
        wire.read_request()
        assert wire.write_reply(Reply(200, JSON, produce()), head=False) == 4


def test_reply_to_an_unread_body_is_not_lost():
    settings = SETTINGS._replace(max_body_bytes=1000)
    body = b"x" * 3_000_000
    with wire_of_socket(settings, socket.AF_INET) as (client, wire):
        request = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(body)

        def serve():
            wire.read_request()
            with pytest.raises(ContentTooLarge):
                wire.read_body()
            wire.write_reply(Reply(413, JSON, b"{}"), head=False)
            wire.close()

        server = threading.Thread(target=serve)
        server.start()
        client.sendall(request + body)
        answer = parse_answer(receive_all(client))
        client.close()
        server.join()
        assert answer.status == 413


def test_lingering_ends_by_time_and_by_bytes(monkeypatch):
    from slurmrest_inetd.wire import channel

    monkeypatch.setattr(channel, "LINGER_SECONDS", 0.1)
    with wire_of_socket() as (client, wire):
        client.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n")
        wire.read_request()
        begun = time.monotonic()
        wire.close()
        assert 0.09 < time.monotonic() - begun < 2
    monkeypatch.setattr(channel, "LINGER_SECONDS", 10.0)
    monkeypatch.setattr(channel, "LINGER_BYTES", 100)
    with wire_of_socket() as (client, wire):
        client.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\n")
        wire.read_request()
        client.sendall(b"x" * 200)
        begun = time.monotonic()
        wire.close()
        assert time.monotonic() - begun < 2


def test_close_does_not_wait_for_a_client_that_has_said_everything():
    with wire_of_socket() as (client, wire):
        client.sendall(GET + b"and something that nobody asked for")
        wire.read_request()
        wire.write_reply(Reply(200, JSON, b"{}"), head=False)
        begun = time.monotonic()
        wire.close()
        assert time.monotonic() - begun < 0.5
        assert parse_answer(receive_all(client)).status == 200


def test_close_leaves_the_descriptors_open():
    with wire_of_socket() as (client, wire):
        client.sendall(GET)
        wire.read_request()
        wire.write_reply(Reply(200, JSON, b"{}"), head=False)
        before = len(os.listdir("/proc/self/fd"))
        wire.close()
        assert len(os.listdir("/proc/self/fd")) == before - 1


def test_every_status_that_is_raised_has_its_phrase():
    statuses = {kind.status for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, ApiError)}
    assert statuses <= REASONS.keys()
    renamed = {413: "Content Too Large", 414: "URI Too Long", 422: "Unprocessable Content"}
    for status, reason in REASONS.items():
        assert reason == renamed.get(status, HTTPStatus(status).phrase)


@given(st.lists(st.binary(max_size=30), max_size=5), st.booleans(), st.booleans())
def test_any_reply_arrives_as_it_is(pieces, streamed, is_old):
    body = b"".join(pieces)
    raw, _ = exchange(OLD if is_old else GET, Reply(200, JSON, iter(pieces) if streamed else body))
    assert parse_answer(raw).body == body
