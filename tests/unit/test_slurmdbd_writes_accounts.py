"""POST accounts, DELETE account: what sacctmgr is asked, and what is refused before it is asked anything."""

from typing import Any

import orjson
import pytest
from accounting_state import State
from conftest import Asker, Heard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playback import FakeSlurm

PATH = "/slurmdb/v0.0.45/accounts"
PHYS = {"name": "phys", "description": "physics", "organization": "sci"}
NEW = ["add", "account", "Names=phys", "Description=physics", "Organization=sci", "Cluster=lab"]
ALONE = ["delete", "account", "where", "Names=phys", "Cluster=lab"]


def post(ask: Asker, *accounts: Any, path: str = PATH) -> Heard:
    return ask(path, "POST", body=orjson.dumps({"accounts": list(accounts)}))


@pytest.fixture
def state(fake_slurm: FakeSlurm) -> State:
    return State(fake_slurm).give("user", [{"name": "bob"}], "Names=bob")


def test_a_new_account_is_left_without_associations(ask: Asker, state: State) -> None:
    state.give("account", [], "Names=phys", "WithCoordinators").accept()
    heard = post(ask, {**PHYS, "coordinators": [{"name": "bob"}], "flags": ["UsersAreCoords"]})
    assert (heard.status, heard.document["warnings"]) == (200, [])
    assert state.changes == [
        [*NEW[:-1], "Flags=UsersAreCoords", "Cluster=lab"],
        ALONE,
        ["add", "coordinator", "Names=bob", "Account=phys"],
    ]


# fmt: off
CHANGED: list[Any] = [
    ({},                                                        []),
    ({"description": "Physics"},                                []),
    ({"description": "new"},                                    [["modify", "account", "where", "Names=phys", "set", "Description=new"]]),
    ({"organization": "", "flags": ["UsersAreCoords"]},         [["modify", "account", "where", "Names=phys", "set", "Organization=", "Flags=UsersAreCoords"]]),
    ({"flags": ["NoUsersAreCoords", "DELETED"]},                []),
    ({"coordinators": []},                                      [["delete", "coordinator", "where", "Names=carol", "Account=phys"]]),
    ({"coordinators": [{"name": "bob"}, {"name": "x", "direct": False}]}, [["add", "coordinator", "Names=bob", "Account=phys"], ["delete", "coordinator", "where", "Names=carol", "Account=phys"]]),
]
# fmt: on


@pytest.mark.parametrize(("members", "changes"), CHANGED)
def test_what_is_there_is_changed(ask: Asker, state: State, members: dict[str, Any], changes: list[list[str]]) -> None:
    coordinators = [{"name": "carol", "direct": True}, {"name": "dave", "direct": False}]
    state.give(
        "account", [{**PHYS, "coordinators": coordinators, "flags": []}], "Names=phys", "WithCoordinators"
    ).accept()
    heard = post(ask, {**PHYS, **members})
    assert heard.status == 200
    assert state.changes == changes


# fmt: off
WARNED: list[Any] = [
    ({"description": "Physics"},            "#/accounts[0]/description/", "lower case"),
    ({"flags": ["DELETED"]},                "#/accounts[0]/flags/",       "DELETED"),
    ({"associations": [{"user": ""}]},      "#/accounts[0]/associations/", "POST associations"),
    ({"colour": 1},                         "#/accounts[0]/colour/",      "unknown field"),
]
REFUSED: list[Any] = [
    ({"name": None},                        "name/",         9200),
    ({"description": None},                 "description/",  9200),
    ({"name": ""},                          "name/",         9216),
    ({"name": "a,b"},                       "name/",         9216),
    ({"name": "-i"},                        "name/",         9216),
    ({"name": "a\nb"},                      "name/",         9216),
    ({"name": {}},                          "name/",         9202),
    ({"organization": ["x"]},               "organization/", 9202),
    ({"coordinators": [{}]},                "coordinators/", 9216),
    ({"coordinators": "bob"},               "coordinators/", 9208),
    ({"coordinators": [{"name": "a=b"}]},   "coordinators/", 9216),
    ({"flags": ["NOPE"]},                   "flags/",        9207),
    ({"flags": ["UsersAreCoords", "NoUsersAreCoords"]}, "flags/", 9216),
]
# fmt: on


@pytest.mark.parametrize(("members", "source", "text"), WARNED)
def test_what_has_no_effect_is_told(ask: Asker, state: State, members: dict[str, Any], source: str, text: str) -> None:
    state.give("account", [{**PHYS, "flags": []}], "Names=phys", "WithCoordinators").accept()
    heard = post(ask, {**PHYS, **members})
    assert heard.status == 200
    (notice,) = heard.document["warnings"]
    assert (notice["source"], text in notice["description"]) == (source, True)


@pytest.mark.parametrize(("members", "place", "number"), REFUSED)
def test_what_cannot_be_carried_is_refused_before_anything_is_run(
    ask: Asker, fake_slurm: FakeSlurm, members: dict[str, Any], place: str, number: int
) -> None:
    heard = post(ask, {**PHYS, "name": "chem"}, {**PHYS, **members})
    assert heard.status == 422
    assert [(p["source"], p["error_number"]) for p in heard.document["errors"]] == [(f"#/accounts[1]/{place}", number)]
    assert fake_slurm.calls == []


