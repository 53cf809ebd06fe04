"""The writes of accounting in every API version on every release: written in the version, read back with sacctmgr and with the
version's own GET; and v0.0.38 on 22.05 with the effect that slurmrestd's has.

Law: what is made in the cluster is named dbv*, and taken away again. What each property does is compared with slurmrestd in
test_dbd_writes_a.py and _b.py; here it is that all versions do the same. carol has no powers.
"""

from collections.abc import Iterator
from time import sleep
from typing import Any, NamedTuple

import pytest
from clusters import Cluster
from replies import Reply
from test_dbd_writes_a import VALUES, describe, differ, run_lines

from slurmrest_inetd.body.properties import list_properties
from slurmrest_inetd.fields.association_body import ASSOCIATION_PROPERTIES
from slurmrest_inetd.slurm.sacctmgr_terms import LACKING

VERSIONS = (36, 37, 38, 40, 41, 42, 43, 44, 45)
# the newest version that the release came with
NEWEST = {"22.05": 38, "24.11": 42, "26.05": 45}
EARLY = 38
# what is wrong is read alike in those between
REFUSING = (36, 38, 40, 45)
NOTHING_OF_OURS = """
delete user where names=dbvu,dbvv
delete user where wckeys=dbvw
delete account where names=dbva,dbvb
delete qos where names=dbvq
delete cluster where names=dbvc
"""
# fmt: off
#   sacctmgr's column      what it shows of the values that are written first, and then
COLUMNS: dict[str, tuple[str, str]] = {
    "share":               ("7", "parent"),
    "priority":            ("8", "2147483647"),
    "grpjobs":             ("8", "2147483647"),
    "grpsubmit":           ("8", "2147483647"),
    "grptres":             ("cpu=5,gres/gpu=2", "cpu=0,mem=100M"),
    "maxwall":             ("01:01:00", "01:00:00"),
    "defaultqos":          ("normal", "normal"),
}
# fmt: on
Body = dict[str, Any]


class Asking(NamedTuple):
    """One cluster asked in one version."""

    cluster: Cluster
    version: int

    def ask(self, method: str, path: str, body: Any = None, user: str = "root") -> Reply:
        return self.cluster.http(method, f"/slurmdb/v0.0.{self.version}/{path}", user=user, body=body)

    def do(self, method: str, path: str, body: Any = None) -> Reply:
        """Ask what has to be done, without a word about anything."""
        reply = self.ask(method, path, body)
        assert reply.status == 200, f"{method} {path}: {reply.status} {reply.body.decode()[:1500]}"
        assert reply.json()["errors"] == []
        return reply

    def post(self, member: str, *entries: Body) -> Reply:
        """Write a list: what the version has no operation for goes through POST config."""
        missing = (self.version == 36 and member == "associations") or (self.version < 38 and member == "qos")
        return self.do("POST", "config" if missing else member, {member: list(entries)})

    def show(self, entity: str, *words: str) -> list[list[str]]:
        """What sacctmgr shows, as rows of columns."""
        text = self.cluster.slurm("sacctmgr", "--noheader", "--parsable2", "show", entity, *words)
        return [line.split("|") for line in text.splitlines()]

    def lacks(self, entity: str, term: str) -> bool:
        return NEWEST[self.cluster.release] <= LACKING.get((entity, term), 0)


@pytest.fixture(params=VERSIONS, ids=lambda version: f"v{version}")
def asking(any_cluster: Cluster, request: pytest.FixtureRequest) -> Iterator[Asking]:
    """The cluster with nothing of ours in it."""
    yield Asking(any_cluster, request.param)
    run_lines(any_cluster, NOTHING_OF_OURS)


def spell(value: Any, version: int) -> Any:
    """``value`` as the version has it: up to v0.0.38 a limit is a plain number."""
    if isinstance(value, dict) and "number" in value and version <= EARLY:
        return value["number"]
    if isinstance(value, dict):
        return {name: spell(inner, version) for name, inner in value.items()}
    return value


def describe_association(asking: Asking, turn: int, body: Body) -> Body:
    """``body`` with every property that the version and the release have."""
    rows = {
        place: row
        for place, row in list_properties(ASSOCIATION_PROPERTIES, asking.version).items()
        if not asking.lacks("association", row.term)
    }
    described: Body = spell(describe(rows, turn, body), asking.version)
    return described


def test_all_versions_write_the_same(asking: Asking) -> None:
    write_accounts(asking)
    write_users(asking)
    write_associations(asking)
    write_qos(asking)
    write_the_rest(asking)
    if asking.version in REFUSING:
        refuse(asking)
    delete(asking)


