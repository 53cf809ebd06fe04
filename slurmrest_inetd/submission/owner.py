"""``user_id`` and ``group_id``: a client may say who it is, and be nobody else.

Law: sbatch's --uid and --gid are never used. Names and numbers are looked up on this host, which shares the site's
users. Called by request.py.
"""

from contextlib import suppress
from typing import Any

from slurmrest_inetd.body.findings import Findings
from slurmrest_inetd.slurm.values import Unusable


def check_owner(values: dict[str, Any], user: str, found: Findings, path: str) -> None:
    """Refuse a ``user_id`` that is not ``user``'s, a ``group_id`` that is not of ``user``'s own group."""
    if not values.get("user_id") and not values.get("group_id"):
        return
    users, groups = find_names(user)
    if values.get("user_id", user) not in users:
        text = f"The job would be {user}'s: act for another user with X-SLURM-USER-NAME"
        found.refuse(Unusable(text, (2010, "Invalid user id")), f"{path}user_id/")
    if values.get("group_id") and values["group_id"] not in groups:
        text = f"sbatch runs the job in the own group of {user}, no other can be asked for"
        found.refuse(Unusable(text, (2113, "Invalid group id")), f"{path}group_id/")


def find_names(user: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What ``user`` and its own group may be called: name and number; of the group nothing where the host knows no
    such user.
    """
    import grp
    import pwd

    try:
        entry = pwd.getpwnam(user)
    except KeyError:
        return (user,), ()
    group: tuple[str, ...] = ()
    with suppress(KeyError):
        group = (grp.getgrgid(entry.pw_gid).gr_name,)
    return (user, str(entry.pw_uid)), (*group, str(entry.pw_gid))
