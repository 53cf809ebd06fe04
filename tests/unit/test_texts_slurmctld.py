"""The controller's state on Slurm 22.05, whose commands print text: recorded text, and what that release's slurmrestd said at the time."""

import json
from pathlib import Path
from typing import Any, cast

import pytest
from conftest import Asker, Heard
from hypothesis import given, settings
from hypothesis import strategies as st
from playback import FIXTURES, FakeSlurm, print_listing, read_recording

from slurmrest_inetd.errors import ApiError, CutShort, InternalFault
from slurmrest_inetd.model import Passage
from slurmrest_inetd.routing import load_handler
from slurmrest_inetd.texts import partitions
from slurmrest_inetd.texts.asking import make_nonce, parse_utc
from slurmrest_inetd.texts.diag import build_diag
from slurmrest_inetd.texts.job_states import parse_line
from slurmrest_inetd.texts.jobs import sort_records
from slurmrest_inetd.texts.licenses import parse_license
from slurmrest_inetd.texts.listing import arrange
from slurmrest_inetd.texts.partitions import GRAMMAR as PARTITION
from slurmrest_inetd.texts.records import split_records
from slurmrest_inetd.texts.reservations import GRAMMAR as RESERVATION
from slurmrest_inetd.texts.reservations import list_reservations
from slurmrest_inetd.texts.shares import COLUMNS, find_parents
from slurmrest_inetd.versions.early_state import share_cpus

DOWN = b"Unable to contact slurm controller (connect failure)\n"
HUNG_UP = b"Zero Bytes were transmitted or received\n"
FAILED = b'{"errors": [{"error": "Unspecified error", "errno": -1}], "nodes": [], "jobs": []}'
SHOW_LICENSES = ["scontrol", "show", "licenses"]
SHOW_PARTITIONS = ["scontrol", "--oneliner", "--all", "show", "partitions"]
SHOW_RESERVATIONS = ["scontrol", "--oneliner", "show", "reservations"]
SQUEUE = ["squeue", "--json"]
# names that would forge a record, were they not known from elsewhere
PIECES = st.sampled_from(["a", "b", " ", "=", "\n", "ü", "ReservationName=", "PartitionName=", " StartTime=", "(null)"])
NAMES = st.lists(st.lists(PIECES, min_size=1, max_size=6).map("".join), min_size=1, max_size=4, unique=True)


@pytest.fixture
def early(early_slurm: FakeSlurm, monkeypatch: pytest.MonkeyPatch) -> FakeSlurm:
    """A Slurm without data_parser, its nonce the recordings'."""
    for program in ("squeue", "sinfo", "scontrol", "sdiag", "sshare"):
        early_slurm.say([program, "--version"], b"slurm-wlm 22.05.8\n")
    monkeypatch.setattr(partitions, "make_nonce", lambda: "NONCE")
    return early_slurm


def replay(fake: FakeSlurm, *names: str) -> None:
    """Install recordings of 22.05; the ``env TZ=UTC`` before a command is in its environment, not in its argv."""
    for name in names:
        recording = read_recording("22.05", name)
        argv = recording.argv[2:] if recording.argv[0] == "env" else recording.argv
        fake.say(argv, recording.stdout, recording.stderr, recording.status)


def read_payload(name: str) -> dict[str, Any]:
    """What slurmrestd of 22.05 said."""
    payload: dict[str, Any] = json.loads((FIXTURES / "22.05" / f"{name}.payload").read_text())
    return payload


def drop_envelope(heard: Heard) -> dict[str, Any]:
    """The payload of a reply that went well."""
    assert heard.status == 200, heard
    return {name: value for name, value in heard.document.items() if name not in ("meta", "errors", "warnings")}


@pytest.mark.parametrize(
    ("noun", "recordings"),
    [
        ("partitions", ("partitions", "partition-names")),
        ("reservations", ("reservations", "reservation-names")),
        ("ping", ("ping",)),
    ],
)
def test_a_payload_is_slurmrestds(early: FakeSlurm, ask: Asker, noun: str, recordings: tuple[str, ...]) -> None:
    replay(early, *recordings)
    assert drop_envelope(ask(f"/slurm/v0.0.38/{noun}")) == read_payload(noun)
    assert all(call.environment["SLURM_JWT"] for call in early.calls if "--version" not in call.argv)


