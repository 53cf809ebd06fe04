"""The machine of an administrator, beside a cluster: systemd is its first process, xinetd, nginx, Caddy and curl are there.

Law: no pytest here, no Slurm; service-machine beside this file does what needs root. All that is done there is gone with it.
"""

import os
import shlex
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from clusters import CANNOT, TREE, NoClusters, lab_environment
from replies import Reply, format_request, parse_reply

SERVICE_MACHINE = str(TREE / "tests" / "lab" / "service-machine")


class Machine:
    """The machine beside the cluster of ``release``, while it runs: see ``run_machine``."""

    def __init__(self, release: str) -> None:
        self.release = release

    def command(self, *argv: str) -> list[str]:
        """The command that runs ``argv`` there, as root."""
        return [SERVICE_MACHINE, "exec", self.release, "--", *argv]

    def run(
        self, *argv: str, input: bytes = b"", check: bool = True, timeout: float = 60
    ) -> subprocess.CompletedProcess[bytes]:
        """Run ``argv`` there as root; what failed is told with what it printed. Raises RuntimeError, TimeoutExpired."""
        done = subprocess.run(
            self.command(*argv), input=input, capture_output=True, env=lab_environment(), timeout=timeout, check=False
        )
        if check and done.returncode:
            raise RuntimeError(f"{shlex.join(argv)}: {done.returncode}\n{done.stdout.decode()}\n{done.stderr.decode()}")
        return done

    def shell(self, script: str, **options: Any) -> str:
        """What a shell script prints there."""
        return self.run("sh", "-ec", script, **options).stdout.decode()

    def write(self, path: str, text: str) -> None:
        """Make a file there, with the folders above it."""
        self.run("sh", "-ec", 'mkdir -p "$(dirname "$0")"; cat >"$0"', path, input=text.encode())

    @contextmanager
    def started(self, *argv: str, user: str) -> Iterator[None]:
        """``argv`` runs there as ``user`` meanwhile, started by nothing but a service of that name: no hardening, no sockets."""
        self.run("systemd-run", "--quiet", "--collect", "--unit=started", f"--uid={user}", f"--gid={user}", *argv)
        try:
            yield
        finally:
            self.run("systemctl", "stop", "started")

    @contextmanager
    def service(self, *units: str) -> Iterator[None]:
        """Systemd units that run meanwhile."""
        try:
            self.run("systemctl", "start", *units)
            yield
        finally:
            self.run("systemctl", "stop", *units)

    def curl(
        self, *words: str, method: str = "GET", headers: Sequence[tuple[str, str]] = (), body: Any = None
    ) -> Reply:
        """What curl hears; ``words`` are its options and the URL. The request is as ``format_request`` writes it."""
        head, _, content = format_request(method, "/", headers, body).partition(b"\r\n\r\n")
        fields = [
            line
            for line in head.decode().split("\r\n")[1:]
            if not line.lower().startswith(("host:", "content-length:", "connection:"))
        ]
        options = ["-sS", "-i", "--raw", "--http1.1", "--max-time", "60"]
        options += ["--head"] if method == "HEAD" else ["-X", method]
        options += [word for field in fields for word in ("-H", field)]
        options += ["--data-binary", "@-"] if body is not None else []
        return parse_reply(self.run("curl", *options, *words, input=content).stdout, method)

    def wait_until(self, what: str, is_true: Callable[[], object], seconds: float = 10) -> None:
        """Ask again and again; raises RuntimeError when ``what`` is still not so after ``seconds``."""
        deadline = time.monotonic() + seconds
        while not is_true():
            if time.monotonic() > deadline:
                raise RuntimeError(f"waited {seconds} seconds for {what}")
            time.sleep(0.05)

    def wait_for_port(self, port: int, address: str = "0100007F") -> None:
        """Return when somebody listens on ``port`` of ``address`` (as /proc/net/tcp has it: 127.0.0.1). Raises RuntimeError."""
        listening = f": {address}:{port:04X} 00000000:0000 0A "
        self.wait_until(f"port {port}", lambda: listening in self.run("cat", "/proc/net/tcp").stdout.decode())


@contextmanager
def run_machine(release: str) -> Iterator[Machine]:
    """The machine, started and in the end taken down, also when this process is killed. Raises NoClusters, RuntimeError."""
    environment = {
        **lab_environment(),
        **{name: value for name, value in os.environ.items() if name.startswith("SLURM_LAB")},
    }
    process = subprocess.Popen(
        [SERVICE_MACHINE, "run", release],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
    )
    assert process.stdout
    try:
        if process.stdout.readline() != b"ready\n":
            reason = process.communicate(timeout=60)[1].decode()
            raise NoClusters(reason) if process.returncode == CANNOT else RuntimeError(reason)
        yield Machine(release)
    finally:
        process.communicate(timeout=60)
