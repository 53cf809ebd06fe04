"""What a release's scontrol cannot set of nodes, reservations, partitions is refused by its property, and nothing is done."""

import json
from typing import Any

import pytest
from conftest import Asker
from playback import FakeSlurm

from slurmrest_inetd.administration.releases import refuse_later
from slurmrest_inetd.body.findings import Findings
from slurmrest_inetd.fields.node_update import NODE_PROPERTIES
from slurmrest_inetd.fields.partition_update import PARTITION_PROPERTIES
from slurmrest_inetd.fields.reservation_update import RESERVATION_PROPERTIES
from slurmrest_inetd.fields.scontrol_terms import LATER_TERMS
from slurmrest_inetd.versions.documents import build_document_conversion

FIELDS = {"node": NODE_PROPERTIES, "partition": PARTITION_PROPERTIES, "reservation": RESERVATION_PROPERTIES}
EMPTY = {"last_update": {}, "meta": {}, "errors": [], "warnings": []}
SHOW = ["scontrol", "--all", "--future", "--oneliner", "show", "node"]
RESERVATION = {"name": "r", "users": ["a"], "node_list": ["n1"], "start_time": 2000000000, "duration": 5}

# fmt: off
#   newest  path               body                                                                       source
REFUSED = [
    (38, "node/n1",      {"state": ["DOWN"], "reason": "r", "resume_after": 9},                           "#/resume_after/"),
    (42, "node/n1",      {"topology_str": "t", "comment": "c"},                                           "#/topology_str/"),
    (38, "reservation",  {**RESERVATION, "comment": "c"},                                                 "#/comment/"),
    (38, "reservation",  {**RESERVATION, "flags": ["DAILY", "USER_DELETE"]},                              "#/flags/"),
    (42, "reservation",  {**RESERVATION, "flags": ["FORCE_START", "DAILY"]},                              "#/flags/"),
    (38, "reservation",  {**RESERVATION, "flags": ["TRES_PER_NODE"], "tres": [{"type": "cpu", "count": 2}]}, "#/tres/"),
    (38, "partitions",   {"partitions": [{"name": "p", "maximums": {"cpus_per_socket": 2}}]},             "#/partitions[0]/maximums/cpus_per_socket/"),
    (38, "partitions",   {"partitions": [{"name": "p", "flags": ["PDOI_CLEAR"]}]},                        "#/partitions[0]/flags/"),
    (42, "partitions",   {"partitions": [{"name": "p", "partition": {"exclusive": "user"}}]},             "#/partitions[0]/partition/exclusive/"),
    (42, "partitions",   {"partitions": [{"name": "p", "preempt_mode": ["SUSPEND", "PRIORITY"]}]},        "#/partitions[0]/preempt_mode/"),
]
# fmt: on


@pytest.mark.parametrize(("newest", "path", "body", "source"), REFUSED)
def test_it_is_refused_by_name(
    ask: Asker, fake_slurm: FakeSlurm, monkeypatch: pytest.MonkeyPatch, newest: int, path: str, body: Any, source: str
) -> None:
    for module in (
        "administration.nodes",
        "plugins.slurmctld.partition_update",
        "plugins.slurmctld.reservation_update",
    ):
        monkeypatch.setattr(f"slurmrest_inetd.{module}.find_newest", lambda _, command: newest)
    for show, noun in ((["show"], "reservations"), (["--all", "show"], "partitions")):
        document = json.dumps({noun: [], **EMPTY}, indent=2).encode()
        fake_slurm.say(["scontrol", "--json=v0.0.45", *show, noun], document)
    heard = ask(f"/slurm/v0.0.45/{path}", "POST", body=json.dumps(body).encode())
    assert heard.status == 422
    assert [problem["source"] for problem in heard.document["errors"]] == [source]
    assert "release of Slurm" in heard.document["errors"][0]["description"]
    assert all("show" in ran.argv for ran in fake_slurm.calls)


def test_a_release_that_has_all_is_refused_nothing() -> None:
    for row in LATER_TERMS:
        found = Findings()
        refuse_later(row.noun, [row.term, "comment=x", "flags=+DAILY"], 45, "#/", found)
        assert found.problems == []


