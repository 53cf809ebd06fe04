"""Which command prints which document of the API.

Law: data, and one look-up; a row is the words that a command line begins with, its options left out. Called by
versions/speaking.py, texts/ and openapi/needs.py.
"""

# What makes squeue print another document.
STATES_ONLY = "--only-job-state"

# fmt: off
#   words                                path
DOCUMENTS: tuple[tuple[tuple[str, ...], str], ...] = (
    (("squeue", STATES_ONLY),            "/slurm/{version}/jobs/state"),
    (("squeue",),                        "/slurm/{version}/jobs"),
    (("scontrol", "show", "jobs"),       "/slurm/{version}/jobs"),
    (("scontrol", "show", "job"),        "/slurm/{version}/jobs"),
    (("scontrol", "show", "nodes"),      "/slurm/{version}/nodes"),
    (("scontrol", "show", "node"),       "/slurm/{version}/nodes"),
    (("scontrol", "show", "partitions"), "/slurm/{version}/partitions"),
    (("scontrol", "show", "partition"),  "/slurm/{version}/partitions"),
    (("scontrol", "show", "reservations"), "/slurm/{version}/reservations"),
    (("scontrol", "show", "reservation"), "/slurm/{version}/reservations"),
    (("scontrol", "show", "licenses"),   "/slurm/{version}/licenses"),
    (("scontrol", "show", "resources"),  "/slurm/{version}/resources/{job_id}"),
    (("scontrol", "show", "config"),     "/slurm/{version}/conf"),
    (("scontrol", "ping"),               "/slurm/{version}/ping"),
    (("sdiag",),                         "/slurm/{version}/diag"),
    (("sshare",),                        "/slurm/{version}/shares"),
    (("sacct",),                         "/slurmdb/{version}/jobs"),
    (("sacctmgr", "show", "account"),    "/slurmdb/{version}/accounts"),
    (("sacctmgr", "show", "association"), "/slurmdb/{version}/associations"),
    (("sacctmgr", "show", "cluster"),    "/slurmdb/{version}/clusters"),
    (("sacctmgr", "show", "config"),     "/slurmdb/{version}/conf"),
    (("sacctmgr", "show", "instance"),   "/slurmdb/{version}/instances"),
    (("sacctmgr", "show", "qos"),        "/slurmdb/{version}/qos"),
    (("sacctmgr", "show", "stats"),      "/slurmdb/{version}/diag"),
    (("sacctmgr", "show", "tres"),       "/slurmdb/{version}/tres"),
    (("sacctmgr", "show", "user"),       "/slurmdb/{version}/users"),
    (("sacctmgr", "show", "wckey"),      "/slurmdb/{version}/wckeys"),
    (("sacctmgr", "ping"),               "/slurmdb/{version}/ping"),
)
# fmt: on
# Every release prints these as text: where it has no version of them as JSON, that is read.
AS_TEXT = ("/slurm/{version}/conf", "/slurmdb/{version}/conf")
# What is made of another document where no command prints it -> the other, and what that does not tell.
MADE = {"/slurm/{version}/resources/{job_id}": ("/slurm/{version}/jobs", "channel")}


def find_document(argv: tuple[str, ...]) -> str:
    """The path of the document that ``argv`` prints with ``--json``. Raises LookupError where no row has it."""
    words = tuple(word for word in argv if not word.startswith("-") or word == STATES_ONLY)
    for row, path in DOCUMENTS:
        if words[: len(row)] == row:
            return path
    raise LookupError(" ".join(argv[:3]))
