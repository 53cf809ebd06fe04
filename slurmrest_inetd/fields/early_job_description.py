"""What the job description of v0.0.36 to v0.0.38 has that later ones have not, or otherwise: rows of one table with them.

Law: data only, the first rows of fields/job_description.py. What slurmrestd 22.05 does with each, which is often not
what its own schema says, stands in docs/facts/submit.md. Beside the later ones' ways of being carried:

    flag        what the member of ``flags`` that it names asks for in later versions
"""

from slurmrest_inetd.body.properties import Property as Row

# fmt: off
#       property                      kind          since until carry    option, or reason
EARLY_PROPERTIES: tuple[Row, ...] = (
    Row("account_gather_freqency",    "text",        36, 36, "option",  "acctg-freq"),
    Row("cluster_constraints",        "text",        36, 36, "option",  "cluster-constraint"),
    Row("cpu_binding_hint",           "text",        36, 38, "none",    "it is for the tasks of a step, not for a batch job"),
    Row("cpus_per_gpu",               "count16",     36, 38, "option",  "cpus-per-gpu"),
    Row("delay_boot",                 "boot",        36, 38, "join",    "delay-boot"),
    Row("get_user_environment",       "bool",        36, 38, "refused", "the job has the environment that is submitted"),
    Row("gpu_binding",                "text",        36, 38, "option",  "gpu-bind"),
    Row("gpu_frequency",              "text",        36, 38, "option",  "gpu-freq"),
    Row("gpus",                       "gres",        36, 38, "option",  "gpus"),
    Row("gpus_per_node",              "gres",        36, 38, "option",  "gpus-per-node"),
    Row("gpus_per_socket",            "gres",        36, 38, "option",  "gpus-per-socket"),
    Row("gpus_per_task",              "gres",        36, 38, "option",  "gpus-per-task"),
    Row("gres",                       "gres",        36, 38, "option",  "gres"),
    Row("gres_flags",                 "gres_flags",  36, 38, "option",  "gres-flags"),
    Row("kill_on_invalid_dependency", "bool",        36, 38, "choice",  "kill-on-invalid-dep=yes/kill-on-invalid-dep=no"),
    Row("memory_per_gpu",             "uint31",      36, 38, "option",  "mem-per-gpu"),
    Row("minimum_nodes",              "asked",       36, 38, "flag",    "PREFER_MINIMUM_NODE_COUNT"),
    Row("no_kill",                    "bool",        36, 38, "switch",  "no-kill"),
    Row("nodes",                      "node_range",  36, 38, "join",    "nodes"),
    Row("oversubscribe",              "asked",       38, 38, "choice",  "oversubscribe/exclusive"),
    Row("signal",                     "warning",     36, 38, "option",  "signal"),
    Row("spread_job",                 "bool",        36, 38, "switch",  "spread-job"),
    Row("standard_in",                "text",        36, 36, "option",  "input"),
    Row("standard_out",               "text",        36, 36, "option",  "output"),
)
# fmt: on
