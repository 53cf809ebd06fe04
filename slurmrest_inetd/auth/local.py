"""rest_auth/local: the peer is the user that this process is, because the kernel says so.

Law: kernel facts only (wire/peer.py). The commands then run with munge and without a token, as this process's uid: the
service's own, or with --local-users the peer's, which it became before it read a byte (security/local_users.py). So
nobody else is ever served, root neither, and nothing that comes over the network or through a proxy. Called by auth.
"""

import os

from slurmrest_inetd.auth.refusal import AuthenticationFailure
from slurmrest_inetd.model import Identity, Peer, Request

# Permission bits that would let somebody else write the request, or read along. slurmrestd refuses the others' bits,
# and lets a group write. A terminal's group may write to its screen (mesg(1)), which is not its keyboard.
FORBIDDEN_MODE = {"unix": 0, "pipe": 0o026, "file": 0o026, "tty": 0o006}
# What proxies add (RFC 7239, RFC 9110 section 7.6.3, custom): behind one, the kernel vouches for the proxy only.
FORWARDED_FIELDS = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip")
# Who has no uid in our user namespace is seen as this one (user_namespaces(7)).
OVERFLOW_UID = 65534


def authenticate_peer(peer: Peer) -> Identity:
    """The service's own user. Raises AuthenticationFailure for any other peer."""
    own = os.geteuid()
    forbidden = FORBIDDEN_MODE.get(peer.kind)
    if forbidden is None or peer.uid is None:
        raise AuthenticationFailure(f"no token was sent, and rest_auth/local does not serve a {peer.kind}")
    if peer.uid != own or own == OVERFLOW_UID:
        raise AuthenticationFailure(f"no token was sent, and the {peer.kind} is uid {peer.uid}'s, not this service's")
    if peer.mode & forbidden:
        raise AuthenticationFailure(f"no token was sent, and the {peer.kind} is open to others: mode {peer.mode:04o}")
    return Identity("local", name_user(own))


def check_direct(request: Request) -> None:
    """Raises AuthenticationFailure for a request that says itself that it came through a proxy."""
    for name in FORWARDED_FIELDS:
        if request.get_all(name):
            raise AuthenticationFailure(f"no token was sent, and {name} says that the peer is a proxy, not the client")


def name_user(uid: int) -> str:
    """The name of ``uid``, its number where it has none."""
    import pwd

    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
