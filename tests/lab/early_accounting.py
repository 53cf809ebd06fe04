"""An accounting database that has one of everything that 22.05 knows, on top of what a cluster begins with.

Law: made with plain Slurm commands as root, then nothing in it moves; names are such as a client could have chosen to forge a row.
Used by tests/cluster/test_peer_slurmdbd_early.py and tests/fixtures/record_texts.py.
"""

import time

from clusters import Cluster
from rich_state import wait_for

# What a name holds that would end a row, a column or a word, were it believed.
FORGED = "a|b=c,d\n 1|root|x\nphys     "
# The job that goes on.
RUNNING = "early-running"

# fmt: off
ENTITIES: tuple[tuple[str, ...], ...] = (
    ("add", "qos", "bounded", "priority=5", "maxwall=60", "grptres=cpu=40,gres/gpu=2", "maxtresperuser=node=2", "flags=denyonlimit", "preempt=normal"),
    ("add", "qos", "everything", "description=all", "priority=7", "gracetime=33", "grpjobs=11", "grpjobsaccrue=12", "grpsubmitjobs=13", "grptres=cpu=14,mem=15",
     "grptresmins=cpu=16", "grptresrunmins=cpu=17", "grpwall=18", "maxjobsperuser=19", "maxjobsperaccount=20", "maxjobsaccrueperuser=21", "maxjobsaccrueperaccount=22",
     "maxsubmitjobsperuser=23", "maxsubmitjobsperaccount=24", "maxtresmins=cpu=25", "maxtresperjob=cpu=26", "maxtresperuser=cpu=27,gres/gpu=3", "maxtresperaccount=cpu=28",
     "maxtrespernode=cpu=29", "maxtresrunminspu=cpu=30", "maxtresrunminspa=cpu=31", "maxwall=4000", "minprio=33", "mintresperjob=cpu=34", "usagefactor=0.25",
     "usagethreshold=0.5", "limitfactor=1.5", "preempt=normal,bounded", "preemptmode=requeue", "preemptexempttime=00:10:00", "flags=denyonlimit,nodecay,requiresreservation"),
    ("add", "qos", "zero", "maxwall=0", "grpwall=0", "maxjobsperuser=0", "gracetime=0", "grptres=cpu=0", "usagefactor=0", "limitfactor=0", "preemptmode=off"),
    ("add", "qos", "units", "grptres=mem=4096,fs/disk=1048576,energy=2048,node=1024,vmem=1025,pages=5000000,gres/gpu=1024,license/matlab=7,billing=10240,cpu=1048576"),
    ("add", "qos", "flags", "preemptmode=cancel", "flags=PartitionMinNode,PartitionTimeLimit,EnforceUsageThreshold,NoReserve,OverPartQOS,UsageFactorSafe"),
    ("add", "qos", "maxnode", "flags=PartitionMaxNode", f"description={FORGED}"),
    ("add", "qos", "gone"),
    ("add", "account", "theory", "parent=phys", "description=theory", "organization=sci", "fairshare=3"),
    ("add", "account", "leaf", "parent=theory", f"description={FORGED}", "organization=ü+"),
    ("add", "account", "wide", "parent=theory", f"description={'w' * 300}", f"organization={'ü' * 63}+"),
    ("add", "account", "dead", "description=d", "organization=o"),
    # another test's state may have had him there; and not in the order of their ids
    ("delete", "user", "bob", "account=theory"),
    ("add", "user", "bob", "account=theory", "maxjobs=5", "grptres=cpu=10", "qos=gone,bounded,normal", "defaultqos=normal", "wckeys=paper"),
    ("add", "user", "carol", "account=leaf", "partition=long"),
    ("add", "user", "carol", "account=theory", "grpjobs=1", "grpjobsaccrue=2", "grpsubmitjobs=3", "grptres=cpu=4,mem=4000,gres/gpu=1", "grptresmins=cpu=5", "grptresrunmins=cpu=6",
     "grpwall=7", "maxjobs=8", "maxjobsaccrue=9", "maxsubmitjobs=10", "maxtres=cpu=11,gres/gpu=9", "maxtresmins=cpu=12", "maxtresrunmins=cpu=13", "maxtrespernode=cpu=14",
     "maxwall=15", "minprio=16", "priority=17", "fairshare=18", "defaultqos=bounded", "qos=normal,bounded"),
    ("add", "user", "alice", "account=phys", "wckeys=one,two"),
    ("add", "user", "games", "account=dead"),
    ("add", "user", "nobody", "account=phys", "defaultwckey=x"),
    ("add", "user", "bob", "account=chem"),
    ("add", "coordinator", "account=phys", "names=bob"),
    ("add", "coordinator", "account=leaf", "names=alice"),
    ("modify", "user", "alice", "set", "adminlevel=operator"),
    ("modify", "user", "alice", "account=chem", "set", "fairshare=parent", "qos=+bounded,-normal"),
    ("modify", "account", "chem", "set", "maxsubmitjobs=100", "grpwall=600"),
)
#   who      options                                            the script's one line
JOBS: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("bob",   ("--account=chem",),                              "true"),
    ("bob",   ("--account=theory", "--qos=gone"),               "true"),
    ("games", ("--account=dead",),                              "true"),
    ("alice", ("-n2", "--comment=all went well"),               "srun -n2 true; srun -n1 sleep 0"),
    ("alice", (),                                               "kill -9 $$"),
    ("alice", ("--array=1-2%1",),                               "true"),
    ("alice", ("-J", 'ü "q" \\ \n=|,x', "--comment=a\nb|="),    "true"),
    ("alice", ("--wckey=two", "--gres=gpu:1", "--mem=100M"),    "true"),
    ("alice", ("-n1", ":", "-n2"),                              "true"),
    ("carol", ("-A", "leaf", "-p", "long"),                     "true"),
    ("bob",   ("--qos=high",),                                  "exit 3"),
)
DELETED: tuple[tuple[str, ...], ...] = (
    ("delete", "user", "bob", "account=chem"),
    ("delete", "user", "games"),
    ("delete", "account", "dead"),
    # out of the list first: 22.05's slurmdbd takes more than the one out of it, and leaves the id of none
    ("modify", "user", "where", "name=bob", "account=theory", "set", "qos=bounded,normal"),
    ("delete", "qos", "gone"),
)
# fmt: on


