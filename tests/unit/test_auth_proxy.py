"""Acting for another user: what Slurm is asked, and that only its own clear answer makes anybody somebody else."""

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_auth import check_outward
from tokens import claims, make_token

from slurmrest_inetd.auth.proxy import act_as
from slurmrest_inetd.auth.refusal import AuthenticationFailure
from slurmrest_inetd.errors import (
    ApiError,
    CommandTimeout,
    Forbidden,
    InternalFault,
    NotImplementedHere,
    SlurmUnreachable,
    refuse_slurm,
)
from slurmrest_inetd.model import Identity
from slurmrest_inetd.settings import Settings
from slurmrest_inetd.slurm.command import Command, Finished

ROOT_TOKEN = make_token(claims(sun="root"))
ROOT = Identity("jwt", "root", ROOT_TOKEN)
BOBS = make_token(claims(sun="bob"))


class Slurm:
    """``scontrol token`` with a prepared answer; remembers what it was asked."""

    def __init__(self, stdout: bytes = b"", status: int = 0, stderr: bytes = b"") -> None:
        self.answer = (status, stdout, stderr)
        self.asked: list[tuple[Command, Identity]] = []

    def __call__(self, command: Command, identity: Identity, settings: Settings) -> Finished:
        self.asked.append((command, identity))
        return Finished(command.argv, *self.answer)


def test_root_acts_for_bob() -> None:
    slurm = Slurm(f"SLURM_JWT={BOBS}\n".encode())
    settings = Settings(command_timeout_seconds=90.5)
    assert act_as(ROOT, "bob", settings, slurm) == Identity("jwt", "bob", BOBS)
    [(command, identity)] = slurm.asked
    assert command == Command(("scontrol", "token", "username=bob", "lifespan=422"))
    assert identity is ROOT
    assert ROOT_TOKEN not in " ".join(command.argv)


# What scontrol of 24.11 and 26.05 printed to alice, to an unknown token, on a cluster that has only jwks=, and without
# a controller.
# fmt: off
REFUSALS = [
    ("scontrol: error: slurm_fetch_token: error with request: Invalid user id",                Forbidden,          2010),
    ("scontrol: error: slurm_fetch_token: error with request: Access/permission denied",       Forbidden,          2002),
    ("scontrol: error: slurm_fetch_token: error with request: Protocol authentication error",  AuthenticationFailure, 9008),
    ("scontrol: error: slurm_fetch_token: error with request: Token Generation failed.",       NotImplementedHere, 6009),
    ("scontrol: error: slurm_fetch_token: error with request: Unable to contact slurm controller (connect failure)", SlurmUnreachable, 1800),
    ("what nobody has seen",                                                                   ApiError,           0),
]
# fmt: on


@pytest.mark.parametrize(("stderr", "kind", "number"), REFUSALS)
def test_refusals(stderr: str, kind: type[ApiError], number: int) -> None:
    with pytest.raises(kind) as caught:
        act_as(ROOT, "bob", Settings(), Slurm(b"", 1, stderr.encode() + b" \n"))
    assert caught.value.problems[0].error_number == number
    if kind is AuthenticationFailure:
        check_outward(caught.value)
    else:
        assert "X-SLURM-USER-NAME" in str(caught.value)


def test_a_refusal_counts_whatever_was_printed() -> None:
    with pytest.raises(ApiError):
        act_as(ROOT, "bob", Settings(), Slurm(f"SLURM_JWT={BOBS}\n".encode(), 1))
    with pytest.raises(InternalFault):
        act_as(ROOT, "bob", Settings(), Slurm(f"SLURM_JWT={BOBS}\n".encode(), -9))


@pytest.mark.parametrize(
    "stdout",
    [
        "",
        "SLURM_JWT=\n",
        f"{BOBS}\n",
        f"SLURM_JWT={ROOT_TOKEN}\n",
        f"SLURM_JWT={make_token(claims(sun=..., username='bob'))}\n",
        f"SLURM_JWT={make_token(claims(sun='bob', exp=1))}\n",
        f"SLURM_JWT={make_token(claims(sun='bob'), {'alg': 'none'})}\n",
        f"SLURM_JWT={BOBS}\n\n",
        f"SLURM_JWT={BOBS}\nSLURM_JWT={BOBS}\n",
        f" SLURM_JWT={BOBS}\n",
        f"SLURM_JWT={BOBS} \n",
        f"SLURM_JWT={BOBS}\xe9\n",
    ],
)
def test_answers_that_are_not_bobs_token(stdout: str) -> None:
    with pytest.raises(InternalFault) as caught:
        act_as(ROOT, "bob", Settings(), Slurm(stdout.encode()))
    assert BOBS not in str(caught.value)


@pytest.mark.parametrize("name", ["", "-x", "bob lifespan=99999999", "bob,root", "a=b", "bob\n", "b\0", "b\xf3b"])
def test_slurm_is_not_asked_for_what_is_no_name(name: str) -> None:
    slurm = Slurm()
    with pytest.raises(AuthenticationFailure):
        act_as(ROOT, name, Settings(), slurm)
    assert not slurm.asked


def test_what_running_raises_passes() -> None:
    def run(*_: Any) -> Finished:
        raise CommandTimeout("scontrol did not end")

    with pytest.raises(CommandTimeout):
        act_as(ROOT, "bob", Settings(), run)


@given(st.binary())
def test_no_output_makes_anybody_bob(stdout: bytes) -> None:
    with pytest.raises(InternalFault):
        act_as(ROOT, "bob", Settings(), Slurm(b"SLURM_JWT=" + stdout))


def test_the_token_outlives_the_exchange() -> None:
    slurm = Slurm(f"SLURM_JWT={BOBS}\n".encode())
    settings = Settings(command_timeout_seconds=86400.0)
    act_as(ROOT, "bob", settings, slurm)
    lifespan = int(slurm.asked[0][0].argv[3].removeprefix("lifespan="))
    assert settings.command_timeout_seconds < lifespan < 2**31
    assert time.time() + lifespan < 2**63


def test_slurms_own_refusal_of_a_token_is_a_challenge_too() -> None:
    """RFC 9110 section 15.5.2: a 401 must have one, also when it was a command that found the token wanting."""
    error = refuse_slurm(1007, "Protocol authentication error", "x")
    assert (error.status, error.headers) == (401, (("www-authenticate", "Bearer"),))
    assert Forbidden("x").headers == ()
