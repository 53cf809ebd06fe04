"""What the matrix asks: each operation of the API once in each version, with values that are there and bodies that harm nothing.

Law: data and its filling in; no cluster. ``{...}`` in a target or body is a name that run.py knows: rich_state's; ``m``, another word in
each version, for what is made; ``d`` for what is there to be deleted. What all asks of a version have in ``before`` is run before the
first, ``after`` behind the last, as root: what is made is taken away. tests/unit/test_matrix.py holds that each row of the endpoint
table is here in each of its versions.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from slurmrest_inetd.endpoints import ENDPOINTS
from slurmrest_inetd.model import Endpoint

FIRST, LAST = 36, 45


class Ask(NamedTuple):
    """One operation (``ROOT NAME``) in some versions: ``target`` is its path behind the version, ``status`` what a good
    reply has.
    """

    operation: str
    target: str
    body: Any = None
    user: str = "alice"
    since: int = FIRST
    until: int = LAST
    before: str = ""
    after: str = ""
    status: int = 200


def fill(value: Any, names: dict[str, str]) -> Any:
    """``value`` with its names filled in, wherever they stand."""
    if isinstance(value, str):
        for name, word in names.items():
            value = value.replace(f"{{{name}}}", word)
        return value
    if isinstance(value, dict):
        return {key: fill(one, names) for key, one in value.items()}
    return [fill(one, names) for one in value] if isinstance(value, list) else value


def number(value: int) -> dict[str, Any]:
    """A number as v0.0.40 and later have it."""
    return {"set": True, "infinite": False, "number": value}


SCRIPT = "#!/bin/sh\nsleep 300\n"
EARLY_JOB = {"name": "matrix", "current_working_directory": "/tmp", "environment": {"PATH": "/usr/bin:/bin"}}
JOB = {**EARLY_JOB, "environment": ["PATH=/usr/bin:/bin"]}
RESERVATION = {
    "name": "{m}",
    "users": ["alice"],
    "node_list": ["n9"],
    "start_time": number(2000000000),
    "duration": number(60),
}
ACCOUNT = {"name": "{m}", "description": "d", "organization": "o"}
ADDITION = {
    "association_condition": {"accounts": ["{m}"], "clusters": ["lab"]},
    "account": {"description": "d", "organization": "o"},
}
USER_ADDITION = {"association_condition": {"users": ["{m}"], "accounts": ["phys"], "clusters": ["lab"]}, "user": {}}
MODIFICATION = {"comment": {"administrator": "{m}"}}
# two names that no other cell has: accounts and users are made by two operations
SECOND = "{m}b"

NODE = "scontrol create nodename={d} state=future"
PARTITION = "scontrol create partitionname={d} nodes=n9"
BOOKED = "scontrol create reservation reservationname={d} users=alice nodes=n9 starttime=uts2100000000 duration=60"
MEMBER = "sacctmgr -iQ add user {d} account=chem,phys defaultaccount=phys"


def drop(noun: str) -> str:
    """What takes both of a version's names away."""
    return "; ".join(f"scontrol delete {noun}={name}" for name in ("{m}", "{m}b", "{d}"))


def forget(noun: str) -> str:
    """The same in accounting."""
    return f"sacctmgr -iQ delete {noun} " + "{m},{m}b,{d},{d}b"


