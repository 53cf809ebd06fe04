"""POST and DELETE of associations: which commands they become, and what is refused before any of them is run."""

from typing import Any

import orjson
import pytest
from accounting_state import State, make_association
from conftest import Asker, Heard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playback import FakeSlurm

PATH = "/slurmdb/v0.0.45/associations"
ALICE = {"account": "phys", "user": "alice", "cluster": "lab"}
OWN = {"account": "phys", "user": "", "cluster": "lab"}
THERE = ["modify", "user", "where", "Names=alice", "Account=phys", "Cluster=lab", "Partition=", "set"]
GPU = {"type": "gres", "name": "gpu"}


def post(ask: Asker, *associations: Any, version: int = 45) -> Heard:
    return ask(f"/slurmdb/v0.0.{version}/associations", "POST", body=orjson.dumps({"associations": associations}))


@pytest.fixture
def state(fake_slurm: FakeSlurm) -> State:
    return State(fake_slurm).give_account().give("user", [{"name": "alice"}], "Names=alice")


def give_associations(state: State, *entries: dict[str, Any], accounts: str = "phys") -> State:
    """Let these be the associations of the accounts."""
    state.give("association", list(entries), f"Accounts={accounts}", "Users=alice")
    return state.give("association", list(entries), f"Accounts={accounts}")


def number(value: int) -> dict[str, Any]:
    return {"set": True, "infinite": False, "number": value}


# every property, and the term that it becomes
# fmt: off
TERMS: list[Any] = [
    ({"comment": "hey"},                                             ["Comment=hey"]),
    ({"default": {"qos": "normal"}},                                 ["DefaultQOS=normal"]),
    ({"default": {"qos": ""}, "qos": []},                            []),
    ({"qos": ["normal", "HIGH"]},                                    ["QosLevel=normal,HIGH"]),
    ({"shares_raw": 0},                                              ["Fairshare=0"]),
    ({"shares_raw": -1},                                             []),
    ({"priority": number(3)},                                        ["Priority=3"]),
    ({"min": {"priority_threshold": 4}},                             ["MinPrioThresh=4"]),
    ({"max": {"jobs": {"per": {"count": number(1)}}}},               ["GrpJobs=1"]),
    ({"max": {"jobs": {"per": {"accruing": number(1)}}}},            ["GrpJobsAccrue=1"]),
    ({"max": {"jobs": {"per": {"submitted": number(1)}}}},           ["GrpSubmitJobs=1"]),
    ({"max": {"jobs": {"per": {"wall_clock": number(90)}}}},         ["MaxWallDurationPerJob=90"]),
    ({"max": {"jobs": {"active": {"infinite": True}}}},              ["MaxJobs=-1"]),
    ({"max": {"jobs": {"accruing": -1}}},                            ["MaxJobsAccrue=-1"]),
    ({"max": {"jobs": {"total": {"set": False}}}},                   []),
    ({"max": {"jobs": {"total": 5}}},                                ["MaxSubmitJobs=5"]),
    ({"max": {"per": {"account": {"wall_clock": -1}}}},              ["GrpWall=-1"]),
    ({"max": {"tres": {"total": [{**GPU, "count": 2}]}}},            ["GrpTRES=gres/gpu=2"]),
    ({"max": {"tres": {"group": {"minutes": [{"type": "cpu", "count": 2}]}}}}, ["GrpTRESMins=cpu=2"]),
    ({"max": {"tres": {"group": {"active": [{"type": "CPU", "count": 2}]}}}}, ["GrpTRESRunMins=cpu=2"]),
    ({"max": {"tres": {"minutes": {"total": [{"id": 2, "count": 2}]}}}}, ["MaxTRESRunMins=2=2"]),
    ({"max": {"tres": {"minutes": {"per": {"job": [{"type": "cpu", "count": 2}]}}}}}, ["MaxTRESMinsPerJob=cpu=2"]),
    ({"max": {"tres": {"per": {"job": [{"type": "cpu", "count": -1}]}}}}, ["MaxTRESPerJob=cpu=-1"]),
    ({"max": {"tres": {"per": {"node": [{"type": "cpu", "count": 0}]}}}}, ["MaxTRESPerNode=cpu=0"]),
    ({"max": {"tres": {"total": []}}},                               []),
]
# fmt: on


