"""POST node, nodes, new/node, DELETE node, GET reconfigure: what scontrol is asked, and what is said of what it said."""

import json
from typing import Any

import pytest
from conftest import TOKEN, Asker, Heard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playback import FakeSlurm

from slurmrest_inetd.errors import MethodNotAllowed

UPDATE = ["scontrol", "update", "nodename=n1"]
REFUSED = b"slurm_update error: Invalid user id\n"


def send(ask: Asker, path: str, body: Any, version: int = 45, method: str = "POST") -> Heard:
    return ask(f"/slurm/v0.0.{version}/{path}", method, body=json.dumps(body).encode())


def list_nodes(fake_slurm: FakeSlurm, *names: str, version: int = 45) -> list[str]:
    """Let scontrol list these nodes; the argv."""
    argv = ["scontrol", f"--json=v0.0.{version}", "--all", "--future", "show", "nodes"]
    document = {
        "nodes": [{"name": name} for name in names],
        "last_update": {},
        "meta": {},
        "errors": [],
        "warnings": [],
    }
    fake_slurm.say(argv, json.dumps(document, indent=2).encode())
    return argv


# fmt: off
CARRIED: list[Any] = [
    ({"comment": "a b=c,'d' \"e\"\nstate=down"},      ["comment=a b=c,'d' \"e\"\nstate=down"]),
    ({"comment": "", "extra": "x"},                   ["comment=", "extra=x"]),
    ({"reason": 'the "fan"'},                         ['reason="the "fan""']),
    ({"state": ["DRAIN"], "reason": "-x"},            ["state=DRAIN", 'reason="-x"']),
    ({"state": "resume"},                             ["state=RESUME"]),
    ({"state": ["NOT_RESPONDING"]},                   ["state=NoResp"]),
    ({"state": ["POWER_DRAIN", "POWER_DOWN"]},        ["state=POWER_DOWN_ASAP"]),
    ({"state": [], "weight": 3},                      ["weight=3"]),
    ({"weight": {"set": True, "number": 7}},          ["weight=7"]),
    ({"weight": {"set": False}, "gres": "gpu:2"},     ["gres=gpu:2"]),
    ({"cpu_bind": 5},                                 ["cpubind=verbose,cores"]),
    ({"cpu_bind": 32},                                ["cpubind=none"]),
    ({"features": ["a", "b"], "features_act": "a"},   ["availablefeatures=a,b", "activefeatures=a"]),
    ({"features": [], "topology_str": "default:s1"},  ["topology=default:s1"]),
    ({"address": ["10.0.0.1"], "hostname": "h1"},     ["nodeaddr=10.0.0.1", "nodehostname=h1"]),
    ({"state": ["DOWN"], "reason": "r", "resume_after": {"set": True, "number": 60}},
                                                      ["state=DOWN", 'reason="r"', "resumeafter=60"]),
    ({"state": ["DOWN"], "reason": "r", "resume_after": {"infinite": True}},
                                                      ["state=DOWN", 'reason="r"', "resumeafter=-1"]),
]
# fmt: on


@pytest.mark.parametrize(("body", "terms"), CARRIED)
def test_a_property_is_a_term(ask: Asker, fake_slurm: FakeSlurm, body: Any, terms: list[str]) -> None:
    fake_slurm.say([*UPDATE, *terms])
    heard = send(ask, "node/n1", body)
    assert heard.status == 200, heard.document
    assert heard.document["errors"] == []
    (run,) = fake_slurm.calls
    assert run.environment["SLURM_JWT"] == TOKEN


# fmt: off
UNUSABLE: list[Any] = [
    ({"state": ["DRAIN"]},                            "#/reason/",        9000),
    ({"state": ["MIXED"]},                            "#/state/",         2180),
    ({"state": ["DRAIN", "IDLE"]},                    "#/state/",         2180),
    ({"state": ["NOPE"]},                             "#/state/",         9207),
    ({"weight": {"set": True, "infinite": True}},     "#/weight/",        9216),
    ({"weight": -1},                                  "#/weight/",        9202),
    ({"cpu_bind": -1},                                "#/cpu_bind/",      9202),
    ({"cpu_bind": 6},                                 "#/cpu_bind/",      9216),
    ({"features": ["a,b c", "-x"]},                   "#/features/",      9216),
    ({"address": ["a", "b"]},                         "#/address/",       2018),
    ({"address": ["a[1-"]},                           "#/address/",       9216),
    ({"comment": "a\0b"},                             "#/comment/",       9216),
    ({"comment": "x" * 140_000},                      "#/comment/",       2012),
    ({"comment": ["x"]},                              "#/comment/",       9202),
    ({},                                              "#/",               9000),
    ({"bogus": 1},                                    "#/",               9000),
    ({"resume_after": 60},                            "#/",               9000),
    ({"reason": ""},                                  "#/",               9000),
    ([],                                              "#/",               9209),
]
# fmt: on


