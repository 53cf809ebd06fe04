"""``--install-units``: the files of units/ go where they belong, each starting the program as it is installed here.

Law: a file is written whole or not at all, and never over what somebody has changed. Each carries a digest of itself
in its first line, so that the next release can tell a changed one from its own. Called by options.py.
"""

import os
import sys
from typing import NamedTuple

PACKAGE = os.path.dirname(os.path.abspath(__file__))
SHIPPED = f"{PACKAGE}/units"
# The command as it stands in the files of units/, which are usable as they are where it is right.
WRITTEN_COMMAND = "/opt/slurmrest-inetd/bin/slurmrest-inetd"
SIGNATURE = "# Written by slurmrest-inetd --install-units, which leaves it alone once it is changed. sha256 "
LIBRARIES = ("h11", "orjson", "jwt")
# Nothing else can stand unquoted in a unit, in an entry of xinetd and in a shell.
PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+@")
# Folders of / that the units cannot see (ProtectHome, PrivateTmp).
HIDDEN = ("home", "root", "tmp")


class InstallError(Exception):
    """The files cannot be installed; the text says which, why, and what would do."""


class Shipped(NamedTuple):
    """One file of units/: where it belongs, below which folder that must be there for it to make sense."""

    name: str
    place: str
    wants: str


# fmt: off
FILES = (
    Shipped("slurmrest-inetd.socket",      "etc/systemd/system/slurmrest-inetd.socket",      "etc/systemd"),
    Shipped("slurmrest-inetd@.service",    "etc/systemd/system/slurmrest-inetd@.service",    "etc/systemd"),
    Shipped("slurmrest-inetd-wait.socket", "etc/systemd/system/slurmrest-inetd-wait.socket", "etc/systemd"),
    Shipped("slurmrest-inetd.service",     "etc/systemd/system/slurmrest-inetd.service",     "etc/systemd"),
    Shipped("slurmrest-inetd.env",         "etc/default/slurmrest-inetd",                    "etc/systemd"),
    Shipped("slurmrest-inetd.sysusers",    "etc/sysusers.d/slurmrest-inetd.conf",            "etc/systemd"),
    Shipped("slurmrest-inetd.tmpfiles",    "etc/tmpfiles.d/slurmrest-inetd.conf",            "etc/systemd"),
    Shipped("slurmrest-inetd.xinetd",      "etc/xinetd.d/slurmrest-inetd",                   "etc/xinetd.d"),
    Shipped("slurmrest-inetd-wait.xinetd", "etc/xinetd.d/slurmrest-inetd-wait",              "etc/xinetd.d"),
    Shipped("local-users.conf",            "etc/slurmrest-inetd/local-users.conf",           "etc/systemd"),
    Shipped("slurm-22.05.conf",            "etc/slurmrest-inetd/slurm-22.05.conf",           "etc/systemd"),
    Shipped("nginx.conf",                  "etc/slurmrest-inetd/nginx.conf",                 "etc"),
    Shipped("nginx-sso.conf",              "etc/slurmrest-inetd/nginx-sso.conf",             "etc"),
    Shipped("nginx-server.conf",           "etc/slurmrest-inetd/nginx-server.conf",          "etc"),
    Shipped("nginx-proxy.conf",            "etc/slurmrest-inetd/nginx-proxy.conf",           "etc"),
    Shipped("Caddyfile",                   "etc/slurmrest-inetd/Caddyfile",                  "etc"),
)
# fmt: on
NEXT = """
Next, with systemd:
    systemd-sysusers && systemd-tmpfiles --create slurmrest-inetd.conf && systemctl daemon-reload
    systemctl enable --now slurmrest-inetd-wait.socket
    (or slurmrest-inetd.socket: a process for each connection, slower, nothing resident)
or with xinetd: a system user slurmrestd, disable = no in one of the two entries, then
    systemctl restart xinetd
Then try it, as any user of the cluster:
    curl -H "X-SLURM-USER-TOKEN: $(scontrol token | cut -d= -f2)" http://127.0.0.1:6820/slurm/v0.0.42/ping
"""


