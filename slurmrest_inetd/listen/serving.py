"""Wait mode and listen mode, from the settings to the parent's loop.

Law: the order is the point: sockets and keys are opened with what privileges there are, then these are given up, and
only then is a connection accepted. Called by cli.py.
"""

import gc
import os
import resource
import ssl
from collections.abc import Callable

from slurmrest_inetd.listen.certificate import load_context
from slurmrest_inetd.listen.notify import Manager
from slurmrest_inetd.listen.preload import preload
from slurmrest_inetd.listen.service import Service
from slurmrest_inetd.listen.sockets import adopt_listeners, close_listeners, open_listeners
from slurmrest_inetd.security.isolation import isolate
from slurmrest_inetd.security.users import drop_privileges
from slurmrest_inetd.settings import Settings

# What a parent has open beside a control socket for each worker.
SPARE_DESCRIPTORS = 64
WAIT_MODE_IDLE_SECONDS = 60.0


def serve_listeners(inherited: tuple[int, ...], settings: Settings, read_settings: Callable[[], Settings]) -> int:
    """Serve connections to the ``inherited`` sockets and to those of ``settings.listen`` until told to leave: 0.

    ``read_settings`` reads them again, for SIGHUP. Raises StartError.
    """
    context = load_context(settings)
    listeners = [*adopt_listeners(inherited), *open_listeners(settings)]
    try:
        raise_descriptor_limit(settings.max_connections + len(listeners) + SPARE_DESCRIPTORS)
        preload(settings)
        drop_privileges(settings)
        isolate(settings)
        gc.enable()  # cli.py has switched it off, for one exchange

        def reload() -> tuple[Settings, ssl.SSLContext | None]:
            fresh = read_settings()
            return fresh, load_context(fresh)

        idle = settings.idle_seconds
        if idle is None and not settings.listen:
            idle = WAIT_MODE_IDLE_SECONDS
        manager = Manager(os.environ)
        Service(listeners, settings, context, idle_seconds=idle or None, reload=reload, manager=manager).serve()
    finally:
        close_listeners(listeners)
    return 0


def raise_descriptor_limit(wanted: int) -> None:
    """Let this process have ``wanted`` descriptors open, where the hard limit allows it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
