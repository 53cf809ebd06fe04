"""What is written of the controller's state both through slurmrestd and through us, and where the two may differ. Data only; read by
test_ctld_writes.py.

Law: each case begins from the same state, made by ``before``; a difference in the status, the errors' numbers or the state that comes
of it is said in the row, with its reason.
"""

from typing import Any, NamedTuple

START, END = 2000000000, 2000007200


class Write(NamedTuple):
    """One request. ``before`` are scontrol's terms that make the state it begins from; ``peer`` and ``ours`` are the statuses where
    they differ, ``elsewhere`` says that the state that comes of it differs too, ``reason`` why.
    """

    method: str
    target: str
    body: Any = None
    before: tuple[str, ...] = ()
    since: int = 40
    until: int = 45
    user: str = "slurm"
    peer: tuple[int, ...] = ()
    ours: int = 200
    elsewhere: bool = False
    reason: str = ""


def number(value: int) -> dict[str, Any]:
    return {"set": True, "infinite": False, "number": value}


FOREVER = {"set": True, "infinite": True, "number": 0}
RESERVATION = {
    "name": "w",
    "users": ["alice"],
    "node_list": ["n9"],
    "start_time": number(START),
    "duration": number(60),
}
MADE = f"create reservation reservationname=w users=alice nodes=n9 starttime=uts{START} duration=60"
PURGED = f"{MADE} flags=daily,purge_comp"
PARTITION = "create partitionname=w nodes=n9"
ALLOWED = "a refusal for want of permission is 403"
THERE = "what is not there is 404"
MISTAKE = "a client's mistake is never a 5xx"
NOTHING = "nothing was asked for, so nothing was done, and that is said"
WHOLE = "a name is unknown or a value unusable: nothing is changed; slurmrestd changes what stands before it, and after"


def reservation(**properties: Any) -> dict[str, Any]:
    """A new reservation w; a property that is None is left out."""
    return {name: value for name, value in {**RESERVATION, **properties}.items() if value is not None}


def partition(**properties: Any) -> dict[str, Any]:
    """A body that changes the partition w."""
    return {"partitions": [{"name": "w", **properties}]}


DRAINED = ("update nodename=n9 state=drain reason=w",)

# fmt: off
NODES = (
    Write("POST",   "node/n9", {"comment": "a \"b\" =c, 'd'\nreason=x", "extra": "e"}),
    Write("POST",   "node/n9", {"features": ["amd", "w"], "weight": number(5)}),
    Write("POST",   "node/n9", {"features": "amd,w", "features_act": ["amd"], "cpu_bind": 5}),
    Write("POST",   "node/n9", {"address": ["127.0.0.8"], "hostname": ["w9"]}),
    Write("POST",   "node/n9", {"state": ["DRAIN"], "reason": 'the "fan"', "resume_after": number(900)}),
    Write("POST",   "node/n9", {"state": ["UNDRAIN"]}, DRAINED),
    Write("POST",   "node/n9", {"state": ["DRAIN"], "reason": "w", "resume_after": FOREVER}, DRAINED),
    Write("POST",   "node/n9", {"state": ["FAIL"], "reason": "w"}),
    Write("POST",   "node/n9", {"state": ["POWER_UP"]}, peer=(500,), ours=422, reason=MISTAKE),
    Write("POST",   "node/n9", {"topology_str": ""}, since=43),
    Write("POST",   "node/n9", {"features_act": ["nope"], "comment": "half"}, peer=(500,), ours=422, until=42, reason=MISTAKE),
    Write("POST",   "node/n9", {"features_act": ["nope"], "comment": "half"}, ours=422, since=43),
    Write("POST",   "node/n9", {"comment": "x", "name": ["n2"], "bogus": 1}),
    Write("POST",   "node/n9", {"comment": "x", "reason_uid": "alice"}),
    Write("POST",   "node/n9", {"comment": "x", "state": ["NOPE"]}, peer=(500,), ours=422, since=42, elsewhere=True, reason=WHOLE),
    Write("POST",   "node/n9", {"weight": "x"}, peer=(500, 422), ours=422, since=42, reason=MISTAKE),
    Write("POST",   "node/n9", {}, peer=(200,), ours=422, reason=NOTHING),
    Write("POST",   "node/n9", {"state": ["DRAIN"]}, peer=(200,), ours=422, elsewhere=True, reason="scontrol asks for a reason"),
    Write("POST",   "node/nope", {"comment": "x"}, peer=(500, 422), ours=404, reason=THERE),
    Write("POST",   "node/n9", {"comment": "x"}, user="carol", peer=(500, 422), ours=403, reason=ALLOWED),
    Write("POST",   "nodes/", {"name": ["n2", "n9"], "extra": "both"}),
    Write("POST",   "nodes/", {"name": "n[2,9]", "extra": "both"}),
    Write("POST",   "nodes/", {"name": ["n2", "n9"], "address": ["127.0.0.1", "127.0.0.7"]}),
    Write("POST",   "nodes/", {"name": ["n2", "nope", "n9"], "extra": "y"}, peer=(500, 422), ours=422, elsewhere=True, reason=WHOLE),
    Write("POST",   "nodes/", {"name": [], "extra": "x"}, peer=(500, 422), ours=422, reason=MISTAKE),
    Write("POST",   "nodes/", {"name": ["n9"], "extra": "x"}, user="carol", peer=(500, 422), ours=403, reason=ALLOWED),
    Write("DELETE", "node/z1", None, ("create nodename=z1 state=future",)),
    Write("DELETE", "node/z1", None, ("create nodename=z1 state=future",), user="carol", peer=(500, 422), ours=403, reason=ALLOWED),
    Write("DELETE", "node/n9", peer=(500, 422), ours=422, reason=MISTAKE),
    Write("DELETE", "node/nope", peer=(500, 422), ours=404, reason=THERE),
    Write("POST",   "new/node", {"node_conf": 'NodeName=z[1-2] CPUs=3 State=FUTURE Reason="a b"'}, since=44),
    Write("POST",   "new/node", {"node_conf": "NodeName=n9 State=FUTURE"}, peer=(422,), ours=409, since=44, reason="it is there: 409"),
    Write("POST",   "new/node", {"node_conf": "NodeName=z1 State=FUTURE Bogus=1"}, peer=(500,), ours=422, since=44, reason=MISTAKE),
    Write("POST",   "new/node", {"node_conf": "NodeName=z1 State=FUTURE"}, user="carol", peer=(422,), ours=403, since=44, reason=ALLOWED),
    Write("GET",    "reconfigure", user="carol", peer=(500, 422), ours=403, reason=ALLOWED),
)

