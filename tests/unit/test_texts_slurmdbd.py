"""Accounting on Slurm 22.05, whose sacctmgr prints columns: recorded text, and what that release's slurmrestd said at the time."""

import json
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from conftest import Asker, Heard
from hypothesis import given, settings
from hypothesis import strategies as st
from playback import FIXTURES, FakeSlurm

from slurmrest_inetd.errors import InternalFault, NotImplementedHere
from slurmrest_inetd.texts import associations, numbers, users, wckeys
from slurmrest_inetd.texts.accounted_jobs import LISTED
from slurmrest_inetd.texts.associations import SHORT_COLUMNS
from slurmrest_inetd.texts.columns import WIDEST_BYTES, Column, Row, format_column, list_cells, read_columns
from slurmrest_inetd.texts.coordinators import list_accounts, list_users
from slurmrest_inetd.texts.sacct_records import FORMAT, mend, read_records
from slurmrest_inetd.versions.schema_files import read_schemas
from slurmrest_inetd.versions.schemas import Schema

RECORDED = sorted((FIXTURES / "22.05" / "slurmdbd").glob("*.json"))
# what 22.05's slurmrestd has in no order, or wrong (tests/cluster/differences.py)
UNORDERED, WRONG = ("coordinators", "RPCs", "users"), ("exit_code",)
DENIED = b"sacctmgr: error: Your user doesn't have privilege to perform this action\n Error with request: Access/permission denied\n"
REFUSED = b"sacctmgr: error: Sending PersistInit msg: Protocol authentication error\n Problem with query.\n"
DOWN = b"sacctmgr: error: Sending PersistInit msg: Connection refused\n"
READS = (
    "accounts",
    "account/a",
    "users",
    "user/a",
    "associations",
    "qos",
    "qos/a",
    "clusters",
    "tres",
    "wckeys",
    "diag",
    "config",
)


@pytest.fixture
def early(early_slurm: FakeSlurm) -> FakeSlurm:
    """A Slurm without data_parser, of a known release."""
    early_slurm.say(["scontrol", "--version"], b"slurm-wlm 22.05.8\n")
    return early_slurm


def payload(heard: Heard) -> dict[str, Any]:
    assert heard.status == 200, heard
    return {name: value for name, value in heard.document.items() if name not in ("meta", "errors", "warnings")}


def settle(value: Any) -> Any:
    """A document without what slurmrestd has in no order, or wrong."""
    if isinstance(value, dict):
        return {
            name: sorted(map(json.dumps, member)) if name in UNORDERED and not has_entries(member) else settle(member)
            for name, member in value.items()
            if name not in WRONG
        }
    return [settle(member) for member in value] if isinstance(value, list) else value


def has_entries(members: list[dict[str, Any]]) -> bool:
    """Whether a list called ``users`` is the one of accounting."""
    return any("administrator_level" in member for member in members)


# --- what was recorded


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
def test_a_payload_is_slurmrestds(early: FakeSlurm, ask: Asker, path: Path) -> None:
    recorded = json.loads(path.read_text())
    for ran in recorded["ran"]:
        early.say(ran["argv"], ran["stdout"].encode("latin-1"), ran["stderr"].encode("latin-1"), ran["status"])
    made = payload(ask(recorded["target"]))
    if path.stem == "diag":
        assert made["statistics"].keys() == recorded["payload"]["statistics"].keys()
        assert made["statistics"]["rollups"] == recorded["payload"]["statistics"]["rollups"]
        assert made["statistics"]["time_start"] == recorded["payload"]["statistics"]["time_start"]
        return
    assert settle(made) == settle(recorded["payload"])
    assert all(call.environment["SLURM_JWT"] for call in early.calls if "--version" not in call.argv)


