"""The whole exchange over real descriptors, with Slurm's commands played: what goes in, what comes out, what the log says."""

import json
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from slurmrest_inetd import exchange, log
from slurmrest_inetd.settings import Settings
from slurmrest_inetd.slurm import command

DOCUMENTS = Path(__file__).parent.parent / "fixtures" / "documents"
# {"alg":"HS256"} . {"exp":9999999999,"sun":"alice"} . a signature
TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjk5OTk5OTk5OTksInN1biI6ImFsaWNlIn0.c2lnbmF0dXJl"
AUTH = f"X-SLURM-USER-TOKEN: {TOKEN}\r\n"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    folder = tmp_path / "slurm"
    folder.mkdir()
    install(
        folder,
        "scontrol",
        f'case "$*" in --version) echo slurm-wlm 24.11.5;; *) cat {DOCUMENTS}/24.11.licenses.json;; esac',
    )
    (tmp_path / "slurm.conf").write_text("ClusterName=c2411\nAccountingStorageType=accounting_storage/slurmdbd\n")
    command.history.clear()
    path = f"{folder}:/usr/bin:/bin"
    return Settings(
        auth_types=("jwt",), command_path=path, slurm_conf=str(tmp_path / "slurm.conf"), read_timeout_seconds=5.0
    )


def install(folder: Path, name: str, script: str) -> None:
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)


def converse(request: bytes, settings: Settings) -> tuple[int, str, dict[str, str], bytes]:
    """Serve ``request`` from a pipe into a pipe: exit status, status line, headers, body."""
    read_end, write_end = os.pipe()
    answer_read, answer_write = os.pipe()
    answer: list[bytes] = []

    def collect() -> None:
        while data := os.read(answer_read, 65536):
            answer.append(data)

    reader = threading.Thread(target=collect)
    reader.start()
    os.write(write_end, request)
    os.close(write_end)
    status = exchange.serve_exchange(read_end, answer_write, settings)
    os.close(answer_write)
    reader.join()
    os.close(read_end)
    os.close(answer_read)
    head, _, body = b"".join(answer).partition(b"\r\n\r\n")
    line, *fields = head.decode().split("\r\n")
    headers = dict(field.lower().split(": ", 1) for field in fields)
    return status, line, headers, body


def test_a_read_from_end_to_end(settings: Settings, capfd: pytest.CaptureFixture[str]) -> None:
    status, line, headers, body = converse(f"GET /slurm/v0.0.42/licenses/ HTTP/1.1\r\n{AUTH}\r\n".encode(), settings)
    assert (status, line) == (0, "HTTP/1.1 200 OK")
    assert headers["content-type"] == "application/json"
    assert headers["connection"] == "close"
    assert headers["cache-control"] == "no-store"
    assert int(headers["content-length"]) == len(body)
    document = json.loads(body)
    assert document["licenses"] == json.loads((DOCUMENTS / "24.11.licenses.json").read_bytes())["licenses"]
    assert document["meta"]["client"]["source"].startswith("pipe:")
    error = capfd.readouterr().err
    assert len(error.splitlines()) == 1
    for word in (" alice GET /slurm/v0.0.42/licenses/ 200 ", f" {len(body)}B ", " scontrol=0"):
        assert word in error
    assert TOKEN not in error


@pytest.mark.parametrize("credentials", ["", "X-SLURM-USER-TOKEN: nonsense\r\n", AUTH])
def test_what_needs_no_token_looks_at_none(
    settings: Settings, capfd: pytest.CaptureFixture[str], credentials: str
) -> None:
    for target, status_line in (("/healthz", "204 No Content"), ("/openapi", "200 OK"), ("/readyz", "204 No Content")):
        status, line, _, body = converse(f"GET {target} HTTP/1.1\r\n{credentials}\r\n".encode(), settings)
        assert (status, line) == (0, f"HTTP/1.1 {status_line}")
        assert TOKEN.encode() not in body
        assert f" - GET {target} " in capfd.readouterr().err


def test_an_anonymous_client_is_told_no_release(settings: Settings) -> None:
    _, line, headers, body = converse(b"POST /healthz HTTP/1.1\r\nAccept: text/html\r\n\r\n", settings)
    assert (line, headers["allow"]) == ("HTTP/1.1 405 Method Not Allowed", "get, head")
    document = json.loads(body)
    assert document["meta"]["slurm"]["release"] == document["meta"]["plugin"]["data_parser"] == ""


