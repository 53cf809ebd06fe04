"""Settings: what the administrator chose, validated once, then frozen.

Law: data, its defaults, and one look-up. cli.py makes one from options and environment; nobody changes it. Nothing a
client sends is here.
"""

from typing import NamedTuple

MEBIBYTE = 1024 * 1024
PLUGINS = ("slurmctld", "slurmdbd", "util")
# What slurmrestd 22.05 calls its plugins, each for one API version.
VERSIONED_PLUGINS = {
    f"{prefix}v0.0.{version}": (plugin, version)
    for version in (36, 37, 38)
    for prefix, plugin in (("", "slurmctld"), ("db", "slurmdbd"))
}


class Settings(NamedTuple):
    """Everything that does not change between two exchanges of one process."""

    auth_types: tuple[str, ...] = ("jwt", "local")
    openapi_plugins: tuple[str, ...] = PLUGINS
    data_parsers: tuple[int, ...] = (36, 37, 38, 40, 41, 42, 43, 44, 45)
    slurm_conf: str | None = None
    verbosity: int = 0
    # The key that tokens are verified with; where all are None and slurm.conf names none, Slurm itself verifies.
    jwt_key: str | None = None
    jwks: str | None = None
    user_claim_field: str | None = None
    # A fixed PATH: the client's and the service's own PATH decide nothing.
    command_path: str = "/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin"
    command_timeout_seconds: float = 120.0
    read_timeout_seconds: float = 30.0
    write_timeout_seconds: float = 60.0
    # Where to listen: [https://]host:port, unix:/path; how many workers wait there, how many there may be.
    listen: tuple[str, ...] = ()
    ready_workers: int = 4
    max_connections: int = 124
    # When a parent leaves for want of connections (0: never; None: in wait mode only), what it waits for while leaving.
    idle_seconds: float | None = None
    grace_seconds: float = 30.0
    socket_mode: int = 0o666
    socket_owner: tuple[int, int] | None = None
    certificate: str | None = None
    certificate_key: str | None = None
    client_ca: str | None = None
    max_request_line_bytes: int = 16 * 1024
    max_header_bytes: int = 64 * 1024
    max_body_bytes: int = 50 * MEBIBYTE
    # As whom (-u, -g), and the words of SLURMRESTD_SECURITY.
    user_id: int | None = None
    group_id: int | None = None
    security: tuple[str, ...] = ()
    # What was asked for in the environment and has no effect, for the log.
    notices: tuple[str, ...] = ()
    # On a UNIX socket, a worker becomes its peer; who is below UID_MIN or otherwise the system's must be named.
    local_users: bool = False
    local_users_allowed: tuple[str, ...] = ()
    # What one worker, and each command it runs, may use.
    memory_limit_mebibytes: int = 8192
    cpu_limit_seconds: int = 600
    exchange_limit_seconds: int = 3600


def list_plugins(names: tuple[str, ...], version: int) -> tuple[str, ...]:
    """Those of PLUGINS that ``names``, as -s takes them, serve in v0.0.``version``."""
    early = {VERSIONED_PLUGINS[name] for name in names if name in VERSIONED_PLUGINS}
    return tuple(plugin for plugin in PLUGINS if plugin in names or (plugin, version) in early)
