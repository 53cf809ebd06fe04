"""Authentication on real clusters: what Slurm takes and refuses, what its slurmrestd does, and who a job then belongs to.

Every token here is made with the cluster's own key, so that all that is wrong with it is what its row says.
"""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from clusters import PROGRAM, Cluster
from replies import Reply, format_request, parse_reply
from tokens import OTHER_SECRET, claims, encode, make_row, make_rs256, make_token

KEY = "var/lib/slurm-lab/jwt.key"
TOKEN, NAME, AUTHORIZATION = "X-SLURM-USER-TOKEN", "X-SLURM-USER-NAME", "Authorization"
STATES = "/slurm/v0.0.42/jobs/state/"
Fields = tuple[tuple[str, str], ...]


@pytest.fixture
def secret(cluster: Cluster) -> bytes:
    return (cluster.root / KEY).read_bytes()


@pytest.fixture
def make(secret: bytes) -> Any:
    """``make("root", exp=1)``: a token with the cluster's own signature."""
    return lambda user="alice", header=None, **changes: make_token(claims(sun=user, **changes), header, secret=secret)


def ask(cluster: Cluster, fields: Fields, path: str = STATES, method: str = "GET", body: Any = None) -> Reply:
    return parse_reply(cluster.ours(format_request(method, path, fields, body)), method)


def ask_peer(cluster: Cluster, fields: Fields) -> Reply:
    return parse_reply(cluster.peer(format_request("GET", STATES, fields)))


def is_refused(reply: Reply) -> bool:
    """Whether a client was told, in one way or another, that it is not authenticated."""
    return reply.status in (401, 511)


# fmt: off
# what a request holds (T is alice's token, R root's), and where slurmrestd differs: its status
CREDENTIALS: tuple[tuple[tuple[tuple[str, str], ...], int, int], ...] = (
    (((TOKEN, "T"),),                                       200, 200),
    (((TOKEN, "T"), (NAME, "alice")),                       200, 200),
    (((AUTHORIZATION, "Bearer T"),),                        200, 200),
    (((AUTHORIZATION, "Bearer T"), (NAME, "alice")),        200, 200),
    (((TOKEN, "R"), (NAME, "bob")),                         200, 200),
    (((AUTHORIZATION, "Bearer R"), (NAME, "bob")),          200, 200),
    ((),                                                    401, 401),
    (((NAME, "alice"),),                                    401, 401),
    (((TOKEN, "T"), (AUTHORIZATION, "Bearer T")),           401, 401),
    (((TOKEN, "T"), (AUTHORIZATION, "Basic YTpi")),         401, 401),
    (((AUTHORIZATION, "Basic YTpi"),),                      401, 401),
    (((AUTHORIZATION, ""),),                                401, 401),
    (((AUTHORIZATION, "T"),),                               401, 401),
    (((TOKEN, ""),),                                        401, 511),
    (((TOKEN, "T"), (NAME, "")),                            401, 511),
    (((TOKEN, "daemon"),),                                  401, 511),
    # not alice's to say: we know who she is
    (((TOKEN, "T"), (NAME, "bob")),                         403, 511),
    (((TOKEN, "T"), (NAME, "root")),                        403, 511),
    # a scheme's case does not matter, nor how many spaces follow it: RFC 9110 section 11
    (((AUTHORIZATION, "bearer T"),),                        200, 401),
    (((AUTHORIZATION, "Bearer  T"),),                       200, 511),
    # a field that stands twice has no one value
    (((TOKEN, "T"), (TOKEN, "R")),                          401, 200),
    (((TOKEN, "R"), (NAME, "alice"), (NAME, "bob")),        401, 200),
)
# fmt: on


def test_credentials_as_slurmrestd_judges_them(cluster: Cluster, make: Any) -> None:
    tokens = {"T": make(), "R": make("root")}
    found = []
    for row, ours, peers in CREDENTIALS:
        fields = tuple((name, " ".join(tokens.get(word, word) for word in value.split(" "))) for name, value in row)
        statuses = ask(cluster, fields).status, ask_peer(cluster, fields).status
        if statuses != (ours, peers):
            found.append((row, statuses))
    assert not found


