"""What is submitted both through slurmrestd and through us, and where the two jobs may differ. Data only; read by test_submit.py.

Law: a row a property (test_submit.py holds it complete); a difference is a row with its reason.
"""

from typing import Any, NamedTuple


class Case(NamedTuple):
    """A property's value that both are given; ``differs`` are regular expressions of the leaves that may differ."""

    name: str
    value: Any
    differs: str = ""
    since: int = 40
    until: int = 45


class Refusal(NamedTuple):
    """A value that slurmrestd takes or drops and that we refuse, naming the field."""

    name: str
    value: Any
    reason: str
    since: int = 40
    until: int = 45


# What a property needs beside it.
BESIDE: dict[str, dict[str, Any]] = {
    "cpus_per_tres": {"tres_per_job": "gres/gpu:1"},
    "memory_per_tres": {"tres_per_job": "gres/gpu:1"},
    "ntasks_per_tres": {"tres_per_job": "gres/gpu:1"},
    "tres_per_socket": {"sockets_per_node": 1},
    # the job before it, for which a singleton waits
    "deadline": {"name": "single"},
    "dependency": {"name": "single"},
}


def number(value: int) -> dict[str, Any]:
    return {"set": True, "infinite": False, "number": value}


FOREVER = {"set": True, "infinite": True, "number": 0}
# sbatch asks for exactly these CPUs, and says so in two more places
EXACT = r"flags|flags\..*|tres_per_task|max_nodes\.number"

# fmt: off
# any job: the ids, the clocks; sbatch's own argv; what stdin is when nothing is said; paths that sbatch makes absolute
ALWAYS = (r"(job_id|submit_time|eligible_time|accrue_time|last_sched_evaluation|start_time|end_time|array_job_id|het_job_id|priority|submit_line"
          r"|standard_input|stdin_expanded|step_id)(\..*)?|het_job_id_set|preemptable_time.*")

