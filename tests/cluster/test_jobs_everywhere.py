"""Jobs submitted, changed and cancelled in every version, v0.0.36 to v0.0.45, on every release.

Law: what a job then is comes from Slurm's own commands. Each job is held and cancelled, but for those that have to run.
"""

import json
import re
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from asks import FACTS
from clusters import PROGRAM, Cluster
from compare import compare_documents
from early_jobs import CASES, OTHERWISE, WISHES
from replies import Reply

from slurmrest_inetd.fields.releases import OPTIONS_SINCE

VERSIONS = (36, 37, 38, 40, 41, 42, 43, 44, 45)
EARLY = (36, 37, 38)
# slurm/data_parsers.py, find_newest
NEWEST = {"22.05": 38, "24.11": 42, "26.05": 45}
SCRIPT = "#!/bin/sh\n#SBATCH --comment=obeyed\nsleep 60\n"
ENVIRONMENT = {"PATH": "/usr/bin:/bin"}
AT_ONCE = 4
WAIT_SECONDS = 60
# any job: ids, clocks, paths that hold an id
ALWAYS = r"(job_id|submit_time|eligible_time|accrue_time|last_sched_evaluation|start_time|end_time|array_job_id|priority|command|standard_input|state_reason)(\..*)?"
only_22_05 = pytest.mark.parametrize("any_cluster", ["22.05"], indirect=True)


def describe(version: int, **properties: Any) -> dict[str, Any]:
    """A held job's description in the words of ``version``."""
    environment = ENVIRONMENT if version in EARLY else [f"{name}={value}" for name, value in ENVIRONMENT.items()]
    return {
        "hold": True,
        "current_working_directory": "/tmp",
        "environment": environment,
        "name": "every",
        **properties,
    }


def path(version: int, rest: object) -> str:
    return f"/slurm/v0.0.{version}/job/{rest}"


def ask_all(asked: Sequence[tuple[Any, str, str, Any]]) -> list[Reply]:
    """The replies to bob's requests, some of them at the same time."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(lambda one: one[0](one[1], one[2], user="bob", body=one[3]), asked))


def submit_all(jobs: Sequence[tuple[Any, int, dict[str, Any]]]) -> list[Reply]:
    """Each job by whom it is asked of (ours, the peer), in its version."""
    return ask_all(
        [(ask, "POST", path(version, "submit"), {"script": SCRIPT, "job": job}) for ask, version, job in jobs]
    )


def show_all(cluster: Cluster) -> dict[int, dict[str, str]]:
    """What `scontrol show job` says of every job: the first word of a name counts, whatever other tests' jobs are called."""
    found = {}
    for block in cluster.slurm("scontrol", "show", "jobs").split("\n\n"):
        words = dict(reversed(re.findall(r"(?:^|\s)(\w+)=(.*?)(?=\s+\S+=|\s*$)", block)))
        if words.get("JobId", "").isdecimal():
            found[int(words["JobId"])] = words
    return found


def cancel(cluster: Cluster, *job_ids: int) -> None:
    if job_ids:
        cluster.slurm("scancel", *map(str, job_ids))


def test_one_job_in_the_words_of_every_version(any_cluster: Cluster) -> None:
    cluster = any_cluster
    asked = [
        (version, wish, describe(version, **(wish.early if version in EARLY else wish.later)))
        for version in VERSIONS
        for wish in WISHES
    ]
    replies = submit_all([(cluster.http, version, job) for version, _, job in asked])
    found, ids = [], []
    for (version, wish, _), reply in zip(asked, replies, strict=True):
        document = reply.json()
        if reply.status != 200 or document["errors"]:
            found.append(f"v{version} {wish.early}: {reply.status} {reply.body!r:.400}")
            continue
        assert document["step_id"] == ("BATCH" if version in EARLY else "batch")
        assert ("result" in document) == (version in (40, 41))
        ids.append((version, wish, document["job_id"]))
    records = show_all(cluster)
    cancel(cluster, *(job_id for _, _, job_id in ids))
    for version, wish, job_id in ids:
        shown = {key: records[job_id].get(key, "") for key in wish.shown}
        if shown != wish.shown:
            found.append(f"v{version} {wish.early}: {shown}")
        assert records[job_id]["UserId"].startswith("bob(")
    assert not found, "\n".join(found)