# fmt: off
# what is changed in alice's good claims; whether Slurm's commands accept it; whether we do
CLAIMS: tuple[tuple[dict[str, Any], bool, bool], ...] = (
    ({},                                            True,  True),
    ({"iat": ...},                                  True,  True),
    ({"exp": ...},                                  False, False),
    ({"exp": 1},                                    False, False),
    ({"exp": "9999999999"},                         False, False),
    ({"exp": 9999999999.5},                         False, False),
    ({"exp": True},                                 False, False),
    ({"exp": 2**63 - 1},                            True,  True),
    ({"exp": 2**63},                                False, False),
    ({"sun": ...},                                  False, False),
    ({"sun": ["alice"]},                            False, False),
    ({"sun": 1001},                                 False, False),
    ({"sun": ..., "username": "alice"},             True,  True),
    ({"sun": ..., "sub": "alice"},                  False, False),
    ({"nbf": 1},                                    True,  True),
    # we are stricter
    ({"nbf": 9999999999},                           True,  False),
    ({"sun": ""},                                   True,  False),
    ({"sun": "alice "},                             True,  False),
    ({"sun": "+0"},                                 True,  False),
)
HEADERS: tuple[tuple[dict[str, Any], bool, bool], ...] = (
    ({"alg": "HS256"},                              True,  True),
    ({"alg": "HS256", "kid": "x"},                  True,  True),
    ({"alg": "none"},                               False, False),
    ({"alg": "hs256"},                              False, False),
    ({"alg": "HS512"},                              False, False),
    ({"alg": "RS256"},                              False, False),  # slurm.conf has no jwks=
    ({"alg": "HS256", "crit": ["x"]},               True,  False),
)
# fmt: on


def test_tokens_as_slurm_judges_them(cluster: Cluster, secret: bytes) -> None:
    """Ours against ``squeue``: what Slurm refuses is refused, here or by Slurm; what is refused here only is a row that says so."""
    rows = [(make_token(claims(**change), secret=secret), change, *rest) for change, *rest in CLAIMS]
    rows += [(make_token(header=header, secret=secret), header, *rest) for header, *rest in HEADERS]
    rows.append((make_token(secret=OTHER_SECRET), "another key", False, True))
    now = int(time.time())
    twice = f'{{"exp":{now + 600},"sun":"bob","sun":"alice"}}'
    rows.append((make_token(twice, secret=secret), "sun twice", True, False))
    found = []
    for token, what, slurm, here in rows:
        accepted = cluster.run(["squeue", "-h"], env={"SLURM_JWT": token}).returncode == 0
        reply = ask(cluster, ((TOKEN, token),))
        refused_here = is_refused(reply) and reply.json()["errors"][0]["error_number"] == 9008
        if (accepted, not refused_here) != (slurm, here) or (reply.status == 200) != (slurm and here):
            found.append((what, accepted, reply.status, refused_here))
    assert not found


def test_the_second_in_which_a_token_expires(cluster: Cluster, make: Any) -> None:
    token = make(exp=int(time.time()) + 1)
    assert ask(cluster, ((TOKEN, token),)).status == 200
    time.sleep(2.1)
    assert ask(cluster, ((TOKEN, token),)).status == 401


def find_owner(cluster: Cluster, fields: Fields) -> str:
    """Whose a job is that was submitted with these fields; the reply's status where there is none."""
    job = {"hold": True, "name": "auth", "current_working_directory": "/tmp", "environment": ["PATH=/bin"]}
    reply = ask(cluster, fields, "/slurm/v0.0.42/job/submit", "POST", {"job": job, "script": "#!/bin/sh\ntrue\n"})
    if reply.status != 200:
        return str(reply.status)
    number = str(reply.json()["job_id"])
    owner = cluster.slurm("squeue", "-h", "-o", "%u", "-j", number)
    cluster.slurm("scancel", number)
    return owner


