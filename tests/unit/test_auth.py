"""Which credentials a request holds, whose word counts, and that a client learns nothing from a refusal."""

import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokens import OTHER_SECRET, claims, make_token, write_key

from slurmrest_inetd.auth import authenticate
from slurmrest_inetd.auth.credentials import Credentials, check_name
from slurmrest_inetd.auth.refusal import REMEDY, AuthenticationFailure
from slurmrest_inetd.errors import ApiError, SlurmMissing
from slurmrest_inetd.model import Identity, Peer, Request
from slurmrest_inetd.settings import Settings

NETWORK = Peer("socket", "127.0.0.1:6820")
OWN_PIPE = Peer("pipe", "pipe:[1]", os.geteuid(), os.getegid(), 0o600)
TOKEN, NAME, AUTHORIZATION = "x-slurm-user-token", "x-slurm-user-name", "authorization"
# None of these tests may depend on a slurm.conf of the machine they run on.
NOWHERE = Settings(slurm_conf="/nonexistent/slurm.conf")


def make_request(*fields: tuple[str, str]) -> Request:
    return Request("GET", "/slurm/v0.0.42/jobs", ("slurm", "v0.0.42", "jobs"), (), fields, "1.1")


def refuse(request: Request, peer: Peer = NETWORK, settings: Settings = NOWHERE) -> str:
    """The reason of a refusal, which is the only refusal that a client ever sees."""
    with pytest.raises(AuthenticationFailure) as caught:
        authenticate(request, peer, settings)
    check_outward(caught.value)
    return caught.value.reason


def check_outward(error: ApiError) -> None:
    """Byte for byte what every refused client reads."""
    assert error.status == 401
    assert error.headers == (("www-authenticate", "Bearer"),)
    assert [tuple(problem) for problem in error.problems] == [
        (f"Authentication failure: {REMEDY}", 9008, "Authentication failure", "")
    ]
    assert (error.warnings, error.payload, str(error)) == ((), {}, f"Authentication failure: {REMEDY}")


def test_a_token_is_its_users_identity() -> None:
    token = make_token()
    expected = Identity("jwt", "alice", token)
    assert authenticate(make_request((TOKEN, token)), NETWORK, NOWHERE) == expected
    assert authenticate(make_request((TOKEN, token), (NAME, "alice")), NETWORK, NOWHERE) == expected
    for scheme in ("Bearer ", "bearer ", "BEARER  "):
        assert authenticate(make_request((AUTHORIZATION, scheme + token)), NETWORK, NOWHERE) == expected
    assert authenticate(make_request((AUTHORIZATION, "Bearer " + token), (NAME, "alice")), NETWORK, NOWHERE) == expected


GOOD = make_token()


# fmt: off
AMBIGUOUS = [
    ((),                                                                "rest_auth/local does not serve a socket"),
    (((NAME, "alice"),),                                                "without a token"),
    (((NAME, ""),),                                                     "without a token"),
    (((TOKEN, ""),),                                                    "empty"),
    (((TOKEN, ""), (NAME, "alice")),                                    "empty"),
    (((TOKEN, GOOD), (NAME, "")),                                       "empty"),
    (((TOKEN, GOOD), (AUTHORIZATION, f"Bearer {GOOD}")),                "both"),
    (((TOKEN, GOOD), (AUTHORIZATION, "Basic YTpi")),                    "both"),
    (((TOKEN, GOOD), (AUTHORIZATION, "")),                              "both"),
    (((TOKEN, ""), (AUTHORIZATION, f"Bearer {GOOD}")),                  "both"),
    (((TOKEN, GOOD), (TOKEN, GOOD)),                                    "more than once"),
    (((AUTHORIZATION, f"Bearer {GOOD}"), (AUTHORIZATION, "Basic x")),   "more than once"),
    (((TOKEN, GOOD), (NAME, "alice"), (NAME, "root")),                  "more than once"),
    (((AUTHORIZATION, ""),),                                            "scheme"),
    (((AUTHORIZATION, "Basic YTpi"),),                                  "scheme"),
    (((AUTHORIZATION, f"Token {GOOD}"),),                               "scheme"),
    (((AUTHORIZATION, GOOD),),                                          "scheme"),
    (((AUTHORIZATION, f"Bearer\t{GOOD}"),),                             "scheme"),
    (((AUTHORIZATION, "Bearer"),),                                      "empty"),
    (((AUTHORIZATION, "Bearer "),),                                     "empty"),
    (((AUTHORIZATION, f"Bearer {GOOD} "),),                             "base64url"),
    (((AUTHORIZATION, f"Bearer {GOOD},{GOOD}"),),                       "base64url"),
    (((TOKEN, f"Bearer {GOOD}"),),                                      "base64url"),
]
# fmt: on


@pytest.mark.parametrize(("fields", "reason"), AMBIGUOUS)
def test_credentials_that_say_nothing_or_two_things(fields: tuple[tuple[str, str], ...], reason: str) -> None:
    for peer in (NETWORK,) if not fields else (NETWORK, OWN_PIPE):
        found = refuse(make_request(*fields), peer)
        assert reason in found
        assert GOOD not in found