@pytest.mark.parametrize("text", ["it's", " a", "a\n "])
def test_a_description_that_cannot_be_carried_is_left_where_it_is(ask: Asker, state: State, text: str) -> None:
    there = [{**PHYS, "description": text, "flags": []}]
    state.give("account", there, "Names=phys", "WithCoordinators").accept()
    heard = post(ask, {**PHYS, "description": text})
    assert (heard.status, heard.document["warnings"], state.changes) == (200, [], [])
    heard = post(ask, {**PHYS, "organization": "it's"})
    assert heard.status == 422
    (problem,) = heard.document["errors"]
    assert (problem["source"], problem["error_number"]) == ("#/accounts[0]/organization/", 9216)
    assert state.changes == []


@pytest.mark.parametrize("member", ["description", "organization"])
def test_an_account_with_a_text_that_cannot_be_carried_is_not_added(ask: Asker, state: State, member: str) -> None:
    state.give("account", [], "Names=chem,phys", "WithCoordinators").accept()
    heard = post(ask, {**PHYS, "name": "chem"}, {**PHYS, member: "it's"})
    assert heard.status == 422
    assert [(p["source"], p["error_number"]) for p in heard.document["errors"]] == [(f"#/accounts[1]/{member}/", 9216)]
    assert state.changes == []


def test_what_accounting_does_not_know_is_refused_before_anything_is_changed(ask: Asker, state: State) -> None:
    state.give("account", [], "Names=Phys", "WithCoordinators").give("user", [], "Names=zoe").accept()
    heard = post(ask, {**PHYS, "name": "Phys", "coordinators": [{"name": "zoe"}]})
    assert heard.status == 422
    assert [(p["source"], p["error_number"]) for p in heard.document["errors"]] == [
        ("#/accounts[0]/coordinators/", 2010),
        ("#/accounts[0]/name/", 9216),
    ]
    assert state.changes == []


@pytest.mark.parametrize(
    ("body", "source", "number"),
    [
        (b"{}", "#/accounts/", 9200),
        (b'{"accounts":[]}', "#/accounts/", 2162),
        (b'{"accounts":{}}', "#/accounts/", 9208),
        (b"[]", "#/", 9209),
    ],
)
def test_an_empty_list_is_not_all(ask: Asker, fake_slurm: FakeSlurm, body: bytes, source: str, number: int) -> None:
    heard = ask(PATH, "POST", body=body)
    assert (heard.status, heard.document["errors"][0]["source"]) == (422, source)
    assert heard.document["errors"][0]["error_number"] == number
    assert fake_slurm.calls == []


def test_other_members_of_the_body(ask: Asker, state: State) -> None:
    state.give("account", [PHYS], "Names=phys", "WithCoordinators")
    heard = ask(PATH, "POST", body=orjson.dumps({"accounts": [PHYS], "meta": {}, "errors": [], "odd": 1}))
    assert [notice["source"] for notice in heard.document["warnings"]] == ["#/odd/"]


def test_of_three_the_second_fails(ask: Asker, state: State) -> None:
    names = ("chem", "phys", "bio")
    state.give("account", [], "Names=bio,chem,phys", "WithCoordinators")
    state.answer(NEW, stderr=b" error: Problem: Invalid parent account specified\n", status=1).accept()
    heard = post(ask, *({**PHYS, "name": name} for name in names))
    assert heard.status == 422
    assert [(p["source"], p["error_number"]) for p in heard.document["errors"]] == [
        ("#/accounts[1]/", 2046),
        ("#/accounts[2]/", -1),
    ]
    assert heard.document["warnings"] == [
        {"description": "account chem was added and left without associations", "source": "#/accounts[0]/"}
    ]


def test_as_alice_it_is_forbidden(ask: Asker, state: State) -> None:
    state.give("account", [], "Names=phys", "WithCoordinators")
    state.answer(NEW, stderr=b" error: Only admins/operators/coordinators can add accounts\n", status=1)
    heard = post(ask, PHYS)
    assert (heard.status, heard.document["errors"][0]["error_number"]) == (403, 2002)


DELETE = ["delete", "account", "where", "Names=phys"]
DEFAULT = b" Error with request: You can not remove the default account of a user\n  C = lab   A = phys  U = bob\n"


def test_a_deleted_account_is_listed_and_one_that_is_not_there_is_304(ask: Asker, state: State) -> None:
    state.answer(DELETE, b" Deleting accounts...\n  phys\n")
    heard = ask("/slurmdb/v0.0.45/account/phys", "DELETE")
    assert (heard.status, heard.document["removed_accounts"]) == (200, ["phys"])
    state.answer(["delete", "account", "where", "Names=nosuch"], b" Nothing deleted\n", status=1)
    assert ask("/slurmdb/v0.0.45/account/nosuch", "DELETE").status == 304


def test_a_users_default_account_is_kept(ask: Asker, state: State) -> None:
    state.answer(DELETE, stderr=DEFAULT, status=1)
    heard = ask("/slurmdb/v0.0.45/account/phys", "DELETE")
    assert heard.document["removed_accounts"] == []
    assert heard.document["errors"][0]["error_number"] == 7009


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(st.sampled_from("ab ,='\"+-[]\\\n\tA%"), min_size=1, max_size=6))
def test_a_name_in_the_path_is_one_name_or_refused(ask: Asker, fake_slurm: FakeSlurm, name: str) -> None:
    from urllib.parse import quote

    if not fake_slurm.calls:
        fake_slurm.say("sacctmgr", b"  x\n")
    before = len(fake_slurm.calls)
    heard = ask(f"/slurmdb/v0.0.45/account/{quote(name, safe='')}", "DELETE")
    if heard.status == 422:
        assert len(fake_slurm.calls) == before
    else:
        assert fake_slurm.argvs[-1] == ["sacctmgr", "--immediate", "delete", "account", "where", f"Names={name}"]
        assert not set(name) & set(",='\"[]\\\n\t")
