"""The writes of accounts, users, associations and wckeys on real clusters: each once through slurmrestd and once through us from the
same starting state, replies and resulting state compared; and where we do otherwise, the reason.

Law: what is made in the cluster is named dba*, and taken away again. carol is the coordinator of dbaa.
"""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from clusters import Cluster
from compare import compare_documents
from replies import Reply

from slurmrest_inetd.body.properties import list_properties
from slurmrest_inetd.fields.association_body import ASSOCIATION_PROPERTIES
from slurmrest_inetd.fields.association_condition_body import RECORD, USERS_ADDITION

SPOKEN = {"24.11": (40, 42), "26.05": (43, 45)}
NEWEST = "26.05"
NO_LIMIT = {"set": False, "infinite": True, "number": 0}
NOTHING_OF_OURS = """
modify user where names=alice set defaultaccount=phys
delete user where names=dbau,dbav,dbax,dbay,dbanone
delete user where names=dbanone account=dbaa
delete user where wckeys=dbak,dbaw
delete account where names=dbaa,dbab,dbac,dbad
"""
START = """
add account names=dbaa description=first organization=org grptres=cpu=3 maxjobs=9
add account names=dbab description=second organization=org parent=dbaa
add user names=dbau account=dbaa,phys defaultaccount=phys wckeys=dbaw
add user names=alice account=dbaa
add coordinator names=carol account=dbaa
"""
LOOK = "for e in 'account withcoord' 'user withassoc withcoord' association wckey; do sacctmgr --json=v0.0.%d show $e; echo; done"
Where = dict[str, Any]


def run_lines(cluster: Cluster, lines: str) -> None:
    """Run sacctmgr's lines; status 1 where there is nothing to do."""
    script = "".join(f"sacctmgr -iQ {line}\n" for line in lines.strip().splitlines())
    cluster.run(["sh"], user="root", input=script.encode())


def look(cluster: Cluster) -> dict[str, Any]:
    """What these tests change, by name."""
    text = cluster.run(["sh", "-c", LOOK % SPOKEN[cluster.release][1]], user="root", check=True).stdout.decode()
    state: dict[str, Any] = {}
    rest = text.strip()
    while rest:
        document, end = json.JSONDecoder().raw_decode(rest)
        rest = rest[end:].strip()
        member, entries = next(iter(document.items()))
        state[member] = {name_entry(one): tidy(one) for one in entries}
    return state


def name_entry(entry: Where) -> str:
    return "|".join(str(entry.get(name, "")) for name in ("name", "account", "user", "cluster", "partition"))


def tidy(entry: Where) -> Where:
    """An entry without ids (a user's default QOS is one); its lists in an order of their own."""
    kept: Where = drop_ids(entry)
    for name in ("coordinators", "associations", "wckeys"):
        if name in kept:
            kept[name].sort(key=json.dumps)
    return kept


def drop_ids(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            name: drop_ids(one)
            for name, one in value.items()
            if name != "id" and not (name == "qos" and isinstance(one, int))
        }
    return [drop_ids(one) for one in value] if isinstance(value, list) else value


def differ(peer: Any, ours: Any) -> list[str]:
    return [f"{one.path}: {one.peer!r}, ours {one.ours!r}" for one in compare_documents(peer, ours)]


@pytest.fixture
def start(cluster: Cluster) -> Iterator[Cluster]:
    """A cluster with what START makes, and nothing else of ours."""
    run_lines(cluster, NOTHING_OF_OURS + START)
    yield cluster
    run_lines(cluster, NOTHING_OF_OURS)


def reset(cluster: Cluster, untouched: dict[str, Any]) -> dict[str, Any]:
    """The state as it is now; then it is made as it was."""
    state = look(cluster)
    if state != untouched:
        run_lines(cluster, NOTHING_OF_OURS + START)
    return state


# -- an association, property by property ------------------------------------------------------------------------------

# fmt: off
#   kind           an association that is added                 modified                           and as far as it can be without
VALUES: dict[str, tuple[Any, Any, Any]] = {
    "text":        ("some text",                               "other, text=2",                   ""),
    "shares":      (7,                                         2147483647,                        1),
    "csv":         (["normal", "high"],                        ["normal"],                        ["normal"]),
    "limit":       (8,                                         {"set": True, "number": 2147483647}, NO_LIMIT),
    "minutes":     (61,                                        {"set": True, "number": 60},       NO_LIMIT),
    "tres":        ([{"type": "cpu", "count": 5}, {"type": "gres", "name": "gpu", "count": 2}],
                    [{"type": "mem", "count": 100}, {"type": "cpu", "count": 0}],
                    [{"type": "cpu", "count": 1}]),
}
BY_TERM = {"DefaultQOS": ("normal", "normal", "normal")}
# fmt: on