def test_statistics_are_counted(early: FakeSlurm, ask: Asker) -> None:
    ran = json.loads((FIXTURES / "22.05" / "slurmdbd" / "diag.json").read_text())["ran"][0]
    early.say(ran["argv"], ran["stdout"].encode())
    made = payload(ask("/slurmdb/v0.0.38/diag"))["statistics"]
    assert len(made["RPCs"]) + len(made["users"]) == ran["stdout"].count("ave_time:")
    assert {"rpc", "count", "time"} == made["RPCs"][0].keys()
    assert {"root", "slurm"} <= {one["user"] for one in made["users"]}


def test_an_exit_status_is_told(early: FakeSlurm, ask: Asker) -> None:
    recorded = json.loads((FIXTURES / "22.05" / "slurmdbd" / "job-failed.json").read_text())
    for ran in recorded["ran"]:
        early.say(ran["argv"], ran["stdout"].encode("latin-1"))
    job = payload(ask(recorded["target"]))["jobs"][0]
    assert job["exit_code"] == {"status": "ERROR", "return_code": 3} == job["steps"][0]["exit_code"]
    assert recorded["payload"]["jobs"][0]["exit_code"]["return_code"] == 0


# --- columns cannot be forged

# What is in a value that somebody else chose.
PIECES = st.sampled_from(["a", "b", " ", "  ", "=", "|", "\n", "ü", "+", "root", "\t", "1"])
VALUES = st.lists(PIECES, max_size=40).map("".join).filter(lambda text: bool(text.strip(" ")) or not text)
COLUMNS = (Column("Account", 8, free=True), Column("ID", 8), Column("Description", 16, free=True))


def print_columns(rows: list[Row], argv: tuple[str, ...]) -> bytes:
    """What sacctmgr prints: each value cut or filled up to the width that is asked for, in bytes."""
    printed = b""
    for row in rows:
        for name, width in re.findall(r"(\w+)%(-?\d+)", argv[-1]):
            value, length = row[name].encode(), abs(int(width))
            if len(value) > length:
                value = value[: length - 1] + b"+"
            printed += (value.ljust(length) if int(width) < 0 else value.rjust(length)) + b" "
        printed += b"\n"
    return printed


class Printing:
    """An Ask whose command prints these rows."""

    def __init__(self, print_rows: Callable[[tuple[str, ...]], bytes]) -> None:
        self.print_rows = print_rows
        self.ran: list[tuple[str, ...]] = []

    def run(self, *argv: str) -> bytes:
        self.ran.append(argv)
        return self.print_rows(argv)


def read(printing: Printing, columns: tuple[Column, ...] = COLUMNS) -> list[Row]:
    return read_columns(printing, ("sacctmgr",), "format=", columns)  # type: ignore[arg-type]  # all that it asks of an Ask


@settings(max_examples=60)
@given(st.lists(st.tuples(VALUES, st.integers(0, 2**32), VALUES), max_size=5))
def test_columns_are_read_as_they_were_written(entries: list[tuple[str, int, str]]) -> None:
    rows = [{"Account": name, "ID": str(number % 10**7), "Description": text} for name, number, text in entries]
    assert read(Printing(lambda argv: print_columns(rows, argv))) == rows


def test_what_is_cut_is_asked_for_again_and_what_ends_in_a_plus_is_not_lost() -> None:
    rows = [{"Account": "ends in +", "ID": "1", "Description": "ü" * 300 + "+"}]
    printing = Printing(lambda argv: print_columns(rows, argv))
    assert read(printing) == rows
    assert len(printing.ran) > 1


def test_what_no_column_holds_is_refused() -> None:
    rows = [{"Account": "x" * (WIDEST_BYTES + 1), "ID": "1", "Description": ""}]
    with pytest.raises(NotImplementedHere, match="Account is longer"):
        read(Printing(lambda argv: print_columns(rows, argv)))


@pytest.mark.parametrize("printed", [b"a line\n", b" " * 60, b"x" * 59 + b"\n"])
def test_lines_of_another_length_are_refused(printed: bytes) -> None:
    with pytest.raises(InternalFault):
        read(Printing(lambda _: printed))