def test_licenses_are_slurmrestds_but_sorted(early: FakeSlurm, ask: Asker) -> None:
    replay(early, "licenses")
    expected = sorted(read_payload("licenses")["licenses"], key=lambda one: str(one["LicenseName"]))
    assert drop_envelope(ask("/slurm/v0.0.38/licenses"))["licenses"] == expected
    assert {one["Remote"] for one in expected} == {True, False}


def test_statistics(early: FakeSlurm, ask: Asker) -> None:
    replay(early, "diag")
    told = drop_envelope(ask("/slurm/v0.0.38/diag"))["statistics"]
    lines = {line.strip() for line in read_recording("22.05", "diag").stdout.decode().splitlines()}
    assert f"Jobs submitted: {told['jobs_submitted']}" in lines
    assert f"Last cycle: {told['bf_cycle_last']}" in lines
    assert f"Last cycle:   {told['schedule_cycle_last']}" in lines
    assert f"Latency for 1000 calls to gettimeofday(): {told['gettimeofday_latency']} microseconds" in lines
    assert told["req_time"] > told["req_time_start"] > 1_700_000_000
    assert told["bf_when_last_cycle"] > 1_700_000_000
    assert told["parts_packed"] == 1
    assert told["bf_active"] is False
    assert {"message_type", "type_id", "count", "average_time", "total_time"} == set(told["rpcs_by_message_type"][0])
    assert {"root", "alice"} <= {rpc["user"] for rpc in told["rpcs_by_user"]}
    assert len(told["rpcs_by_message_type"]) + len(told["rpcs_by_user"]) == sum("ave_time:" in line for line in lines)


def test_statistics_of_another_kind_are_refused() -> None:
    class Silent:
        def print_text(self, *_: str) -> str:
            return "nothing\n"

    with pytest.raises(InternalFault):
        build_diag(Silent())  # type: ignore[arg-type]  # all that it asks of an Ask


def test_one_of_many(early: FakeSlurm, ask: Asker) -> None:
    replay(early, "partitions", "partition-names", "reservations", "reservation-names", "nodes")
    assert [one["name"] for one in drop_envelope(ask("/slurm/v0.0.38/partition/ODD2"))["partitions"]] == ["odd2"]
    assert ask("/slurm/v0.0.38/partition/y").status == 404
    forged = ask("/slurm/v0.0.38/reservation/forged")
    assert (forged.status, forged.document["errors"][0]["error_number"]) == (404, 2053)
    assert [one["name"] for one in drop_envelope(ask("/slurm/v0.0.38/reservation/tomorrow"))["reservations"]] == [
        "tomorrow"
    ]
    assert [one["name"] for one in drop_envelope(ask("/slurm/v0.0.38/node/n1"))["nodes"]] == ["n1"]
    assert ask("/slurm/v0.0.38/node/n4").status == 404
    assert (
        drop_envelope(ask("/slurm/v0.0.38/nodes"))["nodes"]
        == json.loads(read_recording("22.05", "nodes").stdout)["nodes"]
    )


def test_hidden_partitions_are_listed_where_a_later_version_asks_for_them(early: FakeSlurm, ask: Asker) -> None:
    replay(early, "partitions", "partition-names")
    early.say(["scontrol", "--oneliner", "show", "partitions"])
    early.say(["sinfo", "--noheader", "--format=%RNONCE"])
    assert drop_envelope(ask("/slurm/v0.0.42/partitions"))["partitions"] == []
    assert len(drop_envelope(ask("/slurm/v0.0.42/partitions?flags=ALL"))["partitions"]) > 3


def test_no_reservation(early: FakeSlurm, ask: Asker) -> None:
    for command in (["sinfo", "--reservation"], SHOW_RESERVATIONS):
        early.say(command, b"No reservations in the system\n")
    assert drop_envelope(ask("/slurm/v0.0.38/reservations")) == {"reservations": []}
    assert {call.environment["TZ"] for call in early.calls} == {"UTC"}


