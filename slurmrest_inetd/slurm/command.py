"""The only place that starts a process.

Law: an argv list, never a shell; an environment built from nothing; the client's token or, for a local identity, none.
Nothing of the service's own environment, descriptors or signal dispositions reaches the command. What it is asked to
read (stdin, one descriptor) lies in memory files, so that no pipe of ours can ever block on it.
Called by passthrough.py and the plugins.
"""

import os
import select
import signal
from contextlib import suppress
from time import monotonic, sleep
from typing import Any, NamedTuple

from slurmrest_inetd.errors import CommandTimeout, SlurmMissing
from slurmrest_inetd.model import Identity
from slurmrest_inetd.settings import Settings

CHUNK_BYTES = 256 * 1024
MAX_STDERR_BYTES = 64 * 1024
DESCRIPTOR_FD = 3
# Python ignores it; a command must not inherit that. SIGPIPE stays ignored: slurmdbd hangs up on who may not do what
# was asked, and sacctmgr, about to say so, would now and then be killed by its own last words to slurmdbd.
DEFAULT_SIGNALS = (signal.SIGXFSZ,)
KILL_GRACE_SECONDS = 2.0
LEAVING = (signal.SIGIO,)  # tells a worker to leave (listen/worker.py)


class Command(NamedTuple):
    """``argv[0]`` is a bare name; ``descriptor`` is what the command can read on fd 3 (``--export-file=3``).

    ``emptied`` are variables that stand a second time in its environment, last and empty: getenv(3) finds the first,
    who copies the whole has the last. What such a command passes on holds none of their values.
    """

    argv: tuple[str, ...]
    stdin: bytes | None = None
    descriptor: bytes | None = None
    environment: tuple[tuple[str, str], ...] = ()
    emptied: tuple[str, ...] = ()


class Finished(NamedTuple):
    """``status`` is the exit status; below zero, the number of the signal that ended it. ``path`` is the program's."""

    argv: tuple[str, ...]
    status: int
    stdout: bytes
    stderr: bytes
    path: str = ""


# What this process ran, for the log line: one process is one exchange, so this is the exchange's own list.
history: list[tuple[tuple[str, ...], int]] = []
# What still runs, for a worker that is told to leave.
running: list["Running"] = []


def run_command(command: Command, identity: Identity, settings: Settings) -> Finished:
    """Run to the end and return all it wrote. Raises SlurmMissing, CommandTimeout."""
    running = start_command(command, identity, settings)
    stdout = b"".join(iter(running.read_chunk, b""))
    return running.finish(stdout)


def start_command(command: Command, identity: Identity, settings: Settings) -> "Running":
    """Start it and return at once; the caller reads chunks, then finishes. Raises SlurmMissing."""
    path = find_program(command.argv[0], settings.command_path)
    return Running(command, path, make_environment(command, identity, settings), settings.command_timeout_seconds)


def find_program(name: str, command_path: str) -> str:
    """The absolute path of ``name`` on ``command_path``. Raises SlurmMissing."""
    for folder in command_path.split(":"):
        path = f"{folder}/{name}"
        if os.access(path, os.X_OK):
            return path
    raise SlurmMissing(f"Slurm's command {name} is not installed here", source=name)


def make_environment(command: Command, identity: Identity, settings: Settings) -> dict[str, str]:
    """Everything the command's environment holds (DESIGN.md, law 2)."""
    environment = {"PATH": settings.command_path, "LC_ALL": "C.UTF-8"}
    if settings.slurm_conf is not None:
        environment["SLURM_CONF"] = settings.slurm_conf
    environment.update(command.environment)
    if identity.token is not None:
        environment["SLURM_JWT"] = identity.token
    return environment


def stop_running() -> bool:
    """End every command of this process that still runs; whether there was one."""
    stopped = list(running)
    for command in stopped:
        with suppress(ProcessLookupError, ChildProcessError):  # it has just ended, and been waited for
            command.stop()
    return bool(stopped)


