"""The reads of the accounting database, but for its jobs: what is run, what is answered. The commands are played from recordings."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import Asker
from playback import FakeSlurm, read_recording

from slurmrest_inetd import errors
from slurmrest_inetd.plugins.slurmdbd import configuration
from slurmrest_inetd.texts.columns import format_column
from slurmrest_inetd.usage.reports import REPORTS

RELEASES = pytest.mark.parametrize("release", ["24.11", "26.05"])
V42 = "--json=v0.0.42"


def recorded(release: str, name: str) -> dict[str, Any]:
    """The payload of a recorded document."""
    document = json.loads(read_recording(release, name).stdout)
    return {name: value for name, value in document.items() if name not in ("meta", "errors", "warnings")}


def payload(document: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name not in ("meta", "errors", "warnings")}


def show(*words: str) -> list[str]:
    return ["sacctmgr", V42, "show", *words]


# fmt: off
PASSED = (
    ("accounts",                                                            "accounts",            "24.11 26.05"),
    ("accounts?DELETED=true&WithAssociations=1&WithCoordinators=yes",       "accounts-full",       "24.11 26.05"),
    ("account/recorded",                                                    "account",             "24.11 26.05"),
    ("associations",                                                        "associations",        "24.11 26.05"),
    ("associations?qos=normal",                                             "associations-qos",    "24.11 26.05"),
    ("clusters",                                                            "clusters",            "24.11 26.05"),
    ("qos",                                                                 "qos",                 "24.11 26.05"),
    ("qos?Include%20deleted%20QOS=true",                                    "qos-deleted",         "24.11 26.05"),
    ("qos/normal",                                                          "qos-normal",          "24.11 26.05"),
    ("qos/1",                                                               "qos-id",              "24.11 26.05"),
    ("tres",                                                                "tres",                "24.11 26.05"),
    ("users?with_assocs=true&with_wckeys=true",                             "users-full",          "24.11 26.05"),
    ("wckeys",                                                              "wckeys",              "24.11 26.05"),
    ("wckey/recorded",                                                      "wckey",               "24.11 26.05"),
    ("diag",                                                                "stats",               "24.11 26.05"),
    ("ping",                                                                "dbd-ping",            "24.11 26.05"),
    ("ping",                                                                "dbd-ping-down",       "24.11 26.05"),
)
# fmt: on


@pytest.mark.parametrize(
    ("release", "path", "name"),
    [(release, path, name) for path, name, releases in PASSED for release in releases.split()],
)
def test_a_document_is_handed_on(fake_slurm: FakeSlurm, ask: Asker, release: str, path: str, name: str) -> None:
    fake_slurm.replay(release, name)
    heard = ask(f"/slurmdb/v0.0.42/{path}")
    assert heard.status == 200
    assert payload(heard.document) == recorded(release, name)
    assert heard.document["errors"] == heard.document["warnings"] == []
    assert fake_slurm.argvs == [read_recording(release, name).argv]


def test_conf(fake_slurm: FakeSlurm, ask: Asker) -> None:
    fake_slurm.replay("26.05", "dbd-conf")
    heard = ask("/slurmdb/v0.0.45/conf")
    assert (heard.status, payload(heard.document)) == (200, recorded("26.05", "dbd-conf"))


# fmt: off
UNKNOWN = (
    ("account/nobody",             "account-unknown",     "accounts",     "_dump_accounts"),
    ("cluster/nowhere",            "cluster-unknown",     "clusters",     "_dump_clusters"),
    ("qos/nothing",                "qos-unknown",         "qos",          "_op_handler_qos"),
    ("user/nobody",                "user-unknown",        "users",        "_dump_users"),
    ("user/nobody?with_assocs=1",  "user-unknown-full",   "users",        "_dump_users"),
    ("wckey/nothing",              "wckey-unknown",       "wckeys",       "_dump_wckeys"),
    ("association?user=nobody",    "association-unknown", "associations", "_dump_assoc_cond"),
)
# fmt: on


@RELEASES
@pytest.mark.parametrize(("path", "name", "member", "source"), UNKNOWN)
def test_what_is_not_there_is_404(
    fake_slurm: FakeSlurm, ask: Asker, release: str, path: str, name: str, member: str, source: str
) -> None:
    fake_slurm.replay(release, name)
    heard = ask(f"/slurmdb/v0.0.42/{path}")
    assert heard.status == 404
    assert heard.document[member] == []
    problem, notice = heard.document["errors"][0], heard.document["warnings"][0]
    assert (problem["error_number"], problem["source"]) == (9003, source)
    assert notice["source"] == source
    assert "found nothing" in notice["description"]


@pytest.mark.parametrize(
    "path",
    [
        "account/a%2Cb",
        "account/%22recorded%22",
        "account/recorded%5B1-2%5D",
        "account/%20recorded",
        "account/-1",
        "account/recorded%00",
        "account/recorded%0A",
    ],
)
def test_a_name_that_cannot_be_carried_is_looked_for_in_the_list(fake_slurm: FakeSlurm, ask: Asker, path: str) -> None:
    fake_slurm.replay("24.11", "accounts")
    assert ask(f"/slurmdb/v0.0.42/{path}").status == 404
    assert fake_slurm.argvs == [show("account")]


def test_it_may_be_found_there(fake_slurm: FakeSlurm, ask: Asker) -> None:
    fake_slurm.say(
        show("account"),
        b'{\n  "accounts": [\n    {\n      "name": "a,b"\n    },\n    {\n      "name": "a"\n    }\n  ],\n  "meta": {\n  }\n}\n',
    )
    heard = ask("/slurmdb/v0.0.42/account/A%2Cb")
    assert (heard.status, heard.document["accounts"]) == (200, [{"name": "a,b"}])


@pytest.mark.parametrize("media", ["json", "yaml"])
def test_a_description_with_a_comma_is_looked_for_in_the_list(fake_slurm: FakeSlurm, ask: Asker, media: str) -> None:
    fake_slurm.replay("24.11", "accounts")
    heard = ask("/slurmdb/v0.0.42/accounts?description=red%2Cblue", media=media)
    if media == "json":
        assert [account["name"] for account in heard.document["accounts"]] == ["recorded"]
    else:
        assert (
            heard.document["raw"].count(b"description: ")
            == heard.document["raw"].count(b'description: "red,blue"')
            == 1
        )
    assert fake_slurm.argvs == [show("account")]
    nothing = ask("/slurmdb/v0.0.42/accounts?description=red%2C", media=media)
    assert nothing.status == 200
    assert "found nothing" in str(nothing.document)


def test_flags_that_exclude_one_another(ask: Asker) -> None:
    heard = ask("/slurmdb/v0.0.42/accounts?UsersAreCoords=1&NoUsersAreCoords=1")
    assert heard.status == 422
    assert heard.document["errors"][0]["source"] == "#/UsersAreCoords/"


def test_each_version_has_its_own_spelling(fake_slurm: FakeSlurm, ask: Asker) -> None:
    fake_slurm.say("sacctmgr", read_recording("24.11", "accounts").stdout)
    assert ask("/slurmdb/v0.0.40/accounts?with_deleted=1").document["warnings"] == []
    heard = ask("/slurmdb/v0.0.41/accounts?with_deleted=1&DELETED=1")
    assert [notice["source"] for notice in heard.document["warnings"]] == ["#/with_deleted/"]
    assert fake_slurm.argvs == [
        ["sacctmgr", "--json=v0.0.40", "show", "account", "withdeleted"],
        ["sacctmgr", "--json=v0.0.41", "show", "account", "withdeleted"],
    ]


@RELEASES
@pytest.mark.parametrize("media", ["json", "yaml"])
def test_an_empty_list_says_that_nothing_was_found(fake_slurm: FakeSlurm, ask: Asker, release: str, media: str) -> None:
    fake_slurm.replay(release, "accounts-none", "account-unknown-yaml")
    if media == "yaml":
        assert ask("/slurmdb/v0.0.42/account/nobody", media="yaml").status == 404
        return
    heard = ask("/slurmdb/v0.0.42/accounts?description=nothing")
    assert (heard.status, heard.document["accounts"]) == (200, [])
    assert heard.document["warnings"] == [
        {"description": "slurmdb_accounts_get() found nothing", "source": "_dump_accounts"}
    ]


# fmt: off
REFUSED = (
    ("accounts",      "accounts-wrong",      401, 1007),
    ("accounts",      "accounts-expired",    401, 1007),
    ("accounts",      "accounts-down",       502, 7000),
    ("wckeys",        "wckeys-refused",      403, 2002),
    ("wckey/recorded", "wckey-refused",      403, 2002),
    ("wckeys?only_defaults=true", "wckeys-refused", 403, 2002),
    ("diag",          "stats-refused",       403, 2002),
)
# fmt: on


@RELEASES
@pytest.mark.parametrize(("path", "name", "status", "number"), REFUSED)
def test_slurms_refusals(
    fake_slurm: FakeSlurm, ask: Asker, release: str, path: str, name: str, status: int, number: int
) -> None:
    fake_slurm.replay(release, name)
    heard = ask(f"/slurmdb/v0.0.42/{path}")
    assert (heard.status, heard.document["errors"][0]["error_number"]) == (status, number)


@RELEASES
def test_refusals_in_yaml(fake_slurm: FakeSlurm, ask: Asker, release: str) -> None:
    fake_slurm.replay(release, "accounts-down-yaml", "wckeys-refused-yaml")
    assert ask("/slurmdb/v0.0.42/accounts", media="yaml").status == 502
    assert ask("/slurmdb/v0.0.42/wckeys", media="yaml").status == 403


def test_no_slurm_here(ask: Asker) -> None:
    assert ask("/slurmdb/v0.0.42/accounts").status == 503


# --- associations


@RELEASES
def test_qos_are_named_for_sacctmgr(fake_slurm: FakeSlurm, ask: Asker, release: str) -> None:
    fake_slurm.replay(release, "qos-deleted", "associations-qos")
    heard = ask("/slurmdb/v0.0.42/associations?qos=1")
    assert payload(heard.document) == recorded(release, "associations-qos")
    assert fake_slurm.argvs == [show("qos", "withdeleted"), show("association", "qos=normal")]


@RELEASES
@pytest.mark.parametrize(
    ("query", "name"),
    [("qos=nothing", "associations-no-qos"), ("qos=4000", "qos-deleted"), ("default_qos=4000", "qos-deleted")],
)
def test_an_unknown_qos_is_refused_by_name(
    fake_slurm: FakeSlurm, ask: Asker, release: str, query: str, name: str
) -> None:
    fake_slurm.replay(release, name)
    heard = ask(f"/slurmdb/v0.0.42/associations?{query}")
    assert heard.status == 422
    problem = heard.document["errors"][0]
    assert (problem["error_number"], problem["source"]) == (2066, f"#/{query.partition('=')[0]}/")


def test_the_qos_refusal_is_not_invented(fake_slurm: FakeSlurm, ask: Asker) -> None:
    fake_slurm.say("sacctmgr", b"", b"sacctmgr: error: Something else\n", 1)
    heard = ask("/slurmdb/v0.0.42/associations?qos=normal")
    assert (heard.status, heard.document["errors"][0]["source"]) == (422, "sacctmgr")


def test_every_association_of_users(fake_slurm: FakeSlurm, ask: Asker) -> None:
    fake_slurm.replay("24.11", "associations")
    listed = ask("/slurmdb/v0.0.42/associations?user=").document["associations"]
    assert listed == [one for one in recorded("24.11", "associations")["associations"] if one["user"]]
    assert listed


def test_one_association(fake_slurm: FakeSlurm, ask: Asker) -> None:
    one = {"account": "recorded", "user": "alice"}
    fake_slurm.say(
        show("association", "account=recorded", "user=alice"), json.dumps({"associations": [one], "meta": {}}).encode()
    )
    heard = ask("/slurmdb/v0.0.42/association?account=recorded&user=alice")
    assert (heard.status, payload(heard.document)) == (200, {"associations": [one]})


def test_one_association_must_be_one(fake_slurm: FakeSlurm, ask: Asker) -> None:
    fake_slurm.replay("24.11", "associations")
    heard = ask("/slurmdb/v0.0.42/association")
    assert (heard.status, heard.document["associations"]) == (422, [])
    assert heard.document["errors"][0]["error_number"] == 9211


def test_usage_of_clusters_is_warned_of(fake_slurm: FakeSlurm, ask: Asker) -> None:
    fake_slurm.replay("24.11", "clusters")
    heard = ask("/slurmdb/v0.0.42/clusters?with_usage=true&usage_start=5&format=id")
    assert [notice["source"] for notice in heard.document["warnings"]] == [
        "#/with_usage/",
        "#/usage_start/",
        "#/format/",
    ]
    assert ask("/slurmdb/v0.0.42/clusters?with_usage=false").document["warnings"] == []
    assert ask("/slurmdb/v0.0.42/clusters?usage_start=x").status == 422


def test_odd_spellings_become_sacctmgrs_words(fake_slurm: FakeSlurm, ask: Asker) -> None:
    fake_slurm.say("sacctmgr", read_recording("24.11", "associations").stdout)
    names = (
        "Include deleted associations",
        "Exclude parent id/name",
        "Exclude limits from parents",
        "Include the raw QOS or delta_qos",
    )
    ask("/slurmdb/v0.0.42/associations?" + "&".join(f"{name.replace(' ', '%20')}=true" for name in names))
    assert fake_slurm.argvs == [show("association", "withdeleted", "withrawqos", "wopinfo", "woplimits")]


# --- clusters


def test_cluster_conditions(fake_slurm: FakeSlurm, ask: Asker) -> None:
    fake_slurm.say("sacctmgr", read_recording("24.11", "clusters").stdout)
    ask("/slurmdb/v0.0.42/clusters?classification=CAPACITY&federation=f&rpc_version=10752&with_deleted=1")
    ask("/slurmdb/v0.0.40/clusters?classification=CAPAPACITY%20(both%20CAPABILITY%20and%20CAPACITY)")
    ask("/slurmdb/v0.0.42/clusters?classification=UNCLASSIFIED&cluster=a&cluster=b")
    assert [argv[4:] for argv in fake_slurm.argvs] == [
        ["federation=f", "rpc=10752", "withdeleted", "classification=capacity"],
        ["classification=capapacity"],
        ["name=a,b"],
    ]


def test_cluster_flags_are_compared_in_the_document(fake_slurm: FakeSlurm, ask: Asker) -> None:
    fake_slurm.replay("24.11", "clusters")
    names = {one["name"] for one in recorded("24.11", "clusters")["clusters"] if "MULTIPLE_SLURMD" in one["flags"]}
    heard = ask("/slurmdb/v0.0.42/clusters?flags=multiple_slurmd,EXTERNAL")
    assert {one["name"] for one in heard.document["clusters"]} == names == {"c2411"}
    assert ask("/slurmdb/v0.0.42/clusters?flags=NOPE").status == 422


def test_classifications_exclude_one_another(ask: Asker) -> None:
    heard = ask("/slurmdb/v0.0.42/clusters?classification=CAPACITY,CAPABILITY")
    assert (heard.status, heard.document["errors"][0]["source"]) == (422, "#/classification/")


def test_a_cluster_meets_the_query_too(fake_slurm: FakeSlurm, ask: Asker) -> None:
    document = read_recording("24.11", "clusters").stdout
    fake_slurm.say("sacctmgr", document)
    assert ask("/slurmdb/v0.0.42/cluster/c2411?cluster=C2411").status == 200
    assert ask("/slurmdb/v0.0.42/cluster/c2411?cluster=other").status == 404
    assert fake_slurm.argvs == [show("cluster", "name=c2411")] * 2


# --- QOS


def test_preempt_modes_are_compared_in_the_document(fake_slurm: FakeSlurm, ask: Asker) -> None:
    fake_slurm.replay("24.11", "qos")
    heard = ask("/slurmdb/v0.0.42/qos?preempt_mode=REQUEUE&preempt_mode=GANG")
    assert {mode for one in heard.document["qos"] for mode in one["preempt"]["mode"]} == {"REQUEUE"}


def test_qos_conditions(fake_slurm: FakeSlurm, ask: Asker) -> None:
    fake_slurm.say("sacctmgr", read_recording("24.11", "qos").stdout)
    ask("/slurmdb/v0.0.42/qos?description=first%20one&id=1,02&name=a,b")
    assert fake_slurm.argvs == [show("qos", "description=first one", "id=1,2", "name=a,b")]


# --- users


def bare(user: dict[str, Any]) -> dict[str, Any]:
    return {**user, "default": {**user["default"], "account": "", "wckey": ""}}


@RELEASES
@pytest.mark.parametrize("media", ["json", "yaml"])
def test_users_without_defaults(fake_slurm: FakeSlurm, ask: Asker, release: str, media: str) -> None:
    fake_slurm.replay(release, "users")
    heard = ask("/slurmdb/v0.0.42/users", media=media)
    if media == "json":
        assert payload(heard.document) == {"users": [bare(user) for user in recorded(release, "users")["users"]]}
    else:
        assert heard.document["raw"].count(b'account: ""') == len(recorded(release, "users")["users"])
    assert fake_slurm.argvs == [show("user")]


def test_users_without_their_default_qos(fake_slurm: FakeSlurm, ask: Asker) -> None:
    default = {"qos": 7, "account": "phys", "wckey": "w"}
    user = {"associations": [{"account": "a", "qos": 3}], "default": default, "name": "alice", "wckeys": []}
    fake_slurm.say(
        "sacctmgr",
        json.dumps({"users": [user], "meta": {"slurm": {}}, "errors": [], "warnings": []}, indent=2).encode() + b"\n",
    )
    heard = ask("/slurmdb/v0.0.45/users")
    assert heard.document["users"] == [{**user, "default": {"qos": 0, "account": "", "wckey": ""}}]


@RELEASES
def test_one_user_without_defaults(fake_slurm: FakeSlurm, ask: Asker, release: str) -> None:
    fake_slurm.replay(release, "user")
    heard = ask("/slurmdb/v0.0.42/user/alice")
    assert payload(heard.document) == {"users": [bare(user) for user in recorded(release, "user")["users"]]}


def test_users_with_associations_only(fake_slurm: FakeSlurm, ask: Asker) -> None:
    fake_slurm.replay("26.05", "users-45")
    users = ask("/slurmdb/v0.0.45/users?with_assocs=true").document["users"]
    for user, full in zip(users, recorded("26.05", "users-45")["users"], strict=True):
        assert user == {**full, "wckeys": [], "default": {**full["default"], "wckey": ""}}


def test_users_with_wckeys_only(fake_slurm: FakeSlurm, ask: Asker) -> None:
    fake_slurm.replay("26.05", "users-45")
    users = ask("/slurmdb/v0.0.45/users?with_wckeys=true").document["users"]
    for user, full in zip(users, recorded("26.05", "users-45")["users"], strict=True):
        assert user == {**full, "associations": [], "default": {**full["default"], "account": "", "qos": 0}}


def test_users_with_all_but_defaults(fake_slurm: FakeSlurm, ask: Asker) -> None:
    fake_slurm.replay("24.11", "users-full")
    users = ask("/slurmdb/v0.0.42/users?with_assocs=true&with_wckeys=true&without_defaults=true").document["users"]
    assert users == [bare(user) for user in recorded("24.11", "users-full")["users"]]


def test_one_user_with_everything(fake_slurm: FakeSlurm, ask: Asker) -> None:
    fake_slurm.say("sacctmgr", read_recording("24.11", "users-full").stdout)
    ask("/slurmdb/v0.0.42/user/alice?with_assocs=1&with_wckeys=1&with_coords=1&with_deleted=1")
    assert fake_slurm.argvs == [show("user", "name=alice", "withcoord", "withdeleted", "withassoc")]


def test_admin_levels(fake_slurm: FakeSlurm, ask: Asker) -> None:
    fake_slurm.say("sacctmgr", read_recording("24.11", "users").stdout)
    ask("/slurmdb/v0.0.42/users?admin_level=operator&default_account=a,b&default_wckey=c")
    ask("/slurmdb/v0.0.42/users?admin_level=Not%20Set")
    heard = ask("/slurmdb/v0.0.42/users?admin_level=Operator,Administrator")
    assert {user["administrator_level"][0] for user in heard.document["users"]} == {"Operator", "Administrator"}
    assert fake_slurm.argvs == [
        # with the associations sacctmgr looks at the defaults of all clusters, without at its own's
        show("user", "defaultaccount=a,b", "defaultwckey=c", "adminlevel=Operator", "withassoc"),
        show("user"),
        show("user"),
    ]
    assert ask("/slurmdb/v0.0.42/users?admin_level=King").status == 422


# --- wckeys


def test_default_keys(fake_slurm: FakeSlurm, ask: Asker) -> None:
    keys = b'{\n  "wckeys": [\n    {\n      "cluster": "c2411", "name": "a", "user": "alice"\n    },\n    {\n      "cluster": "c2411", "name": "b", "user": "alice"\n    }\n  ],\n'
    users = b'{\n  "users": [\n    {\n      "name": "alice", "default": {"wckey": "B"}\n    }\n  ],\n'
    meta = b'  "meta": {\n    "slurm": {"cluster": "c2411"}\n  }\n}\n'
    fake_slurm.say(show("wckey"), keys + meta)
    fake_slurm.say(show("user"), users + meta)
    heard = ask("/slurmdb/v0.0.42/wckeys?only_defaults=true")
    assert [key["name"] for key in heard.document["wckeys"]] == ["b"]
    fake_slurm.say(show("wckey", "cluster=other"), keys.replace(b"c2411", b"other") + meta)
    heard = ask("/slurmdb/v0.0.42/wckeys?only_defaults=true&cluster=other")
    assert (heard.status, heard.document["errors"][0]["source"]) == (422, "#/only_defaults/")


def test_wckey_conditions(fake_slurm: FakeSlurm, ask: Asker) -> None:
    fake_slurm.say("sacctmgr", read_recording("24.11", "wckeys").stdout)
    ask("/slurmdb/v0.0.42/wckeys?cluster=c&id=1,2&name=*a&user=alice&with_deleted=1&with_usage=0")
    assert fake_slurm.argvs == [show("wckey", "cluster=c", "id=1,2", "name=*a", "user=alice", "withdeleted")]


# --- instances


def test_instances_of_every_cluster(fake_slurm: FakeSlurm, ask: Asker) -> None:
    fake_slurm.replay("24.11", "clusters")
    fake_slurm.say(
        show("instance", "start=uts1795260000", "cluster=c2411,dbdother"),
        read_recording("24.11", "instances-none").stdout,
    )
    heard = ask("/slurmdb/v0.0.42/instances?time_start=1795260000")
    assert (heard.status, heard.document["instances"]) == (200, [])
    assert "found nothing" in heard.document["warnings"][0]["description"]


def test_instances_of_the_only_cluster(fake_slurm: FakeSlurm, ask: Asker) -> None:
    fake_slurm.say(show("cluster"), b'{\n  "clusters": [\n    {\n      "name": "c"\n    }\n  ],\n  "meta": {\n  }\n}\n')
    fake_slurm.replay("24.11", "instances-none")
    assert ask("/slurmdb/v0.0.42/instance").status == 404
    assert fake_slurm.argvs == [show("cluster"), show("instance")]


def test_instance_conditions(fake_slurm: FakeSlurm, ask: Asker) -> None:
    two = b'{\n  "instances": [\n    {\n      "instance_id": "a"\n    },\n    {\n      "instance_id": "b"\n    }\n  ],\n  "meta": {\n  }\n}\n'
    fake_slurm.say("sacctmgr", two)
    heard = ask(
        "/slurmdb/v0.0.42/instance?cluster=c&extra=x,y&instance_id=i&instance_type=t&node_list=n%5B1-3%5D,m&time_end=1795260000"
    )
    assert (heard.status, heard.document["errors"][0]["error_number"]) == (422, 9211)
    assert fake_slurm.argvs == [
        show(
            "instance",
            "cluster=c",
            "extra=x,y",
            "instanceid=i",
            "instancetype=t",
            "nodes=n[1-3],m",
            "end=uts1795260000",
        )
    ]


# --- config

CONFIG = (
    "clusters",
    "tres",
    "config-accounts",
    "config-users",
    "qos",
    "config-wckeys",
    "config-associations",
)


def say_nothing_listed(fake_slurm: FakeSlurm) -> None:
    """Nobody to have used anything."""
    for report in REPORTS.values():
        columns = ",".join(map(format_column, report.columns))
        fake_slurm.say(["sacctmgr", "--noheader", "show", report.entity, "withdeleted", f"format={columns}"])


@RELEASES
def test_config_is_put_together(fake_slurm: FakeSlurm, ask: Asker, release: str) -> None:
    fake_slurm.replay(release, *CONFIG)
    say_nothing_listed(fake_slurm)
    heard = ask("/slurmdb/v0.0.42/config")
    made = payload(heard.document)
    assert list(made) == ["clusters", "tres", "accounts", "users", "qos", "wckeys", "associations", "instances"]
    for name, recording in zip(
        ("clusters", "tres", "qos", "wckeys", "associations"), (*CONFIG[:2], *CONFIG[4:]), strict=True
    ):
        assert made[name] == next(iter(recorded(release, recording).values()))
    assert all(user["wckeys"] == [] and user["default"]["wckey"] == "" for user in made["users"])
    assert [account["name"] for account in made["accounts"] if not account["associations"]] == ["root"]
    assert [argv[0] for argv in fake_slurm.argvs] == ["sacctmgr"] * 9


@RELEASES
def test_config_is_refused_when_a_part_is(fake_slurm: FakeSlurm, ask: Asker, release: str) -> None:
    fake_slurm.replay(release, *CONFIG[:5], "config-refused")
    heard = ask("/slurmdb/v0.0.42/config")
    assert heard.status == errors.Forbidden.status
    assert payload(heard.document) == {}


def test_config_of_the_last_version_has_no_instances(fake_slurm: FakeSlurm, ask: Asker) -> None:
    say_nothing_listed(fake_slurm)
    fake_slurm.say("sacctmgr", b'{\n  "any": [],\n  "meta": {\n  }\n}\n')
    assert "instances" not in ask("/slurmdb/v0.0.45/config").document
    assert "instances" in ask("/slurmdb/v0.0.44/config").document


@pytest.mark.parametrize(
    ("version", "newest", "marked"),
    [
        (38, 45, ["tres"]),
        (40, 42, ["tres", "account", "user", "wckey", "association"]),
        (42, 45, ["tres", "account", "user", "wckey", "association"]),
        (45, 42, ["tres", "account", "user", "wckey", "association"]),
        (45, 38, ["tres", "account", "user", "wckey", "association"]),
        (43, 45, ["cluster", "tres", "account", "user", "qos", "wckey", "association"]),
    ],
)
def test_config_has_what_was_deleted_where_it_says_so(
    fake_slurm: FakeSlurm, ask: Asker, monkeypatch: pytest.MonkeyPatch, version: int, newest: int, marked: list[str]
) -> None:
    monkeypatch.setattr(configuration, "find_newest", lambda *_: newest)
    fake_slurm.say("sacctmgr", b'{\n  "any": [],\n  "meta": {\n  }\n}\n')
    ask(f"/slurmdb/v0.0.{version}/config")
    asked = [argv for argv in fake_slurm.argvs if argv[1] == f"--json=v0.0.{version}"]
    assert [argv[3] for argv in asked if "withdeleted" in argv] == marked


# --- what a read costs

LIGHT = (
    "accounts",
    "account/recorded",
    "associations",
    "clusters",
    "qos",
    "tres",
    "users",
    "wckeys",
    "diag",
    "ping",
    "jobs",
    "job/7",
)
PROBE = """
import sys
sys.path[:0] = {paths!r}
from conftest import Asker
from slurmrest_inetd.settings import Settings
for name in ("orjson", "slurmrest_inetd.selection"):
    sys.modules.pop(name, None)
ask = Asker(Settings(command_path={folder!r}))
call = ask.make_call("/slurmdb/v0.0.42/" + sys.argv[1])
from slurmrest_inetd.routing import load_handler
load_handler(call.endpoint)(call)
print(*sorted({{"orjson", "slurmrest_inetd.selection"}} & set(sys.modules)))
"""


@pytest.mark.parametrize("path", LIGHT)
def test_what_is_handed_on_needs_no_json_parser(fake_slurm: FakeSlurm, path: str) -> None:
    document = b'{\n  "list": [\n    {\n    }\n  ],\n  "meta": {\n  },\n  "errors": [],\n  "warnings": []\n}\n'
    fake_slurm.say("sacctmgr", document)
    fake_slurm.say("sacct", document)
    here = Path(__file__).parent
    program = PROBE.format(paths=[str(here), str(here.parent.parent)], folder=str(fake_slurm.folder))
    ran = subprocess.run([sys.executable, "-c", program, path], capture_output=True, text=True, check=True)
    assert ran.stdout == "\n"