@pytest.mark.parametrize(("members", "terms"), TERMS)
def test_each_property_is_one_term(ask: Asker, state: State, members: dict[str, Any], terms: list[str]) -> None:
    give_associations(state, make_association("phys"), make_association("phys", "alice")).accept()
    heard = post(ask, {**ALICE, **members})
    assert state.changes == ([[*THERE, *terms]] if terms else [])
    assert heard.status == (200 if terms else 304)


def test_a_list_of_tres_replaces_the_one_that_is_there(ask: Asker, state: State) -> None:
    limits = {"tres": {"total": [{"type": "cpu", "name": "", "id": 1, "count": 3}, {**GPU, "id": 1001, "count": 1}]}}
    give_associations(state, make_association("phys"), make_association("phys", "alice", max=limits)).accept()
    post(ask, {**ALICE, "max": {"tres": {"total": [{"type": "mem", "count": 5}, {"id": 1, "count": 4}]}}})
    assert state.changes == [[*THERE, "GrpTRES=gres/gpu=-1,mem=5,1=4"]]


def test_what_is_not_there_is_added(ask: Asker, state: State) -> None:
    give_associations(state, make_association("phys")).accept()
    members = {"partition": "debug", "is_default": True, "parent_account": "phys", "shares_raw": 2}
    assert post(ask, {**ALICE, **members}).document["warnings"] == []
    words = ["Names=alice", "Account=phys", "Cluster=lab", "Partition=debug", "Fairshare=2", "DefaultAccount=phys"]
    assert state.changes == [["add", "user", *words]]


def test_an_account_may_stand_before_its_users_and_a_second_entry_changes_the_first(ask: Asker, state: State) -> None:
    give_associations(state, make_association("chem"), accounts="chem,phys").accept()
    heard = post(ask, {**OWN, "parent_account": "chem"}, ALICE, {**ALICE, "shares_raw": 3})
    assert heard.status == 200
    assert state.changes == [
        ["add", "account", "Names=phys", "Cluster=lab", "Parent=chem"],
        ["add", "user", "Names=alice", "Account=phys", "Cluster=lab"],
        [*THERE, "Fairshare=3"],
    ]


def test_a_default_and_a_parent_are_changed_when_they_are_others(ask: Asker, state: State) -> None:
    own = make_association("phys", parent_account="root")
    give_associations(state, own, make_association("phys", "alice"), make_association("root"), accounts="Root,phys")
    state.accept()
    assert post(ask, {**OWN, "parent_account": "Root"}, {**ALICE, "is_default": True}).status == 200
    assert state.changes == [
        ["modify", "user", "where", "Names=alice", "Cluster=lab", "set", "DefaultAccount=phys"],
    ]


# fmt: off
WARNED: list[Any] = [
    ({"is_default": False},                      "is_default/"),
    ({"parent_account": "chem"},                 "parent_account/"),
    ({"flags": ["NoUpdate"]},                    "flags/"),
    ({"accounting": [{"id": 1}]},                "accounting/"),
    ({"lineage": "/other/"},                     "lineage/"),
    ({"comment": "Hey"},                         "comment/"),
    ({"max": {"odd": {"x": 1}}},                 "max/odd/x/"),
]
REFUSED: list[Any] = [
    ({"account": ""},                            "account/",        9216),
    ({"cluster": None},                          "cluster/",        9216),
    ({"user": None},                             "user/",           9200),
    ({"user": "a,b"},                            "user/",           9216),
    ({"partition": "a=b"},                       "partition/",      9216),
    ({"shares_raw": "x"},                        "shares_raw/",     9202),
    ({"max": 5},                                 "max/",            9209),
    ({"max": {"jobs": {"total": "abc"}}},        "max/jobs/total/", 9202),
    ({"max": {"jobs": {"total": 2**31}}},        "max/jobs/total/", 9202),
    ({"max": {"tres": {"total": "cpu=3"}}},      "max/tres/total/", 9208),
    ({"max": {"tres": {"total": [{"type": "cpu"}]}}},  "max/tres/total/", 9202),
    ({"max": {"tres": {"total": [{"type": "cpu=1,mem", "count": 1}]}}}, "max/tres/total/", 9216),
    ({"max": {"tres": {"total": [{"count": 1}]}}}, "max/tres/total/", 9216),
]
UNKNOWN: list[Any] = [
    ({"comment": '"'},                           "comment/",        9216),
    ({"cluster": "nosuch"},                      "cluster/",        7104),
    ({"account": "nosuch"},                      "account/",        2045),
    ({"user": "nosuch"},                         "user/",           2010),
    ({"qos": ["nosuch"]},                        "qos/",            2066),
    ({"default": {"qos": "nosuch"}},             "default/qos/",    2066),
    ({"max": {"tres": {"total": [{"type": "nosuch", "count": 1}]}}}, "max/tres/total/", 2115),
    ({"user": "", "parent_account": "nosuch"},   "parent_account/", 2046),
    ({"user": "", "parent_account": "phys"},     "parent_account/", 2046),
    ({"user": "", "parent_account": "a,b"},      "parent_account/", 2046),
    ({"id": 77},                                 "id/",             2167),
    ({"cluster": "far"},                         "account/",        2045),
]
# fmt: on