@pytest.mark.parametrize(("body", "source", "number"), UNUSABLE)
def test_nothing_is_run_for_what_is_unusable(
    ask: Asker, fake_slurm: FakeSlurm, body: Any, source: str, number: int
) -> None:
    heard = send(ask, "node/n1", body)
    assert heard.status == 422
    assert [(problem["source"], problem["error_number"]) for problem in heard.document["errors"]] == [(source, number)]
    assert fake_slurm.calls == []


def test_warnings_name_what_has_no_effect(ask: Asker, fake_slurm: FakeSlurm) -> None:
    fake_slurm.say([*UPDATE, "comment=7"], stderr=b"scontrol: something to know\n")
    body = {"comment": 7, "name": "n2", "reason_uid": "alice", "resume_after": 5, "topology_str": "x"}
    heard = send(ask, "node/n1?nope=1", body, version=42)
    assert heard.status == 200
    sources = [notice["source"] for notice in heard.document["warnings"]]
    assert sorted(set(sources)) == [
        "#/comment/", "#/name/", "#/nope/", "#/reason_uid/", "#/resume_after/", "#/topology_str/", "scontrol",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "name", ["n1,n2", "n[1-2]", "ALL", "all", "-n1", "%2Fetc%2Fpasswd", "n1%0An2", "n1=x", "n1%20n2"]
)
@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_a_path_names_one_node(ask: Asker, fake_slurm: FakeSlurm, method: str, name: str) -> None:
    heard = send(ask, f"node/{name}", {"comment": "x"}, method=method)
    assert heard.status == 404
    assert heard.document["errors"][0]["error_number"] == 2018
    assert fake_slurm.calls == []


# fmt: off
SAID: list[Any] = [
    (REFUSED,                                                   1, 403, 2010, False),
    (b"slurm_update error: Invalid node name specified\n",      1, 404, 2018, True),
    (b"slurm_update error: Invalid node state transition\n",    1, 422, 2180, True),
    (b"slurm_update error: Invalid user id\n",                  0, 403, 2010, False),
    (b"slurm_update error: Protocol authentication error\n",    1, 401, 1007, False),
    (b"Invalid input: state=x\nRequest aborted\n",              1, 422, 9216, True),
    (b"something else\n",                                       1, 422,   -1, True),
    (b"",                                                     -15, 504,   -1, True),
]
# fmt: on


@pytest.mark.parametrize(("stderr", "status", "expected", "number", "partly"), SAID)
def test_what_slurm_refuses_is_told(
    ask: Asker, fake_slurm: FakeSlurm, stderr: bytes, status: int, expected: int, number: int, partly: bool
) -> None:
    fake_slurm.say("scontrol", stderr=stderr, status=status)
    heard = send(ask, "node/n1", {"comment": "x", "extra": "y"})
    (problem,) = heard.document["errors"]
    assert (heard.status, problem["error_number"]) == (expected, number)
    assert ("one by one" in problem["description"]) == partly


def test_nodes_are_updated_one_by_one_in_order(ask: Asker, fake_slurm: FakeSlurm) -> None:
    fake_slurm.say(["scontrol", "show", "hostnames", "--", "n[1-2],n1"], b"n1\nn2\nn1\n")
    listing = list_nodes(fake_slurm, "n1", "n2", "n3")
    for name, address in (("n1", "a"), ("n2", "b")):
        fake_slurm.say(["scontrol", "update", f"nodename={name}", "extra=e", f"nodeaddr={address}"])
    heard = send(ask, "nodes", {"name": ["n[1-2]", "n1"], "address": ["a", "b"], "extra": "e"})
    assert heard.status == 200, heard.document
    assert [argv[:3] for argv in fake_slurm.argvs] == [
        ["scontrol", "show", "hostnames"],
        listing[:3],
        UPDATE,
        ["scontrol", "update", "nodename=n2"],
    ]


def test_all_is_every_node_there_is(ask: Asker, fake_slurm: FakeSlurm) -> None:
    list_nodes(fake_slurm, "n1", "n2")
    fake_slurm.say("scontrol")
    assert send(ask, "nodes", {"name": "ALL", "extra": "e"}).status == 200
    assert [argv[2] for argv in fake_slurm.argvs[1:]] == ["nodename=n1", "nodename=n2"]
    heard = send(ask, "nodes", {"name": "ALL", "address": "a"})
    assert (heard.status, heard.document["errors"][0]["source"]) == (422, "#/name/")


@pytest.mark.parametrize(
    ("name", "number", "listed"),
    [([], 2018, 0), (None, 2018, 0), ("", 2018, 0), (["n1", "nope", "gone"], 2018, 1), (["n1", "ALL"], 2018, 0), (["n1;x"], 2018, 0), (["n[1-"], 9216, 0)],
)  # fmt: skip
def test_no_node_is_touched_when_one_is_not_there(
    ask: Asker, fake_slurm: FakeSlurm, name: Any, number: int, listed: int
) -> None:
    list_nodes(fake_slurm, "n1")
    heard = send(ask, "nodes", {"name": name, "comment": "x"})
    assert heard.status == 422
    assert {(problem["source"], problem["error_number"]) for problem in heard.document["errors"]} == {
        ("#/name/", number)
    }
    assert len(fake_slurm.calls) == listed
    if listed:
        assert [problem["description"][-4:] for problem in heard.document["errors"]] == ["nope", "gone"]


