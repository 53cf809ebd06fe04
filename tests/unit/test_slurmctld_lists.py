"""Nodes, partitions, reservations, licenses, shares, diag, ping, conf: the recorded document goes on as it is, and what
goes wrong is told.
"""

import time
from typing import Any

import pytest
import yaml
from conftest import TOKEN, Asker
from playback import FakeSlurm, read_recording

from slurmrest_inetd.envelope import parse_json

RELEASES = ("24.11", "26.05")
ZERO = {"set": True, "infinite": False, "number": 0}
# fmt: off
#        path                          recording
READS = (
    ("nodes",                         "nodes"),
    ("node/vm",                       "node"),
    ("partitions",                    "partitions"),
    ("partitions?flags=ALL",          "partitions-all"),
    ("partition/debug",               "partition"),
    ("reservations",                  "reservations"),
    ("reservation/recorded",          "reservation"),
    ("licenses",                      "licenses"),
    ("ping",                          "ping"),
    ("diag",                          "diag"),
    ("shares?accounts=phys&users=alice", "shares-filtered"),
    ("shares?accounts=nosuch&users=nosuch", "shares-unknown"),
    ("jobs",                          "jobs"),
    ("jobs/state",                    "jobs-state"),
)
REFUSALS = ("nodes", "partitions", "reservations", "licenses", "diag", "shares", "jobs", "jobs/state")
# fmt: on


def read_document(release: str, name: str) -> dict[str, Any]:
    document: dict[str, Any] = parse_json(read_recording(release, name).stdout)
    return document


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize(("path", "name"), READS)
def test_the_document_goes_on(ask: Asker, fake_slurm: FakeSlurm, release: str, path: str, name: str) -> None:
    fake_slurm.replay(release, name)
    heard = ask(f"/slurm/v0.0.42/{path}")
    expected = read_document(release, name)
    assert heard.status == 200
    assert {**heard.document, "meta": 0} == {**expected, "meta": 0}
    assert heard.document["meta"]["plugin"]["type"] == "openapi/slurmctld"
    assert fake_slurm.argvs == [read_recording(release, name).argv]
    assert fake_slurm.calls[0].environment["SLURM_JWT"] == TOKEN


@pytest.mark.parametrize("release", RELEASES)
def test_infinity_becomes_a_number(ask: Asker, fake_slurm: FakeSlurm, release: str) -> None:
    fake_slurm.replay(release, "shares")
    assert ask("/slurm/v0.0.42/shares").status == 200


def test_conf(ask: Asker, fake_slurm: FakeSlurm) -> None:
    fake_slurm.replay("26.05", "conf")
    heard = ask("/slurm/v0.0.45/conf?update_time=0")
    assert heard.document["slurm_conf"] == read_document("26.05", "conf")["slurm_conf"]
    assert [warning["source"] for warning in heard.document["warnings"]] == ["#/update_time/"]


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("path", REFUSALS)
@pytest.mark.parametrize(("how", "status", "number"), [("wrong", 401, 1007), ("down", 502, 1800)])
def test_what_slurm_refuses(
    ask: Asker, fake_slurm: FakeSlurm, release: str, path: str, how: str, status: int, number: int
) -> None:
    fake_slurm.replay(release, f"{path.replace('/', '-')}-{how}", f"reason-{how}")
    heard = ask(f"/slurm/v0.0.42/{path}")
    assert heard.status == status
    assert heard.document["errors"][0]["error_number"] == number


@pytest.mark.parametrize(("how", "status"), [("wrong", 401), ("down", 502)])
def test_conf_refused(ask: Asker, fake_slurm: FakeSlurm, how: str, status: int) -> None:
    fake_slurm.replay("26.05", f"conf-{how}")
    assert ask("/slurm/v0.0.45/conf").status == status


@pytest.mark.parametrize("release", RELEASES)
def test_a_silent_failure_that_is_over_is_still_one(ask: Asker, fake_slurm: FakeSlurm, release: str) -> None:
    fake_slurm.replay(release, "jobs-state-wrong", "reason")
    heard = ask("/slurm/v0.0.42/jobs/state")
    assert heard.status == 422
    assert "squeue" in heard.document["errors"][0]["description"]


