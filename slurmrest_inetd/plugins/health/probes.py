"""GET healthz, livez, readyz, as slurmrestd 26.05 has them: 204 and no body.

Law: no token is asked for, so Slurm is asked as nobody: with a token that it must refuse. That it does refuse is its
answer. The service's own identity is not used (DESIGN.md, law 2).
"""

from slurmrest_inetd.errors import ApiError, NotReady, Unauthenticated
from slurmrest_inetd.model import Call, Passage
from slurmrest_inetd.slurm.silence import ask_reason

# Whoever watches does not wait as long as a client does.
ANSWER_SECONDS = 8.0
WELL = Passage(b"", 204)


def get_healthz(_call: Call) -> Passage:
    """This server serves: it did."""
    return WELL


def get_livez(_call: Call) -> Passage:
    """This server lives: it answered."""
    return WELL


def get_readyz(call: Call) -> Passage:
    """Slurm's commands are here and a controller answers them. Raises NotReady."""
    seconds = min(ANSWER_SECONDS, call.settings.command_timeout_seconds)
    try:
        reason = ask_reason(call.identity, call.settings._replace(command_timeout_seconds=seconds), "Not ready")
    except ApiError as error:  # no commands, or no end of one
        reason = error
    if reason is None or isinstance(reason, Unauthenticated):
        return WELL
    raise NotReady("", problems=reason.problems)
