"""Where we differ from slurmrestd, row by row, each with its reason. Data only; read by test_peer.py and linked from the README.

Law: a difference is either mended or a row here; a difference that makes us worse is not a row, it is a bug. A row that no request
of the peer test needs fails the test, so the table cannot outlive its reasons.

``target`` and ``path`` are regular expressions, matched whole. A target is ``RELEASE vNN /ROOT/PATH`` as tests/cluster/asks.py spells
it, its ``{names}`` not filled in; a path is that of a leaf in the document, such as ``nodes.0.cpu_load``.
"""

from typing import Any, NamedTuple


class Status(NamedTuple):
    """Another status than the peer's; the documents are then not compared."""

    target: str
    peer: int
    ours: int
    reason: str


class Leaf(NamedTuple):
    """A leaf that is another."""

    target: str
    path: str
    reason: str


class Order(NamedTuple):
    """A list in another order: both sides are sorted by ``keys`` before they are compared."""

    target: str
    member: str
    keys: tuple[str, ...]
    reason: str


class Sum(NamedTuple):
    """A list of amounts that is as long as it likes: in both documents, those alike but for the amount are added up."""

    target: str
    member: str
    amount: str
    reason: str


class Differences(NamedTuple):
    """The rows of one test."""

    statuses: tuple[Status, ...]
    leaves: tuple[Leaf, ...]
    orders: tuple[Order, ...]
    sums: tuple[Sum, ...] = ()


class Write(NamedTuple):
    """A write of a job that is answered with another status; ``peer`` is slurmrestd's on 24.11 and on 26.05 (0: it has no such
    operation). ``{job}`` and ``{array}`` are held jobs of the user's, ``{foreign}`` is another user's.
    """

    method: str
    target: str
    body: Any
    peer: tuple[int, int]
    ours: int
    reason: str


class Clock(NamedTuple):
    """A leaf that moves while two programs are asked one after the other: by up to ``seconds``, or, with None, anyhow."""

    path: str
    seconds: int | None


# fmt: off
# What the scheduler notes on a job as it goes by.
PASSING_FLAGS = ("SCHEDULING_ATTEMPTED", "BACKFILL_ATTEMPTED")

CLOCKS = (
    Clock(r".*(last_update|last_backfill)\.number|slurm_conf_meta\.LastUpdate",                                     20),
    Clock(r"jobs\.\d+\.(steps\.\d+\.)?time\.(elapsed|suspended|end|start|planned)(\.number)?",      20),
    Clock(r"jobs\.\d+\.(pre_sus_time|suspend_time|last_sched_evaluation)\.number",                   20),
    Clock(r".*latency",                                                                            None),
    Clock(r"statistics\..*",                                                                       None),
    Clock(r"nodes\.\d+\.(cpu_load|free_mem\.number|last_busy\.number)",                             None),
)
# fmt: on

# fmt: off
STATUSES = (
    # what is not there
    Status(r".*/node/nosuchnode",                               200, 404, "an unknown node is not there; slurmrestd says 200 and error 0, 'No error'"),
    Status(r".*/partition/nosuchpartition",                     200, 404, "an unknown partition is not there"),
    Status(r".*/partition/nosuchpartition",                     422, 404, "an unknown partition is not there"),
    Status(r".*/reservation/nosuchreservation",                 422, 404, "an unknown reservation is not there"),
    Status(r".*/slurmdb/(account|cluster|qos|user|wckey)/nosuch.*", 200, 404, "what is unknown to accounting is not there"),
    Status(r".*/slurmdb/instance/",                             200, 404, "one instance was asked for, and there is none"),
    Status(r".*/slurmdb/job/99999999",                          200, 404, "an unknown job is not there"),
    # what was asked for rightly is served
    Status(r".* v4[01] .*update_time=0",                           422, 200, "UNIX seconds are what last_update holds: v0.0.40 and 41 take them here too"),
    Status(r".* v4[01] .*update_time=0",                           500, 200, "UNIX seconds are what last_update holds: v0.0.40 and 41 take them here too"),
    Status(r".* v4[01] .*update_time={future}",                    422, 304, "UNIX seconds are what last_update holds: v0.0.40 and 41 take them here too"),
    Status(r".* v4[01] .*update_time={future}",                    500, 304, "UNIX seconds are what last_update holds: v0.0.40 and 41 take them here too"),
    Status(r".*/slurm/jobs/.update_time={future}",              200, 304, "nothing has changed: 304, as slurmrestd itself says of nodes"),
    Status(r".*/jobs/state/.job_id={pending}%2C{running}",      422, 200, "a list of job ids"),
    Status(r".*/job/{het}\+1",                                  400, 200, "a heterogeneous job's component has its own name"),
    Status(r".*/job/{het}\+1",                                  404, 200, "a heterogeneous job's component has its own name"),
    Status(r".*/slurmdb/jobs/.state=CANCELLED%2CCOMPLETED",     422, 200, "a list of states"),
    Status(r".*/slurmdb/jobs/.state=CANCELLED%2CCOMPLETED",     500, 200, "a list of states"),
    Status(r".* v4[01] /slurmdb/jobs/.start_time={past}.*",        422, 200, "UNIX seconds, as in every other version"),
    Status(r".* v4[01] /slurmdb/.*usage_start={days_ago}",      500, 200, "UNIX seconds, as in every other version"),
    Status(r"26.05 .*/slurmdb/jobs/.*qos=normal",               500, 200, "a QOS by its name; slurmrestd fails"),
    # a client's mistake is never a 5xx, a refusal has its own status
    Status(r".*update_time=zzz",                                500, 422, "a client's mistake is never a 5xx"),
)

