"""A lab cluster as tests, the benchmark and the demonstration see it: commands run there, and requests to us and to its slurmrestd.

Law: no pytest here, no Slurm knowledge beyond how to reach it; slurm-lab beside this file does all that needs root. Everything of
ours runs as the unprivileged user slurmrestd, installed from a wheel of this tree.
"""

import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from replies import Reply, format_request, parse_reply

TREE = Path(__file__).parent.parent.parent
SLURM_LAB = TREE / "tests" / "lab" / "slurm-lab"
CANNOT = 77
# Where slurm-lab keeps clusters, unless SLURM_LAB says so.
LAB = "/var/lib/slurmrest-inetd-lab"
VENV = "/opt/slurmrest-inetd"
PROGRAM = f"{VENV}/bin/slurmrest-inetd"
# What makes the wheel: when none of it has changed, what is installed still stands.
SOURCES = ("pyproject.toml", "setup.py", "README.md", "LICENSE", "slurmrest_inetd", "units", "docs/man")


class NoClusters(Exception):
    """Clusters cannot be had on this machine; the text says why."""


class Cluster:
    """One release's running cluster, the program installed in its own Python."""

    def __init__(self, release: str) -> None:
        """Take ``release`` ("22.05", "24.11", "26.05") as it runs: see ``bring_up``."""
        self.release = release
        self.root = Path(lab("root", release).stdout.strip())
        self.tokens: dict[str, str] = {}

    def run(
        self,
        argv: Sequence[str],
        *,
        user: str = "slurmrestd",
        env: Mapping[str, str] | None = None,
        input: bytes = b"",
        stdin: IO[bytes] | int | None = None,
        timeout: float = 60,
        check: bool = False,
    ) -> subprocess.CompletedProcess[bytes]:
        """Run ``argv`` in the cluster as ``user`` with nothing but PATH, a locale and ``env`` in its environment.

        ``input`` goes through a pipe; ``stdin`` is handed over as it is (a file, a socket). Raises CalledProcessError with ``check``,
        TimeoutExpired after ``timeout`` seconds, when everything that was started is killed.
        """
        command = [str(SLURM_LAB), "exec", self.release, "-u", user, "--", *argv]
        source: Any = subprocess.PIPE if stdin is None else stdin
        process = subprocess.Popen(
            command,
            stdin=source,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=lab_environment(env),
            start_new_session=True,
        )
        try:
            out, err = process.communicate(input if stdin is None else None, timeout)
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            raise
        done = subprocess.CompletedProcess(command, process.returncode, out, err)
        if check and done.returncode:
            raise subprocess.CalledProcessError(done.returncode, command, out, err)
        return done

    def slurm(self, command: str, *words: str, user: str = "root", **options: Any) -> str:
        """Run a Slurm command that must succeed, and return what it printed."""
        try:
            return self.run([command, *words], user=user, check=True, **options).stdout.decode().strip()
        except subprocess.CalledProcessError as error:
            error.add_note(error.stderr.decode(errors="replace"))
            raise

    def token(self, user: str) -> str:
        """A token for ``user``, good for ten hours."""
        if user not in self.tokens:
            self.tokens[user] = lab("token", self.release, user).stdout.strip()
        return self.tokens[user]

    def request(
        self,
        method: str,
        path: str,
        *,
        user: str | None = "alice",
        headers: Sequence[tuple[str, str]] = (),
        body: Any = None,
    ) -> bytes:
        """The bytes of one request with ``user``'s token (None: no token); a ``body`` that is not bytes goes as JSON."""
        credentials = [("X-SLURM-USER-TOKEN", self.token(user))] if user else []
        if user and self.release == "22.05":
            # its slurmrestd takes no token without a name
            credentials.append(("X-SLURM-USER-NAME", user))
        return format_request(method, path, [*credentials, *headers], body)

    def ours(self, request: bytes, *options: str, env: Mapping[str, str] | None = None, timeout: float = 60) -> bytes:
        """What the program answers to ``request`` on stdin, started with ``options``."""
        return self.run([PROGRAM, *options], input=request, env=env, timeout=timeout).stdout

    def peer(self, request: bytes, *options: str, timeout: float = 60) -> bytes:
        """What the release's own slurmrestd answers to the same bytes on stdin."""
        argv = ["slurmrestd", *(options or ("-a", "rest_auth/jwt"))]
        return self.run(argv, input=request, env={"SLURM_JWT": "daemon"}, timeout=timeout).stdout

    def http(self, method: str, path: str, **options: Any) -> Reply:
        """Ask the program: as ``request``, answered and taken apart."""
        return parse_reply(self.ours(self.request(method, path, **options)), method)

    def http_peer(self, method: str, path: str, **options: Any) -> Reply:
        """Ask the release's own slurmrestd: as ``request``, answered and taken apart."""
        return parse_reply(self.peer(self.request(method, path, **options)), method)


