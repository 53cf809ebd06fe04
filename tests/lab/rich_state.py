"""A cluster state that has one of everything, and then stands still: what the peer test compares two programs on.

Law: made with plain Slurm commands as root, never with what is under test. Jobs either ended, sleep for hours, or are held or wait for
something that does not come. ``make_rich_state`` begins by clearing away what an earlier one left.
"""

import time
from collections.abc import Callable, Iterable
from typing import NamedTuple

from clusters import Cluster
from usage import DAY, HOUR, find_midnight, find_month, make_usage

WAIT_SECONDS = 60
SLEEP = "sleep 20000"


class Job(NamedTuple):
    """One submission: its short name, sbatch's options, the script's one line, and the state it comes to rest in."""

    name: str
    options: tuple[str, ...]
    line: str
    state: str
    user: str = "alice"


# fmt: off
JOBS = (
    Job("finished",   ("-n2", "--comment=all went well"),                        "srun -n2 true; srun -n1 sleep 0",  "COMPLETED"),
    Job("failed",     ("--qos=high",),                                           "exit 3",                           "FAILED",    "bob"),
    Job("killed",     (),                                                        "kill -9 $$",                       "FAILED"),
    Job("cancelled",  ("--hold",),                                               "true",                             "CANCELLED"),
    Job("stopped",    (),                                                        SLEEP,                              "CANCELLED", "bob"),
    Job("elsewhere",  ("-A", "chem"),                                            "true",                             "COMPLETED", "carol"),
    Job("retired",    ("--qos=retired",),                                        "true",                             "COMPLETED", "carol"),
    Job("running",    ("-n2", "--mem=100M", "--gpus=1", "-t", "700"),            f"srun -n1 {SLEEP}",                "RUNNING"),
    Job("wide",       ("-N2", "--constraint=intel&fast", "--mail-type=END"),     SLEEP,                              "RUNNING",   "bob"),
    Job("licensed",   ("-L", "matlab:10", "-p", "long", "--nice=5"),             SLEEP,                              "RUNNING",   "carol"),
    Job("suspended",  (),                                                        SLEEP,                              "SUSPENDED"),
    Job("pending",    ("--hold", "-N1-2", "-c4", "--comment=übung"),             "true",                             "PENDING"),
    Job("later",      ("--begin=now+20days", "--deadline=now+40days"),           "true",                             "PENDING",   "bob"),
    Job("quoted",     ("--hold", "--comment=a \"b\" 'c' \\d\n=e,%f\t<g>"),       "true",                             "PENDING"),
    Job("reserved",   ("--reservation=tomorrow", "-n3", "--hold"),               "true",                             "PENDING"),
    Job("array",      ("--array=1-5%2",),                                        SLEEP,                              "RUNNING"),
    Job("sparse",     ("--array=2,4,8-12:2", "--hold"),                          "true",                             "PENDING",   "bob"),
    Job("ended",      ("--array=1-3",),                                          "exit $((SLURM_ARRAY_TASK_ID - 1))", "FAILED"),
    Job("het",        ("-n1", ":", "-n2", "--mem=50M"),                          SLEEP,                              "RUNNING"),
    Job("hethold",    ("--hold", "-n1", ":", "-n2"),                             "true",                             "PENDING",   "bob"),
)
# A child account, limits, more QOS, wckeys, an association of a partition, one that was deleted. alice is an operator and bob a
# coordinator from here on: who is to be refused is carol.
ACCOUNTING = (
    "add qos limited priority=5 maxwall=60 grptres=cpu=40,gres/gpu=2 maxtrespu=node=2 flags=denyonlimit preempt=normal",
    "add qos retired",
    "add account theory parent=phys description=theory organization=sci fairshare=3",
    "add user bob account=theory maxjobs=5 grptres=cpu=10 qos=normal,limited wckeys=paper",
    "add user alice account=theory partition=long",
    "add coordinator account=phys names=bob",
    "add user bob account=chem",
    "modify user alice set adminlevel=operator",
    "modify user carol account=chem set qos+=retired",
    "modify account chem set maxsubmitjobs=100 grpwall=600",
    "delete user bob account=chem",
)
# A QOS that was deleted when a job had used it: it stays in the database.
AFTERWARDS = ("modify user carol account=chem set qos-=retired", "delete qos retired")
# fmt: on


class RichState(NamedTuple):
    """``jobs`` is short name -> job id; ``names`` is what requests are filled in with."""

    jobs: dict[str, int]
    names: dict[str, str]


def make_rich_state(cluster: Cluster) -> RichState:
    """Build the state and wait until it rests; raises CalledProcessError where Slurm refuses, TimeoutError where it does not rest."""
    clear_state(cluster)
    change_accounting(cluster, ACCOUNTING)
    make_usage(cluster)
    make_nodes_and_reservations(cluster)
    jobs = {job.name: submit_job(cluster, job) for job in JOBS}
    make_dependents(cluster, jobs)
    settle_jobs(cluster, jobs)
    change_accounting(cluster, AFTERWARDS)
    now = int(time.time())
    names = {name: str(job_id) for name, job_id in jobs.items()} | {
        "node": "n1",
        "drained": "n3",
        "cluster": "lab",
        "reservation": "tomorrow",
        "past": str(now - DAY),
        "future": str(now + DAY),
        "midnight": str(find_midnight(now)),
        "days_ago": str(find_midnight(now) - 3 * DAY),
        "hours_ago": str(now - 30 * HOUR),
        "months_ago": str(find_month(now, -3)),
        "month": str(find_month(now, 0)),
    }
    return RichState(jobs, names)