def test_a_version_that_the_release_does_not_speak(ask: Asker, fake_slurm: FakeSlurm) -> None:
    unspoken = read_recording("24.11", "jobs-unspoken")
    fake_slurm.say("scontrol", stderr=unspoken.stderr, status=1)
    assert ask("/slurm/v0.0.45/nodes").status == 404


# ping


@pytest.mark.parametrize(("release", "version"), [("24.11", 40), ("24.11", 42), ("26.05", 42), ("26.05", 45)])
def test_ping_up_asks_no_more(ask: Asker, fake_slurm: FakeSlurm, release: str, version: int) -> None:
    fake_slurm.replay(release, "ping" if version == 42 else f"ping-{version}")
    assert ask(f"/slurm/v0.0.{version}/ping").status == 200
    assert len(fake_slurm.argvs) == 1


@pytest.mark.parametrize("release", RELEASES)
def test_ping_up_in_yaml_asks_no_more(ask: Asker, fake_slurm: FakeSlurm, release: str) -> None:
    fake_slurm.replay(release, "ping-yaml")
    assert ask("/slurm/v0.0.42/ping", media="yaml").status == 200
    assert len(fake_slurm.argvs) == 1


@pytest.mark.parametrize("release", RELEASES)
def test_ping_down_is_an_answer(ask: Asker, fake_slurm: FakeSlurm, release: str) -> None:
    fake_slurm.replay(release, "ping-down", "reason-down")
    heard = ask("/slurm/v0.0.42/ping")
    assert (heard.status, heard.document["pings"][0]["pinged"]) == (200, "DOWN")


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("name", ["ping-wrong", "ping-expired"])
def test_ping_tells_a_refused_token_from_a_controller_that_is_down(
    ask: Asker, fake_slurm: FakeSlurm, release: str, name: str
) -> None:
    fake_slurm.replay(release, name, "reason-wrong")
    heard = ask("/slurm/v0.0.42/ping")
    assert (heard.status, heard.document["errors"][0]["error_number"]) == (401, 1007)


def test_ping_is_down_also_when_it_is_up_again_a_moment_later(ask: Asker, fake_slurm: FakeSlurm) -> None:
    fake_slurm.replay("24.11", "ping-down", "reason")
    assert ask("/slurm/v0.0.42/ping").document["pings"][0]["pinged"] == "DOWN"


# one by its name


@pytest.mark.parametrize("release", RELEASES)
def test_an_unknown_node(ask: Asker, fake_slurm: FakeSlurm, release: str) -> None:
    fake_slurm.replay(release, "node-unknown")
    heard = ask("/slurm/v0.0.42/node/nosuch")
    assert heard.status == 404
    assert heard.document["errors"][0]["description"] == "Failure to query node nosuch"
    assert heard.document["nodes"] == []
    assert heard.document["last_update"] == ZERO


@pytest.mark.parametrize("release", RELEASES)
def test_an_unknown_node_in_yaml(ask: Asker, fake_slurm: FakeSlurm, release: str) -> None:
    fake_slurm.replay(release, "node-unknown-yaml")
    assert ask("/slurm/v0.0.42/node/nosuch", media="yaml").status == 404


@pytest.mark.parametrize(
    "name", ["vm[1-2]", "vm,vm", "vm%20", "-a", "--all", "vm%0A", "a%3Db", "%C3%A9", "*", "x" * 256]
)
def test_what_is_no_nodes_name_is_never_run(ask: Asker, fake_slurm: FakeSlurm, name: str) -> None:
    fake_slurm.say("scontrol")
    assert ask(f"/slurm/v0.0.42/node/{name}").status == 404
    assert fake_slurm.argvs == []


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize(("noun", "number"), [("partition", 2000), ("reservation", 2053)])
def test_an_unknown_name(ask: Asker, fake_slurm: FakeSlurm, release: str, noun: str, number: int) -> None:
    fake_slurm.replay(release, f"{noun}-unknown", f"{noun}-spelling")
    heard = ask(f"/slurm/v0.0.42/{noun}/nosuch")
    assert heard.status == 404
    assert heard.document["errors"][0]["description"] == f"Unable to find {noun} nosuch"
    assert heard.document["errors"][0]["error_number"] == number
    assert heard.document[f"{noun}s"] == []


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize(
    ("noun", "asked", "found"), [("partition", "DEBUG", "debug"), ("reservation", "Recorded", "recorded")]
)
def test_letter_case_does_not_matter(
    ask: Asker, fake_slurm: FakeSlurm, release: str, noun: str, asked: str, found: str
) -> None:
    fake_slurm.replay(release, f"{noun}-case", f"{noun}-spelling", noun)
    heard = ask(f"/slurm/v0.0.42/{noun}/{asked}")
    assert heard.status == 200
    assert [entry["name"] for entry in heard.document[f"{noun}s"]] == [found]
    assert fake_slurm.argvs[-1][-2:] == ["--", found]


