"""Who asks: rest_auth/jwt and rest_auth/local, as slurmrestd names them.

Law: an Identity or a refusal, never a guess. A request that holds any credentials is judged by them alone: a bad token
never becomes the service's own identity, and SLURM_JWT in the service's environment is nobody's. Every refusal reads
the same to the client; the log has the reason. Called by exchange.py.

    credentials.py  header fields -> token, user name       keys.py   which key verifies a token, or Slurm does
    claims.py       a token's grammar, lifetime and user    jwt.py    its signature; the only importer of PyJWT
    local.py        the peer that the kernel vouches for    proxy.py  SlurmUser or root acting for another user
"""

from slurmrest_inetd.auth.credentials import Credentials, read_credentials
from slurmrest_inetd.auth.refusal import AuthenticationFailure
from slurmrest_inetd.model import Identity, Peer, Request
from slurmrest_inetd.settings import Settings

# Where no token is needed: what is run as nobody carries one that no Slurm accepts, and does nothing in anyone's name.
NOBODY = Identity("nobody", "", "nobody")


def authenticate(request: Request, peer: Peer, settings: Settings) -> Identity:
    """As whom the request's commands run.

    Raises AuthenticationFailure; Misconfigured; for a user name that is not the token's, what ``act_as`` raises.
    """
    credentials = read_credentials(request)
    if credentials is not None:
        if "jwt" not in settings.auth_types:
            raise AuthenticationFailure("a token was sent, and rest_auth/jwt is not among the authentication types")
        return authenticate_token(credentials, settings)
    if "local" not in settings.auth_types:
        raise AuthenticationFailure("no token was sent")
    from slurmrest_inetd.auth.local import authenticate_peer, check_direct

    check_direct(request)
    return authenticate_peer(peer)


def authenticate_token(credentials: Credentials, settings: Settings) -> Identity:
    """The token's user, or the user that it may act for. Raises as ``authenticate`` does."""
    from slurmrest_inetd.auth.claims import check_lifetime, parse_token, read_user
    from slurmrest_inetd.auth.keys import find_key

    token = parse_token(credentials.token)
    check_lifetime(token.claims)
    key = find_key(token.algorithm, settings)
    if key is not None:
        from slurmrest_inetd.auth.jwt import verify_signature

        verify_signature(token, key)
    identity = Identity("jwt", read_user(token.claims, settings), credentials.token)
    if credentials.user_name in (None, identity.user):
        return identity
    from slurmrest_inetd.auth.proxy import act_as
    from slurmrest_inetd.slurm.command import run_command

    return act_as(identity, credentials.user_name, settings, run_command)
