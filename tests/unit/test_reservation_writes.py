"""POST reservation, reservations, DELETE reservation: what scontrol is asked, and what is said of what it said."""

import json
from typing import Any

import pytest
from conftest import Asker, Heard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playback import FakeSlurm

NUMBER_UNSET = {"set": False, "infinite": False, "number": 0}
CREATE = ["scontrol", "create", "reservation", "reservationname=r"]
CHANGE = ["scontrol", "update", "reservationname=u"]
START = 1795358831


def send(ask: Asker, body: Any, path: str = "reservation", version: int = 45) -> Heard:
    return ask(f"/slurm/v0.0.{version}/{path}", "POST", body=json.dumps(body).encode())


def list_reservations(fake_slurm: FakeSlurm, *flags: str, version: int = 45) -> None:
    """Let scontrol list the one reservation u, with these flags."""
    document = {
        "reservations": [{"name": "u", "flags": list(flags)}],
        "last_update": {},
        "meta": {},
        "errors": [],
        "warnings": [],
    }
    argv = ["scontrol", f"--json=v0.0.{version}", "show", "reservations"]
    fake_slurm.say(argv, json.dumps(document, indent=2).encode())


# fmt: off
MADE: list[Any] = [
    ({"users": ["alice", "bob"], "node_count": 2, "start_time": START, "duration": 60},
        ["nodecnt=2", f"starttime=uts{START}", "users=alice,bob", "duration=60"]),
    ({"accounts": "phys,-chem", "users": ["-bob"], "groups": []},        ["accounts=phys,-chem", "users=-bob"]),
    ({"node_list": ["n[1-3]", "n7"], "end_time": {"set": True, "number": START}}, [f"endtime=uts{START}", "nodes=n[1-3],n7"]),
    ({"duration": {"set": True, "infinite": True}},                      ["duration=UNLIMITED"]),
    ({"comment": 'a "b" users=root\n', "burst_buffer": "x", "features": "a&b", "partition": "long"},
        ["burstbuffer=x", 'comment=a "b" users=root\n', "features=a&b", "partitionname=long"]),
    ({"core_count": {"set": True, "number": 4}, "licenses": ["a:2", "b"], "max_start_delay": 90},
        ["corecnt=4", "licenses=a:2,b", "maxstartdelay=0-00:01:30"]),
    ({"tres": [{"type": "cpu", "count": 2}, {"type": "gres", "name": "gpu:a100", "count": "1", "id": 3}]},
        ["tres=cpu=2,gres/gpu:a100=1"]),
    ({"tres": [{"type": "cpu", "count": 2}], "flags": ["TRES_PER_NODE"]}, ["trespernode=cpu=2"]),
    ({"flags": ["DAILY", "static"]},                                     ["flags=DAILY,STATIC_ALLOC"]),
    ({"flags": ["FORCE_START", "WEEKLY"]},                               ["flags=FORCE_START,WEEKLY"]),
    ({"flags": ["PURGE_COMP", "MAINT"]},                                 ["flags=MAINT,PURGE_COMP"]),
    ({"flags": ["PURGE_COMP"], "purge_completed": {"time": 120}},        ["flags=PURGE_COMP=0-00:02:00"]),
    ({"flags": ["PURGE_COMP"], "purge_completed": {"time": {"infinite": True}}}, ["flags=PURGE_COMP=UNLIMITED"]),
]
CHANGED: list[Any] = [
    ({"flags": ["MAINT", "NO_DAILY"]},                                   (),              ["flags=+MAINT,-DAILY"]),
    ({"flags": ["DURATION_PLUS"], "duration": 30},                       (),              ["duration+=30"]),
    ({"flags": ["DURATION_MINUS"], "duration": 30},                      (),              ["duration-=30"]),
    ({"flags": ["SKIP"]},                                                (),              ["skip"]),
    ({"purge_completed": {"time": 60}},                                  ("PURGE_COMP",), ["flags=+PURGE_COMP=0-00:01:00"]),
    ({"flags": ["PURGE_COMP"]},                                          (),              ["flags=+PURGE_COMP"]),
    ({"node_list": ["+n3"], "users": ["+bob"], "comment": ""},           (),              ["comment=", "nodes=+n3", "users=+bob"]),
]
IDLE: list[Any] = [
    ({"name": "u"},                                                      ["#/"]),
    ({"name": "u", "flags": ["FORCE_START"]},                            ["#/flags/", "#/"]),
    ({"name": "u", "purge_completed": {"time": 60}},                     ["#/purge_completed/time/", "#/"]),
    ({"name": "u", "flags": ["DURATION_PLUS", "SPEC_NODES"]},            ["#/flags/", "#/flags/", "#/"]),
    ({"name": "u", "flags": ["TRES_PER_NODE"], "bogus": 1},              ["#/bogus/", "#/flags/", "#/"]),
]
# fmt: on


