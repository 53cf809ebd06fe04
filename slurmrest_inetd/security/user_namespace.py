"""A user namespace in which this process is another user: for a command that sends its own uid along (sbatch 22.05).

Law: no power comes of it. Within, the process has another name for its own uid and gid and nothing else: no capability,
also not as uid 0; files, sockets and munge know it as who it was. Slurm believes the token, and refuses one that is
another user's. There is no way back, so only an exchange's own process may enter, once it has read its request. Called
by submission/sending.py.
"""

import os

from slurmrest_inetd.errors import NotReady
from slurmrest_inetd.security import kernel

PROCESS = "/proc/self"
REMEDIES = (
    "user.max_user_namespaces, kernel.unprivileged_userns_clone, kernel.apparmor_restrict_unprivileged_userns or, in a "
    "unit, RestrictNamespaces= (slurm-22.05.conf, among the units of slurmrest-inetd, allows it)"
)


def enter_user_namespace(uid: int, gid: int) -> None:
    """Be ``uid`` and ``gid``, in a namespace where nobody else is; nothing to do for who is already.

    Raises NotReady where this host lets nobody make one. user_namespaces(7).
    """
    own_uid, own_gid = os.geteuid(), os.getegid()
    if (own_uid, own_gid) == (uid, gid):
        return
    # of a process that others may not look into, /proc belongs to root
    hidden = not kernel.get_attribute(kernel.PR_GET_DUMPABLE)
    if hidden:
        kernel.set_attribute(kernel.PR_SET_DUMPABLE, 1)
    try:
        kernel.unshare(kernel.CLONE_NEWUSER)
        for file, text in (("setgroups", "deny"), ("uid_map", f"{uid} {own_uid} 1"), ("gid_map", f"{gid} {own_gid} 1")):
            with open(f"{PROCESS}/{file}", "wb", buffering=0) as map_file:
                map_file.write(text.encode())
        # uid 0 is a number like any other: no program gets a power for it
        kernel.set_attribute(kernel.PR_SET_SECUREBITS, kernel.SECBIT_NOROOT | kernel.SECBIT_NOROOT_LOCKED)
        kernel.hold_capabilities()
    except OSError as error:
        text = (
            "Slurm 22.05 takes a job only from a process with its owner's uid, which this one could have in a user "
            f"namespace; this host refuses it ({error.strerror}). What may refuse: {REMEDIES}"
        )
        raise NotReady(text, source="unshare(2)") from None
    finally:
        if hidden:
            kernel.set_attribute(kernel.PR_SET_DUMPABLE, 0)
