"""A token's signature: HS256 with a secret, RS256 with a JWKS (the extra ``crypto``).

Law: the only importer of PyJWT, of which only the algorithms are used: the token was taken apart once, in claims.py,
and what is verified are the bytes that were read there. The key decides the algorithm, not the token. Called by auth.
"""

import sys
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any

from slurmrest_inetd.auth.claims import Token
from slurmrest_inetd.auth.refusal import AuthenticationFailure, Misconfigured


def verify_signature(token: Token, key: bytes) -> None:
    """Raises AuthenticationFailure unless ``key`` (see keys.find_key) signed the token; Misconfigured."""
    verified = verify_hs256(token, key) if token.algorithm == "HS256" else verify_rs256(token, key)
    if not verified:
        raise AuthenticationFailure(f"the token's {token.algorithm} signature is not one of our key")


def verify_hs256(token: Token, secret: bytes) -> bool:
    """Whether ``secret`` made the signature; PyJWT compares in constant time.

    Not through its prepare_key(), which refuses the private PEM keys that Slurm's documentation once made secrets of.
    That no public key gets here is keys.py's part.
    """
    algorithms = load_algorithms(with_cryptography=False)
    algorithm = algorithms.HMACAlgorithm(algorithms.HMACAlgorithm.SHA256)
    return bool(algorithm.verify(token.signed, secret, token.signature))


def verify_rs256(token: Token, jwks: bytes) -> bool:
    """Whether a key of ``jwks`` made the signature. Raises AuthenticationFailure for an unknown kid, Misconfigured."""
    algorithms = load_algorithms(with_cryptography=True)
    if not algorithms.has_crypto:
        raise Misconfigured("a JWKS is configured, and the package cryptography is not installed (extra 'crypto')")
    algorithm = algorithms.RSAAlgorithm(algorithms.RSAAlgorithm.SHA256)
    rows = find_rows(jwks, token.key_id)
    if not rows:
        raise AuthenticationFailure("no RS256 key in the JWKS has the token's kid")
    try:
        # nothing else of a row: what signs has no business in a JWKS
        keys = [algorithms.RSAAlgorithm.from_jwk({name: row[name] for name in ("kty", "n", "e")}) for row in rows]
    except (algorithms.InvalidKeyError, KeyError, TypeError, ValueError):
        raise Misconfigured("the JWKS holds an RSA key that cannot be read") from None
    return any(algorithm.verify(token.signed, key, token.signature) for key in keys)


def find_rows(jwks: bytes, key_id: str) -> list[dict[str, Any]]:
    """The JWKs (RFC 7517) of ``key_id`` that may verify RS256; none for "", as in Slurm. Raises Misconfigured."""
    import json

    try:
        rows = [row for row in json.loads(jwks)["keys"] if isinstance(row, dict)]
    except (ValueError, RecursionError, KeyError, TypeError):
        raise Misconfigured("the JWKS is not a JSON object with a list of keys") from None
    signers = [row for row in rows if row.get("kty") == "RSA" and row.get("use", "sig") == "sig"]
    return [row for row in signers if row.get("alg", "RS256") == "RS256" and row.get("kid") == key_id != ""]


@cache
def load_algorithms(*, with_cryptography: bool) -> ModuleType:
    """PyJWT's module of algorithms alone: jwt/__init__.py brings an HTTP client, datetime and cryptography along.

    The package is stood in for by an empty one with the same path while the module is loaded, cryptography by its
    absence where it is not asked for. Afterwards both are as they were, so that an ``import jwt`` elsewhere is whole.
    Where PyJWT (seen: 2.8 to 2.15) is laid out in another way, it is imported as anybody would.
    """
    from importlib.machinery import PathFinder

    spec = PathFinder.find_spec("jwt")
    if "jwt" in sys.modules or spec is None or spec.submodule_search_locations is None:
        return import_module("jwt.algorithms")
    stand_in = sys.modules["jwt"] = ModuleType("jwt")
    stand_in.__path__ = list(spec.submodule_search_locations)
    hides = not with_cryptography and "cryptography" not in sys.modules
    if hides:
        sys.modules["cryptography"] = None  # type: ignore[assignment]  # how a module is said to be absent
    try:
        algorithms = import_module("jwt.algorithms")
    except (ImportError, AttributeError):
        algorithms = stand_in
    finally:
        borrowed = [name for name in sys.modules if name.partition(".")[0] == "jwt"]
        for name in [*borrowed, "cryptography"] if hides else borrowed:
            del sys.modules[name]
    return algorithms if hasattr(algorithms, "HMACAlgorithm") else import_module("jwt.algorithms")
