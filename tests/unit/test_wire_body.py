"""Request bodies: however they are framed and cut, what was sent is what is read, or it is refused."""

import os
import threading
import time

import h11
import pytest
from hypothesis import given
from hypothesis import strategies as st
from wire_client import GET, SETTINGS, wire_of, wire_of_pieces, wire_of_socket

from slurmrest_inetd.errors import ApiError, ClientGone, ContentTooLarge, RequestTimeout
from slurmrest_inetd.wire import Wire

SMALL = SETTINGS._replace(max_body_bytes=10)


def post(body: bytes, *lines: bytes, length: int | None = None) -> bytes:
    """A POST of ``body`` with Content-Length."""
    length = len(body) if length is None else length
    return b"\r\n".join([b"POST /a HTTP/1.1", b"Host: x", *lines, b"Content-Length: %d" % length, b"", body])


def post_chunked(framed: bytes, *lines: bytes) -> bytes:
    """A POST of a body that is chunked already."""
    return b"\r\n".join([b"POST /a HTTP/1.1", b"Host: x", *lines, b"Transfer-Encoding: chunked", b"", framed])


def frame(chunks: list[bytes]) -> bytes:
    """``chunks`` as RFC 9112 section 7.1 frames them."""
    return b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks if chunk) + b"0\r\n\r\n"


def read_body(raw: bytes, settings=SETTINGS) -> bytes:
    """The body of the request that ``raw`` is."""
    with wire_of(raw, settings) as wire:
        wire.read_request()
        return wire.read_body()


# fmt: off
BODIES = [
    (GET,                                                               b""),
    (GET + b"not a body",                                               b""),
    (post(b""),                                                         b""),
    (post(b"hello"),                                                    b"hello"),
    (post(b"hello") + b"GET / HTTP/1.1\r\n",                            b"hello"),
    (post(b"x" * 1_000_000),                                            b"x" * 1_000_000),
    (post(b"hello", b"Expect: 100-continue"),                           b"hello"),
    (post(b"hello", b"Content-Encoding: identity"),                     b"hello"),
    (b"POST / HTTP/1.0\r\nContent-Length: 5\r\n\r\nhello",              b"hello"),
    (b"POST / HTTP/1.0\r\n\r\nhello",                                   b""),
    (b"POST / HTTP/1.1\r\n\r\nhello",                                   b""),
    (b"POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello",              b"hello"),
    (b"CONNECT x:1 HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello", b"hello"),
    (post(b"hello", b"Upgrade: h2c", b"Connection: Upgrade"),           b"hello"),
    (post_chunked(b"0\r\n\r\n"),                                        b""),
    (post_chunked(b"5\r\nhello\r\n0\r\n\r\n"),                          b"hello"),
    (post_chunked(b"5;name=value\r\nhello\r\n00\r\nA: b\r\n\r\nrest"),  b"hello"),
    (post_chunked(b"A\r\n0123456789\r\n1\r\nx\r\n0\r\n\r\n"),           b"0123456789x"),
]
# fmt: on


@pytest.mark.parametrize(("raw", "body"), BODIES)
def test_body_is_what_was_sent(raw, body):
    assert read_body(raw) == body


# fmt: off
REFUSED = [
    (post(b"hell", length=5),                       400, "ends before its announced end"),
    (post(b"", length=5),                           400, "ends before its announced end"),
    (post_chunked(b""),                             400, "ends before its announced end"),
    (post_chunked(b"5\r\nhel"),                     400, "ends before its announced end"),
    (post_chunked(b"5\r\nhello\r\n"),               400, "ends before its announced end"),
    (post_chunked(b"5\r\nhello\r\n0\r\n"),          400, "ends before its announced end"),
    (post_chunked(b"x\r\nhello\r\n0\r\n\r\n"),      400, "malformed"),
    (post_chunked(b"-5\r\nhello\r\n0\r\n\r\n"),     400, "malformed"),
    (post_chunked(b"5\r\nhello0\r\n\r\n"),          400, "malformed"),
    (post_chunked(b"0\r\nno trailer\r\n\r\n"),      400, "malformed"),
    (post_chunked(b"f" * 21 + b"\r\n"),             400, "malformed"),
    (post_chunked(b"5;" + b"x" * 200_000),          431, "chunk"),
    (post(b"12345678901"),                          413, "larger than 10 bytes"),
    (post(b"", length=11),                          413, "larger than 10 bytes"),
    (post_chunked(frame([b"123456", b"12345"])),    413, "larger than 10 bytes"),
    (post_chunked(b"%x\r\n" % 10**20),              400, "ends before"),
    (post(b"x", b"Content-Encoding: gzip"),         415, "Content-Encoding"),
]
# fmt: on


