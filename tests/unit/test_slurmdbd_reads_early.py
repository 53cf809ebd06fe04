"""Accounting's reads in v0.0.36 to v0.0.38: what is asked for without the query's saying so, and what the query says."""

import json
from typing import Any

import pytest
from accounting_state import META
from conftest import Asker
from playback import FakeSlurm

MEMBERS = {"account": "accounts", "user": "users", "association": "associations", "qos": "QOS", "tres": "TRES"}
USERS = ("withassoc", "withcoord")
# fmt: off
#   version  path                            sacctmgr show ...
ASKED: tuple[tuple[int, str, tuple[str, ...]], ...] = (
    (36,     "accounts",                     ("account", *USERS, "withdeleted")),
    (37,     "account/a",                    ("account", *USERS, "withdeleted", "name=a")),
    (38,     "accounts",                     ("account", *USERS)),
    (38,     "accounts?with_deleted=true",   ("account", *USERS, "withdeleted")),
    (40,     "accounts",                     ("account",)),
    (37,     "users",                        ("user", *USERS, "withdeleted")),
    (38,     "user/a",                       ("user", *USERS, "name=a")),
    (38,     "users?with_deleted=true",      ("user", *USERS, "withdeleted")),
    (37,     "qos",                          ("qos", "withdeleted")),
    (38,     "qos",                          ("qos",)),
    (38,     "qos/1",                        ("qos", "name=1")),
    (40,     "qos/1",                        ("qos", "id=1")),
    (38,     "associations?account=a",       ("association", "account=a")),
    (38,     "associations?user=",           ("association",)),
    (38,     "association?partition=p",      ("association", "partition=p")),
    (38,     "wckey/w",                      ("wckey", "name=w")),
    (38,     "cluster/c",                    ("cluster", "name=c")),
)
JOBS: tuple[tuple[int, str, tuple[str, ...]], ...] = (
    (38,     "jobs",                         ("--truncate", "--allclusters")),
    (38,     "jobs?skip_steps=true",         ("--duplicates", "--allocations", "--local")),
    (40,     "jobs?skip_steps=true",         ("--truncate", "--allocations", "--local")),
    (36,     "jobs?group=g&account=a",       ("--duplicates", "--account=a", "--group=g", "--local")),
    (37,     "jobs?cpus_min=2&cpus_max=3",   ("--duplicates", "--ncpus=2-3", "--local")),
    (38,     "jobs?step=7.batch",            ("--duplicates", "--jobs=7.batch", "--local")),
)
# fmt: on


def write(member: str, entries: list[dict[str, Any]]) -> bytes:
    """A document as Slurm lays it out."""
    return json.dumps({member: entries, "meta": META, "errors": [], "warnings": []}, indent=2).encode() + b"\n"


@pytest.mark.parametrize(("version", "path", "words"), ASKED)
def test_what_is_asked_for(fake_slurm: FakeSlurm, ask: Asker, version: int, path: str, words: tuple[str, ...]) -> None:
    member = MEMBERS.get(words[0], f"{words[0]}s") if version < 40 else f"{words[0]}s".replace("qoss", "qos")
    fake_slurm.say("sacctmgr", write(member, []))
    ask(f"/slurmdb/v0.0.{version}/{path}")
    assert fake_slurm.argvs[0][2:] == ["show", *words]


@pytest.mark.parametrize(("version", "path", "words"), JOBS)
def test_which_jobs_are_asked_for(
    fake_slurm: FakeSlurm, ask: Asker, version: int, path: str, words: tuple[str, ...]
) -> None:
    fake_slurm.say("sacct", write("jobs", []))
    assert ask(f"/slurmdb/v0.0.{version}/{path}").status == 200
    asked = [word.replace("--accounts=", "--account=") for word in fake_slurm.argvs[0][2:]]
    assert sorted(asked) == sorted(("--allusers", *words))


def test_associations_take_no_query_before_v38(fake_slurm: FakeSlurm, ask: Asker) -> None:
    fake_slurm.say("sacctmgr", write("associations", []))
    heard = ask("/slurmdb/v0.0.37/associations?user=a")
    assert fake_slurm.argvs[0][2:] == ["show", "association", "withdeleted"]
    assert 'unknown field "user"' in heard.document["warnings"][0]["description"]


def say_associations(fake: FakeSlurm) -> None:
    """Two associations, and the QOS that they may use."""
    qos = write("qos", [{"id": 10, "name": "high"}, {"id": 2, "name": "low"}])
    fake.say(["sacctmgr", "--json=v0.0.40", "show", "qos", "withdeleted"], qos)
    entries = [{"account": "a", "user": user, "qos": ["high", "low", "odd"]} for user in (None, "x")]
    fake.say("sacctmgr", write("associations", entries))


def test_several_associations_are_one_answer_before_v38(fake_slurm: FakeSlurm, ask: Asker) -> None:
    say_associations(fake_slurm)
    heard = ask("/slurmdb/v0.0.37/association?account=a")
    assert [one["qos"] for one in heard.document["associations"]] == [["odd", "2", "10"]] * 2
    assert ask("/slurmdb/v0.0.38/association?account=a").status == 422


def test_an_empty_user_is_the_accounts_own_in_v38(fake_slurm: FakeSlurm, ask: Asker) -> None:
    say_associations(fake_slurm)
    told = {
        version: [one["user"] for one in ask(f"/slurmdb/v0.0.{version}/associations?user=").document["associations"]]
        for version in (38, 40)
    }
    assert told == {38: [None], 40: ["x"]}


@pytest.mark.parametrize("version", [36, 37, 38])
def test_config_has_the_lists_by_their_early_names(fake_slurm: FakeSlurm, ask: Asker, version: int) -> None:
    fake_slurm.say(["sacctmgr", "--json=v0.0.40", "show", "qos", "withdeleted"], write("qos", []))
    fake_slurm.say("sacctmgr", write("any", []))
    document = ask(f"/slurmdb/v0.0.{version}/config").document
    lists = [name for name in document if name not in ("meta", "errors", "warnings")]
    assert lists == ["clusters", "TRES", "accounts", "users", "QOS", "wckeys", "associations"]
    argvs = [argv for argv in fake_slurm.argvs if argv[1] == f"--json=v0.0.{version}"]
    assert [argv[3] for argv in argvs if "withdeleted" in argv] == ["tres"]
    assert not any("withrawqos" in argv for argv in argvs)


def test_an_exit_status_is_a_number_in_early_versions(fake_slurm: FakeSlurm, ask: Asker) -> None:
    jobs = [{"job_id": number, "exit_code": {"return_code": number}} for number in (0, 3)]
    fake_slurm.say("sacct", write("jobs", jobs))
    told = ask("/slurmdb/v0.0.38/jobs?exit_code=3").document["jobs"]
    assert [job["job_id"] for job in told] == [3]
