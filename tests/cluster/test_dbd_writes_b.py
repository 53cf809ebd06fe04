"""The writes of qos, clusters, tres, config and jobs of accounting on real clusters: each once through slurmrestd and once through us
from the same starting state, replies and resulting state compared; and where we do otherwise, the reason.

Law: what is made in the cluster is named dbb*, and taken away again. What would harm the cluster (an empty list of jobs, an unknown
TRES of a job) is asked of us alone.
"""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from clusters import Cluster
from compare import compare_documents
from replies import Reply

from slurmrest_inetd.body.properties import list_properties
from slurmrest_inetd.fields.qos import QOS_PROPERTIES

SPOKEN = {"24.11": (40, 42), "26.05": (42, 45)}
RELEASES = pytest.mark.parametrize("cluster", ["26.05"], indirect=True)
NO_LIMIT = {"set": False, "infinite": True, "number": 0}
MEMBERS = ("clusters", "accounts", "users", "qos", "wckeys", "associations")

# a cluster takes a second to come or go
NO_CLUSTERS = """
delete cluster dbbc
delete cluster dbbd
"""
NO_QOS = """
delete qos dbbn
delete qos dbbx
delete qos dbbq
delete qos dbbp
"""
NO_USERS = """
delete user dbbu
delete user carol wckeys=dbbw
delete user carol account=dbbsub
delete account dbbsub
delete account dbba
"""
CLUSTERS = "add cluster dbbc"
QOS = """
add qos dbbp description=dbbp
add qos dbbq description=first flags=DenyOnLimit preemptmode=requeue grptres=cpu=5 priority=3
"""


def run_lines(cluster: Cluster, lines: str) -> None:
    """Run sacctmgr's lines; status 1 where there is nothing to do."""
    script = "".join(f"sacctmgr -iQ {line}\n" for line in lines.strip().splitlines())
    cluster.run(["sh"], user="root", input=script.encode())


@pytest.fixture
def start(cluster: Cluster) -> Iterator[Cluster]:
    """A cluster with what QOS and CLUSTERS make, and nothing else of ours."""
    run_lines(cluster, f"{NO_USERS}{NO_QOS}{QOS}{CLUSTERS}")
    yield cluster
    run_lines(cluster, f"{NO_USERS}{NO_QOS}{NO_CLUSTERS}")


def show(cluster: Cluster, entity: str, *words: str) -> list[dict[str, Any]]:
    """A list of accounting's, without the ids that slurmdbd gives."""
    text = cluster.slurm("sacctmgr", f"--json=v0.0.{SPOKEN[cluster.release][1]}", "show", entity, *words)
    entries: list[dict[str, Any]] = next(iter(json.loads(text).values()))
    return [{name: value for name, value in entry.items() if name != "id"} for entry in entries]


def look(cluster: Cluster) -> dict[str, Any]:
    """The state that these tests change: all QOS and clusters, by name."""
    argv = f"sacctmgr --json=v0.0.{SPOKEN[cluster.release][1]} show"
    text = cluster.slurm("sh", "-c", f"{argv} qos && {argv} cluster")
    first, end = json.JSONDecoder().raw_decode(text)
    second = json.loads(text[end:])
    return {
        "qos": {one["name"]: {**one, "id": 0} for one in first["qos"]},
        "cluster": {one["name"]: one for one in second["clusters"]},
    }


def differ(peer: Any, ours: Any) -> list[str]:
    return [f"{one.path}: {one.peer!r}, ours {one.ours!r}" for one in compare_documents(peer, ours)]


# -- QOS, property by property -----------------------------------------------------------------------------------------

# fmt: off
#   kind             a QOS that is added                       modified                         and as far as it can be without
VALUES: dict[str, tuple[Any, Any, Any]] = {
    "text":          ("some text",                             "other, text=2",                 ""),
    "qos_flags":     (["DENY_LIMIT", "NO_DECAY"],              ["NO_RESERVE"],                  []),
    "qos_names":     (["dbbp", "normal"],                      ["normal"],                      ["dbbp"]),
    "preempt_mode":  (["REQUEUE", "GANG"],                     ["CANCEL"],                      ["DISABLED"]),
    "limit":         (7,                                       {"set": True, "number": 70},     NO_LIMIT),
    "minutes":       (61,                                      {"set": True, "number": 35791393}, NO_LIMIT),
    "seconds":       (90,                                      0,                               NO_LIMIT),
    "grace":         (30,                                      2147483647,                      0),
    "decimal":       (1.5,                                     0.123457,                        NO_LIMIT),
    "factor":        (2.25,                                    12345.678901,                    NO_LIMIT),
    "tres":          ([{"type": "cpu", "count": 5}, {"type": "gres", "name": "gpu", "count": 2}],
                      [{"type": "mem", "count": 100}, {"type": "cpu", "count": 0}],
                      [{"type": "mem", "count": -1}, {"type": "gres", "name": "gpu", "count": -1}]),
}
# fmt: on