def test_whose_a_job_is(cluster: Cluster, make: Any) -> None:
    # fmt: off
    rows = (
        (((TOKEN, make()),),                                              "alice"),
        (((AUTHORIZATION, f"Bearer {make('bob')}"),),                     "bob"),
        (((TOKEN, make("root")), (NAME, "bob")),                          "bob"),
        (((AUTHORIZATION, f"Bearer {make('slurm')}"), (NAME, "alice")),   "alice"),
        (((TOKEN, make("root")),),                                        "root"),
        (((TOKEN, make("root")), (NAME, "root")),                         "root"),
        (((TOKEN, make()), (NAME, "bob")),                                "403"),
        (((TOKEN, make("slurmrestd")), (NAME, "bob")),                    "403"),
    )
    # fmt: on
    assert [find_owner(cluster, fields) for fields, _ in rows] == [owner for _, owner in rows]
    assert find_owner(cluster, ((TOKEN, make("root")), (NAME, "nosuchuser"))) in ("401", "422")


def test_the_tokens_user_of_odd_claims(cluster: Cluster, secret: bytes) -> None:
    """Slurm looks at sun before username, so do we: the log names who the job belongs to."""
    for body in (claims(username="bob"), {"username": "bob", **claims()}):
        token = make_token(body, secret=secret)
        assert find_owner(cluster, ((TOKEN, token),)) == "alice"
        done = cluster.run([PROGRAM], input=format_request("GET", STATES, [(TOKEN, token)]))
        assert b" alice GET " in done.stderr


@pytest.fixture
def site_key(cluster: Cluster, secret: bytes) -> Iterator[str]:
    """The cluster's secret where the service may read it, as a site can choose."""
    yield from place(cluster, "auth.key", secret)


def place(cluster: Cluster, name: str, data: bytes, mode: int = 0o600) -> Iterator[str]:
    path = cluster.root / "tmp" / name
    path.write_bytes(data)
    cluster.run(["chown", "slurmrestd", f"/tmp/{name}"], user="root", check=True)
    path.chmod(mode)
    yield f"/tmp/{name}"
    path.unlink()


def test_with_a_key_of_ours_nothing_is_run_for_a_forged_token(cluster: Cluster, make: Any, site_key: str) -> None:
    for token, status in (
        (make(), 200),
        (make_token(secret=OTHER_SECRET), 401),
        (make_token(claims(), {"alg": "RS256"}), 401),
    ):
        request = format_request("GET", STATES, [(TOKEN, token)])
        done = cluster.run([PROGRAM, f"--jwt-key={site_key}"], input=request)
        assert parse_reply(done.stdout).status == status
        assert (b"squeue" in done.stderr) == (status == 200)
        assert token.encode() not in done.stderr and token.split(".")[2].encode() not in done.stderr


def test_rs256_with_a_jwks_of_ours(cluster: Cluster) -> None:
    """The signature is verified here; this cluster, which knows no JWKS, then refuses what it cannot verify itself."""
    from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key

    private = generate_private_key(65537, 2048)
    document = json.dumps({"keys": [make_row(private)]}).encode()
    good = make_rs256(private)
    forged = f"{good.rpartition('.')[0]}.{encode(bytes(256))}"
    for path in place(cluster, "auth.jwks", document, 0o644):
        for token, reason in ((good, b"squeue"), (forged, b"RS256 signature"), (make_token(), b"no key for HS256")):
            done = cluster.run([PROGRAM, f"--jwks={path}"], input=format_request("GET", STATES, [(TOKEN, token)]))
            assert parse_reply(done.stdout).status == 401
            assert reason in done.stderr