# fmt: off
#       operation                  target                             body                                                         user
ASKS: tuple[Ask, ...] = (
    Ask("slurm get_conf",            "/conf"),
    Ask("slurm get_diag",            "/diag"),
    Ask("slurm get_ping",            "/ping"),
    Ask("slurm get_licenses",        "/licenses"),
    Ask("slurm get_shares",          "/shares"),
    Ask("slurm get_jobs",            "/jobs"),
    Ask("slurm get_jobs_state",      "/jobs/state"),
    Ask("slurm get_job",             "/job/{running}"),
    Ask("slurm get_resources",       "/resources/{running}"),
    Ask("slurm get_nodes",           "/nodes"),
    Ask("slurm get_node",            "/node/{node}"),
    Ask("slurm get_partitions",      "/partitions"),
    Ask("slurm get_partition",       "/partition/debug"),
    Ask("slurm get_reservations",    "/reservations"),
    Ask("slurm get_reservation",     "/reservation/{reservation}"),

    # at once or not at all: while no job waits that would come first
    Ask("slurm post_job_allocate",   "/job/allocate",                 {"job": JOB},  before="scontrol hold {starved}", after="scontrol release {starved}"),
    Ask("slurm post_job_submit",     "/job/submit",                   {"script": SCRIPT, "job": EARLY_JOB},                        until=38),
    Ask("slurm post_job_submit",     "/job/submit",                   {"script": SCRIPT, "job": JOB},                              since=40),
    Ask("slurm post_job",            "/job/{changed}",                {"comment": "{m}"}),
    Ask("slurm delete_job",          "/job/{cancelled_one}"),
    Ask("slurm delete_jobs",         "/jobs",                         {"jobs": ["{cancelled_too}"]}),
    Ask("slurm get_job_requeue",     "/job/{requeued}/requeue"),
    Ask("slurm post_jobs_requeue",   "/jobs/requeue",                 {"jobs": ["{requeued_too}"]}),

    Ask("slurm post_node",           "/node/n9",                      {"comment": "{m}"},                           "slurm", after="scontrol update nodename=n9 comment="),
    Ask("slurm post_nodes",          "/nodes",                        {"name": ["n9"], "comment": "{m}"},           "slurm"),
    Ask("slurm post_new_node",       "/new/node",                     {"node_conf": "NodeName={m} State=FUTURE"},   "slurm", after=drop("nodename")),
    Ask("slurm delete_node",         "/node/{d}",                     None,                                         "slurm", before=NODE, after=drop("nodename")),
    Ask("slurm post_partitions",     "/partitions",                   {"partitions": [{"name": "{m}"}]},            "slurm", after=drop("partitionname")),
    Ask("slurm delete_partition",    "/partition/{d}",                None,                                         "slurm", before=PARTITION, after=drop("partitionname")),
    Ask("slurm post_reservation",    "/reservation",                  RESERVATION,                                  "slurm", after=drop("reservationname")),
    Ask("slurm post_reservations",   "/reservations",                 {"reservations": [{**RESERVATION, "name": "{m}b", "start_time": number(2050000000)}]}, "slurm"),
    Ask("slurm delete_reservation",  "/reservation/{d}",              None,                                         "slurm", before=BOOKED, after=drop("reservationname")),

    Ask("slurmdb get_conf",          "/conf",                         None, "root"),
    Ask("slurmdb get_config",        "/config",                       None, "root"),
    Ask("slurmdb get_diag",          "/diag",                         None, "root"),
    Ask("slurmdb get_ping",          "/ping",                         None, "root"),
    Ask("slurmdb get_tres",          "/tres"),
    Ask("slurmdb get_accounts",      "/accounts"),
    Ask("slurmdb get_account",       "/account/phys"),
    Ask("slurmdb get_associations",  "/associations"),
    Ask("slurmdb get_association",   "/association?user=alice&account=phys"),
    Ask("slurmdb get_clusters",      "/clusters"),
    Ask("slurmdb get_cluster",       "/cluster/lab"),
    Ask("slurmdb get_instances",     "/instances"),
    Ask("slurmdb get_instance",      "/instance",                         status=404),
    Ask("slurmdb get_qos",           "/qos"),
    Ask("slurmdb get_single_qos",    "/qos/high"),
    Ask("slurmdb get_users",         "/users"),
    Ask("slurmdb get_user",          "/user/alice"),
    Ask("slurmdb get_wckeys",        "/wckeys",                       None, "root"),
    Ask("slurmdb get_wckey",         "/wckey/paper",                  None, "root"),
    Ask("slurmdb get_jobs",          "/jobs"),
    Ask("slurmdb get_job",           "/job/{finished}"),

    Ask("slurmdb post_accounts",     "/accounts",                     {"accounts": [ACCOUNT]},                      "root", after=forget("account")),
    Ask("slurmdb post_accounts_association", "/accounts_association", fill(ADDITION, {"m": SECOND}),                "root"),
    Ask("slurmdb delete_account",    "/account/{d}",                  None,                                         "root", before="sacctmgr -iQ add account {d}"),
    Ask("slurmdb post_users",        "/users",                        {"users": [{"name": "{m}"}]},                 "root", after=forget("user")),
    Ask("slurmdb post_users_association", "/users_association",       fill(USER_ADDITION, {"m": SECOND}),           "root"),
    Ask("slurmdb delete_association", "/association?user={d}&account=chem&cluster=lab", None,                       "root", before=MEMBER),
    Ask("slurmdb delete_associations", "/associations?user={d}b&account=chem&cluster=lab", None,                    "root", before=MEMBER.replace("{d}", "{d}b")),
    Ask("slurmdb post_associations", "/associations",                 {"associations": [{"account": "chem", "cluster": "lab", "user": "{d}"}]}, "root"),
    Ask("slurmdb delete_user",       "/user/{d}",                     None,                                         "root"),
    Ask("slurmdb post_clusters",     "/clusters",                     {"clusters": [{"name": "{m}"}]},              "root", after=forget("cluster")),
    Ask("slurmdb delete_cluster",    "/cluster/{d}",                  None,                                         "root", before="sacctmgr -iQ add cluster {d}"),
    Ask("slurmdb post_qos",          "/qos",                          {"qos": [{"name": "{m}"}]},                   "root", after=forget("qos")),
    Ask("slurmdb delete_single_qos", "/qos/{d}",                      None,                                         "root", before="sacctmgr -iQ add qos {d}"),
    Ask("slurmdb post_wckeys",       "/wckeys",                       {"wckeys": [{"name": "{m}", "cluster": "lab", "user": "bob"}]}, "root", after="sacctmgr -iQ delete user bob wckey={m}"),
    Ask("slurmdb delete_wckey",      "/wckey/{d}",                    None,                                         "root", before="sacctmgr -iQ add user bob wckey={d}"),
    Ask("slurmdb post_tres",         "/tres",                         {"TRES": []},                                 "root"),
    Ask("slurmdb post_config",       "/config",                       {"accounts": [{**ACCOUNT, "name": "{d}b"}]},  "root"),
    Ask("slurmdb post_job",          "/job/{finished}",               MODIFICATION,                                 "root"),
    Ask("slurmdb post_jobs",         "/jobs",                         {"job_id_list": ["{finished}"], "job_rec": MODIFICATION}, "root"),

    Ask("util post_hostlist",        "/hostlist",                     {"hostnames": ["n1", "n2"]}),
    Ask("util post_hostnames",       "/hostnames",                    {"hostlist": "n[1-2]"}),
    # the last: what was added while slurmctld ran is gone then
    Ask("slurm get_reconfigure",     "/reconfigure",                  None,                                         "slurm"),
)
# fmt: on
ROWS = {f"{row.path.split('/')[1]} {row.operation}": row for row in ENDPOINTS}


def list_asks(version: int) -> Iterator[tuple[Endpoint, Ask]]:
    """What is asked in v0.0.``version``: the rows that it has, each with its ask."""
    for ask in ASKS:
        row = ROWS[ask.operation]
        if max(row.since, ask.since) <= version <= min(row.until, ask.until):
            yield row, ask