@pytest.mark.parametrize(("raw", "status", "text"), REFUSED)
def test_body_is_refused(raw, status, text):
    with pytest.raises(ApiError) as refusal:
        read_body(raw, SMALL)
    assert (refusal.value.status, text in str(refusal.value)) == (status, True), str(refusal.value)


def test_body_of_tiny_chunks_is_bounded_by_what_comes():
    settings = SETTINGS._replace(max_body_bytes=200_000, max_header_bytes=1000)
    with pytest.raises(ContentTooLarge):
        read_body(post_chunked(frame([b"x"] * 150_000)), settings)
    assert len(read_body(post_chunked(frame([b"x" * 1000] * 150)), settings)) == 150_000


def test_announced_length_is_refused_before_a_byte_is_read():
    with wire_of_socket(SMALL) as (client, wire):
        client.sendall(post(b"", length=11))
        wire.read_request()
        with pytest.raises(ContentTooLarge):
            wire.read_body()


def test_body_before_the_request_is_no_body():
    with wire_of(b"x") as wire:
        assert wire.read_body() == b""


def test_second_reading_finds_nothing():
    with wire_of(post(b"hello")) as wire:
        wire.read_request()
        assert (wire.read_body(), wire.read_body()) == (b"hello", b"")


@pytest.mark.parametrize("version", [b"1.1", b"1.0"])
def test_client_that_waits_is_asked_once(version):
    raw = post(b"", b"Expect: 100-continue", length=5).replace(b"HTTP/1.1", b"HTTP/" + version)
    with wire_of_socket(SETTINGS._replace(read_timeout_seconds=0.3)) as (client, wire):
        client.sendall(raw)
        wire.read_request()
        client.setblocking(False)
        with pytest.raises(BlockingIOError):
            client.recv(1)
        with pytest.raises(RequestTimeout):
            wire.read_body()
        if version == b"1.0":
            with pytest.raises(BlockingIOError):
                client.recv(1)
        else:
            assert client.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        assert not wire.reply_begun


def test_client_that_has_begun_is_not_asked():
    with wire_of_socket() as (client, wire):
        client.sendall(post(b"", b"Expect: 100-continue", length=5))
        wire.read_request()
        client.sendall(b"hello")
        assert wire.read_body() == b"hello"
        client.setblocking(False)
        with pytest.raises(BlockingIOError):
            client.recv(1)


def test_client_that_has_begun_with_the_head_is_not_asked():
    with wire_of_socket() as (client, wire):
        client.sendall(post_chunked(b"5\r", b"Expect: 100-continue"))
        client.shutdown(1)
        wire.read_request()
        with pytest.raises(ApiError):
            wire.read_body()
        client.setblocking(False)
        with pytest.raises(BlockingIOError):
            client.recv(1)


def test_slow_head_is_a_timeout_and_dripping_does_not_help():
    with wire_of_socket(SETTINGS._replace(read_timeout_seconds=0.3)) as (client, wire):

        def drip():
            for at in range(20):
                client.send(GET[at : at + 1])
                time.sleep(0.05)

        dripping = threading.Thread(target=drip)
        dripping.start()
        begun = time.monotonic()
        with pytest.raises(RequestTimeout):
            wire.read_request()
        assert time.monotonic() - begun < 0.9
        dripping.join()


def test_silent_client_is_a_timeout():
    with wire_of_socket(SETTINGS._replace(read_timeout_seconds=0.05)) as (_, wire), pytest.raises(RequestTimeout):
        wire.read_request()


