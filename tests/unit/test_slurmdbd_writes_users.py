"""POST and DELETE of users and wckeys, and what is refused before anything is run."""

from typing import Any

import orjson
import pytest
from accounting_state import State
from conftest import Asker, Heard
from playback import FakeSlurm

WHERE = ["modify", "user", "where", "Names=bob", "set"]
PASSING = "WCKeys=slurmrest-inetd-passing"
BOB = {"name": "bob", "administrator_level": ["None"], "default": {"account": "phys", "wckey": "old"}}
THERE = {**BOB, "associations": [{"account": "phys"}, {"account": "chem"}]}
KEY = {"name": "k", "user": "bob", "cluster": "lab"}


def post(ask: Asker, *users: Any, member: str = "users") -> Heard:
    return ask(f"/slurmdb/v0.0.45/{member}", "POST", body=orjson.dumps({member: users}))


@pytest.fixture
def state(fake_slurm: FakeSlurm) -> State:
    return State(fake_slurm)


# fmt: off
NEW: list[Any] = [
    ({},                                    [["add", "user", "Names=bob", PASSING, "Cluster=lab"], ["delete", "user", "where", "Names=bob", PASSING, "Cluster=lab"]]),
    ({"administrator_level": ["Operator"], "default": {"wckey": "w"}}, [["add", "user", "Names=bob", "AdminLevel=Operator", "WCKeys=w", "DefaultWCKey=w", "Cluster=lab"]]),
    ({"default": {"wckey": "w"}, "wckeys": [{"name": "k", "cluster": "lab"}]}, [["add", "user", "Names=bob", "WCKeys=w", "DefaultWCKey=w", "Cluster=lab"], ["add", "user", "Names=bob", "WCKeys=k", "Cluster=lab", "DefaultWCKey=w"]]),
]
CHANGED: list[Any] = [
    ({},                                    []),
    ({"administrator_level": ["Not Set"], "default": {"account": "Phys", "wckey": ""}}, []),
    ({"administrator_level": ["Administrator"]}, [[*WHERE, "AdminLevel=Administrator"]]),
    ({"default": {"account": "chem"}},      [[*WHERE, "DefaultAccount=chem"]]),
    ({"default": {"wckey": "k"}, "wckeys": [KEY]}, [["add", "user", "Names=bob", "WCKeys=k", "Cluster=lab", "DefaultWCKey=old"], [*WHERE, "DefaultWCKey=k"]]),
]
WARNED: list[Any] = [
    ({"associations": [{"user": "bob"}]},   "associations/"),
    ({"coordinators": [{"name": "phys"}]},  "coordinators/"),
    ({"flags": ["DELETED"]},                "flags/"),
    ({"default": {"qos": 1}},               "default/qos/"),
    ({"wckeys": [{**KEY, "cluster": "far"}]}, "wckeys[0]/cluster/"),
]
REFUSED: list[Any] = [
    ({"name": None},                        "name/",                9200),
    ({"name": "b,c"},                       "name/",                9216),
    ({"old_name": "b=c"},                   "old_name/",            9216),
    ({"administrator_level": ["NOPE"]},     "administrator_level/", 9207),
    ({"administrator_level": ["Operator", "None"]}, "administrator_level/", 9216),
    ({"default": {"account": "a'b"}},       "default/account/",     9216),
    ({"default": []},                       "default/",             9209),
    ({"wckeys": [5]},                       "wckeys[0]/",           9209),
    ({"wckeys": [{"name": "k"}]},           "wckeys[0]/cluster/",   9200),
    ({"wckeys": [{**KEY, "user": "eve"}]},  "wckeys[0]/user/",      2010),
]
# fmt: on


@pytest.mark.parametrize(("members", "changes"), NEW)
def test_a_new_user_is_left_without_associations(
    ask: Asker, state: State, members: dict[str, Any], changes: Any
) -> None:
    state.give("user", [], "Names=bob", "WithAssoc").accept()
    heard = post(ask, {"name": "bob", **members})
    assert (heard.status, heard.document["warnings"]) == (200, [])
    assert state.changes == changes


