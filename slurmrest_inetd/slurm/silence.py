"""Why a command failed that did not say: another one is asked, which always does.

Law: `scontrol ping` says DOWN to a bad token, `squeue --only-job-state` ends with status 1 and no word, and both mean
either that Slurm refused the token or that no controller answers. `scontrol show licenses` is authenticated, costs the
controller next to nothing, and names the error. Asked only after a failure. Called by the plugins of slurmctld.
"""

from slurmrest_inetd.errors import ApiError
from slurmrest_inetd.model import Identity
from slurmrest_inetd.settings import Settings
from slurmrest_inetd.slurm.command import Command, run_command
from slurmrest_inetd.slurm.failures import find_error, read_failure

TALKING = Command(("scontrol", "show", "licenses"))


def ask_reason(identity: Identity, settings: Settings, what: str) -> ApiError | None:
    """What Slurm refuses ``identity`` now, None when it refuses nothing. ``what`` says what was being asked.

    Raises SlurmMissing, CommandTimeout.
    """
    finished = run_command(TALKING, identity, settings)
    return read_failure(finished, what) if finished.status != 0 else None


def explain_silence(lines: list[str], identity: Identity, settings: Settings, what: str) -> ApiError | None:
    """``ask_reason``, when ``lines`` (a failed command's stderr) hold none of Slurm's errors."""
    return None if find_error(lines)[0] else ask_reason(identity, settings, what)
