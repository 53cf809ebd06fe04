"""Which key verifies a token, or that Slurm does.

Law: our own settings win over slurm.conf as a whole. A key that we were told to use and cannot is an error. One that
only slurm.conf names, and that we may not read (it is slurm's own: the usual case) or cannot use without the extra
``crypto``, leaves the verifying to Slurm, as does a slurm.conf that names none. A key is bound to its algorithm here:
a token's header only chooses between them. Called by auth and claims.py.
"""

import os
from stat import S_ISREG
from typing import NoReturn

from slurmrest_inetd.auth.refusal import AuthenticationFailure, Misconfigured
from slurmrest_inetd.settings import Settings
from slurmrest_inetd.slurm.configuration import parse_parameters, read_configuration

MAX_KEY_BYTES = 1024 * 1024
# fmt: off
#             algorithm   parameter    bits that slurmctld's own "key file is insecure" is about
PARAMETERS = {"HS256":    ("jwt_key",  0o007),
              "RS256":    ("jwks",     0o002)}
# fmt: on
# A secret is anything (Slurm's own documentation once made it with "openssl genrsa"), but never something published.
PUBLIC_MARKS = (b"PUBLIC KEY-----", b"BEGIN CERTIFICATE", b"ssh-rsa ", b'"keys"')


def find_key(algorithm: str, settings: Settings) -> bytes | None:
    """The HS256 secret or the JWKS document that verifies tokens of ``algorithm``; None when Slurm is to verify them.

    Raises AuthenticationFailure when keys are configured, but none for this algorithm; Misconfigured.
    """
    own = {"HS256": settings.jwt_key, "RS256": settings.jwks}
    mine = any(own.values())
    parameters = {} if mine else read_parameters(settings)
    paths = own if mine else {name: parameters.get(row[0]) for name, row in PARAMETERS.items()}
    if not any(paths.values()):
        return None
    path = paths[algorithm]
    if not path:
        raise AuthenticationFailure(f"no key for {algorithm} tokens is configured, only one for another algorithm")
    if not mine and algorithm == "RS256" and not has_cryptography():
        return None
    try:
        return read_key(path, algorithm)
    except OSError as error:
        if mine:
            raise Misconfigured(f"cannot read the key {path}: {error.strerror}") from None
        return None


def has_cryptography() -> bool:
    """Whether the extra ``crypto`` is installed. A JWKS of our own settings demands it; one that is only slurm.conf's
    is verified by Slurm where it is not.
    """
    from importlib.machinery import PathFinder

    return PathFinder.find_spec("cryptography") is not None


def read_parameters(settings: Settings) -> dict[str, str]:
    """slurm.conf's AuthAltParameters by name; empty where it cannot be read."""
    return parse_parameters(read_configuration(settings).get("authaltparameters", ""))


def read_key(path: str, algorithm: str) -> bytes:
    """A key file's bytes, all of them, as Slurm takes them (a newline at the end counts). Raises OSError,
    Misconfigured.
    """
    with open(path, "rb", opener=lambda name, flags: os.open(name, flags | os.O_NONBLOCK)) as file:
        status = os.fstat(file.fileno())
        key = file.read(MAX_KEY_BYTES + 1)
    if not S_ISREG(status.st_mode) or not 0 < len(key) <= MAX_KEY_BYTES:
        refuse_key(path, "is empty, too large or not a file")
    if status.st_mode & PARAMETERS[algorithm][1]:
        refuse_key(path, f"is insecure: mode {status.st_mode & 0o7777:04o}")
    if algorithm == "HS256" and any(mark in key for mark in PUBLIC_MARKS):
        refuse_key(path, "is a public key or a JWKS, which can be no secret")
    return key


def refuse_key(path: str, defect: str) -> NoReturn:
    """Raises Misconfigured."""
    raise Misconfigured(f"the key {path} {defect}")
