"""Idle exit under a trickle of connections: a service manager that starts the service anew for each connection that waits.

Law: the manager holds the listening socket, as systemd and xinetd do, and never accepts. The service is forked here, with
everything loaded, so that it starts, idles and leaves thousands of times in minutes.
"""

import os
import random
import select
import signal
import socket
import threading
from collections.abc import Callable

from slurmrest_inetd.listen.notify import Manager
from slurmrest_inetd.listen.preload import preload
from slurmrest_inetd.listen.service import Service
from slurmrest_inetd.listen.sockets import adopt_listeners
from slurmrest_inetd.settings import Settings
from soak.load import Target, Wrong, check, connect, receive_all

IDLE_SECONDS = 0.02
CLIENTS = 4
BURST = 2


def run_trickle(count: int, log_fd: int) -> tuple[int, list[str]]:
    """Make ``count`` connections, a few at a time, with pauses about as long as the idle time: how often the service was
    started, and what went wrong. Its log goes to ``log_fd``.
    """
    settings = Settings(slurm_conf="/dev/null", ready_workers=2, auth_types=("jwt",), read_timeout_seconds=20.0)
    preload(settings)
    starts = 0
    with socket.create_server(("127.0.0.1", 0), backlog=1000) as listener:

        def make() -> Service:
            listeners = adopt_listeners((os.dup(listener.fileno()),))
            words = {"idle_seconds": IDLE_SECONDS, "reload": lambda: (settings, None), "manager": Manager({})}
            return Service(listeners, settings, None, **words)  # type: ignore[arg-type]  # as Service has them

        report = fork_clients(Target(socket.AF_INET, listener.getsockname(), ""), count)
        while True:
            ready = select.select([listener, report], [], [])[0]
            if listener in ready:
                starts += 1
                serve_until_idle(make, log_fd)
            elif report in ready:
                with open(report, encoding="utf-8") as lines:
                    wrong = lines.read().splitlines()
                os.wait()
                return starts, wrong


def fork_clients(target: Target, count: int) -> int:
    """Clients in a process of their own (who forks had better have no threads); where they report what went wrong, at
    their end.
    """
    read_end, write_end = os.pipe()
    if os.fork():
        os.close(write_end)
        return read_end
    try:
        wrong: list[str] = []
        words = (target, count // CLIENTS, threading.Barrier(CLIENTS, stay_silent), wrong)
        clients = [threading.Thread(target=run_client, args=words) for _ in range(CLIENTS)]
        for client in clients:
            client.start()
        for client in clients:
            client.join()
        with open(write_end, "w", encoding="utf-8") as lines:
            lines.write("\n".join(wrong))
    finally:
        os._exit(0)


def serve_until_idle(make: Callable[[], Service], log_fd: int) -> None:
    """Fork the service and wait until it has left."""
    pid = os.fork()
    if not pid:
        status = 1
        try:
            os.dup2(log_fd, 2)
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            make().serve()
            status = 0
        finally:
            os._exit(status)
    if os.waitpid(pid, 0)[1]:
        raise RuntimeError("the service did not leave as it should")


def stay_silent() -> None:
    """For about the idle time, now and then surely longer, while all clients wait."""
    threading.Event().wait(IDLE_SECONDS * random.choice((random.uniform(0.9, 1.8), 1.2, 1.5, 6.0)))


def run_client(target: Target, count: int, pause: threading.Barrier, wrong: list[str]) -> None:
    """Connections in short bursts, each answered whole; between two bursts all clients stay silent, so that the next
    one comes just when the service leaves.
    """
    for number in range(count):
        try:
            with connect(target) as client:
                client.sendall(b"GET /nope HTTP/1.1\r\nHost: x\r\n\r\n")
                check(receive_all(client), status=401)
        except (Wrong, OSError) as error:
            wrong.append(f"{type(error).__name__}: {error}")
        if number % BURST == BURST - 1:
            pause.wait()