def test_bytes_that_are_no_text_become_replacement_characters() -> None:
    line = (
        b"\xff\xfe".ljust(8)
        + b" "
        + b"\xff\xfe".rjust(8)
        + b" "
        + b"1".ljust(8)
        + b" "
        + b" " * 16
        + b" "
        + b" " * 16
        + b" \n"
    )
    assert read(Printing(lambda _: line)) == [{"Account": "\ufffd\ufffd", "ID": "1", "Description": ""}]


def test_a_free_text_stands_at_both_edges() -> None:
    assert [format_column(column) for column in COLUMNS[:2]] == ["Account%-8,Account%8", "ID%-8"]
    assert [second for _, second in list_cells(COLUMNS)] == [False, True, False, False, True]


# --- numbers, times, TRES


@pytest.mark.parametrize(
    ("text", "seconds"), [("", None), ("00:00:00", 0), ("00:00:33", 33), ("10:00:00", 36000), ("2-18:40:00", 240000)]
)
def test_times(text: str, seconds: int | None) -> None:
    assert numbers.parse_seconds(text) == seconds
    assert numbers.parse_minutes(text) == (None if seconds is None else seconds // 60)


@given(st.integers(0, 10**9))
def test_any_time_is_read_as_it_was_written(seconds: int) -> None:
    days, rest = divmod(seconds, 86400)
    clock = f"{rest // 3600:02}:{rest // 60 % 60:02}:{rest % 60:02}"
    assert numbers.parse_seconds(f"{days}-{clock}" if days else clock) == seconds


KNOWN = numbers.index_tres(
    [
        {"type": kind, "name": name, "id": number, "count": 0}
        for kind, name, number in (("cpu", None, 1), ("mem", None, 2), ("gres", "gpu", 1001))
    ]
)


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("", {}),
        ("gres/gpu=3,cpu=1048576", {1: 1048576, 1001: 3}),
        ("mem=4000M", {2: 4000}),
        ("mem=4G", {2: 4096}),
        ("mem=1T", {2: 1048576}),
        ("cpu=0", {1: 0}),
    ],
)
def test_tres(text: str, counts: dict[int, int]) -> None:
    assert {one["id"]: one["count"] for one in numbers.parse_tres(text, KNOWN)} == counts
    assert [one["id"] for one in numbers.parse_tres(text, KNOWN)] == sorted(counts)


@pytest.mark.parametrize(
    "parse",
    [
        lambda: numbers.parse_seconds("soon"),
        lambda: numbers.parse_tres("moon=1", KNOWN),
        lambda: numbers.parse_tres("cpu=x", KNOWN),
    ],
)
def test_what_is_neither_is_refused(parse: Callable[[], object]) -> None:
    with pytest.raises(InternalFault):
        parse()


# --- coordinators, exit codes

PARENTS = {"theory": frozenset({"phys"}), "leaf": frozenset({"theory"}), "phys": frozenset({"root"})}


def test_who_coordinates_through_an_account_above() -> None:
    told = [(one["name"], one["direct"]) for one in list_accounts(["leaf", "phys", "theory"], PARENTS)]
    assert told == [("phys", 1), ("leaf", 0), ("theory", 0)]
    coordinated = {"leaf": frozenset({"alice", "bob"}), "theory": frozenset({"bob"})}
    told = [(one["name"], one["direct"]) for one in list_users("leaf", ["bob", "alice"], PARENTS, coordinated)]
    assert told == [("alice", 1), ("bob", 0)]


def test_exit_codes_by_record() -> None:
    lines = ["lab|7|100|3:0|0:0", "lab|7.batch|100|3:0|", "lab|7|200|0:9|1:0", "far|7|100|0:0|0:0"]
    records = read_records(lines)
    assert records["lab", "7", "100"] == {"7": ("3:0", "0:0"), "7.batch": ("3:0", "")}
    assert records["lab", "7", "200"]["7"] == ("0:9", "1:0")
    entry: dict[str, Any] = {"exit_code": 1}
    for code in ("", "0:0", "0:9", "1:15"):
        mend(entry, "exit_code", code)
        assert entry == {"exit_code": 1}
    mend(entry, "exit_code", "2:0")
    assert entry == {"exit_code": {"status": "ERROR", "return_code": 2}}