def test_a_job_is_changed_and_ended_in_every_version(any_cluster: Cluster) -> None:
    cluster = any_cluster
    jobs = [reply.json()["job_id"] for reply in submit_all([(cluster.http, v, describe(v)) for v in VERSIONS])]
    pairs = list(zip(VERSIONS, jobs, strict=True))

    def ask(method: str, body: Any, query: str = "") -> dict[int, Reply]:
        replies = ask_all([(cluster.http, method, path(v, f"{job}{query}"), body) for v, job in pairs])
        return dict(zip(VERSIONS, replies, strict=True))

    try:
        for body, status, number in (
            ({"comment": "x=y z", "time_limit": 7}, 200, None),
            ({"partition": "nosuchpartition"}, 422, 2000),
            ({"tasks": "x"}, 422, 9202),
            ({}, 422, 9000),
        ):
            for version, reply in ask("POST", body).items():
                assert reply.status == status, (version, reply.body)
                errors = reply.json()["errors"]
                assert [error["error_number"] for error in errors] == ([] if number is None else [number]), version
                assert ("results" in reply.json()) == (version not in EARLY and number not in (9202, 9000))
        shown = show_all(cluster)
        assert {(shown[job]["Comment"], shown[job]["TimeLimit"]) for job in jobs} == {("x=y z", "00:07:00")}
        for query, status, number in (
            ("?signal=NOPE", 422, 22),
            ("?signal=USR1", 409, 2020),
            ("", 200, None),
            ("", 409, 2021),
        ):
            for version, reply in ask("DELETE", None, query).items():
                assert reply.status == status, (version, query, reply.body)
                assert [e["error_number"] for e in reply.json()["errors"]] == ([] if number is None else [number]), (
                    version,
                    query,
                )
                assert ("status" in reply.json()) == (version >= 42 and query != "?signal=NOPE")
        assert {show_all(cluster)[job]["JobState"] for job in jobs} == {"CANCELLED"}
    finally:
        cancel(cluster, *jobs)


def wait_for(cluster: Cluster, job_id: int, *states: str) -> None:
    end = time.monotonic() + WAIT_SECONDS
    while (state := cluster.slurm("squeue", "-ho", "%T", "-t", "all", f"-j{job_id}")) not in states:
        assert time.monotonic() < end, state
        time.sleep(0.3)


PROBE = '#!/bin/bash\n{ echo $# "$@"; umask; ulimit -c; pwd; echo =; cat /proc/self/environ; } > /tmp/everywhere.$SLURM_JOB_ID\n'


def test_a_job_that_runs_has_the_environment_it_asked_for(any_cluster: Cluster) -> None:
    cluster = any_cluster
    wanted = {
        "PATH": "/usr/bin:/bin", "A": "x\ny='z', \"q\" $X `id` \\", "B": "a,b\r\n", "LD_PRELOAD": "", "E": "\u00e9",
        "SLURM_JWT": "not-ours", "SLURM_UMASK": "0027", "SBATCH_UID": "0",
    }  # fmt: skip
    for version in (38, 45):
        entries = wanted if version in EARLY else [f"{name}={value}" for name, value in wanted.items()]
        job = describe(version, hold=False, environment=entries, argv=["me", "-a", "--uid=0", "b c"])
        body = {"script": PROBE, "job": job}
        job_id = cluster.http("POST", path(version, "submit"), user="bob", body=body).json()["job_id"]
        wait_for(cluster, job_id, "COMPLETED", "FAILED")
        said, _, environment = (cluster.root / "tmp" / f"everywhere.{job_id}").read_bytes().partition(b"=\n")
        assert said.decode().splitlines()[:2] == ["3 -a --uid=0 b c", "0027"]
        seen = environment.decode().split("\0")
        # a later sbatch writes the mask in its own way
        assert {f"{name}={value}" for name, value in wanted.items() if name != "SLURM_UMASK"} <= set(seen)
        assert cluster.token("bob") not in environment.decode()
        kept = cluster.slurm("scontrol", "write", "batch_script", str(job_id), "-")
        assert kept.endswith(PROBE.strip())
        assert cluster.token("bob") not in kept


def test_every_option_that_a_release_has_not_has_its_row(any_cluster: Cluster) -> None:
    cluster = any_cluster
    program = {"cron": "scancel"}
    for option, since in OPTIONS_SINCE.items():
        name, _, value = option.partition("=")
        words = [
            f"--{option}"
            if value or name in ("cron", "stepmgr", "spread-segments", "consolidate-segments")
            else f"--{name}=1"
        ]
        done = cluster.run([program.get(name, "sbatch"), *words, "--usage"], user="bob")
        said = done.stderr.decode()
        has_it = not re.search(r"unrecognized option|doesn't allow|Invalid --|for first arg of -B", said)
        if name == "extra" and cluster.release == "22.05":
            # taken for --extra-node-info
            has_it = False
        assert has_it == (NEWEST[cluster.release] >= since), (option, said)