@pytest.mark.parametrize(("members", "place"), WARNED)
def test_what_has_no_effect_is_told(ask: Asker, state: State, members: dict[str, Any], place: str) -> None:
    alice = make_association("phys", "alice", is_default=True, lineage="/phys/0-alice/")
    accounts = "chem,phys" if "parent_account" in members else "phys"
    give_associations(state, make_association("phys"), alice, accounts=accounts).accept()
    heard = post(ask, {**ALICE, "shares_raw": 1, **members})
    assert heard.status == 200
    assert [notice["source"] for notice in heard.document["warnings"]] == [f"#/associations[0]/{place}"]


@pytest.mark.parametrize(("members", "place", "code"), REFUSED)
def test_what_cannot_be_carried_is_refused_before_anything_is_run(
    ask: Asker, fake_slurm: FakeSlurm, members: dict[str, Any], place: str, code: int
) -> None:
    heard = post(ask, ALICE, {**ALICE, **members})
    assert heard.status == 422
    assert {"source": f"#/associations[1]/{place}", "error_number": code}.items() <= heard.document["errors"][0].items()
    assert fake_slurm.calls == []


@pytest.mark.parametrize(("members", "place", "code"), UNKNOWN)
def test_what_accounting_does_not_know_is_refused_before_anything_is_changed(
    ask: Asker, fake_slurm: FakeSlurm, members: dict[str, Any], place: str, code: int
) -> None:
    wanted = {**ALICE, **members}
    state = State(fake_slurm)
    for names in ("phys", "nosuch"):
        state.give("account", [{"name": "phys"}] if names == "phys" else [], f"Names={names}")
    for name in ("alice", "nosuch"):
        state.give("user", [{"name": "alice"}] if name == "alice" else [], f"Names={name}")
    there = [make_association("phys"), make_association("phys", "alice", id=5)]
    for accounts in ("phys", "nosuch", "nosuch,phys"):
        state.give("association", there, f"Accounts={accounts}")
        for user in ("alice", "nosuch"):
            state.give("association", there, f"Accounts={accounts}", f"Users={user}")
    heard = post(ask, wanted)
    assert heard.status == 422
    assert [(p["source"], p["error_number"]) for p in heard.document["errors"]] == [
        (f"#/associations[0]/{place}", code)
    ]
    assert state.changes == []


def test_an_id_of_its_own_is_no_mistake(ask: Asker, fake_slurm: FakeSlurm) -> None:
    state = State(fake_slurm, 40).give_account().give("user", [{"name": "alice"}], "Names=alice")
    alice = make_association("phys", "alice", id={"id": 5, "account": "phys"})
    give_associations(state, make_association("phys"), alice)
    assert post(ask, {**ALICE, "id": {"id": 5, "user": "alice"}}, version=40).status == 304


def test_root_has_no_parent(ask: Asker, fake_slurm: FakeSlurm) -> None:
    state = State(fake_slurm).give_account("root")
    state.give("association", [make_association("root"), make_association("phys")], "Accounts=phys,root")
    heard = post(ask, {**OWN, "account": "root", "parent_account": "phys"})
    assert heard.document["errors"][0]["source"] == "#/associations[0]/parent_account/"


