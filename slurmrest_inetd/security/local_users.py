"""--local-users: a worker becomes the user at the other end of its UNIX socket, before it reads a byte.

Law: who that is, the kernel says. Whoever is not to be become leaves this process what it was, less its capabilities:
then a token is needed, as everywhere. A worker never keeps the power to become anybody. Called by worker.py.

The kernel vouches for the process that connected. If that is a proxy, it vouches for the proxy, whose uid all its
clients would be: hence no system user is become unless it is named, and auth/local.py refuses what a proxy passed on.
"""

import os
from typing import NamedTuple

from slurmrest_inetd.errors import StartError
from slurmrest_inetd.security import kernel
from slurmrest_inetd.security.users import become, check_irreversible, find_slurm_user
from slurmrest_inetd.settings import Settings
from slurmrest_inetd.wire.peer import describe_peer

NOBODY = 65534  # the overflow uid and gid: user_namespaces(7)
# Beyond UID_MIN, what distributions and systemd keep for themselves (Debian policy 9.2.2, systemd's UIDS-GIDS.md):
# static users of packages, dynamic users, nobody.
RESERVED_UIDS = range(60001, 65536)
LOGIN_DEFS = "/etc/login.defs"
DEFAULT_UID_MIN = 1000


class Account(NamedTuple):
    """A user as passwd(5) and group(5) know it."""

    name: str
    uid: int
    gid: int
    groups: tuple[int, ...]


def become_peer(connection_fd: int, settings: Settings) -> Settings:
    """Become the peer of ``connection_fd`` where it is one to become; give up all capabilities in any case.

    Returns the settings for the exchange: a worker that is its peer can read no key of the service's, and leaves the
    judging of tokens to Slurm. Raises StartError where the kernel does not do as told: then nothing may be served.
    """
    peer = describe_peer(connection_fd, connection_fd)
    account = find_account(peer.uid, peer.gid, settings) if peer.kind == "unix" and peer.uid is not None else None
    try:
        if account is not None:
            become(account.uid, account.gid, list(account.groups))
            settings = settings._replace(jwt_key=None, jwks=None)
        elif os.geteuid() == 0:  # become_user: there is no lesser user to fall back on
            become(NOBODY, NOBODY, [])
            settings = settings._replace(auth_types=())
        kernel.hold_capabilities()
        kernel.set_attribute(kernel.PR_SET_DUMPABLE, 0)
    except OSError as error:
        raise StartError(f"cannot become uid {peer.uid}: {error.strerror}") from None
    check_irreversible(os.geteuid(), os.getegid(), keeps_capabilities=False)
    if account is not None and not is_account(account):
        raise StartError(f"became somebody else than uid {peer.uid}")
    return settings


def is_account(account: Account) -> bool:
    """Whether this process is ``account`` now."""
    ids = {*os.getresuid()} == {account.uid} and {*os.getresgid()} == {account.gid}
    return ids and {*os.getgroups()} == {*account.groups}


def find_account(uid: int, gid: int | None, settings: Settings) -> Account | None:
    """The account to become for a peer of ``uid`` and ``gid``; None for those that are not become."""
    import pwd

    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        return None
    if uid == NOBODY or uid == os.geteuid() != 0 or not is_served(entry.pw_name, uid, settings):
        return None
    groups = tuple(os.getgrouplist(entry.pw_name, entry.pw_gid))
    # newgrp(1) changes the gid within the user's own groups; what a set-group-ID program adds counts for nothing
    return Account(entry.pw_name, uid, gid if gid is not None and gid in groups else entry.pw_gid, groups)


def is_served(name: str, uid: int, settings: Settings) -> bool:
    """Whether --local-users serves this user: an ordinary one, or one that --local-users-allow names."""
    if name in settings.local_users_allowed:
        return True
    slurm_user = find_slurm_user(settings)
    is_system = uid < read_uid_min() or uid in RESERVED_UIDS
    return not is_system and (slurm_user is None or uid != slurm_user[0])


def read_uid_min() -> int:
    """UID_MIN of login.defs(5), the first uid of ordinary users; 1000 where it is not to be read, never below 1."""
    try:
        with open(LOGIN_DEFS, encoding="utf-8", errors="replace") as file:
            lines = [line.split() for line in file]
    except OSError:
        return DEFAULT_UID_MIN
    found = [words[1] for words in lines if len(words) > 1 and words[0] == "UID_MIN" and words[1].isdecimal()]
    return max(1, int(found[-1])) if found else DEFAULT_UID_MIN
