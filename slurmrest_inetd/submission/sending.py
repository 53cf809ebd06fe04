"""From a submission to the one sbatch that makes the job.

Law: the job's environment never becomes sbatch's own, and the token, which is, never the job's. Slurm 22.05 is another
way, where there is a token (docs/facts/submit.md): the environment goes within the script, sbatch runs with the
client's uid, and what it passes on of its own environment has an empty SLURM_JWT. Called by
plugins.slurmctld.job_submit.
"""

import os

from slurmrest_inetd.errors import refuse_slurm
from slurmrest_inetd.model import Identity
from slurmrest_inetd.settings import Settings
from slurmrest_inetd.slurm.command import Command, Finished, run_command
from slurmrest_inetd.slurm.data_parsers import prints_documents
from slurmrest_inetd.submission.request import Submission

# These sbatch needs once:
#   --parsable        print ID or ID;CLUSTER
#   --ignore-pbs      #PBS and #BSUB lines are comments
# and these each component:
#   --propagate=NONE  not the limits of this service
#   --export=ALL      26.05 takes nothing of the file without it; it is the file's "all", never sbatch's environment
PROGRAM = "sbatch"
SBATCH = (PROGRAM, "--parsable", "--ignore-pbs")
EACH = ("--propagate=NONE", "--export=ALL")
ENVIRONMENT = ("--export-file=3",)
# sbatch closes descriptor 3 after the first component, so several components open the same memory file by its name
ENVIRONMENT_AGAIN = ("--export-file=/proc/self/fd/3",)
# the script's place in argv when arguments follow it: what stands behind it can be no option and no component
SCRIPT = "/dev/stdin"
NOT_PASSED_ON = ("SLURM_JWT",)
DEFAULT_UMASK = 0o022
UNKNOWN_USER = (2010, "Invalid user id")


def run_sbatch(submission: Submission, identity: Identity, settings: Settings) -> Finished:
    """Run sbatch, with the umask that the job is to have: sbatch passes on its own.

    Raises what Slurm's commands fail of to start; on 22.05 NotReady where there is no user namespace, Forbidden where
    this host does not know the user.
    """
    command = Command(list_argv(submission), submission.script, submission.environment)
    if sends_uid(PROGRAM, identity, settings):
        command = carry(submission)
        borrow_uid(identity.user)
    previous = os.umask(find_umask(submission.environment))
    try:
        return run_command(command, identity, settings)
    finally:
        os.umask(previous)


def carry(submission: Submission) -> Command:
    """The command where sbatch is given no environment: all of its own, of which little is left, goes to the job."""
    from slurmrest_inetd.submission.carriage import carry_environment, list_limits

    script = carry_environment(submission.script, submission.environment)
    limits = list_limits(submission.environment)
    # "C": every node has it
    return Command(list_argv(submission, ()), script, None, (("LC_ALL", "C"), *limits), NOT_PASSED_ON)


def sends_uid(program: str, identity: Identity, settings: Settings) -> bool:
    """Whether ``program`` (sbatch, salloc) sends its own uid, and slurmctld refuses one that is not the token's."""
    return identity.token is not None and not prints_documents(settings, program)


def borrow_uid(user: str) -> None:
    """Have ``user``'s uid from now on. Raises NotReady, Forbidden."""
    import pwd

    from slurmrest_inetd.security.user_namespace import enter_user_namespace

    try:
        entry = pwd.getpwnam(user)
    except KeyError:
        number, error = UNKNOWN_USER
        text = f"This host knows no user {user}, whose uid Slurm 22.05 wants to be sent"
        raise refuse_slurm(number, error, text) from None
    enter_user_namespace(entry.pw_uid, entry.pw_gid)


def find_umask(environment: bytes) -> int:
    """The umask that the job's environment asks for, as slurmstepd reads it there; without one, slurmstepd's own."""
    for entry in environment.split(b"\0"):
        name, _, value = entry.partition(b"=")
        if name == b"SLURM_UMASK" and 0 < len(value) <= len(b"0777") and not value.strip(b"01234567"):
            return int(value, 8) & 0o777
    return DEFAULT_UMASK


def list_argv(submission: Submission, environment: tuple[str, ...] = ENVIRONMENT) -> tuple[str, ...]:
    """The whole argv; a client's words stand behind ``=``, or, as the script's arguments, behind SCRIPT."""
    if len(submission.components) > 1 and environment:
        environment = ENVIRONMENT_AGAIN
    argv = list(SBATCH)
    for index, options in enumerate(submission.components):
        argv += [":"] if index else []
        argv += [*EACH, *environment, *options]
    if len(submission.arguments) > 1:
        argv += [SCRIPT, *submission.arguments[1:]]
    return tuple(argv)
