"""Writes of accounting in v0.0.36 to 38: the tables have what their schemas have, and what a body says becomes the same commands."""

import json
from pathlib import Path
from typing import Any

import orjson
import pytest
from accounting_state import State, make_association
from conftest import Asker, Heard
from playback import FakeSlurm
from test_slurmdbd_writes_tables import list_places, resolve

from slurmrest_inetd.accounting.early_bodies import CAPITALS
from slurmrest_inetd.body.properties import Property, list_properties
from slurmrest_inetd.fields.account_body import ACCOUNT_PROPERTIES, USER_PROPERTIES, WCKEY_PROPERTIES
from slurmrest_inetd.fields.association_body import ASSOCIATION_PROPERTIES
from slurmrest_inetd.fields.clusters import CLUSTER_PROPERTIES
from slurmrest_inetd.fields.qos import QOS_PROPERTIES
from slurmrest_inetd.slurm import sacctmgr_terms

FACTS = Path(__file__).parent.parent / "facts" / "openapi"
# what slurmrestd 22.05.8 shows in a GET and takes in a POST, and its schemas do not have
# fmt: off
#    list             its table               since 36, 37, 38
TABLES: list[tuple[str, tuple[Property, ...], tuple[str, ...]]] = [
    ("accounts",      ACCOUNT_PROPERTIES,     ()),
    ("users",         USER_PROPERTIES,        ()),
    ("wckeys",        WCKEY_PROPERTIES,       ("accounting", "accounts")),
    ("clusters",      CLUSTER_PROPERTIES,     ()),
    ("associations",  ASSOCIATION_PROPERTIES, ("is_default", "max/jobs/active", "max/jobs/accruing", "max/jobs/total",
                                               "max/jobs/per/count", "max/jobs/per/accruing", "max/jobs/per/submitted",
                                               "max/tres/group/active", "max/tres/group/minutes")),
    ("qos",           QOS_PROPERTIES,         ("name", "limits/grace_time", "limits/max/active_jobs/accruing",
                                               "limits/max/active_jobs/count", "limits/max/jobs/per/account",
                                               "limits/max/jobs/per/user", "limits/max/tres/total",
                                               "limits/max/tres/minutes/per/qos")),
]
# fmt: on
# read as one place each
WHOLE = ("usage", "associations")


def read_places(version: int, member: str) -> set[str]:
    """The places of an entry in the list: as its POST has it in v0.0.38, before that as its GET has it."""
    document = json.loads((FACTS / f"v0.0.{version}.slurm-22.05.json").read_text())
    method = "POST" if version == 38 else "GET"
    path = f"/slurmdb/{{version}}/{member}"
    row = next(one for one in document["operations"] if (one["method"], one["path"]) == (method, path))
    shape = row["request"] if method == "POST" else row["responses"]["200"]
    entry = resolve(resolve(shape["schema"], document)["properties"][member], document)
    places = list_places(entry.get("items", entry), document)
    return {spell_place(place, member) for place in places}


def spell_place(place: str, member: str) -> str:
    first = place.partition("/")[0]
    return first if first in WHOLE and member != "clusters" else CAPITALS.get(place, place)


@pytest.mark.parametrize("version", [36, 37, 38])
@pytest.mark.parametrize(("member", "table", "unwritten"), TABLES, ids=[row[0] for row in TABLES])
def test_each_version_has_each_property_of_its_schema(
    version: int, member: str, table: tuple[Property, ...], unwritten: tuple[str, ...]
) -> None:
    if member == "clusters" and version < 38:
        pytest.skip("their schema of a list of clusters has nothing in it")
    places, rows = read_places(version, member), set(list_properties(table, version))
    assert places <= rows
    assert rows - places <= set(unwritten)


@pytest.fixture
def state(fake_slurm: FakeSlurm) -> State:
    """An accounting database that shows itself in v0.0.40, to a client who speaks an earlier one."""
    return State(fake_slurm, 40).give("user", [{"name": "bob"}], "Names=bob").accept()