@pytest.mark.parametrize(("body", "terms"), MADE)
def test_what_is_not_there_is_made(ask: Asker, fake_slurm: FakeSlurm, body: Any, terms: list[str]) -> None:
    list_reservations(fake_slurm)
    fake_slurm.say([*CREATE, *terms], b"Reservation created: r\n")
    heard = send(ask, {"name": "r", **body})
    assert heard.status == 200, heard.document
    (echo,) = heard.document["reservations"]
    assert (echo["name"], echo["node_count"]["set"]) == ("r", "node_count" in body)


@pytest.mark.parametrize(("body", "flags", "terms"), CHANGED)
def test_what_is_there_is_changed(
    ask: Asker, fake_slurm: FakeSlurm, body: Any, flags: tuple[str, ...], terms: list[str]
) -> None:
    list_reservations(fake_slurm, *flags, version=43)
    fake_slurm.say([*CHANGE, *terms], b"Reservation updated.\n")
    heard = send(ask, {"name": "u", **body}, version=43)
    assert (heard.status, heard.document["errors"], heard.document["warnings"]) == (200, [], [])


@pytest.mark.parametrize(("body", "sources"), IDLE)
def test_what_changes_nothing_is_said(ask: Asker, fake_slurm: FakeSlurm, body: Any, sources: list[str]) -> None:
    list_reservations(fake_slurm)
    heard = send(ask, body)
    assert heard.status == 200
    assert [notice["source"] for notice in heard.document["warnings"]] == sources
    assert len(fake_slurm.calls) == 1


def test_flags_that_a_new_one_cannot_have_are_said(ask: Asker, fake_slurm: FakeSlurm) -> None:
    list_reservations(fake_slurm)
    fake_slurm.say([*CREATE, "duration=5", "flags=DAILY"])
    heard = send(ask, {"name": "r", "duration": 5, "flags": ["NO_MAINT", "SKIP", "DURATION_PLUS", "DAILY"]})
    assert heard.status == 200
    assert [notice["source"] for notice in heard.document["warnings"]] == ["#/flags/"] * 3


def test_the_reply_is_what_was_asked_for(ask: Asker, fake_slurm: FakeSlurm) -> None:
    list_reservations(fake_slurm)
    fake_slurm.say("scontrol")
    body = {
        "name": "r",
        "duration": {"infinite": True},
        "users": "alice",
        "start_time": START,
        "flags": ["DAILY", "MAINT", "PURGE_COMP"],
        "purge_completed": {"time": 9},
        "tres": [{"type": "cpu", "count": 2}, {"type": "gres", "name": "gpu", "count": 1}],
    }
    (echo,) = send(ask, body).document["reservations"]
    assert echo == {
        "accounts": [], "burst_buffer": "", "comment": "", "core_count": NUMBER_UNSET,
        "duration": {"set": False, "infinite": True, "number": 0}, "end_time": NUMBER_UNSET, "features": "",
        "flags": ["MAINT", "DAILY", "PURGE_COMP"], "groups": [], "licenses": [], "max_start_delay": NUMBER_UNSET, "name": "r",
        "node_count": NUMBER_UNSET, "node_list": [], "partition": "",
        "purge_completed": {"time": {"set": True, "infinite": False, "number": 9}},
        "start_time": {"set": True, "infinite": False, "number": START},
        "tres": [{"type": "cpu", "name": "", "id": 1, "count": 2}, {"type": "gres", "name": "gpu", "count": 1}],
        "users": ["alice"],
    }  # fmt: skip


