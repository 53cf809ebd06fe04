"""Flags and other words that are spelt otherwise in the next version: rows for both directions.

Law: data. A word without a row stays as it is; where ``only`` is set, the older version knows no others. Read by
documents.py.
"""

from collections.abc import Callable
from typing import NamedTuple


class Words(NamedTuple):
    """``pairs``: a word of v0.0.``older``, then v0.0.``newer``'s, at ``path`` of a payload."""

    older: int
    newer: int
    root: str
    path: str
    only: bool
    pairs: tuple[tuple[str, str], ...]


def keep(*words: str) -> tuple[tuple[str, str], ...]:
    """Words that both versions have."""
    return tuple((word, word) for word in words)


# fmt: off
JOB_FLAGS = (
    ("KILL_INV_DEP",        "KILL_INVALID_DEPENDENCY"),
    ("NO_KILL_INV_DEP",     "NO_KILL_INVALID_DEPENDENCY"),
    ("HAS_STATE_DIR",       "HAS_STATE_DIRECTORY"),
    ("BACKFILL_TEST",       "TESTING_BACKFILL"),
    ("GRES_ENFORCE_BIND",   "GRES_BINDING_ENFORCED"),
    ("TEST_NOW_ONLY",       "TEST_NOW_ONLY"),
    ("SPREAD_JOB",          "SPREAD_JOB"),
    ("USE_MIN_NODES",       "PREFER_MINIMUM_NODE_COUNT"),
    ("JOB_KILL_HURRY",      "JOB_KILL_HURRY"),
    ("TRES_STR_CALC",       "SKIP_TRES_STRING_ACCOUNTING"),
    ("SIB_JOB_FLUSH",       "SIBLING_CLUSTER_UPDATE_ONLY"),
    ("HET_JOB_FLAG",        "HETEROGENEOUS_JOB"),
    ("JOB_CPUS_SET",        "EXACT_CPU_COUNT_REQUESTED"),
    ("TOP_PRIO_TMP",        "TOP_PRIORITY_JOB"),
    ("JOB_ACCRUE_OVER",     "ACCRUE_COUNT_CLEARED"),
    ("GRES_DISABLE_BIND",   "GRES_BINDING_DISABLED"),
    ("JOB_WAS_RUNNING",     "JOB_WAS_RUNNING"),
    ("JOB_MEM_SET",         "EXACT_MEMORY_REQUESTED"),
)
PROFILES = (("None", "NONE"), ("Energy", "ENERGY"), ("Lustre", "LUSTRE"), ("Network", "NETWORK"), ("Task", "TASK"))
SHOWN = ("ALL", "DETAIL", "MIXED", "LOCAL", "SIBLING", "FEDERATION", "FUTURE")
PREEMPTION = keep("SUSPEND", "REQUEUE", "CANCEL", "GANG")
STARTS = ("STARTED_ON_SUBMIT", "STARTED_ON_SCHEDULE", "STARTED_ON_BACKFILL")
JOB_RECORD_FLAGS = keep("CLEAR_SCHEDULING", "NOT_SET", *STARTS)
#         older newer root       path                       only   pairs
WORDS: tuple[Words, ...] = (
    Words(37, 38, "slurm",   "/jobs[]/flags",           False, (("JOB_CPUS_SET ", "JOB_CPUS_SET"),)),
    Words(38, 40, "slurm",   "/jobs[]/flags",           True,  JOB_FLAGS),
    Words(38, 40, "slurm",   "/jobs[]/profile",         True,  PROFILES),
    Words(38, 40, "slurm",   "/jobs[]/shared",          False, (("shared", "oversubscribe"),)),
    Words(38, 40, "slurm",   "/jobs[]/show_flags",      True,  tuple((f"SHOW_{word}", word) for word in SHOWN)),
    Words(38, 40, "slurmdb", "/qos[]/preempt/mode",     True,  PREEMPTION),
    Words(38, 40, "slurmdb", "/jobs[]/flags",           True,  JOB_RECORD_FLAGS),
    Words(38, 40, "slurmdb", "/users[]/flags",          True,  keep("DELETED")),
)
# fmt: on


def list_words(source: int, target: int, root: str) -> dict[str, Callable[[str], str | None]]:
    """Path of a word, or of a list of words -> what makes the target's word of the source's."""
    return {
        row.path: translate(row, down=source > target)
        for row in WORDS
        if row.root == root and {row.older, row.newer} == {source, target}
    }


def translate(row: Words, *, down: bool) -> Callable[[str], str | None]:
    """One row, towards the older version or the newer."""
    known = {pair[down]: pair[not down] for pair in row.pairs}
    if down and row.only:
        return known.get
    return lambda word: known.get(word, word)