@pytest.mark.parametrize(
    ("request_text", "status_line", "description"),
    [
        ("GET /slurm/v0.0.42/licenses/ HTTP/1.1\r\n\r\n", "401 Unauthorized", "Authentication failure"),
        (f"GET /nope HTTP/1.1\r\n{AUTH}\r\n", "404 Not Found", "/openapi/v3"),
        (f"PUT /slurm/v0.0.42/licenses/ HTTP/1.1\r\n{AUTH}\r\n", "405 Method Not Allowed", "only GET, HEAD"),
        (
            f"GET /slurm/v0.0.42/licenses/ HTTP/1.1\r\nAccept: text/xml\r\n{AUTH}\r\n",
            "406 Not Acceptable",
            "application/json",
        ),
        ("GET /\0 HTTP/1.1\r\n\r\n", "400 Bad Request", ""),
        ("GET / HTTP/1.1\r\nHost: x", "400 Bad Request", "ends before"),
    ],
)
def test_errors_have_the_envelope(settings: Settings, request_text: str, status_line: str, description: str) -> None:
    status, line, headers, body = converse(request_text.encode(), settings)
    assert (status, line) == (0, f"HTTP/1.1 {status_line}")
    assert headers["content-type"] == "application/json"
    document = json.loads(body)
    assert description in document["errors"][0]["description"]
    known = "24.11.5" if AUTH in request_text else ""
    assert document["meta"]["slurm"]["release"] == known
    assert document["meta"]["client"]["source"].startswith("pipe:")


def test_a_refusal_tells_how_and_not_why(settings: Settings, capfd: pytest.CaptureFixture[str]) -> None:
    _, _, headers, body = converse(
        b"GET /slurm/v0.0.42/ping HTTP/1.1\r\nAuthorization: Basic c2VjcmV0\r\n\r\n", settings
    )
    assert headers["www-authenticate"] == "bearer"
    assert json.loads(body)["errors"][0]["description"].startswith("Authentication failure: a valid token is needed")
    error = capfd.readouterr().err
    assert "c2VjcmV0" not in error
    assert "refused: " in error


def test_head_is_get_without_its_body(settings: Settings) -> None:
    _, line, headers, body = converse(f"HEAD /slurm/v0.0.42/licenses/ HTTP/1.1\r\n{AUTH}\r\n".encode(), settings)
    assert (line, body) == ("HTTP/1.1 200 OK", b"")
    assert int(headers["content-length"]) > 100


def test_yaml_where_it_is_wanted(settings: Settings) -> None:
    _, line, headers, body = converse(
        f"GET /nope HTTP/1.1\r\nAccept: application/yaml\r\n{AUTH}\r\n".encode(), settings
    )
    assert (line, headers["content-type"]) == ("HTTP/1.1 404 Not Found", "application/yaml")
    assert body.startswith(b"%YAML 1.1\n---\n")


