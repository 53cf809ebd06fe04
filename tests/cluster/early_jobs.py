"""Jobs of v0.0.36 to v0.0.38, submitted through slurmrestd 22.05 and through us; and one job, said in every version's words.

Law: data only, read by test_jobs_everywhere.py. A row a property (a test there holds it complete); a difference is a row with its
reason.
"""

from typing import Any, NamedTuple


class Case(NamedTuple):
    """A value that both are given; ``differs``: regular expressions of the leaves that may differ."""

    name: str
    value: Any
    differs: str = ""
    since: int = 36
    until: int = 38


class Otherwise(NamedTuple):
    """A value that the two do not take alike: slurmrestd's status and ours; None: slurmrestd crashes."""

    name: str
    value: Any
    peer: int | None
    ours: int
    reason: str
    since: int = 36
    until: int = 38


class Wish(NamedTuple):
    """One thing asked for of a job: the early words, the later ones (from v0.0.40 on), what `scontrol show job` then says."""

    early: dict[str, Any]
    later: dict[str, Any]
    shown: dict[str, str]


# fmt: off
CASES: tuple[Case, ...] = (
    Case("account",                    "phys"),
    Case("account_gather_frequency",   "task=5",                    "", 37),
    Case("array",                      "1-3%2"),
    Case("begin_time",                 "2030-01-31T12:00:00"),
    Case("burst_buffer",               "#BB x"),
    Case("cluster_constraint",         "cc",                        "", 37),
    Case("comment",                    "-x, \"w\" o=r %j"),
    Case("container",                  "/tmp/oci",                  "", 38),
    Case("core_specification",         1),
    Case("cores_per_socket",           1),
    Case("cpu_binding_hint",           "nomultithread",             "", 38),
    Case("cpu_frequency",              "1000-2000:Performance"),
    Case("cpus_per_gpu",               "2"),
    Case("cpus_per_task",              2),
    Case("deadline",                   "2030-01-31T12:00:00"),
    Case("delay_boot",                 90),
    Case("dependency",                 "singleton"),
    Case("distribution",               "block:cyclic"),
    Case("exclusive",                  "user"),
    Case("gpu_binding",                "closest"),
    Case("gpu_frequency",              "high"),
    Case("gpus",                       "1"),
    Case("gpus_per_node",              "1"),
    Case("gres",                       "gpu:1"),
    Case("gres_flags",                 "disable-binding"),
    Case("hold",                       True),
    Case("kill_on_invalid_dependency", True),
    Case("kill_on_invalid_dependency", False),
    Case("mail_type",                  "BEGIN,END"),
    Case("mail_type",                  "ALL"),
    Case("mail_user",                  "m@example.org"),
    Case("mcs_label",                  "mm",                        "", 38),
    Case("memory_binding",             "local"),
    Case("memory_per_cpu",             10),
    Case("memory_per_node",            20),
    Case("minimum_cpus_per_node",      1),
    Case("minimum_nodes",              True),
    Case("name",                       "--uid=0\n é"),
    Case("nice",                       10),
    Case("nice",                       "10"),
    Case("nodes",                      "1-1"),
    Case("open_mode",                  "append"),
    Case("oversubscribe",              True,                        "", 38),
    Case("partition",                  "debug"),
    Case("qos",                        "normal"),
    Case("requeue",                    True),
    Case("signal",                     "R:USR1"),
    Case("signal",                     "USR1@30"),
    Case("sockets_per_node",           1),
    Case("spread_job",                 True),
    Case("standard_error",             "/tmp/e%j"),
    Case("standard_in",                "/dev/null",                 "", 36, 36),
    Case("standard_input",             "/dev/null",                 "", 37),
    Case("standard_out",               "/tmp/o%j",                  "", 36, 36),
    Case("standard_output",            "/tmp/o%j",                  "", 37),
    Case("tasks",                      2),
    Case("tasks_per_core",             1),
    Case("tasks_per_node",             1),
    Case("tasks_per_socket",           1),
    Case("thread_specification",       1),
    Case("threads_per_core",           1),
    Case("time_limit",                 10),
    Case("time_minimum",               5,                           "", 38),
    Case("wckey",                      "wk"),
)