RESERVATIONS = (
    Write("POST",   "reservation", reservation(), since=43),
    Write("POST",   "reservation", reservation(comment="a \"b\"\nusers=root", features="amd", max_start_delay=number(90)), since=45),
    Write("POST",   "reservation", reservation(accounts=["phys"], users=None, duration=None, end_time=number(END)), since=45),
    Write("POST",   "reservation", reservation(users=["-alice"], licenses=["ansys:1"], duration=FOREVER), since=45),
    Write("POST",   "reservation", reservation(flags=["DAILY", "MAINT", "IGNORE_JOBS"]), since=43),
    Write("POST",   "reservation", reservation(flags=["PURGE_COMP"], purge_completed={"time": 120}), since=45),
    Write("POST",   "reservation", reservation(node_list=None, tres=[{"type": "cpu", "count": 2}]), since=45),
    Write("POST",   "reservation", reservation(node_list=["nope"]), ours=422, since=43),
    Write("POST",   "reservation", reservation(start_time=None), ours=422, since=45),
    Write("POST",   "reservation", reservation(users=["nosuch"]), peer=(500,), ours=422, since=45, reason=MISTAKE),
    Write("POST",   "reservation", reservation(flags=["NOPE"]), peer=(500,), ours=422, since=45, elsewhere=True, reason=WHOLE),
    Write("POST",   "reservation", reservation(duration=0), peer=(200,), ours=422, since=45, elsewhere=True, reason="0 minutes would be without end"),
    Write("POST",   "reservation", reservation(), user="carol", peer=(422,), ours=403, since=43, reason=ALLOWED),
    Write("POST",   "reservation", {"name": "w", "users": ["bob"], "duration": 90, "comment": "c"}, (MADE,), since=43),
    Write("POST",   "reservation", {"name": "w", "flags": ["DURATION_PLUS", "MAINT"], "duration": 30}, (MADE,), since=45),
    Write("POST",   "reservation", {"name": "w", "flags": ["NO_DAILY", "NO_PURGE_COMP"]}, (PURGED,), since=45),
    Write("POST",   "reservation", {"name": "w", "purge_completed": {"time": 60}}, (PURGED,), since=45),
    Write("POST",   "reservation", {"name": "w", "flags": ["SKIP"]}, (PURGED,), since=45),
    Write("POST",   "reservation", {"name": "w", "groups": ["bob"]}, (MADE,), ours=422, since=45),
    Write("POST",   "reservations", {"reservations": [reservation(), reservation(name="v", flags=["OVERLAP"])]}, since=43),
    Write("POST",   "reservations", {"reservations": [reservation(), reservation(name="v", duration="x")]}, ours=422, since=45),
    Write("POST",   "reservations", {"reservations": [reservation(name="v"), reservation(node_list=["nope"]), reservation(name="u", flags=["OVERLAP"])]},
          ours=422, since=45, elsewhere=True, reason="what stands behind a failure is not tried; slurmrestd goes on"),
    Write("POST",   "reservations", {"reservations": []}, peer=(200,), ours=422, since=45, reason=NOTHING),
    Write("DELETE", "reservation/w", None, (MADE,), since=43),
    Write("DELETE", "reservation/w", None, (MADE,), user="carol", peer=(422,), ours=403, since=43, reason=ALLOWED),
    Write("DELETE", "reservation/nope", peer=(422,), ours=404, since=43, reason=THERE),
)