def describe(rows: Any, turn: int, body: Where) -> Where:
    """``body`` with every property of ``rows`` that is set."""
    for place, row in rows.items():
        if row.carry != "set":
            continue
        *way, last = place.split("/")
        inner = body
        for name in way:
            inner = inner.setdefault(name, {})
        inner[last] = BY_TERM.get(row.term, VALUES.get(row.kind, ()))[turn]
    return body


@pytest.mark.parametrize("user", ["dbav", ""])
def test_every_property_of_an_association_becomes_what_slurmrestd_makes_of_it(start: Cluster, user: str) -> None:
    account = "phys" if user else "dbac"
    for version in SPOKEN[start.release]:
        made: dict[str, list[Any]] = {"peer": [], "ours": []}
        for name, http in (("peer", start.http_peer), ("ours", start.http)):
            # an account's association is only changed: slurmrestd adds one whose lineage is a user's without a name
            run_lines(start, "delete user names=dbav\ndelete account names=dbac")
            run_lines(start, "add account names=dbac\nadd user names=dbav wckeys=dbak")
            for turn in range(3):
                entry = {"account": account, "user": user, "cluster": "lab", "partition": "debug" if user else ""}
                entry |= {} if user else {"parent_account": ("phys", "chem", "root")[turn]}
                rows = list_properties(ASSOCIATION_PROPERTIES, version)
                body = {"associations": [describe(rows, turn, entry)]}
                reply = http("POST", f"/slurmdb/v0.0.{version}/associations", user="slurm", body=body)
                assert (reply.status, reply.json()["errors"]) == (200, []), (name, turn)
                there = look(start)["associations"]
                made[name].append({key: one for key, one in there.items() if f"|{account}|{user}|" in key})
        # of one that is there, slurmrestd leaves the comment as it was
        for one in (*made["peer"], *made["ours"]):
            for association in one.values():
                association.pop("comment")
        assert differ(made["peer"], made["ours"]) == []
        assert len({json.dumps(state) for state in made["ours"]}) == 3


def test_every_property_of_an_addition_becomes_what_slurmrestd_makes_of_it(start: Cluster) -> None:
    for version in SPOKEN[start.release]:
        rows = list_properties(USERS_ADDITION, version)
        own = {place: row for place, row in rows.items() if place.startswith(RECORD)}
        body = describe(
            own, 0, {"association_condition": {"users": ["dbav", "dbax"], "accounts": ["phys"]}, "user": {}}
        )
        made = []
        for http in (start.http_peer, start.http):
            run_lines(start, "delete user names=dbav,dbax")
            reply = http("POST", f"/slurmdb/v0.0.{version}/users_association", user="slurm", body=body)
            assert (reply.status, reply.json()["errors"]) == (200, [])
            made.append((reply.json()["added_users"], look(start)))
        assert differ(*made) == []


# -- the writes, one by one --------------------------------------------------------------------------------------------


class Write(NamedTuple):
    """A request, the statuses that slurmrestd gives, ours; a reason where the state is another than slurmrestd's."""

    method: str
    path: str
    body: Any
    peers: tuple[int, ...]
    ours: int
    user: str = "slurm"
    reason: str = ""
    releases: tuple[str, ...] = ("24.11", "26.05")


def accounts(*entries: Any) -> Where:
    return {"accounts": [{"description": "x", "organization": "y", **entry} for entry in entries]}


def users(*entries: Any) -> Where:
    return {"users": list(entries)}


def assocs(*entries: Any) -> Where:
    return {"associations": [{"account": "dbaa", "user": "alice", "cluster": "lab", **entry} for entry in entries]}


def wckeys(*entries: Any) -> Where:
    return {"wckeys": [{"name": "dbak", "user": "dbau", "cluster": "lab", **entry} for entry in entries]}


def more_users(user: Any = None, **condition: Any) -> Where:
    return {"association_condition": {"users": ["dbav"], "accounts": ["dbaa"], **condition}, "user": user or {}}


def more_accounts(account: Any = None, **condition: Any) -> Where:
    texts = {"description": "x", "organization": "y"}
    return {"association_condition": {"accounts": ["dbac"], **condition}, "account": account or texts}


