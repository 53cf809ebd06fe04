"""POST partitions, DELETE partition: what scontrol is asked, and what is said of what it said."""

import json
from typing import Any

import pytest
from conftest import Asker, Heard
from playback import FakeSlurm

PATH = "/slurm/v0.0.45/partitions"
AT = "#/partitions[0]/"


def send(ask: Asker, *partitions: Any) -> Heard:
    return ask(PATH, "POST", body=json.dumps({"partitions": partitions, "meta": {}}).encode())


@pytest.fixture
def there(fake_slurm: FakeSlurm) -> FakeSlurm:
    """Commands whose scontrol lists one partition, p."""
    document = {"partitions": [{"name": "p"}], "last_update": {}, "meta": {}, "errors": [], "warnings": []}
    argv = ["scontrol", "--json=v0.0.45", "--all", "show", "partitions"]
    fake_slurm.say(argv, json.dumps(document, indent=2).encode())
    return fake_slurm


# fmt: off
CARRIED: list[Any] = [
    ({"nodes": {"configured": "n[1-2]", "allowed_allocation": "login"}},   ["allocnodes=login", "nodes=n[1-2]"]),
    ({"nodes": {"configured": ""}},                                        ["nodes="]),
    ({"nodes": {"configured": "+n3,-n4"}},                                 ["nodes=+n3,-n4"]),
    ({"node_sets": "fast"},                                                ["nodes=fast"]),
    ({"accounts": {"allowed": "a,b", "deny": ""}, "alternate": "q"},       ["allowaccounts=a,b", "denyaccounts=", "alternate=q"]),
    ({"qos": {"assigned": "x"}, "groups": {"allowed": "g h"}},             ["allowgroups=g h", "qos=x"]),
    ({"cpus": {"task_binding": ["CPU_BIND_TO_CORES", "VERBOSE"]}},         ["cpubind=cores,verbose"]),
    ({"defaults": {"time": {"infinite": True}, "partition_memory_per_cpu": 5}}, ["defmempercpu=5", "defaulttime=UNLIMITED"]),
    ({"maximums": {"nodes": {"set": True, "number": 2}, "time": 60, "over_time_limit": {"infinite": True}}},
                                                                           ["maxnodes=2", "maxtime=60", "overtimelimit=UNLIMITED"]),
    ({"flags": ["HIDDEN", "LLN_CLEAR"], "grace_time": 0},                  ["gracetime=0", "hidden=yes", "lln=no"]),
    ({"partition": {"state": ["DRAIN"], "oversubscribe": "force:4", "exclusive": "user"}},
                                                                           ["exclusive=USER", "oversubscribe=force:4", "state=DRAIN"]),
    ({"preempt_mode": ["SUSPEND", "PRIORITY"], "priority": {"tier": 7}},   ["preemptmode=SUSPEND,PRIORITY", "prioritytier=7"]),
    ({"tres": {"billing_weights": "CPU=1.0,Mem=0.25G"}, "topology": "t"},  ["tresbillingweights=CPU=1.0,Mem=0.25G", "topology=t"]),
]
UNUSABLE: list[Any] = [
    ({},                                                       "name/",                      2000),
    ({"name": "p", "priority": {"tier": 70000}},               "priority/tier/",             9202),
    ({"name": "p", "partition": {"state": ["UP", "DOWN"]}},    "partition/state/",           9216),
    ({"name": "p", "partition": {"state": ["UNKNOWN"]}},       "partition/state/",           9216),
    ({"name": "p", "partition": {"exclusive": "bogus"}},       "partition/exclusive/",       9001),
    ({"name": "p", "partition": {"oversubscribe": "YES:x"}},   "partition/oversubscribe/",   9001),
    ({"name": "p", "preempt_mode": ["CLUSTER_GLOBAL"]},        "preempt_mode/",              9216),
    ({"name": "p", "flags": ["LLN", "LLN_CLEAR"]},             "flags/",                     9216),
    ({"name": "p", "cpus": {"task_binding": ["CPU_BIND_NONE", "CPU_BIND_OFF"]}}, "cpus/task_binding/", 9216),
    ({"name": "p", "defaults": {"partition_memory_per_node": {"infinite": True}}}, "defaults/partition_memory_per_node/", 9216),
    ({"name": "p", "node_sets": "a", "nodes": {"configured": "n1"}}, "node_sets/",           9216),
    ({"name": "p", "nodes": {"configured": "/etc/passwd"}},    "nodes/configured/",          2018),
    ({"name": "p", "nodes": {"configured": "n1 state=down"}},  "nodes/configured/",          2018),
    ({"name": "p", "nodes": 3},                                "nodes/",                     9209),
    ({"name": "x y"},                                          "name/",                      2000),
    ({"name": "p,q"},                                          "name/",                      2000),
]
# fmt: on


