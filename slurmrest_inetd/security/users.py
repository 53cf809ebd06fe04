"""As whom this program runs: never root or SlurmUser (slurmrestd(8): SLURMRESTD_SECURITY, -u, -g).

Law: the check is on what we shall be when the first client's byte is read. Cheap enough for each cold exchange.
"""

from slurmrest_inetd.settings import Settings


def check_user(settings: Settings) -> None:
    """Raises StartError where this process is, or with -u and -g would become, root or SlurmUser, or runs with their
    primary group.
    """


def drop_privileges(settings: Settings) -> None:
    """Become the user and group of -u and -g for good; nothing to do without them. To be called once sockets are open
    and before a client's byte is read. Raises StartError.
    """