def test_an_error_of_ours_is_told_to_the_log_alone(
    settings: Settings, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("a secret detail")

    monkeypatch.setattr(exchange, "resolve", fail)
    status, line, _, body = converse(f"GET /slurm/v0.0.42/ping HTTP/1.1\r\n{AUTH}\r\n".encode(), settings)
    assert (status, line) == (0, "HTTP/1.1 500 Internal Server Error")
    assert b"secret detail" not in body
    assert json.loads(body)["errors"][0]["source"] == "ZeroDivisionError"
    error = capfd.readouterr().err
    assert "fault: ZeroDivisionError at exchange.py:" in error
    assert "secret detail" not in error


def test_nothing_sent_is_nothing_answered(settings: Settings, capfd: pytest.CaptureFixture[str]) -> None:
    read_end, write_end = os.pipe()
    os.close(write_end)
    with open(os.devnull, "wb") as sink:
        assert exchange.serve_exchange(read_end, sink.fileno(), settings) == 1
    os.close(read_end)
    assert "(the client left: nothing came)" in capfd.readouterr().err


def test_a_client_that_does_not_stay_for_the_answer(settings: Settings, capfd: pytest.CaptureFixture[str]) -> None:
    client, server = socket.socketpair()
    client.sendall(f"GET /slurm/v0.0.42/licenses HTTP/1.1\r\nHost: x\r\n{AUTH}\r\n".encode())
    client.close()
    assert exchange.serve_exchange(server.fileno(), server.fileno(), settings) == 1
    server.close()
    assert "(the client left: cannot write the reply: Broken pipe)" in capfd.readouterr().err


def test_a_document_that_breaks_off_is_not_finished(settings: Settings, capfd: pytest.CaptureFixture[str]) -> None:
    folder = Path(settings.command_path.partition(":")[0])
    line = '    \\"x\\": \\"' + "y" * 100 + '\\",'
    install(folder, "scontrol", f'printf "{{\\n  \\"licenses\\": [\\n"; yes "{line}" | head -c 3000000; exit 1')
    status, line, headers, body = converse(f"GET /slurm/v0.0.42/licenses HTTP/1.1\r\n{AUTH}\r\n".encode(), settings)
    assert (status, line) == (1, "HTTP/1.1 200 OK")
    assert headers["transfer-encoding"] == "chunked"
    assert not body.endswith(b"0\r\n\r\n")
    assert "broken off: scontrol ended before its document did" in capfd.readouterr().err


def test_the_log_goes_to_syslog_where_stderr_is_the_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr("syslog.syslog", lambda level, text: said.append(text))
    monkeypatch.setattr(log, "is_connection", lambda fd: True)
    log.write_line("a line")
    assert said == ["a line"]


def test_a_log_that_cannot_be_written_costs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> int:
        raise OSError

    monkeypatch.setattr(log.os, "write", fail)
    log.write_line("a line")


def test_stderr_that_is_the_socket_is_known() -> None:
    program = (
        "import os, socket, sys; from slurmrest_inetd.log import is_connection; a, b = socket.socketpair(); saved = os.dup(1);"
        "os.dup2(a.fileno(), 0); first = is_connection(2); os.dup2(a.fileno(), 2); second = is_connection(2);"
        "os.close(2); os.write(saved, repr((first, second, is_connection(2))).encode())"
    )
    finished = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert finished.stdout == b"(False, True, False)"


def test_words_of_the_log_stand_on_one_line() -> None:
    assert log.format_word("a\nb\x1b\u2028") == "a\\x0ab\\x1b\\x2028"
    assert log.format_word("x" * 1000) == "x" * log.MAX_WORD + "..."
    assert log.name_id("getpwuid", "pwd", 0) == "root"
    assert log.name_id("getpwuid", "pwd", 3999999999) == "3999999999"
    assert log.name_id("getgrgid", "grp", None) == ""


def test_a_form_where_no_body_is_taken_is_more_of_the_query(settings: Settings) -> None:
    form = b"a=1&b=%2F"
    head = f"GET /slurm/v0.0.42/licenses?c=2 HTTP/1.1\r\n{AUTH}Content-Type: application/x-www-form-urlencoded\r\n"
    _, line, _, body = converse(f"{head}Content-Length: {len(form)}\r\n\r\n".encode() + form, settings)
    assert line == "HTTP/1.1 200 OK"
    assert [warning["source"] for warning in json.loads(body)["warnings"]] == ["#/c/", "#/a/", "#/b/"]


def test_a_pipe_of_the_services_own_user_needs_no_token(settings: Settings, capfd: pytest.CaptureFixture[str]) -> None:
    settings = settings._replace(auth_types=("jwt", "local"))
    _, line, _, _ = converse(b"GET /slurm/v0.0.42/licenses HTTP/1.1\r\n\r\n", settings)
    assert line == "HTTP/1.1 200 OK"
    _, line, _, _ = converse(b"GET /slurm/v0.0.42/licenses HTTP/1.1\r\nX-SLURM-USER-TOKEN: a.b.c\r\n\r\n", settings)
    assert line == "HTTP/1.1 401 Unauthorized"


def test_a_token_that_slurm_refused_learns_nothing_of_the_cluster(settings: Settings) -> None:
    folder = Path(settings.command_path.partition(":")[0])
    install(folder, "scontrol", "echo 'slurm_load_licenses error: Protocol authentication error' >&2; exit 1")
    _, line, headers, body = converse(f"GET /slurm/v0.0.42/licenses HTTP/1.1\r\n{AUTH}\r\n".encode(), settings)
    assert line == "HTTP/1.1 401 Unauthorized"
    assert headers["www-authenticate"] == "Bearer".lower()
    assert json.loads(body)["meta"]["slurm"]["cluster"] == ""


def test_a_request_does_not_show_its_token(settings: Settings) -> None:
    seen: list[str] = []

    def look(request: object, *_: object) -> None:
        seen.append(repr(request))
        raise ZeroDivisionError

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(exchange, "authenticate", look)
        converse(f"GET /slurm/v0.0.42/licenses HTTP/1.1\r\n{AUTH}\r\n".encode(), settings)
    assert seen == ["Request(GET '/slurm/v0.0.42/licenses')"]
