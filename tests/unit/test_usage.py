"""Usage of associations and wckeys: the pieces of a period, sreport's rows, what becomes of them. sreport is played."""

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

import pytest
from conftest import Asker
from hypothesis import given
from hypothesis import strategies as st
from playback import FakeSlurm

from slurmrest_inetd.accounting.listing import NO_USAGE
from slurmrest_inetd.errors import InternalFault, SlurmUnreachable
from slurmrest_inetd.model import Passage
from slurmrest_inetd.passthrough import SPOOL_BYTES
from slurmrest_inetd.routing import load_handler
from slurmrest_inetd.texts.columns import Column, format_column, split_rows
from slurmrest_inetd.texts.numbers import TRES_COLUMNS
from slurmrest_inetd.usage import filling
from slurmrest_inetd.usage.periods import HOUR_SECONDS, Period, choose_period, split_period
from slurmrest_inetd.usage.reports import MOST_NAMES, REPORTS, TRES, Key, Used, narrow_report, parse_used

DAY = 24 * HOUR_SECONDS
# Sunday, 2026-11-22 01:02:03 UTC
NOW = 1795309323
TODAY = 1795305600
ZONES = (
    "UTC0",
    "CET-1CEST,M3.5.0,M10.5.0/3",
    "IST-5:30",
    "AEST-10AEDT,M10.1.0,M4.1.0/3",
    "EST5EDT,M3.2.0,M11.1.0",
    "NPT-5:45",
)


@pytest.fixture(params=ZONES)
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The host's time zone."""
    with set_zone(request.param):
        yield request.param


