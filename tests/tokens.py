"""Makes tokens of every kind, good and bad, by hand: PyJWT would refuse to make the bad ones."""

import hmac
import json
import time
from base64 import urlsafe_b64encode
from pathlib import Path
from typing import Any

SECRET = bytes(range(32))
OTHER_SECRET = bytes(32)


def encode(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def claims(**changes: Any) -> dict[str, Any]:
    """alice's claims for ten minutes, changed; a claim changed to ... is left out."""
    now = int(time.time())
    return {
        name: value
        for name, value in {"exp": now + 600, "iat": now, "sun": "alice", **changes}.items()
        if value is not ...
    }


def sign(signed: str, secret: bytes, digest: str = "sha256") -> str:
    return encode(hmac.new(secret, signed.encode(), digest).digest())


def make_token(
    body: Any = None,
    header: Any = None,
    *,
    secret: bytes = SECRET,
    signature: str | None = None,
    digest: str = "sha256",
) -> str:
    """A token of these claims and this header, each a dict or the JSON text itself."""
    parts = [{"alg": "HS256", "typ": "JWT"} if header is None else header, claims() if body is None else body]
    texts = [part if isinstance(part, str) else json.dumps(part) for part in parts]
    signed = ".".join(encode(text.encode("utf-8", "surrogatepass")) for text in texts)
    return f"{signed}.{sign(signed, secret, digest) if signature is None else signature}"


def write_key(path: Path, data: bytes = SECRET, mode: int = 0o600) -> str:
    path.write_bytes(data)
    path.chmod(mode)
    return str(path)


def make_row(private: Any, **changes: Any) -> dict[str, Any]:
    """The JWK of an RSA key; a member changed to ... is left out."""
    numbers = private.public_key().public_numbers()
    n, e = (encode(number.to_bytes((number.bit_length() + 7) // 8, "big")) for number in (numbers.n, numbers.e))
    row = {"kty": "RSA", "alg": "RS256", "use": "sig", "kid": "one", "n": n, "e": e, **changes}
    return {name: value for name, value in row.items() if value is not ...}


def make_rs256(private: Any, body: Any = None, header: Any = None) -> str:
    """A token signed with an RSA key, whatever its header says."""
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.hashes import SHA256

    unsigned = make_token(body, {"alg": "RS256", "kid": "one"} if header is None else header, signature="x")
    signed = unsigned.rpartition(".")[0]
    return f"{signed}.{encode(private.sign(signed.encode(), PKCS1v15(), SHA256()))}"