LEAVES = (
    Leaf(r".*",                                r"meta\.client\..*",                          "the two programs stand at the ends of different pipes; slurmrestd says root for everyone"),
    Leaf(r".*",                                r"(errors|warnings)\.\d+\.source",            "slurmrestd names its C functions; we name the field, the operation or the command"),
    Leaf(r".*unknown=1",                       r"warnings\.\d+\.description",                "slurmrestd adds the name of its parser's C enum"),
    Leaf(r".*update_time=0",                   r"warnings",                                  "we warn that the whole document is sent: Slurm's commands do not tell what changed"),
    Leaf(r".*/job/abc",                        r"errors\.0\.description",                    "we say what was wrong with it"),
    Leaf(r".*/slurm/shares.*",                 r"shares\.shares\.\d+\.fairshare\.level",    "slurmrestd prints Infinity, which is not JSON"),
    Leaf(r".*/slurm/shares\?.*",               r"shares\.shares|warnings",                   "the filter is honoured; slurmrestd lists every share"),
    Leaf(r".*/slurmdb/.*[?&][Ww]ith.*=true.*|.*with_deleted=true", r"warnings",                "slurmrestd warns of a boolean that is text; in a query there is nothing else"),
    Leaf(r".*/slurmdb/(config|associations/.*usage=true.*)", r"warnings",                    "no command tells the usage of an association of a partition: we say so"),
    Leaf(r".* v4[0-2] /slurmdb/config",        r"qos",                                       "what was deleted is in it where it says so: POST config would bring it back"),
    Leaf(r".*/slurmdb/instances/",             r"instances",                                 "an empty list is there, empty"),
    Leaf(r"24\.11 .*/slurmdb/.*",              r"warnings\.0\.description",                  "24.11 prints a pointer into its memory"),
    Leaf(r".*/slurmdb/qos/\?.*",               r"qos",                                       "the filter is honoured; slurmrestd lists every QOS"),
    Leaf(r"24\.11 .*/slurmdb/jobs/.*qos=normal", r"jobs|warnings",                             "a QOS by its name; slurmrestd takes ids only, and finds nothing"),
    Leaf(r".*/slurmdb/jobs/\?.*",              r"errors\.1\.description",                    "one wording for every query that is refused"),
    Leaf(r".*/slurmdb/jobs?/.*",               r"jobs\.\d+\.time\.(system|user|total)\..*",  "sacct adds up the steps' times; slurmrestd says 0"),
)

ORDERS = (
    Order(r".*/slurmdb/jobs?/.*",              "jobs", ("job_id", "submission"),             "sacct prints jobs in the order of their submission, slurmrestd by id: a long list streams"),
)

SUMS = (
    Sum(r".*/slurmdb/(associations?/.*|config)", "accounting", "allocated",                   "an account's usage is one sum; slurmrestd lists that of each association below it, in no order"),
    Sum(r".*/slurmdb/wckeys/.*",               "accounting", "allocated",                     "in the order of time and of TRES; slurmrestd has it in none"),
)
# fmt: on

LATE = Differences(STATUSES, LEAVES, ORDERS, SUMS)

