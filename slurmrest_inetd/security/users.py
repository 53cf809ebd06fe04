"""As whom this program runs: never root or SlurmUser (slurmrestd(8): SLURMRESTD_SECURITY, -u, -g).

Law: the check is on what we shall be when the first client's byte is read. Cheap enough for each cold exchange: ctypes
is loaded only where capabilities are kept. Called by cli.py and listen.
"""

import os

from slurmrest_inetd.errors import StartError
from slurmrest_inetd.settings import Settings
from slurmrest_inetd.slurm.configuration import read_configuration

SWITCH = "SLURMRESTD_SECURITY=disable_user_check turns this check off"
REMEDY = f"use -u and -g, or User= and Group= of the unit; {SWITCH}"
NEEDED_CAPABILITIES = 1 << 6 | 1 << 7  # CAP_SETGID, CAP_SETUID: linux/capability.h


def check_user(settings: Settings) -> None:
    """Raises StartError where this process is, or with -u and -g would become, root or SlurmUser, or runs with their
    primary group; where --local-users or become_user cannot work.
    """
    if settings.local_users:
        check_local_users(settings)
    if "disable_user_check" in settings.security or "become_user" in settings.security:
        return
    uids, gids = find_ids(settings)
    if 0 in uids:
        raise StartError(f"this program must not run as root: {REMEDY}")
    if 0 in gids:
        raise StartError(f"this program must not run with root's group: {REMEDY}")
    slurm_user = find_slurm_user(settings)
    if slurm_user and slurm_user[0] in uids:
        raise StartError(f"this program must not run as SlurmUser: {REMEDY}")
    if slurm_user and slurm_user[1] in gids:
        raise StartError(f"this program must not run with SlurmUser's group: {REMEDY}")


def check_local_users(settings: Settings) -> None:
    """Raises StartError where a worker could not become its peer."""
    if "local" not in settings.auth_types:
        raise StartError("--local-users needs rest_auth/local among the authentication types (-a)")
    if "become_user" in settings.security:
        if os.geteuid() != 0 or settings.user_id not in (None, 0):
            raise StartError("SLURMRESTD_SECURITY=become_user needs root; --local-users needs two capabilities only")
        if "jwt" in settings.auth_types:
            raise StartError("SLURMRESTD_SECURITY=become_user serves no tokens: add -a rest_auth/local")
    if read_capabilities() & NEEDED_CAPABILITIES != NEEDED_CAPABILITIES:
        raise StartError(
            "--local-users needs the capabilities CAP_SETUID and CAP_SETGID: AmbientCapabilities= of the unit has them"
        )


def find_ids(settings: Settings) -> tuple[set[int], set[int]]:
    """The uids and gids, real, effective and saved, that we shall have. Raises StartError."""
    uids = set(os.getresuid()) if settings.user_id is None else {settings.user_id}
    gids = set(os.getresgid())
    if settings.group_id is not None:
        gids = {settings.group_id}
    elif settings.user_id is not None:
        gids = {find_primary_group(settings.user_id)}
    return uids, gids


def find_primary_group(uid: int) -> int:
    """The gid that passwd(5) gives to ``uid``. Raises StartError where it has no entry."""
    import pwd

    try:
        return pwd.getpwuid(uid).pw_gid
    except KeyError:
        raise StartError(f"-u: uid {uid} has no primary group, because it is nobody's: give one with -g") from None


def find_slurm_user(settings: Settings) -> tuple[int, int] | None:
    """Uid and primary gid of SlurmUser (root where slurm.conf names none), None where it is not known here."""
    import pwd

    name = read_configuration(settings).get("slurmuser", "root")
    try:
        entry = pwd.getpwuid(int(name)) if name.isdecimal() else pwd.getpwnam(name)
    except (KeyError, OverflowError, ValueError):
        return None
    return entry.pw_uid, entry.pw_gid


def drop_privileges(settings: Settings) -> None:
    """Become the user and group of -u and -g, without supplementary groups, for good; nothing to do without them.

    To be called when the sockets are open, before a client's byte is read. Raises StartError.
    """
    if settings.user_id is None and settings.group_id is None:
        return
    uid = os.geteuid() if settings.user_id is None else settings.user_id
    gid = find_primary_group(uid) if settings.group_id is None else settings.group_id
    if not is_only(uid, gid):
        try:
            become(uid, gid, [], keeps_capabilities=settings.local_users and uid != 0)
        except PermissionError:
            raise StartError(f"cannot become uid {uid}, gid {gid} (-u, -g): only root may") from None
    check_irreversible(uid, gid, keeps_capabilities=settings.local_users)


def is_only(uid: int, gid: int) -> bool:
    """Whether this process is ``uid`` and ``gid`` in every respect, and in no other group."""
    return {*os.getresuid()} == {uid} and {*os.getresgid()} == {gid} and {*os.getgroups()} <= {gid}


def become(uid: int, gid: int, groups: list[int], *, keeps_capabilities: bool = False) -> None:
    """Take these ids in place of all others; of root's capabilities, those that change ids may be kept.

    Raises OSError.
    """
    if keeps_capabilities:
        from slurmrest_inetd.security import kernel

        kernel.set_attribute(kernel.PR_SET_KEEPCAPS, 1)
    os.setgroups(groups)
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)
    if keeps_capabilities:
        kernel.hold_capabilities(kernel.CAP_SETGID, kernel.CAP_SETUID)


def check_irreversible(uid: int, gid: int, *, keeps_capabilities: bool) -> None:
    """Raises StartError unless this process is ``uid`` and ``gid`` only and cannot be root again."""
    held = read_capabilities()
    allowed = NEEDED_CAPABILITIES if keeps_capabilities else 0
    if {*os.getresuid()} != {uid} or {*os.getresgid()} != {gid} or (uid != 0 and held & ~allowed):
        raise StartError(f"became uid {uid}, gid {gid} (-u, -g), but not for good: capabilities {held:#x} are left")


def drop_capabilities() -> None:
    """Hold no capability that a unit may have given and nothing needs; a command would inherit it. Root keeps its own.

    capset(2), which a unit's filter may refuse, is called only where there is something to drop.
    """
    if os.geteuid() != 0 and read_capabilities():
        from slurmrest_inetd.security import kernel

        kernel.hold_capabilities()


def read_capabilities() -> int:
    """The capabilities(7) that this process is permitted, a bit each."""
    with open("/proc/self/status", "rb") as file:
        return int(file.read().partition(b"\nCapPrm:")[2].split(None, 1)[0], 16)
