"""POST config: which lists become which commands, in which order; and what is left out of a document that GET gave."""

import json
from itertools import permutations
from typing import Any

import pytest
from conftest import Asker, Heard
from playback import FakeSlurm

from slurmrest_inetd.accounting.association_changes import read_associations
from slurmrest_inetd.accounting.restoration import LEFT_OUT, sort_associations
from slurmrest_inetd.body.findings import Findings

SACCTMGR = ["sacctmgr", "--immediate"]
DOCUMENTS: dict[str, dict[str, Any]] = {
    "cluster": {"clusters": [{"name": "lab"}]},
    "qos": {"qos": [{"name": "normal", "id": 1, "description": ""}]},
    "tres": {"TRES": [{"type": "cpu", "name": ""}]},
    "tres WithDeleted": {"TRES": [{"type": "cpu", "name": ""}, {"type": "old", "name": ""}]},
}


def prepare(fake_slurm: FakeSlurm, version: int = 45) -> None:
    """A database with a cluster, a QOS and no accounts; whatever is written is done."""
    meta = {"slurm": {"cluster": "lab", "version": {"major": "26"}}}
    for words, payload in DOCUMENTS.items():
        document = {**payload, "meta": meta, "errors": [], "warnings": []}
        fake_slurm.say(["sacctmgr", f"--json=v0.0.{version}", "show", *words.split()], json.dumps(document).encode())
    for names, words in EMPTY.items():
        document = {names: [], "meta": meta, "errors": [], "warnings": []}
        for one in words:
            argv = ["sacctmgr", f"--json=v0.0.{version}", "show", *one]
            fake_slurm.say(argv, json.dumps(document).encode())
    fake_slurm.say("sacctmgr", b" Done\n")


# what is asked of names that are not there; names come in any order
ORDERS = [",".join(names) for names in permutations(("a", "sub"))]
EMPTY: dict[str, list[list[str]]] = {
    "accounts": [
        *(["account", f"Names={names}", *more] for names in (*ORDERS, "sub") for more in ([], ["WithCoordinators"])),
        ["account", "Names=ghost"],
    ],
    "users": [["user", "Names=u", "WithAssoc"], ["user", "Names=u"]],
    "associations": [["association", f"Accounts={names}"] for names in (*ORDERS, "ghost")],
}


def account(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "description": "d", "organization": "o", "associations": [{"id": 1}], "flags": [], **more}


def association(account: str, user: str = "", **more: Any) -> dict[str, Any]:
    return {
        "account": account,
        "user": user,
        "cluster": "lab",
        "partition": "",
        "id": 7,
        "lineage": "/x/",
        "accounting": [{"id": 7}],
        **more,
    }


BODY: dict[str, Any] = {
    "clusters": [
        {"name": "lab", "nodes": "n1", "rpc_version": 5},
        {"name": "new"},
        {"name": "gone", "flags": ["DELETED"]},
    ],
    "tres": [{"type": "cpu"}, {"type": "old"}, {"type": "gres", "name": "x"}],
    "accounts": [
        account("sub", coordinators=[{"name": "u", "direct": True}]),
        account("a"),
        account("g", flags=["DELETED"]),
    ],
    "users": [
        {
            "name": "u",
            "default": {"account": "a", "qos": 3},
            "coordinators": [{}],
            "associations": [{}],
            "flags": ["NONE"],
        }
    ],
    "qos": [{"name": "q", "id": 99}, {"name": "gone", "flags": ["DELETED"]}],
    "wckeys": [{"name": "w", "user": "u", "cluster": "new", "id": 3, "accounting": [{"id": 3}]}],
    "associations": [
        association("sub", "u", is_default=True, qos=["q"]),
        association("sub", parent_account="a"),
        association("a", max={"tres": {"total": [{"type": "cpu", "count": 3}]}}),
    ],
    "meta": {},
    "errors": [],
    "warnings": [],
}


def post(ask: Asker, body: Any, version: int = 45) -> Heard:
    return ask(f"/slurmdb/v0.0.{version}/config", "POST", body=json.dumps(body).encode())


def test_each_list_comes_after_those_that_it_names(ask: Asker, fake_slurm: FakeSlurm) -> None:
    prepare(fake_slurm)
    heard = post(ask, BODY)
    assert (heard.status, heard.document["errors"]) == (200, [])
    writes = [argv[2:] for argv in fake_slurm.argvs if argv[:2] == SACCTMGR]
    told = [
        " ".join((*write[:2], *(word for word in write if word.startswith(("Name", "Account="))))) for write in writes
    ]
    assert told == [
        "add cluster Name=new",
        "add qos Name=q",
        "add account Names=sub",
        "delete account Names=sub",
        "add account Names=a",
        "delete account Names=a",
        "add user Names=u",
        "delete user Names=u",
        "add account Names=a",
        "add account Names=sub",
        "add user Names=u Account=sub",
        "add coordinator Names=u Account=sub",
        "add user Names=u",
    ]
    sources = sorted(one["source"] for one in heard.document["warnings"])
    assert sources == ["#/accounts[2]/", "#/clusters[2]/", "#/qos[1]/", "#/tres[2]/", "#/wckeys[0]/cluster/"]


@pytest.mark.parametrize(
    ("body", "source"),
    [
        ({}, "#/"),
        ({"meta": {}, "qos": None}, "#/"),
        ([], "#/"),
        ({"qos": {}}, "#/qos/"),
        ({"clusters": ["x"]}, "#/clusters[0]/"),
        ({"qos": [{"name": "a", "priority": "x"}], "accounts": [account("new")]}, "#/qos[0]/priority/"),
        ({"clusters": [{"name": "UP"}], "qos": [{"name": "a"}]}, "#/clusters[0]/name/"),
        ({"qos": [{"name": "a"}], "associations": [association("ghost")]}, "#/associations[0]/account/"),
    ],
)
def test_nothing_is_made_of_a_document_that_is_wrong_somewhere(
    ask: Asker, fake_slurm: FakeSlurm, body: Any, source: str
) -> None:
    prepare(fake_slurm)
    heard = post(ask, body)
    assert heard.status == 422
    assert [one["source"] for one in heard.document["errors"]] == [source]
    assert [argv for argv in fake_slurm.argvs if argv[:2] == SACCTMGR] == []


def test_what_the_document_does_not_have_is_a_warning(ask: Asker, fake_slurm: FakeSlurm) -> None:
    prepare(fake_slurm, 44)
    heard = post(ask, {"qos": [], "instances": [{}], "nope": 1}, 44)
    assert heard.status == 200
    assert sorted(one["source"] for one in heard.document["warnings"]) == ["#/instances/", "#/nope/"]
    assert post(ask, {"qos": [], "instances": []}, 44).document["warnings"] == []


def test_parents_come_first_and_a_circle_ends() -> None:
    entries = [
        association("c", parent_account="b"),
        association("x", "u"),
        association("b", parent_account="a"),
        association("a"),
        association("r", parent_account="s"),
        association("s", parent_account="r"),
    ]
    wanted = read_associations([(f"#/associations[{i}]/", one) for i, one in enumerate(entries)], 45, Findings())
    assert [one.account for one in sort_associations(wanted)] == ["a", "b", "c", "r", "s", "x"]


def test_every_list_of_the_document_has_its_row() -> None:
    assert set(BODY) - {"meta", "errors", "warnings"} == set(LEFT_OUT)