def test_what_slurmdbd_does_not_change_is_not_called_changed(ask: Asker, state: State) -> None:
    give_associations(state, make_association("phys"), make_association("phys", "alice"))
    state.answer([*THERE, "Fairshare=9"], b" Modified user associations...\n  Nothing modified\n", status=1)
    heard = post(ask, {**ALICE, "shares_raw": 9})
    assert (heard.status, heard.document["errors"][0]["error_number"]) == (409, 1900)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.text(st.sampled_from("ab ,='\"+-[]\\\n\0%:"), max_size=6),
    st.sampled_from(["account", "user", "cluster", "partition", "comment"]),
)
def test_no_value_becomes_another_term(ask: Asker, fake_slurm: FakeSlurm, text: str, member: str) -> None:
    """Nothing that is run holds a value in more than one element, or behind another key."""
    before = len(fake_slurm.calls)
    if not before:
        fake_slurm.say("sacctmgr", b'{"x": [], "meta": {"slurm": {"cluster": "lab"}}}')
    heard = post(ask, {**ALICE, "comment": "x", member: text})
    assert heard.status in (304, 422)
    for argv in fake_slurm.argvs[before:]:
        assert argv[2] == "show"
        for word in argv[4:]:
            assert word.partition("=")[0] in ("Names", "Accounts", "Users")
            assert not set(word.partition("=")[2]) & set("='\"[]\\\n\0")


FOUND = [
    make_association("phys"),
    make_association("phys", "alice"),
    make_association("phys", "bob"),
    make_association("chem", "alice"),
    make_association("chem", "bob"),
    make_association("chem", "bob", "debug"),
]


def give_found(state: State, *words: str, entries: Any = FOUND) -> None:
    state.give("association", list(entries), *words)


def test_just_what_was_found_is_deleted(ask: Asker, state: State) -> None:
    give_found(state, "user=alice,bob")
    account = ["delete", "account", "where", "Names=phys", "Cluster=lab"]
    state.answer(
        account, b" Deleting account associations...\n  C = lab  A = phys of root\n  C = lab  A = phys  U = bob    \n"
    )
    users = ["delete", "user", "where", "Names=alice,bob", "Account=chem", "Cluster=lab", "Partition="]
    state.answer(users, b" Deleting user associations...\n  C = lab  A = chem  U = alice    \n")
    state.answer([*users[:3], "Names=bob", *users[4:-1], "Partition=debug"], b" Nothing deleted\n", status=1)
    heard = ask(f"{PATH}?user=alice,bob", "DELETE")
    assert (heard.status, len(state.changes)) == (200, 3)
    assert heard.document["removed_associations"] == [
        "C = lab  A = phys of root",
        "C = lab  A = phys  U = bob    ",
        "C = lab  A = chem  U = alice    ",
    ]


def test_what_was_deleted_before_a_failure_is_told(ask: Asker, state: State) -> None:
    give_found(state, "user=bob")
    state.answer(
        ["delete", "account", "where", "Names=phys", "Cluster=lab"],
        b" Deleting account associations...\n  C = lab  A = phys of root\n",
    )
    state.fake.say("sacctmgr", stderr=b" Error with request: Access/permission denied\n", status=1)
    heard = ask(f"{PATH}?user=bob", "DELETE")
    assert (heard.status, heard.document["removed_associations"]) == (403, ["C = lab  A = phys of root"])
    assert "was not tried" in heard.document["errors"][1]["description"]
    assert len(heard.document["warnings"]) == 1


@pytest.mark.parametrize(
    "query",
    ["", "?cluster=lab", "?user=", "?account=,", "?Include%20usage=true", "?Filter%20to%20only%20defaults=true"],
)
@pytest.mark.parametrize("path", [PATH, PATH[:-1]])
def test_a_query_that_chooses_nothing_is_not_all(ask: Asker, fake_slurm: FakeSlurm, path: str, query: str) -> None:
    heard = ask(path + query, "DELETE")
    assert (heard.status, heard.document["errors"][0]["error_number"]) == (422, 9000)
    assert fake_slurm.calls == []


def test_what_is_deleted_already_is_left(ask: Asker, state: State) -> None:
    give_found(state, "account=phys", entries=())
    heard = ask(f"{PATH}?account=phys&Include%20deleted%20associations=true", "DELETE")
    assert (heard.status, state.changes) == (304, [])


def test_one_association_is_one(ask: Asker, state: State) -> None:
    give_found(state, "user=bob")
    heard = ask(f"{PATH[:-1]}?user=bob", "DELETE")
    assert (heard.status, heard.document["errors"][0]["error_number"]) == (422, 9210)
    assert state.changes == []


def test_a_name_that_sacctmgr_cannot_carry_is_left(ask: Asker, state: State) -> None:
    give_found(state, "user=bob", entries=[make_association("it's", "bob")])
    heard = ask(f"{PATH}?user=bob", "DELETE")
    assert (heard.status, state.changes) == (422, [])
