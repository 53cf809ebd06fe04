"""The workers: forked ahead of need, counted, reaped, replaced.

Law: the only caller of fork. Each worker has a control socket of its own: it says there that it has accepted; a byte
from us lets it leave if it has not, its end makes it leave whatever it does. Called by service.py.
"""

import gc
import os
import signal
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from select import EPOLLIN, epoll
from time import monotonic
from typing import NoReturn

from slurmrest_inetd.listen.sockets import Listener
from slurmrest_inetd.listen.worker import serve_one
from slurmrest_inetd.log import describe_error, write_line
from slurmrest_inetd.settings import Settings

# The parent's signals. A worker keeps all but SIGCHLD blocked (the parent decides when it leaves), its commands none.
SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD)
FAULT = 70
FIRST_DELAY_SECONDS = 0.1
MAX_DELAY_SECONDS = 30.0
MAX_FAILURES = 16


class Worker:
    """A worker as its parent sees it; ``state`` is "ready", "busy" or "leaving" (told to, and not busy so far)."""

    __slots__ = ("control", "pid", "state")

    def __init__(self, pid: int, control: socket.socket) -> None:
        self.pid = pid
        self.control = control
        self.state = "ready"


class Crew:
    """All workers of this parent, their control sockets registered with ``poll``.

    ``settings`` and ``context`` are those of the next worker; ``served`` counts the connections that were accepted;
    ``next_start`` is before when none is forked, after failures.
    """

    def __init__(
        self, listeners: list[Listener], settings: Settings, context: ssl.SSLContext | None, poll: epoll
    ) -> None:
        self.listeners = listeners
        self.settings = settings
        self.context = context
        self.workers: dict[int, Worker] = {}
        self.served = 0
        self.next_start = 0.0
        self._poll = poll
        self._by_fd: dict[int, Worker] = {}
        self._failures = 0

    def count(self, state: str) -> int:
        """How many workers are in ``state``."""
        return sum(worker.state == state for worker in self.workers.values())

    def is_short(self) -> bool:
        """Whether one more is wanted and allowed."""
        most = self.settings.max_connections
        return len(self.workers) < most and self.count("ready") < min(self.settings.ready_workers, most)

    def refill(self, close_parents: Callable[[], None]) -> None:
        """Fork as many as are wanted, unless starts fail. ``close_parents`` closes in a child what is its parent's."""
        while self.is_short() and monotonic() >= self.next_start:
            try:
                self._start(close_parents)
            except OSError as error:
                self._delay(f"cannot start a worker: {error.strerror}")

    def hear(self, fd: int) -> None:
        """Take what the worker behind a control socket says: that it has accepted, or nothing any more."""
        worker = self._by_fd.get(fd)
        if worker is None:
            return
        try:
            word = worker.control.recv(16)
        except OSError:
            word = b""
        if not word:
            self._hang_up(worker)
            return
        worker.state = "busy"
        self.served += 1
        self._failures = 0

    def reap(self) -> None:
        """Take leave of workers that have ended, and log those that did not end as they should."""
        while self.workers:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                return
            worker = self.workers.get(pid)
            if worker is None:
                continue  # a child that we did not fork: left by whoever was this process before exec
            if worker.state != "busy" and worker.control.fileno() >= 0:
                self.hear(worker.control.fileno())  # what it said last
            self._hang_up(worker)
            del self.workers[pid]
            code = os.waitstatus_to_exitcode(status)
            if code:
                self._judge(worker, f"was ended by signal {-code}" if code < 0 else f"failed with status {code}")

    def dismiss(self, word: bytes) -> None:
        """Let all leave that have no connection: LEAVE or MAKE_ROOM. Who has accepted one by now serves it."""
        for worker in self.workers.values():
            if worker.state == "ready":
                worker.state = "leaving"
                with suppress(OSError):  # it has ended
                    worker.control.send(word)

    def abandon(self) -> None:
        """Have every exchange broken off now."""
        for worker in self.workers.values():
            self._hang_up(worker)

    def kill(self) -> None:
        """End those that cannot even be broken off."""
        for pid in self.workers:
            write_line(f"worker {pid} does not leave: killed")
            with suppress(OSError):  # not ours to kill any more: it has become its client
                os.kill(pid, signal.SIGKILL)

    def _judge(self, worker: Worker, how: str) -> None:
        if worker.state == "busy":
            write_line(f"worker {worker.pid} {how}: its client got no answer, or only a part of it")
        else:
            self._delay(f"worker {worker.pid} {how} before it had a connection")

    def _delay(self, reason: str) -> None:
        """Start no worker for a while, longer each time: a fault that repeats itself must not eat the machine."""
        seconds = min(MAX_DELAY_SECONDS, FIRST_DELAY_SECONDS * 2**self._failures)
        self._failures = min(self._failures + 1, MAX_FAILURES)
        self.next_start = monotonic() + seconds
        write_line(f"{reason}; the next one starts in {seconds:g} seconds")

    def _hang_up(self, worker: Worker) -> None:
        """Close our end of its control socket, if it is not."""
        if worker.control.fileno() >= 0:
            del self._by_fd[worker.control.fileno()]
            self._poll.unregister(worker.control)
            worker.control.close()

    def _start(self, close_parents: Callable[[], None]) -> None:
        """Fork one. Raises OSError."""
        ours, theirs = socket.socketpair()
        mask = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
        try:
            pid = os.fork()
            if not pid:
                self._work(ours, theirs, close_parents)
        except OSError:
            ours.close()
            raise
        finally:
            theirs.close()
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        ours.setblocking(False)
        self.workers[pid] = self._by_fd[ours.fileno()] = Worker(pid, ours)
        self._poll.register(ours, EPOLLIN)

    def _work(self, parents: socket.socket, control: socket.socket, close_parents: Callable[[], None]) -> NoReturn:
        """The child's life."""
        status = FAULT
        try:
            gc.disable()
            for number in SIGNALS:
                signal.signal(number, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGCHLD])
            close_parents()
            for other in [parents, *(worker.control for worker in self.workers.values())]:
                other.close()
            serve_one(self.listeners, control, self.settings, self.context)
            status = 0
        except Exception as error:  # noqa: BLE001  nothing of a child may come back into its parent's story
            write_line(f"worker: {describe_error(error) or error}")
        finally:
            os._exit(status)