PARTITIONS = (
    Write("POST",   "partitions/", partition(nodes={"configured": "n9"}, maximums={"time": 60, "nodes": number(1)}, flags=["HIDDEN"])),
    Write("POST",   "partitions/", partition(nodes={"configured": "n[2,9]", "allowed_allocation": "n1"}, grace_time=5), (PARTITION,)),
    Write("POST",   "partitions/", partition(accounts={"allowed": "phys"}, qos={"deny": "high"}, groups={"allowed": "alice"}, alternate="long"), (PARTITION,)),
    Write("POST",   "partitions/", partition(defaults={"time": 30, "partition_memory_per_cpu": 100}, minimums={"nodes": 1}, priority={"tier": 7, "job_factor": 3}), (PARTITION,)),
    Write("POST",   "partitions/", partition(maximums={"partition_memory_per_node": 9, "over_time_limit": FOREVER, "cpus_per_node": 2, "cpus_per_socket": FOREVER}), (PARTITION,)),
    Write("POST",   "partitions/", partition(partition={"state": ["DRAIN"], "oversubscribe": "FORCE:4", "exclusive": "NO"}, preempt_mode=["SUSPEND"]), (PARTITION,)),
    Write("POST",   "partitions/", partition(flags=["LLN", "HIDDEN_CLEAR"], cpus={"task_binding": ["CPU_BIND_TO_CORES"]}, tres={"billing_weights": "CPU=2.0"}), (PARTITION,)),
    Write("POST",   "partitions/", partition(suspend_time=60, nodes={"total": 5}, maximums={"shares": 3}), (PARTITION,)),
    Write("POST",   "partitions/", partition(grace_time=5, qos={"assigned": "nope"}), (PARTITION,), ours=422),
    Write("POST",   "partitions/", partition(priority={"tier": 70000}), (PARTITION,), peer=(200,), ours=422, elsewhere=True, reason="70000 would become 4464"),
    Write("POST",   "partitions/", partition(grace_time=5, flags=["NOPE"]), (PARTITION,), peer=(500,), ours=422, elsewhere=True, reason=WHOLE),
    Write("POST",   "partitions/", {"partitions": [{"name": "w"}, {"name": "v", "nodes": {"configured": "nope"}}]}, ours=422),
    Write("POST",   "partitions/", {"partitions": []}, peer=(200,), ours=422, reason=NOTHING),
    Write("POST",   "partitions/", partition(grace_time=5), (PARTITION,), user="carol", peer=(422,), ours=403, reason=ALLOWED),
    Write("DELETE", "partition/w", None, (PARTITION,)),
    Write("DELETE", "partition/w", None, (PARTITION,), user="carol", peer=(422,), ours=403, reason=ALLOWED),
    Write("DELETE", "partition/nope", peer=(422,), ours=404, reason=THERE),
)

HOSTLISTS = (
    Write("POST",   "hostnames", {"hostlist": "n[01-03],x[1-2][4,6],-y,/etc/passwd"}, user="carol"),
    Write("POST",   "hostnames", {"hostlist": "n[1-", "bogus": 1}, user="carol", ours=422),
    Write("POST",   "hostnames", {"hostlist": "n[1-1000000]"}, user="carol", ours=422),
    Write("POST",   "hostnames", {}, user="carol", ours=422),
    Write("POST",   "hostlist", {"hostnames": ["n3", "n1", "n2", "n2", "-x", "n01"]}, user="carol"),
    Write("POST",   "hostlist", {"hostnames": [f"n{number}" for number in range(5000)]}, user="carol"),
    Write("POST",   "hostlist", {"hostnames": "n1,n2"}, user="carol"),
    Write("POST",   "hostlist", {"hostnames": ["/etc/hosts", "a"]}, user="carol"),
    Write("POST",   "hostlist", {"hostnames": [""]}, user="carol", ours=422),
)
# fmt: on
WRITES = (
    *NODES,
    *RESERVATIONS,
    *(write._replace(since=45) for write in PARTITIONS),
    *(write._replace(target=f"util:{write.target}", since=45) for write in HOSTLISTS),
)
