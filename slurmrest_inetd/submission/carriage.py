r"""The job's environment within its script: for Slurm 22.05, whose sbatch takes none from who has a token.

There --export-file makes sbatch drop its own environment first, the token with it; --export=NAME=VALUE splits at commas
and has the node run the user's login shell (measured: docs/facts/submit.md). So what is submitted begins with lines of
ours that put the client's own script, which follows them byte for byte, into its place on the node, and run it with its
own interpreter and the environment that was asked for.

Law: whatever stands in an entry, it is one word in single quotes, so that sh makes nothing of it; what no word of a
command could be is refused by its name. The entries mean what they mean in a job's environment: what slurmd sets on the
node is slurmd's. Pure text; called by sending.py.
"""

import re

from slurmrest_inetd.body.findings import Findings
from slurmrest_inetd.fields.job_flags import LIMITS
from slurmrest_inetd.slurm.lengths import LONGEST_ARGV_BYTES, LONGEST_WORD_BYTES, TOO_LONG, WORD_COST_BYTES
from slurmrest_inetd.slurm.values import Unusable

# What the node's slurmstepd sets, over what the job's environment says of it (measured); SLURM_SUBMIT_DIR is sbatch's.
NODES_OWN = re.compile(
    rb"(?!SLURM_SUBMIT_DIR\b)SLURM[A-Z0-9_]*|HOSTNAME|ENVIRONMENT|CUDA_VISIBLE_DEVICES|GPU_DEVICE_ORDINAL"
    rb"|ROCR_VISIBLE_DEVICES|ZE_AFFINITY_MASK"
)
# What is there because of sbatch's environment or of sh, not because of the job's.
STRAY = ("SLURM_JWT", "PATH", "LC_ALL", "PWD", "OLDPWD", "SHLVL", "_")
LIMIT = re.compile(rf"SLURM_RLIMIT_(?:{'|'.join(LIMITS.values())})=[0-9]{{1,20}}", re.ASCII)
# The braces: sh reads to the last one before it does anything, so that it may write over the file it reads.
HEAD = b"""#!/bin/sh
# slurmrest-inetd: the job's environment, which sbatch of Slurm 22.05 cannot be given. The job's own script
# stands behind it, is put into its place here, and runs as it was submitted.
{
unset SLURM_JWT
PATH=/usr/bin:/bin${PATH:+:$PATH}
slurmrest_cr=$(printf '\\r')
slurmrest_script=$(tail -n +%d "$0" && echo x) && printf %%s "${slurmrest_script%%x}" >"$0" || exit
set -- "$0" "$@"
"""
TAIL = b'"$@"\nexit\n}\n'


def carry_environment(script: bytes, environment: bytes) -> bytes:
    """The script that runs ``script`` with ``environment`` (entries, each ended by NUL)."""
    entries = [entry for entry in environment.split(b"\0") if entry]
    nodes_own = [entry for entry in entries if NODES_OWN.fullmatch(entry.partition(b"=")[0])]
    own = [entry for entry in entries if entry not in nodes_own]
    lines = [b'[ "${%s+x}" ] || set -- %s "$@"\n' % (entry.partition(b"=")[0], quote(entry)) for entry in nodes_own]
    lines.append(b"exec env" + b"".join(b" -u %s" % name.encode() for name in STRAY) + b" -- \\\n")
    lines += [quote(entry) + b" \\\n" for entry in own]
    body = b"".join(lines) + TAIL
    first = HEAD.count(b"\n") + body.count(b"\n") + 1
    return HEAD % first + body + script


def quote(entry: bytes) -> bytes:
    """``entry`` as one word of sh. A carriage return stands apart: sbatch would see DOS line breaks in the script."""
    return b"'" + entry.replace(b"'", rb"'\''").replace(b"\r", b"'\"$slurmrest_cr\"'") + b"'"


def list_limits(environment: bytes) -> tuple[tuple[str, str], ...]:
    """The limits among them, a name of ours and a number each; the node looks at them before there is a shell."""
    entries = environment.decode().split("\0")
    return tuple((name, value) for name, _, value in (e.partition("=") for e in entries if LIMIT.fullmatch(e)))


def check_carriage(environment: bytes, path: str, found: Findings) -> None:
    """Refuse what no command can be given on the node: an entry too long, or all of them together."""
    entries = environment.split(b"\0")
    for entry in entries:
        if len(entry) > LONGEST_WORD_BYTES:
            name = entry.partition(b"=")[0].decode()
            text = f"{name} is too long for Slurm 22.05: its name and value can have {LONGEST_WORD_BYTES} bytes"
            found.refuse(Unusable(text, TOO_LONG), path)
    if sum(len(entry) + WORD_COST_BYTES for entry in entries) > LONGEST_ARGV_BYTES:
        text = f"All of it is longer than the {LONGEST_ARGV_BYTES} bytes that a command on a node can be given"
        found.refuse(Unusable(text, TOO_LONG), path)