def post(ask: Asker, member: str, *entries: Any, version: int = 38, name: str = "") -> Heard:
    return ask(f"/slurmdb/v0.0.{version}/{member}", "POST", body=orjson.dumps({name or member: list(entries)}))


@pytest.mark.parametrize("version", [36, 37, 38])
def test_an_account_needs_no_more_than_a_name(ask: Asker, state: State, version: int) -> None:
    state.give("account", [], "Names=phys", "WithCoordinators")
    heard = post(
        ask, "accounts", {"name": "phys", "coordinators": [{"name": "bob", "direct": 1}], "flags": []}, version=version
    )
    assert (heard.status, heard.document["warnings"]) == (200, [])
    assert state.changes == [
        ["add", "account", "Names=phys", "Description=phys", "Organization=phys", "Cluster=lab"],
        ["delete", "account", "where", "Names=phys", "Cluster=lab"],
        ["add", "coordinator", "Names=bob", "Account=phys"],
    ]


def test_what_an_account_does_not_say_stays(ask: Asker, state: State) -> None:
    current = {"name": "phys", "description": "physics", "organization": "sci", "coordinators": [], "flags": []}
    state.give("account", [current], "Names=phys", "WithCoordinators")
    assert post(ask, "accounts", {"name": "phys", "description": "new"}).status == 200
    assert state.changes == [["modify", "account", "where", "Names=phys", "set", "Description=new"]]


@pytest.mark.parametrize("version", [36, 37, 38])
def test_a_level_is_a_text(ask: Asker, state: State, version: int) -> None:
    state.give("user", [{"name": "bob", "administrator_level": ["None"], "default": {}}], "Names=bob", "WithAssoc")
    heard = post(ask, "users", {"name": "bob", "administrator_level": "Operator"}, version=version)
    assert (heard.status, heard.document["warnings"]) == (200, [])
    assert state.changes == [["modify", "user", "where", "Names=bob", "set", "AdminLevel=Operator"]]


# what a GET of v0.0.38 shows for an association without limits
SHOWN = {
    "account": "phys",
    "cluster": "lab",
    "user": None,
    "partition": None,
    "parent_account": None,
    "default": {"qos": None},
    "flags": ["DEFAULT"],
    "is_default": 0,
    "qos": [],
    "usage": None,
    "priority": None,
    "shares_raw": 1,
    "min": {"priority_threshold": None},
    "max": {
        "jobs": {"per": {"count": None, "wall_clock": None}, "active": None},
        "tres": {"total": [], "minutes": {"per": {"job": []}, "total": []}},
        "per": {"account": {"wall_clock": None}},
    },
}


def test_what_a_get_shows_is_put_back(ask: Asker, state: State) -> None:
    state.give_account().give("association", [make_association("phys")], "Accounts=phys")
    heard = post(ask, "associations", SHOWN)
    assert heard.status == 200
    ((*where, _), terms) = state.changes[0][:6], state.changes[0][6:]
    assert where == ["modify", "account", "where", "Names=phys", "Cluster=lab"]
    assert terms == [
        "Fairshare=1",
        "Priority=-1",
        "MinPrioThresh=-1",
        "GrpJobs=-1",
        "MaxWallDurationPerJob=-1",
        "MaxJobs=-1",
        "GrpWall=-1",
    ]


# fmt: off
LIMITED: list[Any] = [
    ({"max": {"jobs": {"active": 5, "total": "6"}}},           ["MaxJobs=5", "MaxSubmitJobs=6"]),
    ({"max": {"jobs": {"active": 4294967295, "total": -1}}},   ["MaxJobs=-1", "MaxSubmitJobs=-1"]),
    ({"QOS": ["normal"], "default": {"qos": "High"}},          ["DefaultQOS=High", "QosLevel=normal"]),
    ({"max": {"tres": {"total": [{"type": "gres", "name": "gpu", "id": 1001, "count": 2}, {"type": "cpu", "name": None, "count": -1}]}}}, ["GrpTRES=gres/gpu=2,cpu=-1"]),
]
# fmt: on


