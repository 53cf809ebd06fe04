"""What a token says: as strict as slurmctld, which was asked about each row, and stricter where the rows say so."""

import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokens import claims, encode, make_token

from slurmrest_inetd.auth.claims import ALGORITHMS, Token, check_lifetime, parse_token, read_user
from slurmrest_inetd.auth.refusal import AuthenticationFailure
from slurmrest_inetd.settings import Settings

NOWHERE = Settings(slurm_conf="/nonexistent/slurm.conf")
NOW = int(time.time())
HS256 = {"alg": "HS256"}


def read(text: str, settings: Settings = NOWHERE) -> str:
    """The user of a token, all but its signature checked."""
    token = parse_token(text)
    check_lifetime(token.claims)
    return read_user(token.claims, settings)


def refuse(text: str, settings: Settings = NOWHERE) -> str:
    with pytest.raises(AuthenticationFailure) as caught:
        read(text, settings)
    assert caught.value.__cause__ is None
    return caught.value.reason


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests' clock stands still in the middle of a second."""
    monkeypatch.setattr("slurmrest_inetd.auth.claims.time", lambda: NOW + 0.5)
    monkeypatch.setattr("tokens.time.time", lambda: NOW + 0.5)


ACCEPTED = [
    ("as scontrol token makes it", claims()),
    ("no iat", claims(iat=...)),
    ("iat later", claims(iat=NOW + 300)),
    ("iat no time", claims(iat="x")),
    ("exp now", claims(exp=NOW)),
    ("exp far away", claims(exp=10**17)),
    ("exp the last", claims(exp=2**63 - 1)),
    ("nbf before", claims(nbf=NOW - 10)),
    ("nbf now", claims(nbf=NOW)),
    ("nbf with parts of a second", claims(nbf=NOW - 0.5)),
    ("nbf of a clock a little ahead", claims(nbf=NOW + 10)),
    ("username", claims(sun=..., username="alice")),
    ("sun before username", claims(username="bob")),
    ("other claims", claims(foo={"a": [1, 2]}, aud="x", iss="y", scope=None)),
    ("white space", f' {{ "exp" : {NOW + 9} , "sun" : "alice" }} '),
    ("large", claims(foo="x" * 8000)),
]


@pytest.mark.parametrize("body", [row[1] for row in ACCEPTED], ids=[row[0] for row in ACCEPTED])
def test_claims_that_are_accepted(body: Any) -> None:
    assert read(make_token(body)) == "alice"