# fmt: off
UNUSABLE: list[Any] = [
    ({},                                                      "#/name/",         2053),
    ({"name": ""},                                            "#/name/",         2053),
    ({"name": "r", "duration": 0},                            "#/duration/",     9202),
    ({"name": "r", "node_count": {"infinite": True}},         "#/node_count/",   9216),
    ({"name": "r", "start_time": 60},                         "#/start_time/",   9202),
    ({"name": "r", "flags": ["NOSUCH"]},                      "#/flags/",        9207),
    ({"name": "r", "flags": ["REOCCURRING"]},                 "#/flags/",        9202),
    ({"name": "r", "flags": ["DURATION_PLUS", "DURATION_MINUS"]}, "#/flags/",    9202),
    ({"name": "r", "tres": [{"type": "cpu,node", "count": 1}]}, "#/tres/",       2115),
    ({"name": "r", "tres": [{"id": 1, "count": 1}]},          "#/tres/",         2115),
    ({"name": "r", "tres": "cpu=1"},                          "#/tres/",         9208),
    ({"name": "r", "purge_completed": 7},                     "#/purge_completed/", 9209),
]
UNCARRIED: list[Any] = [
    ({"name": "r s"},                                         "#/name/",         2053),
    ({"name": "-r"},                                          "#/name/",         2053),
    ({"name": "a,b"},                                         "#/name/",         2053),
    ({"name": "r", "users": ["a b", "c\nd"]},                 "#/users/",        9216),
    ({"name": "r", "groups": ["-wheel"]},                     "#/groups/",       9216),
    ({"name": "r", "node_list": ["/etc/passwd"]},             "#/node_list/",    2018),
    ({"name": "r", "node_list": ["n1 users=bob"]},            "#/node_list/",    2018),
    ({"name": "r", "comment": "x" * 140_000},                 "#/comment/",      2012),
]
# fmt: on


@pytest.mark.parametrize(("body", "source", "number"), [*UNUSABLE, *UNCARRIED])
def test_nothing_is_made_of_what_is_unusable(
    ask: Asker, fake_slurm: FakeSlurm, body: Any, source: str, number: int
) -> None:
    list_reservations(fake_slurm)
    good = {"name": "g", "duration": 5}
    for path, sent, at in (
        ("reservation", body, "#/"),
        ("reservations", {"reservations": [good, body]}, "#/reservations[1]/"),
    ):
        heard = send(ask, sent, path)
        assert heard.status == 422
        found = [(problem["source"], problem["error_number"]) for problem in heard.document["errors"]]
        assert found == [(at + source.removeprefix("#/"), number)]
    assert all("show" in argv for argv in fake_slurm.argvs)


@pytest.mark.parametrize(
    "body", [{}, {"reservations": []}, {"reservations": None}, [], {"reservations": 7}, {"reservations": [7]}]
)
def test_an_empty_list_is_refused(ask: Asker, fake_slurm: FakeSlurm, body: Any) -> None:
    assert send(ask, body, "reservations").status == 422
    assert fake_slurm.calls == []


def test_the_second_of_three_fails(ask: Asker, fake_slurm: FakeSlurm) -> None:
    list_reservations(fake_slurm)
    fake_slurm.say(["scontrol", "create", "reservation", "reservationname=a", "duration=5"])
    said = b"Error creating the reservation: Requested nodes are busy\n"
    fake_slurm.say([*CREATE, "duration=5"], stderr=said, status=1)
    heard = send(ask, {"reservations": [{"name": name, "duration": 5} for name in "arc"], "bogus": 1}, "reservations")
    assert heard.status == 422
    assert [(problem["source"], problem["error_number"]) for problem in heard.document["errors"]] == [
        ("#/reservations[1]/", 2016),
        ("#/reservations[2]/", -1),
    ]
    assert [notice["source"] for notice in heard.document["warnings"]] == ["#/bogus/", "#/reservations[0]/"]
    assert [entry["name"] for entry in heard.document["reservations"]] == ["a"]