def lab_environment(env: Mapping[str, str] | None = None) -> dict[str, str]:
    """What slurm-lab needs of our environment, and ``env``; slurm-lab passes on nothing but PATH, the locale and ``env``."""
    kept = {name: value for name, value in os.environ.items() if name.startswith("SLURM_LAB")}
    return {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", **kept, **(env or {})}


def lab(*words: str, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run slurm-lab; raises NoClusters where it says that clusters cannot be had here, RuntimeError where it failed."""
    done = subprocess.run(
        [str(SLURM_LAB), *words], capture_output=True, text=True, stdin=subprocess.DEVNULL, env=env, check=False
    )
    if done.returncode == CANNOT:
        raise NoClusters(done.stderr.strip())
    if done.returncode:
        raise RuntimeError(f"slurm-lab {' '.join(words)}: exit status {done.returncode}\n{done.stderr}")
    return done


def bring_up(release: str) -> Cluster:
    """Start the cluster where it is not up, install the program where it has changed; raises NoClusters, RuntimeError."""
    if os.geteuid() == 0:
        hold_cluster(release)
    lab("up", release)
    cluster = Cluster(release)
    install_program(cluster)
    return cluster


def hold_cluster(release: str) -> None:
    """Keep the cluster to this process until it ends; raises RuntimeError where another one has it.

    Two runs on one cluster would cancel each other's jobs, and the one that ends first would take it down.
    """
    place = f"{os.environ.get('SLURM_LAB', LAB)}/{release}"
    fd = os.open(f"/run/{place.strip('/').replace('/', '-')}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise RuntimeError(
            f"the cluster in {place} is in use by another run; SLURM_LAB=DIRECTORY makes one elsewhere"
        ) from None


def install_program(cluster: Cluster) -> None:
    """Install a wheel of this tree, with its extras, into the cluster's own Python (not editable: as a site would)."""
    digest, mark = digest_sources(), cluster.root / VENV[1:] / "sources.sha256"
    with (cluster.root / "tmp" / "install.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if mark.exists() and mark.read_text() == digest:
            return
        # Built out here: /proc/PID/root is a link that no realpath() can follow into the cluster.
        with tempfile.TemporaryDirectory() as directory:
            wheel = shutil.copy(build_wheel(Path(directory)), cluster.root / "tmp")
        inside = f"/tmp/{Path(wheel).name}"
        lab("pip", cluster.release, VENV, "install", "-qq", f"{inside}[crypto,yaml]")
        lab("pip", cluster.release, VENV, "install", "-qq", "--force-reinstall", "--no-deps", inside)
        mark.write_text(digest)


def build_wheel(directory: Path) -> Path:
    """Build the wheel from a copy of the sources, so that nothing left in the tree gets into it; return its path."""
    copy = directory / "tree"
    copy.mkdir()
    for name in SOURCES:
        if (TREE / name).is_dir():
            shutil.copytree(TREE / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        elif (TREE / name).exists():
            shutil.copy(TREE / name, copy / name)
    subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "wheel",
            "-qq",
            "--no-deps",
            "-w",
            str(directory),
            str(copy),
        ],
        check=True,
    )
    shutil.rmtree(copy)
    return next(directory.glob("*.whl"))


def digest_sources() -> str:
    """A digest of everything that the wheel is made of."""
    digest = hashlib.sha256()
    for name in SOURCES:
        for path in sorted([TREE / name, *(TREE / name).rglob("*")]):
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(f"{path.relative_to(TREE)}\0".encode() + path.read_bytes())
    return digest.hexdigest()
