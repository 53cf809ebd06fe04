"""The generic resources (TRES) that a job asks for, each list an option of sbatch's.

Law: one row a property. sbatch can say most of them of GPUs only; what it cannot say is refused. Called by joined.py.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from slurmrest_inetd.body.misfit import place
from slurmrest_inetd.slurm.argv import format_gpus, format_gres, format_option, format_tres
from slurmrest_inetd.slurm.values import INVALID_DATA, Unusable


def join_resources(values: Mapping[str, Any]) -> Iterator[str]:
    """The options for what ``values`` holds of them. Raises Misfit."""
    for name, option, form in RESOURCES:
        if values.get(name):
            yield format_option(option, place(name, form, values[name]))


def format_gpu_frequency(text: str) -> str:
    """``gpu:high`` as --gpu-freq takes it. Raises Unusable."""
    name, colon, frequency = text.partition(":")
    if name not in ("gpu", "gres/gpu") or not colon:
        raise Unusable("sbatch can say the frequency of GPUs only: gpu:FREQUENCY", INVALID_DATA)
    return frequency


# fmt: off
RESOURCES: tuple[tuple[str, str, Callable[[str], str]], ...] = (
    ("cpus_per_tres",    "cpus-per-gpu",     format_gpus),
    ("memory_per_tres",  "mem-per-gpu",      format_gpus),
    ("tres_freq",        "gpu-freq",         format_gpu_frequency),
    ("tres_per_job",     "gpus",             format_gpus),
    ("tres_per_node",    "gres",             format_gres),
    ("tres_per_socket",  "gpus-per-socket",  format_gpus),
    ("tres_per_task",    "tres-per-task",    format_tres),
)
# fmt: on