@pytest.mark.parametrize("noun", ["partitions", "reservations", "licenses", "diag", "nodes", "jobs", "job/1"])
@pytest.mark.parametrize(("said", "status", "number"), [(DOWN, 502, 1800), (HUNG_UP, 401, 5005)])
def test_what_a_command_failed_of(
    early: FakeSlurm, ask: Asker, noun: str, said: bytes, status: int, number: int
) -> None:
    for name in ("squeue", "sinfo"):
        early.say([name, "--json"], FAILED)
        early.say(name, b"", b"slurm_load_partitions: " + said, 1)
    for name in ("scontrol", "sdiag"):
        early.say(name, b"", b"slurm_load_license error: " + said, 1)
    heard = ask(f"/slurm/v0.0.38/{noun}")
    assert (heard.status, heard.document["errors"][0]["error_number"]) == (status, number)
    assert ("www-authenticate" in heard.headers) == (status == 401)


def test_errors_without_a_reason_are_no_empty_list(early: FakeSlurm, ask: Asker) -> None:
    early.say(SQUEUE, FAILED)
    early.say(SHOW_LICENSES)
    assert ask("/slurm/v0.0.38/jobs").status == 500


def test_a_refused_token_is_not_a_controller_that_is_down(early: FakeSlurm, ask: Asker) -> None:
    early.say(["scontrol", "ping"], b"Slurmctld(primary) at a is DOWN\nSlurmctld(backup1) at b is DOWN\n", status=1)
    early.say(SHOW_LICENSES, b"", HUNG_UP, 1)
    assert ask("/slurm/v0.0.38/ping").status == 401


def test_controllers_that_are_down(early: FakeSlurm, ask: Asker) -> None:
    early.say(["scontrol", "ping"], b"Slurmctld(primary) at a is DOWN\nSlurmctld(backup1) at b is DOWN\n", status=1)
    early.say(SHOW_LICENSES, b"", DOWN, 1)
    down = [(one["hostname"], one["ping"], one["mode"]) for one in drop_envelope(ask("/slurm/v0.0.38/ping"))["pings"]]
    assert down == [("a", "DOWN", "primary"), ("b", "DOWN", "backup1")]


@pytest.mark.parametrize(("said", "status"), [(b"", 500), (b"scontrol: fatal: no such file\n", 422)])
def test_a_ping_that_says_nothing(early: FakeSlurm, ask: Asker, said: bytes, status: int) -> None:
    early.say("scontrol", b"", said, 1 if said else 0)
    assert ask("/slurm/v0.0.38/ping").status == status


JOBS = [
    {"job_id": 23, "array_job_id": 15, "het_job_id": 0},
    {"job_id": 18, "array_job_id": 0, "het_job_id": 18},
    {"job_id": 19, "array_job_id": 0, "het_job_id": 18},
    {"job_id": 24, "array_job_id": 15, "het_job_id": 0},
    {"job_id": 15, "array_job_id": 15, "het_job_id": 0},
]


@pytest.mark.parametrize(("job_id", "records"), [(15, [15, 24, 23]), (23, [23]), (18, [18, 19]), (19, [19]), (1, [])])
def test_which_records_a_job_has(job_id: int, records: list[int]) -> None:
    assert [job["job_id"] for job in sort_records(JOBS, job_id)] == records


def make_jobs(count: int) -> list[dict[str, Any]]:
    """Jobs whose names look like the end of their list."""
    name = "\n  ]\n}\udcff"
    return [{"job_id": at, "array_job_id": 0, "het_job_id": 0, "name": name} for at in range(1, count + 1)]


def test_a_job_that_is_not_utf8_is_valid_json(early: FakeSlurm, ask: Asker) -> None:
    early.say(SQUEUE, print_listing("jobs", make_jobs(3)))
    assert [job["job_id"] for job in drop_envelope(ask("/slurm/v0.0.38/jobs"))["jobs"]] == [1, 2, 3]
    assert drop_envelope(ask("/slurm/v0.0.38/job/2"))["jobs"][0]["name"] == "\n  ]\n}\ufffd"
    heard = ask("/slurm/v0.0.38/job/4")
    assert (heard.status, heard.document["errors"][0]["error_number"]) == (404, 2017)