@contextmanager
def set_zone(zone: str) -> Iterator[None]:
    """The host's time zone, for a while."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", zone)
        time.tzset()
        yield
    time.tzset()


# fmt: off
#   start                end                     the period, measured with slurmrestd 24.11 at that time
PERIODS = (
    (0,                  0,                      (TODAY - DAY,                 TODAY)),
    (TODAY - 3 * DAY,    0,                      (TODAY - 3 * DAY,             TODAY + HOUR_SECONDS)),
    (0,                  TODAY - DAY + 25500,    (TODAY - DAY,                 TODAY - DAY + 7 * HOUR_SECONDS)),
    (0,                  TODAY - DAY,            (TODAY - DAY,                 TODAY - DAY + HOUR_SECONDS)),
    (TODAY - DAY + 59,   TODAY - DAY + 61,       (TODAY - DAY,                 TODAY - DAY + HOUR_SECONDS)),
    (TODAY - DAY,        TODAY - DAY,            (TODAY - DAY,                 TODAY - DAY + HOUR_SECONDS)),
    (TODAY,              TODAY - DAY,            (TODAY - DAY,                 TODAY)),
    (TODAY - DAY,        TODAY + 9 * DAY,        (TODAY - DAY,                 TODAY + 2 * HOUR_SECONDS)),
    (TODAY + 9 * DAY,    TODAY - DAY,            (TODAY - DAY,                 TODAY + 2 * HOUR_SECONDS)),
    (NOW,                0,                      (TODAY + HOUR_SECONDS,        TODAY + 2 * HOUR_SECONDS)),
    (NOW + DAY,          0,                      (NOW,                         NOW)),
)
# fmt: on


@pytest.mark.parametrize(("start", "end", "period"), PERIODS)
def test_periods(start: int, end: int, period: tuple[int, int]) -> None:
    with set_zone("UTC0"):
        assert choose_period(start, end, NOW) == period


def test_a_wckeys_period_ends_at_midnight() -> None:
    with set_zone("UTC0"):
        assert choose_period(TODAY - DAY, 0, NOW, until_now=False) == (TODAY - DAY, TODAY)
        assert choose_period(NOW, 0, NOW, until_now=False) == (TODAY + HOUR_SECONDS, TODAY + 2 * HOUR_SECONDS)


def test_an_end_alone_is_of_yesterday_or_today() -> None:
    with set_zone("UTC0"), pytest.raises(ValueError, match="usage_start"):
        choose_period(0, TODAY - DAY - HOUR_SECONDS, NOW)


@given(
    st.sampled_from(ZONES),
    st.integers(0, 2 * NOW),
    st.integers(0, 2 * NOW),
    st.integers(NOW, 2 * NOW),
)
def test_the_pieces_are_the_period(zone: str, start: int, end: int, now: int) -> None:
    with set_zone(zone):
        try:
            period = choose_period(start, end, now)
        except ValueError:
            assert not start
            return
        assert time.localtime(period.start)[4:6] == time.localtime(period.end)[4:6] == (0, 0) or period == (now, now)
        assert period.end <= now + HOUR_SECONDS or period.end == period.start + HOUR_SECONDS
        pieces = list(split_period(period)) if period.end - period.start < 40 * DAY else []
        assert all(before.end == after.start for before, after in pairwise(pieces))
        if pieces:
            assert (pieces[0].start, pieces[-1].end) == period
            kinds = {name_piece(piece) for piece in pieces}
            assert len(kinds) == 1, kinds


def name_piece(piece: Period) -> str:
    """What slurmdbd would take a piece for."""
    first, last = time.localtime(piece.start), time.localtime(piece.end)
    if first.tm_hour or last.tm_hour or piece.end - piece.start == HOUR_SECONDS:
        assert piece.end - piece.start == HOUR_SECONDS
        return "hour"
    return "month" if first.tm_mday == last.tm_mday == 1 else "day"


def test_days_and_months_begin_at_midnight(zone: str) -> None:
    year = [int(time.mktime((2026, month, 1, 0, 0, 0, 0, 0, -1))) for month in range(1, 14)]
    assert list(split_period(Period(year[0], year[12]))) == [Period(*both) for both in pairwise(year)]
    march = [int(time.mktime((2026, 3, day, 0, 0, 0, 0, 0, -1))) for day in range(1, 32)]
    assert list(split_period(Period(march[0], march[30]))) == [Period(*both) for both in pairwise(march)], zone


# --- rows

NAME = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)


@given(st.lists(st.tuples(NAME, NAME, st.integers(0, 2**64))))
def test_rows_cannot_be_forged(rows: list[tuple[str, str, int]]) -> None:
    columns = (Column("Account", 64), Column("Login", 64), Column("Used", 0))
    printed = b"".join(
        b"%s %s %s \n" % (pad(account), pad(login), str(used).rjust(8).encode()) for account, login, used in rows
    )
    assert [
        (account.rstrip(b" "), login.rstrip(b" "), int(used)) for account, login, used in split_rows(printed, columns)
    ] == [(account.encode().rstrip(b" "), login.encode().rstrip(b" "), used) for account, login, used in rows]


def pad(text: str) -> bytes:
    return text.encode().ljust(64)


@pytest.mark.parametrize("printed", [b"abcd      12", b"abcd      x \n", b"abcd \n", b"abcd       12 x\n", b"ab"])
def test_other_rows_are_not_believed(printed: bytes) -> None:
    with pytest.raises(InternalFault):
        list(split_rows(printed, (Column("Account", 4), Column("Used", 0))))


def test_a_row_is_somebodys() -> None:
    row = {"Cluster": "lab", "Account": "phys", "Login": "", "TresName": "gres/gpu", "Used": "     160"}
    report = REPORTS["associations"]
    assert parse_used(report, row) == Used(("lab", "phys", ""), "gres/gpu", 160)
    assert parse_used(report, {**row, "Used": "       0"}) is None


# fmt: off
NARROWED = (
    ([("lab", "phys", "alice"), ("lab", "chem", "bob")],         ["Accounts=chem,phys", "Users=alice,bob"]),
    # an account's own row needs those of the accounts below
    ([("lab", "phys", "alice"), ("lab", "phys", "")],            []),
    ([("lab", "phys", "-v"), ("lab", "phys", "a")],              ["Accounts=phys"]),
    ([("lab", "x,root", "a=b"), ("lab", "'", "[1-9]")],          []),
    ([("lab", "p", f"u{n}") for n in range(MOST_NAMES + 1)],     ["Accounts=p"]),
)
# fmt: on


@pytest.mark.parametrize(("keys", "conditions"), NARROWED)
def test_only_plain_names_are_conditions(keys: list[Key], conditions: list[str]) -> None:
    assert list(narrow_report(REPORTS["associations"], keys)) == conditions


@given(st.lists(st.tuples(st.just("lab"), st.text(), st.text(min_size=1)), min_size=1, max_size=5))
def test_no_name_is_an_option_or_another_condition(keys: list[Key]) -> None:
    for condition in narrow_report(REPORTS["associations"], keys):
        term, _, values = condition.partition("=")
        assert term in ("Accounts", "Users")
        assert not {"'", '"', "=", "[", "\\", "\n", "\0"} & set(values)
        assert not any(value.startswith(("-", "+")) for value in values.split(","))


# --- documents


def association(account: str, user: str = "", number: int = 1, partition: str = "") -> dict[str, Any]:
    return {
        "accounting": [], "account": account, "cluster": "lab", "user": user, "partition": partition, "id": number,
    }  # fmt: skip


TRES_LIST = [
    {"type": "cpu", "name": "", "id": 1, "count": 0},
    {"type": "gres", "name": "gpu", "id": 1001, "count": 6},
]
DOCUMENTS = {
    "associations": [association("phys"), association("phys", "alice", 5), association("phys", "bob", 6)],
    "wckeys": [{"accounting": [], "cluster": "lab", "id": 9, "name": "paper", "user": "bob", "flags": []}],
}


def print_row(*cells: str) -> bytes:
    """A row as wide as REPORTS ask for it."""
    cluster, *names, tres, used = cells
    free = "".join(f"{name:<64} {name:>64} " for name in names)
    return f"{cluster:<64} {free}{tres:<{TRES.width}} {used:>8} \n".encode()


def print_entry(entry: Mapping[str, Any], number: int = 0) -> bytes:
    """An entry as sacctmgr lists it."""
    listed = str(number or entry["id"])
    if "account" in entry:
        values = (listed, entry["account"], entry["cluster"], entry["user"], entry["partition"])
        return print_cells(REPORTS["associations"].columns, *values)
    return print_cells(REPORTS["wckeys"].columns, listed, entry["cluster"], entry["name"], entry["user"])


def say_documents(
    fake_slurm: FakeSlurm, version: int, *words: str, associations: list[dict[str, Any]] | None = None, number: int = 0
) -> None:
    """What sacctmgr prints in v0.0.``version``; ``number`` is the id of an association whose document does not say it."""
    entries = associations or DOCUMENTS["associations"]
    for noun, member, more, found in (
        ("association", "associations", words, entries),
        ("wckey", "wckeys", (), DOCUMENTS["wckeys"]),
    ):
        document = {member: found, "meta": {"slurm": {"cluster": "lab"}}, "errors": [], "warnings": []}
        text = json.dumps(document, indent=2).encode()
        fake_slurm.say(["sacctmgr", f"--json=v0.0.{version}", "show", noun, *more], text)
    for noun, columns, more, found in (
        ("association", "ID%-24,Account%-64,Account%64,Cluster%-64,User%-64,User%64,Partition%-64", words, entries),
        ("wckey", "ID%-24,Cluster%-64,Name%-64,Name%64,User%-64,User%64", (), DOCUMENTS["wckeys"]),
    ):
        listed = b"".join(print_entry(entry, number) for entry in found)
        fake_slurm.say(["sacctmgr", "--noheader", "show", noun, *more, f"format={columns}"], listed)
    columns = ",".join(map(format_column, TRES_COLUMNS))
    listed = b"".join(print_cells(TRES_COLUMNS, str(one["id"]), one["type"], one["name"]) for one in TRES_LIST)
    fake_slurm.say(["sacctmgr", "--noheader", "show", "tres", "withdeleted", f"format={columns}"], listed)


def print_cells(columns: tuple[Column, ...], *values: str) -> bytes:
    """A row of sacctmgr's, a free text twice."""
    given = zip(columns, values, strict=True)
    cells = (f"{value:<{one.width}} " + (f"{value:>{one.width}} " if one.free else "") for one, value in given)
    return f"{''.join(cells)}\n".encode()