# fmt: off
REFUSED = [
    # what slurmctld refuses as well
    ("no exp",            claims(exp=...),                        "exp"),
    ("exp a second ago",  claims(exp=NOW - 1),                    "expired 1 s ago"),
    ("exp long ago",      claims(exp=0),                          "expired"),
    ("exp below zero",    claims(exp=-1),                         "exp"),
    ("exp 2**63",         claims(exp=2**63),                      "exp"),
    ("exp 2**70",         claims(exp=2**70),                      "exp"),
    ("exp with digits",   '{"exp":' + "9" * 5000 + "}",           "JSON"),
    ("exp float",         claims(exp=NOW + 600.5),                "exp"),
    ("exp 1e400",         '{"exp":1e400,"sun":"alice"}',          "exp"),
    ("exp text",          claims(exp=str(NOW + 600)),             "exp"),
    ("exp bool",          claims(exp=True),                       "exp"),
    ("exp null",          claims(exp=None),                       "exp"),
    ("exp list",          claims(exp=[NOW + 600]),                "exp"),
    ("exp NaN",           '{"exp":NaN,"sun":"alice"}',            "JSON"),
    ("exp Infinity",      '{"exp":Infinity,"sun":"alice"}',       "JSON"),
    ("no user",           claims(sun=...),                        "'sun'"),
    ("only sub",          claims(sun=..., sub="alice"),           "'sun'"),
    ("sun list",          claims(sun=["alice"]),                  "'sun'"),
    ("sun number",        claims(sun=1001),                       "'sun'"),
    ("sun null",          claims(sun=None),                       "'sun'"),
    ("sun with NUL",      claims(sun="alice\0x"),                 "character"),
    ("a list",            "[1]",                                  "object"),
    ("a text",            '"sun"',                                "object"),
    ("null",              "null",                                 "object"),
    ("not JSON",          "{",                                    "JSON"),
    ("empty object",      "{}",                                   "exp"),
    # where slurmctld does not look, or sees the user nobody
    ("nbf later",         claims(nbf=NOW + 11),                   "not valid yet"),
    ("nbf far",           '{"exp":9999999999,"nbf":1e400,"sun":"alice"}', "not valid yet"),
    ("nbf text",          claims(nbf="0"),                        "nbf"),
    ("nbf null",          claims(nbf=None),                       "nbf"),
    ("nbf bool",          claims(nbf=False),                      "nbf"),
    ("sun list, username", claims(sun=["alice"], username="bob"), "'sun'"),
    ("sun empty",         claims(sun=""),                         "empty"),
    ("sun with a space",  claims(sun="alice "),                   "character"),
    ("sun +0",            claims(sun="+0"),                       "character"),
    ("sun other digits",  claims(sun="\u0661\u0660\u0660\u0661"), "character"),
    ("sun half a pair",   '{"exp":9999999999,"sun":"\\ud800"}',   "character"),
    ("sun long",          claims(sun="x" * 257),                  "longer"),
    ("sun twice",         f'{{"exp":{NOW + 9},"sun":"alice","sun":"root"}}', "twice"),
    ("exp twice",         f'{{"exp":1,"exp":{NOW + 9},"sun":"alice"}}', "twice"),
    ("not UTF-8",         '{"exp":9999999999,"sun":"\ud800"}',    "JSON"),
    ("deep",              "[" * 12000,                            "JSON"),
]
# fmt: on