def test_the_second_of_three_fails(ask: Asker, fake_slurm: FakeSlurm) -> None:
    list_nodes(fake_slurm, "n1", "n2", "n3")
    fake_slurm.say([*UPDATE, "state=RESUME"])
    failed = b"slurm_update error: Invalid node name specified\n"
    fake_slurm.say(["scontrol", "update", "nodename=n2", "state=RESUME"], stderr=failed, status=1)
    heard = send(ask, "nodes", {"name": ["n1", "n2", "n3"], "state": ["RESUME"]})
    # what is unknown stands in the body: the path is there
    assert heard.status == 422
    assert [problem["description"] for problem in heard.document["errors"]] == [
        "node n2 could not be updated: Invalid node name specified",
        "node n3 was not tried",
    ]
    assert [notice["description"] for notice in heard.document["warnings"]] == ["node n1 was updated"]
    assert len(fake_slurm.calls) == 3


def test_a_node_is_deleted(ask: Asker, fake_slurm: FakeSlurm) -> None:
    fake_slurm.say(["scontrol", "delete", "nodename=n1"])
    assert send(ask, "node/n1", None, method="DELETE").status == 200
    said = b"scontrol: error: failed to delete nodes n2\ndelete_node nodename=n2: Invalid node name specified\n"
    fake_slurm.say(["scontrol", "delete", "nodename=n2"], stderr=said, status=1)
    heard = send(ask, "node/n2", None, method="DELETE")
    assert (heard.status, heard.document["errors"][0]["error_number"]) == (404, 2018)


def test_a_node_is_made_of_one_line(ask: Asker, fake_slurm: FakeSlurm) -> None:
    line = 'NodeName=z[1-2] State=CLOUD Reason="a b" CPUs=2'
    fake_slurm.say(["scontrol", "create", line])
    heard = send(ask, "new/node", {"node_conf": f"  {line} ", "meta": {}, "bogus": 1})
    assert heard.status == 200
    assert [notice["source"] for notice in heard.document["warnings"]] == ["#/bogus/"]
    there = b"scontrol: error: Node already exists\nError creating node(s): Node already exists in the node table\n"
    fake_slurm.say(["scontrol", "create", "nodename=n1 State=CLOUD"], stderr=there, status=1)
    heard = send(ask, "new/node", {"node_conf": "nodename=n1 State=CLOUD"})
    assert (heard.status, heard.document["errors"][0]["error_number"]) == (409, 2168)


# fmt: off
NO_LINES: list[Any] = [
    ({},                                                  9200),
    ({"node_conf": ""},                                   9216),
    ({"node_conf": 7},                                    9216),
    ({"node_conf": "PartitionName=p NodeName=n1"},        9216),
    ({"node_conf": "ReservationName=x"},                  9216),
    ({"node_conf": "--uid=0"},                            9216),
    ({"node_conf": "NodeName="},                          9216),
    ({"node_conf": "NodeName=z1\nPartitionName=p"},       9216),
    ({"node_conf": "NodeName=z1" + " x" * 70_000},        2012),
    ({"node_conf": ["NodeName=z1"]},                      9202),
]
# fmt: on


@pytest.mark.parametrize(("body", "number"), NO_LINES)
def test_only_nodes_are_made(ask: Asker, fake_slurm: FakeSlurm, body: Any, number: int) -> None:
    heard = send(ask, "new/node", body)
    assert (heard.status, heard.document["errors"][0]["error_number"]) == (422, number)
    assert heard.document["errors"][0]["source"] == "#/node_conf/"
    assert fake_slurm.calls == []


def test_reconfigure_is_done_by_get_and_never_by_head(ask: Asker, fake_slurm: FakeSlurm) -> None:
    fake_slurm.say(["scontrol", "reconfigure"])
    assert ask("/slurm/v0.0.40/reconfigure").status == 200
    for method, allowed in (("HEAD", "GET"), ("POST", "GET")):
        with pytest.raises(MethodNotAllowed) as caught:
            ask("/slurm/v0.0.40/reconfigure", method)
        assert caught.value.headers == (("allow", allowed),)
    assert len(fake_slurm.calls) == 1


TEXT = st.text(alphabet=st.characters(codec="utf-8"), max_size=12)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(comment=TEXT, reason=TEXT, features=st.lists(TEXT, max_size=2), gres=TEXT, name=TEXT)
def test_no_value_becomes_another_term(
    ask: Asker, fake_slurm: FakeSlurm, comment: str, reason: str, features: list[str], gres: str, name: str
) -> None:
    fake_slurm.say("scontrol")
    before = len(fake_slurm.calls)
    body = {"comment": comment, "reason": reason, "features": features, "gres": gres, "name": [name]}
    send(ask, "node/n1", body)
    for argv in fake_slurm.argvs[before:]:
        if argv[1] != "show":
            assert argv[:3] == UPDATE
            assert [word.partition("=")[0] for word in argv[3:]] == sorted(
                {word.partition("=")[0] for word in argv[3:]},
                key=["comment", "availablefeatures", "gres", "reason"].index,
            )
            assert f"comment={comment}" in argv