def describe_qos(version: int, turn: int) -> dict[str, Any]:
    """A QOS with every property that the API version has."""
    qos: dict[str, Any] = {"name": "dbbn"}
    for place, row in list_properties(QOS_PROPERTIES, version).items():
        if place in ("name", "id"):
            continue
        *way, last = place.split("/")
        inner = qos
        for name in way:
            inner = inner.setdefault(name, {})
        inner[last] = VALUES[row.kind][turn]
    return qos


def test_every_property_of_a_qos_becomes_what_slurmrestd_makes_of_it(start: Cluster) -> None:
    for version in SPOKEN[start.release]:
        made: dict[str, list[Any]] = {"peer": [], "ours": []}
        for name, http in (("peer", start.http_peer), ("ours", start.http)):
            run_lines(start, "delete qos dbbn")
            for turn in range(3):
                body = {"qos": [describe_qos(version, turn)]}
                reply = http("POST", f"/slurmdb/v0.0.{version}/qos", user="slurm", body=body)
                assert (reply.status, reply.json()["errors"]) == (200, []), (name, turn)
                made[name].append(show(start, "qos", "name=dbbn")[0])
        assert differ(made["peer"], made["ours"]) == []
        assert len({json.dumps(state) for state in made["ours"]}) == 3


# -- the writes, one by one --------------------------------------------------------------------------------------------


class Write(NamedTuple):
    """A request, the statuses that slurmrestd gives, ours; a reason where the state is another than slurmrestd's, and then what is
    there of ours afterwards (``made``) or not (``unmade``)."""

    method: str
    path: str
    body: Any
    peers: tuple[int, ...]
    ours: int
    user: str = "slurm"
    reason: str = ""
    made: tuple[str, ...] = ()
    unmade: tuple[str, ...] = ()


def qos(*entries: Any) -> dict[str, Any]:
    return {"qos": list(entries)}


def tres(**entry: Any) -> dict[str, Any]:
    return {"limits": {"max": {"tres": {"total": [{"count": 3, **entry}]}}}}


