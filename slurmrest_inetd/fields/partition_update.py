"""Every property of a partition that is made or changed, and how scontrol carries it. Data only.

Law: one row a property of the schema partition_info (v0.0.45), by its place; one a flag.
tests/unit/test_ctld_tables.py holds them complete. ``term`` is scontrol's key, or the reason. Beyond ``none`` and
``refused`` (body/properties.py) and the forms of administration/terms.py:

    name        names the partition
    flags       one term each, by PARTITION_FLAGS below
"""

from slurmrest_inetd.body.properties import Property as Row

COUNTED = "Slurm counts it itself"
FROM_CONFIGURATION = "it is set in slurm.conf only"
OLDER = "an older spelling, which slurmrestd leaves alone: see "

# fmt: off
#       property                              kind             since until carry     term
PARTITION_PROPERTIES: tuple[Row, ...] = (
    Row("nodes/allowed_allocation",           "text",            45, 45, "hosts",    "allocnodes"),
    Row("nodes/configured",                   "text",            45, 45, "hosts",    "nodes"),
    Row("nodes/total",                        "uint32",          45, 45, "none",     COUNTED),
    Row("accounts/allowed",                   "text",            45, 45, "text",     "allowaccounts"),
    Row("accounts/deny",                      "text",            45, 45, "text",     "denyaccounts"),
    Row("groups/allowed",                     "text",            45, 45, "text",     "allowgroups"),
    Row("qos/allowed",                        "text",            45, 45, "text",     "allowqos"),
    Row("qos/deny",                           "text",            45, 45, "text",     "denyqos"),
    Row("qos/assigned",                       "text",            45, 45, "text",     "qos"),
    Row("alternate",                          "text",            45, 45, "text",     "alternate"),
    Row("tres/billing_weights",               "text",            45, 45, "text",     "tresbillingweights"),
    Row("tres/configured",                    "text",            45, 45, "none",     COUNTED),
    Row("cluster",                            "text",            45, 45, "none",     "it is this controller's own"),
    Row("select_type",                        "list",            45, 45, "none",     FROM_CONFIGURATION),
    Row("cpus/task_binding",                  "task_binding",    45, 45, "list",     "cpubind"),
    Row("cpus/total",                         "uint32",          45, 45, "none",     COUNTED),
    Row("defaults/memory_per_cpu",            "number64",        45, 45, "none",     OLDER + "partition_memory_per_cpu"),
    Row("defaults/partition_memory_per_cpu",  "finite64",        45, 45, "number",   "defmempercpu"),
    Row("defaults/partition_memory_per_node", "finite64",        45, 45, "number",   "defmempernode"),
    Row("defaults/time",                      "number32",        45, 45, "number",   "defaulttime"),
    Row("defaults/job",                       "text",            45, 45, "none",     "slurmctld does not change it"),
    Row("flags",                              "part_flags",      45, 45, "flags"),
    Row("partition/exclusive",                "exclusive",       45, 45, "text",     "exclusive"),
    Row("partition/oversubscribe",            "oversubscribe",   45, 45, "text",     "oversubscribe"),
    Row("partition/state",                    "part_state",      45, 45, "text",     "state"),
    Row("grace_time",                         "uint32",          45, 45, "number",   "gracetime"),
    Row("maximums/cpus_per_node",             "number32",        45, 45, "number",   "maxcpuspernode"),
    Row("maximums/cpus_per_socket",           "number32",        45, 45, "number",   "maxcpuspersocket"),
    Row("maximums/memory_per_cpu",            "number64",        45, 45, "none",     OLDER + "partition_memory_per_cpu"),
    Row("maximums/partition_memory_per_cpu",  "finite64",        45, 45, "number",   "maxmempercpu"),
    Row("maximums/partition_memory_per_node", "finite64",        45, 45, "number",   "maxmempernode"),
    Row("maximums/nodes",                     "number32",        45, 45, "number",   "maxnodes"),
    Row("maximums/shares",                    "number32",        45, 45, "none",     OLDER + "partition/oversubscribe"),
    Row("maximums/oversubscribe/jobs",        "number32",        45, 45, "none",     OLDER + "partition/oversubscribe"),
    Row("maximums/oversubscribe/flags",       "list",            45, 45, "none",     OLDER + "partition/oversubscribe"),
    Row("maximums/time",                      "number32",        45, 45, "number",   "maxtime"),
    Row("maximums/over_time_limit",           "number16",        45, 45, "number",   "overtimelimit"),
    Row("minimums/nodes",                     "uint32",          45, 45, "number",   "minnodes"),
    Row("name",                               "text",            45, 45, "name",     "partitionname"),
    Row("node_sets",                          "text",            45, 45, "sets",     "nodes"),
    Row("preempt_mode",                       "preempt_mode",    45, 45, "list",     "preemptmode"),
    Row("priority/job_factor",                "integer16",       45, 45, "number",   "priorityjobfactor"),
    Row("priority/tier",                      "integer16",       45, 45, "number",   "prioritytier"),
    Row("timeouts/resume",                    "number16",        45, 45, "none",     FROM_CONFIGURATION),
    Row("timeouts/suspend",                   "number16",        45, 45, "none",     FROM_CONFIGURATION),
    Row("topology",                           "text",            45, 45, "text",     "topology"),
    Row("suspend_time",                       "number32",        45, 45, "none",     FROM_CONFIGURATION),
)

PARTITION_FLAGS: dict[str, str] = {
    "DEFAULT":         "default=yes",
    "HIDDEN":          "hidden=yes",
    "NO_ROOT":         "disablerootjobs=yes",
    "ROOT_ONLY":       "rootonly=yes",
    "REQ_RESV":        "reqresv=yes",
    "LLN":             "lln=yes",
    "PDOI":            "powerdownonidle=yes",
    "DEFAULT_CLEAR":   "default=no",
    "HIDDEN_CLEAR":    "hidden=no",
    "NO_ROOT_CLEAR":   "disablerootjobs=no",
    "ROOT_ONLY_CLEAR": "rootonly=no",
    "REQ_RESV_CLEAR":  "reqresv=no",
    "LLN_CLEAR":       "lln=no",
    "PDOI_CLEAR":      "powerdownonidle=no",
}
PARTITION_STATES: dict[str, str] = {"UP": "UP", "DOWN": "DOWN", "DRAIN": "DRAIN", "INACTIVE": "INACTIVE", "UNKNOWN": ""}
# CLUSTER_GLOBAL is what a partition has that was given none; scontrol cannot give it back
PREEMPT_MODES: dict[str, str] = {
    "CLUSTER_GLOBAL":  "",
    "DISABLED":        "OFF",
    "SUSPEND":         "SUSPEND",
    "REQUEUE":         "REQUEUE",
    "CANCEL":          "CANCEL",
    "PRIORITY":        "PRIORITY",
}
TASK_BINDINGS: dict[str, str] = {
    "CPU_BIND_TO_THREADS":  "threads",
    "CPU_BIND_TO_CORES":    "cores",
    "CPU_BIND_TO_SOCKETS":  "sockets",
    "CPU_BIND_TO_LDOMS":    "ldoms",
    "CPU_BIND_NONE":        "none",
    "CPU_BIND_OFF":         "off",
    "VERBOSE":              "verbose",
}
EXCLUSIVE = ("NO", "NODE", "USER", "TOPO")
# fmt: on