def test_a_key_that_cannot_be_read_is_the_services_fault(cluster: Cluster, make: Any) -> None:
    request = format_request("GET", STATES, [(TOKEN, make())])
    done = cluster.run([PROGRAM, f"--jwt-key=/{KEY}"], input=request)
    # where even its folder is slurm's own, the option already says that there is no such file
    if done.stdout:
        assert parse_reply(done.stdout).status == 500
    assert b"jwt.key" in done.stderr and b"jwt.key" not in done.stdout


# fmt: off
# how the request reaches fd 0 of a program that runs as slurmrestd; whether we serve it, whether slurmrestd does
PEERS = (
    ("cat /tmp/auth.request | {}",                                                            True,  True),
    ("chmod 600 /tmp/auth.request; {} </tmp/auth.request",                                    True,  True),
    ("chmod 640 /tmp/auth.request; {} </tmp/auth.request",                                    True,  True),
    ("chmod 660 /tmp/auth.request; {} </tmp/auth.request",                                    False, True),
    ("chmod 644 /tmp/auth.request; {} </tmp/auth.request",                                    False, False),
    ("mkfifo -m 600 /tmp/auth.fifo; cat /tmp/auth.request >/tmp/auth.fifo & {} </tmp/auth.fifo",  True,  True),
    ("mkfifo -m 644 /tmp/auth.fifo; cat /tmp/auth.request >/tmp/auth.fifo & {} </tmp/auth.fifo",  False, False),
)
# fmt: on


@pytest.mark.parametrize(("way", "ours", "peers"), PEERS)
def test_local_peers(cluster: Cluster, way: str, ours: bool, peers: bool) -> None:
    """rest_auth/local needs nothing but a pipe or a file of the service's own; munge says who that is."""
    for _ in place(cluster, "auth.request", format_request("GET", STATES)):
        served = []
        for program in (PROGRAM, "slurmrestd -a rest_auth/local"):
            done = cluster.run(["sh", "-c", f"rm -f /tmp/auth.fifo; {way.format(program)}; rm -f /tmp/auth.fifo"])
            served.append(parse_reply(done.stdout).status == 200)
        assert served == [ours, peers]


def test_another_users_pipe_is_not_the_services(cluster: Cluster) -> None:
    """The pipe that the test itself made is root's."""
    done = cluster.run([PROGRAM], input=format_request("GET", STATES))
    assert parse_reply(done.stdout).status == 401
    assert b"uid 0's, not this service's" in done.stderr


def test_a_token_is_never_mended_by_a_local_peer(cluster: Cluster) -> None:
    """slurmrestd with -a rest_auth/local serves such a request as its own user."""
    fields = [(TOKEN, make_token(secret=OTHER_SECRET))]
    for _ in place(cluster, "auth.request", format_request("GET", STATES, fields)):
        for options in ("", "-a rest_auth/local"):
            done = cluster.run(["sh", "-c", f"cat /tmp/auth.request | {PROGRAM} {options}"])
            assert parse_reply(done.stdout).status == 401


def test_slurm_jwt_of_the_service_is_nobodys(cluster: Cluster, make: Any) -> None:
    environment = {"SLURM_JWT": make("root")}
    assert parse_reply(cluster.ours(format_request("GET", STATES), env=environment)).status == 401
    assert parse_reply(cluster.ours(format_request("GET", STATES, [(NAME, "root")]), env=environment)).status == 401


def test_every_refusal_reads_the_same(cluster: Cluster, make: Any, tmp_path: Path) -> None:
    """But for meta, which names the descriptors that the request came from."""
    refused = set()
    for fields in (
        (),
        ((TOKEN, "x"),),
        ((TOKEN, make(exp=1)),),
        ((AUTHORIZATION, "Basic x"),),
        ((TOKEN, make()), (NAME, "-x")),
        ((NAME, "root"), (TOKEN, make_token(claims(), secret=OTHER_SECRET))),
    ):
        reply = ask(cluster, fields)
        document = reply.json()
        del document["meta"]
        refused.add((reply.status, reply.get("www-authenticate"), json.dumps(document)))
    assert len(refused) == 1