NEW, OLD = {"name": "dbbn"}, {"name": "dbbq"}
# fmt: off
WRITES = (
    # done
    Write("POST",   "qos",                 qos(NEW, {**NEW, "priority": 9}),                    (200,),          200),
    Write("POST",   "qos",                 qos({**NEW, "nope": {"a": 1}}),                      (200,),          200),
    Write("POST",   "qos",                 qos({**OLD, "priority": 9}),                         (200,),          200,  reason="slurmrestd empties flags and preemption mode that are not named"),
    Write("DELETE", "qos/dbbq",            None,                                                (200,),          200),
    Write("DELETE", "qos/DBBQ",            None,                                                (200,),          200),
    Write("POST",   "clusters",            {"clusters": [{"name": "dbbd", "nodes": "n1"}, {"name": "dbbc"}]}, (200,), 200),
    Write("DELETE", "cluster/dbbc",        None,                                                (200,),          200),
    # nothing to do
    Write("DELETE", "qos/dbbnone",         None,                                                (200, 304),      0),
    Write("DELETE", "qos/99999",           None,                                                (200, 304),      0),
    Write("DELETE", "cluster/dbbnone",     None,                                                (304,),          304),
    Write("DELETE", "cluster/dbbc?classification=CAPACITY", None,                               (200,),          304,  reason="slurmrestd deletes the cluster, whatever the conditions", made=("dbbc",)),
    # refused
    Write("POST",   "qos",                 qos(NEW),                                            (500, 422),      403,  "alice"),
    Write("POST",   "qos",                 qos({**OLD, "priority": 9}),                         (500, 422),      403,  "alice"),
    Write("DELETE", "qos/dbbq",            None,                                                (500, 422),      403,  "alice"),
    Write("POST",   "clusters",            {"clusters": [{"name": "dbbd"}]},                    (500, 422),      403,  "alice"),
    Write("DELETE", "cluster/dbbc",        None,                                                (500, 422),      403,  "alice"),
    Write("POST",   "tres",                {"TRES": [{"type": "gres", "name": "dbb"}]},         (500, 422),      422),
    Write("POST",   "tres",                {},                                                  (500, 422),      422,  "alice"),
    # wrong
    Write("POST",   "qos",                 {},                                                  (500, 422),      422),
    Write("POST",   "qos",                 {"qos": {"name": "dbbn"}},                           (500,),          422),
    Write("POST",   "qos",                 qos(NEW, {"description": "x"}),                      (500, 422),      422),
    Write("POST",   "qos",                 qos(NEW, {**OLD, "id": 99999}),                      (422,),          422),
    Write("POST",   "qos",                 qos(NEW, {**OLD, "flags": ["NOPE"]}),                (500,),          422),
    Write("POST",   "qos",                 qos(NEW, {**OLD, "priority": "x"}),                  (500,),          422),
    Write("POST",   "qos",                 qos(NEW, {**OLD, "preempt": {"list": ["dbbnone"]}}), (500, 422),      422),
    Write("POST",   "qos",                 qos({**OLD, **tres(type="nope")}),                   (200,),          422,  reason="of an unknown TRES slurmrestd makes no limits at all", made=("dbbq",)),
    Write("POST",   "qos",                 qos({**OLD, "limits": {"max": {"active_jobs": {"count": 2147483648}}}}), (200,), 422, reason="slurmrestd drops what is beyond 31 bits", made=("dbbq",)),
    Write("POST",   "qos",                 qos({**NEW, "description": "it's"}),                 (200,),          422,  reason="sacctmgr cannot carry quotes", unmade=("dbbn",)),
    Write("POST",   "clusters",            {"clusters": []},                                    (500, 422),      422),
    Write("POST",   "clusters",            {"clusters": [{}]},                                  (500,),          422),
    # half of it
    Write("POST",   "qos",                 qos(NEW, {**OLD, "preempt": {"list": ["dbbq"]}}, {"name": "dbbp", "priority": 1}), (500, 422), 422, reason="one command is one transaction: the reply says what is done", made=("dbbn",)),
    Write("POST",   "qos",                 qos({**NEW, "preempt": {"list": ["dbbx"]}}, {"name": "dbbx"}), (500, 422), 200, reason="one that is made by the same request", made=("dbbn", "dbbx")),
    # config
    Write("POST",   "config",              {"clusters": [{"name": "dbbc"}], "qos": [NEW]},      (200,),          200,  reason="slurmrestd says so and makes nothing", made=("dbbn",)),
    Write("POST",   "config",              {"qos": [NEW]},                                      (500, 422),      200,  reason="slurmrestd wants clusters, too", made=("dbbn",)),
    Write("POST",   "config",              {},                                                  (500, 422),      422),
    Write("POST",   "config",              {"clusters": [{"name": "dbbc"}], "qos": [NEW]},      (500, 422),      403,  "alice"),
)
# fmt: on


def test_each_write_is_done_as_slurmrestd_does_it_or_for_a_reason_otherwise(start: Cluster) -> None:
    version = SPOKEN[start.release][1]
    untouched = look(start)
    found: list[str] = []
    for write in WRITES:
        target = f"/slurmdb/v0.0.{version}/{write.path}"
        peer = start.http_peer(write.method, target, user=write.user, body=write.body)
        theirs = reset(start, untouched)
        ours = start.http(write.method, target, user=write.user, body=write.body)
        mine = reset(start, untouched)
        found += [
            f"{write.method} {write.path} {write.body}: {fault}"
            for fault in judge(write, peer, ours, theirs, mine, untouched)
        ]
    assert found == []


def reset(cluster: Cluster, untouched: dict[str, Any]) -> dict[str, Any]:
    """The state as it is now; then it is made as it was."""
    state = look(cluster)
    if state["qos"] != untouched["qos"]:
        run_lines(cluster, NO_QOS + QOS)
    if state["cluster"] != untouched["cluster"]:
        run_lines(cluster, NO_CLUSTERS + CLUSTERS)
    return state