def test_what_is_named_twice_is_made_then_changed(ask: Asker, fake_slurm: FakeSlurm) -> None:
    list_reservations(fake_slurm)
    fake_slurm.say([*CREATE, "duration=5"])
    fake_slurm.say(["scontrol", "update", "reservationname=r", "duration=6"])
    assert send(ask, {"reservations": [{"name": "r", "duration": n} for n in (5, 6)]}, "reservations").status == 200


# fmt: off
SAID: list[Any] = [
    (b"scontrol: error: A start time must be given.  No reservation created.\n",            422, 2053, "A start time"),
    (b"Error creating the reservation: Invalid user id\n",                                  403, 2010, "Invalid user id"),
    (b"Error creating the reservation: Invalid node name specified\n",                      422, 2018, "Invalid node name"),
    (b"Error creating the reservation: Unspecified error\n",                                422,   -1, "Unspecified error"),
]
# fmt: on


@pytest.mark.parametrize(("stderr", "status", "number", "words"), SAID)
def test_what_slurm_refuses_is_told(
    ask: Asker, fake_slurm: FakeSlurm, stderr: bytes, status: int, number: int, words: str
) -> None:
    list_reservations(fake_slurm)
    fake_slurm.say("scontrol", stderr=stderr, status=1)
    heard = send(ask, {"name": "r", "duration": 5})
    (problem,) = heard.document["errors"]
    assert (heard.status, problem["error_number"], problem["source"]) == (status, number, "#/")
    assert words in problem["description"]
    assert heard.document["reservations"] == []


def test_one_reservation_is_deleted(ask: Asker, fake_slurm: FakeSlurm) -> None:
    for name in ("u", "a,b", "-x", "ü"):
        fake_slurm.say(["scontrol", "delete", f"reservationname={name}"])
        assert ask(f"/slurm/v0.0.42/reservation/{name}", "DELETE").status == 200
    said = b"delete_reservation reservationname=no: Requested reservation is invalid\n"
    fake_slurm.say(["scontrol", "delete", "reservationname=no"], stderr=said, status=1)
    heard = ask("/slurm/v0.0.42/reservation/no", "DELETE")
    assert (heard.status, heard.document["errors"][0]["error_number"]) == (404, 2053)
    said = b"delete_reservation reservationname=t: Invalid user id\n"
    fake_slurm.say(["scontrol", "delete", "reservationname=t"], stderr=said, status=1)
    assert ask("/slurm/v0.0.42/reservation/t", "DELETE").status == 403
    assert ask("/slurm/v0.0.42/reservation/a%00b", "DELETE").status == 404


HOSTILE = st.sampled_from(["-x", "a,b", "x=y", "\n", "ALL", "a users=root", "+r", '"', "n[1-2]"])
PLAIN = st.sampled_from(["r", "gpu:a100", "n1", "ü"])
TEXT = PLAIN | HOSTILE | st.text(alphabet=st.characters(codec="utf-8"), max_size=12)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=PLAIN | HOSTILE,
    comment=TEXT,
    users=st.lists(TEXT, max_size=1),
    nodes=st.lists(TEXT, max_size=1),
    tres=PLAIN | HOSTILE,
)
def test_no_value_becomes_another_term(
    ask: Asker, fake_slurm: FakeSlurm, name: str, comment: str, users: list[str], nodes: list[str], tres: str
) -> None:
    list_reservations(fake_slurm)
    fake_slurm.say("scontrol")
    before = len(fake_slurm.calls)
    entry = {"type": "gres", "name": tres, "count": 1}
    send(ask, {"name": name, "comment": comment, "users": users, "node_list": nodes, "tres": [entry]})
    for argv in fake_slurm.argvs[before:]:
        if "show" not in argv:
            assert argv[:4] == ["scontrol", "create", "reservation", f"reservationname={name}"]
            keys = [word.partition("=")[0] for word in argv[4:]]
            assert len(keys) == len(set(keys)) and set(keys) <= {"comment", "nodes", "users", "tres"}
