"""The job description that a client submits: one row a property of ``job_desc_msg``.

Law: data only, read by submission/. A row says of what kind the JSON value is and how sbatch is told:

    option      ``--OPTION=VALUE``
    switch      ``--OPTION`` when true, nothing when false (that is the default)
    choice      the option that stands for true, and after a slash the one for false
    join        several properties make one option: submission/joined.py
    apart       not an option at all: the script, its arguments, the environment, the limits

Measured on 24.11 and 26.05, both ways of submitting compared leaf by leaf: docs/facts/submit.md. An empty text
is passed on as it is, but for the rows of EMPTY_IS_NOTHING.
"""

from slurmrest_inetd.body.properties import Property as Row
from slurmrest_inetd.fields.early_job_description import EARLY_PROPERTIES

NO_OPTION = "sbatch has no option for it"
INTERACTIVE = "it belongs to an interactive allocation, which a batch job is not"

# fmt: off
#       property                      kind          since until carry    option, or reason
JOB_PROPERTIES: tuple[Row, ...] = (
    *EARLY_PROPERTIES,
    Row("account",                    "text",        36, 45, "option",  "account"),
    Row("account_gather_frequency",   "text",        37, 45, "option",  "acctg-freq"),
    Row("admin_comment",              "text",        40, 45, "refused", NO_OPTION),
    Row("allocation_node_list",       "text",        40, 45, "none",    INTERACTIVE),
    Row("allocation_node_port",       "uint16",      40, 45, "none",    INTERACTIVE),
    Row("argv",                       "texts",       36, 45, "apart"),
    Row("array",                      "text",        36, 45, "option",  "array"),
    Row("batch_features",             "text",        36, 45, "option",  "batch"),
    Row("begin_time",                 "time",        36, 45, "option",  "begin"),
    Row("burst_buffer",               "text",        36, 45, "option",  "bb"),
    Row("cluster_constraint",         "text",        37, 45, "option",  "cluster-constraint"),
    Row("clusters",                   "text",        40, 45, "none",    "the cluster that answers is the one that is asked"),
    Row("comment",                    "text",        36, 45, "option",  "comment"),
    Row("constraints",                "text",        36, 45, "option",  "constraint"),
    Row("container",                  "text",        38, 45, "option",  "container"),
    Row("container_id",               "text",        40, 45, "option",  "container-id"),
    Row("container_type",             "text",        45, 45, "option",  "container-type"),
    Row("contiguous",                 "bool",        40, 45, "switch",  "contiguous"),
    Row("core_specification",         "spec",        36, 45, "option",  "core-spec"),
    Row("cores_per_socket",           "count16",     36, 40, "option",  "cores-per-socket"),
    Row("cores_per_socket",           "count16",     45, 45, "option",  "cores-per-socket"),
    Row("cpu_binding",                "text",        36, 45, "none",    "slurmctld makes nothing of it in a batch job"),
    Row("cpu_binding_flags",          "cpu_flags",   40, 45, "none",    "slurmctld makes nothing of it in a batch job"),
    Row("cpu_frequency",              "text",        36, 45, "option",  "cpu-freq"),
    Row("cpus_per_task",              "count16",     36, 45, "option",  "cpus-per-task"),
    Row("cpus_per_tres",              "text",        40, 45, "join",    "cpus-per-gpu"),
    Row("crontab",                    "object",      40, 45, "refused", "crontab submissions are not supported"),
    Row("current_working_directory",  "text",        36, 45, "join",    "chdir"),
    Row("deadline",                   "time",        36, 45, "option",  "deadline"),
    Row("delay_boot",                 "uint32",      40, 45, "join",    "delay-boot"),
    Row("dependency",                 "text",        36, 45, "option",  "dependency"),
    Row("distribution",               "text",        36, 45, "join",    "distribution"),
    Row("distribution_plane_size",    "number16",    40, 45, "join",    "distribution"),
    Row("end_time",                   "time",        40, 45, "none",    "the controller sets it"),
    Row("environment",                "environment", 36, 45, "apart"),
    Row("excluded_nodes",             "csv",         40, 45, "join",    "exclude"),
    Row("exclusive",                  "exclusive",   36, 41, "join",    "exclusive"),
    Row("extra",                      "text",        40, 45, "option",  "extra"),
    Row("flags",                      "job_flags",   40, 45, "join"),
    Row("group_id",                   "text",        40, 45, "join"),
    Row("hetjob_group",               "uint32",      40, 45, "none",    "the controller numbers the components of jobs"),
    Row("hold",                       "bool",        36, 45, "switch",  "hold"),
    Row("immediate",                  "bool",        40, 45, "join",    "sbatch cannot ask to start at once or not at all"),
    Row("job_id",                     "uint32",      40, 45, "refused", "sbatch cannot ask for a job id"),
    Row("kill_on_node_fail",          "bool",        40, 45, "choice",  "/no-kill"),
    Row("kill_warning_delay",         "number16",    40, 45, "join",    "signal"),
    Row("kill_warning_flags",         "warn_flags",  40, 45, "join",    "signal"),
    Row("kill_warning_signal",        "signal",      40, 45, "join",    "signal"),
    Row("licenses",                   "text",        36, 45, "option",  "licenses"),
    Row("mail_type",                  "mail",        36, 45, "join",    "mail-type"),
    Row("mail_user",                  "text",        36, 45, "option",  "mail-user"),
    Row("maximum_cpus",               "count32",     40, 45, "refused", NO_OPTION),
    Row("maximum_nodes",              "count32",     40, 45, "join",    "nodes"),
    Row("mcs_label",                  "text",        36, 45, "option",  "mcs-label"),
    Row("memory_binding",             "text",        36, 45, "none",    "slurmctld makes nothing of it in a batch job"),
    Row("memory_binding_type",        "mem_flags",   40, 45, "none",    "slurmctld makes nothing of it in a batch job"),
    Row("memory_per_cpu",             "megabytes",   36, 45, "join",    "mem-per-cpu"),
    Row("memory_per_node",            "megabytes",   36, 45, "join",    "mem"),
    Row("memory_per_tres",            "text",        40, 45, "join",    "mem-per-gpu"),
    Row("memory_update_delay",        "uint32",      45, 45, "join",    "mem-update"),
    Row("memory_update_margin",       "uint32",      45, 45, "join",    "mem-update"),
    Row("minimum_boards_per_node",    "beyond1",     40, 45, "refused", NO_OPTION),
    Row("minimum_cpus",               "count32",     40, 45, "join",    "ntasks times cpus-per-task"),
    Row("minimum_cpus_per_node",      "count16",     36, 45, "option",  "mincpus"),
    Row("minimum_nodes",              "count32",     40, 45, "join",    "nodes"),
    Row("minimum_sockets_per_board",  "beyond1",     40, 45, "refused", NO_OPTION),
    Row("name",                       "text",        36, 45, "option",  "job-name"),
    Row("network",                    "text",        40, 45, "option",  "network"),
    Row("nice",                       "nice",        36, 45, "option",  "nice"),
    Row("nodes",                      "text",        40, 45, "join",    "nodes"),
    Row("ntasks_per_tres",            "count16",     40, 45, "option",  "ntasks-per-gpu"),
    Row("oom_kill_step",              "bit",         42, 45, "option",  "oom-kill-step"),
    Row("open_mode",                  "open_mode",   36, 45, "join",    "open-mode"),
    Row("overcommit",                 "bool",        40, 45, "switch",  "overcommit"),
    Row("oversubscribe",              "bool",        40, 41, "choice",  "oversubscribe/exclusive"),
    Row("partition",                  "text",        36, 45, "option",  "partition"),
    Row("power_flags",                "texts",       40, 44, "join"),
    Row("prefer",                     "text",        38, 45, "option",  "prefer"),
    Row("priority",                   "number32",    36, 45, "join",    "priority"),
    Row("profile",                    "profile",     40, 45, "join",    "profile"),
    Row("qos",                        "text",        36, 45, "option",  "qos"),
    Row("reboot",                     "bool",        40, 45, "switch",  "reboot"),
    Row("requeue",                    "bool",        36, 45, "choice",  "requeue/no-requeue"),
    Row("required_nodes",             "csv",         40, 45, "join",    "nodelist"),
    Row("required_switches",          "number32",    40, 45, "join",    "switches"),
    Row("reservation",                "text",        36, 45, "option",  "reservation"),
    Row("reserve_ports",              "uint16",      40, 45, "none",    "it is a port that slurmctld would tell of the job"),
    Row("resv_mpi_ports",             "ports",       41, 41, "option",  "resv-ports"),
    Row("rlimits",                    "rlimits",     40, 45, "apart"),
    Row("script",                     "text",        36, 45, "apart"),
    Row("segment_size",               "number16",    41, 45, "join",    "segment"),
    Row("selinux_context",            "text",        40, 45, "option",  "context"),
    Row("shared",                     "shared",      40, 45, "join",    "exclusive"),
    Row("site_factor",                "int32",       40, 45, "none",    "the site's own plugin sets it"),
    Row("sockets_per_node",           "count16",     36, 45, "option",  "sockets-per-node"),
    Row("spank_environment",          "texts",       40, 45, "join",    "sbatch passes on what its SPANK plugins set, no other"),
    Row("standard_error",             "text",        36, 45, "option",  "error"),
    Row("standard_input",             "text",        37, 45, "option",  "input"),
    Row("standard_output",            "text",        37, 45, "option",  "output"),
    Row("step_id",                    "step",        44, 45, "refused", "sbatch cannot ask for a job id"),
    Row("tasks",                      "count32",     36, 45, "option",  "ntasks"),
    Row("tasks_per_board",            "uint16",      40, 45, "refused", NO_OPTION),
    Row("tasks_per_core",             "count16",     36, 45, "option",  "ntasks-per-core"),
    Row("tasks_per_node",             "count16",     36, 45, "option",  "ntasks-per-node"),
    Row("tasks_per_socket",           "count16",     36, 45, "option",  "ntasks-per-socket"),
    Row("temporary_disk_per_node",    "uint31",      40, 45, "option",  "tmp"),
    Row("thread_specification",       "spec",        36, 45, "option",  "thread-spec"),
    Row("threads_per_core",           "count16",     36, 45, "option",  "threads-per-core"),
    Row("time_limit",                 "minutes",     36, 45, "join",    "time"),
    Row("time_minimum",               "minutes",     36, 45, "join",    "time-min"),
    Row("tres_bind",                  "text",        40, 45, "option",  "tres-bind"),
    Row("tres_freq",                  "text",        40, 45, "join",    "gpu-freq"),
    Row("tres_per_job",               "text",        40, 45, "join",    "gpus"),
    Row("tres_per_node",              "text",        40, 45, "join",    "gres"),
    Row("tres_per_socket",            "text",        40, 45, "join",    "gpus-per-socket"),
    Row("tres_per_task",              "text",        40, 45, "join",    "tres-per-task"),
    Row("user_id",                    "text",        40, 45, "join"),
    Row("wait_all_nodes",             "bool",        36, 45, "choice",  "wait-all-nodes=1/wait-all-nodes=0"),
    Row("wait_for_switch",            "uint32",      40, 45, "join",    "switches"),
    Row("wckey",                      "text",        36, 45, "option",  "wckey"),
    Row("x11",                        "x11_flags",   40, 45, "refused", INTERACTIVE),
    Row("x11_magic_cookie",           "text",        40, 45, "none",    INTERACTIVE),
    Row("x11_target_host",            "text",        40, 45, "none",    INTERACTIVE),
    Row("x11_target_port",            "uint16",      40, 45, "none",    INTERACTIVE),
)
# fmt: on

# sbatch makes a path of an empty text, slurmrestd makes nothing of it.
EMPTY_IS_NOTHING = ("standard_error", "standard_in", "standard_input", "standard_out", "standard_output")
# fmt: off
# sbatch gives these options of one component of a heterogeneous job to those that lack them; slurmrestd does not.
SHARED_OPTIONS = frozenset((
    "account", "acctg-freq", "batch", "begin", "cluster-constraint", "comment", "container", "container-id",
    "container-type", "context", "deadline", "delay-boot", "dependency", "error", "exclude", "extra", "hold", "input",
    "kill-on-invalid-dep", "mcs-label", "mem", "mem-update", "nice", "no-kill", "requeue", "no-requeue", "open-mode",
    "output", "prefer", "priority", "profile", "qos", "reboot", "signal", "stepmgr", "time", "time-min",
    "wait-all-nodes", "wckey",
))
# fmt: on
