"""What an exchange may need, loaded once by the parent, so that no client waits for it.

Law: imports only; nothing is asked of Slurm, and keys are read for each token, not here. Called by serving.py.
"""

import gc
from contextlib import suppress
from importlib import import_module
from pkgutil import walk_packages

import slurmrest_inetd
from slurmrest_inetd.auth.jwt import load_algorithms
from slurmrest_inetd.auth.keys import has_cryptography, read_parameters
from slurmrest_inetd.settings import Settings

# What our rooms import when they first need it; yaml is an extra.
LIBRARIES = ("grp", "json", "orjson", "pwd", "syslog", "yaml")


def preload(settings: Settings) -> None:
    """Load every room, its libraries, and what verifies tokens where there are keys to do it with."""
    rooms = [module.name for module in walk_packages(slurmrest_inetd.__path__, "slurmrest_inetd.", onerror=skip)]
    for name in (*(room for room in rooms if not room.endswith("__main__")), *LIBRARIES):
        # who needs what cannot be loaded here says so in the exchange
        with suppress(ImportError):
            import_module(name)
    parameters = {} if settings.jwt_key or settings.jwks else read_parameters(settings)
    if settings.jwt_key or "jwt_key" in parameters:
        load_algorithms(with_cryptography=False)
    if settings.jwks or ("jwks" in parameters and has_cryptography()):
        load_algorithms(with_cryptography=True)
    # so that no worker's collection writes to memory that all of them share
    gc.collect()
    gc.freeze()


def skip(_name: str) -> None:
    """A package that cannot be loaded: as a module of it."""
