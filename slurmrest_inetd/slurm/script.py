r"""The batch script as sbatch takes it on stdin: checked, its directives disarmed.

Law: a directive in a script has no effect, as with slurmrestd; beside that, the script reaches the job byte for byte.
sbatch obeys ``#SBATCH`` and ``#SLURM`` at the very start of a line (also ``#SBATCH--x``, ``#SBATCH\t``), down to the
first line that is neither blank nor a comment (measured on 24.11 and 26.05); ``#PBS`` and ``#BSUB`` it leaves alone
with --ignore-pbs. Called by the room that submits.
"""

import re

from slurmrest_inetd.slurm.values import INVALID_DATA, Unusable

DIRECTIVE = re.compile(rb"#(?=SBATCH|SLURM)")
# In this order sbatch refuses them, in lines that tell little; slurmrestd accepts all but the first, to fail or to be
# cut when the job runs.
# fmt: off
REFUSALS: tuple[tuple[re.Pattern[bytes], str], ...] = (
    (re.compile(rb"\A\s*\Z"),         "The script is empty"),
    (re.compile(rb"\A(?!#!)"),        "The script's first line must start with #! and the path of an interpreter"),
    (re.compile(rb"\0"),              "The script holds a NUL character"),
    (re.compile(rb"\r\n"),            "The script has DOS line breaks: its interpreter would not be found"),
)
# fmt: on


def check_script(text: str) -> bytes:
    """The script's bytes. Raises Unusable where sbatch would not take it."""
    script = text.encode("utf-8", "surrogatepass")
    for pattern, why in REFUSALS:
        if pattern.search(script):
            raise Unusable(why, INVALID_DATA)
    return script


def disarm_script(script: bytes) -> bytes:
    """``script`` with each ``#SBATCH`` that sbatch would obey written as ``# SBATCH``."""
    lines, done = [], 0
    while done < len(script):
        end = script.find(b"\n", done) + 1 or len(script)
        line = script[done:end]
        if line.strip() and not line.lstrip().startswith(b"#"):
            break
        lines.append(DIRECTIVE.sub(b"# ", line, count=1) if DIRECTIVE.match(line) else line)
        done = end
    return b"".join(lines) + script[done:]
