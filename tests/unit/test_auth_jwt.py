"""Signatures, and every way known of passing off a token with another key's, another algorithm's or no signature."""

import json
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from hypothesis import given
from hypothesis import strategies as st
from test_auth import NETWORK, NOWHERE, TOKEN, check_outward, make_request
from tokens import OTHER_SECRET, SECRET, claims, encode, make_row, make_rs256, make_token, sign, write_key

from slurmrest_inetd.auth import authenticate
from slurmrest_inetd.auth import jwt as signatures
from slurmrest_inetd.auth.claims import parse_token
from slurmrest_inetd.auth.refusal import AuthenticationFailure, Misconfigured
from slurmrest_inetd.settings import Settings

RSA, OTHER_RSA = generate_private_key(65537, 2048), generate_private_key(65537, 2048)
ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def hs256(tmp_path: Path) -> Settings:
    return NOWHERE._replace(jwt_key=write_key(tmp_path / "secret"))


@pytest.fixture
def rs256(tmp_path: Path) -> Settings:
    return configure_jwks(tmp_path, make_row(RSA), make_row(OTHER_RSA, kid="two"))


def configure_jwks(folder: Path, *rows: Any) -> Settings:
    return NOWHERE._replace(jwks=write_key(folder / "jwks", json.dumps({"keys": rows}).encode(), 0o644))


def accept(token: str, settings: Settings) -> None:
    assert authenticate(make_request((TOKEN, token)), NETWORK, settings).user == "alice"


def refuse(token: str, settings: Settings) -> str:
    with pytest.raises(AuthenticationFailure) as caught:
        authenticate(make_request((TOKEN, token)), NETWORK, settings)
    check_outward(caught.value)
    return caught.value.reason


def test_hs256(hs256: Settings) -> None:
    accept(make_token(), hs256)
    accept(make_token(header={"alg": "HS256", "kid": "any"}), hs256)
    assert "signature" in refuse(make_token(secret=OTHER_SECRET), hs256)
    assert "expired" in refuse(make_token(claims(exp=1)), hs256)
    assert "not valid yet" in refuse(make_token(claims(nbf=9999999999)), hs256)


@pytest.mark.parametrize("secret", [b"x", bytes(range(256)) * 40, b"with a newline\n", RSA.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())])  # fmt: skip
def test_any_secret_that_slurm_takes(tmp_path: Path, secret: bytes, recwarn: pytest.WarningsRecorder) -> None:
    settings = NOWHERE._replace(jwt_key=write_key(tmp_path / "key", secret))
    accept(make_token(secret=secret), settings)
    refuse(make_token(secret=secret + b"\n"), settings)
    assert not recwarn.list  # a warning would be written to the client's own connection under inetd


def test_signatures_that_are_not_quite_the_one(hs256: Settings) -> None:
    head, body, signature = make_token().split(".")
    for changed in (
        "AA",
        signature[:-4],
        signature + "AAAA",
        signature[::-1],
        encode(bytes(32)),
        sign(f"{head}.{body}", SECRET, "sha512"),
    ):
        refuse(f"{head}.{body}.{changed}", hs256)
    refuse(f"{head}.{encode(json.dumps(claims(sun='root')).encode())}.{signature}", hs256)
    refuse(f"{encode(json.dumps({'alg': 'HS256', 'kid': 'x'}).encode())}.{body}.{signature}", hs256)


@given(st.binary(min_size=1, max_size=64))
def test_no_other_signature_is_verified(signature: bytes) -> None:
    token = parse_token(make_token(signature=encode(signature)))
    assert not signatures.verify_hs256(token, SECRET)