def test_of_several_wckeys_of_a_new_user_the_first_is_the_default(ask: Asker, state: State) -> None:
    state.give("user", [], "Names=bob", "WithAssoc").accept()
    post(ask, {"name": "bob", "wckeys": [KEY, {**KEY, "name": "l"}]})
    assert [argv[3:] for argv in state.changes[2:]] == [
        ["WCKeys=k", "Cluster=lab"],
        ["WCKeys=l", "Cluster=lab", "DefaultWCKey=k"],
    ]


@pytest.mark.parametrize(("members", "changes"), CHANGED)
def test_what_is_there_is_changed(ask: Asker, state: State, members: dict[str, Any], changes: Any) -> None:
    state.give("user", [THERE], "Names=bob", "WithAssoc").accept()
    heard = post(ask, {"name": "bob", **members})
    assert (heard.status, heard.document["warnings"]) == (200, [])
    assert state.changes == changes


@pytest.mark.parametrize(("members", "place"), WARNED)
def test_what_has_no_effect_is_told(ask: Asker, state: State, members: dict[str, Any], place: str) -> None:
    state.give("user", [THERE], "Names=bob", "WithAssoc").accept()
    heard = post(ask, {**BOB, **members})
    assert heard.status == 200
    assert [notice["source"] for notice in heard.document["warnings"]] == [f"#/users[0]/{place}"]


@pytest.mark.parametrize(("members", "place", "number"), REFUSED)
def test_what_cannot_be_carried_is_refused_before_anything_is_run(
    ask: Asker, fake_slurm: FakeSlurm, members: dict[str, Any], place: str, number: int
) -> None:
    heard = post(ask, {"name": "carol"}, {"name": "bob", **members})
    assert heard.status == 422
    assert [(p["source"], p["error_number"]) for p in heard.document["errors"]] == [(f"#/users[1]/{place}", number)]
    assert fake_slurm.calls == []


def test_a_user_gets_another_name(ask: Asker, state: State) -> None:
    state.give("user", [THERE], "Names=bob,rob", "WithAssoc").accept()
    assert post(ask, {"name": "rob", "old_name": "bob"}).status == 200
    assert state.changes == [[*WHERE, "NewName=rob"]]


@pytest.mark.parametrize(("there", "number"), [([], 2010), ([THERE, {"name": "rob"}], 9210)])
def test_a_name_that_is_not_there_or_taken(ask: Asker, state: State, there: list[Any], number: int) -> None:
    state.give("user", there, "Names=bob,rob", "WithAssoc")
    heard = post(ask, {"name": "rob", "old_name": "bob"})
    problem = heard.document["errors"][0]
    assert (problem["source"], problem["error_number"]) == ("#/users[0]/old_name/", number)
    assert state.changes == []


def test_a_new_name_is_in_lower_case_and_a_new_user_has_no_default_account(ask: Asker, state: State) -> None:
    state.give("user", [THERE], "Names=Bob,Rob", "WithAssoc").give("user", [], "Names=Eve", "WithAssoc")
    assert post(ask, {"name": "Rob", "old_name": "Bob"}).document["errors"][0]["source"] == "#/users[0]/name/"
    heard = post(ask, {"name": "Eve", "default": {"account": "phys"}})
    assert heard.document["errors"][0]["source"] == "#/users[0]/name/"
    assert heard.document["warnings"][0]["source"] == "#/users[0]/default/account/"


def test_an_account_that_is_not_the_users_is_no_default(ask: Asker, state: State) -> None:
    state.give("user", [THERE], "Names=bob", "WithAssoc")
    heard = post(ask, {"name": "bob", "default": {"account": "bio"}})
    assert (heard.status, heard.document["errors"][0]["error_number"]) == (422, 2045)