def write_accounts(asking: Asking) -> None:
    account = {"name": "dbva", "description": "first", "organization": "org"}
    asking.post("accounts", {**account, "coordinators": [{"name": "carol", "direct": True}]})
    assert asking.show("account", "dbva", "withcoord") == [["dbva", "first", "org", "carol"]]
    asking.post("accounts", {**account, "description": "second", "coordinators": []})
    assert asking.show("account", "dbva", "withcoord") == [["dbva", "second", "org", ""]]
    (read,) = asking.do("GET", "account/dbva").json()["accounts"]
    assert (read["name"], read["description"], read["organization"]) == ("dbva", "second", "org")


def write_users(asking: Asking) -> None:
    level = "Operator" if asking.version <= EARLY else ["Operator"]
    asking.post("users", {"name": "dbvu", "administrator_level": level})
    assert asking.show("user", "dbvu", "format=user,admin") == [["dbvu", "Operator"]]
    level = "None" if asking.version <= EARLY else ["None"]
    asking.post("users", {"name": "dbvu", "administrator_level": level})
    assert asking.show("user", "dbvu", "format=user,admin") == [["dbvu", "None"]]
    (read,) = asking.do("GET", "user/dbvu").json()["users"]
    assert (read["name"], read["administrator_level"]) == ("dbvu", level)


def write_associations(asking: Asking) -> None:
    of_account = {"account": "dbva", "cluster": "lab", "user": ""}
    of_user = {"account": "dbva", "cluster": "lab", "user": "dbvu"}
    columns = f"format={','.join(COLUMNS)}"
    asking.post("associations", {**of_account, "parent_account": "phys"})
    asking.post("associations", of_user, {**of_user, "account": "phys", "partition": "debug"})
    for turn in (0, 1):
        asking.post("associations", describe_association(asking, turn, dict(of_account)))
        (shown,) = asking.show("association", "account=dbva", "user=", columns)
        assert shown == [values[turn] for values in COLUMNS.values()]
        asking.post("associations", describe_association(asking, turn, dict(of_user)))
        (shown,) = asking.show("association", "user=dbvu", "account=dbva", columns)
        assert shown == [values[turn] for values in COLUMNS.values()]
    found = asking.do("GET", "associations").json()["associations"]
    read = {(one["account"], one["partition"] or ""): one["shares_raw"] for one in found if one["user"] == "dbvu"}
    assert read == {("dbva", ""): 2147483647, ("phys", "debug"): 1}


def write_qos(asking: Asking) -> None:
    limits = {
        "max": {
            "wall_clock": {"per": {"job": {"set": True, "number": 60}}},
            "tres": {"per": {"user": VALUES["tres"][0]}},
        }
    }
    body = {
        "name": "dbvq",
        "description": "d",
        "flags": ["DENY_LIMIT"],
        "priority": {"set": True, "number": 3},
        "limits": limits,
    }
    asking.post("qos", spell(body, asking.version))
    columns = "format=name,priority,flags,maxwall,maxtrespu,preempt"
    assert asking.show("qos", "dbvq", columns) == [["dbvq", "3", "DenyOnLimit", "01:00:00", "cpu=5,gres/gpu=2", ""]]
    changed = {
        "name": "dbvq",
        "priority": {"set": True, "number": 4},
        "preempt": {"list": ["normal"], "mode": ["REQUEUE"]},
    }
    asking.post("qos", spell(changed, asking.version))
    assert asking.show("qos", "dbvq", columns) == [
        ["dbvq", "4", "DenyOnLimit", "01:00:00", "cpu=5,gres/gpu=2", "normal"]
    ]
    document = asking.do("GET", "qos/dbvq").json()
    (read,) = document.get("qos") or document["QOS"]
    assert (read["name"], read["preempt"]["list"]) == ("dbvq", ["normal"])


