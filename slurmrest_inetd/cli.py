"""slurmrestd's options and environment -> Settings; then one exchange on what fd 0 is, or the parent of many.

Law: one row an option (options.py). What is wrong in them is a clear line on stderr and exit status 1 before a
client's byte is read. Called by __main__.py and the console script.
"""

import gc
import os
import sys

from slurmrest_inetd.errors import StartError
from slurmrest_inetd.settings import Settings


def main() -> int:
    """Run the program: 0 when a reply went out or what was asked was printed, 1 otherwise."""
    gc.disable()  # one exchange makes less garbage than collecting it costs
    hold_standard_descriptors()
    os.environ.pop("SLURM_JWT", None)  # nobody's identity, whatever it holds
    try:
        settings, text = read_settings()
        if text:
            sys.stdout.write(text)
            return 0
        from slurmrest_inetd.listen.inherited import choose_descriptors, find_listening

        listening = find_listening(os.environ)
        if settings.listen or listening:
            return serve_sockets(settings, listening)
        read_fd, write_fd = choose_descriptors(os.environ)
        settings = enter_exchange(settings, read_fd)
    except StartError as error:
        from slurmrest_inetd.log import write_fatal

        write_fatal(str(error))
        return 1
    from slurmrest_inetd.exchange import serve_exchange

    return serve_exchange(read_fd, write_fd, settings)


def read_settings() -> tuple[Settings, str]:
    """The settings, and the text to print instead of serving. Raises StartError."""
    if len(sys.argv) > 1 or has_settings(os.environ):
        from slurmrest_inetd.options import parse_options

        return parse_options(sys.argv[1:], os.environ)
    return Settings(), ""


def serve_sockets(settings: Settings, listening: tuple[int, ...]) -> int:
    """Accept connections, on ``listening`` and on sockets of our own, until told to leave: 0. Raises StartError."""
    from slurmrest_inetd.listen.serving import serve_listeners
    from slurmrest_inetd.security.users import check_user

    check_user(settings)
    log_notices(settings)
    return serve_listeners(listening, settings, lambda: read_settings()[0])


def log_notices(settings: Settings) -> None:
    """What was asked for and has no effect."""
    for notice in settings.notices:
        from slurmrest_inetd.log import write_line

        write_line(notice)


def enter_exchange(settings: Settings, connection_fd: int) -> Settings:
    """Give up what one exchange does not need; the settings to serve it with. Raises StartError."""
    if settings.certificate:
        raise StartError("--certificate is for listening sockets: here a connection is served as it is")
    from slurmrest_inetd.security.isolation import hide_memory
    from slurmrest_inetd.security.users import check_user, drop_capabilities, drop_privileges

    check_user(settings)
    hide_memory()
    drop_privileges(settings)
    log_notices(settings)
    if settings.local_users:
        from slurmrest_inetd.security.worker import enter_worker

        settings = enter_worker(connection_fd, settings)
    else:
        drop_capabilities()
    return invite(settings) if os.isatty(connection_fd) else settings


def invite(settings: Settings) -> Settings:
    """Tell a person at a terminal what is expected, and more of what happens. Lines may end without a carriage return,
    which nobody can type.
    """
    import signal

    signal.signal(signal.SIGINT, signal.SIG_DFL)  # who types control-C wants to leave, not to read a traceback
    sys.stderr.write("Type a request, and an empty line at its end (control-C leaves):\n")
    return settings._replace(verbosity=settings.verbosity + 1)


def run() -> None:
    """The console script: leave at once when all is written, without an interpreter's goodbye (it costs
    milliseconds).
    """
    status = main()
    sys.stdout.flush()
    os._exit(status)


def has_settings(environ: "os._Environ[str]") -> bool:
    """Whether the environment says anything to this program."""
    return any(name.startswith(("SLURMRESTD_", "SLURM_CONF", "SLURM_DEBUG")) for name in environ)


def hold_standard_descriptors() -> None:
    """Open /dev/null where fd 0, 1 or 2 is closed, so that no pipe of ours takes its number."""
    fd = os.open("/dev/null", os.O_RDWR)
    while fd <= 2:
        os.set_inheritable(fd, True)
        fd = os.open("/dev/null", os.O_RDWR)
    os.close(fd)