@pytest.mark.parametrize(("version", "count"), [(38, 0), (38, 1), (38, 15000), (36, 0), (36, 1000), (45, 0), (45, 300)])
def test_a_list_of_any_length(early: FakeSlurm, ask: Asker, version: int, count: int) -> None:
    early.say(SQUEUE, print_listing("jobs", make_jobs(count)))
    heard = ask(f"/slurm/v0.0.{version}/jobs")
    assert [job["job_id"] for job in drop_envelope(heard)["jobs"]] == list(range(1, count + 1))
    assert heard.document["meta"]["plugin"]["type"] == (
        "openapi/slurmctld" if version == 45 else f"openapi/v0.0.{version}"
    )
    assert all(job["name"] == "\n  ]\n}\ufffd" for job in heard.document["jobs"])


def test_jobs_as_yaml(early: FakeSlurm, ask: Asker) -> None:
    early.say(SQUEUE, print_listing("jobs", make_jobs(1)))
    assert b"job_id: 1" in ask("/slurm/v0.0.38/jobs", media="yaml").document["raw"].replace(b"!!str ", b"").replace(
        b"!!int ", b""
    )


@pytest.mark.parametrize(("count", "error"), [(2, ApiError), (15000, CutShort)])
def test_a_list_that_breaks_off(early: FakeSlurm, ask: Asker, count: int, error: type[Exception]) -> None:
    early.say(SQUEUE, print_listing("jobs", make_jobs(count))[:-100])
    call = ask.make_call("/slurm/v0.0.38/jobs")
    with pytest.raises(error):
        list(cast(Passage, load_handler(call.endpoint)(call)).chunks)


@given(st.integers(0, 3), st.integers(1, 40))
@settings(max_examples=40)
def test_a_list_arrives_in_pieces_of_any_size(count: int, size: int) -> None:
    rest = print_listing("jobs", make_jobs(count)).partition(b'"jobs": [')[2]
    pieces = [rest[at : at + size] for at in range(0, len(rest), size)]
    made = list(arrange(b"jobs", pieces[0], iter(pieces[1:]), b'  "errors": []\n}\n'))
    assert all(made)
    document = json.loads(b"".join(made).replace(b"\xff", b""))
    assert [job["job_id"] for job in document["jobs"]] == list(range(1, count + 1))
    assert document["errors"] == []


def test_states_of_jobs(early: FakeSlurm, ask: Asker) -> None:
    replay(early, "job-states")
    argv = read_recording("22.05", "job-states").argv
    early.say(
        argv, b"19|18+1|RUNNING\n18|18+0|RUNNING\n15|15_3|PENDING\n15|15_4|PENDING\n23|15_1|COMPLETED\n7|7|FAILED\n"
    )
    every = drop_envelope(ask("/slurm/v0.0.40/jobs/state"))["jobs"]
    lines = read_recording("22.05", "job-states").stdout.decode().splitlines()
    assert len(every) == len(lines)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["7", "15_3", "15_4", "18+0", "19+1", "23"]),
        ("?job_id=15", ["15_3", "15_4"]), ("?job_id=15_4,7", ["7", "15_4"]), ("?job_id=18%2B1", ["19+1"]), ("?job_id=8", []),
    ],
)  # fmt: skip
def test_states_of_some_jobs(early: FakeSlurm, ask: Asker, query: str, names: list[str]) -> None:
    early.say(
        "squeue", b"19|18+1|RUNNING\n18|18+0|RUNNING\n15|15_3|PENDING\n15|15_4|PENDING\n23|23|COMPLETED\n7|7|FAILED\n"
    )
    assert [job["job_id"] for job in drop_envelope(ask(f"/slurm/v0.0.40/jobs/state{query}"))["jobs"]] == names


@pytest.mark.parametrize("line", ["", "1|2", "x|1|RUNNING", "1|x|RUNNING", "1|1|running"])
def test_a_line_of_states_is_three_words(line: str) -> None:
    with pytest.raises(InternalFault):
        parse_line(line)


def format_share(**values: str) -> bytes:
    """A row of sshare, as wide as it is asked for; users and partitions stand at the right, whatever was asked."""
    cells = [values.get(column.name, "") for column in COLUMNS]
    made = [
        (cell.encode().rjust if column.name in ("User", "Partition") else cell.encode().ljust)(column.width)
        for cell, column in zip(cells, COLUMNS, strict=True)
    ]
    return b" ".join(made) + b" \n"


