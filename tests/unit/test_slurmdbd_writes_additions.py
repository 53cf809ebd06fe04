"""POST accounts_association and users_association: one command, all or nothing."""

from typing import Any

import orjson
import pytest
from accounting_state import State, make_association
from conftest import Asker, Heard
from playback import FakeSlurm

from slurmrest_inetd.accounting.additions import tell_added

ACCOUNT_TEXT = b" Adding Account(s)\n  bio\n Settings\n  Description     = d\n Associations =\n  C = lab        A = bio                 \n Settings\n  GrpJobs       = 4\n"
USER_TEXT = b" Adding User(s)\n  eve\n Associations =\n  C = lab        A = phys                 U = eve      \n Non Default Settings\n  GrpJobs       = 4\n Wckey(s)\n  C = lab        W = w          U = eve      \n"


def post(ask: Asker, kind: str, condition: Any, **members: Any) -> Heard:
    body = {"association_condition": condition, **members}
    return ask(f"/slurmdb/v0.0.45/{kind}_association", "POST", body=orjson.dumps(body))


@pytest.fixture
def state(fake_slurm: FakeSlurm) -> State:
    state = (
        State(fake_slurm)
        .give("account", [], "Names=bio")
        .give("user", [], "Names=eve")
        .give("user", [], "Names=eve,mia")
    )
    return state.give("association", [make_association("phys")], "Accounts=phys")


def test_accounts_are_added_with_their_associations(ask: Asker, state: State) -> None:
    terms = [
        "Names=bio",
        "Description=Bio",
        "Organization=o",
        "Parent=phys",
        "Cluster=lab",
        "QosLevel=normal",
        "GrpJobs=4",
        "GrpTRES=cpu=3",
    ]
    state.answer(["add", "account", *terms], ACCOUNT_TEXT)
    record = {"parent": "phys", "grpjobs": 4, "grptres": [{"type": "cpu", "count": 3}], "qoslevel": ["normal"]}
    condition = {"accounts": ["bio", "bio"], "clusters": ["lab"], "association": record}
    heard = post(ask, "accounts", condition, account={"description": "Bio", "organization": "o"}, meta={})
    assert heard.status == 200
    assert heard.document["added_accounts"] == ACCOUNT_TEXT.decode().partition(" Settings\n  Grp")[0]
    assert [notice["source"] for notice in heard.document["warnings"]] == ["#/account/description/"]


def test_users_are_added_with_their_associations(ask: Asker, state: State) -> None:
    words = [
        "Names=eve,mia",
        "Account=phys",
        "Partition=debug",
        "WCKeys=w",
        "AdminLevel=Operator",
        "DefaultAccount=phys",
        "DefaultWCKey=w",
    ]
    state.answer(["add", "user", *words, "MaxJobs=3"], USER_TEXT).accept()
    condition = {"users": ["eve", "mia"], "accounts": ["phys"], "partitions": ["debug"], "wckeys": ["w"]}
    user = {"adminlevel": ["Operator"], "defaultaccount": "phys", "defaultwckey": "w"}
    heard = post(ask, "users", {**condition, "association": {"maxjobs": 3}}, user=user)
    assert heard.document["added_users"] == USER_TEXT.decode().replace(
        " Non Default Settings\n  GrpJobs       = 4\n", ""
    )
    assert state.changes[1:] == [["modify", "user", "where", "Names=eve,mia", "set", "DefaultAccount=phys"]]


def test_all_were_there(ask: Asker, state: State) -> None:
    state.fake.say("sacctmgr", b" Already existing account bio on cluster lab\n", status=1)
    assert post(ask, "accounts", {"accounts": ["bio"]}).status == 304
    assert post(ask, "users", {"users": ["eve"], "accounts": ["phys"]}, user={}).status == 304


def test_as_alice_it_is_forbidden(ask: Asker, state: State) -> None:
    said = b" error: Problem adding user associations: Access/permission denied (Only admins/operators/coordinators can add accounts)\n"
    state.fake.say("sacctmgr", stderr=said, status=1)
    for heard in (
        post(ask, "accounts", {"accounts": ["bio"]}),
        post(ask, "users", {"users": ["eve"], "accounts": ["phys"]}, user={}),
    ):
        assert (heard.status, heard.document["errors"][0]["error_number"]) == (403, 2002)