ERROR = (500, 422)
WIPES = "slurmrestd takes all limits of TRES away where none are named"
HALF = "one command is one transaction: the reply says what is done"
COORDINATORS = "slurmrestd takes an account's coordinators away where none are named"
CASE = "sacctmgr writes in lower case, and says so"
# fmt: off
WRITES = (
    # done
    Write("POST",   "accounts",             accounts({"name": "dbac"}, {"name": "dbad", "coordinators": [{"name": "bob"}], "flags": ["UsersAreCoords"]}), (200,), 200),
    Write("POST",   "accounts",             accounts({"name": "dbaa", "description": "new"}),                  (200,), 200, reason=COORDINATORS),
    Write("POST",   "accounts",             accounts({"name": "dbaa", "coordinators": [{"name": "bob"}]}),     (200,), 200),
    Write("POST",   "accounts",             accounts({"name": "dbaa", "coordinators": []}),                    (200,), 200),
    Write("POST",   "accounts",             accounts({"name": "dbaa", "nope": 1, "associations": [{"user": ""}], "flags": ["DELETED"]}), (200,), 200, reason=COORDINATORS),
    Write("POST",   "accounts",             accounts({"name": "dbac", "description": "Case"}),                 (200,), 200, reason=CASE),
    Write("POST",   "users",                users({"name": "dbav", "administrator_level": ["Operator"]}, {"name": "dbax", "default": {"wckey": "dbak"}}), (200,), 200),
    Write("POST",   "users",                users({"name": "dbav", "wckeys": [{"name": "dbak", "user": "dbav", "cluster": "lab"}, {"name": "dbaw", "user": "dbav", "cluster": "lab"}]}), (200,), 200),
    Write("POST",   "users",                users({"name": "dbau", "default": {"account": "dbaa"}, "administrator_level": ["Administrator"]}), (200,), 200),
    Write("POST",   "users",                users({"name": "dbay", "old_name": "dbau"}),                       (200,), 200),
    Write("POST",   "users",                users({"name": "alice", "default": {"account": "dbaa"}}),          (200,), 200, "alice"),
    Write("POST",   "associations",         assocs({"user": "dbau", "partition": "debug", "is_default": True}), (200,), 200),
    Write("POST",   "associations",         assocs({"shares_raw": 5}),                                         (200,), 200),
    Write("POST",   "associations",         assocs({"shares_raw": 5}),                                         (200,), 200, "carol"),
    Write("POST",   "associations",         assocs({"user": "bob"}, {"user": "bob", "partition": "debug"}),    (200,), 200, "carol"),
    Write("POST",   "associations",         assocs({"user": "", "parent_account": "phys"}),                    (200,), 200, reason=WIPES),
    Write("POST",   "accounts_association", more_accounts(association={"parent": "dbaa", "maxjobs": 4}),       (200,), 200),
    Write("POST",   "accounts_association", more_accounts(accounts=["dbaa", "dbac", "dbad"]),                  (200,), 200),
    Write("POST",   "accounts_association", more_accounts(association={"parent": "dbaa"}),                     (200,), 200, "carol"),
    Write("POST",   "users_association",    more_users({"adminlevel": ["Operator"], "defaultwckey": "dbaw"}, wckeys=["dbaw", "dbak"], partitions=["debug"]), (200,), 200),
    Write("POST",   "users_association",    more_users(),                                                      (200,), 200, "carol"),
    Write("POST",   "wckeys",               wckeys({}, {"user": "bob"}),                                       (200,), 200),
    Write("DELETE", "wckey/dbaw",           None,                                                              (200,), 200),
    Write("DELETE", "user/dbau",            None,                                                              (200,), 200),
    Write("DELETE", "account/dbab",         None,                                                              (200,), 200),
    Write("DELETE", "associations?account=dbaa&user=alice%2Cdbau", None,                                         (200,), 200),
    Write("DELETE", "associations?account=dbaa&user=alice", None,                                              (200,), 200, "carol"),
    Write("DELETE", "association?account=dbaa&user=dbau", None,                                                (200,), 200),
    Write("DELETE", "associations?account=dbaa", None,                                                         (200,), 200, releases=("26.05",)),
    # nothing to do
    Write("POST",   "wckeys",               wckeys({"name": "dbaw"}),                                          (200,), 200),
    Write("POST",   "associations",         assocs({}),                                                        (200, 304), 304),
    Write("POST",   "accounts_association", more_accounts(accounts=["dbaa"]),                                  (304,), 304),
    Write("POST",   "users_association",    more_users(users=["dbau"]),                                        (304,), 304),
    Write("DELETE", "wckey/dbanone",        None,                                                              (200,), 200),
    Write("DELETE", "user/dbanone",         None,                                                              (304,), 304),
    Write("DELETE", "account/dbanone",      None,                                                              (304,), 304),
    Write("DELETE", "associations?account=dbanone", None,                                                      (304,), 304),
    Write("DELETE", "association?user=dbanone", None,                                                          (304,), 304),
    # refused
    Write("POST",   "accounts",             accounts({"name": "dbac"}),                                        ERROR,  403, "alice"),
    Write("POST",   "accounts",             accounts({"name": "dbaa"}),                                        ERROR,  403, "alice"),
    Write("POST",   "users",                users({"name": "dbav"}),                                           ERROR,  403, "alice"),
    Write("POST",   "users",                users({"name": "dbav"}),                                           (200,), 403, "carol", reason="sacctmgr lets a coordinator add users with associations only"),
    Write("POST",   "users",                users({"name": "alice", "administrator_level": ["Administrator"]}), (500, 422, 200), 403, "alice"),
    Write("POST",   "associations",         assocs({"user": "bob"}),                                           ERROR,  403, "alice"),
    Write("POST",   "associations",         assocs({"shares_raw": 99}),                                        (304,), 409, "alice"),
    Write("POST",   "accounts_association", more_accounts(),                                                   ERROR,  403, "alice"),
    Write("POST",   "users_association",    more_users(),                                                      ERROR,  403, "alice"),
    Write("POST",   "wckeys",               wckeys({"user": "alice"}),                                         ERROR,  403, "alice"),
    Write("DELETE", "wckey/dbaw",           None,                                                              ERROR,  403, "alice"),
    Write("DELETE", "user/dbau",            None,                                                              ERROR,  403, "alice"),
    Write("DELETE", "account/dbab",         None,                                                              ERROR,  403, "alice"),
    Write("DELETE", "associations?account=dbaa&user=dbau", None,                                               ERROR,  403, "alice"),
    Write("DELETE", "association?account=dbaa&user=alice", None,                                               ERROR,  403, "alice"),
    Write("DELETE", "account/phys",         None,                                                              ERROR,  422),
    Write("DELETE", "association?account=phys&user=dbau", None,                                                ERROR,  422),
    Write("POST",   "associations",         assocs({"default": {"qos": "high"}}),                              ERROR,  409),
    Write("DELETE", "association?account=dbaa", None,                                                          (500,), 422),
    # half of it
    Write("POST",   "associations",         assocs({"user": "bob"}, {"default": {"qos": "high"}}, {"shares_raw": 9}), ERROR, 409, reason=HALF),
)
# asked of the newest release only: the values are read alike for all
WRONG = (
    Write("POST",   "accounts",             {},                                                                ERROR,  422),
    Write("POST",   "accounts",             {"accounts": []},                                                  (200,), 422),
    Write("POST",   "accounts",             accounts({"name": "dbac"}, {"name": ""}),                          (500,), 422),
    Write("POST",   "accounts",             accounts({"name": "dbac", "description": 'a "quote"'}),            (200,), 422, reason="sacctmgr cannot carry quotes"),
    Write("POST",   "accounts",             accounts({"name": "dbaa", "coordinators": [{"name": "dbanone"}]}), (200,), 422, reason="slurmrestd takes the coordinators away, and makes the unknown none"),
    Write("POST",   "users",                users({"name": "dbav", "administrator_level": ["NOPE"]}),          (500,), 422),
    Write("POST",   "users",                users({"name": "bob", "old_name": "dbau"}),                        (500,), 422),
    Write("POST",   "users",                users({"name": "bob", "default": {"account": "dbanone"}}),         (200,), 422),
    Write("POST",   "associations",         {"associations": []},                                              (200,), 422),
    Write("POST",   "associations",         assocs({"account": "dbanone"}),                                    (200,), 422),
    Write("POST",   "associations",         assocs({"cluster": "dbanone"}),                                    (200,), 422),
    Write("POST",   "associations",         assocs({"user": "dbanone"}),                                       (200,), 422, reason="slurmrestd makes an association of nobody"),
    Write("POST",   "associations",         assocs({"qos": ["dbanone"]}),                                      ERROR,  422),
    Write("POST",   "associations",         assocs({"default": {"qos": "dbanone"}}),                           (200,), 422),
    Write("POST",   "associations",         assocs({"max": {"jobs": {"total": "x"}}}),                         (500,), 422),
    Write("POST",   "associations",         assocs({"max": {"tres": {"total": [{"type": "nope", "count": 1}]}}}), (200,), 422),
    Write("POST",   "associations",         assocs({"user": "", "parent_account": "dbanone"}),                 (200,), 422, reason=WIPES),
    Write("POST",   "accounts_association", more_accounts(accounts=[]),                                        ERROR,  422),
    Write("POST",   "accounts_association", more_accounts(clusters=["dbanone"]),                               (500,), 422),
    Write("POST",   "users_association",    more_users(accounts=["dbanone"]),                                  (304,), 422),
    Write("POST",   "users_association",    more_users(accounts=[]),                                           (500,), 422),
    Write("POST",   "wckeys",               wckeys({"user": None}),                                            ERROR,  422),
    Write("POST",   "wckeys",               wckeys({"user": "dbax"}),                                          (200,), 422, reason="slurmrestd makes a wckey of nobody"),
    Write("POST",   "wckeys",               wckeys({"cluster": "dbanone"}),                                    (200,), 422),
)
# fmt: on