def list_reports(fake_slurm: FakeSlurm) -> list[list[str]]:
    return [argv for argv in fake_slurm.argvs if argv[0] == "sreport"]


def test_yesterdays_usage(fake_slurm: FakeSlurm, ask: Asker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filling.time, "time", lambda: NOW + 0.5)
    say_documents(fake_slurm, 45)
    rows = (
        ("lab", "phys", "", "cpu", "300"), ("lab", "phys", "", "gres/gpu", "12345678901"), ("lab", "phys", "", "mem", "0"),
        ("lab", "phys", "alice", "cpu", "100"), ("lab", "phys", "alice", "gres/gpu", "12345678901"),
        # of a partition beside his own, which has it in it
        ("lab", "phys", "bob", "cpu", "200"), ("lab", "phys", "bob", "cpu", "150"), ("other", "phys", "bob", "cpu", "7"),
        ("lab", "phys", "carol", "gone/with", "4"),
    )  # fmt: skip
    fake_slurm.say("sreport", b"".join(print_row(*row) for row in rows))
    with set_zone("UTC0"):
        heard = ask("/slurmdb/v0.0.45/associations?Include%20usage=true")
    assert (heard.status, heard.document["warnings"]) == (200, [])
    cpu, gpu = ({name: one[name] for name in ("type", "name", "id")} | {"count": 0} for one in TRES_LIST)
    start = {"id_alt": 0, "start": TODAY - DAY}
    assert [one["accounting"] for one in heard.document["associations"]] == [
        [
            {"allocated": {"seconds": 300}, "id": 1, **start, "TRES": cpu},
            {"allocated": {"seconds": 12345678901}, "id": 1, **start, "TRES": gpu},
        ],
        [
            {"allocated": {"seconds": 100}, "id": 5, **start, "TRES": cpu},
            {"allocated": {"seconds": 12345678901}, "id": 5, **start, "TRES": gpu},
        ],
        [{"allocated": {"seconds": 200}, "id": 6, **start, "TRES": cpu}],
    ]
    assert list_reports(fake_slurm) == [
        [
            "sreport", "--noheader", "--all_clusters", "--tres=ALL", "-t", "Second", "cluster", "AccountUtilizationByUser",
            f"Start=uts{TODAY - DAY}", f"End=uts{TODAY}",
            "Format=Cluster%-64,Account%-64,Account%64,Login%-64,Login%64,TresName%-40,Used",
        ]
    ]  # fmt: skip


