"""The log: one line an exchange on stderr, or in syslog where stderr is the client's own connection.

Law: no token, no body, no query; what a client sent is printable before it is written. Called by exchange.py and
cli.py.
"""

import os
import sys
from stat import S_ISSOCK
from time import localtime, monotonic, strftime

from slurmrest_inetd.model import Call, Client, Identity, Peer, Request
from slurmrest_inetd.settings import Settings
from slurmrest_inetd.slurm import command

MAX_WORD = 256
MAX_STEPS = 6


class Trace:
    """What is known of an exchange so far, for its line in the log and for its error reply."""

    def __init__(self, peer: Peer, settings: Settings) -> None:
        self.settings = settings
        self.client: Client = name_client(peer)
        self.started = monotonic()
        self.request: Request | None = None
        self.identity: Identity | None = None
        self.call: Call | None = None
        self.media_type = "application/json"
        self.error: Exception | None = None
        self.broken = ""

    @property
    def method(self) -> str:
        """The request's method, "" before there is one."""
        return self.request.method if self.request else ""


def name_client(peer: Peer) -> Client:
    """The names of a peer's uid and gid, numbers where they have none."""
    return Client(peer.source, name_id("getpwuid", "pwd", peer.uid), name_id("getgrgid", "grp", peer.gid))


def name_id(function: str, module: str, number: int | None) -> str:
    """What ``pwd`` or ``grp`` call a number; itself where they do not know it."""
    if number is None:
        return ""
    try:
        return str(getattr(__import__(module), function)(number)[0])
    except KeyError:
        return str(number)


def write_trace(trace: Trace, status: int, sent_bytes: int) -> None:
    """Write the exchange's line: time, client, user, method, path, status, bytes, milliseconds, commands and their
    exit status.
    """
    request = trace.request
    path = request.target.partition("?")[0] if request else "-"
    words = [
        trace.client.source or "-",
        trace.identity.user if trace.identity else "-",
        trace.method or "-",
        path,
        str(status or "-"),
        f"{sent_bytes}B",
        f"{(monotonic() - trace.started) * 1000:.0f}ms",
        *(f"{argv[0]}={code}" for argv, code in command.history),
    ]
    note = trace.broken or describe_error(trace.error)
    if note:
        words.append(f"({note})")
    write_line(" ".join(format_word(word) for word in words))
    if trace.settings.verbosity:
        for argv, code in command.history:
            write_line(f"ran {' '.join(format_word(word) for word in argv)}: {code}")


def describe_error(error: Exception | None) -> str:
    """Why a request was refused, where the client is not told; where our own fault happened, without any value."""
    if error is None or type(error).__module__ == "slurmrest_inetd.errors":
        return ""
    reason = getattr(error, "reason", "")
    if reason:
        return f"refused: {reason}"
    steps = []
    place = error.__traceback__
    while place is not None:
        file = place.tb_frame.f_code.co_filename
        steps.append(f"{file.rpartition('slurmrest_inetd')[2].lstrip('/')}:{place.tb_lineno}")
        place = place.tb_next
    return f"fault: {type(error).__name__} at {' > '.join(steps[-MAX_STEPS:])}"


def format_word(text: str) -> str:
    """``text`` on one line and printable, cut where it is very long."""
    cut = text if len(text) <= MAX_WORD else text[:MAX_WORD] + "..."
    return "".join(char if char.isprintable() else f"\\x{ord(char):02x}" for char in cut)


def write_line(text: str) -> None:
    """One line to stderr; to syslog when stderr is the socket that the client reads (inetd gives one socket three
    times).
    """
    if is_connection(2):
        import syslog

        syslog.openlog("slurmrest-inetd", syslog.LOG_PID, syslog.LOG_DAEMON)
        syslog.syslog(syslog.LOG_INFO, text)
        return
    line = f"{strftime('%Y-%m-%dT%H:%M:%S%z', localtime())} slurmrest-inetd[{os.getpid()}]: {text}\n"
    try:
        os.write(2, line.encode("utf-8", "backslashreplace"))
    except OSError:
        # a log that cannot be written must not cost the client its answer
        return


def is_connection(fd: int) -> bool:
    """Whether ``fd`` is a socket that is also fd 0 or fd 1."""
    try:
        mine = os.fstat(fd)
        return S_ISSOCK(mine.st_mode) and any(os.path.samestat(mine, os.fstat(other)) for other in (0, 1))
    except OSError:
        return False


def write_fatal(text: str) -> None:
    """A line about a start that failed, for the administrator at the terminal."""
    sys.stderr.write(f"slurmrest-inetd: {text}\n")