def judge(
    write: Write, peer: Reply, ours: Reply, theirs: dict[str, Any], mine: dict[str, Any], untouched: dict[str, Any]
) -> Iterator[str]:
    """What is not as the row says."""
    if peer.status not in write.peers or ours.status != (write.ours or peer.status):
        yield f"status {peer.status} {peer.body[:300]!r}, ours {ours.status} {ours.body[:300]!r}"
    names = {name for entries in mine.values() for name in entries}
    if not set(write.made) <= names or set(write.unmade) & names:
        yield f"there is {sorted(names)}"
    if write.reason:
        if theirs == mine:
            yield f"no other state than slurmrestd's: not needed is {write.reason!r}"
    else:
        yield from differ(theirs, mine)
    if ours.status >= 400 and "one command" not in write.reason:
        yield from differ(untouched, mine)
    if ours.status == peer.status == 200:
        payload, theirs_too = ours.json(), peer.json()
        lists = {name for name in (*payload, *theirs_too) if name not in ("meta", "errors", "warnings")}
        yield from (f"{name} is {payload.get(name)}" for name in lists if payload.get(name) != theirs_too.get(name))
    elif ours.status >= 400 and not ours.json()["errors"][0]["source"]:
        yield "no source"


def test_a_modified_qos_keeps_what_was_not_named(start: Cluster) -> None:
    before = show(start, "qos", "name=dbbq")[0]
    assert start.http("POST", "/slurmdb/v0.0.42/qos", user="slurm", body=qos({**OLD, "priority": 9})).status == 200
    assert [one.path for one in compare_documents(before, show(start, "qos", "name=dbbq")[0])] == ["priority.number"]


def test_a_qos_that_another_one_preempts_is_deleted_whole(start: Cluster) -> None:
    """Left on the other's list, as slurmrestd leaves it, no QOS could be listed any more on 24.11."""
    run_lines(start, "modify qos dbbq set preempt=dbbp,normal")
    assert start.http("DELETE", "/slurmdb/v0.0.42/qos/dbbp", user="slurm").json()["removed_qos"] == ["dbbp"]
    reply = start.http("GET", "/slurmdb/v0.0.42/qos/dbbq", user="slurm")
    assert reply.json()["qos"][0]["preempt"]["list"] == ["normal"]


# -- config, there and back --------------------------------------------------------------------------------------------

RICH = """
add qos dbbn description=one flags=NoDecay grptres=cpu=5 preempt=dbbq priority=4
add account dbba description=da organization=oa parent=root
add account dbbsub description=ds organization=os parent=dbba grptres=cpu=7
add user carol account=dbbsub qos=normal,dbbn defaultqos=dbbn maxjobs=3
add user dbbu account=dbbsub,dbba defaultaccount=dbba
add coordinator account=dbba names=carol
add user carol wckeys=dbbw
"""


def test_a_config_that_was_wiped_is_put_back(start: Cluster) -> None:
    run_lines(start, RICH)
    for version in SPOKEN[start.release]:
        target = f"/slurmdb/v0.0.{version}/config"
        before = start.http("GET", target, user="slurm").json()
        run_lines(start, NO_USERS + NO_QOS.partition("delete qos dbbq")[0])
        wiped = tidy(start.http("GET", target, user="slurm").json())
        assert [len(tidy(before)[name]) - len(wiped[name]) for name in MEMBERS] == [0, 2, 1, 1, 2, 10]
        assert start.http("POST", target, user="alice", body=before).status == 403
        assert tidy(start.http("GET", target, user="slurm").json()) == wiped
        reply = start.http("POST", target, user="slurm", body=before)
        assert (reply.status, reply.json()["errors"]) == (200, [])
        assert differ(tidy(before), tidy(start.http("GET", target, user="slurm").json())) == []


def tidy(document: dict[str, Any]) -> dict[str, Any]:
    """The lists of a config, in an order of their own, without the ids that slurmdbd gives."""
    return {name: sorted((drop_ids(one) for one in document[name]), key=json.dumps) for name in MEMBERS}


def drop_ids(value: Any) -> Any:
    if isinstance(value, dict):
        # a user's default QOS is an id
        return {
            name: drop_ids(one)
            for name, one in value.items()
            if name != "id" and not (name == "qos" and isinstance(one, int))
        }
    return [drop_ids(one) for one in value] if isinstance(value, list) else value


# -- jobs --------------------------------------------------------------------------------------------------------------