CASES: tuple[Case, ...] = (
    Case("account",                   "phys"),
    Case("account_gather_frequency",  "task=5"),
    Case("allocation_node_list",      "n1"),
    Case("allocation_node_port",      7777),
    Case("array",                     "1-5%2"),
    Case("begin_time",                number(1900000000)),
    Case("begin_time",                1900000000),
    Case("burst_buffer",              "#BB x"),
    Case("cluster_constraint",        "cc"),
    Case("clusters",                  "elsewhere"),
    Case("comment",                   "-x, \"w\" o=r\n#SBATCH --uid=0 %j"),
    Case("container",                 "/tmp/oci"),
    Case("container_id",              "cid"),
    Case("container_type",            "ct",                       "", 45),
    Case("contiguous",                True),
    Case("core_specification",        1),
    Case("cores_per_socket",          1,                          "", 45),
    Case("cpu_binding",               "map_cpu:0"),
    Case("cpu_binding_flags",         ["CPU_BIND_TO_CORES"]),
    Case("cpu_frequency",             "1000-2000:Performance"),
    Case("cpus_per_task",             2,                          EXACT),
    Case("deadline",                  1900000000),
    Case("delay_boot",                90),
    Case("dependency",                "singleton"),
    Case("distribution",              "block:cyclic"),
    Case("distribution",              "plane=2"),
    Case("distribution_plane_size",   number(2),                  "", 41),
    Case("end_time",                  1900000000),
    Case("environment",               ["PATH=/usr/bin:/bin", "A=b"]),
    Case("excluded_nodes",            ["n1"]),
    Case("exclusive",                 ["user"],                   "", 40, 41),
    Case("exclusive",                 ["false"],                  "", 40, 41),
    Case("extra",                     "ex"),
    Case("flags",                     ["KILL_INVALID_DEPENDENCY"]),
    Case("flags",                     ["NO_KILL_INVALID_DEPENDENCY"]),
    Case("flags",                     ["GRES_BINDING_ENFORCED"]),
    Case("flags",                     ["GRES_BINDING_DISABLED"]),
    Case("flags",                     ["SPREAD_JOB"]),
    Case("flags",                     ["PREFER_MINIMUM_NODE_COUNT"]),
    Case("flags",                     ["STEPMGR_ENABLED"],        "", 42),
    Case("flags",                     ["SPREAD_SEGMENTS"],        "", 45),
    Case("flags",                     ["CONSOLIDATE_SEGMENTS"],   "", 45),
    Case("hetjob_group",              1),
    Case("kill_on_node_fail",         False),
    Case("kill_on_node_fail",         True),
    Case("kill_warning_delay",        number(30)),
    Case("kill_warning_flags",        ["BATCH_JOB"]),
    Case("kill_warning_signal",       "USR1"),
    Case("mail_type",                 ["BEGIN", "END", "TIME=90%"]),
    Case("mail_type",                 ["FAIL", "REQUEUE", "STAGE_OUT", "TIME=100%"]),
    Case("mail_type",                 ["INVALID_DEPENDENCY", "ARRAY_TASKS", "TIME=50%", "TIME=80%"]),
    Case("mail_user",                 "m@example.org"),
    Case("maximum_nodes",             2),
    Case("mcs_label",                 "mm"),
    Case("memory_binding",            "map_mem:0"),
    Case("memory_binding_type",       ["LOCAL"]),
    Case("memory_per_cpu",            number(10)),
    Case("memory_per_node",           number(20)),
    Case("memory_per_node",           number(0)),
    Case("minimum_boards_per_node",   1),
    Case("minimum_cpus",              1),
    Case("minimum_cpus_per_node",     2),
    Case("minimum_nodes",             2),
    Case("minimum_sockets_per_board", 1),
    Case("name",                      "a\n-b é"),
    Case("name",                      "--uid=0"),
    Case("network",                   "nw"),
    Case("nice",                      10),
    Case("nodes",                     "1-2"),
    Case("nodes",                     "1,2,4"),
    Case("oom_kill_step",             1,                          "", 42),
    Case("open_mode",                 ["APPEND"]),
    Case("open_mode",                 ["TRUNCATE"]),
    Case("overcommit",                True),
    Case("oversubscribe",             True,                       "", 40, 41),
    Case("oversubscribe",             False,                      "", 40, 41),
    Case("partition",                 "debug"),
    Case("priority",                  number(0)),
    Case("profile",                   ["ENERGY", "TASK"]),
    Case("profile",                   ["NONE"]),
    Case("qos",                       "normal"),
    Case("requeue",                   True),
    Case("requeue",                   False),
    Case("required_nodes",            ["n1"]),
    Case("required_switches",         number(2)),
    Case("reserve_ports",             3),
    Case("rlimits",                   {"core": number(0), "stack": FOREVER}),
    Case("segment_size",              number(1),                  "", 42),
    Case("selinux_context",           "sc"),
    Case("shared",                    ["none"]),
    Case("shared",                    ["oversubscribe"]),
    Case("shared",                    ["user"]),
    Case("shared",                    ["mcs"]),
    Case("site_factor",               10),
    Case("sockets_per_node",          1),
    Case("standard_error",            "/tmp/e%j"),
    Case("standard_input",            "/dev/null"),
    Case("standard_output",           "/tmp/o%j"),
    Case("tasks",                     2),
    Case("tasks_per_core",            1),
    Case("tasks_per_node",            2),
    Case("tasks_per_socket",          2),
    Case("temporary_disk_per_node",   0),
    Case("thread_specification",      1),
    Case("threads_per_core",          1),
    Case("time_limit",                number(10)),
    Case("time_limit",                FOREVER),
    Case("time_limit",                "10"),
    Case("time_minimum",              number(5)),
    Case("tres_bind",                 "gres/gpu:verbose,closest"),
    Case("tres_freq",                 "gpu:high"),
    Case("tres_per_task",             "cpu=1",                    EXACT),
    Case("tres_per_job",              "gres/gpu:1"),
    Case("tres_per_node",             "gres/gpu:1"),
    Case("tres_per_socket",           "gres/gpu:1"),
    Case("memory_per_tres",           "gres/gpu:100"),
    Case("cpus_per_tres",             "gres/gpu:2"),
    Case("ntasks_per_tres",           2,                          EXACT),
    Case("user_id",                   "bob"),
    Case("wait_all_nodes",            True),
    Case("wait_for_switch",           60),
    Case("wckey",                     "wk"),
    Case("x11_magic_cookie",          "cc"),
    Case("x11_target_host",           "hh"),
    Case("x11_target_port",           44),
    Case("argv",                      ["me", "-a", "b c"],        "command"),
    Case("nope",                      {"a": 1}),
    Case("current_working_directory", "/var/tmp"),
    Case("hold",                      True),
)