@pytest.mark.parametrize(("members", "terms"), LIMITED)
def test_a_limit_is_a_plain_number(ask: Asker, state: State, members: dict[str, Any], terms: list[str]) -> None:
    state.give_account().give("association", [make_association("phys")], "Accounts=phys")
    assert post(ask, "associations", {"account": "phys", "cluster": "lab", "user": None, **members}).status == 200
    assert state.changes[0][6:] == terms


def test_a_qos_may_be_told_by_its_id(ask: Asker, state: State) -> None:
    state.give_account().give("association", [make_association("phys")], "Accounts=phys")
    entry = {"account": "phys", "cluster": "lab", "user": None, "qos": ["2", "normal", "1"]}
    assert post(ask, "associations", entry, version=37).status == 200
    assert state.changes[0][6:] == ["QosLevel=High,normal"]
    heard = post(ask, "associations", {**entry, "qos": ["9"]}, version=37)
    assert [error["source"] for error in heard.document["errors"]] == ["#/associations[0]/qos/"]


def test_who_it_is_for_has_to_be_said(ask: Asker, state: State) -> None:
    heard = post(ask, "associations", {"account": "phys", "cluster": "lab"})
    assert [error["source"] for error in heard.document["errors"]] == ["#/associations[0]/user/"]
    assert (heard.status, state.changes) == (422, [])


@pytest.mark.parametrize("name", ["qos", "QOS"])
def test_a_qos_is_listed_in_capitals_or_not(ask: Asker, state: State, name: str) -> None:
    entry = {
        "name": "d",
        "id": None,
        "priority": None,
        "limits": {
            "max": {
                "jobs": {"per": {"user": 3}, "active_jobs": {"per": {"user": 4}}},
                "wall_clock": {"per": {"qos": None}},
                "tres": {"minutes": {"per": {"user": [{"type": "cpu", "count": 5}]}}},
            }
        },
    }
    heard = post(ask, "qos", entry, name=name)
    assert (heard.status, heard.document["warnings"]) == (200, [])
    set_terms = ["Priority=-1", "MaxJobsPerUser=4", "MaxSubmitJobsPerUser=3", "GrpWall=-1", "MaxTRESRunMinsPU=cpu=5"]
    assert state.changes == [["add", "qos", "Name=d", "Description=", *set_terms]]


@pytest.mark.parametrize(
    ("there", "wanted", "terms"),
    [
        ([], [], []),
        (["normal", "high"], ["High", "normal"], []),
        (["normal"], [], ["Preempt="]),
        ([], ["normal"], ["Preempt=normal"]),
    ],
)
def test_what_a_qos_preempts_is_told_only_where_it_is_otherwise(
    ask: Asker, fake_slurm: FakeSlurm, there: list[str], wanted: list[str], terms: list[str]
) -> None:
    entries = [
        {"name": "normal", "id": 1},
        {"name": "high", "id": 2},
        {"name": "d", "id": 3, "preempt": {"list": there}},
    ]
    fake_slurm.say(
        ["sacctmgr", "--json=v0.0.40", "show", "qos"],
        json.dumps({"qos": entries, "meta": {}, "errors": [], "warnings": []}).encode(),
    )
    state = State(fake_slurm, 40).accept()
    assert post(ask, "qos", {"name": "d", "preempt": {"list": wanted}}).status == 200
    assert [change[5:] for change in state.changes] == ([terms] if terms else [])


def test_a_qos_is_taken_off_lists_by_22_05_itself(
    ask: Asker, fake_slurm: FakeSlurm, monkeypatch: pytest.MonkeyPatch
) -> None:
    be_release(monkeypatch, 38)
    fake_slurm.say("sacctmgr", b" Deleting QOS(s)...\n  d\n")
    assert ask("/slurmdb/v0.0.38/qos/d", "DELETE").document["removed_qos"] == ["d"]
    assert len(fake_slurm.argvs) == 1