def make_early_accounting(cluster: Cluster) -> dict[str, str]:
    """Make it, and return the jobs' ids by what they are (``steps``, ``array``, ``het``, ``failed``); raises TimeoutError."""
    for row in ENTITIES:
        # what an earlier run left is there already: sacctmgr then says so and exits 1
        cluster.run(["sacctmgr", "-i", *row], user="root")
    time.sleep(1)  # slurmctld learns of it
    cluster.run(["scancel", f"--name={RUNNING}"], user="root")
    running = submit(cluster, "alice", ("-J", RUNNING), "sleep 3000")
    ids = [submit(cluster, *job) for job in JOBS]
    ends = ("sacct", "-a", "-X", "-n", "-P", "-o", "end", "-j", ",".join(ids))
    wait_for(lambda: "Unknown" not in cluster.slurm(*ends), "the jobs to end")
    wait_for(lambda: "RUNNING" in cluster.slurm("sacct", "-X", "-n", "-j", running, "-o", "state"), "a job to run")
    for row in DELETED:
        cluster.run(["sacctmgr", "-i", *row], user="root")
    return {"steps": ids[3], "killed": ids[4], "array": ids[5], "quoted": ids[6], "het": ids[8], "failed": ids[10]}


def submit(cluster: Cluster, user: str, options: tuple[str, ...], line: str) -> str:
    """Submit one row; return its job id."""
    script = f"#!/bin/sh\n{line}\n".encode()
    argv = ("--parsable", "-o", "/dev/null", "-D", "/tmp", "-t", "10", *options)
    return cluster.slurm("sbatch", *argv, user=user, input=script)