class Jobs(NamedTuple):
    """Two of alice's jobs that ended alike: slurmrestd changes the one, we the other."""

    cluster: Cluster
    peers: str
    ours: str

    def read(self, job_id: str) -> dict[str, Any]:
        """What accounting keeps of a job that can be changed."""
        text = self.cluster.slurm("sacct", "--json=v0.0.45", "--allusers", "--duplicates", f"--jobs={job_id}")
        (job,) = json.loads(text)["jobs"]
        return {name: job[name] for name in ("comment", "derived_exit_code", "extra", "wckey")} | {
            "tres": job["tres"]["allocated"]
        }


@pytest.fixture
def jobs(cluster: Cluster) -> Jobs:
    argv = ["sbatch", "--parsable", "--wait", "-t1", "-Aphys", "-o/dev/null", "-D/tmp", "-Jdbbj", "--wrap=true"]
    ids = [cluster.run(argv, user="alice", check=True).stdout.decode().strip() for _ in range(2)]
    return Jobs(cluster, *ids)


CODE = "derived_exit_code"
# fmt: off
JOB_WRITES = (
    #  user    what is changed                                             slurmrestd  we   reason
    ("slurm", {"comment": {"administrator": "A=b, c", "job": "C", "system": "s"}}, 200, 200, ""),
    ("alice", {"extra": "alice's".replace("'", "")},                       200,        200, ""),
    ("alice", {"comment": {"job": ""}},                                    200,        200, ""),
    ("alice", {"comment": {"administrator": "x"}},                         422,        403, ""),
    ("bob",   {"extra": "bob"},                                            422,        403, ""),
    ("slurm", {"tres": {"allocated": [{"type": "gres", "name": "gpu", "count": 3}]}}, 200, 200, ""),
    ("slurm", {},                                                          304,        304, ""),
    ("slurm", {CODE: {"status": ["SUCCESS"], "return_code": {"set": True, "number": 0}}}, 200, 200, ""),
    ("slurm", {CODE: {"return_code": 4}},                                  200,        200, "slurmrestd writes a return code as a signal"),
    ("slurm", {"extra": ["x"]},                                            422,        422, ""),
    ("slurm", {"comment": "x"},                                            304,        422, ""),
)
# fmt: on


@RELEASES
def test_a_job_is_changed_as_slurmrestd_changes_it(jobs: Jobs) -> None:
    for version in (44, 45):
        for user, body, peers, status, reason in JOB_WRITES:
            base = f"/slurmdb/v0.0.{version}/job"
            peer = jobs.cluster.http_peer("POST", f"{base}/{jobs.peers}", user=user, body=body)
            ours = jobs.cluster.http("POST", f"{base}/{jobs.ours}", user=user, body=body)
            assert (peer.status, ours.status) == (peers, status), (body, peer.body, ours.body)
            found = differ(jobs.read(jobs.peers), jobs.read(jobs.ours))
            assert bool(found) == bool(reason), (body, found)
            if status == 200:
                assert [len(reply.json()["results"]) for reply in (peer, ours)] == [1, 1]
            if reason:
                assert jobs.read(jobs.ours)[CODE]["return_code"]["number"] == 4
                jobs.cluster.http("POST", f"{base}/{jobs.ours}", user="slurm", body={CODE: {"signal": {"id": 4}}})


@RELEASES
def test_a_list_of_jobs_is_changed_whole_or_not_at_all(jobs: Jobs) -> None:
    target = "/slurmdb/v0.0.45/jobs"
    both = [jobs.peers, jobs.ours]
    reply = jobs.cluster.http("POST", target, user="alice", body={"job_id_list": both, "job_rec": {"extra": "both"}})
    assert (reply.status, len(reply.json()["results"])) == (200, 2)
    bobs = jobs.cluster.run(
        ["sbatch", "--parsable", "--wait", "-t1", "-Aphys", "-o/dev/null", "-D/tmp", "-Jdbbj", "--wrap=true"],
        user="bob",
    )
    for others, status in ((["99999"], 404), ([], 422), ([bobs.stdout.decode().strip()], 403)):
        ids = [*both, *others] if others else []
        body = {"job_id_list": ids, "job_rec": {"extra": "more"}}
        reply = jobs.cluster.http("POST", target, user="alice", body=body)
        assert reply.status == status, reply.body
    unknown = {"tres": {"allocated": [{"type": "nope", "count": 3}]}}
    assert jobs.cluster.http("POST", f"/slurmdb/v0.0.45/job/{jobs.ours}", user="slurm", body=unknown).status == 422
    assert [jobs.read(job_id)["extra"] for job_id in both] == ["both", "both"]