def test_the_order_of_time(fake_slurm: FakeSlurm, ask: Asker) -> None:
    say_documents(fake_slurm, 45)
    fake_slurm.say("sreport", print_row("lab", "paper", "", "cpu", "9") + print_row("lab", "paper", "bob", "cpu", "9"))
    with set_zone("UTC0"):
        heard = ask(f"/slurmdb/v0.0.45/wckeys?with_usage=1&usage_start={TODAY - 3 * DAY}&usage_end={TODAY}")
    (key,) = heard.document["wckeys"]
    assert [(one["start"], one["id"]) for one in key["accounting"]] == [(TODAY - days * DAY, 9) for days in (3, 2, 1)]
    assert [argv[7:-1] for argv in list_reports(fake_slurm)] == [
        [
            "WCKeyUtilizationByUser",
            "WCKeys=paper",
            f"Start=uts{TODAY - days * DAY}",
            f"End=uts{TODAY - (days - 1) * DAY}",
        ]
        for days in (3, 2, 1)
    ]


def test_one_association(fake_slurm: FakeSlurm, ask: Asker) -> None:
    say_documents(fake_slurm, 40, "user=alice", associations=[association("phys", "alice", 5)])
    say_documents(fake_slurm, 40)
    fake_slurm.say("sreport", print_row("lab", "phys", "alice", "cpu", "8"))
    heard = ask("/slurmdb/v0.0.40/association?user=alice&with_usage=true&usage_start=now-3hours&usage_end=now-1hour")
    (found,) = heard.document["associations"]
    assert [sorted(record) for record in found["accounting"]] == [["TRES", "allocated", "id", "start"]] * 2
    assert {argv[8] + argv[9] for argv in list_reports(fake_slurm)} == {"Accounts=physUsers=alice"}


