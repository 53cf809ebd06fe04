"""Jobs that are there, changed, requeued and signalled: through slurmrestd and through us from the same state, the replies and the records compared.

Law: each job is made for its test and cancelled after it; tables of cases are in updates.py.
"""

import json
import re
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from asks import FACTS
from clusters import PROGRAM, Cluster
from compare import compare_documents
from differences import JOB_WRITES
from replies import Reply, parse_reply
from test_submit import SCHEDULERS, SPOKEN, spoken  # noqa: F401  a fixture
from updates import CHANGES, REFUSALS, REFUSED_BY_SLURM

SCRIPT = "#!/bin/sh\nsleep 300\n"
# any job: its id, its clocks, what the scheduler thought of it last
ALWAYS = (
    r"(job_id|submit_time|eligible_time|accrue_time|last_sched_evaluation|start_time|end_time|array_job_id|het_job_id|step_id|state_reason"
    r"|preemptable_time|std\w+_expanded|standard_\w+)(\..*)?"
)
WAIT_SECONDS = 60
AT_ONCE = 4


def path(version: int, rest: object) -> str:
    return f"/slurm/v0.0.{version}/job/{rest}"


def submit(cluster: Cluster, *options: str, count: int = 1, user: str = "bob", script: str = SCRIPT) -> list[int]:
    """``count`` equal jobs of ``user``'s, submitted in one go; their ids."""
    words = ["sbatch", "--parsable", "--chdir=/tmp", "--output=/dev/null", "--time=100", "--job-name=writes", *options]
    loop = 'n=$1; shift; script=$(cat; echo x); for i in $(seq "$n"); do printf %s "${script%x}" | "$@" || exit; done'
    run = cluster.run(["sh", "-c", loop, "sh", str(count), *words], user=user, check=True, input=script.encode())
    return [int(line) for line in run.stdout.split()]