def clear_state(cluster: Cluster) -> None:
    """End every job, delete every reservation, wake every node."""
    cluster.run(["sh", "-c", "squeue -h -o %A | sort -u | xargs -r scancel"], user="root")
    wait_for(lambda: cluster.slurm("squeue", "-h") == "", "the queue to empty")
    for line in cluster.slurm("scontrol", "-o", "show", "reservations").splitlines():
        if line.startswith("ReservationName="):
            cluster.slurm("scontrol", "delete", line.split()[0])
    cluster.run(["scontrol", "update", "nodename=n3", "state=resume"], user="root")


def change_accounting(cluster: Cluster, rows: Iterable[str]) -> None:
    """Run sacctmgr's ``rows``: what an earlier state left is there already, sacctmgr then says so and exits 1."""
    for row in rows:
        cluster.run(["sacctmgr", "-i", *row.split()], user="root")


def make_nodes_and_reservations(cluster: Cluster) -> None:
    """n3 drained, n1 with a comment and an extra; a reservation of nodes, one of a licence, one of a node that is down."""
    update = ("scontrol", "update")
    cluster.slurm(*update, "nodename=n3", "state=drain", "reason=the fan is loud")
    cluster.slurm(*update, "nodename=n1", "comment=first of all", "extra=rack=4")
    common = ("starttime=now+1day", "duration=120")
    create = ("scontrol", "create", "reservation")
    cluster.slurm(*create, "reservationname=tomorrow", "users=alice,bob", "nodes=n2", "flags=ignore_jobs", *common)
    cluster.slurm(
        *create,
        "reservationname=seats",
        "accounts=phys,chem",
        "licenses=ansys:2",
        "flags=any_nodes",
        "nodecnt=0",
        *common,
    )
    cluster.slurm(*create, "reservationname=repair", "users=root", "nodes=n9", "flags=maint,ignore_jobs", *common)


def submit_job(cluster: Cluster, job: Job) -> int:
    """Submit one row; return its job id."""
    script = f"#!/bin/sh\n{job.line}\n".encode()
    name = f"--job-name=peer-{job.name}"
    options = [word for option in job.options for word in ((option, name) if option == ":" else (option,))]
    return int(
        cluster.slurm(
            "sbatch", "--parsable", "-o", "/dev/null", "-t", "600", name, *options, user=job.user, input=script
        )
    )


def make_dependents(cluster: Cluster, jobs: dict[str, int]) -> None:
    """What refers to a job that is already there: a dependent, one that can never start, one whose licences are taken."""
    after = Job("after", ("--dependency=afterok:" + str(jobs["running"]),), "true", "PENDING")
    starved = Job("starved", ("-L", "matlab:10", "--priority=7"), "true", "PENDING", "root")
    never = Job(
        "never", ("--dependency=afterok:" + str(jobs["failed"]), "--kill-on-invalid-dep=no"), "true", "PENDING", "bob"
    )
    jobs["after"] = submit_job(cluster, after)
    wait_for_states(cluster, {jobs["failed"]: "FAILED", jobs["licensed"]: "RUNNING"})
    jobs["starved"] = submit_job(cluster, starved)
    jobs["never"] = submit_job(cluster, never)


def settle_jobs(cluster: Cluster, jobs: dict[str, int]) -> None:
    """Cancel and suspend what is to be, and wait until every row is in its state."""
    wait_for_states(
        cluster,
        {jobs[name]: "RUNNING" for name in ("stopped", "suspended", "running", "wide", "licensed", "het", "array")},
    )
    cluster.slurm("scancel", str(jobs["cancelled"]), str(jobs["stopped"]))
    cluster.slurm("scontrol", "suspend", str(jobs["suspended"]))
    wait_for_states(cluster, {jobs[job.name]: job.state for job in JOBS})


def wait_for_states(cluster: Cluster, wanted: dict[int, str]) -> None:
    """Wait until each job (an array: something of it) is in its state, for the controller and, where it ever ran, in accounting."""
    queue = ("squeue", "-h", "-r", "--states=all", "-o", "%A|%i|%T")
    accounting = ("sacct", "-a", "-X", "-n", "-P", "-S", "now-1days", "-o", "jobidraw,jobid,state")

    def are_reached() -> bool:
        controller, recorded = (find_states(cluster.slurm(*command)) for command in (queue, accounting))
        return all(
            state in controller.get(job_id, ()) and (job_id not in recorded or state in recorded[job_id])
            for job_id, state in wanted.items()
        )

    wait_for(are_reached, f"the jobs {wanted}")


def find_states(listing: str) -> dict[int, set[str]]:
    """Job id -> the states in lines ``raw id|shown id|state``; an array's and a heterogeneous job's own id has those of its parts."""
    found: dict[int, set[str]] = {}
    for raw, shown, state in (line.split("|") for line in listing.splitlines()):
        for job_id in (raw, shown.split("_")[0].split("+")[0]):
            found.setdefault(int(job_id), set()).add(state.split()[0])
    return found


def wait_for(condition: Callable[[], bool], what: str) -> None:
    """Ask ``condition`` until it is true; raises TimeoutError that names ``what``."""
    end = time.monotonic() + WAIT_SECONDS
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(f"gave up waiting for {what}")
        time.sleep(0.2)