def test_shares(early: FakeSlurm, ask: Asker) -> None:
    used = {"GrpTRESRaw": "cpu=3,gres/gpu=1", "GrpTRESMins": "cpu=50", "TRESRunMins": "cpu=2,gres/gpu=0"}
    early.say(
        "sshare",
        format_share(ID="1", Account="root", RawUsage="5", EffectvUsage="1.000000", **used)
        + format_share(ID="2", Account=" we|i\nrd", RawShares="1", NormShares="0.5", LevelFS="inf")
        + format_share(
            ID="3", Account="  we|i\nrd", User="ali ce", RawShares="parent", FairShare="0.25", Partition="debug"
        ),
    )
    heard = drop_envelope(ask("/slurm/v0.0.40/shares?users=alice"))["shares"]["shares"]
    assert "--users=alice" in early.argvs[-1]
    assert [(one["name"], one["parent"], one["type"]) for one in heard] == [
        ("root", "", ["ASSOCIATION"]), ("we|i\nrd", "root", ["ASSOCIATION"]), ("ali ce", "we|i\nrd", ["USER"]),
    ]  # fmt: skip
    assert heard[0]["tres"]["run_seconds"][0] == {
        "name": "cpu",
        "value": {"set": True, "infinite": False, "number": 120},
    }
    assert [one["value"]["infinite"] for one in heard[0]["tres"]["group_minutes"]] == [False, True]
    assert heard[0]["tres"]["usage"][1] == {"name": "gres/gpu", "value": 60.0}
    assert [one["fairshare"] for one in heard] == [
        {"factor": 0.0, "level": 4294967294.0}, {"factor": 0.0, "level": 1.7976931348623157e308}, {"factor": 0.25, "level": 4294967294.0},
    ]  # fmt: skip
    assert [one["shares"]["set"] for one in heard] == [False, True, False]
    assert heard[2]["partition"] == "debug"


@given(st.lists(st.tuples(st.text(" ab", min_size=1), st.sampled_from(["", "bob"])), max_size=6))
@settings(max_examples=50)
def test_every_share_has_a_parent_whatever_it_is_called(rows: list[tuple[str, str]]) -> None:
    assert len(find_parents([{"Account": account, "User": user} for account, user in rows])) == len(rows)


def format_record(noun: str, name: str, keys: str) -> str:
    """A record as scontrol prints it, every value its key."""
    words = [word.partition("|")[0] for word in keys.split() if not word.endswith("?")]
    return f"{noun}={name} {' '.join(f'{word}={word}' for word in words)}\n"


@given(NAMES)
@settings(max_examples=60)
def test_no_name_forges_a_record(names: list[str]) -> None:
    keys = "StartTime EndTime Duration Nodes NodeCnt CoreCnt Features PartitionName Flags TRES Users Groups Accounts Licenses State BurstBuffer Watts MaxStartDelay"
    text = "".join(format_record("ReservationName", name, keys) for name in names)
    records = split_records(RESERVATION, names, text)
    assert records is not None
    assert [record["ReservationName"] for record in records] == names
    assert all(record["Nodes"] == "Nodes" for record in records)
    forged = format_record("ReservationName", "forged", keys) + text
    assert split_records(RESERVATION, [name for name in names if name != "forged"], forged) is None


@given(NAMES)
@settings(max_examples=60)
def test_reservations_are_listed_by_the_width_of_their_column(names: list[str]) -> None:
    encoded = [name.encode() for name in names]
    width = max(len(b"RESV_NAME"), *map(len, encoded))
    heading = (
        b"RESV_NAME".ljust(width) + b"     STATE           START_TIME             END_TIME     DURATION  NODELIST\n"
    )
    rest = b"  INACTIVE  2026-11-22T18:09:00  2026-11-22T20:09:00     02:00:00  n[1-3]\n"
    printed = heading + b"".join(name.ljust(width) + rest for name in encoded)
    assert list_reservations(printed) == [name.rstrip(" ") for name in names]


@pytest.mark.parametrize("printed", [b"something else\n", b"RESV_NAME\nx\n", b"RESV_NAME     STATE           START_TIME             END_TIME     DURATION  NODELIST\nx\n"])  # fmt: skip
def test_another_listing_is_refused(printed: bytes) -> None:
    with pytest.raises(InternalFault):
        assert list_reservations(printed) != []