@pytest.mark.parametrize("noun", ["partition", "reservation"])
@pytest.mark.parametrize("name", ["x%0Ay", "x%00", "%07"])
def test_an_unprintable_name_is_never_run(ask: Asker, fake_slurm: FakeSlurm, noun: str, name: str) -> None:
    fake_slurm.say("scontrol")
    assert ask(f"/slurm/v0.0.42/{noun}/{name}").status == 404
    assert fake_slurm.argvs == []


# flags

# fmt: off
OPTIONS = [
    ("nodes",       "",                          ["--all"],                       ["show", "nodes"]),
    ("nodes",       "flags=FUTURE",              ["--future"],                    ["show", "nodes"]),
    ("nodes",       "flags=local&flags=ALL",     ["--all", "--local"],            ["show", "nodes"]),
    ("node/vm",     "flags=DETAIL",              [],                              ["show", "node", "--", "vm"]),
    ("partitions",  "flags=DETAIL",              [],                              ["show", "partitions"]),
    ("partitions",  "flags=FEDERATION,SIBLING",  ["--sibling", "--federation"],   ["show", "partitions"]),
    ("partition/debug", "",                      ["--all"],                       ["show", "partition", "--", "debug"]),
    ("partition/debug", "flags=MIXED",           [],                              ["show", "partition", "--", "debug"]),
]
# fmt: on


@pytest.mark.parametrize(("path", "query", "options", "words"), OPTIONS)
def test_flags_are_options(
    ask: Asker, fake_slurm: FakeSlurm, path: str, query: str, options: list[str], words: list[str]
) -> None:
    nodes = path.startswith("node")
    fake_slurm.say("scontrol", read_recording("24.11", "nodes" if nodes else "partitions").stdout)
    assert ask(f"/slurm/v0.0.42/{path}?{query}").status == 200
    assert fake_slurm.argvs == [["scontrol", "--json=v0.0.42", *options, *words]]


@pytest.mark.parametrize("query", ["flags=NOSUCH", "flags=ALL,NOSUCH", "flags=", "flags=,"])
@pytest.mark.parametrize("path", ["nodes", "node/vm", "partitions", "partition/debug", "jobs", "job/7"])
def test_a_flag_that_is_none_is_refused_by_name(ask: Asker, fake_slurm: FakeSlurm, path: str, query: str) -> None:
    heard = ask(f"/slurm/v0.0.42/{path}?{query}")
    assert heard.status == 422
    assert heard.document["errors"][0]["source"] == "#/flags/"
    assert fake_slurm.argvs == []


@pytest.mark.parametrize("media", ["json", "yaml"])
@pytest.mark.parametrize("release", RELEASES)
def test_a_node_without_details_and_mixed_states(ask: Asker, fake_slurm: FakeSlurm, release: str, media: str) -> None:
    fake_slurm.replay(release, "nodes")
    expected = read_document(release, "nodes")["nodes"]
    assert expected[0]["state"] == ["MIXED"]
    assert any(node["gres_used"] for node in expected)
    expected[0]["state"] = ["ALLOCATED"]
    for node in expected:
        node.update(gres_used="", gres_drained="")
    heard = ask("/slurm/v0.0.42/nodes?flags=ALL", media=media)
    document = yaml.safe_load(heard.document["raw"]) if media == "yaml" else heard.document
    assert document["nodes"] == expected
    assert document["warnings"] == read_document(release, "nodes")["warnings"]


