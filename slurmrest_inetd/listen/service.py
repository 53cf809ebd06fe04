"""The parent's loop: it keeps workers ready, hears signals, and knows when to leave.

Law: never a byte of a client. Signals come as bytes in a pipe and are obeyed between two events, so that nothing here
is interrupted. Leaving loses no connection: who has accepted one serves it. Called by serving.py.
"""

import os
import signal
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from select import EPOLLIN, epoll
from time import monotonic

from slurmrest_inetd.errors import StartError
from slurmrest_inetd.listen.crew import SIGNALS, Crew
from slurmrest_inetd.listen.notify import ALIVE, STOPPING, Manager
from slurmrest_inetd.listen.sockets import Listener, close_listeners
from slurmrest_inetd.listen.worker import LEAVE, MAKE_ROOM
from slurmrest_inetd.log import write_line
from slurmrest_inetd.settings import Settings

# After a second signal, or at the end of the grace time: what is left then is killed.
LAST_SECONDS = 5.0
SIGNAL_BYTES = 1024
Reload = Callable[[], tuple[Settings, ssl.SSLContext | None]]


class Service:
    """One parent and its crew, until ``serve`` returns.

    ``idle_seconds`` without a connection make it leave, None never; ``reload`` makes the settings anew, on SIGHUP.
    """

    def __init__(
        self,
        listeners: list[Listener],
        settings: Settings,
        context: ssl.SSLContext | None,
        *,
        idle_seconds: float | None,
        reload: Reload,
        manager: Manager,
    ) -> None:
        self._poll = epoll()
        self._crew = Crew(listeners, settings, context, self._poll)
        self._idle_seconds = idle_seconds
        self._reload = reload
        self._manager = manager
        self._pipe = (-1, -1)
        self._served = 0
        self._last_busy = monotonic()
        self._next_alive = 0.0
        # Since leaving has begun: when exchanges are broken off, and then when workers are killed.
        self._deadline: float | None = None
        self._is_abandoned = False

    def serve(self) -> None:
        """Serve until a signal or the idle time, then until the last exchange has ended or was broken off."""
        with self._hear_signals():
            names = ", ".join(listener.name for listener in self._crew.listeners)
            self._crew.refill(self._close_parents)
            write_line(f"accepting connections on {names}")
            self._manager.tell_ready(f"Accepting connections on {names}")
            while self._deadline is None or self._crew.workers:
                self._handle_events()
                self._tell_alive()
                if self._deadline is None:
                    self._carry_on()
                elif monotonic() >= self._deadline:
                    self._press()
        write_line(f"left after {self._crew.served} connections")

    def _carry_on(self) -> None:
        """Leave where nobody comes any more, else see that workers are there."""
        if self._crew.count("busy") or self._crew.served != self._served:
            self._served = self._crew.served
            self._last_busy = monotonic()
        if self._idle_seconds is not None and monotonic() >= self._last_busy + self._idle_seconds:
            self._leave(f"no connection for {self._idle_seconds:g} seconds: leaving")
        else:
            self._crew.refill(self._close_parents)

    def _handle_events(self) -> None:
        """Wait for the next event or deadline, and do what is to be done about it."""
        signals = b""
        for fd, _ in self._poll.poll(self._compute_timeout()):
            if fd == self._pipe[0]:
                with suppress(BlockingIOError):
                    signals = os.read(fd, SIGNAL_BYTES)
            else:
                self._crew.hear(fd)
        if self._crew.count("busy"):
            self._last_busy = monotonic()
        self._crew.reap()
        for number in signals:
            self._obey(number)

    def _compute_timeout(self) -> float | None:
        """Seconds until something is to be done without an event; None when nothing is."""
        times = [self._next_alive] if self._manager.watchdog_seconds else []
        if self._deadline is not None:
            times.append(self._deadline)
        else:
            if self._idle_seconds is not None and not self._crew.count("busy"):
                times.append(self._last_busy + self._idle_seconds)
            if self._crew.is_short():
                times.append(self._crew.next_start)
        return max(0.0, min(times) - monotonic()) if times else None

    def _tell_alive(self) -> None:
        if self._manager.watchdog_seconds and monotonic() >= self._next_alive:
            self._next_alive = monotonic() + self._manager.watchdog_seconds
            busy = self._crew.count("busy")
            self._manager.tell(ALIVE, f"STATUS={busy} exchanges running, {self._crew.served} connections so far")

    def _obey(self, number: int) -> None:
        if number == signal.SIGHUP and self._deadline is None:
            self._take_settings()
        elif number in (signal.SIGTERM, signal.SIGINT) and self._deadline is None:
            self._leave(f"{signal.Signals(number).name}: leaving when running exchanges have ended")
        elif number in (signal.SIGTERM, signal.SIGINT):
            self._deadline = monotonic() if not self._is_abandoned else self._deadline

    def _take_settings(self) -> None:
        """Read the settings again, for all workers to come; sockets and the user stay."""
        self._manager.tell_reloading()
        try:
            self._crew.settings, self._crew.context = self._reload()
            self._crew.dismiss(MAKE_ROOM)
            write_line("SIGHUP: settings read again")
        except (StartError, OSError) as error:
            write_line(f"SIGHUP: the settings stay as they were: {error}")
        self._manager.tell_ready("Accepting connections")

    def _leave(self, reason: str) -> None:
        """Accept no more; running exchanges get the grace time."""
        self._manager.tell(STOPPING, f"STATUS=Leaving, {self._crew.count('busy')} exchanges running")
        self._deadline = monotonic() + self._crew.settings.grace_seconds
        self._crew.dismiss(LEAVE)
        close_listeners(self._crew.listeners)
        write_line(reason)

    def _press(self) -> None:
        """The grace time is over: break exchanges off, later kill what is left."""
        self._deadline = monotonic() + LAST_SECONDS
        if self._is_abandoned:
            self._crew.kill()
        elif self._crew.workers:
            write_line(f"breaking off what still runs: {self._crew.count('busy')} exchanges")
            self._crew.abandon()
        self._is_abandoned = True

    @contextmanager
    def _hear_signals(self) -> Iterator[None]:
        """Have SIGNALS come as bytes in a pipe."""
        self._pipe = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        self._poll.register(self._pipe[0], EPOLLIN)
        before = signal.set_wakeup_fd(self._pipe[1], warn_on_full_buffer=False)
        handlers = {number: signal.signal(number, lambda *_: None) for number in SIGNALS}
        try:
            yield
        finally:
            for number, handler in handlers.items():
                signal.signal(number, handler)
            signal.set_wakeup_fd(before)
            self._close_own()

    def _close_parents(self) -> None:
        """In a new worker: what is its parent's alone."""
        signal.set_wakeup_fd(-1)
        self._close_own()

    def _close_own(self) -> None:
        for fd in self._pipe:
            os.close(fd)
        self._poll.close()