def show(cluster: Cluster, job_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """The jobs' records, by id."""
    found = json.loads(cluster.slurm("squeue", "--json", "-t", "all", f"-j{','.join(map(str, job_ids))}"))["jobs"]
    for job in found:
        job["flags"] = sorted(set(job["flags"]) - SCHEDULERS)
    return {job["job_id"]: job for job in found}


def cancel(cluster: Cluster, *job_ids: int) -> None:
    cluster.slurm("scancel", *map(str, job_ids))


def differ(peer: dict[str, Any], ours: dict[str, Any], allowed: str = "") -> list[str]:
    """The leaves that differ and are neither clocks nor ids nor ``allowed``."""
    return [
        f"{found.path}: {found.peer} | {found.ours}"
        for found in compare_documents(peer, ours)
        if not re.fullmatch(ALWAYS, found.path) and not (allowed and re.fullmatch(allowed, found.path))
    ]


def get_numbers(reply: Reply) -> list[int]:
    return [error["error_number"] for error in reply.json()["errors"]]


def describe(reply: Reply) -> str:
    return f"{reply.status} {reply.json()['errors']} {reply.json()['warnings']}"


def ask_all(asked: Sequence[tuple[Any, str, str, str, Any]]) -> list[Reply]:
    """The replies to requests that have nothing to do with one another, some of them at the same time."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(lambda one: one[0](one[1], one[2], user=one[3], body=one[4]), asked))


def test_each_property_changes_the_job_as_through_slurmrestd(spoken: tuple[Cluster, int]) -> None:  # noqa: F811  the fixture
    cluster, version = spoken
    found = []
    newest = max(SPOKEN[cluster.release])
    cases = [case for case in CHANGES if case.since <= version <= case.until]
    if version != newest:  # what the newest version has too is one table for all: the unit tests hold it so
        cases = [case for case in cases if case.until < newest][:10] + cases[:3]
    for before in dict.fromkeys(case.before for case in cases):
        own = [case for case in cases if case.before == before]
        jobs = submit(cluster, "--hold", *before, count=2 * len(own))
        pairs = list(zip(jobs[::2], jobs[1::2], strict=True))
        asked = [
            (ask, "POST", path(version, job), case.user, case.values)
            for case, pair in zip(own, pairs, strict=True)
            for ask, job in zip((cluster.http_peer, cluster.http), pair, strict=True)
        ]
        said = ask_all(asked)
        replies = list(zip(said[::2], said[1::2], strict=True))
        records = show(cluster, jobs)
        cancel(cluster, *jobs)
        for case, pair, (peer, ours) in zip(own, pairs, replies, strict=True):
            nothing = "names no property" in ours.json()["errors"][0]["description"] if ours.json()["errors"] else False
            if peer.status != 200 or (ours.status != 200 and not nothing):
                found.append(f"{case}: {describe(peer)} | {describe(ours)}")
            found += [f"{case}: {line}" for line in differ(records[pair[0]], records[pair[1]], case.differs)]
    assert not found, "\n".join(found)


def test_what_slurm_refuses_is_refused_with_the_same_number(spoken: tuple[Cluster, int]) -> None:  # noqa: F811  the fixture
    cluster, version = spoken
    found = []
    cases = REFUSED_BY_SLURM if version == max(SPOKEN[cluster.release]) else REFUSED_BY_SLURM[::5]
    jobs = submit(cluster, "--hold", count=2)
    try:
        for case in cases:
            peer, ours = (
                ask("POST", path(version, job), user=case.user, body=case.values)
                for ask, job in zip((cluster.http_peer, cluster.http), jobs, strict=True)
            )
            if get_numbers(peer)[:1] != get_numbers(ours) or not 400 <= ours.status < 500:
                found.append(f"{case.values}: {describe(peer)} | {describe(ours)}")
        records = show(cluster, jobs)
        found += differ(records[jobs[0]], records[jobs[1]])
    finally:
        cancel(cluster, *jobs)
    assert not found, "\n".join(found)


def test_what_cannot_be_done_exactly_is_refused_by_name_and_nothing_changes(spoken: tuple[Cluster, int]) -> None:  # noqa: F811  the fixture
    cluster, version = spoken
    (job,) = submit(cluster, "--hold")
    try:
        before = show(cluster, [job])[job]
        for case in REFUSALS:
            if case.since <= version <= case.until:
                reply = cluster.http("POST", path(version, job), user="bob", body=case.values)
                assert reply.status == 422, case
                assert f"#/{case.field}/" in [error["source"] for error in reply.json()["errors"]], case
        for body in ({}, {"job": {"comment": "x"}}, {"comment": None}, [], "x"):
            assert cluster.http("POST", path(version, job), user="bob", body=body).status == 422, body
        assert cluster.http("POST", path(version, job), user="bob", body=b"").status == 400
        assert differ(before, show(cluster, [job])[job]) == []
    finally:
        cancel(cluster, job)


def test_every_property_is_in_one_of_the_tables() -> None:
    names = {name for case in (*CHANGES, *REFUSED_BY_SLURM, *REFUSALS) for name in case.values}
    for document in FACTS.glob("v0.0.4*.json"):
        schemas = json.loads(document.read_text())["schemas"]
        (description,) = (schema for name, schema in schemas.items() if name.endswith("_job_desc_msg"))
        assert set(description["properties"]) <= names


@pytest.mark.parametrize("cluster", ["24.11", "26.05"], indirect=True)
def test_who_may_change_a_job_and_which(cluster: Cluster) -> None:
    version = max(SPOKEN[cluster.release])
    (job,) = submit(cluster, "--hold")
    body = {"comment": "mine"}
    try:
        for user, status in (("alice", 403), ("bob", 200), ("slurm", 200), ("root", 200)):
            asked = {"comment": user}
            reply = cluster.http("POST", path(version, job), user=user, body=asked)
            assert reply.status == status, (user, reply.body)
            assert (show(cluster, [job])[job]["comment"] == user) == (status == 200)
    finally:
        cancel(cluster, job)
    for target, status, number in (
        (job, 409, 2084),
        (f"{job}.0", 422, 9000),
        (f"{job},{job}", 422, 9000),
        ("99999", 404, 2017),
        ("99999999", 404, 2017),
        (f"{job}_4", 404, 2017),
        (f"{job}+1", 404, 2017),
    ):
        reply = cluster.http("POST", path(version, target), user="bob", body=body)
        assert (reply.status, get_numbers(reply)) == (status, [number]), (target, reply.body)


@pytest.mark.parametrize("cluster", ["24.11", "26.05"], indirect=True)
def test_tasks_of_an_array_are_changed_and_each_that_is_not_is_named(cluster: Cluster) -> None:
    version = max(SPOKEN[cluster.release])
    (job,) = submit(cluster, "--hold", "--array=1-4")

    def comments() -> dict[str, str]:
        text = cluster.slurm("squeue", "-hr", f"-j{job}", "-o", "%K %k")
        return dict(line.split(" ", 1) for line in text.splitlines())

    def change(target: str, body: dict[str, Any]) -> Reply:
        return cluster.http("POST", path(version, target), user="bob", body=body)

    try:
        assert change(f"{job}_2", {"comment": "two"}).status == 200
        assert change(f"{job}_[1,3]", {"comment": "odd"}).status == 200
        assert comments() == {"1": "odd", "2": "two", "3": "odd", "4": "(null)"}
        assert change(str(job), {"comment": "all"}).status == 200
        assert set(comments().values()) == {"all"}
        reply = change(f"{job}_[1,9]", {"comment": "x"})
        assert reply.status == 404
        entries = [(entry["job_id"], entry["error_code"]) for entry in reply.json()["results"]]
        assert (job, 2017) in entries
        assert comments()["1"] == "x"
        assert comments()["2"] == "all"
        assert change(f"{job}_2", {"hold": False, "begin_time": 1900000000}).status == 200
        assert change(f"{job}_9", {"hold": False}).status == 404
    finally:
        cancel(cluster, job)
    assert change(str(job), {"hold": False}).json()["errors"][0]["error_number"] == 2084


@pytest.mark.parametrize("cluster", ["24.11", "26.05"], indirect=True)
def test_a_half_done_change_is_told(cluster: Cluster) -> None:
    """slurmctld takes the comment and refuses the nice value, through slurmrestd as through scontrol."""
    version = max(SPOKEN[cluster.release])
    jobs = submit(cluster, "--hold", count=2)
    try:
        body = {"comment": "half", "nice": -500}
        peer, ours = (
            ask("POST", path(version, job), user="bob", body=body)
            for ask, job in zip((cluster.http_peer, cluster.http), jobs, strict=True)
        )
        records = show(cluster, jobs)
        assert differ(records[jobs[0]], records[jobs[1]]) == []
        assert (get_numbers(peer), get_numbers(ours)) == ([2002], [2002])
        assert ours.status == 403
        assert any("property by property" in notice["description"] for notice in ours.json()["warnings"])
        cluster.slurm("scontrol", "update", f"JobId={jobs[1]}", "Priority=0", user="slurm")
        reply = cluster.http("POST", path(version, jobs[1]), user="bob", body={"comment": "kept", "hold": False})
        assert (reply.status, get_numbers(reply)) == (403, [2002])
        assert any("only the release failed" in notice["description"] for notice in reply.json()["warnings"])
        assert show(cluster, jobs)[jobs[1]]["comment"] == "kept"
    finally:
        cancel(cluster, *jobs)


# bodies of DELETE jobs/, made of two plain jobs, an array and a job of root's
# fmt: off
ENDED_BY_NAME: tuple[Any, ...] = (
    lambda a, b, c, r: {"jobs": [str(a), "99999", str(r), f"{c}_2"]},
    lambda a, b, c, r: {"jobs": [str(a), f"{c}_9"], "flags": ["VERBOSE"]},
    lambda a, b, c, r: {"jobs": [f"{c}_[1,3]", b], "flags": ["HURRY"]},
    lambda a, b, c, r: {"jobs": [str(a), str(b)]},
    lambda a, b, c, r: {"jobs": [str(a), str(c)], "signal": "KILL"},
    lambda a, b, c, r: {"jobs": [str(a)], "nope": 1},
)
ENDED_BY_FILTER: tuple[Any, ...] = (
    lambda a, b, c, r: {"job_name": "others", "user_name": "bob"},
    lambda a, b, c, r: {"account": "phys", "partition": "debug", "qos": "normal", "job_state": ["PENDING"], "user_name": "bob"},
    lambda a, b, c, r: {"job_name": "nosuchname"},
    lambda a, b, c, r: {"jobs": [str(a), str(b)], "job_name": "others"},
)
# fmt: on


def end(ask: Any, version: int, body: Any, user: str = "bob") -> Reply:
    """DELETE jobs/."""
    reply: Reply = ask("DELETE", f"/slurm/v0.0.{version}/jobs/", user=user, body=body)
    return reply


def list_states(cluster: Cluster, *job_ids: int) -> list[str]:
    """The job states, in the order of the ids; of an array one state for each of its records."""
    found = json.loads(cluster.slurm("squeue", "--json", "-t", "all", f"-j{','.join(map(str, job_ids))}"))["jobs"]
    return [",".join(job["job_state"]) for job in sorted(found, key=lambda job: int(job["job_id"]))]


def mask(reply: Reply, *job_ids: int) -> dict[str, Any]:
    """The reply's document without meta, its job ids by their place."""
    text = reply.body.decode()
    for place, job in enumerate(job_ids):
        text = re.sub(rf"(?<!\d){job}(?!\d)", str(9_000_000 + place), text)
    document: dict[str, Any] = json.loads(text)
    del document["meta"]
    return document


def test_many_jobs_are_ended_as_through_slurmrestd(spoken: tuple[Cluster, int]) -> None:  # noqa: F811  the fixture
    cluster, version = spoken
    named, matched = (
        (ENDED_BY_NAME, ENDED_BY_FILTER) if version == max(SPOKEN[cluster.release]) else (ENDED_BY_NAME[:3], ())
    )
    (foreign,) = submit(cluster, "--hold", user="root")
    count = 2 * len(named)
    plain, array = submit(cluster, "--hold", count=2 * count), submit(cluster, "--hold", "--array=1-3", count=count)
    sets = list(zip(plain[:count], plain[count:], array, strict=True))
    seen = []
    try:
        for number, make in enumerate(named):
            for ask, jobs in zip((cluster.http_peer, cluster.http), sets[2 * number :], strict=False):
                seen.append(end_and_look(cluster, ask, version, make(*jobs, foreign), (*jobs, foreign)))
        for make in matched:
            for ask in (cluster.http_peer, cluster.http):
                cancel(cluster, *plain, *array)
                jobs = (*submit(cluster, "--hold"), *submit(cluster, "--hold", "--job-name=others"))
                array = submit(cluster, "--hold", "--array=1-3")
                seen.append(end_and_look(cluster, ask, version, make(*jobs, *array, foreign), (*jobs, *array, foreign)))
                plain = list(jobs)
    finally:
        cancel(cluster, *plain, *array, foreign)
    found = [f"{peer} | {ours}" for peer, ours in zip(seen[::2], seen[1::2], strict=True) if peer[1:] != ours[1:]]
    assert not found, "\n".join(found)


def end_and_look(
    cluster: Cluster, ask: Any, version: int, body: dict[str, Any], jobs: tuple[int, ...]
) -> tuple[Any, ...]:
    """The body, and what must be the same: the status, its entries, the states of the jobs."""
    reply = end(ask, version, body)
    entries = mask(reply, *jobs)["status"]
    for entry in entries:
        if entry["error"]["code"] == 2172:  # slurmctld says which names differ, we that the filter does not match
            entry["error"]["message"] = ""
    return body, reply.status, sorted(entries, key=lambda entry: str(entry["step_id"])), list_states(cluster, *jobs)


@pytest.mark.parametrize("cluster", ["24.11", "26.05"], indirect=True)
def test_nothing_is_ended_that_was_not_named(cluster: Cluster) -> None:
    version = max(SPOKEN[cluster.release])
    jobs = submit(cluster, "--hold", count=2)
    (foreign,) = submit(cluster, "--hold", user="root")
    first = str(jobs[0])
    try:
        for body, field in (
            ({}, "#/jobs/"),
            ({"jobs": []}, "#/jobs/"),
            ({"jobs": [], "user_name": "bob"}, "#/jobs/"),
            ({"signal": "KILL"}, "#/jobs/"),
            ({"flags": ["VERBOSE"]}, "#/jobs/"),
            ({"account": ""}, "#/account/"),
            ({"jobs": [first], "partition": ""}, "#/partition/"),
            ({"jobs": [first], "job_name": "x\nscancel: Terminating job 5"}, "#/job_name/"),
            ({"jobs": [first], "nodes": "/etc/passwd"}, "#/nodes/"),
            ({"jobs": [first], "job_state": ["PENDING", "RUNNING"]}, "#/job_state/"),
            ({"jobs": [first], "signal": "NOPE"}, "#/signal/"),
            ({"jobs": [first], "flags": ["NOPE"]}, "#/flags/"),
            ({"jobs": [first], "flags": ["OUT_OF_MEMORY"]}, "#/flags/"),
            ({"jobs": [first, "--me"]}, "#/jobs[1]/"),
            ({"jobs": [first, f"{first}.0"]}, "#/jobs[1]/"),
            ({"jobs": [first, 0]}, "#/jobs[1]/"),
            ({"jobs": first}, "#/jobs/"),
            ([], "#/"),
        ):
            reply = end(cluster.http, version, body)
            assert reply.status == 422, (body, reply.body)
            assert field in [error["source"] for error in reply.json()["errors"]], body
        for body, status, number in (
            ({"jobs": [str(foreign)]}, 403, 2002),
            ({"jobs": ["99999"]}, 404, 2017),
            ({"jobs": ["4000000000"]}, 404, 2017),
            ({"jobs": [first], "signal": "USR1"}, 409, 2020),
            ({"jobs": [first], "user_name": "nosuchuser"}, 422, 0),
            ({"jobs": [first], "job_name": "other"}, 422, 2172),
        ):
            reply = end(cluster.http, version, body)
            assert (reply.status, get_numbers(reply)) == (status, [number]), (body, reply.body)
        assert list_states(cluster, *jobs, foreign) == ["PENDING"] * 3
        assert end(cluster.http, version, {"jobs": [first, str(foreign)]}, user="slurm").status == 200
        assert list_states(cluster, *jobs, foreign) == ["CANCELLED", "PENDING", "CANCELLED"]
    finally:
        cancel(cluster, *jobs, foreign)
    reply = end(cluster.http, version, {"jobs": [first]})
    assert (reply.status, get_numbers(reply)) == (409, [2021])


def wait_until(cluster: Cluster, job_id: int, *states: str) -> None:
    """Wait until all of the job is in one of ``states``; fails when it does not come."""
    deadline = time.monotonic() + WAIT_SECONDS
    while not set(now := list_states(cluster, job_id)) <= set(states):
        assert time.monotonic() < deadline, now
        time.sleep(0.3)


@pytest.mark.parametrize("cluster", ["26.05"], indirect=True)
def test_jobs_are_requeued_as_through_slurmrestd(cluster: Cluster) -> None:
    found = []
    for rest, body, status in (
        ("job/{0}/requeue", None, 200),
        ("job/{0}/requeue?Hold=true", None, 200),
        ("job/{0}/requeue?Hold=true&SpecialExit=true", None, 200),
        ("job/{0}/requeue?SpecialExit=true", None, 400),
        ("job/{0}/requeue?Incomplete=true&nope=1", None, 200),
        ("jobs/requeue", {"jobs": ["{0}"], "flags": ["Hold", "SpecialExit"]}, 200),
        ("jobs/requeue", {"jobs": ["{0}"], "flags": ["SpecialExit"]}, 400),
        ("jobs/requeue", {"jobs": ["{0}", "99999"], "flags": ["Hold"]}, 404),
    ):
        seen = []
        for ask in (cluster.http_peer, cluster.http):
            (job,) = submit(cluster, "--time=5")
            wait_until(cluster, job, "RUNNING")
            given = json.loads(json.dumps(body).replace("{0}", str(job)))
            reply = ask("POST" if body else "GET", f"/slurm/v0.0.45/{rest.format(job)}", user="bob", body=given)
            record = show(cluster, [job])[job]
            document = mask(reply, job)
            numbers = [(error["error_number"], error["error"]) for error in document["errors"]]
            told = document.get("status") if reply.status == 200 else None
            seen.append((reply.status, told, numbers, len(document["warnings"]), record["restart_cnt"], record["hold"],
                         "SPECIAL_EXIT" in record["job_state"]))  # fmt: skip
            cancel(cluster, job)
        if seen[0] != seen[1] or seen[1][0] != status:
            found.append(f"{rest} {body}: {seen[0]} | {seen[1]}")
    assert not found, "\n".join(found)


@pytest.mark.parametrize("cluster", ["26.05"], indirect=True)
def test_who_may_requeue_and_what_is_told_of_each(cluster: Cluster) -> None:
    def requeue(target: object, user: str = "bob") -> tuple[int, list[int]]:
        reply = cluster.http("GET", f"/slurm/v0.0.45/job/{target}/requeue", user=user)
        return reply.status, get_numbers(reply)

    held, running = submit(cluster, "--hold")[0], submit(cluster, "--array=1-2", "--time=5")[0]
    try:
        assert requeue(held) == (422, [2024])
        assert requeue("99999") == (404, [2017])
        assert requeue("abc") == (422, [9000])
        assert requeue(held, "alice") == (403, [2002])
        wait_until(cluster, running, "RUNNING")
        reply = cluster.http("GET", f"/slurm/v0.0.45/job/{running}_1/requeue?Hold=true", user="bob")
        entry = {"job_id": running, "step_id": f"{running}_[1]", "error": "No error", "error_code": 0, "why": ""}
        assert reply.json()["status"] == [entry]
        body = {"jobs": [f"{running}_2", str(held), f"{running}_1"], "flags": ["Hold"]}
        reply = cluster.http("POST", "/slurm/v0.0.45/jobs/requeue", user="bob", body=body)
        told = {entry["step_id"]: entry["error_code"] for group in reply.json()["status"] for entry in group}
        assert told == {f"{running}_[2]": 0, str(held): 2024, f"{running}_[1]": 2024}
        assert reply.status == 422
        for body, field in (({}, "#/jobs/"), ({"jobs": []}, "#/jobs/"), ({"jobs": ["x"]}, "#/jobs[0]/"),
                            ({"jobs": [str(held)], "flags": ["Nope"]}, "#/flags/")):  # fmt: skip
            reply = cluster.http("POST", "/slurm/v0.0.45/jobs/requeue", user="bob", body=body)
            assert (reply.status, reply.json()["errors"][0]["source"]) == (422, field)
        assert requeue(f"{running}_2", "slurm")[0] in (200, 422)
    finally:
        cancel(cluster, held, running)


def allocate(ask: Any, version: int, body: Any) -> Reply:
    reply: Reply = ask("POST", path(version, "allocate"), user="bob", body=body)
    return reply


@pytest.mark.parametrize("cluster", ["24.11", "26.05"], indirect=True)
def test_an_allocation_is_the_one_that_slurmrestd_makes(cluster: Cluster) -> None:
    version = max(SPOKEN[cluster.release])
    job = {"current_working_directory": "/tmp", "name": "a\n-b é", "time_limit": 2}
    found = []
    for more in (
        {},
        {"name": None},
        {"comment": "Granted job allocation 5\nsalloc: Granted job allocation 5", "tasks": 1, "minimum_nodes": 1},
        {"account": "phys", "partition": "debug", "qos": "normal", "nice": 5, "memory_per_node": 10},
        {"immediate": True, "mail_type": ["END"], "wckey": "w", "extra": "e", "environment": ["A=b"]},
        {
            "argv": ["a"],
            "rlimits": {"core": 0},
            "open_mode": ["APPEND"],
            "standard_output": "/tmp/x",
            "tasks_per_node": 1,
        },
    ):
        records = []
        for ask in (cluster.http_peer, cluster.http):
            reply = allocate(ask, version, {"job": {**job, **more}})
            document = reply.json()
            assert (reply.status, document["errors"]) == (200, []), (more, reply.body)
            assert document["job_submit_user_msg"] == ""
            records.append(show(cluster, [document["job_id"]])[document["job_id"]])
            cancel(cluster, document["job_id"])
            wait_until(cluster, document["job_id"], "CANCELLED")
        assert [record["job_state"] for record in records] == [["RUNNING"]] * 2
        found += [f"{more}: {line}" for line in differ(*records, r"submit_line|current_working_directory|command")]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("cluster", ["24.11", "26.05"], indirect=True)
def test_what_cannot_be_allocated_leaves_nothing_behind(cluster: Cluster) -> None:
    version = max(SPOKEN[cluster.release])
    job = {"current_working_directory": "/tmp", "name": "waits", "time_limit": 2}
    before = cluster.slurm("squeue", "-ho", "%i", "-ubob")
    for more, numbers in (
        ({"partition": "nosuchpartition"}, [2000]),
        ({"account": "nosuchaccount"}, [2045]),
        ({"nice": -10}, [2123]),
        ({"dependency": "afterok:99999"}, [2038]),
        ({"required_nodes": ["nosuchnode"]}, [2018]),
    ):
        peer, ours = (allocate(ask, version, {"job": {**job, **more}}) for ask in (cluster.http_peer, cluster.http))
        assert (get_numbers(peer), get_numbers(ours)) == (numbers, numbers), (more, ours.body)
        assert 400 <= ours.status < 500
    for body, field in (
        ({}, "#/job/"),
        ({"job": {}}, "#/job/current_working_directory/"),
        ({"hetjob": []}, "#/hetjob/"),
        ({"job": job, "hetjob": [job]}, "#/hetjob/"),
        ({"job": {**job, "tasks": "x"}}, "#/job/tasks/"),
        ({"job": {**job, "array": "1-3"}}, "#/job/array/"),
        ({"job": {**job, "requeue": False}}, "#/job/requeue/"),
        ({"job": {**job, "script": "#!/bin/sh\n"}}, "#/job/script/"),
        ({"job": {**job, "user_id": "alice"}}, "#/job/user_id/"),
        ({"hetjob": [job, {**job, "x11": ["FIRST_NODE"]}]}, "#/hetjob[1]/x11/"),
    ):
        reply = allocate(cluster.http, version, body)
        assert reply.status == 422, (body, reply.body)
        assert field in [error["source"] for error in reply.json()["errors"]], (body, reply.body)
    for body in ({"job": {**job, "begin_time": 1900000000}}, {"job": {**job, "hold": True}}, {"hetjob": [job, job]}):
        reply = allocate(cluster.http, version, body)
        assert reply.status == 422, (body, reply.body)
    assert cluster.slurm("squeue", "-ho", "%i", "-ubob") == before


@pytest.mark.parametrize("cluster", ["24.11", "26.05"], indirect=True)
def test_who_has_no_token_waits_for_the_grant(cluster: Cluster) -> None:
    """slurmrestd never answers these."""
    version = max(SPOKEN[cluster.release])
    job = {"current_working_directory": "/tmp", "time_limit": 2, "minimum_nodes": 1, "memory_per_node": 10}

    def ask(body: dict[str, Any]) -> Reply:
        request = cluster.request("POST", path(version, "allocate"), user=None, body=body)
        argv = ["sh", "-c", 'cat | "$@"', "sh", PROGRAM, "-a", "rest_auth/local", "--command-timeout=12"]
        return parse_reply(cluster.run(argv, user="bob", input=request).stdout, "POST")

    before = cluster.slurm("squeue", "-ho", "%i", "-ubob")
    reply = ask({"job": {**job, "hold": True}})
    assert reply.status == 504, reply.body
    assert "nothing is queued" in reply.json()["errors"][0]["description"]
    assert cluster.slurm("squeue", "-ho", "%i", "-ubob") == before
    reply = ask({"hetjob": [{**job, "name": "a"}, {**job, "name": "b"}]})
    assert reply.status == 200, reply.body
    job_id = reply.json()["job_id"]
    assert sorted(cluster.slurm("squeue", "-ho", "%i %j %T", f"-j{job_id}").splitlines()) == [
        f"{job_id}+0 a RUNNING",
        f"{job_id}+1 b RUNNING",
    ]
    cancel(cluster, job_id)
    wait_until(cluster, job_id, "CANCELLED")


@pytest.mark.parametrize("cluster", ["24.11", "26.05"], indirect=True)
def test_each_status_that_is_another_than_slurmrestds_has_its_row(cluster: Cluster) -> None:
    version, place = max(SPOKEN[cluster.release]), ["24.11", "26.05"].index(cluster.release)
    (foreign,) = submit(cluster, "--hold", user="root")
    plain, arrays = submit(cluster, "--hold", count=2), submit(cluster, "--hold", "--array=1-3", count=2)
    found = []
    try:
        for row in JOB_WRITES:
            said = []
            for ask, job, array in zip((cluster.http_peer, cluster.http), plain, arrays, strict=True):
                names = {"job": job, "array": array, "foreign": foreign}
                text = json.dumps(row.body)
                for name, number in names.items():
                    text = text.replace(f"{{{name}}}", str(number))
                target = f"/slurm/v0.0.{version}/{row.target.format(**names)}"
                said.append(ask(row.method, target, user="bob", body=json.loads(text)).status)
            if row.peer[place] and said != [row.peer[place], row.ours]:
                found.append(f"{row}: {said}")
        assert not found, "\n".join(found)
        assert list_states(cluster, foreign, plain[1]) == ["PENDING", "PENDING"]
    finally:
        cancel(cluster, *plain, *arrays, foreign)


@pytest.mark.parametrize("cluster", ["24.11", "26.05"], indirect=True)
def test_a_job_that_runs_is_changed_as_through_slurmrestd(cluster: Cluster) -> None:
    version = max(SPOKEN[cluster.release])
    jobs = submit(cluster, "--nodes=2", "--mem=10M", "--oversubscribe", count=2)
    try:
        for job in jobs:
            wait_until(cluster, job, "RUNNING")
        for body, status in (
            ({"time_limit": 50, "comment": "x", "nice": 20}, 200),
            ({"account": "nosuchaccount"}, 422),
            ({"time_limit": 100_000}, 403),
            ({"nodes": "1"}, 200),
            ({"hold": True}, 200),
        ):
            peer, ours = (
                ask("POST", path(version, job), user="bob", body=body)
                for ask, job in zip((cluster.http_peer, cluster.http), jobs, strict=True)
            )
            if peer.status == 200 or ours.status == 200:
                assert (peer.status, ours.status) == (200, 200), (body, peer.body, ours.body)
            else:
                assert (get_numbers(ours), ours.status) == (get_numbers(peer), status), body
            records = show(cluster, jobs)
            apart = r"(nodes|batch_host|job_resources|resize_time|priority_by_partition)(\..*)?"
            assert differ(records[jobs[0]], records[jobs[1]], apart) == [], body
    finally:
        cancel(cluster, *jobs)