def test_rs256(rs256: Settings) -> None:
    accept(make_rs256(RSA), rs256)
    accept(make_rs256(OTHER_RSA, header={"alg": "RS256", "kid": "two"}), rs256)
    assert "signature" in refuse(make_rs256(OTHER_RSA), rs256)
    assert "signature" in refuse(make_rs256(RSA, header={"alg": "RS256", "kid": "two"}), rs256)
    assert "kid" in refuse(make_rs256(RSA, header={"alg": "RS256", "kid": "three"}), rs256)
    assert "kid" in refuse(make_rs256(RSA, header={"alg": "RS256", "kid": ""}), rs256)
    assert "kid" in refuse(make_rs256(RSA, header={"alg": "RS256"}), rs256)
    assert "expired" in refuse(make_rs256(RSA, claims(exp=1)), rs256)
    assert "not valid yet" in refuse(make_rs256(RSA, claims(nbf=9999999999)), rs256)


def public(private: RSAPrivateKey, encoding: Encoding = Encoding.PEM) -> bytes:
    return private.public_key().public_bytes(encoding, PublicFormat.SubjectPublicKeyInfo)


# fmt: off
FORGERIES = [
    # the public key as a secret: CVE-2015-9235 and its like
    make_token(secret=public(RSA)),
    make_token(secret=public(RSA).rstrip()),
    make_token(secret=public(RSA, Encoding.DER)),
    make_token(header={"alg": "HS256", "kid": "one"}, secret=public(RSA)),
    make_token(header={"alg": "RS256", "kid": "one"}, secret=public(RSA)),
    make_token(secret=make_row(RSA)["n"].encode()),
    make_token(secret=json.dumps({"keys": [make_row(RSA), make_row(OTHER_RSA, kid="two")]}).encode()),
    # the secret that is configured elsewhere
    make_token(),
    make_token(header={"alg": "RS256", "kid": "one"}),
    # no signature at all
    make_token(header={"alg": "none"}),
    make_token(header={"alg": "none", "kid": "one"}, signature="AA"),
    make_token(header={"alg": "RS256", "kid": "one"}, signature="AA"),
    make_token(header={"alg": "RS256", "kid": "one"}, signature=encode(bytes(256))),
    # a key of the attacker's own, offered in the header
    make_rs256(generate_private_key(65537, 2048), header={"alg": "RS256", "kid": "one", "jwk": make_row(OTHER_RSA)}),
    make_rs256(OTHER_RSA, header={"alg": "RS256", "kid": "one", "jku": "https://attacker.example/jwks", "x5u": "file:///x"}),
    make_rs256(OTHER_RSA, header={"alg": "RS256", "kid": "../../../../dev/null"}),
    # another algorithm with the right key
    make_rs256(RSA, header={"alg": "PS256", "kid": "one"}),
    make_rs256(RSA, header={"alg": "RS512", "kid": "one"}),
    make_rs256(RSA, header={"alg": "HS256", "kid": "one"}),
]
# fmt: on


@pytest.mark.parametrize("forgery", FORGERIES)
def test_forgeries_against_a_jwks(rs256: Settings, forgery: str) -> None:
    refuse(forgery, rs256)


def test_forgeries_against_both_keys(tmp_path: Path, hs256: Settings, rs256: Settings) -> None:
    both = hs256._replace(jwks=rs256.jwks)
    accept(make_token(), both)
    accept(make_rs256(RSA), both)
    for forgery in (
        make_token(secret=public(RSA)),
        make_token(header={"alg": "RS256", "kid": "one"}),
        make_rs256(RSA, header={"alg": "HS256", "kid": "one"}),
        make_token(header={"alg": "none"}),
    ):
        refuse(forgery, both)


def test_an_rs256_token_where_only_a_secret_is_configured(hs256: Settings) -> None:
    assert "RS256" in refuse(make_rs256(RSA), hs256)


# fmt: off
JWKS_ROWS = [
    ({},                                        True),
    ({"alg": ...},                              True),   # 26.05 takes it, 24.11 does not
    ({"use": ...},                              True),
    ({"x5c": ["AA"], "key_ops": ["verify"]},    True),
    ({"alg": "RS512"},                          False),
    ({"alg": "HS256"},                          False),
    ({"use": "enc"},                            False),
    ({"kty": "oct", "k": "AAAA"},               False),
    ({"kty": "EC"},                             False),
    ({"kid": ...},                              False),
    ({"kid": 1},                                False),
]
# fmt: on