USERS = {"users": ["eve"], "accounts": ["phys"]}
# fmt: off
REFUSED: list[Any] = [
    ("accounts", {"accounts": []},                                    {},                        "association_condition/accounts/", 2162),
    ("accounts", None,                                                {},                        "association_condition/",          9200),
    ("accounts", {"accounts": ["a=b"]},                               {},                        "association_condition/accounts/", 9216),
    ("accounts", {"accounts": ["bio"], "clusters": ["it's"]},         {},                        "association_condition/clusters/", 9216),
    ("accounts", {"accounts": ["bio"], "association": {"grpjobs": "x"}}, {},                     "association_condition/association/grpjobs/", 9202),
    ("accounts", {"accounts": ["bio"]},                               {"account": 5},            "account/",                        9209),
    ("users",    USERS,                                               {},                        "user/",                           9200),
    ("users",    {**USERS, "users": ["a,b c[1-2]"]},                  {"user": {}},              "association_condition/users/",    9216),
    ("users",    {"accounts": ["phys"]},                              {"user": {}},              "association_condition/users/",    2162),
    ("users",    {**USERS, "partitions": ["a=b"]},                    {"user": {}},              "association_condition/partitions/", 9216),
]
UNKNOWN: list[Any] = [
    ("accounts", {"accounts": ["Bio"]},                               {},                        "association_condition/accounts/", 9216),
    ("accounts", {"accounts": ["bio"], "clusters": ["nosuch"]},       {},                        "association_condition/clusters/", 7104),
    ("accounts", {"accounts": ["bio"], "association": {"parent": "nosuch"}}, {},                 "association_condition/association/parent/", 2046),
    ("accounts", {"accounts": ["bio"], "association": {"parent": "a,b"}}, {},                    "association_condition/association/parent/", 2046),
    ("accounts", {"accounts": ["bio"], "association": {"defaultqos": "nosuch"}}, {},             "association_condition/association/defaultqos/", 2066),
    ("accounts", {"accounts": ["bio"]},                               {"account": {"description": '"'}}, "account/description/",   9216),
    ("users",    {"users": ["eve"]},                                  {"user": {}},              "association_condition/accounts/", 9000),
    ("users",    {**USERS, "accounts": ["nosuch"]},                   {"user": {}},              "association_condition/accounts/", 2045),
    ("users",    {**USERS, "clusters": ["far"]},                      {"user": {}},              "association_condition/accounts/", 2045),
    ("users",    {**USERS, "wckeys": ["W"]},                          {"user": {}},              "association_condition/wckeys/",   9216),
    ("users",    USERS,                                               {"user": {"defaultaccount": "chem"}}, "user/defaultaccount/", 2045),
    ("users",    USERS,                                               {"user": {"defaultwckey": "a=b"}}, "user/defaultwckey/",     9216),
]
# fmt: on


@pytest.mark.parametrize(("kind", "condition", "members", "place", "number"), REFUSED)
def test_what_cannot_be_carried_is_refused_before_anything_is_run(
    ask: Asker, fake_slurm: FakeSlurm, kind: str, condition: Any, members: dict[str, Any], place: str, number: int
) -> None:
    heard = post(ask, kind, condition, **members)
    assert heard.status == 422
    assert (f"#/{place}", number) in [(p["source"], p["error_number"]) for p in heard.document["errors"]]
    assert fake_slurm.calls == []


@pytest.mark.parametrize(("kind", "condition", "members", "place", "number"), UNKNOWN)
def test_what_accounting_does_not_know_is_refused_before_anything_is_changed(
    ask: Asker, state: State, kind: str, condition: Any, members: dict[str, Any], place: str, number: int
) -> None:
    state.give("account", [], "Names=Bio").give("association", [], "Accounts=nosuch")
    heard = post(ask, kind, condition, **members)
    assert heard.status == 422
    assert [(p["source"], p["error_number"]) for p in heard.document["errors"]] == [(f"#/{place}", number)]
    assert state.changes == []


def test_what_has_no_effect_is_told(ask: Asker, state: State) -> None:
    state.accept()
    condition = {**USERS, "partitions": ["Debug"], "association": {"parent": "phys"}, "odd": 1}
    heard = post(ask, "users", condition, user={"defaultqos": 1})
    assert heard.status == 200
    places = [
        "association_condition/odd/",
        "user/defaultqos/",
        "association_condition/association/parent/",
        "association_condition/partitions/",
    ]
    assert [notice["source"] for notice in heard.document["warnings"]] == [f"#/{place}" for place in places]


def test_what_22_05_added_is_told_without_limits() -> None:
    added = " Adding User(s)\n  d2u\n Settings =\n  Admin Level     = Operator\n Associations =\n  U = d2u       A = d2a\n WCKeys =\n  U = d2u\n"
    assert tell_added(f"{added} Non Default Settings\n  Fairshare     = 5\n") == added
    added = (
        " Adding Account(s)\n  d2a\n Settings\n  Description     = x\n Associations\n  A = d2a        C = lab       \n"
    )
    assert tell_added(f"{added} Settings\n  GrpJobs       = 3\n  Parent        = phys\n") == added