# --- what is refused


@pytest.mark.parametrize(("said", "status"), [(DENIED, 403), (REFUSED, 401), (DOWN, 502)])
@pytest.mark.parametrize("noun", READS)
def test_what_a_command_failed_of(early: FakeSlurm, ask: Asker, noun: str, said: bytes, status: int) -> None:
    early.say("sacctmgr", b"", said, 1)
    assert ask(f"/slurmdb/v0.0.38/{noun}").status == status


@pytest.mark.parametrize(
    ("number", "error", "status"),
    [(1007, "Protocol authentication error", 401), (9003, "Nothing found with query", 200)],
)
def test_what_sacct_calls_an_error(early: FakeSlurm, ask: Asker, number: int, error: str, status: int) -> None:
    document = {"errors": [{"error_number": number, "error": error, "source": "slurmdb_jobs_get"}], "jobs": []}
    early.say("sacct", json.dumps(document).encode())
    assert ask("/slurmdb/v0.0.38/jobs").status == status


@pytest.mark.parametrize(
    "target",
    [
        "v0.0.42/accounts?NoUsersAreCoords=true",
        "v0.0.42/jobs?step=1&show_batch_script=true",
        "v0.0.42/instances",
        "v0.0.42/ping",
    ],
)
def test_what_22_05_cannot_do(early: FakeSlurm, ask: Asker, target: str) -> None:
    early.say("sacct", b'{"errors": [], "jobs": []}')
    early.say("sacctmgr", b"")
    assert ask(f"/slurmdb/{target}").status == 501


def test_a_reservation_is_not_named_in_early_versions(early: FakeSlurm, ask: Asker) -> None:
    assert ask("/slurmdb/v0.0.38/jobs?reservation=x").status == 422


def test_nothing_is_found(early: FakeSlurm, ask: Asker) -> None:
    early.say("sacctmgr", b"")
    for noun in ("accounts", "users", "associations", "qos", "wckeys", "clusters"):
        heard = ask(f"/slurmdb/v0.0.38/{noun}")
        assert heard.status == 200
        assert "found nothing" in heard.document["warnings"][0]["description"]
    for noun in ("account/a", "user/a", "qos/a", "wckey/a", "cluster/a"):
        assert ask(f"/slurmdb/v0.0.38/{noun}").status == 404


# --- slurmdbd's settings

SETTINGS = b"""Configuration data as of 2026-11-21T18:08:03
TrackWCKey             = No

SlurmDBD configuration:
AllowNoDefAcct         = Yes
ArchiveDir             = /tmp
ArchiveScript          = (null)
CommitDelay            = Yes
DbdPort                = 6819
DebugLevel             = debug
Parameters             = PreserveCaseUser
PurgeEventAfter        = 48 hours*
PurgeJobAfter          = 12 months
PurgeTXNAfter          = NONE
TrackWCKey             = Yes
"""


def test_slurmdbds_settings(early: FakeSlurm, ask: Asker) -> None:
    early.say(["sacctmgr", "show", "config"], SETTINGS)
    told = payload(ask("/slurmdb/v0.0.45/conf"))["slurmdbd_conf"]
    never = {"set": False, "hours": 0, "days": 0, "months": 0, "archive": False}
    assert told["PurgeEventAfter"] == never | {"set": True, "hours": 48, "archive": True}
    assert told["PurgeJobAfter"] == never | {"set": True, "months": 12}
    assert told["PurgeTXNAfter"] == never
    assert (told["ArchiveScript"], told["ArchiveDir"], told["DbdPort"], told["CommitDelay"]) == ("", "/tmp", 6819, 1)
    assert (told["Flags"], told["Parameters"], told["TrackWCKey"]) == (["AllowNoDefAcct"], ["PreserveCaseUser"], True)
    shape = Schema({}, read_schemas("v0.0.45")["schemas"]).follow(
        read_schemas("v0.0.45")["operations"]["slurmdb_v0045_get_conf"]["responses"]["200"]
    )
    members = Schema({}, read_schemas("v0.0.45")["schemas"]).follow(shape["properties"]["slurmdbd_conf"])
    assert set(told) == set(members["properties"])


