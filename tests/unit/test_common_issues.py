"""The manual's common issues, as a client hears of them: what was wrong, and what to do (those of a start: test_listen*.py)."""

from collections.abc import Callable
from typing import Any

import pytest

from slurmrest_inetd.auth.refusal import AuthenticationFailure
from slurmrest_inetd.errors import ApiError, refuse_slurm
from slurmrest_inetd.routing import resolve
from slurmrest_inetd.settings import Settings
from slurmrest_inetd.target import parse_target
from slurmrest_inetd.wire.head import parse_request_line


def refuse(error: ApiError) -> None:
    raise error


# fmt: off
ISSUES: list[tuple[str, Callable[[], Any], int, tuple[str, ...]]] = [
    ("no token, or a bad one", lambda: refuse(AuthenticationFailure("expired")),                 401, ("X-SLURM-USER-TOKEN", "scontrol token")),
    ("Slurm calls it expired", lambda: refuse(refuse_slurm(1007, "Protocol authentication error", "GET x: Protocol authentication error")), 401, ("expired", "scontrol token", "clock")),
    ("a wrong URL",            lambda: resolve("GET", ("slurm", "v0.0.42", "pingg"), Settings()), 404, ("/openapi/v3",)),
    ("a wrong version",        lambda: resolve("GET", ("slurm", "v0.0.99", "ping"), Settings()),  404, ("/openapi/v3",)),
    ("a space",                lambda: parse_request_line(b"GET /slurm/v0.0.42/job/1 2 HTTP/1.1"), 400, ("%20",)),
    ("not ASCII",              lambda: parse_request_line(b"GET /\xc3\xa4 HTTP/1.1"),             400, ("percent-encoded",)),
    ("a bare percent sign",    lambda: parse_target("GET", "/slurm/v0.0.42/job/5%"),              400, ("%25",)),
    ("a number sign",          lambda: parse_target("GET", "/slurm/v0.0.42/jobs?x=#1"),           400, ("%23",)),
]
# fmt: on


@pytest.mark.parametrize(("issue", "ask", "status", "words"), ISSUES)
def test_the_reply_says_what_to_do(issue: str, ask: Callable[[], Any], status: int, words: tuple[str, ...]) -> None:
    with pytest.raises(ApiError) as caught:
        ask()
    assert caught.value.status == status
    assert all(word in caught.value.problems[0].description for word in words), issue
