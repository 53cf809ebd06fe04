"""A load of clients, good and bad, and what must be true of the service after it.

Law: no pytest, no Slurm; everything is on loopback or UNIX sockets and ends by itself. Each good request asks for something
of its own and looks for it in the answer. Used by run.py, tests/cluster/test_soak.py and tests/unit/test_listen_idle.py.
"""

import os
import random
import socket
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import NamedTuple

SECONDS = 60.0
PATH = "/slurm/v0.0.42/licenses"
LARGE_PATH = "/openapi/v3"
# What the service's --read-timeout is to be, so that who stalls does not make a soak longer than it is.
READ_TIMEOUT_SECONDS = 2
READY_WORKERS = 4


class Wrong(Exception):
    """An answer that was lost, mixed up, or not what was asked for."""


class Target(NamedTuple):
    """Where the service is, and the token that it takes."""

    family: socket.AddressFamily
    address: object
    token: str


def connect(target: Target) -> socket.socket:
    """A connection; a full queue is waited for."""
    client = socket.socket(target.family)
    client.settimeout(SECONDS)
    client.connect(target.address)  # type: ignore[arg-type]  # a path or a pair, by family
    return client


def format_get(target: Target, path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: x\r\nX-SLURM-USER-TOKEN: {target.token}\r\n\r\n".encode()


def receive_all(client: socket.socket) -> bytes:
    return b"".join(iter(lambda: client.recv(65536), b""))


def check(raw: bytes, *, status: int, words: tuple[str, ...] = ()) -> None:
    """Raises Wrong unless ``raw`` is one whole reply with that status, and has all ``words``."""
    head, _, body = raw.partition(b"\r\n\r\n")
    length = next((line[15:] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), None)
    whole = len(body) == int(length) if length is not None else body.endswith(b"0\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 %d " % status) or not whole:
        raise Wrong(f"not a whole reply with status {status}: {raw[:300]!r} ({len(raw)} bytes)")
    for word in words:
        if body.count(word.encode()) < 1:
            raise Wrong(f"{word} is not in the answer: {body[:300]!r}")


def ask_own(target: Target, dice: random.Random) -> None:
    """A good request whose answer names what only it asked for."""
    name = f"soak-{dice.getrandbits(60):x}"
    with connect(target) as client:
        client.sendall(format_get(target, f"{PATH}?{name}=1"))
        check(receive_all(client), status=200, words=(name, '"licenses"'))


def ask_nowhere(target: Target, dice: random.Random) -> None:
    """An unknown path, which the answer names."""
    name = f"soak-{dice.getrandbits(60):x}"
    with connect(target) as client:
        client.sendall(format_get(target, f"/{name}"))
        check(receive_all(client), status=404, words=(name,))


def ask_without_token(target: Target, dice: random.Random) -> None:
    with connect(target) as client:
        client.sendall(
            b"GET /slurm/v0.0.42/jobs HTTP/1.1\r\nHost: x\r\nX-SLURM-USER-TOKEN: %x\r\n\r\n" % dice.getrandbits(99)
        )
        check(receive_all(client), status=401)


def read_slowly(target: Target, _dice: random.Random) -> None:
    """A large answer, taken in small pieces."""
    with connect(target) as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.sendall(format_get(target, LARGE_PATH))
        raw = b"".join(iter(lambda: client.recv(4096), b""))
        check(raw, status=200, words=('"openapi"',))


def stall(target: Target, dice: random.Random) -> None:
    """Half a request, then nothing: the service gives up, and says so."""
    request = format_get(target, PATH)
    with connect(target) as client:
        client.sendall(request[: dice.randrange(1, len(request) - 4)])
        check(receive_all(client), status=408)


def hang_up(target: Target, dice: random.Random) -> None:
    """Leave at once, in the middle of the request, or before the answer."""
    request = format_get(target, dice.choice((PATH, LARGE_PATH)))
    with connect(target) as client:
        client.sendall(request[: dice.choice((0, 1, 20, len(request)))])


def reset(target: Target, dice: random.Random) -> None:
    """Leave with a reset, where the socket is one of TCP."""
    with connect(target) as client:
        client.sendall(format_get(target, LARGE_PATH))
        client.recv(dice.randrange(1, 4096))
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")


def send_garbage(target: Target, dice: random.Random) -> None:
    """Bytes that are no request: some refusal, or a connection that ends; never anything else."""
    with connect(target) as client:
        with suppress(ConnectionError):
            client.sendall(dice.randbytes(dice.randrange(1, 3000)) + b"\r\n\r\n")
        with suppress(ConnectionError):
            raw = receive_all(client)
            if raw and not raw.startswith((b"HTTP/1.1 4", b"HTTP/1.1 5")):
                raise Wrong(f"garbage was answered with {raw[:200]!r}")


# fmt: off
MIXED: tuple[tuple[int, Callable[[Target, random.Random], None]], ...] = (
    (60, ask_own),
    (10, ask_nowhere),
    (8,  ask_without_token),
    (4,  read_slowly),
    (2,  stall),
    (8,  hang_up),
    (3,  reset),
    (5,  send_garbage),
)
# fmt: on
GOOD = ((1, ask_own),)


class Load:
    """Clients in threads: ``done`` counts by kind, ``wrong`` has what went wrong (at most a hundred)."""

    def __init__(self, target: Target, kinds: tuple[tuple[int, Callable[[Target, random.Random], None]], ...]) -> None:
        self.target = target
        self.kinds = kinds
        self.done: Counter[str] = Counter()
        self.wrong: list[str] = []
        self._lock = threading.Lock()
        self._left = 0

    def run(self, clients: int, *, count: int | None = None, seconds: float = 0.0) -> None:
        """``clients`` at once, until ``count`` connections were made, or for ``seconds``."""
        self._left = count or 0
        end = None if count else monotonic() + seconds
        threads = [threading.Thread(target=self._work, args=(number, end)) for number in range(clients)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _work(self, number: int, end: float | None) -> None:
        dice = random.Random(os.urandom(8) + bytes([number]))
        weights, functions = zip(*self.kinds, strict=True)
        while self._take() if end is None else monotonic() < end:
            function = dice.choices(functions, weights)[0]
            try:
                function(self.target, dice)
            except (Wrong, OSError) as error:
                with self._lock:
                    self.wrong = [*self.wrong, f"{function.__name__}: {type(error).__name__}: {error}"][:100]
            with self._lock:
                self.done[function.__name__] += 1

    def _take(self) -> bool:
        with self._lock:
            self._left -= 1
            return self._left >= 0


class Processes(NamedTuple):
    """What a parent has: open descriptors, its workers' states, its own memory."""

    descriptors: int
    states: tuple[str, ...]
    memory_kibibytes: int


def observe(pid: int) -> Processes:
    """The parent ``pid`` as it is now."""
    states = []
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        with suppress(FileNotFoundError, ProcessLookupError):
            states.append(Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()[0])
    memory = next(
        line.split()[1] for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("RssAnon")
    )
    return Processes(len(os.listdir(f"/proc/{pid}/fd")), tuple(states), int(memory))


def settle(pid: int, workers: int) -> Processes:
    """The parent once only its ready workers are left; as it is after a while, where that does not come."""
    end = monotonic() + READ_TIMEOUT_SECONDS + 10
    while True:
        seen = observe(pid)
        if (len(seen.states) == workers and "Z" not in seen.states) or monotonic() > end:
            return seen
        threading.Event().wait(0.05)


def find_faults(before: Processes, after: Processes, log: str, workers: int) -> list[str]:
    """What a soak must not leave behind."""
    faults = []
    if after.descriptors != before.descriptors:
        faults.append(f"descriptors: {before.descriptors} became {after.descriptors}")
    if len(after.states) != workers or "Z" in after.states:
        faults.append(f"workers: {after.states}")
    if after.memory_kibibytes > before.memory_kibibytes + 2048:
        faults.append(f"memory: {before.memory_kibibytes} KiB became {after.memory_kibibytes}")
    marks = ("fault:", "failed with status", "was ended by signal", "Traceback")
    faults += [line for line in log.splitlines() if any(mark in line for mark in marks)][:20]
    return faults


def soak(target: Target, pid: int, log: Path, *, connections: int, clients: int, seconds: float) -> list[str]:
    """``connections`` good ones, then ``seconds`` of all kinds, ``clients`` at a time: what was wrong, nothing at best."""
    Load(target, GOOD).run(2, count=20)
    before = settle(pid, READY_WORKERS)
    begun = monotonic()
    good = Load(target, GOOD)
    good.run(clients, count=connections)
    print(f"{good.done.total()} connections, {clients} at once: {monotonic() - begun:.1f} s, {len(good.wrong)} wrong")
    mixed = Load(target, MIXED)
    mixed.run(clients, seconds=seconds)
    print(f"{seconds:.0f} s of mixed load: {dict(mixed.done)}, {len(mixed.wrong)} wrong")
    after = settle(pid, READY_WORKERS)
    print(f"parent before {before}\nparent after  {after}", flush=True)
    return good.wrong + mixed.wrong + find_faults(before, after, log.read_text(errors="replace"), READY_WORKERS)
