"""The authenticating proxy: with SlurmUser's or root's token, act for the user that X-SLURM-USER-NAME names.

Law: we hold no key and decide nothing. Slurm is asked, with the token that came, for a token of that user, which it
gives to SlurmUser and root only; everything then runs with that one. Called by auth.
"""

from collections.abc import Callable

from slurmrest_inetd.auth.claims import check_lifetime, parse_token
from slurmrest_inetd.auth.credentials import check_name
from slurmrest_inetd.auth.refusal import AuthenticationFailure
from slurmrest_inetd.errors import ApiError, Forbidden, InternalFault, NotImplementedHere, Unauthenticated
from slurmrest_inetd.model import Identity
from slurmrest_inetd.settings import Settings
from slurmrest_inetd.slurm.command import Command, Finished
from slurmrest_inetd.slurm.failures import read_failure

# The token has to outlive the exchange: a few commands, each of which may take the time that one is given.
COMMANDS_AN_EXCHANGE = 4
NO_TOKENS = 6009  # "Token Generation failed."

Run = Callable[[Command, Identity, Settings], Finished]


def act_as(identity: Identity, wanted_user: str, settings: Settings, run: Run) -> Identity:
    """``wanted_user``, with a token of theirs that Slurm gave to ``identity``.

    Raises AuthenticationFailure (Slurm does not know the token), Forbidden (it is neither SlurmUser's nor root's),
    NotImplementedHere (this cluster makes no tokens) and what ``run`` raises.
    """
    check_name(wanted_user, "X-SLURM-USER-NAME")
    lifespan_seconds = int(settings.command_timeout_seconds * COMMANDS_AN_EXCHANGE) + 60
    argv = ("scontrol", "token", f"username={wanted_user}", f"lifespan={lifespan_seconds}")
    finished = run(Command(argv), identity, settings)
    if finished.status != 0:
        raise explain_refusal(finished)
    return Identity("jwt", wanted_user, parse_printed_token(finished.stdout, wanted_user))


def explain_refusal(finished: Finished) -> ApiError:
    """What the failed ``scontrol token`` means to the client."""
    error = read_failure(finished, "Acting for the user in X-SLURM-USER-NAME")
    problem = error.problems[0]
    if isinstance(error, Unauthenticated):
        return AuthenticationFailure("Slurm refused the token that was to act for another user")
    if isinstance(error, Forbidden):
        text = "X-SLURM-USER-NAME: only a token of SlurmUser or root may act for another user"
        return Forbidden(text, number=problem.error_number, error=problem.error, source=problem.source)
    if problem.error_number == NO_TOKENS:
        text = "X-SLURM-USER-NAME: nobody can act for another user here, because this cluster makes no tokens (jwks=)"
        return NotImplementedHere(text, number=problem.error_number, error=problem.error, source=problem.source)
    return error


def parse_printed_token(stdout: bytes, wanted_user: str) -> str:
    """The token of ``SLURM_JWT=TOKEN``, which is all that ``scontrol token`` prints. Raises InternalFault.

    The user is looked up again, in the claims: it must be the one that was asked for.
    """
    name, _, text = stdout.decode("ascii", "replace").removesuffix("\n").partition("=")
    try:
        if name == "SLURM_JWT":
            token = parse_token(text)
            check_lifetime(token.claims)
            if token.claims.get("sun") == wanted_user:
                return text
    except AuthenticationFailure:
        pass
    raise InternalFault(
        "Slurm's answer to scontrol token was not a token of the user that was asked for", source="scontrol"
    )
