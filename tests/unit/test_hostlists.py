"""POST hostnames, hostlist: lists of hosts, unfolded and folded, and no file of this host read on the way."""

import json
from typing import Any

import pytest
from conftest import Asker, Heard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playback import FakeSlurm

from slurmrest_inetd.slurm import hostlists

UNFOLD = ["scontrol", "show", "hostnames", "--"]
FOLD = ["scontrol", "show", "hostlist", "/dev/stdin"]


def send(ask: Asker, path: str, body: Any) -> Heard:
    return ask(f"/util/v0.0.45/{path}", "POST", body=json.dumps(body).encode())


def test_a_list_is_unfolded(ask: Asker, fake_slurm: FakeSlurm) -> None:
    fake_slurm.say([*UNFOLD, "n[1-2],m"], b"n1\nn2\nm\n")
    heard = send(ask, "hostnames", {"hostlist": "n[1-2]\nm"})
    assert heard.document["hostnames"] == ["n1", "n2", "m"]
    (run,) = fake_slurm.calls
    assert "SLURM_JWT" not in run.environment
    assert send(ask, "hostnames", {"hostlist": "a b,/etc/passwd,-x"}).document["hostnames"] == [
        "a",
        "b",
        "/etc/passwd",
        "-x",
    ]
    assert send(ask, "hostnames", {"hostlist": ""}).document["hostnames"] == []
    assert len(fake_slurm.calls) == 1


def test_names_are_folded_from_stdin(ask: Asker, fake_slurm: FakeSlurm) -> None:
    fake_slurm.say(FOLD, b"n[1-2],/etc/passwd\n")
    heard = send(ask, "hostlist", {"hostnames": ["n1", "n2", "/etc/passwd"]})
    assert heard.document["hostlist"] == "n[1-2],/etc/passwd"
    assert fake_slurm.calls[0].stdin == b"n1\nn2\n/etc/passwd"
    assert send(ask, "hostlist", {"hostnames": []}).document["hostlist"] == ""
    assert len(fake_slurm.calls) == 1


# fmt: off
ODD: list[Any] = [
    ("hostnames", {"hostlist": ["a", "b"], "meta": {}, "x": 1},  ["#/x/", "#/hostlist/"]),
    ("hostlist",  {"hostnames": "a,b", "errors": []},            ["#/hostnames/"]),
]
UNUSABLE: list[Any] = [
    ("hostnames", {},                             "#/hostlist/",   9200),
    ("hostnames", {"hostlist": None},             "#/hostlist/",   9200),
    ("hostnames", {"hostlist": "n[1-"},           "#/hostlist/",   9216),
    ("hostnames", {"hostlist": {"a": 1}},         "#/hostlist/",   9202),
    ("hostnames", {"hostlist": "n\0[1]"},         "#/hostlist/",   9216),
    ("hostnames", {"hostlist": "[1]" * 50_000},   "#/hostlist/",   2012),
    ("hostlist",  {},                             "#/hostnames/",  9200),
    ("hostlist",  {"hostnames": [" "]},           "#/hostnames/",  9216),
    ("hostlist",  {"hostnames": [{}]},            "#/hostnames/",  9202),
    ("hostlist",  {"hostnames": ["n[1-"]},        "#/hostnames/",  9216),
    ("hostlist",  {"hostnames": ["n" * 1_100_000]}, "#/hostnames/", 2012),
]
# fmt: on


@pytest.mark.parametrize(("path", "body", "sources"), ODD)
def test_another_type_is_taken_with_a_warning(
    ask: Asker, fake_slurm: FakeSlurm, path: str, body: Any, sources: list[str]
) -> None:
    fake_slurm.say("scontrol", b"a,b\n")
    heard = send(ask, path, body)
    assert heard.status == 200
    assert [notice["source"] for notice in heard.document["warnings"]] == sources


@pytest.mark.parametrize(("path", "body", "source", "number"), UNUSABLE)
def test_what_is_no_list_is_refused(
    ask: Asker, fake_slurm: FakeSlurm, path: str, body: Any, source: str, number: int
) -> None:
    # it ends with status 0 all the same
    fake_slurm.say("scontrol", stderr=b"Invalid hostlist: n[1-\n")
    heard = send(ask, path, body)
    assert heard.status == 422
    assert [(problem["source"], problem["error_number"]) for problem in heard.document["errors"]] == [(source, number)]


def test_a_list_of_everything_is_cut_off(ask: Asker, fake_slurm: FakeSlurm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hostlists, "LONGEST_NAMES_BYTES", 1000)
    fake_slurm.say("scontrol", b"n1\n" * 1000, seconds=5)
    heard = send(ask, "hostnames", {"hostlist": "n[1-60000],m[1-60000]"})
    assert (heard.status, heard.document["errors"][0]["error_number"]) == (422, 2012)


def test_a_command_that_was_ended_is_no_answer(ask: Asker, fake_slurm: FakeSlurm) -> None:
    fake_slurm.say("scontrol", b"n1\n", status=-9)
    assert send(ask, "hostnames", {"hostlist": "n[1-2]"}).status == 504


TEXT = st.text(alphabet=st.characters(codec="utf-8"), max_size=12) | st.sampled_from(
    ["-x", "/etc/passwd", "--uid=0", "n[1-2]"]
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=TEXT)
def test_no_word_of_a_client_is_an_option_or_a_file(ask: Asker, fake_slurm: FakeSlurm, text: str) -> None:
    fake_slurm.say("scontrol", b"n1\n")
    before = len(fake_slurm.calls)
    send(ask, "hostnames", {"hostlist": text})
    send(ask, "hostlist", {"hostnames": [text]})
    for argv in fake_slurm.argvs[before:]:
        assert argv == FOLD or (argv[:-1] == UNFOLD and len(argv) == 5)


@pytest.mark.parametrize("text", ["n[1-", "n1]", "n[1-2]]", "n[1-[2]", "a,n[", "]["])
def test_a_bracket_that_is_not_closed_is_refused(ask: Asker, fake_slurm: FakeSlurm, text: str) -> None:
    """22.05's scontrol prints ``n]`` for ``n[1-`` and no error."""
    heard = ask("/util/v0.0.45/hostnames", "POST", body=json.dumps({"hostlist": text}).encode())
    assert (heard.status, heard.document["errors"][0]["source"]) == (422, "#/hostlist/")
    assert fake_slurm.calls == []