def test_an_id_that_the_document_does_not_tell(fake_slurm: FakeSlurm, ask: Asker) -> None:
    say_documents(fake_slurm, 42, associations=[association("phys", "alice", 0)], number=5)
    fake_slurm.say("sreport", print_row("lab", "phys", "alice", "cpu", "8"))
    heard = ask("/slurmdb/v0.0.42/associations?Include%20usage=true")
    assert [[record["id"] for record in one["accounting"]] for one in heard.document["associations"]] == [[5]]


@pytest.mark.parametrize("media", ["json", "yaml"])
def test_a_partitions_association_is_named(fake_slurm: FakeSlurm, ask: Asker, media: str) -> None:
    entries = [association("phys", "bob", 6), association("phys", "bob", 7, "debug")]
    say_documents(fake_slurm, 45, associations=entries)
    fake_slurm.say("sreport", print_row("lab", "phys", "bob", "cpu", "9"))
    heard = ask("/slurmdb/v0.0.45/associations?Include%20usage=true", media=media)
    if media == "yaml":
        assert heard.document["raw"].count(b"seconds") == 1
        return
    assert [len(one["accounting"]) for one in heard.document["associations"]] == [1, 0]
    assert [notice["source"] for notice in heard.document["warnings"]] == ["#/associations/accounting/"]


def test_entries_that_are_chosen_here_have_usage_too(fake_slurm: FakeSlurm, ask: Asker) -> None:
    say_documents(fake_slurm, 45, associations=[association("a,b"), association("phys", "bob", 6)])
    fake_slurm.say("sreport", print_row("lab", "phys", "bob", "cpu", "9") + print_row("lab", "a,b", "", "cpu", "4"))
    heard = ask("/slurmdb/v0.0.45/associations?Include%20usage=true&account=%27")
    assert heard.document["associations"] == []
    heard = ask("/slurmdb/v0.0.45/associations?Include%20usage=true&user=")
    assert [(one["account"], len(one["accounting"])) for one in heard.document["associations"]] == [("phys", 1)]


def test_a_long_list_streams(fake_slurm: FakeSlurm, ask: Asker) -> None:
    comment = {"comment": "c" * 4096}
    entries = [association(f"account{number}", "bob", number) | comment for number in range(1, 400)]
    say_documents(fake_slurm, 45, associations=entries)
    fake_slurm.say("sreport", print_row("lab", "account399", "bob", "cpu", "9"))
    call = ask.make_call("/slurmdb/v0.0.45/associations?Include%20usage=true")
    passage = load_handler(call.endpoint)(call)
    assert isinstance(passage, Passage)
    assert not isinstance(passage.chunks, bytes)
    chunks = list(passage.chunks)
    assert max(map(len, chunks)) < 2 * SPOOL_BYTES
    found = json.loads(b"".join(chunks))["associations"]
    assert [one["account"] for one in found if one["accounting"]] == ["account399"]
    assert len(found) == len(entries)


def test_default_wckeys(fake_slurm: FakeSlurm, ask: Asker) -> None:
    users = {"users": [{"name": "bob", "default": {"wckey": "paper"}}], "meta": {"slurm": {"cluster": "lab"}}}
    fake_slurm.say(["sacctmgr", "--json=v0.0.45", "show", "user"], json.dumps(users).encode())
    say_documents(fake_slurm, 45)
    fake_slurm.say("sreport", print_row("lab", "paper", "bob", "cpu", "9"))
    heard = ask("/slurmdb/v0.0.45/wckeys?only_defaults=true&with_usage=true")
    assert [len(key["accounting"]) for key in heard.document["wckeys"]] == [1]


@pytest.mark.parametrize(("apart", "seconds"), [(True, 12), (False, 7)])
def test_rows_that_are_apart_are_added_up(apart: bool, seconds: int) -> None:
    rows = [Used(("lab", "phys", "bob"), "cpu", 7), Used(("lab", "phys", "bob"), "cpu", 5)]
    assert filling.join_rows(rows, apart) == {(("lab", "phys", "bob"), "cpu"): seconds}