def test_the_earliest_says_otherwise_how_many_jobs_a_user_may_have(ask: Asker, state: State) -> None:
    body = {"QOS": [{"name": "d", "limits": {"max": {"jobs": {"per": {"user": 3}}}}}], "TRES": [{"type": "cpu"}]}
    state.give("tres", [{"type": "cpu", "name": ""}], "WithDeleted")
    heard = ask("/slurmdb/v0.0.36/config", "POST", body=orjson.dumps(body))
    assert (heard.status, heard.document["warnings"]) == (200, [])
    assert state.changes == [["add", "qos", "Name=d", "Description=", "MaxJobsPerUser=3"]]


@pytest.mark.parametrize(
    "clusters", [{"name": "new", "rpc_version": 0}, [{"name": "new", "associations": {"root": None}}]]
)
def test_a_cluster_may_stand_without_a_list(ask: Asker, state: State, clusters: Any) -> None:
    heard = ask("/slurmdb/v0.0.38/clusters", "POST", body=orjson.dumps({"clusters": clusters}))
    assert (heard.status, heard.document["warnings"]) == (200, [])
    assert state.changes == [["add", "cluster", "Name=new"]]
    assert ask("/slurmdb/v0.0.40/clusters", "POST", body=orjson.dumps({"clusters": {"name": "new"}})).status == 422


def test_a_wckey_is_added(ask: Asker, state: State) -> None:
    entry = {"name": "w", "user": "bob", "cluster": "lab", "id": 9, "flags": [], "accounting": [], "accounts": []}
    heard = post(ask, "wckeys", entry)
    assert (heard.status, [notice["source"] for notice in heard.document["warnings"]]) == (200, ["#/wckeys[0]/id/"])
    assert state.changes == [["add", "user", "Names=bob", "WCKeys=w", "Cluster=lab"]]


# fmt: off
DELETED: list[Any] = [
    ("account/phys", b" Deleting accounts...\n  phys\n",                 {"removed_associations": ["phys"]}),
    ("user/bob",     b" Deleting users...\n  bob\n",                     {"removed_users": ["bob"]}),
    ("wckey/w",      b" Deleting user WCKeys...\n  C = lab        W = w\n", {"deleted_wckeys": ["C = lab        W = w"]}),
    ("qos/d",        b" Deleting QOS(s)...\n  d\n",                      {"removed_qos": ["d"]}),
    ("cluster/far",  b" Deleting clusters...\n  far\n",                  {"deleted_clusters": ["far"]}),
]
# fmt: on


@pytest.mark.parametrize("version", [36, 37, 38])
@pytest.mark.parametrize(("path", "stdout", "payload"), DELETED)
def test_what_was_deleted_is_told_as_slurmrestd_tells_it(
    ask: Asker, fake_slurm: FakeSlurm, version: int, path: str, stdout: bytes, payload: dict[str, Any]
) -> None:
    State(fake_slurm, 40)
    fake_slurm.say("sacctmgr", stdout)
    heard = ask(f"/slurmdb/v0.0.{version}/{path}", "DELETE")
    assert heard.status == 200
    assert {name: heard.document[name] for name in payload} == payload


def test_associations_are_chosen_as_the_version_can(ask: Asker, state: State) -> None:
    state.give("association", [make_association("phys", "bob")], "account=phys", "user=bob")
    heard = ask("/slurmdb/v0.0.36/association?account=phys&user=bob", "DELETE")
    assert (heard.status, heard.document["warnings"]) == (200, [])
    assert state.changes == [["delete", "user", "where", "Names=bob", "Account=phys", "Cluster=lab", "Partition="]]