def test_a_wckey_that_is_not_the_users_is_no_default(ask: Asker, state: State) -> None:
    state.give("user", [THERE], "Names=bob", "WithAssoc")
    said = b" Modified users...\n Can't modify because these users aren't associated with new default wckey 'w'...\n  U = bob C = lab\n"
    state.answer([*WHERE, "DefaultWCKey=w"], said, status=1)
    heard = post(ask, {"name": "bob", "default": {"wckey": "w"}})
    assert (heard.status, heard.document["errors"][0]["error_number"]) == (422, 2057)


def test_a_deleted_user_is_listed(ask: Asker, state: State) -> None:
    state.answer(["delete", "user", "where", "Names=bob"], b" Deleting users...\n  bob\n")
    heard = ask("/slurmdb/v0.0.45/user/bob", "DELETE")
    assert (heard.status, heard.document["removed_users"]) == (200, ["bob"])


def test_wckeys_are_added_and_the_default_stays(ask: Asker, state: State) -> None:
    users = [{"name": "bob", "default": {"wckey": ""}}, {"name": "eve", "default": {"wckey": "old"}}]
    state.give("user", users, "Names=bob,eve")
    state.answer(["add", "user", "Names=bob", "WCKeys=k", "Cluster=lab"], b" Nothing added\n", status=1).accept()
    heard = post(ask, KEY, {**KEY, "name": "l"}, {**KEY, "user": "eve"}, {**KEY, "cluster": "far"}, member="wckeys")
    assert heard.status == 200
    assert [notice["source"] for notice in heard.document["warnings"]] == ["#/wckeys[3]/cluster/"]
    assert state.changes == [
        ["add", "user", "Names=bob", "WCKeys=k", "Cluster=lab"],
        ["add", "user", "Names=bob", "WCKeys=l", "Cluster=lab", "DefaultWCKey=k"],
        ["add", "user", "Names=eve", "WCKeys=k", "Cluster=lab", "DefaultWCKey=old"],
        ["add", "user", "Names=bob", "WCKeys=k", "Cluster=far"],
    ]


# fmt: off
WCKEYS_REFUSED: list[Any] = [
    ({"name": None},        "name/",    9200),
    ({"user": None},        "user/",    9200),
    ({"cluster": ""},       "cluster/", 9216),
    ({"name": "a,b"},       "name/",    9216),
    ({"name": "K"},         "name/",    9216),
    ({"user": "nosuch"},    "user/",    2010),
    ({"cluster": "nosuch"}, "cluster/", 7104),
]
# fmt: on


@pytest.mark.parametrize(("members", "place", "number"), WCKEYS_REFUSED)
def test_no_wckey_is_added_beside_one_that_is_refused(
    ask: Asker, state: State, members: dict[str, Any], place: str, number: int
) -> None:
    state.give("user", [THERE], "Names=bob").give("user", [THERE], "Names=bob,nosuch")
    heard = post(ask, KEY, {**KEY, **members}, member="wckeys")
    assert heard.status == 422
    assert [(p["source"], p["error_number"]) for p in heard.document["errors"]] == [(f"#/wckeys[1]/{place}", number)]
    assert state.changes == []


def test_the_query_of_wckeys_chooses_nothing(ask: Asker, fake_slurm: FakeSlurm) -> None:
    heard = ask("/slurmdb/v0.0.45/wckeys?cluster=lab", "POST", body=orjson.dumps({"wckeys": [KEY]}))
    assert (heard.status, fake_slurm.calls) == (400, [])


def test_deleted_wckeys_are_listed_and_none_is_a_warning(ask: Asker, state: State) -> None:
    line = "C = lab        W = k                    U = bob      "
    state.answer(["delete", "user", "where", "WCKeys=k"], f" Deleting user WCKeys...\n  {line}\n".encode())
    assert ask("/slurmdb/v0.0.45/wckey/k", "DELETE").document["deleted_wckeys"] == [line]
    state.answer(["delete", "user", "where", "WCKeys=99"], b" Nothing deleted\n", status=1)
    heard = ask("/slurmdb/v0.0.45/wckey/99", "DELETE")
    assert (heard.status, heard.document["deleted_wckeys"]) == (200, [])
    assert heard.document["warnings"][0]["description"] == "slurmdb_wckeys_remove() found nothing"