@pytest.mark.parametrize(("said", "status"), [(REFUSED, 401), (DOWN, 502), (b"", 500)])
def test_settings_that_were_not_reached(early: FakeSlurm, ask: Asker, said: bytes, status: int) -> None:
    early.say(["sacctmgr", "show", "config"], SETTINGS.partition(b"\n\n")[0], said)
    early.say(["sacctmgr", "show", "tres"], b"", said, 1 if said else 0)
    assert ask("/slurmdb/v0.0.45/conf").status == status


# --- what later versions are told on 22.05


def replay(early: FakeSlurm, *names: str) -> None:
    """Let the commands of these recordings answer."""
    for name in names:
        for ran in json.loads((FIXTURES / "22.05" / "slurmdbd" / f"{name}.json").read_text())["ran"]:
            early.say(ran["argv"], ran["stdout"].encode("latin-1"), ran["stderr"].encode("latin-1"), ran["status"])


def test_an_association_has_its_id_where_the_version_has_one(early: FakeSlurm, ask: Asker) -> None:
    replay(early, "associations")
    numbers_of = {
        version: [one.get("id") for one in payload(ask(f"/slurmdb/v0.0.{version}/associations"))["associations"]]
        for version in (38, 40, 45)
    }
    assert set(numbers_of[38]) == {None}
    assert [one["id"] for one in numbers_of[40]] == numbers_of[45]
    assert len(set(numbers_of[45])) == len(numbers_of[45]) > 10


def test_ids_are_in_the_place_of_qos_before_v38(early: FakeSlurm, ask: Asker) -> None:
    replay(early, "associations", "qos-deleted")
    deleted = ["sacctmgr", "--noheader", "show", "association", "withdeleted"]
    for ran in json.loads((FIXTURES / "22.05" / "slurmdbd" / "associations.json").read_text())["ran"]:
        if ran["argv"][3] == "association" and "onlydefaults" not in ran["argv"]:
            early.say([*deleted, ran["argv"][-1]], ran["stdout"].encode("latin-1"))
    early.say("sacctmgr", b"")
    told = payload(ask("/slurmdb/v0.0.37/associations"))["associations"]
    assert {number for one in told for number in one["qos"]} > {"1", "2"}
    assert all(number.isdecimal() for one in told for number in one["qos"])


def test_clusters_count_their_associations_apart(early: FakeSlurm, ask: Asker) -> None:
    empty = dict.fromkeys((column.name for column in associations.COLUMNS), "")
    rows = [
        empty | {"ID": "2", "Account": "a", "User": user, "Cluster": cluster, "LFT": "3"}
        for cluster, user in (("far", "bob"), ("lab", ""))
    ]

    def prints(rows: list[Row], columns: tuple[Column, ...], *words: str) -> None:
        argv = ["sacctmgr", "--noheader", "show", "association", *words]
        argv.append(f"format={','.join(map(format_column, columns))}")
        early.say(argv, print_columns(rows, tuple(argv)))

    prints(rows, associations.COLUMNS, "withdeleted")
    prints(rows[:1], associations.KEY, "withdeleted", "onlydefaults")
    prints(rows[1:], associations.KEY)
    early.say("sacctmgr", b"")
    told = payload(ask("/slurmdb/v0.0.41/associations?with_deleted=true"))["associations"]
    assert [(one["cluster"], one["is_default"], one["flags"]) for one in told] == [
        ("far", True, ["DELETED"]),
        ("lab", False, []),
    ]