def test_what_a_release_has_not_is_refused_by_name_and_nothing_is_submitted(any_cluster: Cluster) -> None:
    cluster = any_cluster
    before = cluster.slurm("squeue", "-ho", "%i", "-ubob")
    cases = (
        ({"extra": "1"}, "extra", "22.05"),
        ({"segment_size": 1}, "segment_size", "22.05"),
        ({"shared": ["topo"]}, "shared", "22.05"),
        ({"flags": ["STEPMGR_ENABLED"]}, "flags", "22.05"),
        ({"container_type": "c"}, "container_type", "22.05 24.11"),
        ({"flags": ["SPREAD_SEGMENTS"]}, "flags", "22.05 24.11"),
    )
    for job, field, releases in cases:
        if cluster.release in releases:
            (reply,) = submit_all([(cluster.http, 45, describe(45, **job))])
            assert reply.status == 422, reply.body
            assert [error["source"] for error in reply.json()["errors"]] == [f"#/job/{field}/"]
    assert cluster.slurm("squeue", "-ho", "%i", "-ubob") == before


@only_22_05
def test_a_signal_a_requeue_and_an_allocation_on_22_05(any_cluster: Cluster) -> None:
    cluster = any_cluster
    script = "#!/bin/bash\ntrap 'exit 7' USR1\nsleep 50 & wait\n"
    body = {"script": script, "job": describe(45, hold=False)}
    signalled, requeued = (
        cluster.http("POST", path(45, "submit"), user="bob", body=body).json()["job_id"] for _ in range(2)
    )
    for job in (signalled, requeued):
        wait_for(cluster, job, "RUNNING")
    assert cluster.http("GET", path(45, f"{requeued}/requeue?Hold=true"), user="bob").status == 200
    wait_for(cluster, requeued, "PENDING")
    time.sleep(1)  # the trap is set after the job is said to run
    asked = {"jobs": [str(signalled), "99999"], "signal": "USR1"}
    reply = cluster.http("DELETE", "/slurm/v0.0.45/jobs", user="bob", body=asked)
    told = [(entry["step_id"], entry["error"]["code"]) for entry in reply.json()["status"]]
    assert told == [("99999", 2017)], reply.body
    wait_for(cluster, signalled, "FAILED")
    cancel(cluster, requeued)
    body = {"job": {"current_working_directory": "/tmp", "time_limit": 2, "name": "allocated", "qos": "high"}}
    reply = cluster.http("POST", path(45, "allocate"), user="bob", body=body)
    assert reply.status == 200, reply.body
    shown = show_all(cluster)[reply.json()["job_id"]]
    cancel(cluster, reply.json()["job_id"])
    assert (shown["JobState"], shown["JobName"], shown["UserId"][:4]) == ("RUNNING", "allocated", "bob(")


def test_a_proxy_submits_as_whom_it_names(any_cluster: Cluster) -> None:
    cluster = any_cluster
    headers = [("X-SLURM-USER-TOKEN", cluster.token("slurm")), ("X-SLURM-USER-NAME", "bob")]
    body = {"script": SCRIPT, "job": describe(42)}
    reply = cluster.http("POST", path(42, "submit"), user=None, headers=headers, body=body)
    assert reply.status == 200, reply.body
    owner = show_all(cluster)[reply.json()["job_id"]]["UserId"]
    cancel(cluster, reply.json()["job_id"])
    assert owner.startswith("bob(")


@only_22_05
def test_a_token_that_slurm_refuses_makes_no_job(any_cluster: Cluster) -> None:
    cluster = any_cluster
    before = cluster.slurm("squeue", "-ho", "%i")
    token = cluster.token("bob")
    head, _, signature = token.rpartition(".")
    headers = [("X-SLURM-USER-TOKEN", f"{head}.{signature[::-1]}"), ("X-SLURM-USER-NAME", "bob")]
    body = {"script": SCRIPT, "job": describe(38)}
    reply = cluster.http("POST", path(38, "submit"), user=None, headers=headers, body=body)
    assert reply.status >= 400
    assert "job_id" not in reply.json()
    assert cluster.slurm("squeue", "-ho", "%i") == before


