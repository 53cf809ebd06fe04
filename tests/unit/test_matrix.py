"""The matrix asks everything: each row of the endpoint table in each of its versions; and it tells right from wrong."""

import json
from typing import Any

import pytest
from matrix.asks import list_asks
from matrix.judging import FAILING, IMPOSSIBLE, SERVED, judge
from replies import Reply

from slurmrest_inetd.endpoints import ENDPOINTS
from slurmrest_inetd.settings import Settings

PING = next(row for row in ENDPOINTS if row.operation == "get_ping")


@pytest.mark.parametrize("version", Settings().data_parsers)
def test_every_operation_is_asked_once(version: int) -> None:
    asked = [row for row, _ in list_asks(version)]
    assert sorted(asked) == sorted(row for row in ENDPOINTS if row.since <= version <= row.until)


def reply(status: int, **members: Any) -> Reply:
    return Reply(status, "", (), json.dumps({"errors": [], "meta": {}, **members}).encode())


# fmt: off
REPLIES = [
    (reply(200, pings=[]),                                                   SERVED,     ""),
    (reply(200, pings=[{"mode": 5}]),                                        FAILING,    "pings/#/mode: 5 is not of type 'string'"),
    (reply(200, errors=[{"error": "x"}]),                                    FAILING,    "200 with errors"),
    (reply(501, errors=[{"description": "not here"}]),                       IMPOSSIBLE, "not here"),
    (reply(422, errors=[{"description": "no", "error_number": 2036}]),       IMPOSSIBLE, "no"),
    (reply(404, errors=[{"description": "Unable to find"}]),                 FAILING,    "404 Unable to find"),
    (Reply(200, "", (), b"<html>"),                                          FAILING,    "no JSON"),
    ("no reply: timed out",                                                  FAILING,    "timed out"),
]
# fmt: on


@pytest.mark.parametrize(("heard", "word", "note"), REPLIES)
def test_a_reply_is_judged(heard: Reply | str, word: str, note: str) -> None:
    verdict = judge(PING, 37, "22.05", heard)
    assert verdict.word == word
    assert note in verdict.note