def test_each_write_is_done_as_slurmrestd_does_it_or_for_a_reason_otherwise(start: Cluster) -> None:
    version = SPOKEN[start.release][1]
    untouched = look(start)
    found: list[str] = []
    for write in (*WRITES, *(WRONG if start.release == NEWEST else ())):
        if start.release not in write.releases:
            continue
        target = f"/slurmdb/v0.0.{version}/{write.path}"
        peer = start.http_peer(write.method, target, user=write.user, body=write.body)
        # what both refuse leaves no trace of either
        theirs = reset(start, untouched) if write.reason or 200 in write.peers else untouched
        ours = start.http(write.method, target, user=write.user, body=write.body)
        if ours.status == 504:
            # sacctmgr was cut off (26.05's was, once in some hundred refusals): what became of it is then not known
            ours = start.http(write.method, target, user=write.user, body=write.body)
        mine = reset(start, untouched)
        found += [
            f"{write.user} {write.method} {write.path} {write.body}: {fault}"
            for fault in judge(write, peer, ours, theirs, mine, untouched)
        ]
    assert found == [], "\n".join(found)


def judge(write: Write, peer: Reply, ours: Reply, theirs: Where, mine: Where, untouched: Where) -> Iterator[str]:
    """What is not as the row says."""
    if peer.status not in write.peers or ours.status != write.ours:
        yield f"status {peer.status} {peer.body[:300]!r}, ours {ours.status} {ours.body[:300]!r}"
    if not write.reason:
        yield from differ(theirs, mine)
    elif theirs == mine and write.reason not in (HALF, WIPES):
        yield f"no other state than slurmrestd's: not needed is {write.reason!r}"
    if ours.status >= 400 and write.reason != HALF:
        yield from differ(untouched, mine)
    if ours.status == peer.status == 200:
        payload, theirs_too = ours.json(), peer.json()
        lists = {name for name in (*payload, *theirs_too) if name not in ("meta", "errors", "warnings")}
        for name in lists:
            if normal(payload.get(name)) != normal(theirs_too.get(name)):
                yield f"{name} is {payload.get(name)!r}, slurmrestd's {theirs_too.get(name)!r}"
    elif ours.status >= 400 and not ours.json()["errors"][0]["source"]:
        yield "no source"


