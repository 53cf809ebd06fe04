"""What becomes of each property of ``job_desc_msg`` in POST job/allocate: salloc's options where they are not sbatch's.

Law: data only, read by submission/allocation.py. What is not named here is as in fields/job_description.py. There is no
batch script, so nothing that is the script's has an effect, with slurmrestd as with salloc.
"""

from slurmrest_inetd.body.properties import Property
from slurmrest_inetd.fields.job_description import JOB_PROPERTIES

NO_SCRIPT = "an allocation has no batch script"
NO_OPTION = "salloc has no option for it"
OWN_PORT = "salloc itself waits for the allocation"

# fmt: off
# property -> how it is carried, the option or the reason
OTHERWISE: dict[str, tuple[str, str]] = {
    "allocation_node_list":       ("none",     OWN_PORT),
    "allocation_node_port":       ("none",     OWN_PORT),
    "argv":                       ("none",     NO_SCRIPT),
    "array":                      ("refused",  "an array cannot be allocated"),
    "batch_features":             ("none",     NO_SCRIPT),
    "cpu_binding":                ("none",     "it belongs to a step"),
    "cpu_binding_flags":          ("none",     "it belongs to a step"),
    "current_working_directory":  ("apart",    ""),
    "environment":                ("none",     NO_SCRIPT),
    "immediate":                  ("apart",    "immediate"),
    "job_id":                     ("refused",  "salloc cannot ask for a job id"),
    "memory_binding":             ("none",     "it belongs to a step"),
    "memory_binding_type":        ("none",     "it belongs to a step"),
    "open_mode":                  ("none",     NO_SCRIPT),
    "requeue":                    ("apart",    NO_OPTION),
    "rlimits":                    ("none",     NO_SCRIPT),
    "script":                     ("refused",  "an allocation has no batch script: submit the job"),
    "spank_environment":          ("refused",  NO_OPTION),
    "standard_error":             ("none",     NO_SCRIPT),
    "standard_input":             ("none",     NO_SCRIPT),
    "standard_output":            ("none",     NO_SCRIPT),
    "step_id":                    ("refused",  "salloc cannot ask for a job id"),
    "x11":                        ("refused",  NO_OPTION),
}
# fmt: on
# options that flags become and that salloc does not know
UNKNOWN_OPTIONS = ("--kill-on-invalid-dep", "--requeue")

ALLOCATION_PROPERTIES: tuple[Property, ...] = tuple(
    row._replace(carry=OTHERWISE[row.name][0], term=OTHERWISE[row.name][1]) if row.name in OTHERWISE else row
    for row in JOB_PROPERTIES
)
