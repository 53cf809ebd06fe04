"""How much can stand in one argv: the kernel's bounds, met before the spawner would.

Law: bytes are counted as execve(2) counts them. What is too long is refused with Slurm's number for that, by the
property it stands in. Called by scontrol.py and the rooms that put commands together.
"""

from collections.abc import Sequence

from slurmrest_inetd.slurm.values import Unusable

TOO_LONG = (2012, "Pathname of a file, directory or other parameter too long")
# MAX_ARG_STRLEN, its NUL included
LONGEST_WORD_BYTES = 128 * 1024 - 1
# ARG_MAX is a quarter of the stack's limit, 2 MiB as a rule; the environment and sbatch's own options take little of it
LONGEST_ARGV_BYTES = 3 * 512 * 1024
# a word's NUL and its pointer
WORD_COST_BYTES = 9


def check_word(word: str) -> None:
    """Raises Unusable where ``word`` is longer than a command's argument can be."""
    if len(word.encode()) > LONGEST_WORD_BYTES:
        raise Unusable(f"It is longer than {LONGEST_WORD_BYTES} bytes", TOO_LONG)


def check_argv(words: Sequence[str]) -> None:
    """Raises Unusable where ``words`` together are longer than a command's arguments can be."""
    if sum(len(word.encode()) + WORD_COST_BYTES for word in words) > LONGEST_ARGV_BYTES:
        raise Unusable(f"All that is asked for is longer than {LONGEST_ARGV_BYTES} bytes", TOO_LONG)