@pytest.mark.parametrize("row", LATER_TERMS, ids=lambda row: f"{row.noun} {row.term}")
def test_each_row_names_a_property(row: Any) -> None:
    assert row.field in {known.name for known in FIELDS[row.noun]}
    assert 38 < row.since <= 45


@pytest.mark.parametrize(("time", "flags"), [(300, ["DAILY", "PURGE_COMP"]), (0, ["DAILY"]), (None, ["DAILY"])])
def test_that_a_reservation_is_purged_is_known_by_its_time(time: int | None, flags: list[str]) -> None:
    """22.05 tells no flag of it, and a change of the time belongs to the flag."""
    purge = {} if time is None else {"purge_completed": {"time": time}}
    convert = build_document_conversion("GET", "/slurm/{version}/reservations", 38, 45)
    made = convert({"reservations": [{"name": "r", "flags": ["DAILY"], **purge}]})
    assert made["reservations"][0]["flags"] == flags


@pytest.mark.parametrize(
    ("line", "status"),
    [("NodeName=n1 State=FUTURE", 409), ("NodeName=n[0-1]", 409), ("NodeName=z", 409), ("NodeName=n[", 422)],
)
def test_a_node_that_is_there_is_looked_up_where_slurm_says_nothing(
    ask: Asker, fake_slurm: FakeSlurm, monkeypatch: pytest.MonkeyPatch, line: str, status: int
) -> None:
    """22.05 makes nothing then, and its scontrol ends well."""
    monkeypatch.setattr("slurmrest_inetd.administration.nodes.find_newest", lambda _, command: 38)
    document = json.dumps({"nodes": [{"name": "n1"}], **EMPTY}, indent=2).encode()
    fake_slurm.say(["scontrol", "--json=v0.0.45", "--all", "show", "nodes"], document)
    fake_slurm.say(["scontrol", "show", "hostnames", "--", "n[0-1]"], b"n0\nn1\n")
    fake_slurm.say([*SHOW, "n0"], b"", b"Node n0 not found\n", 1)
    fake_slurm.say([*SHOW, "z"], b"NodeName=z CoresPerSocket=1\n")
    heard = ask("/slurm/v0.0.45/new/node", "POST", body=json.dumps({"node_conf": line}).encode())
    assert (heard.status, heard.document["errors"][0]["source"]) == (status, "#/node_conf/")
    assert all("show" in ran.argv for ran in fake_slurm.calls)


def test_a_new_node_is_made_there(ask: Asker, fake_slurm: FakeSlurm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("slurmrest_inetd.administration.nodes.find_newest", lambda _, command: 38)
    document = json.dumps({"nodes": [{"name": "n1"}], **EMPTY}, indent=2).encode()
    fake_slurm.say(["scontrol", "--json=v0.0.45", "--all", "show", "nodes"], document)
    fake_slurm.say([*SHOW, "n2"], b"", b"Node n2 not found\n", 1)
    fake_slurm.say(["scontrol", "create", "NodeName=n2"])
    assert ask("/slurm/v0.0.45/new/node", "POST", body=b'{"node_conf": "NodeName=n2"}').status == 200


def test_a_node_in_the_state_future_is_asked_for_by_name(
    ask: Asker, fake_slurm: FakeSlurm, monkeypatch: pytest.MonkeyPatch
) -> None:
    """22.05 lists none of them."""
    monkeypatch.setattr("slurmrest_inetd.administration.nodes.find_newest", lambda _, command: 38)
    document = json.dumps({"nodes": [{"name": "n1"}], **EMPTY}, indent=2).encode()
    fake_slurm.say(["scontrol", "--json=v0.0.45", "--all", "show", "nodes"], document)
    fake_slurm.say([*SHOW, "z1"], b"NodeName=z1 CoresPerSocket=1\n")
    fake_slurm.say([*SHOW, "z2"], b"NodeName=z22 CoresPerSocket=1\n")
    for name in ("n1", "z1"):
        fake_slurm.say(["scontrol", "update", f"nodename={name}", "comment=c"])
    body = {"name": ["n1", "z1"], "comment": "c"}
    assert ask("/slurm/v0.0.45/nodes", "POST", body=json.dumps(body).encode()).status == 200
    heard = ask("/slurm/v0.0.45/nodes", "POST", body=json.dumps({**body, "name": ["n1", "z2"]}).encode())
    assert (heard.status, heard.document["errors"][0]["description"]) == (422, "There is no node z2")