def test_a_state_that_changes_between_two_commands_is_asked_again(early: FakeSlurm, ask: Asker) -> None:
    replay(early, "partitions")
    early.say(["sinfo", "--all", "--noheader", "--format=%RNONCE"], b"debugNONCE\n")
    assert ask("/slurm/v0.0.38/partitions").status == 500
    assert len(early.calls) == 6


def test_records_without_a_key_are_none(early: FakeSlurm) -> None:
    assert split_records(PARTITION, ["a"], "PartitionName=a AllowGroups=ALL\n") is None
    assert split_records(PARTITION, ["a"], "") is None
    assert split_records(PARTITION, [], "") == []


@pytest.mark.parametrize("line", ["LicenseName=a Total=1 Used=x Free=0 Reserved=0 Remote=no\n", "LicenseName=a\n"])
def test_a_license_is_six_values(line: str) -> None:
    with pytest.raises(InternalFault):
        parse_license(line)


def test_a_word_before_the_licenses(early: FakeSlurm, ask: Asker) -> None:
    early.say("scontrol", b"hello\nLicenseName=a Total=1 Used=1 Free=0 Reserved=0 Remote=no\n")
    assert ask("/slurm/v0.0.38/licenses").status == 500


def test_no_license(early: FakeSlurm, ask: Asker) -> None:
    early.say("scontrol", b"No licenses configured in Slurm.\n")
    assert drop_envelope(ask("/slurm/v0.0.38/licenses")) == {"licenses": []}


@pytest.mark.parametrize("ahead", [10**10, 1])
def test_nothing_changed_since_a_time_that_lies_ahead(early: FakeSlurm, ask: Asker, ahead: int) -> None:
    replay(early, "diag", "nodes")
    assert ask(f"/slurm/v0.0.38/nodes?update_time={ahead}").status == (304 if ahead > 1 else 200)


def test_a_clock_that_cannot_be_asked_leaves_the_failure_to_the_next(early: FakeSlurm, ask: Asker) -> None:
    early.say("sdiag", b"", DOWN, 1)
    replay(early, "nodes")
    assert ask("/slurm/v0.0.38/nodes?update_time=10000000000").status == 200


@pytest.mark.parametrize(
    "target",
    ["nodes?flags=FUTURE", "node/n1?flags=FUTURE", "jobs?flags=FEDERATION", "partition/--future?flags=SIBLING"],
)
def test_a_flag_that_the_release_cannot_obey_is_refused(early: FakeSlurm, ask: Asker, target: str) -> None:
    heard = ask(f"/slurm/v0.0.42/{target}")
    assert (heard.status, heard.document["errors"][0]["description"].split()[-3]) == (501, target.partition("=")[2])
    assert early.calls == []


def test_a_partition_that_is_called_as_such_a_flag_is_none(early: FakeSlurm, ask: Asker) -> None:
    replay(early, "partitions", "partition-names")
    assert ask("/slurm/v0.0.38/partition/--future").status == 404


def test_times_and_nonces() -> None:
    assert parse_utc("2026-11-22T18:09:00") == 1795370940
    assert parse_utc("Unknown") == 0
    assert len({make_nonce() for _ in range(100)}) == 100


@pytest.mark.parametrize(("cpus", "shares"), [(4, [2, 2]), (5, [1, 1]), (0, [0, 0])])
def test_each_nodes_cpus_are_told_where_all_gave_as_many(cpus: int, shares: list[int]) -> None:
    nodes = {str(at): {"cores": {"0": "assigned"}, "cpus": 1} for at in range(2)}
    share_cpus(cpus, nodes)
    assert [node["cpus"] for node in nodes.values()] == shares
    nodes["1"]["cores"] = {}
    share_cpus(8, nodes)
    assert [node["cpus"] for node in nodes.values()] == shares


def test_every_payload_was_recorded_with_its_text() -> None:
    payloads = {path.name.partition(".")[0] for path in Path(FIXTURES / "22.05").glob("*.payload")}
    assert payloads == {"partitions", "reservations", "licenses", "ping"}
