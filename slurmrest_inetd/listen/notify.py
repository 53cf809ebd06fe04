"""What systemd is told, over NOTIFY_SOCKET (sd_notify(3)).

Law: a datagram or nothing; a service manager that does not listen must cost nobody an answer. Called by service.py.
"""

import os
import socket
from collections.abc import Mapping
from contextlib import suppress
from time import CLOCK_MONOTONIC, clock_gettime_ns

STOPPING = "STOPPING=1"
ALIVE = "WATCHDOG=1"


class Manager:
    """The service manager that started us, if it wants to know; ``watchdog_seconds`` is how often it wants to hear
    ALIVE, 0 when never.
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._path = environ.get("NOTIFY_SOCKET", "")
        self.watchdog_seconds = read_watchdog_seconds(environ) if self._path else 0.0

    def tell(self, *lines: str) -> None:
        """Send the lines as one datagram. An address that begins with @ is an abstract one."""
        if self._path[:1] not in ("/", "@"):
            return
        address = "\0" + self._path[1:] if self._path[0] == "@" else self._path
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender, suppress(OSError):
            sender.setblocking(False)
            sender.sendto("\n".join(lines).encode(), address)

    def tell_ready(self, status: str) -> None:
        """Connections are accepted from now on."""
        self.tell("READY=1", f"STATUS={status}")

    def tell_reloading(self) -> None:
        """Settings are read again, until READY=1 (Type=notify-reload wants the time too)."""
        self.tell("RELOADING=1", f"MONOTONIC_USEC={clock_gettime_ns(CLOCK_MONOTONIC) // 1000}")


def read_watchdog_seconds(environ: Mapping[str, str]) -> float:
    """Half of WATCHDOG_USEC, as sd_watchdog_enabled(3) advises; 0 where it is not for this process."""
    microseconds, pid = environ.get("WATCHDOG_USEC", ""), environ.get("WATCHDOG_PID", "")
    if not microseconds.isdecimal() or pid not in ("", str(os.getpid())):
        return 0.0
    return int(microseconds) / 2_000_000