def test_a_node_without_details_but_mixed(ask: Asker, fake_slurm: FakeSlurm) -> None:
    fake_slurm.replay("24.11", "nodes")
    node = ask("/slurm/v0.0.42/nodes?flags=ALL,MIXED").document["nodes"][0]
    assert (node["state"], node["gres_used"]) == (["MIXED"], "")


def test_a_node_with_details_but_not_mixed(ask: Asker, fake_slurm: FakeSlurm) -> None:
    fake_slurm.replay("24.11", "nodes")
    node = ask("/slurm/v0.0.42/nodes?flags=ALL,DETAIL").document["nodes"][0]
    assert node["state"] == ["ALLOCATED"]
    assert node["gres_drained"] == "N/A"


def test_an_unknown_node_that_would_be_changed_in_yaml(ask: Asker, fake_slurm: FakeSlurm) -> None:
    fake_slurm.say("scontrol", read_recording("24.11", "node-unknown").stdout)
    assert ask("/slurm/v0.0.42/node/nosuch?flags=ALL", media="yaml").status == 404


# shares


@pytest.mark.parametrize(
    "query", ["users=a,-x", "users=a%5B1-2%5D", "accounts=%22x%22", "accounts=a%3Db", "users=a%0Ab", "users=%00"]
)
def test_shares_of_what_is_no_name(ask: Asker, fake_slurm: FakeSlurm, query: str) -> None:
    heard = ask(f"/slurm/v0.0.42/shares?{query}")
    assert heard.status == 422
    assert heard.document["errors"][0]["source"] == f"#/{query.partition('=')[0]}/"
    assert fake_slurm.argvs == []


def test_shares_of_nobody_in_particular(ask: Asker, fake_slurm: FakeSlurm) -> None:
    fake_slurm.replay("24.11", "shares")
    assert ask("/slurm/v0.0.42/shares?accounts=&users=,").status == 200
    assert fake_slurm.argvs == [["sshare", "--json=v0.0.42", "--all"]]


# update_time


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("nodes", "nodes"),
        ("node/vm", "node"),
        ("partitions", "partitions"),
        ("partition/debug", "partition"),
        ("reservations", "reservations"),
        ("reservation/recorded", "reservation"),
        ("jobs", "jobs"),
    ],
)
def test_update_time(ask: Asker, fake_slurm: FakeSlurm, monkeypatch: pytest.MonkeyPatch, path: str, name: str) -> None:
    fake_slurm.replay("24.11", name)
    asked_at = read_document("24.11", name)["last_update"]["number"]
    monkeypatch.setattr(time, "time", lambda: asked_at - 5)  # the controller's clock is ahead of ours
    assert ask(f"/slurm/v0.0.42/{path}?update_time={asked_at}").status == 200
    assert ask(f"/slurm/v0.0.42/{path}?update_time={asked_at + 1}") == (304, {}, ANY_HEADERS)
    past = ask(f"/slurm/v0.0.42/{path}?update_time={asked_at - 10}")
    assert past.status == 200
    assert "whole document" in past.document["warnings"][-1]["description"]


class Anything:
    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = None  # type: ignore[assignment]


ANY_HEADERS = Anything()


@pytest.mark.parametrize("path", ["node/nosuch", "partition/nosuch", "reservation/nosuch"])
def test_what_is_not_there_has_not_stayed_unchanged(ask: Asker, fake_slurm: FakeSlurm, path: str) -> None:
    noun = path.partition("/")[0]
    fake_slurm.replay("24.11", f"{noun}-unknown", *([f"{noun}-spelling"] if noun != "node" else []))
    assert ask(f"/slurm/v0.0.42/{path}?update_time=9999999999").status == 404


def test_a_failure_is_not_unchanged(ask: Asker, fake_slurm: FakeSlurm) -> None:
    fake_slurm.replay("24.11", "nodes-wrong")
    assert ask("/slurm/v0.0.42/nodes?update_time=9999999999").status == 401


def test_an_unknown_parameter_is_named(ask: Asker, fake_slurm: FakeSlurm) -> None:
    fake_slurm.replay("24.11", "licenses")
    assert ask("/slurm/v0.0.42/licenses?nosuch=1").document["warnings"][-1]["source"] == "#/nosuch/"