@only_22_05
def test_who_may_not_make_namespaces_is_told_what_to_open(any_cluster: Cluster) -> None:
    cluster = any_cluster
    body = {"script": SCRIPT, "job": describe(38)}
    request = cluster.request("POST", path(38, "submit"), user="bob", body=body)
    # in a namespace of its own, where nobody may make another
    closed = 'echo 0 >/proc/sys/user/max_user_namespaces && exec "$@"'
    argv = ["unshare", "--user", "--map-root-user", "sh", "-c", closed, "sh", PROGRAM]
    done = cluster.run(argv, input=request, env={"SLURMRESTD_SECURITY": "disable_user_check"})
    assert b" 503 " in done.stdout.partition(b"\r\n")[0]
    assert b"max_user_namespaces" in done.stdout


def differ(peer: Any, ours: Any, allowed: str) -> Iterator[str]:
    for found in compare_documents(peer, ours):
        if not re.fullmatch(ALWAYS, found.path) and not (allowed and re.fullmatch(allowed, found.path)):
            one, other = (
                re.sub(rf"(?<!\d){job['job_id']}(?!\d)", "ID", str(value))
                for value, job in ((found.peer, peer), (found.ours, ours))
            )
            if one != other:
                yield f"{found.path}: {one} | {other}"


@only_22_05
def test_an_early_job_is_the_one_that_slurmrestd_makes(any_cluster: Cluster) -> None:
    cluster = any_cluster
    # what v0.0.38 has too is one table for all: the unit tests hold it so
    asked = [
        (version, case)
        for version in EARLY
        for number, case in enumerate(CASES)
        if case.since <= version <= case.until and (version == 38 or case.until < 38 or number % 10 == 0)
    ]
    jobs = [
        (ask, version, describe(version, **{case.name: case.value}))
        for version, case in asked
        for ask in (cluster.http_peer, cluster.http)
    ]
    replies = submit_all(jobs)
    found, pairs = [], []
    for (version, case), peer, ours in zip(asked, replies[::2], replies[1::2], strict=True):
        if "job_id" in peer.json() and "job_id" in ours.json():
            pairs.append((version, case, peer.json()["job_id"], ours.json()["job_id"]))
        else:
            found.append(f"v{version} {case.name}={case.value!r}: {peer.status} | {ours.status} {ours.body!r:.400}")
    records = {job["job_id"]: job for job in json.loads(cluster.slurm("squeue", "--json"))["jobs"]}
    shown = show_all(cluster)
    cancel(cluster, *(job for _, _, *both in pairs for job in both))
    for version, case, peer_id, our_id in pairs:
        for one, other in (
            (records[peer_id], records[our_id]),
            ({**shown[peer_id], "job_id": peer_id}, {**shown[our_id], "job_id": our_id}),
        ):
            found += [
                f"v{version} {case.name}={case.value!r}: {line}"
                for line in differ(one, other, case.differs or SHOWN_CLOCKS)
            ]
    assert not found, "\n".join(found)


SHOWN_CLOCKS = (
    r"JobId|SubmitTime|EligibleTime|AccrueTime|LastSchedEval|StartTime|EndTime|ArrayJobId|Priority|Command|Reason|StdIn"
)


@only_22_05
def test_where_an_early_job_is_taken_otherwise(any_cluster: Cluster) -> None:
    cluster = any_cluster
    asked = [(row.until, row) for row in OTHERWISE]
    found = []
    for version, row in asked:
        body = {"script": SCRIPT, "job": describe(version, **{row.name: row.value})}
        raw = cluster.peer(cluster.request("POST", path(version, "submit"), user="bob", body=body))
        peer = int(raw.split(b" ", 2)[1]) if raw else None
        ours = cluster.http("POST", path(version, "submit"), user="bob", body=body)
        if (peer, ours.status) != (row.peer, row.ours):
            found.append(f"v{version} {row}: {peer} | {ours.status} {ours.body!r:.300}")
    cluster.slurm("scancel", "--name=every", "-ubob")
    assert not found, "\n".join(found)


@pytest.mark.parametrize("version", EARLY)
def test_every_early_property_is_in_one_of_the_tables(version: int) -> None:
    (file,) = FACTS.glob(f"v0.0.{version}.*.json")
    properties = json.loads(file.read_text())["schemas"][f"v0.0.{version}_job_properties"]["properties"]
    rows = {row.name for row in (*CASES, *OTHERWISE) if row.since <= version <= row.until}
    assert set(properties) <= rows