def test_wckeys_of_users_where_they_are_asked_for(early: FakeSlurm, ask: Asker) -> None:
    columns = {"User": "bob", "Coordinators": "", "AdminLevel": "None", "DefaultAccount": "a", "DefaultWCKey": "k"}
    row = {**columns, "ID": "3", "Account": "a", "Cluster": "lab", "Partition": "", "Name": "k"}

    def prints(entity: str, columns: tuple[Column, ...], *words: str) -> None:
        argv = ["sacctmgr", "--noheader", "show", entity, *words, f"format={','.join(map(format_column, columns))}"]
        early.say(argv, print_columns([row], tuple(argv)))

    prints("user", users.COLUMNS)
    prints("user", (*SHORT_COLUMNS, *users.DEFAULTS), "withassoc")
    prints("wckey", wckeys.COLUMNS)
    told = payload(ask("/slurmdb/v0.0.42/users?with_wckeys=true"))["users"]
    assert [(key["name"], key["id"], key["cluster"]) for key in told[0]["wckeys"]] == [("k", 3, "lab")]
    told = payload(ask("/slurmdb/v0.0.42/users?with_assocs=true"))["users"]
    assert (told[0]["wckeys"], [one["account"] for one in told[0]["associations"]]) == ([], ["a"])


def write_job(number: int, submission: int = 1, reservation: int = 0) -> dict[str, Any]:
    """One record as sacct prints it."""
    job = json.loads((FIXTURES / "22.05" / "slurmdbd" / "job-failed.json").read_text())["payload"]["jobs"][0]
    times = {**job["time"], "submission": submission}
    state = {"current": "COMPLETED", "reason": "None"}
    return {
        **job,
        "job_id": number,
        "time": times,
        "steps": [],
        "state": state,
        "reservation": {"id": reservation, "name": 0},
    }


def say_jobs(early: FakeSlurm, *jobs: dict[str, Any]) -> None:
    early.say("sacct", json.dumps({"errors": [], "jobs": jobs}).encode())


def test_the_last_record_of_each_job_unless_all_are_asked_for(early: FakeSlurm, ask: Asker) -> None:
    say_jobs(early, write_job(1), write_job(2), write_job(1, 5))
    told = payload(ask("/slurmdb/v0.0.38/jobs"))["jobs"]
    assert [(job["job_id"], job["time"]["submission"]) for job in told] == [(2, 1), (1, 5)]
    assert len(payload(ask("/slurmdb/v0.0.38/job/1"))["jobs"]) == 3


@pytest.mark.parametrize(
    ("query", "option"),
    [
        ("users=bob", "--user=bob"),
        ("timelimit_min=5", "--timelimit-min=5"),
        ("scheduled_by_main=true", "--flags=SchedMain"),
    ],
)
def test_what_the_json_does_not_heed_is_chosen_by_the_text(
    early: FakeSlurm, ask: Asker, query: str, option: str
) -> None:
    jobs = [write_job(1), write_job(2), write_job(2, 5)]
    cluster = jobs[0]["cluster"]
    early.say("sacct", json.dumps({"errors": [], "jobs": jobs}).encode())
    words = ["--allusers", "--duplicates", option, "--local"]
    if option.startswith("--flags"):
        words = ["--allusers", "--duplicates", "--local", option]
    early.say(["sacct", "--noheader", "--parsable2", FORMAT, *words], f"{cluster}|2|5|1:0|0:0\n".encode())
    told = payload(ask(f"/slurmdb/v0.0.42/jobs?{query}"))["jobs"]
    assert [(job["job_id"], job["time"]["submission"]) for job in told] == [(2, 5)]
    assert told[0]["exit_code"]["return_code"]["number"] == 1


QOS_COLUMNS = "format=Name%-64"
TODAYS = ["--allusers", "--truncate", "--allclusters"]