def test_the_settings_choose_what_is_tried(tmp_path: Path) -> None:
    only_jwt, only_local = NOWHERE._replace(auth_types=("jwt",)), NOWHERE._replace(auth_types=("local",))
    assert authenticate(make_request(), OWN_PIPE, NOWHERE).kind == "local"
    assert authenticate(make_request(), OWN_PIPE, only_local).kind == "local"
    assert refuse(make_request(), OWN_PIPE, only_jwt) == "no token was sent"
    # slurmrestd would serve this as the service's own user
    assert "not among" in refuse(make_request((TOKEN, GOOD)), OWN_PIPE, only_local)
    assert "scheme" in refuse(make_request((AUTHORIZATION, "Basic YTpi")), OWN_PIPE, only_local)
    assert authenticate(make_request((TOKEN, GOOD)), OWN_PIPE, only_jwt).user == "alice"


def test_a_bad_token_never_becomes_the_services_identity(tmp_path: Path) -> None:
    settings = NOWHERE._replace(jwt_key=write_key(tmp_path / "key"))
    for token in (make_token(secret=OTHER_SECRET), make_token(claims(exp=1)), "garbage"):
        refuse(make_request((TOKEN, token)), OWN_PIPE, settings)


def test_slurm_jwt_of_the_service_is_nobodys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLURM_JWT", GOOD)
    refuse(make_request())
    assert authenticate(make_request(), OWN_PIPE, NOWHERE).token is None


@pytest.mark.parametrize("name", ["bob", "b", "_b", "7b", "a@realm.org", "DOM\\a", "a-b.c_d+e", "host$", "x" * 256])
def test_names_that_can_be_asked_for(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    asked: list[Any] = []

    def act_as(identity: Identity, wanted: str, settings: Settings, run: Any) -> Identity:
        asked.append((identity, wanted, run))
        return Identity("jwt", wanted, "another")

    monkeypatch.setattr("slurmrest_inetd.auth.proxy.act_as", act_as)
    identity = authenticate(make_request((TOKEN, GOOD), (NAME, name)), NETWORK, NOWHERE)
    assert identity == Identity("jwt", name, "another")
    from slurmrest_inetd.slurm.command import run_command

    assert asked == [(Identity("jwt", "alice", GOOD), name, run_command)]


@pytest.mark.parametrize(
    "name",
    ["-x", "--uid=0", "+0", "0", "00", "1002", " bob", "bob ", "a b", "a,b", "a=b", "a/b", "a:b", "a\nb", "a\0b", "b\xf3b", "\u0660", "a%b", "x" * 257, "$a", ".a"],
)  # fmt: skip
def test_names_that_are_never_asked_for(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr("slurmrest_inetd.auth.proxy.act_as", None)
    refuse(make_request((TOKEN, GOOD), (NAME, name)))


@given(st.text(min_size=1))
def test_a_name_that_passes_is_one_harmless_word(name: str) -> None:
    try:
        check_name(name, "x")
    except AuthenticationFailure:
        return
    assert name.isascii() and name.isprintable() and not set(name) & set(" =,/'\"%:;&|<>()*?[]{}~`!#")
    assert name[0] not in "-+."


FIELD_VALUES = st.one_of(
    st.text(), st.sampled_from([GOOD, "alice", f"Bearer {GOOD}"]), st.builds("Bearer {}".format, st.text())
)


@given(st.lists(st.tuples(st.sampled_from([TOKEN, NAME, AUTHORIZATION]), FIELD_VALUES), min_size=1, max_size=4))
def test_any_fields_are_alice_or_the_one_refusal(fields: list[tuple[str, str]]) -> None:
    try:
        identity = authenticate(make_request(*fields), OWN_PIPE, NOWHERE._replace(command_path="/nonexistent"))
    except AuthenticationFailure as error:
        check_outward(error)
    except SlurmMissing:  # it was to be asked for another user's token
        assert any(name == NAME and value != "alice" for name, value in fields)
    else:
        assert identity == Identity("jwt", "alice", GOOD)


def test_no_token_in_any_text(tmp_path: Path) -> None:
    identity = authenticate(make_request((TOKEN, GOOD)), NETWORK, NOWHERE)
    for text in (repr(identity), str(identity), f"{identity}", repr(Credentials(GOOD, "bob")), str(Credentials(GOOD))):
        assert GOOD not in text and GOOD.split(".")[2] not in text
    for token in (make_token(secret=OTHER_SECRET), make_token(claims(exp=1)), GOOD + "x.y", GOOD + "="):
        settings = NOWHERE._replace(jwt_key=write_key(tmp_path / "key"))
        with pytest.raises(AuthenticationFailure) as caught:
            authenticate(make_request((TOKEN, token)), NETWORK, settings)
        error = caught.value
        assert error.__cause__ is None and (error.__context__ is None or error.__suppress_context__)
        for part in token.split("."):
            assert len(part) < 8 or part not in repr(error) + str(error) + error.reason