def write_the_rest(asking: Asking) -> None:
    asking.post("wckeys", {"name": "dbvw", "user": "dbvu", "cluster": "lab"})
    assert asking.show("wckey", "user=dbvu", "format=wckey,user") == [["dbvw", "dbvu"]] or asking.show(
        "wckey", "user=dbvu", "format=wckey,user"
    ) == [["*dbvw", "dbvu"]]
    asking.post("clusters", {"name": "dbvc"})
    assert asking.show("cluster", "dbvc", "format=cluster") == [["dbvc"]]
    assert asking.ask("POST", "tres", {"tres": [{"type": "gres", "name": "new"}]}).status == 422
    if asking.version > EARLY:
        condition = {"accounts": ["dbvb"], "clusters": ["lab"], "association": {"fairshare": 5}}
        record = {"description": "b", "organization": "o"}
        asking.do("POST", "accounts_association", {"association_condition": condition, "account": record})
        assert asking.show("association", "account=dbvb", "format=account,share") == [["dbvb", "5"]]
        condition = {"accounts": ["dbvb"], "clusters": ["lab"], "users": ["dbvv"], "association": {"fairshare": 6}}
        asking.do("POST", "users_association", {"association_condition": condition, "user": {}})
        assert asking.show("association", "user=dbvv", "format=account,share") == [["dbvb", "6"]]


def refuse(asking: Asking) -> None:
    """What carol may not do, what is wrong: 4xx, and nothing is done."""
    before = [asking.show(entity) for entity in ("account", "user", "association", "qos", "cluster", "wckey")]
    for member, entry in (
        ("accounts", {"name": "dbva", "description": "third", "organization": "org"}),
        ("users", {"name": "dbvu", "administrator_level": "Operator"}),
        ("wckeys", {"name": "dbvx", "user": "dbvu", "cluster": "lab"}),
        ("clusters", {"name": "dbvd"}),
    ):
        reply = asking.ask("POST", member, {member: [entry]}, user="carol")
        assert reply.status == 403, (member, reply)
        assert reply.json()["errors"][0]["source"]
        assert asking.ask("POST", member, {member: [{**entry, "name": "dbv,x"}]}).status == 422
        assert asking.ask("POST", member, {member: []}).status == 422
        assert asking.ask("POST", member, [entry]).status == 422
    for path in ("account/dbva", "user/dbvu", "qos/dbvq", "cluster/dbvc", "wckey/dbvw"):
        assert asking.ask("DELETE", path, user="carol").status == 403, path
    assert asking.ask("DELETE", "association").status == 422
    assert asking.ask("DELETE", "association?account=dbva").status == 422
    assert before == [asking.show(entity) for entity in ("account", "user", "association", "qos", "cluster", "wckey")]


def delete(asking: Asking) -> None:
    """What each deletion names; what is not there any more is no failure."""
    names = {
        "account": "removed_accounts" if asking.version > EARLY else "removed_associations",
        "user": "removed_users",
    }
    names |= {"qos": "removed_qos", "cluster": "deleted_clusters", "wckey": "deleted_wckeys"}
    path = "association?account=phys&user=dbvu&partition=debug"
    (removed,) = asking.do("DELETE", path).json()["removed_associations"]
    assert "dbvu" in removed and "debug" in removed
    assert asking.ask("DELETE", path).status == 304
    for path in ("wckey/dbvw", "user/dbvu", "account/dbva", "qos/dbvq", "cluster/dbvc"):
        noun, _, name = path.partition("/")
        (removed,) = asking.do("DELETE", path).json()[names[noun]]
        assert name in removed
        assert asking.ask("DELETE", path).status in (200, 304)
        assert asking.show(noun, f"user={name}" if noun == "user" else f"{noun}={name}") in ([], [[""]])


SOMETHING = """
add account dbva grpjobs=3 grptres=cpu=4 maxwall=10 qos=high,normal
add user dbvu account=dbva partition=debug wckeys=dbvw maxjobs=3 fairshare=parent
add coordinator carol account=dbva
add qos dbvq priority=4 grptres=cpu=3 preempt=normal flags=denyonlimit
"""
STATE = "for e in 'association' 'user withassoc' 'account withcoord' qos wckey 'cluster format=cluster'; do sacctmgr -nP show $e; done"


# What a job used stays in the database, marked as deleted. The QOS goes while its account is there: slurmdbd forgets it
# else, and then the sacct of 22.05 ends at the job.
USED = """
add qos dbvg
add account dbvg qos=dbvg,normal
add user bob account=dbvg qos=dbvg,normal wckeys=dbvg
add user games account=dbvg
"""
DELETED = """
modify user where name=bob account=dbvg set qos=normal
modify account dbvg set qos=normal
delete qos dbvg
delete user where name=bob wckeys=dbvg
delete user where name=bob account=dbvg
delete user games
delete account dbvg
"""