@pytest.mark.parametrize(("change", "usable"), JWKS_ROWS)
def test_which_rows_of_a_jwks_verify(tmp_path: Path, change: dict[str, Any], usable: bool) -> None:
    settings = configure_jwks(tmp_path, 17, {"kty": "EC", "kid": "one"}, make_row(RSA, **change))
    (accept if usable else refuse)(make_rs256(RSA), settings)


def test_a_kid_that_stands_twice(tmp_path: Path) -> None:
    settings = configure_jwks(tmp_path, make_row(OTHER_RSA), make_row(RSA))
    accept(make_rs256(RSA), settings)
    accept(make_rs256(OTHER_RSA), settings)


def test_a_private_key_among_the_public(tmp_path: Path) -> None:
    accept(make_rs256(RSA), configure_jwks(tmp_path, make_row(RSA, d="AQAB", p="Aw", q="Aw")))


@pytest.mark.parametrize(
    "jwks",
    [b"{", b"[]", b"7", b"{}", b'{"keys":7}', b"[" * 100_000, b"\xff", json.dumps({"keys": [make_row(RSA, n=...)]}).encode(),
     json.dumps({"keys": [make_row(RSA, n=7)]}).encode(), json.dumps({"keys": [make_row(RSA, e="!")]}).encode()],
)  # fmt: skip
def test_a_jwks_that_cannot_be_used(tmp_path: Path, jwks: bytes) -> None:
    with pytest.raises(Misconfigured) as caught:
        authenticate(
            make_request((TOKEN, make_rs256(RSA))), NETWORK, NOWHERE._replace(jwks=write_key(tmp_path / "jwks", jwks))
        )
    assert "JWKS" in caught.value.reason