@pytest.mark.parametrize(("body", "terms"), CARRIED)
def test_a_property_is_a_term_of_what_is_there_and_of_what_is_not(
    ask: Asker, there: FakeSlurm, body: Any, terms: list[str]
) -> None:
    there.say(["scontrol", "update", "partitionname=p", *terms])
    there.say(["scontrol", "create", "partitionname=new", *terms])
    heard = send(ask, {"name": "p", **body}, {"name": "new", **body})
    assert (heard.status, heard.document["errors"], heard.document["warnings"]) == (200, [], [])


@pytest.mark.parametrize(("body", "source", "number"), UNUSABLE)
def test_nothing_is_run_for_what_is_unusable(ask: Asker, there: FakeSlurm, body: Any, source: str, number: int) -> None:
    heard = send(ask, {"name": "new"}, body)
    assert heard.status == 422
    assert [(problem["source"], problem["error_number"]) for problem in heard.document["errors"]] == [
        (f"#/partitions[1]/{source}", number)
    ]
    assert all("show" in argv for argv in there.argvs)


def test_what_changes_nothing_is_said(ask: Asker, there: FakeSlurm) -> None:
    there.say(["scontrol", "create", "partitionname=new"])
    body = {
        "name": "p",
        "suspend_time": 5,
        "maximums": {"oversubscribe": {"jobs": 3}},
        "bogus": 1,
        "select_type": ["CR_CPU"],
    }
    heard = send(ask, body, {"name": "new"})
    assert heard.status == 200
    sources = [notice["source"].removeprefix(AT) for notice in heard.document["warnings"]]
    assert sorted(sources) == ["", "bogus/", "maximums/oversubscribe/jobs/", "select_type/", "suspend_time/"]
    assert len(there.calls) == 2


@pytest.mark.parametrize("body", [b"{}", b'{"partitions": []}', b'{"partitions": [7]}', b"[]", b'{"partitions": "p"}'])
def test_an_empty_list_is_refused(ask: Asker, there: FakeSlurm, body: bytes) -> None:
    assert ask(PATH, "POST", body=body).status == 422
    assert there.calls == []


def test_the_second_of_three_fails(ask: Asker, there: FakeSlurm) -> None:
    there.say(["scontrol", "create", "partitionname=a"])
    said = b"slurm_update error: Invalid node name specified\n"
    there.say(["scontrol", "update", "partitionname=p", "nodes=nope", "gracetime=5"], stderr=said, status=1)
    heard = send(ask, {"name": "a"}, {"name": "p", "grace_time": 5, "nodes": {"configured": "nope"}}, {"name": "c"})
    assert heard.status == 422
    first, second = heard.document["errors"]
    assert (first["source"], first["error_number"]) == ("#/partitions[1]/", 2018)
    assert "one by one" in first["description"]
    assert (second["source"], second["description"]) == ("#/partitions[2]/", "partition c was not tried")
    assert [notice["description"] for notice in heard.document["warnings"]] == ["partition a was created"]


def test_one_partition_is_deleted(ask: Asker, fake_slurm: FakeSlurm) -> None:
    fake_slurm.say(["scontrol", "delete", "partitionname=a,b"])
    assert ask("/slurm/v0.0.45/partition/a,b", "DELETE").status == 200
    said = b"delete_partition error: Invalid partition name specified\n"
    fake_slurm.say(["scontrol", "delete", "partitionname=no"], stderr=said, status=1)
    heard = ask("/slurm/v0.0.45/partition/no", "DELETE")
    assert (heard.status, heard.document["errors"][0]["error_number"]) == (404, 2000)