def test_the_document_of_any_version_is_put_back(any_cluster: Cluster) -> None:
    def look_whole() -> set[str]:
        return set(any_cluster.slurm("sh", "-c", STATE).splitlines())

    run_lines(any_cluster, USED)
    sleep(1)  # slurmctld learns of it
    words = ("--wait", "-Adbvg", "-qdbvg", "--wckey=dbvg", "-t1", "-o/dev/null", "-D/tmp", "--wrap=true")
    any_cluster.slurm("sbatch", *words, user="bob")
    run_lines(any_cluster, DELETED + NOTHING_OF_OURS + SOMETHING)
    state = look_whole()
    assert not any("dbvg" in row for row in state)
    for version in VERSIONS:
        asking = Asking(any_cluster, version)
        document = asking.do("GET", "config").json()
        asking.do("POST", "config", document)
        assert look_whole() == state, version
    run_lines(any_cluster, NOTHING_OF_OURS)
    assert look_whole() != state
    asking.do("POST", "config", document)
    assert look_whole() == state
    run_lines(any_cluster, NOTHING_OF_OURS)


@pytest.mark.parametrize("any_cluster", ["22.05", "24.11"], indirect=True)
def test_jobs_are_changed_as_far_as_the_release_can(any_cluster: Cluster) -> None:
    job = any_cluster.slurm("sbatch", "--parsable", "--account=phys", "--wrap=true", user="alice", env={"HOME": "/tmp"})
    asking = Asking(any_cluster, 45)
    record = {
        "comment": {"job": "a, b=c", "administrator": "d", "system": "e"},
        "derived_exit_code": {"return_code": 4},
    }
    for _ in range(100):  # when a job ends, its exit code is written anew
        if "COMPLETED" in any_cluster.slurm("sacct", "-nXP", f"--jobs={job}", "--format=state"):
            break
        sleep(0.2)
    asking.do("POST", f"job/{job}", record)
    columns = "--format=comment,admincomment,systemcomment,derivedexitcode"
    assert any_cluster.slurm("sacct", "-nXP", f"--jobs={job}", columns) == "a, b=c|d|e|4:0"
    for version in (44, 45):
        asking = Asking(any_cluster, version)
        for place, body in (
            ("#/extra/", {"extra": "x"}),
            ("#/tres/allocated/", {"tres": {"allocated": [{"type": "cpu", "count": 1}]}}),
        ):
            term = "Extra" if "extra" in body else "TRES"
            reply = asking.ask("POST", f"job/{job}", body)
            if asking.lacks("job", term):
                assert (reply.status, reply.json()["errors"][0]["source"]) == (422, place)
            else:
                assert reply.status == 200
        reply = asking.ask("POST", "jobs", {"job_id_list": [job], "job_rec": {"comment": {"job": f"v{version}"}}})
        assert reply.status == 200
        assert any_cluster.slurm("sacct", "-nXP", f"--jobs={job}", "--format=comment") == f"v{version}"
        assert asking.ask("POST", f"job/{job}", {"comment": {"job": "x"}}, user="carol").status == 403
        assert asking.ask("POST", "job/999999", {"comment": {"job": "x"}}).status == 404


# -- v0.0.38 on 22.05, beside slurmrestd -------------------------------------------------------------------------------