# fmt: off
# v0.0.36 to 38 on 22.05, the slurm root: read by test_peer_slurmctld_early.py.
EARLY_SLURMCTLD = Differences(
    (
        # what is not there
        Status(r".*/job/99999999|.*/job/4000000000",            500, 404, "an unknown job is not there: a client's mistake is never a 5xx"),
        Status(r".*/node/nosuchnode",                           500, 404, "an unknown node is not there"),
        Status(r".*/partition/nosuchpartition",                 500, 404, "an unknown partition is not there"),
        Status(r".*/reservation/nosuchreservation",             500, 404, "an unknown reservation is not there"),
        # what was asked for rightly is served
        Status(r".*/job/{het}\+1",                              400, 200, "a heterogeneous job's component has its own name"),
        # a refusal has its own status
        Status(r"v36 .*/job/{array}_1",                         404, 200, "a task has a name"),
        Status(r"v36 .*/job/abc",                               404, 422, "understood, but no job id: as in every other version"),
        Status(r".*/job/abc",                                   400, 422, "understood, but no job id: as in every other version"),
        Status(r".*update_time=zzz",                            400, 422, "an unusable value: as in every other version"),
    ),
    (
        Leaf(r".*",                  r"warnings",               "these versions have none: ours say what was not done as asked"),
        Leaf(r".*/job/{array}_1",    r"jobs",                   "the whole array, and a warning that says so: as in every later version"),
        Leaf(r".*/node/{drained}",   r"nodes\.0\.partitions",   "slurmrestd tells another node's, unless it is the first"),
        # v0.0.36 and 37 read other members of a partition than they name
        Leaf(r"v36 .*/jobs?.*",      r"jobs\.\d+\.user_name",   "slurmrestd leaves it out"),
        Leaf(r"v3[67] .*/partition.*", r"partitions\.\d+\.preemption_mode", "slurmrestd tells modes of a partition that has none"),
        Leaf(r"v36 .*/partition.*",  r"partitions\.\d+\.nodes_online", "Slurm does not tell it: slurmrestd's is another number (3 for a partition of one node)"),
        Leaf(r"v3[67] .*/partition.*", r"partitions\.\d+\.default_time_limit", "slurmrestd's is the default memory"),
        Leaf(r"v3[67] .*/partition.*", r"partitions\.\d+\.(default_memory_per_cpu|maximum_memory_per_node)", "slurmrestd has the memory of a node here, or that of a CPU with the bit that says so"),
    ),
    (
        Order(r".*/licenses",        "licenses", ("LicenseName",), "scontrol sorts them by name"),
    ),
)
# fmt: on

# fmt: off
# slurmdbd's reads of v0.0.36 to v0.0.38 on 22.05: test_peer_slurmdbd_early.py
EARLY_SLURMDBD = Differences(
    statuses=(
        Status(r".*/(account|user|cluster|wckey)/nosuch.*",  500, 404, "what is unknown to accounting is not there"),
        Status(r".* v36 .*/user/nosuchuser@.*",              400, 404, "what is unknown to accounting is not there"),
        Status(r".* v36 .*/diag/@root",                      500, 200, "slurmrestd fails, without an error"),
        Status(r".*/qos/(nosuchqos|1)@.*",                   200, 404, "what is unknown to accounting is not there"),
        Status(r".*/job/99999999@.*",                        200, 404, "an unknown job is not there"),
        Status(r".*/association/.user=nosuch@.*",            500, 404, "what is unknown to accounting is not there"),
        Status(r".*/associations/.user=nosuch@.*",           500, 200, "a list without entries is a list"),
        Status(r".* v38 .*/association/.(account=leaf|user=bob)@.*", 400, 422, "it is understood, and several associations meet it"),
        Status(r".*@carol",                                  500, 403, "a refusal has its own status"),
        Status(r".*/jobs/.unknown=1@.*",                     500, 200, "an unknown parameter is a warning"),
        Status(r".*/jobs/.group=bob@.*",                     500, 200, "a group by its name"),
    ),
    leaves=(
        Leaf(r".*",                   r"warnings",                                          "what could not be done is told; before v0.0.40 slurmrestd has no place for it"),
        Leaf(r".* v3[67] /slurmdb/config.*", r"(accounts|associations|clusters|users|QOS|wckeys)(\..*)?", "nothing that was deleted is in it: no member would tell, and POST config would bring it back"),
        Leaf(r".* v3[67] .*/associations?/.*", r"associations\.\d+\.qos\.\d+",       "by their ids; slurmrestd in the order in which they were set"),
        Leaf(r".*/(users?|config)/.*", r"users\.\d+\.coordinators\.\d+\.(name|direct)",    "sacctmgr prints them by name, slurmrestd in no order"),
        Leaf(r".*/jobs?/.*",          r"jobs\.\d+\.(steps\.\d+\.|derived_)?exit_code\.(status|return_code)", "the exit status; in 22.05 slurmrestd says 0 of each"),
        Leaf(r".*/jobs/@.*",          r"jobs\.\d+\.(steps\.\d+\.)?time\.(start|end|elapsed|suspended)", "as it is; slurmrestd cuts it to the day until now, and counts what was suspended"),
        Leaf(r".* v3[67] .*/jobs/.node=n1@.*", r"jobs|errors",                              "the filter is honoured; slurmrestd finds nothing"),
        Leaf(r".*/jobs/.exit_code=3@.*", r"jobs",                                           "the filter is honoured; slurmrestd lists every job"),
        Leaf(r".*/jobs/.(account|constraints)=nosuch@.*", r"errors",                        "a list without entries is no error"),
    ),
    orders=(),
)
# fmt: on

