"""What the commands of some releases of Slurm have not: a row an option, or a value of one.

Law: data only. The number is the first API version that a release with the option has (slurm/data_parsers.py,
find_newest). tests/cluster/test_submit.py asks each release's own sbatch. What is not here all of 22.05, 24.11 and 26.05
have. ``extra`` must be here: sbatch of 22.05 would take it as --extra-node-info, which begins like it.
"""

# fmt: off
OPTIONS_SINCE: dict[str, int] = {
    "consolidate-segments":                     43,
    "container-id":                             40,
    "container-type":                           43,
    "cron":                                     40,
    "exclusive=topo":                           40,
    "extra":                                    40,
    "gres-flags=allow-task-sharing":            40,
    "gres-flags=multiple-tasks-per-sharing":    40,
    "gres-flags=one-task-per-sharing":          40,
    "mem-update":                               43,
    "oom-kill-step":                            40,
    "requeue=expedite":                         43,
    "resv-ports":                               40,
    "segment":                                  40,
    "spread-segments":                          43,
    "stepmgr":                                  40,
    "tres-bind":                                40,
    "tres-per-task":                            40,
}
# fmt: on


def is_missing(word: str, newest: int) -> bool:
    """Whether ``--OPTION=VALUE`` is none that a release has whose newest API version is v0.0.``newest``."""
    option = word.removeprefix("--")
    since = OPTIONS_SINCE.get(option) or OPTIONS_SINCE.get(option.partition("=")[0], 0)
    return newest < since