# fmt: off
TRES = [{"type": "cpu", "count": 5}, {"type": "gres", "name": "gpu", "count": 2}]
ASSOCIATION: Body = {
    "account": "dbva", "cluster": "lab", "user": None, "parent_account": "phys", "default": {"qos": "normal"}, "qos": ["normal", "high"],
    "priority": 24, "shares_raw": 25, "min": {"priority_threshold": 23},
    "max": {"jobs": {"per": {"count": 1, "accruing": 2, "submitted": 3, "wall_clock": 4}, "active": 5, "accruing": 6, "total": 7},
            "tres": {"total": TRES, "minutes": {"per": {"job": TRES}, "total": TRES}, "group": {"minutes": TRES, "active": TRES},
                     "per": {"job": TRES, "node": TRES}},
            "per": {"account": {"wall_clock": 22}}},
}
QOS: Body = {
    "name": "dbvq", "description": "some qos", "flags": ["DENY_LIMIT", "NO_DECAY"], "priority": 35, "usage_factor": 1.5, "usage_threshold": 0.5,
    "preempt": {"list": ["normal"], "mode": ["REQUEUE"], "exempt_time": 34},
    "limits": {"grace_time": 1, "factor": 2.5, "min": {"priority_threshold": 31, "tres": {"per": {"job": TRES}}},
               "max": {"active_jobs": {"accruing": 3, "count": 4}, "wall_clock": {"per": {"qos": 23, "job": 24}},
                       "jobs": {"active_jobs": {"per": {"account": 25, "user": 26}}, "per": {"account": 27, "user": 28}},
                       "accruing": {"per": {"account": 29, "user": 30}},
                       "tres": {"total": TRES, "minutes": {"per": {"qos": TRES, "job": TRES, "account": TRES, "user": TRES}},
                                "per": {"account": TRES, "job": TRES, "node": TRES, "user": TRES}}}},
}
LIMITS: Body = {"max": {"active_jobs": {"count": None}, "wall_clock": {"per": {"qos": -1}}, "tres": {"total": [{"type": "cpu", "count": -1}]}}}
USER: Body = {"name": "dbvu", "administrator_level": "Operator", "default": {"account": "", "wckey": ""}, "flags": []}
#   one after the other, each by both: method, path, body
STORY: tuple[tuple[str, str, Any], ...] = (
    ("POST",   "accounts",     {"accounts": [{"name": "dbva", "description": "first", "organization": "org"}, {"name": "dbvb"}]}),
    ("POST",   "accounts",     {"accounts": [{"name": "dbva", "description": "second", "organization": "org"}]}),
    ("POST",   "users",        {"users": [USER]}),
    ("POST",   "users",        {"users": [{**USER, "administrator_level": "None"}]}),
    ("POST",   "associations", {"associations": [ASSOCIATION]}),
    ("POST",   "associations", {"associations": [{**ASSOCIATION, "user": "dbvu", "parent_account": None, "is_default": 1}]}),
    ("POST",   "qos",          {"QOS": [QOS]}),
    ("POST",   "qos",          {"QOS": [{"name": "dbvq", "flags": ["NO_DECAY"], "preempt": {"mode": ["REQUEUE"]}, "priority": 36, "limits": LIMITS}]}),
    ("POST",   "associations", {"associations": [{**ASSOCIATION, "user": "dbvu", "account": "phys", "parent_account": None}]}),
    ("POST",   "wckeys",       {"wckeys": [{"name": "dbvw", "user": "dbvu", "cluster": "lab", "id": 0, "flags": [], "accounting": []}]}),
    ("POST",   "clusters",     {"clusters": [{"name": "dbvc", "controller": {"host": "", "port": 0}, "flags": [], "tres": []}]}),
    ("DELETE", "wckey/dbvw",   None),
    ("DELETE", "association?account=dbva&user=dbvu", None),
    ("DELETE", "associations?account=dbva",          None),
    ("DELETE", "user/dbvu",    None),
    ("DELETE", "account/dbva", None),
    ("DELETE", "qos/dbvq",     None),
)
# fmt: on
LISTS = ("accounts", "users", "associations", "QOS", "wckeys", "clusters")


@pytest.mark.parametrize("any_cluster", ["22.05"], indirect=True)
def test_each_write_of_22_05_has_the_effect_that_slurmrestd_has(any_cluster: Cluster) -> None:
    told: dict[str, list[Any]] = {}
    for name, http in (("peer", any_cluster.http_peer), ("ours", any_cluster.http)):
        run_lines(any_cluster, NOTHING_OF_OURS)
        told[name] = []
        for method, path, body in STORY:
            reply = http(method, f"/slurmdb/v0.0.38/{path}", user="root", body=body)
            document = reply.json() if reply.body else {}
            removed = {key: value for key, value in document.items() if key.startswith(("removed", "deleted"))}
            told[name].append((f"{method} {path}", reply.status, tidy(removed), look(any_cluster)))
    run_lines(any_cluster, NOTHING_OF_OURS)
    found = [
        f"{peer[0]}: {fault}"
        for peer, ours in zip(told["peer"], told["ours"], strict=True)
        for fault in differ(list(peer), list(ours))
    ]
    assert found == [], "\n".join(found)


def look(cluster: Cluster) -> dict[str, Any]:
    """What is ours in each list, as slurmrestd shows it."""
    document = cluster.http_peer("GET", "/slurmdb/v0.0.38/config", user="root").json()
    state = {}
    for member in LISTS:
        entries = document.get(member) or []
        state[member] = [
            tidy(one) for one in entries if "dbv" in f"{one.get('name')}{one.get('account')}{one.get('user')}"
        ]
        state[member].sort(key=str)
    return state


def tidy(value: Any) -> Any:
    """Without ids; the spaces at the ends of what sacctmgr pads."""
    if isinstance(value, dict):
        return {name: tidy(inner) for name, inner in value.items() if name != "id"}
    if isinstance(value, list):
        return sorted((tidy(inner) for inner in value), key=str)
    return value.strip() if isinstance(value, str) else value