@pytest.mark.parametrize(("body", "reason"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_claims_that_are_refused(body: Any, reason: str) -> None:
    assert reason in refuse(make_token(body))


# fmt: off
REFUSED_HEADERS = [
    ({"alg": "none"},                           "algorithm"),
    ({"alg": "None"},                           "algorithm"),
    ({"alg": ""},                               "algorithm"),
    ({"alg": None},                             "algorithm"),
    ({"alg": ["HS256"]},                        "algorithm"),
    ({"alg": {"HS256": 1}},                     "algorithm"),
    ({"alg": "hs256"},                          "algorithm"),
    ({"alg": "HS256 "},                         "algorithm"),
    ({"alg": "HS384"},                          "algorithm"),
    ({"alg": "HS512"},                          "algorithm"),
    ({"alg": "RS512"},                          "algorithm"),
    ({"alg": "ES256"},                          "algorithm"),
    ({"alg": "PS256"},                          "algorithm"),
    ({"typ": "JWT"},                            "algorithm"),
    ('{"alg":"none","alg":"HS256"}',            "twice"),
    ({**HS256, "kid": 1},                       "kid"),
    ({**HS256, "kid": None},                    "kid"),
    ({**HS256, "crit": ["exp"]},                "extension"),
    ({**HS256, "crit": []},                     "extension"),
    ({**HS256, "b64": False},                   "extension"),
    ({**HS256, "b64": False, "crit": ["b64"]},  "extension"),
    ("[]",                                      "object"),
    ("HS256",                                   "JSON"),
]
# fmt: on


@pytest.mark.parametrize(("header", "reason"), REFUSED_HEADERS)
def test_headers_that_are_refused(header: Any, reason: str) -> None:
    assert reason in refuse(make_token(header=header))
    assert reason in refuse(make_token(header=header, signature="AA"))


@pytest.mark.parametrize(
    "header",
    [HS256, {**HS256, "typ": "at+jwt", "kid": "x", "jku": "http://x", "jwk": {}}, {"alg": "RS256", "kid": "one"}],
)
def test_headers_that_are_accepted(header: Any) -> None:
    """Slurm accepts them; what they point to (jku, jwk, x5u) is never looked at."""
    token = parse_token(make_token(header=header))
    assert token.algorithm == header["alg"] in ALGORITHMS
    assert token.key_id == header.get("kid", "")


GOOD = make_token(claims(exp=9999999999))
HEAD, BODY, SIGNATURE = GOOD.split(".")


@pytest.mark.parametrize(
    "text",
    ["", ".", "..", "a.b", "daemon", f"{HEAD}.{BODY}", f"{HEAD}.{BODY}.", f".{BODY}.{SIGNATURE}", f"{GOOD}.x", f"{GOOD}=", f"{GOOD} ",
     f" {GOOD}", f"{GOOD}\n", f"{GOOD}\0", f"{GOOD}%", f"{HEAD}+.{BODY}.{SIGNATURE}", f"{HEAD}.{BODY}.\u0661\u0662", f"{HEAD}.{BODY}.\xe9",
     f"{HEAD}.{BODY}.A", f"{HEAD}.{BODY[:-1]}.{SIGNATURE}", "A.A.A", make_token(claims(x="x" * 13000))],
)  # fmt: skip
def test_texts_that_are_no_token(text: str) -> None:
    reason = refuse(text)
    assert len(reason) < 120
    assert not text or len(text) < 8 or text not in reason


def test_the_length_is_looked_at_before_anything_else() -> None:
    started = time.process_time()
    assert "longer" in refuse("." * 50_000_000)
    assert time.process_time() - started < 0.5


def test_a_token_is_read_once_for_signature_and_claims() -> None:
    token = parse_token(GOOD)
    assert token.signed == f"{HEAD}.{BODY}".encode()
    assert encode(token.signature) == SIGNATURE
    assert token.claims["sun"] == "alice"
    assert repr(token) == str(token) == "Token(algorithm='HS256')"


def test_a_claim_of_another_name(tmp_path: Path) -> None:
    """Slurm looks at sun, then username, then userclaimfield=; so do we."""
    conf = tmp_path / "slurm.conf"
    conf.write_text("AuthAltParameters=jwt_key=/x,userclaimfield=preferred_username\n")
    named, told = NOWHERE._replace(slurm_conf=str(conf)), NOWHERE._replace(user_claim_field="email")
    foreign = make_token(claims(sun=..., preferred_username="alice", email="a@x"))
    assert read(foreign, named) == "alice"
    assert read(foreign, told) == "a@x"
    assert read(foreign, told._replace(slurm_conf=str(conf))) == "a@x"
    assert "'sun'" in refuse(foreign)
    for settings in (named, told):
        assert read(make_token(claims(preferred_username="bob", email="bob")), settings) == "alice"
        assert (
            read(make_token(claims(sun=..., username="alice", preferred_username="bob", email="bob")), settings)
            == "alice"
        )
    assert "'preferred_username'" in refuse(make_token(claims(sun=..., preferred_username=["alice"])), named)
    assert "'preferred_username'" in refuse(make_token(claims(sun=...)), named)


JSON_VALUES = st.recursive(st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(), lambda v: st.lists(v) | st.dictionaries(st.text(), v), max_leaves=5)  # fmt: skip


@given(st.dictionaries(st.sampled_from(["exp", "nbf", "iat", "sun", "username", "id"]), JSON_VALUES))
def test_any_claims_give_a_plain_name_or_a_refusal(body: dict[str, Any]) -> None:
    try:
        user = read(make_token(body))
    except AuthenticationFailure as error:
        assert len(error.reason) < 160
    else:
        assert user == body.get("sun", body.get("username"))
        assert user.isascii() and user.isprintable() and " " not in user
        assert body["exp"] >= NOW


@given(
    st.one_of(
        st.text(),
        st.text(alphabet="ABCabc012-_."),
        st.lists(st.binary(), min_size=3, max_size=3).map(lambda parts: ".".join(map(encode, parts))),
    )
)
def test_any_text_is_a_token_or_a_refusal(text: str) -> None:
    try:
        token = parse_token(text)
    except AuthenticationFailure:
        return
    assert isinstance(token, Token) and json.loads(json.dumps(token.claims)) == token.claims
