"""Which key verifies, and what happens where none can: the law of auth/keys.py, row by row."""

import os
import sys
from pathlib import Path

import pytest
from tokens import SECRET, write_key

from slurmrest_inetd.auth import keys
from slurmrest_inetd.auth.keys import find_key
from slurmrest_inetd.auth.refusal import AuthenticationFailure, Misconfigured
from slurmrest_inetd.settings import Settings

NOWHERE = Settings(slurm_conf="/nonexistent/slurm.conf")


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    return {
        "secret": write_key(tmp_path / "secret"),
        "jwks": write_key(tmp_path / "jwks", b'{"keys":[]}', 0o644),
        "missing": str(tmp_path / "missing"),
        "conf": str(tmp_path / "slurm.conf"),
    }


def configure(files: dict[str, str], parameters: str) -> Settings:
    Path(files["conf"]).write_text(f"AuthAltTypes=auth/jwt\nAuthAltParameters={parameters.format(**files)}\n")
    return NOWHERE._replace(slurm_conf=files["conf"])


# fmt: off
NAMED_KEYS = [
    # slurm.conf                          HS256            RS256 (a JWKS), "Slurm" verifies, or refused
    ("",                                  "Slurm",         "Slurm"),
    ("disable_token_creation",            "Slurm",         "Slurm"),
    ("jwt_key={secret}",                  "here",          "refused"),
    ("jwt_key={missing}",                 "Slurm",         "refused"),
    ("jwks={jwks}",                       "refused",       "here"),
    ("jwks={missing}",                    "refused",       "Slurm"),
    ("jwt_key={secret},jwks={jwks}",      "here",          "here"),
    ("jwt_key={missing},jwks={jwks}",     "Slurm",         "here"),
    ("JWT_KEY={secret}",                  "Slurm",         "Slurm"),
]
# fmt: on


@pytest.mark.parametrize(("parameters", "hs256", "rs256"), NAMED_KEYS)
def test_keys_that_slurm_conf_names(files: dict[str, str], parameters: str, hs256: str, rs256: str) -> None:
    settings = configure(files, parameters)
    for algorithm, expected, key in (("HS256", hs256, SECRET), ("RS256", rs256, b'{"keys":[]}')):
        if expected == "refused":
            with pytest.raises(AuthenticationFailure) as caught:
                find_key(algorithm, settings)
            assert algorithm in caught.value.reason
        else:
            assert find_key(algorithm, settings) == (key if expected == "here" else None)


def test_no_slurm_conf_leaves_it_to_slurm() -> None:
    assert find_key("HS256", NOWHERE) is None
    assert find_key("RS256", NOWHERE) is None


def test_our_settings_win_as_a_whole(files: dict[str, str]) -> None:
    settings = configure(files, "jwt_key={missing},jwks={jwks}")._replace(jwt_key=files["secret"])
    assert find_key("HS256", settings) == SECRET
    with pytest.raises(AuthenticationFailure):
        find_key("RS256", settings)
    settings = configure(files, "jwt_key={secret}")._replace(jwks=files["jwks"])
    assert find_key("RS256", settings) == b'{"keys":[]}'
    with pytest.raises(AuthenticationFailure):
        find_key("HS256", settings)


def check_misconfigured(settings: Settings, reason: str, algorithm: str = "HS256") -> None:
    with pytest.raises(Misconfigured) as caught:
        find_key(algorithm, settings)
    assert reason in caught.value.reason
    assert caught.value.status == 500
    assert "key" not in str(caught.value) and "/" not in str(caught.value)


def test_our_own_key_that_cannot_be_read_is_an_error(files: dict[str, str], tmp_path: Path) -> None:
    check_misconfigured(NOWHERE._replace(jwt_key=files["missing"]), "No such file")
    check_misconfigured(NOWHERE._replace(jwks=files["missing"]), "No such file", "RS256")
    check_misconfigured(NOWHERE._replace(jwt_key=str(tmp_path)), "Is a directory")
    os.mkfifo(tmp_path / "fifo")
    check_misconfigured(NOWHERE._replace(jwt_key=str(tmp_path / "fifo")), "not a file")


def test_a_key_that_is_not_ours_to_read(files: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The usual case: slurm.conf is everybody's, its jwt_key is slurm's own."""
    settings = configure(files, "jwt_key={secret}")
    conf = settings.slurm_conf
    real_open = os.open
    monkeypatch.setattr(
        "os.open",
        lambda path, flags: real_open(path, flags) if path == conf else real_open("/proc/1/nonexistent", flags),
    )
    assert find_key("HS256", settings) is None
    check_misconfigured(NOWHERE._replace(jwt_key=files["secret"]), "No such file")


@pytest.mark.parametrize("mode", [0o604, 0o602, 0o601, 0o644, 0o666])
def test_a_secret_that_is_open_to_others(files: dict[str, str], mode: int) -> None:
    """slurmctld: fatal: auth/jwt: key file is insecure"""
    os.chmod(files["secret"], mode)
    check_misconfigured(NOWHERE._replace(jwt_key=files["secret"]), f"insecure: mode {mode:04o}")
    check_misconfigured(configure(files, "jwt_key={secret}"), "insecure")


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o440, 0o700])
def test_a_secret_that_a_group_may_read(files: dict[str, str], mode: int) -> None:
    os.chmod(files["secret"], mode)
    assert find_key("HS256", NOWHERE._replace(jwt_key=files["secret"])) == SECRET


def test_a_jwks_that_others_may_write(files: dict[str, str]) -> None:
    os.chmod(files["jwks"], 0o646)
    check_misconfigured(NOWHERE._replace(jwks=files["jwks"]), "insecure", "RS256")


@pytest.mark.parametrize(
    "key",
    [b"-----BEGIN PUBLIC KEY-----\nx", b"-----BEGIN RSA PUBLIC KEY-----\nx", b"-----BEGIN CERTIFICATE-----\nx", b"ssh-rsa AAAA", b'{"keys":[]}'],
)  # fmt: skip
def test_what_is_published_is_no_secret(tmp_path: Path, key: bytes) -> None:
    check_misconfigured(NOWHERE._replace(jwt_key=write_key(tmp_path / "key", key)), "no secret")


@pytest.mark.parametrize(
    "key", [b"x", b"secret\n", b"\0" * 32, b"-----BEGIN RSA PRIVATE KEY-----\nx\n-----END RSA PRIVATE KEY-----\n"]
)
def test_a_secret_is_every_byte_of_its_file(tmp_path: Path, key: bytes) -> None:
    assert find_key("HS256", NOWHERE._replace(jwt_key=write_key(tmp_path / "key", key))) == key


def test_an_empty_or_endless_key(tmp_path: Path) -> None:
    check_misconfigured(NOWHERE._replace(jwt_key=write_key(tmp_path / "empty", b"")), "empty")
    check_misconfigured(NOWHERE._replace(jwt_key=write_key(tmp_path / "large", bytes(keys.MAX_KEY_BYTES + 1))), "large")
    assert (
        find_key("HS256", NOWHERE._replace(jwt_key=write_key(tmp_path / "most", bytes(keys.MAX_KEY_BYTES)))) is not None
    )
    check_misconfigured(NOWHERE._replace(jwt_key="/dev/zero"), "not a file")


def test_without_the_extra_a_jwks_of_slurms_is_left_to_slurm(
    files: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "path", [])
    settings = configure(files, "jwt_key={secret},jwks={jwks}")
    assert find_key("RS256", settings) is None
    assert find_key("HS256", settings) == SECRET
    assert find_key("RS256", NOWHERE._replace(jwks=files["jwks"])) is not None  # auth/jwt.py says what is missing