def install_units(prefix: str, *, force: bool) -> str:
    """Write every file of FILES below ``prefix`` (an existing folder; "" is this machine), and return what to print.

    On this machine, what has no use here (no systemd, no xinetd) is left out. A file that somebody changed is kept and
    the new one written beside it, but with ``force``. Raises InstallError.
    """
    if prefix and not os.path.isdir(prefix):
        raise InstallError(f"--prefix: no such folder: {prefix}")
    command = find_command()
    os.umask(0o022)
    report = []
    for file in FILES:
        path = f"{prefix.rstrip('/')}/{file.place}"
        if not prefix and not os.path.isdir(f"/{file.wants}"):
            report.append(f"left out   {path} (there is no /{file.wants})\n")
            continue
        try:
            with open(f"{SHIPPED}/{file.name}", encoding="utf-8") as source:
                report.append(place_file(path, sign(fill_command(source.read(), command)), force=force))
        except OSError as error:
            raise InstallError(
                f"{''.join(report)}cannot install {path}: {error.strerror} ({error.filename})\n"
                "Run it as root, or name a folder of yours with --prefix"
            ) from None
    return "".join(report) + NEXT


def find_command() -> tuple[str, ...]:
    """How this very installation is started. Raises InstallError where no service could start it.

    ``-I`` keeps the environment and the user's own packages out. ``-S``, for which all libraries must lie beside the
    package, saves a sixth of a cold start (site, and the .pth files of others).
    """
    from importlib.util import find_spec

    origins = [getattr(find_spec(name), "origin", None) or "" for name in LIBRARIES]
    beside = all(os.path.dirname(os.path.dirname(origin)) == os.path.dirname(PACKAGE) for origin in origins)
    command = (sys.executable, "-I", *(("-S", f"{PACKAGE}/__main__.py") if beside else ("-m", "slurmrest_inetd")))
    for word in command:
        if not word or not PLAIN.issuperset(word):
            raise InstallError(
                f"a service cannot be told to start {word!r}: install the program in a plainly named folder"
            )
    for path in (sys.executable, PACKAGE):
        if path.split("/")[1] in HIDDEN:
            raise InstallError(f"a service cannot see {path}: install the program under /opt or /usr/local")
    return command


def fill_command(text: str, command: tuple[str, ...]) -> str:
    """``text`` with ``command`` in place of the command that is written there."""
    xinetd = f"{command[0]}\n    server_args    = {' '.join(command[1:])}\n"
    return text.replace(f"= {WRITTEN_COMMAND}\n", f"= {xinetd}").replace(WRITTEN_COMMAND, " ".join(command))


def sign(text: str) -> str:
    """``text`` behind the line that says whose it is."""
    from hashlib import sha256

    return f"{SIGNATURE}{sha256(text.encode()).hexdigest()}\n{text}"


def is_ours(text: str) -> bool:
    """Whether ``text`` is as --install-units, of this or another release, wrote it."""
    return text == sign(text.partition("\n")[2])


def place_file(path: str, text: str, *, force: bool) -> str:
    """Bring ``text`` to ``path``; return the line that says what was done. Raises OSError."""
    old = read_text(path)
    if old == text:
        return f"unchanged  {path}\n"
    if old is None or force or is_ours(old):
        write_text(path, text)
        return f"wrote      {path}\n"
    write_text(f"{path}.new", text)
    return f"kept       {path} (it was changed; the new one is {path}.new, and --force overwrites)\n"


def read_text(path: str) -> str | None:
    """What stands in ``path``, whatever it is; None where there is nothing. Raises OSError."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except FileNotFoundError:
        return None


def write_text(path: str, text: str) -> None:
    """Put ``text`` into ``path`` in one step, readable by all, with the folders above it. Raises OSError."""
    os.makedirs(os.path.dirname(path), mode=0o755, exist_ok=True)
    made = f"{path}.{os.getpid()}.new"  # neither systemd nor xinetd reads a name like this
    fd = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with open(fd, "w", encoding="utf-8") as file:
            file.write(text)
            os.fchmod(fd, 0o644)
        os.rename(made, path)
    except BaseException:
        os.unlink(made)
        raise