# Slurm itself refuses these here, whoever asks: the number is the same
REFUSED_BY_SLURM: tuple[Case, ...] = (
    Case("batch_features",            "ff"),
    Case("constraints",               "ff"),
    Case("licenses",                  "nolicense:1"),
    Case("prefer",                    "ff"),
    Case("reboot",                    True),
    Case("reservation",               "nosuchreservation"),
    Case("partition",                 "nosuchpartition"),
    Case("account",                   "nosuchaccount"),
    Case("required_nodes",            "nosuchnode"),
    Case("nice",                      -10),
)

REFUSALS: tuple[Refusal, ...] = (
    Refusal("admin_comment",             "x",                        "sbatch has no option for it"),
    Refusal("cpus_per_tres",             "gpu:2",                    "not of the form that Slurm takes either"),
    Refusal("crontab",                   {"minute": "1"},            "slurmrestd submits the job at once, with a warning"),
    Refusal("group_id",                  "root",                     "nobody else"),
    Refusal("distribution",              "nope",                     "no distribution"),
    Refusal("immediate",                 True,                       "sbatch cannot ask it"),
    Refusal("job_id",                    4242,                       "sbatch cannot ask it"),
    Refusal("maximum_cpus",              2,                          "sbatch has no option for it"),
    Refusal("memory_update_delay",       5,                          "only together with the margin",        45),
    Refusal("memory_update_margin",      5,                          "only together with the delay",         45),
    Refusal("minimum_cpus",              3,                          "sbatch asks for tasks times cpus_per_task"),
    Refusal("power_flags",               5,                          "no list",                              40, 44),
    Refusal("resv_mpi_ports",            "x",                        "no number",                            41, 41),
    Refusal("script",                    {},                         "no text"),
    Refusal("spank_environment",         ["A=b"],                    "sbatch has no option for it"),
    Refusal("step_id",                   {"job_id": number(4242)},   "sbatch cannot ask it",                 44),
    Refusal("tasks_per_board",           1,                          "sbatch has no option for it"),
    Refusal("tasks",                     "x",                        "slurmrestd: 200 and no job"),
    Refusal("tasks",                     4294967301,                 "slurmrestd: another number"),
    Refusal("tasks",                     1.5,                        "slurmrestd: another number"),
    Refusal("name",                      {},                         "slurmrestd: 200 and no job"),
    Refusal("name",                      "a\0b",                     "slurmrestd: cut short"),
    Refusal("mail_type",                 ["NOPE"],                   "slurmrestd: 500, and the job is submitted"),
    Refusal("flags",                     ["NOPE"],                   "slurmrestd: 500, and the job is submitted"),
    Refusal("required_nodes",            ["/etc/passwd"],            "sbatch would read a file"),
    Refusal("user_id",                   "alice",                    "nobody else"),
    Refusal("x11",                       ["FIRST_NODE"],             "a batch job has no display"),
)
# fmt: on