# fmt: off
# Asked one after the other by test_job_writes.py; the last one ends slurmrestd's {job}.
JOB_WRITES = (
    Write("POST",   "job/{job}",             {},                                      (200, 200), 422, "nothing is asked for, and nothing changes: that is no success"),
    Write("POST",   "job/{job}",             {"job": {"comment": "x"}},               (200, 200), 422, "the description is not to be wrapped, and nothing changes"),
    Write("POST",   "job/{job}",             {"comment": None},                       (200, 200), 422, "nothing changes"),
    Write("POST",   "job/{job}",             {"script": "#!/bin/sh"},                 (200, 200), 422, "Slurm keeps the script, and nothing else is asked for"),
    Write("POST",   "job/{job}",             [],                                      (500, 500), 422, "a client's mistake is never a 5xx"),
    Write("POST",   "job/{job}",             {"mail_type": ["NOPE"]},                 (500, 500), 422, "a client's mistake is never a 5xx"),
    Write("POST",   "job/{job}",             {"partition": "nosuchpartition"},        (500, 422), 422, "a client's mistake is never a 5xx"),
    Write("POST",   "job/{job}",             {"tasks": 0},                            (200, 200), 422, "nothing changes"),
    Write("POST",   "job/{job}.0",           {"comment": "x"},                        (200, 200), 422, "a step is not the whole job"),
    Write("POST",   "job/{array}_2",         {"comment": "x"},                        (422, 422), 200, "a task of an array can be changed alone"),
    Write("POST",   "job/{foreign}",         {"comment": "x"},                        (500, 422), 403, "a refusal has its own status"),
    Write("DELETE", "jobs/",                 {},                                      (500, 422), 422, "a client's mistake is never a 5xx"),
    Write("DELETE", "jobs/",                 {"jobs": [], "job_name": "nosuchname"},  (200, 200), 422, "an empty list of jobs is no job"),
    Write("DELETE", "jobs/",                 {"job_name": ""},                        (200, 200), 422, "an empty text is no filter"),
    Write("DELETE", "jobs/",                 {"jobs": ["99999"]},                     (200, 200), 404, "nothing was ended: that is no success"),
    Write("DELETE", "jobs/",                 {"jobs": ["{foreign}"]},                 (200, 200), 403, "nothing was ended: that is no success"),
    Write("DELETE", "jobs/",                 {"jobs": ["{job}"], "signal": "USR1"},   (200, 200), 409, "nothing was signalled: that is no success"),
    Write("DELETE", "jobs/",                 {"jobs": ["{job}"], "signal": "NOPE"},   (200, 200), 422, "there is no such signal"),
    Write("DELETE", "jobs/",                 {"jobs": ["{job}"], "job_name": "x"},    (200, 200), 422, "nothing was ended: that is no success"),
    Write("GET",    "job/{foreign}/requeue", None,                                    (0,   422), 403, "a refusal has its own status"),
    Write("POST",   "jobs/requeue",          {"jobs": []},                            (0,   404), 422, "the path is there, the list is empty"),
    Write("POST",   "job/allocate",          {"hetjob": []},                          (200, 200), 422, "nothing is allocated: that is no success"),
    Write("DELETE", "jobs/",                 {"jobs": ["{job}.0"]},                   (200, 200), 422, "a step is not the whole job, which slurmrestd ends"),
)
# fmt: on