def normal(value: Any) -> Any:
    """A list, or the lines of a text, in an order of its own."""
    return sorted(value) if isinstance(value, list) else sorted(str(value).splitlines())


def test_of_three_the_second_fails_and_each_is_accounted_for(start: Cluster) -> None:
    body = assocs({"user": "bob"}, {"default": {"qos": "high"}}, {"shares_raw": 9})
    before = look(start)["associations"]
    reply = start.http("POST", "/slurmdb/v0.0.42/associations", user="slurm", body=body)
    document = reply.json()
    assert [(one["source"], one["error_number"]) for one in document["errors"]] == [
        ("#/associations[1]/", 7011),
        ("#/associations[2]/", -1),
    ]
    assert [one["source"] for one in document["warnings"]] == ["#/associations[0]/"]
    after = look(start)["associations"]
    assert set(after) - set(before) == {"|dbaa|bob|lab|"}
    assert after["|dbaa|alice|lab|"] == before["|dbaa|alice|lab|"]


def test_a_query_that_chooses_nothing_deletes_nothing(start: Cluster) -> None:
    before = look(start)
    for query in ("", "?cluster=lab", "?user=", "?Include%20usage=true"):
        for path in ("association", "associations"):
            assert start.http("DELETE", f"/slurmdb/v0.0.42/{path}{query}", user="slurm").status == 422
    assert look(start) == before


def test_limits_of_tres_stay_where_none_are_named(start: Cluster) -> None:
    body = assocs({"user": "", "shares_raw": 3})
    assert start.http("POST", "/slurmdb/v0.0.42/associations", user="slurm", body=body).status == 200
    limits = look(start)["associations"]["|dbaa||lab|"]["max"]["tres"]["total"]
    assert [(one["type"], one["count"]) for one in limits] == [("cpu", 3)]
