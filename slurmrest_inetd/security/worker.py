"""One connection's process: its limits, its user, nothing else of the parent's.

Law: called once, after accept and before the connection's first byte is read. Slurm's commands inherit the limits of
memory and processor time, each for itself; jobs do not (--propagate=NONE). Called by listen, and by cli.py for
--local-users.
"""

import os
import signal
import sys
from resource import RLIM_INFINITY, RLIMIT_AS, RLIMIT_CORE, RLIMIT_CPU, getrlimit, setrlimit
from types import FrameType
from typing import NoReturn

from slurmrest_inetd.errors import CommandTimeout
from slurmrest_inetd.security.users import drop_capabilities
from slurmrest_inetd.settings import MEBIBYTE, Settings

MAX_DESCRIPTORS = 1 << 20
# Between SIGXCPU and SIGKILL: setrlimit(2).
CPU_GRACE_SECONDS = 5


def enter_worker(connection_fd: int, settings: Settings, *, keep: tuple[int, ...] = ()) -> Settings:
    """Give up all that serving ``connection_fd`` does not need; with --local-users, become its peer.

    Descriptors 0 to 2, ``connection_fd`` and those of ``keep`` stay open, no other. Returns the settings to serve the
    exchange with. Raises StartError: then nothing may be served.
    """
    close_descriptors(connection_fd, *keep)
    limit_resources(settings)
    limit_time(settings.exchange_limit_seconds)
    if settings.local_users:
        from slurmrest_inetd.security.local_users import become_peer

        return become_peer(connection_fd, settings)
    drop_capabilities()
    return settings


def close_descriptors(*kept: int) -> None:
    """Close everything above 2 but ``kept``."""
    if "syslog" in sys.modules:  # or it would write into whatever gets its descriptor's number
        sys.modules["syslog"].closelog()
    first = 3
    for fd in sorted(fd for fd in kept if fd > 2):
        os.closerange(first, fd)
        first = fd + 1
    os.closerange(first, MAX_DESCRIPTORS)


def limit_resources(settings: Settings) -> None:
    """The limits of this process and, each for itself, of the commands it starts: address space, processor time, no
    core file. A lower limit that is set already stays.
    """
    memory_bytes = settings.memory_limit_mebibytes * MEBIBYTE
    # fmt: off
    limits = (
        (RLIMIT_AS,   memory_bytes,               memory_bytes),
        (RLIMIT_CPU,  settings.cpu_limit_seconds, settings.cpu_limit_seconds + CPU_GRACE_SECONDS),
        (RLIMIT_CORE, 0,                          0),
    )
    # fmt: on
    for name, *wanted in limits:
        most = getrlimit(name)[1]
        soft, hard = (limit if most == RLIM_INFINITY else min(limit, most) for limit in wanted)
        setrlimit(name, (soft, hard))


def limit_time(seconds: int) -> None:
    """End the exchange with an error reply when it has taken ``seconds``, whatever it is waiting for."""

    def end(_signal: int, _frame: FrameType | None) -> NoReturn:
        raise CommandTimeout(f"The exchange did not end within {seconds} seconds: whether all was done is unknown")

    signal.signal(signal.SIGALRM, end)
    signal.alarm(seconds)