# who is right where the two differ: the schema, and what the names say
OTHERWISE: tuple[Otherwise, ...] = (
    Otherwise("account_gather_freqency",    "task=5",        400, 200, "slurmrestd does not know the name in its own schema", 36, 36),
    Otherwise("cluster_constraints",        "cc",            400, 200, "slurmrestd does not know the name in its own schema", 36, 36),
    Otherwise("mcs_label",                  "mm",            400, 200, "slurmrestd does not know it before v0.0.38", 36, 37),
    Otherwise("time_minimum",               5,               400, 200, "slurmrestd does not know it before v0.0.38", 36, 37),
    Otherwise("cpu_binding_hint",           "nomultithread", 400, 200, "slurmrestd does not know it before v0.0.38", 36, 37),
    Otherwise("cpu_binding",                "cores",         400, 200, "slurmrestd does not take it; nothing could come of it"),
    Otherwise("priority",                   "77",            400, 422, "slurmrestd does not take it; a held job has none", 36, 36),
    Otherwise("priority",                   "77",            200, 422, "a held job has none, and slurmrestd does not hold it then", 37),
    Otherwise("argv",                       ["me", "-a"],    None, 200, "slurmrestd crashes"),
    Otherwise("batch_features",             "ff",            None, 422, "slurmrestd crashes; slurmctld has no such feature"),
    Otherwise("gpus_per_socket",            "1",             400, 422, "slurmctld wants the number of sockets too"),
    Otherwise("gpus_per_task",              "1",             400, 422, "slurmctld wants the number of tasks too"),
    Otherwise("memory_per_gpu",             10,              400, 422, "slurmctld wants the number of gpus too"),
    Otherwise("begin_time",                 1900000000,      400, 200, "slurmrestd does not take the number of its own schema"),
    Otherwise("deadline",                   1900000000,      400, 200, "a number of seconds says it too"),
    Otherwise("exclusive",                  "true",          400, 200, "slurmrestd does not take the word of its own schema"),
    Otherwise("exclusive",                  "false",         400, 200, "slurmrestd does not take the word of its own schema"),
    Otherwise("get_user_environment",       True,            400, 422, "the environment is what is submitted"),
    Otherwise("no_kill",                    True,            400, 200, "slurmrestd does not take the boolean of its own schema"),
    Otherwise("nodes",                      [1],             400, 200, "one number is the least and the most"),
    Otherwise("oversubscribe",              True,            400, 422, "it came with v0.0.38", 36, 37),
    Otherwise("wait_all_nodes",             True,            400, 200, "slurmrestd does not take the boolean of its own schema"),
    Otherwise("tasks",                      "x",             400, 422, "no number"),
    Otherwise("nope",                       1,               400, 422, "no property"),
    Otherwise("required_nodes",             ["n1"],          400, 422, "it came with v0.0.40"),
    Otherwise("constraints",                "ff",            500, 422, "slurmctld has no such feature"),
    Otherwise("prefer",                     "ff",            500, 422, "slurmctld has no such feature", 38),
    Otherwise("licenses",                   "nolicense:1",   500, 422, "slurmctld has no such license"),
    Otherwise("reservation",                "none",          500, 422, "slurmctld has no such reservation"),
    Otherwise("environment",                ["A=b"],         400, 200, "as every later version"),
    Otherwise("environment",                {},              400, 422, "a job needs an environment"),
    Otherwise("current_working_directory",  "",              200, 422, "a job needs a directory"),
)

WISHES: tuple[Wish, ...] = (
    Wish({"name": "a b", "comment": "c,d"},   {"name": "a b", "comment": "c,d"},                  {"JobName": "a b", "Comment": "c,d"}),
    Wish({"time_limit": 7, "nice": "10"},     {"time_limit": {"set": True, "number": 7}, "nice": 10}, {"TimeLimit": "00:07:00", "Nice": "10"}),
    Wish({"nodes": [1, 2], "tasks": 2},       {"nodes": "1-2", "tasks": 2},                       {"NumNodes": "1-2", "NumTasks": "2"}),
    Wish({"delay_boot": 90, "requeue": False}, {"delay_boot": 5400, "requeue": False},            {"DelayBoot": "01:30:00", "Requeue": "0"}),
    Wish({"memory_per_cpu": 10},              {"memory_per_cpu": {"set": True, "number": 10}},    {"MinMemoryCPU": "10M"}),
    Wish({"mail_type": "END", "partition": "debug"}, {"mail_type": ["END"], "partition": "debug"}, {"MailType": "END", "Partition": "debug"}),
    Wish({"spread_job": True},                {"flags": ["SPREAD_JOB"]},                          {"SpreadJob": "Yes"}),
    Wish({"array": "1-3%2", "account": "phys"}, {"array": "1-3%2", "account": "phys"},            {"ArrayTaskThrottle": "2", "Account": "phys"}),
)
# fmt: on
