"""QOS, clusters, TRES and jobs in accounting: the tables held complete, what sacctmgr is asked, what is said of what it said."""

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from conftest import TOKEN, Asker, Heard
from hypothesis import given, settings
from hypothesis import strategies as st
from playback import FakeSlurm

from slurmrest_inetd.accounting import job_records, qos, qos_request
from slurmrest_inetd.accounting.clusters import KINDS as CLUSTER_KINDS
from slurmrest_inetd.accounting.clusters import plan_clusters
from slurmrest_inetd.accounting.known import Known
from slurmrest_inetd.accounting.qos import find_by_id, plan_qos
from slurmrest_inetd.body.findings import Findings
from slurmrest_inetd.body.properties import Property, list_properties
from slurmrest_inetd.fields.clusters import CLUSTER_FLAGS, CLUSTER_PROPERTIES, REFUSED_CLUSTER_FLAGS
from slurmrest_inetd.fields.job_record import EXIT_CODE_PROPERTIES, EXIT_STATES, JOB_RECORD_PROPERTIES
from slurmrest_inetd.fields.qos import PREEMPT_MODES, QOS_FLAGS, QOS_PROPERTIES, REFUSED_FLAGS
from slurmrest_inetd.plugins.slurmdbd.job_changes import read_id
from slurmrest_inetd.slurm.values import Unusable

DOCUMENTS = sorted((Path(__file__).parent.parent / "facts" / "openapi").glob("v0.0.4*.json"))
SACCTMGR = ["sacctmgr", "--immediate"]
NUMBER = {"set", "infinite", "number"}


def read_request(path: Path, operation: str) -> tuple[dict[str, Any], dict[str, Any], int]:
    """A document's schemas, the schema of an operation's request, its version; an empty one where it has none."""
    document = json.loads(path.read_text())
    version = int(document["version"].rpartition(".")[2])
    for one in document["operations"]:
        if one["operationId"] == f"slurmdb_v00{version}_{operation}":
            return document["schemas"], follow(one["request"]["schema"], document["schemas"]), version
    return document["schemas"], {}, version