def test_who_goes_with_the_last_association_is_told(ask: Asker, fake_slurm: FakeSlurm) -> None:
    state = State(fake_slurm, 40).give("association", [make_association("phys", "bob")], "user=bob")
    lines = b" Deleting user associations...\n  C = lab  U = bob\n Deleting users (No Associations)...\n  bob\n"
    where = ["where", "Names=bob", "Account=phys", "Cluster=lab", "Partition="]
    state.answer(["delete", "user", *where], lines)
    heard = ask("/slurmdb/v0.0.38/association?user=bob", "DELETE")
    assert heard.document["removed_associations"] == ["C = lab  U = bob"]
    (notice,) = heard.document["warnings"]
    assert "bob was deleted with the last" in notice["description"]


# -- what a release cannot do ------------------------------------------------------------------------------------------

# fmt: off
#   newest version of the release, what is asked for, where it is refused
LACKING: list[Any] = [
    (38, "accounts",     {"name": "phys", "description": "d", "organization": "o", "flags": ["UsersAreCoords"]}, "#/accounts[0]/flags/"),
    (38, "associations", {"account": "phys", "cluster": "lab", "user": "", "comment": "x"},                      "#/associations[0]/comment/"),
    (38, "qos",          {"name": "d", "flags": ["RELATIVE"]},                                                   "#/qos[0]/flags/"),
]
# fmt: on


def be_release(monkeypatch: pytest.MonkeyPatch, newest: int) -> None:
    """Let the commands be those of the release whose newest version is v0.0.``newest``, and its documents given."""
    for module in ("slurmrest_inetd.accounting.known", "slurmrest_inetd.plugins.slurmdbd.job_changes"):
        monkeypatch.setattr(f"{module}.find_newest", lambda settings, command: newest)


@pytest.mark.parametrize(("newest", "member", "entry", "place"), LACKING)
def test_what_sacctmgr_cannot_say_is_refused_by_name(
    ask: Asker, fake_slurm: FakeSlurm, monkeypatch: pytest.MonkeyPatch, newest: int, member: str, entry: Any, place: str
) -> None:
    be_release(monkeypatch, newest)
    state = State(fake_slurm).give_account().give("account", [], "Names=phys", "WithCoordinators")
    state.give("association", [make_association("phys")], "Accounts=phys")
    heard = post(ask, member, entry, version=45)
    assert [(error["source"], error["error_number"]) for error in heard.document["errors"]] == [(place, 2036)]
    assert (heard.status, state.changes) == (422, [])


@pytest.mark.parametrize(
    ("newest", "record", "places"),
    [
        (38, {"extra": "x", "tres": {"allocated": [{"type": "cpu", "count": 1}]}}, ["#/extra/", "#/tres/allocated/"]),
        (42, {"extra": "x", "tres": {"allocated": [{"type": "cpu", "count": 1}]}}, ["#/tres/allocated/"]),
    ],
)
def test_what_cannot_be_changed_of_a_job_is_refused_by_name(
    ask: Asker, monkeypatch: pytest.MonkeyPatch, newest: int, record: Any, places: list[str]
) -> None:
    be_release(monkeypatch, newest)
    heard = ask("/slurmdb/v0.0.45/job/3", "POST", body=orjson.dumps(record))
    assert heard.status == 422
    assert [error["source"] for error in heard.document["errors"]] == places


def test_what_is_not_there_may_be_empty(ask: Asker, fake_slurm: FakeSlurm, monkeypatch: pytest.MonkeyPatch) -> None:
    be_release(monkeypatch, 38)
    state = State(fake_slurm).give_account().give("association", [make_association("phys")], "Accounts=phys").accept()
    entry = {"account": "phys", "cluster": "lab", "user": "", "comment": "", "max": {"jobs": {"active": 3}}}
    assert post(ask, "associations", entry, version=45).status == 200
    assert state.changes[0][6:] == ["MaxJobs=3"]


def test_every_term_that_is_lacking_is_a_term_of_ours() -> None:
    terms = {("association", row.term) for row in ASSOCIATION_PROPERTIES} | {
        ("account", row.term) for row in ACCOUNT_PROPERTIES
    }
    for entity, term in sacctmgr_terms.LACKING:
        if entity in ("account", "association"):
            assert (entity, term) in terms
