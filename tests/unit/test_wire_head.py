"""Request heads: which are served, and which are refused with what status and what words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wire_client import GET, SETTINGS, wire_of, wire_of_pieces

from slurmrest_inetd.errors import ApiError, ClientGone
from slurmrest_inetd.wire.head import MAX_FIELDS, MAX_SHOWN_NAME

TOKEN = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJl"


def head_with(*lines: bytes) -> bytes:
    """A GET with these header lines."""
    return b"\r\n".join([b"GET /a HTTP/1.1", b"Host: x", *lines, b"", b""])


def post_with(*lines: bytes) -> bytes:
    """A POST with these header lines."""
    return b"\r\n".join([b"POST /a HTTP/1.1", b"Host: x", *lines, b"", b""])


# fmt: off
REFUSED = [
    # what is no HTTP/1.x at all
    (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",           400, "TLS"),
    (b"\x00",                                                    400, "begin with a method"),
    (b"\xff\xfe garbage",                                        400, "begin with a method"),
    (b" GET / HTTP/1.1\r\n\r\n",                                 400, "begin with a method"),
    (b"G@T / HTTP/1.1\r\nHost: x\r\n\r\n",                       400, "begin with a method"),
    (b"SSH-2.0-OpenSSH_9.2\r\n",                                 400, "method, target, version"),
    (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",                        505, "HTTP/1.0 and HTTP/1.1"),
    (b"PRI * HTTP/2.0\r\n",                                      505, "HTTP/1.0 and HTTP/1.1"),
    (b"GET / HTTP/2\r\n",                                        505, "HTTP/1.0 and HTTP/1.1"),
    (b"GET / HTTP/0.9\r\n\r\n",                                  505, "HTTP/1.0 and HTTP/1.1"),
    (b"GET / HTTP/1.10\r\n\r\n",                                 505, "HTTP/1.0 and HTTP/1.1"),
    (b"GET / HTTP/1..\r\n\r\n",                                  400, "HTTP version"),
    (b"GET /\r\n\r\n",                                           400, "method, target, version"),
    (b"GET\r\n\r\n",                                             400, "method, target, version"),
    (b"GET  / HTTP/1.1\r\nHost: x\r\n\r\n",                      400, "method, target, version"),
    (b"GET / HTTP/1.1 \r\nHost: x\r\n\r\n",                      400, "method, target, version"),
    (b"GET /a b HTTP/1.1\r\nHost: x\r\n\r\n",                    400, "method, target, version"),
    (b"GET  HTTP/1.1\r\nHost: x\r\n\r\n",                        400, "percent-encoded"),
    (b"GET / http/1.1\r\nHost: x\r\n\r\n",                       400, "HTTP version"),
    (b"GET / ICAP/1.0\r\n\r\n",                                  400, "HTTP version"),
    (b"GET /\xc3\xa9 HTTP/1.1\r\nHost: x\r\n\r\n",               400, "percent-encoded"),
    (b"GET /\x7f HTTP/1.1\r\nHost: x\r\n\r\n",                   400, "percent-encoded"),
    (b"GET /a\x00b HTTP/1.1\r\nHost: x\r\n\r\n",                 400, "percent-encoded"),
    (b"GET /a\rb HTTP/1.1\r\nHost: x\r\n\r\n",                   400, "percent-encoded"),
    (b"GET / HTTP/1.1\r\r\nHost: x\r\n\r\n",                     400, "HTTP version"),
    (b"GET /%FF HTTP/1.1\r\nHost: x\r\n\r\n",                    400, "path segment"),
    (b"GET /a?b=%00 HTTP/1.1\r\nHost: x\r\n\r\n",                400, 'query parameter "b"'),
    (b"GET /a#b HTTP/1.1\r\nHost: x\r\n\r\n",                    400, "fragment"),
    # half a request
    (b"\r\n",                                                    400, "ends before the blank line"),
    (b"G",                                                       400, "ends before the blank line"),
    (b"GET / HTTP/1.1",                                          400, "ends before the blank line"),
    (b"GET / HTTP/1.1\r\nHost: x\r\n",                           400, "ends before the blank line"),
    # header fields
    (head_with(b"A: b", b" folded"),                             400, "Header line 3 continues"),
    (head_with(b"A: b", b"\tfolded"),                            400, "Header line 3 continues"),
    (b"GET / HTTP/1.1\r\n folded\r\nHost: x\r\n\r\n",            400, "Header line 1 continues"),
    (head_with(b"A : b"),                                        400, "Header line 2 has whitespace before its colon"),
    (head_with(b"A"),                                            400, "Header line 2 has no colon"),
    (head_with(b": b"),                                          400, "Header line 2 has a name that is no token"),
    (head_with(b"A(): b"),                                       400, "Header line 2 has a name that is no token"),
    (head_with(b"\xc3\xa9: b"),                                  400, "Header line 2 has a name that is no token"),
    (head_with(b"A: b\x00c"),                                    400, "Header line 2 (A) holds a control character"),
    (head_with(b"A: b\rc"),                                      400, "Header line 2 (A) holds a control character"),
    (head_with(b"A: b\r"),                                       400, "Header line 2 (A) holds a control character"),
    (head_with(b"A: \x0b"),                                      400, "Header line 2 (A) holds a control character"),
    (head_with(b"A: \x1b[2J"),                                   400, "Header line 2 (A) holds a control character"),
    (head_with(b"Host: x"),                                      400, "More than one header field host"),
    (b"GET / HTTP/1.1\r\nHost: a/b\r\n\r\n",                     400, "host is not a host"),
    (b"GET / HTTP/1.1\r\nHost: a b\r\n\r\n",                     400, "host is not a host"),
    (head_with(b"Content-Type: a/b", b"Content-Type: a/b"),      400, "More than one header field content-type"),
    # sizes
    (b"GET /" + b"a" * SETTINGS.max_request_line_bytes,          414, "16384 bytes"),
    (b"GET /" + b"a" * 20000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",  414, "16384 bytes"),
    (b"A" * 20000,                                               414, "16384 bytes"),
    (head_with(b"A: " + b"b" * SETTINGS.max_header_bytes),       431, "65536 bytes"),
    (b"GET / HTTP/1.1\r\nA: " + b"b" * 70000,                    431, "65536 bytes"),
    (head_with(*[b"A: b"] * MAX_FIELDS),                         431, "100 header fields"),
    # framing
    (post_with(b"Content-Length: 1", b"Content-Length: 1"),      400, "More than one header field content-length"),
    (post_with(b"Content-Length: 1", b"Content-Length: 2"),      400, "More than one header field content-length"),
    (post_with(b"Content-Length: 1, 1"),                         400, "Content-Length is not a number"),
    (post_with(b"Content-Length: -1"),                           400, "Content-Length is not a number"),
    (post_with(b"Content-Length: +1"),                           400, "Content-Length is not a number"),
    (post_with(b"Content-Length: 0x1"),                          400, "Content-Length is not a number"),
    (post_with(b"Content-Length: \xb2"),                         400, "Content-Length is not a number"),
    (post_with(b"Content-Length: 1_0"),                          400, "Content-Length is not a number"),
    (post_with(b"Content-Length:"),                              400, "Content-Length is not a number"),
    (post_with(b"Content-Length: " + b"9" * 19),                 413, "Content-Length is larger"),
    (post_with(b"Content-Length: " + b"9" * 9999),               413, "Content-Length is larger"),
    (post_with(b"Content-Length: 1", b"Transfer-Encoding: chunked"), 400, "Both Transfer-Encoding and Content-Length"),
    (post_with(b"Transfer-Encoding: chunked, chunked"),          400, "more than once"),
    (post_with(b"Transfer-Encoding: chunked", b"Transfer-Encoding: chunked"), 400, "more than once"),
    (post_with(b"Transfer-Encoding: gzip, chunked"),             501, "only coding known here is chunked"),
    (post_with(b"Transfer-Encoding: identity"),                  501, "only coding known here is chunked"),
    (post_with(b"Transfer-Encoding: \x0cchunked"),               400, "control character"),
    (post_with(b"Transfer-Encoding:"),                           501, "only coding known here is chunked"),
    (b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n",   400, "in an HTTP/1.0 request"),
    (post_with(b"Expect: 200-ok"),                               417, "100-continue"),
    (post_with(b"Expect: 100-continue, x=y"),                    417, "100-continue"),
]
# fmt: on


@pytest.mark.parametrize(("raw", "status", "text"), REFUSED, ids=range(len(REFUSED)))
def test_head_is_refused(raw, status, text):
    with wire_of(raw) as wire, pytest.raises(ApiError) as refusal:
        wire.read_request()
    assert (refusal.value.status, text in str(refusal.value)) == (status, True), str(refusal.value)
    assert wire.request_begun


@pytest.mark.parametrize(
    "raw",
    [raw for raw, _, text in REFUSED if "ends before" not in text],
    ids=[number for number, (_, _, text) in enumerate(REFUSED) if "ends before" not in text],
)
def test_refusal_does_not_wait_for_more(raw):
    """Nothing after these bytes could make them right: the client is told at once, not when its time is up."""
    import os

    from slurmrest_inetd.wire import Wire

    read_fd, write_fd = os.pipe()
    try:
        os.set_blocking(write_fd, False)
        os.write(write_fd, raw[:65536])
        if len(raw) > 65536:
            os.close(write_fd)
        with pytest.raises(ApiError) as refusal:
            Wire(read_fd, write_fd, SETTINGS._replace(read_timeout_seconds=2.0)).read_request()
        assert refusal.value.status != 408
    finally:
        os.close(read_fd)
        if len(raw) <= 65536:
            os.close(write_fd)


def test_nothing_at_all_is_a_client_that_left():
    with wire_of(b"") as wire, pytest.raises(ClientGone):
        wire.read_request()
    assert not wire.request_begun


def test_descriptors_that_are_not_open_are_a_client_that_left():
    from slurmrest_inetd.wire import Wire

    wire = Wire(9998, 9999, SETTINGS)
    assert wire.peer.uid is None
    with pytest.raises(ClientGone):
        wire.read_request()
    wire.close()


def test_directory_for_a_request_is_a_client_that_left(tmp_path):
    import os

    from slurmrest_inetd.wire import Wire

    fd = os.open(tmp_path, os.O_RDONLY)
    with pytest.raises(ClientGone):
        Wire(fd, fd, SETTINGS).read_request()
    os.close(fd)


@pytest.mark.parametrize(
    "place", [b"Authorization: Bearer %s\x01", b"%s: x\x00", b"%s", b"X-SLURM-USER-TOKEN : %s", b"Host: %s/"]
)
def test_no_refusal_shows_a_token(place):
    assert len(TOKEN) > MAX_SHOWN_NAME
    with wire_of(head_with(place % TOKEN.encode())) as wire, pytest.raises(ApiError) as refusal:
        wire.read_request()
    assert "eyJ" not in repr(refusal.value.problems) + str(refusal.value)
    assert refusal.value.__cause__ is None


def read(raw: bytes):
    """The request that ``raw`` is."""
    with wire_of(raw) as wire:
        return wire.read_request()


def test_request_is_what_was_sent():
    request = read(
        b"GET /slurm/v0.0.42/job/7?flags=A&flags=B HTTP/1.1\r\nHost: x\r\nX-Slurm-User-Name:  alice \t\r\nX: \xe9\r\nX:\r\n\r\n"
    )
    assert request.method == "GET"
    assert request.target == "/slurm/v0.0.42/job/7?flags=A&flags=B"
    assert request.segments == ("slurm", "v0.0.42", "job", "7")
    assert request.query == (("flags", "A"), ("flags", "B"))
    assert request.http_version == "1.1"
    assert request.headers == (("host", "x"), ("x-slurm-user-name", "alice"), ("x", "é"), ("x", ""))
    assert request.get_all("x") == ["é", ""]


# fmt: off
SERVED = [
    (b"GET / HTTP/1.0\r\n\r\n",                               "GET",     "1.0"),
    (b"GET / HTTP/1.1\r\n\r\n",                               "GET",     "1.1"),
    (b"GET / HTTP/1.2\r\nHost: x\r\n\r\n",                    "GET",     "1.1"),
    (b"GET / HTTP/1.1\nHost: x\n\n",                          "GET",     "1.1"),
    (b"GET / HTTP/1.1\r\nHost: x\r\n\n",                      "GET",     "1.1"),
    (b"GET / HTTP/1.1\nHost: x\n\r\n",                        "GET",     "1.1"),
    (b"\r\n\r\n\nGET / HTTP/1.1\r\nHost: x\r\n\r\n",          "GET",     "1.1"),
    (b"GET / HTTP/1.1\r\nHost:\r\n\r\n",                      "GET",     "1.1"),
    (b"GET / HTTP/1.1\r\nHost: [::1]:6820\r\n\r\n",           "GET",     "1.1"),
    (b"BREW / HTTP/1.1\r\nHost: x\r\n\r\n",                   "BREW",    "1.1"),
    (b"get / HTTP/1.1\r\nHost: x\r\n\r\n",                    "get",     "1.1"),
    (b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n",                "OPTIONS", "1.1"),
    (b"CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n",              "CONNECT", "1.1"),
    (b"GET http://x/ HTTP/1.1\r\nHost: y\r\n\r\n",            "GET",     "1.1"),
    (b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\n\r\n", "GET", "1.1"),
    (b"POST / HTTP/1.0\r\nExpect: 100-continue\r\n\r\n",      "POST",    "1.0"),
    (b"POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-Continue\r\nContent-Length: 0\r\n\r\n", "POST", "1.1"),
    (GET + b"bytes after the request",                        "GET",     "1.1"),
]
# fmt: on


@pytest.mark.parametrize(("raw", "method", "version"), SERVED)
def test_head_is_served(raw, method, version):
    request = read(raw)
    assert (request.method, request.http_version) == (method, version)


headers = st.lists(
    st.tuples(
        st.text("abcXYZ-_09", min_size=1, max_size=12).map(lambda name: "X-" + name),
        st.text(st.characters(min_codepoint=0x20, max_codepoint=0xFF, exclude_categories=["Cc"]), max_size=30),
    ),
    max_size=10,
)


@given(headers, st.data())
def test_however_the_bytes_come_the_request_is_the_same(fields, data):
    raw = GET[:-2] + b"".join(f"{name}: {value}\r\n".encode("latin-1") for name, value in fields) + b"\r\nrest"
    cuts = sorted(data.draw(st.lists(st.integers(1, len(raw) - 1), max_size=12, unique=True)))
    pieces = [raw[start:end] for start, end in zip([0, *cuts], [*cuts, len(raw)], strict=True)]
    with wire_of_pieces(pieces) as wire:
        request = wire.read_request()
    assert request == read(raw)
    assert request.headers[1:] == tuple((name.lower(), value.strip(" \t")) for name, value in fields)


def test_one_byte_at_a_time():
    with wire_of_pieces([GET[at : at + 1] for at in range(len(GET))]) as wire:
        assert wire.read_request() == read(GET)


def mutate(raw: bytes, edits: list[tuple[int, bytes, int]]) -> bytes:
    """``raw`` with each (place, inserted bytes, bytes removed) done to it."""
    for place, inserted, removed in edits:
        at = place % (len(raw) + 1)
        raw = raw[:at] + inserted + raw[at + removed :]
    return raw


edits = st.lists(
    st.tuples(
        st.integers(0, 400),
        st.sampled_from(
            [b"", b"\r", b"\n", b"\r\n", b"\0", b" ", b"\t", b":", b"%", b"\xff", b"chunked", b"1", b"\r\n\r\n", b","]
        )
        | st.binary(max_size=3),
        st.integers(0, 4),
    ),
    min_size=1,
    max_size=6,
)
VALID = [
    GET,
    b"POST /a?b=%20 HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Type: application/json\r\n\r\nhello",
    b"POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n5\r\nhello\r\n0\r\nA: b\r\n\r\n",
    b"OPTIONS * HTTP/1.0\r\nAccept: */*\r\n\r\n",
]


@given(st.sampled_from(VALID), edits)
def test_mutated_request_is_read_or_refused(raw, changes):
    check_read_or_refused(mutate(raw, changes))


@given(st.binary(max_size=300))
def test_random_bytes_are_refused(raw):
    check_read_or_refused(raw)


@given(
    st.lists(
        st.sampled_from([b"GET", b" ", b"/", b"HTTP/1.1", b"\r\n", b"\n", b"Host: x", b":", b"\0", b"5", b"chunked"])
    ).map(b"".join)
)
def test_shuffled_parts_are_read_or_refused(raw):
    check_read_or_refused(raw)


def check_read_or_refused(raw: bytes) -> None:
    """Whatever ``raw`` is, reading it ends in a request or in one of ours, and what is read holds nothing that breaks lines."""
    with wire_of(raw) as wire:
        try:
            request = wire.read_request()
            body = wire.read_body()
        except ApiError as error:
            assert 400 <= error.status < 600 and error.status != 500
            return
        except ClientGone:
            assert not raw
            return
    assert request.target.isascii() and request.target.isprintable()
    for name, value in request.headers:
        assert name == name.lower() and name.isascii()
        assert not set("\0\r\n") & set(value)
    assert len(body) <= len(raw)