def follow(schema: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema:
        schema = schemas[schema["$ref"].rsplit("/", 1)[1]]
    return schema


def find_leaves(schema: dict[str, Any], schemas: dict[str, Any], whole: set[str], place: str = "") -> dict[str, Any]:
    """The properties that hold no others, by place; what stands at the places ``whole`` is one."""
    schema = follow(schema, schemas)
    properties = schema.get("properties", {})
    if not properties or set(properties) == NUMBER or place in whole:
        return {place: schema}
    leaves: dict[str, Any] = {}
    for name, inner in properties.items():
        leaves |= find_leaves(inner, schemas, whole, f"{place}/{name}" if place else name)
    return leaves


def find_item(schema: dict[str, Any], schemas: dict[str, Any], member: str) -> dict[str, Any]:
    """The schema of one entry of a list."""
    return follow(follow(schema["properties"][member], schemas)["items"], schemas)


def check_enum(schema: dict[str, Any], schemas: dict[str, Any], words: dict[str, Any]) -> None:
    assert set(follow(schema["items"], schemas)["enum"]) <= set(words)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_each_version_has_each_property_of_each_body_and_no_other(path: Path) -> None:
    schemas, request, version = read_request(path, "post_qos")
    leaves = find_leaves(find_item(request, schemas, "qos"), schemas, set())
    assert set(list_properties(QOS_PROPERTIES, version)) == set(leaves)
    check_enum(leaves["flags"], schemas, QOS_FLAGS)
    check_enum(leaves["preempt/mode"], schemas, PREEMPT_MODES)
    schemas, request, version = read_request(path, "post_clusters")
    leaves = find_leaves(find_item(request, schemas, "clusters"), schemas, set())
    assert set(list_properties(CLUSTER_PROPERTIES, version)) == set(leaves)
    check_enum(leaves["flags"], schemas, CLUSTER_FLAGS)
    schemas, request, version = read_request(path, "post_job")
    if request:
        leaves = find_leaves(request, schemas, {"derived_exit_code"})
        assert set(list_properties(JOB_RECORD_PROPERTIES, version)) == set(leaves)
        inner = find_leaves(leaves["derived_exit_code"], schemas, set())
        assert set(list_properties(EXIT_CODE_PROPERTIES, version)) == set(inner)
        check_enum(inner["status"], schemas, EXIT_STATES)


@pytest.mark.parametrize(
    ("table", "kinds", "forms"),
    [
        (QOS_PROPERTIES, qos_request.KINDS, qos.FORMS),
        (CLUSTER_PROPERTIES, CLUSTER_KINDS, {}),
        (JOB_RECORD_PROPERTIES, job_records.KINDS, job_records.FORMS),
        (EXIT_CODE_PROPERTIES, job_records.EXIT_KINDS, {}),
    ],
)
def test_every_row_is_of_a_known_kind_and_gives_its_term(
    table: tuple[Property, ...], kinds: dict[str, Any], forms: dict[str, Any]
) -> None:
    for version in (36, 37, 38, 40, 45):
        rows = [row for row in table if row.since <= version <= row.until]
        assert len(list_properties(table, version)) == len(rows)
    for row in table:
        assert row.kind in kinds, row.name
        assert row.carry in ("set", "apart", "none"), row.name
        assert row.term or row.carry == "apart", row.name
        assert row.kind in forms or row.carry != "set", row.name
    assert set(REFUSED_FLAGS) <= set(QOS_FLAGS)
    assert set(REFUSED_CLUSTER_FLAGS) <= set(CLUSTER_FLAGS)


# -- QOS ---------------------------------------------------------------------------------------------------------------

KNOWN = {
    "qos": [
        {"name": "normal", "id": 1, "description": "Normal QOS default"},
        {"name": "High", "id": 2, "description": "high"},
        {"name": "it's", "id": 3, "description": ""},
    ]
}
TRES = {"TRES": [{"type": "cpu", "name": ""}, {"type": "gres", "name": "gpu"}, {"type": "mem", "name": ""}]}


def prepare(fake_slurm: FakeSlurm, version: int = 45) -> None:
    """A database with some QOS and TRES; whatever is written is done."""
    for entity, payload in (("qos", KNOWN), ("tres", TRES)):
        document = {**payload, "meta": {}, "errors": [], "warnings": []}
        fake_slurm.say(["sacctmgr", f"--json=v0.0.{version}", "show", entity], json.dumps(document).encode())
    fake_slurm.say("sacctmgr", b" Modified qos...\n  x\n")


def list_writes(fake_slurm: FakeSlurm) -> list[list[str]]:
    return [argv[2:] for argv in fake_slurm.argvs if argv[:2] == SACCTMGR]


def post(ask: Asker, path: str, body: Any, version: int = 45) -> Heard:
    return ask(f"/slurmdb/v0.0.{version}/{path}", "POST", body=json.dumps(body).encode())


def nest(place: str, value: Any) -> dict[str, Any]:
    for name in reversed(place.split("/")):
        value = {name: value}
    return value  # type: ignore[no-any-return]  # a document of JSON


GPU = [{"type": "GRES", "name": "gpu", "id": 1001, "count": 2}, {"type": "cpu", "name": "", "count": 5}]
NONE = {"set": False, "infinite": True, "number": 0}
SIX = {"set": True, "number": 6}
# fmt: off
#     place                                    value                   what sacctmgr sets
TERMS: list[Any] = [
    ("priority",                               7,                      ["Priority=7"]),
    ("priority",                               "7",                    ["Priority=7"]),
    ("priority",                               SIX,                    ["Priority=6"]),
    ("priority",                               NONE,                   ["Priority=-1"]),
    ("priority",                               {"set": False},         None),
    ("priority",                               None,                   None),
    ("limits",                                 None,                   None),
    ("limits/grace_time",                      SIX,                    ["GraceTime=6"]),
    ("limits/factor",                          1.5,                    ["LimitFactor=1.5"]),
    ("limits/factor",                          NONE,                   ["LimitFactor=-1"]),
    ("usage_factor",                           0,                      ["UsageFactor=0"]),
    ("usage_factor",                           1e15,                   ["UsageFactor=1000000000000000"]),
    ("usage_factor",                           "2.25",                 ["UsageFactor=2.25"]),
    ("usage_factor",                           {"set": True, "number": 1e-6}, ["UsageFactor=0.000001"]),
    ("usage_factor",                           {"set": False, "number": 1}, None),
    ("usage_threshold",                        0.12345678,             ["UsageThreshold=0.123457"]),
    ("preempt/exempt_time",                    90,                     ["PreemptExemptTime=0-00:01:30"]),
    ("preempt/exempt_time",                    NONE,                   ["PreemptExemptTime=-1"]),
    ("preempt/mode",                           ["DISABLED"],           ["PreemptMode=off"]),
    ("preempt/mode",                           [],                     ["PreemptMode=off"]),
    ("preempt/mode",                           ["GANG", "SUSPEND"],    ["PreemptMode=suspend,gang"]),
    ("preempt/list",                           ["high", "NORMAL"],     ["Preempt=high,NORMAL"]),
    ("preempt/list",                           [],                     ["Preempt="]),
    ("flags",                                  ["NO_DECAY", "deny_limit"], ["Flags=NoDecay,DenyOnLimit"]),
    ("flags",                                  [],                     ["Flags=-1"]),
    ("flags",                                  ["ADD", "NO_DECAY"],    ["Flags+=NoDecay"]),
    ("flags",                                  ["REMOVE", "NO_DECAY"], ["Flags-=NoDecay"]),
    ("flags",                                  ["REMOVE"],             None),
    ("flags",                                  ["NOT_SET"],            None),
    ("description",                            "a=b, c",               ["Description=a=b, c"]),
    ("description",                            "normal qos DEFAULT",   None),
    ("limits/max/tres/total",                  GPU,                    ["GrpTRES=gres/gpu=2,cpu=5"]),
    ("limits/max/tres/total",                  [{"id": 4, "count": 1}], ["GrpTRES=4=1"]),
    ("limits/max/tres/total",                  [{"type": "cpu", "count": -1}], ["GrpTRES=cpu=-1"]),
    ("limits/max/tres/total",                  [],                     None),
    ("limits/max/wall_clock/per/job",          60,                     ["MaxWallDurationPerJob=60"]),
]
# fmt: on


@pytest.mark.parametrize(("place", "value", "terms"), TERMS)
def test_a_qos_that_is_there_is_modified(
    ask: Asker, fake_slurm: FakeSlurm, place: str, value: Any, terms: list[str] | None
) -> None:
    prepare(fake_slurm)
    heard = post(ask, "qos", {"qos": [{"name": "NORMAL", **nest(place, value)}], "meta": {}})
    assert (heard.status, heard.document["errors"]) == (200, [])
    assert list_writes(fake_slurm) == ([["modify", "qos", "where", "ID=1", "set", *terms]] if terms else [])
    assert all(call.environment["SLURM_JWT"] == TOKEN for call in fake_slurm.calls)


# fmt: off
REFUSED_QOS: list[Any] = [
    ("priority",                       -1,                        "priority/",                       9202),
    ("priority",                       0x80000000,                "priority/",                       9202),
    ("priority",                       "x",                       "priority/",                       9202),
    ("limits/grace_time",              NONE,                      "limits/grace_time/",              9202),
    ("limits/factor",                  0,                         "limits/factor/",                  9216),
    ("usage_factor",                   1e300,                     "usage_factor/",                   9202),
    ("usage_factor",                   -1,                        "usage_factor/",                   9202),
    ("usage_factor",                   "nan",                     "usage_factor/",                   9202),
    ("usage_factor",                   "x",                       "usage_factor/",                   9202),
    ("usage_factor",                   True,                      "usage_factor/",                   9202),
    ("usage_factor",                   {"number": []},            "usage_factor/",                   9202),
    ("limits/max/wall_clock/per/qos",  35791394,                  "limits/max/wall_clock/per/qos/",  9202),
    ("preempt/mode",                   ["CANCEL", "REQUEUE"],     "preempt/mode/",                   9216),
    ("preempt/mode",                   ["x"],                     "preempt/mode/",                   9207),
    ("preempt/list",                   ["nope"],                  "preempt/list/",                   2066),
    ("preempt/list",                   ["it's"],                  "preempt/list/",                   9216),
    ("preempt",                        [],                        "preempt/",                        9209),
    ("flags",                          ["DELETED"],               "flags/",                          9202),
    ("flags",                          ["PARTITION_QOS"],         "flags/",                          9202),
    ("flags",                          ["ADD", "REMOVE"],         "flags/",                          9216),
    ("flags",                          ["NOPE"],                  "flags/",                          9207),
    ("description",                    "it's",                    "description/",                    9216),
    ("name",                           "",                        "name/",                           9000),
    ("name",                           "Upper",                   "name/",                           9216),
    ("name",                           "a,b",                     "name/",                           9216),
    ("id",                             77,                        "id/",                             9000),
    ("id",                             2,                         "id/",                             9000),
    ("limits/max/tres/total",          {"type": "cpu"},           "limits/max/tres/total/",          9208),
    ("limits/max/tres/total",          ["cpu"],                   "limits/max/tres/total/",          9208),
    ("limits/max/tres/total",          [{"type": "cpu"}],         "limits/max/tres/total/",          9202),
    ("limits/max/tres/total",          [{"type": "cpu", "count": {"set": False}}], "limits/max/tres/total/", 9216),
    ("limits/max/tres/total",          [{"type": "1", "count": 2}], "limits/max/tres/total/",        2115),
    ("limits/max/tres/total",          [{"type": 1, "count": 2}], "limits/max/tres/total/",          9202),
    ("limits/max/tres/total",          [{"type": "nope", "count": 2}], "limits/max/tres/total/",     2115),
    ("limits/max/tres/total",          [{"type": "a=1,cpu", "count": 2}], "limits/max/tres/total/",  9216),
    ("limits/max/tres/total",          [*GPU, *GPU],              "limits/max/tres/total/",          9216),
]
# fmt: on


@pytest.mark.parametrize(("place", "value", "source", "number"), REFUSED_QOS)
def test_nothing_is_written_for_a_qos_that_cannot_be(
    ask: Asker, fake_slurm: FakeSlurm, place: str, value: Any, source: str, number: int
) -> None:
    prepare(fake_slurm)
    wrong = {"name": "new", **nest(place, value)}
    heard = post(ask, "qos", {"qos": [{"name": "first"}, wrong, {"name": "last"}]})
    assert heard.status == 422
    assert [(one["source"], one["error_number"]) for one in heard.document["errors"]] == [
        (f"#/qos[1]/{source}", number)
    ]
    assert list_writes(fake_slurm) == []


def test_qos_are_added_in_order_and_what_preempts_a_later_one_comes_last(ask: Asker, fake_slurm: FakeSlurm) -> None:
    prepare(fake_slurm)
    body = [
        {"name": "a", "preempt": {"list": ["b", "high"]}, "flags": ["ADD", "NO_DECAY"], "nope": 1},
        {"name": "b", "preempt": {"list": ["a"]}, "flags": ["REMOVE", "NO_DECAY"], "description": "B"},
        {"name": "b", "priority": 3, "preempt": {"list": []}},
        {"id": 2, "priority": 4},
    ]
    heard = post(ask, "qos?name=x", {"qos": body, "also": 1})
    assert heard.status == 200
    assert list_writes(fake_slurm) == [
        ["add", "qos", "Name=a", "Description=", "Flags=NoDecay"],
        ["add", "qos", "Name=b", "Description=B", "Preempt=a"],
        ["modify", "qos", "where", "Name=b", "set", "Priority=3", "Preempt="],
        ["modify", "qos", "where", "ID=2", "set", "Priority=4"],
        ["modify", "qos", "where", "Name=a", "set", "Preempt=b,high"],
    ]
    assert sorted(one["source"] for one in heard.document["warnings"]) == [
        "#/also/",
        "#/name/",
        "#/qos[0]/nope/",
        "#/qos[1]/description/",
    ]


def test_of_three_qos_the_second_fails(ask: Asker, fake_slurm: FakeSlurm) -> None:
    fake_slurm.say(
        [*SACCTMGR, "add", "qos", "Name=b", "Description="], stderr=b" QOS Preemption loop detected\n", status=1
    )
    prepare(fake_slurm)
    heard = post(ask, "qos", {"qos": [{"name": "a"}, {"name": "b"}, {"name": "c"}]})
    assert heard.status == 422
    assert [(one["source"], one["error_number"]) for one in heard.document["errors"]] == [
        ("#/qos[1]/", 2067),
        ("#/qos[2]/", -1),
    ]
    assert [one["source"] for one in heard.document["warnings"]] == ["#/qos[0]/"]


@pytest.mark.parametrize(
    "body", [{}, {"qos": None}, {"qos": {}}, {"qos": ["x"]}, [], {"qos": [{"name": 5, "limits": 3}]}]
)
def test_a_body_of_another_shape_is_refused(ask: Asker, fake_slurm: FakeSlurm, body: Any) -> None:
    prepare(fake_slurm)
    assert post(ask, "qos", body).status == 422
    assert fake_slurm.argvs == []


def delete(ask: Asker, path: str, version: int = 45) -> Heard:
    return ask(f"/slurmdb/v0.0.{version}/{path}", "DELETE")


GONE = b" Deleting QOS(s)...\n  dbbq\n"
IN_USE = b" Associations listed below have these as their Default QOS.\n  DefQOS = q      C = lab\n Changes Discarded\n"
DENIED = b"sacctmgr: error: Your user doesn't have privilege to perform this action\n Error with request: Access/permission denied\n"
# fmt: off
DELETED_QOS: list[Any] = [
    ("qos/DBBQ", "Name=DBBQ", (GONE, b"", 0),                  200, ["dbbq"], 0),
    ("qos/7",    "ID=7",      (GONE, b"", 0),                  200, ["dbbq"], 0),
    ("qos/x",    "Name=x",    (b" Nothing deleted\n", b"", 1), 304, None,     0),
    ("qos/x",    "Name=x",    (b"", IN_USE, 1),                409, [],       7011),
    ("qos/x",    "Name=x",    (b"", DENIED, 1),                403, [],       2002),
    ("qos/x",    "Name=x",    (b"", b"", -15),                 504, [],       -1),
]
# fmt: on


@pytest.mark.parametrize(("path", "term", "said", "expected", "removed", "number"), DELETED_QOS)
def test_a_qos_is_deleted(
    ask: Asker, fake_slurm: FakeSlurm, path: str, term: str, said: Any, expected: int, removed: Any, number: int
) -> None:
    fake_slurm.say([*SACCTMGR, "delete", "qos", "where", term], *said)
    fake_slurm.say("scontrol", b"slurm-wlm 26.05.5\n")
    heard = delete(ask, path)
    assert (heard.status, heard.document.get("removed_qos")) == (expected, removed)
    if number:
        assert heard.document["errors"][0]["error_number"] == number


def test_a_deleted_qos_is_taken_off_the_lists_of_others(ask: Asker, fake_slurm: FakeSlurm) -> None:
    listed = [
        {"name": "x", "id": 3, "preempt": {"list": ["x"]}},
        {"name": "y", "id": 4, "preempt": {"list": ["X", "normal"]}},
        {"name": "z", "id": 5, "preempt": {"list": ["normal"]}},
        {"name": "v", "id": 6, "preempt": {"list": ["x", "it's"]}},
        {"name": "w", "id": 7, "preempt": {"list": ["x"]}},
    ]
    document = {"qos": listed, "meta": {}, "errors": [], "warnings": []}
    fake_slurm.say(["sacctmgr", "--json=v0.0.45", "show", "qos"], json.dumps(document).encode())
    fake_slurm.say([*SACCTMGR, "modify", "qos", "where", "ID=7", "set", "Preempt="], stderr=DENIED, status=1)
    fake_slurm.say("sacctmgr", b" Deleting QOS(s)...\n  x\n")
    heard = delete(ask, "qos/x")
    assert (heard.status, heard.document["removed_qos"]) == (403, ["x"])
    assert [one["description"] for one in heard.document["warnings"]] == [
        "QOS x was deleted",
        "the list of QOS y was modified",
    ]
    assert list_writes(fake_slurm) == [
        ["delete", "qos", "where", "Name=x"],
        ["modify", "qos", "where", "ID=4", "set", "Preempt=normal"],
        ["modify", "qos", "where", "ID=7", "set", "Preempt="],
    ]
    assert delete(ask, "qos/5").status == 200
    assert list_writes(fake_slurm)[3:] == [["delete", "qos", "where", "ID=5"]]


def test_an_absent_qos_is_told_as_slurmrestd_of_that_release_tells_it(
    ask: Asker, fake_slurm: FakeSlurm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("slurmrest_inetd.slurm.release.known", {})
    fake_slurm.say("scontrol", b"slurm-wlm 24.11.5\n")
    fake_slurm.say("sacctmgr", b" Nothing deleted\n", status=1)
    heard = delete(ask, "qos/x", 42)
    assert (heard.status, heard.document["removed_qos"], len(heard.document["warnings"])) == (200, [], 1)


@pytest.mark.parametrize("path", ["qos/a,b", "qos/-x", "qos/a=b", "qos/a%0Ab", "cluster/a,b", "cluster/it's"])
def test_what_sacctmgr_cannot_carry_is_not_deleted(ask: Asker, fake_slurm: FakeSlurm, path: str) -> None:
    assert delete(ask, path).status == 422
    assert fake_slurm.argvs == []


WORDS = st.text(st.characters(codec="utf-8"), max_size=12)


class Everything(Known):
    """An accounting database that holds just these lists."""

    def __init__(self, lists: dict[str, Any]) -> None:
        self.lists = lists

    def list_entries(self, entity: str, *words: str) -> list[dict[str, Any]]:
        return list(self.lists[entity])


@settings(max_examples=60, deadline=None)
@given(name=WORDS, description=WORDS, preempts=WORDS, tres=WORDS, kind=WORDS)
def test_no_text_becomes_another_term(name: str, description: str, preempts: str, tres: str, kind: str) -> None:
    """Whatever a client sends stands behind its own key, in one element, with no more members than it named."""
    found = Findings()
    entry = {
        "name": name,
        "description": description,
        "preempt": {"list": [preempts]},
        "limits": {"max": {"tres": {"total": [{"type": kind, "name": tres, "count": 1}]}}},
    }
    everything = Everything({"qos": [{"name": preempts, "id": 1}], "tres": [{"type": kind, "name": tres}]})
    wanted = [find_by_id(one, everything, found) for one in qos_request.read_qos([("#/qos[0]/", entry)], 45, found)]
    changes = plan_qos(wanted, everything, found)
    if found.problems:
        return
    for change in changes:
        for step in change.steps:
            check_argv(step.argv)


def check_argv(argv: tuple[str, ...]) -> None:
    assert argv[:2] == tuple(SACCTMGR)
    assert argv[2:4] in (("add", "qos"), ("modify", "qos"), ("add", "cluster"))
    for word in argv[4:]:
        key, _, value = word.partition("=")
        assert key in ("where", "set", "ID", "Name", "Description", "Preempt", "GrpTRES"), word
        assert "\0" not in value
        if key in ("Name", "Preempt"):
            assert not set(value) & set(",'\"=[]\\\n") and value[:1] not in ("+", "-"), word
        if key == "Description":
            assert not set(value) & set("'\"") and value == value.strip(), word
        if key == "GrpTRES":
            assert value.count("=") == 1 and "," not in value, word


def test_what_no_command_can_hold_is_refused_before_the_first(ask: Asker, fake_slurm: FakeSlurm) -> None:
    names = [f"q{number:05}" for number in range(20_000)]
    listed = {
        "qos": [{"name": name, "id": number} for number, name in enumerate(names, 10)],
        "meta": {},
        "errors": [],
        "warnings": [],
    }
    fake_slurm.say(["sacctmgr", "--json=v0.0.45", "show", "qos"], json.dumps(listed).encode())
    heard = post(ask, "qos", {"qos": [{"name": "a"}, {"name": "b", "preempt": {"list": names}}]})
    assert heard.status == 422
    assert [(one["source"], one["error_number"]) for one in heard.document["errors"]] == [("#/qos[1]/", 2012)]
    assert list_writes(fake_slurm) == []


# -- clusters, TRES ----------------------------------------------------------------------------------------------------


def test_clusters_are_added(ask: Asker, fake_slurm: FakeSlurm) -> None:
    fake_slurm.say(
        [*SACCTMGR, "add", "cluster", "Name=lab"], b" This cluster lab already exists.  Not adding.\n", status=1
    )
    fake_slurm.say("sacctmgr")
    body = [
        {"name": "lab", "flags": ["MULTIPLE_SLURMD"], "nodes": "n1", "tres": [], "associations": {"root": {"id": 1}}},
        {"name": "b"},
    ]
    heard = post(ask, "clusters?update_time=0", {"clusters": body, "more": 1})
    assert (heard.status, heard.document["errors"]) == (200, [])
    assert sorted(one["source"] for one in heard.document["warnings"]) == [
        "#/clusters[0]/associations/root/id/",
        "#/clusters[0]/flags/",
        "#/clusters[0]/nodes/",
        "#/more/",
        "#/update_time/",
    ]
    assert list_writes(fake_slurm) == [["add", "cluster", "Name=lab"], ["add", "cluster", "Name=b"]]


@pytest.mark.parametrize(
    "entry",
    [{}, {"name": ""}, {"name": "a,b"}, {"name": "UP"}, {"name": "x", "flags": ["EXTERNAL"]}, {"name": "x", "tres": 1}],
)
def test_nothing_is_added_where_one_cluster_cannot_be(ask: Asker, fake_slurm: FakeSlurm, entry: Any) -> None:
    assert post(ask, "clusters", {"clusters": [{"name": "a"}, entry]}).status == 422
    assert post(ask, "clusters", {"clusters": []}).status == 422
    assert fake_slurm.argvs == []


@settings(max_examples=30, deadline=None)
@given(name=WORDS)
def test_no_name_of_a_cluster_becomes_another_term(name: str) -> None:
    for change in plan_clusters([("#/clusters[0]/", {"name": name})], 45, Findings()):
        check_argv(change.steps[0].argv)


def say_clusters(fake_slurm: FakeSlurm, *words: str, clusters: list[Any]) -> None:
    document = {"clusters": clusters, "meta": {}, "errors": [], "warnings": []}
    fake_slurm.say(["sacctmgr", "--json=v0.0.45", "show", "cluster", *words], json.dumps(document).encode())


def test_a_cluster_is_deleted_where_the_conditions_hold(ask: Asker, fake_slurm: FakeSlurm) -> None:
    fake_slurm.say([*SACCTMGR, "delete", "cluster", "where", "Name=a"], b" Deleting clusters...\n  a\n")
    fake_slurm.say([*SACCTMGR, "delete", "cluster", "where", "Name=b"], b" Nothing deleted\n", status=1)
    fake_slurm.say(
        [*SACCTMGR, "delete", "cluster", "where", "Name=c"],
        stderr=b" Error with request: Job(s) active, cancel job(s) before remove\n",
        status=1,
    )
    say_clusters(fake_slurm, "name=a", "classification=capacity", clusters=[])
    say_clusters(fake_slurm, "name=a", clusters=[{"name": "a", "flags": ["FEDERATION"]}])
    assert delete(ask, "cluster/a").document["deleted_clusters"] == ["a"]
    assert delete(ask, "cluster/a?with_deleted=true").status == 200
    assert delete(ask, "cluster/a?flags=FEDERATION&cluster=a").status == 200
    fake_slurm_count = len(list_writes(fake_slurm))
    assert delete(ask, "cluster/a?classification=CAPACITY").status == 304
    assert delete(ask, "cluster/a?flags=EXTERNAL").status == 304
    assert len(list_writes(fake_slurm)) == fake_slurm_count == 3
    assert delete(ask, "cluster/b").status == 304
    heard = delete(ask, "cluster/c")
    assert (heard.status, heard.document["errors"][0]["error_number"]) == (409, 7001)


def test_tres_cannot_be_made(ask: Asker, fake_slurm: FakeSlurm) -> None:
    heard = post(ask, "tres", {"TRES": [{"type": "gres", "name": "x"}]}, 40)
    assert (heard.status, heard.document["errors"][0]["error_number"]) == (422, 2036)
    assert fake_slurm.argvs == []


# -- jobs --------------------------------------------------------------------------------------------------------------

SACCT = [
    "sacct",
    "--allusers",
    "--duplicates",
    "--local",
    "--allocations",
    "--noheader",
    "--parsable2",
    "--format=JobID,JobIDRaw",
]
DONE = b" Modified jobs...\n  3 submitted at 2026-11-21T14:46:11\n"


@settings(max_examples=60, deadline=None)
@given(text=WORDS, wckey=WORDS, kind=WORDS, job_id=WORDS)
def test_no_text_of_a_job_becomes_another_term(text: str, wckey: str, kind: str, job_id: str) -> None:
    found = Findings()
    given = {
        "comment": {"job": text},
        "extra": text,
        "wckey": wckey,
        "tres": {"allocated": [{"type": kind, "count": 1}]},
    }
    for word in job_records.list_terms(job_records.read_record(given, "#/", 45, found), 45, "#/", found):
        key, _, value = word.partition("=")
        assert key in ("Comment", "Extra", "NewWCKey", "TRES")
        assert "\0" not in value and not set(value) & set("'\""), word
        if key in ("NewWCKey", "TRES"):
            assert "," not in value and value.count("=") == (key == "TRES"), word
    with suppress(Unusable):
        assert set(read_id(job_id)) <= set("0123456789_+")


def prepare_jobs(fake_slurm: FakeSlurm, jobs: str = "3", rows: bytes = b"3|3\n") -> None:
    fake_slurm.say([*SACCT, f"--jobs={jobs}"], rows)
    prepare(fake_slurm)


CODE = "derived_exit_code"
# fmt: off
JOB_TERMS: list[Any] = [
    ("comment/administrator", "a=b, where set",          "AdminComment=a=b, where set"),
    ("comment/job",           "",                        "Comment="),
    ("comment/system",        5,                         "SystemComment=5"),
    ("extra",                 "-x\ny",                   "Extra=-x\ny"),
    ("wckey",                 "wk",                      "NewWCKey=wk"),
    ("wckey",                 "",                        "NewWCKey="),
    ("tres/allocated",        GPU,                       "TRES=gres/gpu=2,cpu=5"),
    (CODE,                    7,                         "DerivedExitCode=1792"),
    (CODE,                    {"return_code": SIX},      "DerivedExitCode=1536"),
    (CODE,                    {"signal": {"id": 9}},     "DerivedExitCode=9"),
    (CODE,                    {"signal": {"name": "SIGUSR1", "id": NONE | {"infinite": False}}, "return_code": 1}, "DerivedExitCode=266"),
    (CODE,                    {"status": ["SUCCESS"]},   "DerivedExitCode=0"),
    (CODE,                    {"status": ["ERROR"], "return_code": 1, "signal": {"name": ""}}, "DerivedExitCode=256"),
    (CODE,                    {"status": ["SIGNALED", "CORE_DUMPED"], "signal": {"id": 11}}, "DerivedExitCode=139"),
]
JOB_REFUSED: list[Any] = [
    ("comment",               "plain",                   9209),
    ("comment/job",           ["x"],                     9202),
    ("extra",                 "it's",                    9216),
    ("extra",                 " x",                      9216),
    ("wckey",                 "a,b",                     9216),
    ("tres/allocated",        [{"type": "nope", "count": 1}], 2115),
    ("tres/allocated",        [{"type": "cpu", "count": -1}], 9216),
    (CODE,                    256,                       9202),
    (CODE,                    {"return_code": -1},       9216),
    (CODE,                    {"nope": 1},               9216),
    (CODE,                    {"status": ["ERROR"]},     9216),
    (CODE,                    {"status": ["PENDING"], "return_code": 1}, 9216),
    (CODE,                    {"status": ["SUCCESS"], "return_code": 1}, 9216),
    (CODE,                    {"return_code": {"infinite": True}}, 9216),
    (CODE,                    {"signal": {"id": 9, "name": "HUP"}}, 9216),
]
# fmt: on


@pytest.mark.parametrize(("place", "value", "term"), JOB_TERMS)
def test_a_job_is_changed(ask: Asker, fake_slurm: FakeSlurm, place: str, value: Any, term: str) -> None:
    fake_slurm.say([*SACCTMGR, "modify", "job", "where", "JobID=3", "set", term], DONE)
    prepare_jobs(fake_slurm)
    heard = post(ask, "job/3", nest(place, value))
    assert (heard.status, heard.document["results"]) == (200, ["3 submitted at 2026-11-21T14:46:11"])
    assert list_writes(fake_slurm) == [["modify", "job", "where", "JobID=3", "set", term]]


@pytest.mark.parametrize(("place", "value", "number"), JOB_REFUSED)
def test_no_job_is_changed_by_what_cannot_be(
    ask: Asker, fake_slurm: FakeSlurm, place: str, value: Any, number: int
) -> None:
    prepare_jobs(fake_slurm)
    heard = post(ask, "job/3", {"extra": "y", **nest(place, value)})
    assert heard.status == 422
    assert [(one["source"], one["error_number"]) for one in heard.document["errors"]] == [(f"#/{place}/", number)]
    assert list_writes(fake_slurm) == []


@pytest.mark.parametrize(
    ("body", "source"),
    [
        ({"job_id_list": [], "job_rec": {"extra": "x"}}, "#/job_id_list/"),
        ({"job_rec": {"extra": "x"}}, "#/job_id_list/"),
        ({"job_id_list": "3", "job_rec": {"extra": "x"}}, "#/job_id_list/"),
        ({"job_id_list": ["3"]}, "#/job_rec/"),
        ({"job_id_list": ["3"], "job_rec": []}, "#/job_rec/"),
        ({"job_id_list": ["3", "4.0"], "job_rec": {"extra": "x"}}, "#/job_id_list[1]/"),
        ({"job_id_list": ["3", "4,5"], "job_rec": {"extra": "x"}}, "#/job_id_list[1]/"),
        ({"job_id_list": ["3", []], "job_rec": {"extra": "x"}}, "#/job_id_list[1]/"),
        ({"job_id_list": [f"{3_000_000 + n}_{n}" for n in range(12_000)], "job_rec": {"extra": "x"}}, "#/job_id_list/"),
    ],
)
def test_no_list_is_taken_for_all(ask: Asker, fake_slurm: FakeSlurm, body: Any, source: str) -> None:
    heard = post(ask, "jobs", body)
    assert heard.status == 422
    assert [one["source"] for one in heard.document["errors"]] == [source]
    assert fake_slurm.argvs == []


def test_every_unknown_job_is_named_and_none_is_changed(ask: Asker, fake_slurm: FakeSlurm) -> None:
    prepare_jobs(fake_slurm, "3,5_1,7+1,9,5,99", b"3|3\n5_1|6\n5_2|5\n7+0|7\n7+1|8\n")
    body = {"job_id_list": ["3", "5_1", "7+1", 9, "5", "3", "99"], "job_rec": {"extra": "x"}, "more": 1}
    heard = post(ask, "jobs", body, 44)
    assert heard.status == 404
    assert [one["source"] for one in heard.document["errors"]] == ["#/job_id_list[3]/", "#/job_id_list[6]/"]
    assert [one["source"] for one in heard.document["warnings"]] == ["#/more/"]
    assert list_writes(fake_slurm) == []


def test_many_jobs_are_changed_at_once(ask: Asker, fake_slurm: FakeSlurm) -> None:
    fake_slurm.say([*SACCTMGR, "modify", "job", "where", "JobID=3,4", "set", "Extra=x"], DONE + b"  4 submitted at x\n")
    prepare_jobs(fake_slurm, "3,4", b"3|3\n4|4\n")
    heard = post(ask, "jobs", {"job_id_list": ["3", "4"], "job_rec": {"extra": "x"}})
    assert (heard.status, len(heard.document["results"])) == (200, 2)


def test_what_became_of_a_job_is_said(ask: Asker, fake_slurm: FakeSlurm) -> None:
    fake_slurm.say(
        [*SACCTMGR, "modify", "job", "where", "JobID=3", "set", "Extra=x"], b" Modified jobs...\n", DENIED, 1
    )
    fake_slurm.say(
        [*SACCTMGR, "modify", "job", "where", "JobID=3", "set", "NewWCKey=x"],
        b"  Nothing modified\n",
        b" sacctmgr: No error\n",
        1,
    )
    prepare_jobs(fake_slurm)
    assert post(ask, "job/3", {}).status == 304
    assert post(ask, "job/3", {"extra": "x"}).status == 403
    assert post(ask, "job/3", {"wckey": "x"}).status == 409
    fake_slurm.say(
        [*SACCT, "--jobs=4"], stderr=b"sacct: error: Sending PersistInit msg: Connection refused\n", status=1
    )
    assert post(ask, "job/4", {"extra": "x"}).status == 502