def test_nothing_used_asks_for_nothing_more(fake_slurm: FakeSlurm, ask: Asker) -> None:
    say_documents(fake_slurm, 45)
    fake_slurm.say("sreport", print_row("lab", "phys", "", "cpu", "0"))
    assert ask("/slurmdb/v0.0.45/associations?Include%20usage=true").status == 200
    assert {argv[3] for argv in fake_slurm.argvs if argv[0] == "sacctmgr"} == {"association"}
    heard = ask("/slurmdb/v0.0.45/associations?Include%20usage=true&usage_start=now%2B3days")
    assert (heard.status, len(list_reports(fake_slurm))) == (200, 1)


# fmt: off
REFUSED = (
    (f"usage_start={TODAY}&usage_end=x",         "#/usage_end/",   "timestamp"),
    ("usage_start=1",                            "#/usage_start/", "hours"),
    (f"usage_start=-90000&usage_end={TODAY}",    "#/usage_start/", "1970"),
    (f"usage_end={TODAY - 9 * DAY}",             "#/usage_end/",   "usage_start"),
)
# fmt: on


@pytest.mark.parametrize(("query", "source", "words"), REFUSED)
def test_refusals(fake_slurm: FakeSlurm, ask: Asker, query: str, source: str, words: str) -> None:
    say_documents(fake_slurm, 45)
    fake_slurm.say("sreport")
    heard = ask(f"/slurmdb/v0.0.45/associations?Include%20usage=true&{query}")
    (problem, _) = heard.document["errors"]
    assert (heard.status, problem["source"]) == (422, source)
    assert words in problem["description"]
    assert list_reports(fake_slurm) == []


def test_what_sreport_fails_of(fake_slurm: FakeSlurm, ask: Asker) -> None:
    say_documents(fake_slurm, 45)
    fake_slurm.say(
        "sreport", b"", b"sreport: error: Sending PersistInit msg: Connection refused\n Problem with query.\n", 1
    )
    heard = ask("/slurmdb/v0.0.45/associations?Include%20usage=true")
    assert (heard.status, heard.document["errors"][0]["source"]) == (SlurmUnreachable.status, "sreport")


@pytest.mark.parametrize("path", ["associations", "wckeys"])
def test_a_period_alone_has_no_effect(fake_slurm: FakeSlurm, ask: Asker, path: str) -> None:
    fake_slurm.replay("24.11", path)
    heard = ask(f"/slurmdb/v0.0.42/{path}?usage_start=5&usage_end=7")
    assert [notice["source"] for notice in heard.document["warnings"]] == ["#/usage_start/", "#/usage_end/"]
    assert {notice["description"] for notice in heard.document["warnings"]} == {NO_USAGE}
    assert list_reports(fake_slurm) == []


def test_config_has_yesterdays(fake_slurm: FakeSlurm, ask: Asker) -> None:
    for noun, member, words in (
        ("cluster", "clusters", ()), ("account", "accounts", ("withdeleted", "withassoc", "withcoord")), ("qos", "qos", ()),
        ("user", "users", ("withdeleted", "withassoc", "withcoord")), ("wckey", "wckeys", ("withdeleted",)),
        ("association", "associations", ("withdeleted", "withrawqos")), ("tres", "TRES", ("withdeleted",)),
    ):  # fmt: skip
        entries = DOCUMENTS.get(member, [])
        document = {member: entries, "meta": {"slurm": {}}, "errors": [], "warnings": []}
        fake_slurm.say(["sacctmgr", "--json=v0.0.42", "show", noun, *words], json.dumps(document).encode())
        if entries:
            columns = ",".join(map(format_column, REPORTS[member].columns))
            argv = ["sacctmgr", "--noheader", "show", noun, "withdeleted", f"format={columns}"]
            fake_slurm.say(argv, b"".join(map(print_entry, entries)))
    say_documents(fake_slurm, 42)
    fake_slurm.say(
        "sreport", print_row("lab", "phys", "alice", "cpu", "9") + print_row("lab", "paper", "bob", "cpu", "9")
    )
    document = ask("/slurmdb/v0.0.42/config").document
    assert [len(one["accounting"]) for one in document["associations"]] == [0, 1, 0]
    assert [len(one["accounting"]) for one in document["wckeys"]] == [1]
    assert document["warnings"] == []