def test_slow_body_is_a_timeout():
    with wire_of_socket(SETTINGS._replace(read_timeout_seconds=0.1)) as (client, wire):
        client.sendall(post(b"hell", length=5))
        wire.read_request()
        with pytest.raises(RequestTimeout):
            wire.read_body()


def test_broken_connection_is_a_client_that_left():
    import socket
    import struct

    with wire_of_socket(family=socket.AF_INET) as (client, wire):
        client.sendall(post(b"hell", length=5))
        wire.read_request()
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        client.close()
        with pytest.raises(ClientGone):
            wire.read_body()
        wire.close()


def test_descriptor_that_is_not_blocking_is_waited_for():
    """A parent may have made it so; poll may also say more than is there."""
    read_fd, write_fd = os.pipe()
    os.set_blocking(read_fd, False)
    wire = Wire(read_fd, write_fd, SETTINGS)
    wire._channel._reader = Eager(wire._channel._reader)
    sending = threading.Timer(0.1, os.write, (write_fd, GET))
    sending.start()
    assert wire.read_request().method == "GET"
    sending.join()
    os.close(write_fd)
    os.close(read_fd)


class Eager:
    """A poll that is wrong once: it says that there is something when nothing is."""

    def __init__(self, real):
        self.real, self.lies = real, 1

    def poll(self, milliseconds):
        if self.lies:
            self.lies -= 1
            return [True]
        return self.real.poll(milliseconds)


@given(st.lists(st.binary(max_size=20), max_size=6), st.booleans(), st.data())
def test_however_the_bytes_come_the_body_is_the_same(chunks, chunked, data):
    body = b"".join(chunks)
    raw = post_chunked(frame(chunks)) if chunked else post(body)
    cuts = sorted(data.draw(st.lists(st.integers(1, len(raw) - 1), max_size=12, unique=True)))
    pieces = [raw[start:end] for start, end in zip([0, *cuts], [*cuts, len(raw)], strict=True)]
    with wire_of_pieces(pieces) as wire:
        wire.read_request()
        assert wire.read_body() == body


@given(
    st.lists(
        st.sampled_from([b"0", b"5", b"\r\n", b"hello", b"a", b";x=y", b"\r", b"\n", b"A: b", b" ", b"\0"]), max_size=12
    ).map(b"".join)
)
def test_any_chunking_is_read_or_refused(framed):
    with wire_of(post_chunked(framed)) as wire:
        wire.read_request()
        try:
            body = wire.read_body()
        except ApiError as error:
            assert error.status in (400, 413, 431)
        else:
            assert len(body) < len(framed)


@given(
    st.binary(max_size=50),
    st.lists(st.sampled_from([b"A: b", b"Accept: */*", b"X:", b"Expect: 100-continue"]), max_size=4),
)
def test_h11_reads_the_same_head(body, lines):
    """Two parsers read each head; where they see different things an attacker lives."""
    raw = post(body, *lines)
    with wire_of(raw) as wire:
        request = wire.read_request()
    server = h11.Connection(h11.SERVER)
    server.receive_data(raw)
    event = server.next_event()
    assert type(event) is h11.Request
    assert (request.method, request.target, request.http_version) == (
        event.method.decode(),
        event.target.decode(),
        event.http_version.decode(),
    )
    assert list(request.headers) == [(name.decode(), value.decode("latin-1")) for name, value in event.headers]


@given(
    st.binary(max_size=20),
    st.lists(
        st.tuples(st.sampled_from([b"Host", b"A", b"content-length", b"Expect"]), st.binary(max_size=12)), max_size=4
    ),
    st.sampled_from([b"1.0", b"1.1", b"1.9", b"1.x", b"1."]),
)
def test_what_we_accept_h11_accepts(target, fields, version):
    """h11 reads a head after the command was started: by then there must be nothing left for it to refuse."""
    lines = b"".join(name + b": " + value + b"\r\n" for name, value in fields)
    with wire_of(b"GET /" + target + b" HTTP/" + version + b"\r\n" + lines + b"\r\n") as wire:
        try:
            wire.read_request()
        except (ApiError, ClientGone):
            return
        wire.prepare()