def cut(job: dict[str, Any]) -> dict[str, Any]:
    """What sacct prints of a job whose QOS slurmdbd has forgotten."""
    return {name: job[name] for name in [*job][: [*job].index("qos")]} | {"qos": None}


def play_forgotten_qos(early: FakeSlurm, words: list[str], known: list[dict[str, Any]], numbers: Iterable[int]) -> None:
    """A sacct that ends at job 1, and tells the ``known`` of the QOS that are there (one has a comma in its name)."""
    printed = Printing(lambda argv: print_columns([{"Name": "normal"}, {"Name": "a,b"}, {"Name": "old"}], argv))
    early.say(["sacctmgr", "--noheader", "show", "qos", "withdeleted", QOS_COLUMNS], printed.run(QOS_COLUMNS))
    document = {"errors": [], "jobs": [write_job(2), cut(write_job(1))]}
    early.say(["sacct", "--json", *words], json.dumps(document).encode())
    early.say(["sacct", "--json", *words, "--qos=normal,old"], json.dumps({"errors": [], "jobs": known}).encode())
    listed = "".join(f"lab|{number}\n" for number in numbers)
    early.say(["sacct", *LISTED, *words], listed.encode())


@pytest.mark.parametrize("version", [38, 45])
def test_a_job_whose_qos_is_forgotten_hides_no_other(early: FakeSlurm, ask: Asker, version: int) -> None:
    play_forgotten_qos(early, TODAYS, [write_job(2), write_job(3)], (2, 1, 3))
    heard = ask(f"/slurmdb/v0.0.{version}/jobs")
    assert [job["job_id"] for job in payload(heard)["jobs"]] == [2, 3]
    (warning,) = heard.document["warnings"]
    assert warning["description"].endswith("cannot print these jobs: 1")


def test_of_many_jobs_whose_qos_is_forgotten_some_are_named(early: FakeSlurm, ask: Asker) -> None:
    play_forgotten_qos(early, TODAYS, [write_job(999)], range(1, 151))
    (warning,) = ask("/slurmdb/v0.0.45/jobs").document["warnings"]
    assert warning["description"].endswith(", 99, 100 and 50 more")


def test_a_job_whose_qos_is_forgotten_cannot_be_told(early: FakeSlurm, ask: Asker) -> None:
    play_forgotten_qos(early, ["--allusers", "--duplicates", "--local", "--jobs=1"], [], (1,))
    heard = ask("/slurmdb/v0.0.45/job/1")
    assert heard.status == 501
    assert "these jobs: 1" in heard.document["errors"][0]["description"]


def test_sacct_ends_at_a_job_for_another_reason(early: FakeSlurm, ask: Asker) -> None:
    play_forgotten_qos(early, TODAYS, [cut(write_job(2))], (2, 1))
    heard = ask("/slurmdb/v0.0.45/jobs")
    assert heard.status == 500
    assert "job 2" in heard.document["errors"][0]["description"]


def test_a_reservation_is_named_where_the_version_has_a_name(early: FakeSlurm, ask: Asker) -> None:
    say_jobs(early, write_job(1, reservation=7), write_job(2))
    printed = Printing(lambda argv: print_columns([{"ID": "7", "Name": "a\nb"}], argv))
    columns = "format=ID%-24,Name%-64,Name%64"
    early.say(["sacctmgr", "--noheader", "show", "reservation", columns], printed.run(columns))
    told = payload(ask("/slurmdb/v0.0.42/jobs"))["jobs"]
    assert [job["reservation"]["name"] for job in told] == ["a\nb", ""]
    told = payload(ask("/slurmdb/v0.0.42/jobs?reservation=a%0Ab"))["jobs"]
    assert [job["job_id"] for job in told] == [1]


def test_statistics_of_another_kind_are_refused(early: FakeSlurm, ask: Asker) -> None:
    early.say("sacctmgr", b"nothing\n")
    assert ask("/slurmdb/v0.0.38/diag").status == 500
