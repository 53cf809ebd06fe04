"""Partitions: ``scontrol show partitions``, their names from sinfo.

Law: see records.py. Called through sources.py.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from slurmrest_inetd.texts.asking import Ask, find_name, make_nonce
from slurmrest_inetd.texts.numbers import parse_minutes
from slurmrest_inetd.texts.records import Record, make_grammar, read_records, read_text

# The last version whose slurmrestd lists hidden partitions whatever is asked.
LAST_WITH_HIDDEN = 38
NO_LIMIT = 0xFFFF
GRAMMAR = make_grammar(
    "PartitionName",
    "AllowGroups AllowAccounts|DenyAccounts AllowQos|DenyQos AllocNodes Alternate? Default CpuBind? QoS DefaultTime"
    " DisableRootJobs ExclusiveUser GraceTime Hidden MaxNodes MaxTime MinNodes LLN MaxCPUsPerNode Nodes"
    " PriorityJobFactor PriorityTier RootOnly ReqResv OverSubscribe OverTimeLimit PreemptMode State TotalCPUs"
    " TotalNodes SelectTypeParameters JobDefaults DefMemPerCPU|DefMemPerNode MaxMemPerCPU|MaxMemPerNode TRES"
    " TRESBillingWeights?",
)
# fmt: off
#   scontrol           slurmrestd
FLAGS = (
    ("Default",         "default"),
    ("Hidden",          "hidden"),
    ("DisableRootJobs", "no_root"),
    ("RootOnly",        "root_only"),
    ("ReqResv",         "reservation_required"),
    ("LLN",             "least_loaded_nodes"),
    ("ExclusiveUser",   "exclusive_user"),
)
# CANCEL has no word
MODES = {"OFF": "disabled", "SUSPEND": "suspend", "REQUEUE": "requeue", "GANG": "gang_scheduling"}
# fmt: on


def read_all(value: str) -> str:
    """ALL is no choice."""
    return "" if value == "ALL" else value


def read_qos(value: str) -> str:
    """``N/A`` is no QOS."""
    return "" if value == "N/A" else value


def read_limit(value: str) -> int:
    """A count; -1 for no limit."""
    return -1 if value == "UNLIMITED" else int(value)


def read_memory(value: str) -> int | None:
    """Mebibytes, None for no limit."""
    return None if value in ("UNLIMITED", "") else int(value)


def read_minutes(value: str) -> int | None:
    """``1-00:00:00`` as minutes, -1 for no limit, None for none."""
    return {"UNLIMITED": -1, "NONE": None, "INFINITE": -1}[value] if value.isalpha() else parse_minutes(value)


def read_overtime(value: str) -> int | None:
    """Minutes as a number."""
    return {"UNLIMITED": NO_LIMIT, "NONE": None}[value] if value.isalpha() else int(value)


class Field(NamedTuple):
    """``name`` is the API's, ``key`` scontrol's; ``missing`` stands for a key that is not printed."""

    name: str
    key: str
    read: Callable[[str], Any]
    missing: str = ""


# fmt: off
FIELDS = (
    Field("allowed_allocation_nodes", "AllocNodes",         read_all),
    Field("allowed_accounts",         "AllowAccounts",      read_all),
    Field("allowed_groups",           "AllowGroups",        read_all),
    Field("allowed_qos",              "AllowQos",           read_all),
    Field("alternative",              "Alternate",          read_text),
    Field("billing_weights",          "TRESBillingWeights", read_text),
    Field("default_memory_per_cpu",   "DefMemPerCPU",       read_memory),
    Field("default_memory_per_node",  "DefMemPerNode",      read_memory),
    Field("default_time_limit",       "DefaultTime",        read_minutes),
    Field("denied_accounts",          "DenyAccounts",       read_text),
    Field("denied_qos",               "DenyQos",            read_text),
    Field("preemption_grace_time",    "GraceTime",          int),
    Field("maximum_cpus_per_node",    "MaxCPUsPerNode",     read_limit),
    Field("maximum_memory_per_cpu",   "MaxMemPerCPU",       read_memory),
    Field("maximum_memory_per_node",  "MaxMemPerNode",      read_memory),
    Field("maximum_nodes_per_job",    "MaxNodes",           read_limit),
    Field("max_time_limit",           "MaxTime",            read_minutes),
    Field("min nodes per job",        "MinNodes",           int),
    Field("name",                     "PartitionName",      str),
    Field("nodes",                    "Nodes",              read_text),
    Field("over_time_limit",          "OverTimeLimit",      read_overtime),
    Field("priority_job_factor",      "PriorityJobFactor",  int),
    Field("priority_tier",            "PriorityTier",       int),
    Field("qos",                      "QoS",                read_qos),
    Field("state",                    "State",              str),
    Field("total_cpus",               "TotalCPUs",          int),
    Field("total_nodes",              "TotalNodes",         int),
    Field("tres",                     "TRES",               read_text),
)
# fmt: on


def build_partitions(ask: Ask) -> dict[str, Any]:
    """The partition that was asked for, or every one."""
    wanted = find_name(ask)
    options = ("--all",) if ask.call.version <= LAST_WITH_HIDDEN or "--all" in ask.argv else ()
    records = read_records(
        GRAMMAR,
        lambda: list_partitions(ask, options),
        lambda: ask.print_text("scontrol", "--oneliner", *options, "show", "partitions"),
    )
    return {
        "partitions": [
            build_partition(record) for record in records if wanted is None or record["PartitionName"] == wanted
        ]
    }


def list_partitions(ask: Ask, options: tuple[str, ...]) -> list[str]:
    """The names of the partitions, each printed with a word at its end that no name holds."""
    nonce = make_nonce()
    printed = ask.print_text("sinfo", *options, "--noheader", f"--format=%R{nonce}")
    return printed.split(f"{nonce}\n")[:-1]


def build_partition(record: Record) -> dict[str, Any]:
    """One partition as v0.0.38 has it."""
    return {
        "flags": [flag for key, flag in FLAGS if record[key] == "YES"],
        "preemption_mode": [MODES[mode] for mode in record["PreemptMode"].split(",") if mode in MODES],
        **{field.name: field.read(record.get(field.key, field.missing)) for field in FIELDS},
    }