class Running:
    """A started command: its stdout chunk by chunk, its stderr (up to 64 KiB of it), its end."""

    def __init__(self, command: Command, path: str, environment: dict[str, str], timeout_seconds: float) -> None:
        self.argv = command.argv
        self.stderr = b""
        self._path = path
        self._timeout_seconds = timeout_seconds
        self._deadline = monotonic() + timeout_seconds
        self._status: int | None = None
        self._is_read = False
        self._stdout_fd, stdout_child = os.pipe()
        self._stderr_fd, stderr_child = os.pipe()
        stdin_child = open_input(command.stdin)
        children = [stdin_child, stdout_child, stderr_child]
        if command.descriptor is not None:
            children.append(open_input(command.descriptor))
        # whoever is told to leave now must find the command among those that run
        signal.pthread_sigmask(signal.SIG_BLOCK, LEAVING)
        try:
            self._pid = spawn(path, command.argv, environment, children, command.emptied)
            running.append(self)
        except BaseException:
            os.close(self._stdout_fd)
            os.close(self._stderr_fd)
            raise
        finally:
            for fd in children:
                os.close(fd)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, LEAVING)
        self._poll = select.poll()
        self._poll.register(self._stdout_fd, select.POLLIN)
        self._poll.register(self._stderr_fd, select.POLLIN)

    def read_chunk(self) -> bytes:
        """The next bytes of stdout, b"" at its end. Raises CommandTimeout (the command is then gone)."""
        while not self._is_read:
            for fd, _ in self._wait():
                data = os.read(fd, CHUNK_BYTES)
                if fd == self._stderr_fd:
                    self._take_stderr(data)
                elif data:
                    return data
                else:
                    self._poll.unregister(fd)
                    self._is_read = True
        return b""

    def finish(self, stdout: bytes = b"") -> Finished:
        """Wait for its end, reading the rest of stderr. ``stdout`` is what the caller has read. Raises
        CommandTimeout.
        """
        while self._stderr_fd >= 0:
            for fd, _ in self._wait():
                data = os.read(fd, CHUNK_BYTES)
                if fd == self._stderr_fd:
                    self._take_stderr(data)
                elif not data:
                    self._poll.unregister(fd)
        return Finished(self.argv, self._reap(), stdout, self.stderr, self._path)

    def stop(self) -> None:
        """End it now, whatever it is doing; nothing to do when it has ended."""
        if self._status is not None:
            return
        os.killpg(self._pid, signal.SIGTERM)
        deadline = monotonic() + KILL_GRACE_SECONDS
        while monotonic() < deadline:
            pid, status = os.waitpid(self._pid, os.WNOHANG)
            if pid:
                self._close(status)
                return
            sleep(0.01)
        os.killpg(self._pid, signal.SIGKILL)
        self._close(os.waitpid(self._pid, 0)[1])

    def _wait(self) -> list[tuple[int, int]]:
        events = self._poll.poll(max(0.0, self._deadline - monotonic()) * 1000)
        if not events:
            self.stop()
            raise CommandTimeout(
                f"{self.argv[0]} did not end within {self._timeout_seconds:g} seconds and was stopped: "
                "whether Slurm did what was asked is unknown",
                source=self.argv[0],
            )
        return events

    def _take_stderr(self, data: bytes) -> None:
        if data:
            self.stderr = (self.stderr + data)[:MAX_STDERR_BYTES]
        else:
            self._poll.unregister(self._stderr_fd)
            os.close(self._stderr_fd)
            self._stderr_fd = -1

    def _reap(self) -> int:
        return self._close(os.waitpid(self._pid, 0)[1]) if self._status is None else self._status

    def _close(self, wait_status: int) -> int:
        self._status = status = os.waitstatus_to_exitcode(wait_status)
        history.append((self.argv, status))
        running.remove(self)
        os.close(self._stdout_fd)
        if self._stderr_fd >= 0:
            os.close(self._stderr_fd)
            self._stderr_fd = -1
        return status


def open_input(data: bytes | None) -> int:
    """A descriptor from which the command reads ``data``; without data, /dev/null."""
    if data is None:
        return os.open("/dev/null", os.O_RDONLY)
    fd = os.memfd_create("input", os.MFD_CLOEXEC)
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]
    os.lseek(fd, 0, os.SEEK_SET)
    return fd


def spawn(
    path: str, argv: tuple[str, ...], environment: dict[str, str], children: list[int], emptied: tuple[str, ...] = ()
) -> int:
    """Start ``path`` with ``children`` as its descriptors 0, 1, 2 ... and no other; return its pid."""
    keep_descriptors()
    actions = [(os.POSIX_SPAWN_DUP2, fd, number) for number, fd in enumerate(children)]
    # encoded here: the service's locale must not decide what a client's words become
    variables: dict[Any, bytes] = {name.encode(): value.encode() for name, value in environment.items()}
    # a str beside the same name's bytes: to a dict it is another name, to the program the same
    variables.update(dict.fromkeys(emptied, b""))
    return os.posix_spawn(
        path,
        [word.encode() for word in argv],
        variables,
        file_actions=actions,
        setpgroup=0,
        setsigmask=(),
        setsigdef=DEFAULT_SIGNALS,
    )


def keep_descriptors() -> None:
    """Let no descriptor above stderr pass to a command, whoever left it inheritable (a service manager, a shell)."""
    for name in os.listdir("/proc/self/fd"):
        fd = int(name)
        if fd > 2:
            with suppress(OSError):  # the listing's own descriptor is closed by now
                os.set_inheritable(fd, False)