def test_without_cryptography_a_jwks_is_an_error(rs256: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    lean = ModuleType("algorithms")
    lean.has_crypto = False  # type: ignore[attr-defined]
    monkeypatch.setattr(signatures, "load_algorithms", lambda with_cryptography: lean)
    with pytest.raises(Misconfigured) as caught:
        authenticate(make_request((TOKEN, make_rs256(RSA))), NETWORK, rs256)
    assert caught.value.status == 500 and "'crypto'" in caught.value.reason


def run_python(program: str, *arguments: str) -> set[str]:
    """The modules that are loaded when ``program`` ends, in an interpreter of its own."""
    code = f"import sys\n{textwrap.dedent(program)}\nprint(*sys.modules)"
    command = [sys.executable, "-c", code, *arguments]
    return set(subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split())


AUTHENTICATE = """
    from slurmrest_inetd.auth import authenticate
    from slurmrest_inetd.model import Peer, Request
    from slurmrest_inetd.settings import Settings
    settings = Settings(slurm_conf="/nonexistent", **{key: value for key, value in [word.split("=", 1) for word in sys.argv[2:]]})
    request = Request("GET", "/", (), (), (("x-slurm-user-token", sys.argv[1]),), "1.1")
    assert authenticate(request, Peer("socket", ""), settings).user == "alice"
"""
DEAR = {"jwt", "jwt.api_jwt", "jwt.api_jws", "jwt.jwks_client", "cryptography", "urllib.request", "http.client", "ssl", "datetime", "logging", "subprocess", "pathlib", "socket", "orjson", "email"}  # fmt: skip


def test_what_is_loaded_without_a_key() -> None:
    loaded = run_python(AUTHENTICATE, make_token())
    assert not loaded & (DEAR | {"hmac", "hashlib", "slurmrest_inetd.auth.jwt", "slurmrest_inetd.slurm.command"})


def test_what_is_loaded_for_hs256(hs256: Settings) -> None:
    loaded = run_python(AUTHENTICATE, make_token(), f"jwt_key={hs256.jwt_key}")
    assert "hmac" in loaded
    assert not loaded & DEAR


def test_what_is_loaded_for_rs256(rs256: Settings) -> None:
    loaded = run_python(AUTHENTICATE, make_rs256(RSA), f"jwks={rs256.jwks}")
    assert "cryptography" in loaded
    assert not loaded & {"jwt", "jwt.jwks_client", "urllib.request"}


@contextmanager
def unloaded(*packages: str) -> Iterator[None]:
    """These packages as in an interpreter that has not imported them."""

    def find() -> list[str]:
        return [name for name in sys.modules if name.partition(".")[0] in packages]

    taken = {name: sys.modules.pop(name) for name in find()}
    signatures.load_algorithms.cache_clear()
    try:
        yield
    finally:
        for name in find():
            del sys.modules[name]
        sys.modules.update(taken)
        signatures.load_algorithms.cache_clear()


def test_only_the_algorithms_are_loaded() -> None:
    with unloaded("jwt", "cryptography"):
        assert signatures.load_algorithms(with_cryptography=False).has_crypto is False
        assert "jwt" not in sys.modules and "cryptography" not in sys.modules
    with unloaded("jwt"):
        assert signatures.load_algorithms(with_cryptography=True).has_crypto is True
        assert "jwt" not in sys.modules


@pytest.mark.parametrize("failure", [ImportError, AttributeError])
def test_what_cannot_be_loaded_alone_is_loaded_as_a_whole(
    monkeypatch: pytest.MonkeyPatch, failure: type[Exception]
) -> None:
    attempts: list[str] = []

    def fail_once(name: str) -> ModuleType:
        attempts.append(name)
        if len(attempts) == 1:
            raise failure
        return import_module(name)

    monkeypatch.setattr(signatures, "import_module", fail_once)
    with unloaded("jwt"):
        whole = signatures.load_algorithms(with_cryptography=False)
        assert whole is sys.modules["jwt"].algorithms
        signatures.load_algorithms.cache_clear()
        assert signatures.load_algorithms(with_cryptography=False) is whole
    assert attempts == ["jwt.algorithms"] * 3


def test_pyjwt_is_whole_for_whoever_imports_it_afterwards() -> None:
    run_python(
        """
        from slurmrest_inetd.auth.jwt import load_algorithms
        lean, full = load_algorithms(with_cryptography=False), load_algorithms(with_cryptography=True)
        assert (lean.has_crypto, full.has_crypto) == (False, True)
        assert load_algorithms(with_cryptography=False) is lean
        assert not [name for name in sys.modules if name.startswith("jwt")] and sys.modules["cryptography"]
        import jwt
        assert jwt.decode(jwt.encode({"a": 1}, "k" * 32), "k" * 32, ["HS256"]) == {"a": 1}
        assert jwt.algorithms.has_crypto
        load_algorithms.cache_clear()
        assert load_algorithms(with_cryptography=False) is jwt.algorithms
        """
    )


LAYOUTS = {
    "a module": {"jwt.py": "import sys, types\nsys.modules['jwt.algorithms'] = types.ModuleType('here')\n__path__ = []"},
    "a module that needs the package": {"jwt/__init__.py": "__version__ = '3'\nfrom . import algorithms", "jwt/algorithms.py": "import jwt\nVERSION = jwt.__version__\nclass HMACAlgorithm: pass"},
    "another place": {"jwt/__init__.py": "from .inner import algorithms\nimport sys\nsys.modules['jwt.algorithms'] = algorithms", "jwt/inner/__init__.py": "", "jwt/inner/algorithms.py": ""},
}  # fmt: skip


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_another_layout_of_pyjwt_is_imported_as_a_whole(tmp_path: Path, layout: dict[str, str]) -> None:
    for name, text in layout.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    loaded = run_python(
        f"""
        from slurmrest_inetd.auth.jwt import load_algorithms
        sys.path.insert(0, {str(tmp_path)!r})
        assert load_algorithms(with_cryptography=False) is sys.modules["jwt.algorithms"]
        """
    )
    assert "jwt" in loaded
