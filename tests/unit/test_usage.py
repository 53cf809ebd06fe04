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
from slurmrest_inetd.texts.columns import Column, split_rows
from slurmrest_inetd.usage import filling
from slurmrest_inetd.usage.periods import HOUR_SECONDS, Period, choose_period, split_period
from slurmrest_inetd.usage.reports import MOST_NAMES, REPORTS, TRES, Used, narrow_report, parse_used

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


def association(account: str, user: str = "", number: int = 1, partition: str = "") -> dict[str, Any]:
    return {
        "accounting": [], "account": account, "cluster": "lab", "user": user, "partition": partition, "id": number,
    }  # fmt: skip


# fmt: off
NARROWED = (
    ([association("phys", "alice"), association("chem", "bob")], ["Accounts=chem,phys", "Users=alice,bob"]),
    # an account's own row needs those of the accounts below
    ([association("phys", "alice"), association("phys")],        []),
    ([association("phys", "-v"), association("phys", "a")],      ["Accounts=phys"]),
    ([association("x,root", "a=b"), association("'", "[1-9]")],  []),
    ([association("p", f"u{n}") for n in range(MOST_NAMES + 1)], ["Accounts=p"]),
)
# fmt: on


@pytest.mark.parametrize(("entries", "conditions"), NARROWED)
def test_only_plain_names_are_conditions(entries: list[dict[str, Any]], conditions: list[str]) -> None:
    assert list(narrow_report(REPORTS["associations"], entries)) == conditions


@given(st.lists(st.tuples(st.text(), st.text(min_size=1)), min_size=1, max_size=5))
def test_no_name_is_an_option_or_another_condition(names: list[tuple[str, str]]) -> None:
    for condition in narrow_report(REPORTS["associations"], [association(*both) for both in names]):
        term, _, values = condition.partition("=")
        assert term in ("Accounts", "Users")
        assert not {"'", '"', "=", "[", "\\", "\n", "\0"} & set(values)
        assert not any(value.startswith(("-", "+")) for value in values.split(","))


# --- documents

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
    *names, tres, used = cells
    cluster = names.pop(0)
    free = "".join(f"{name:<64} {name:>64} " for name in names)
    return f"{cluster:<64} {free}{tres:<{TRES.width}} {used:>8} \n".encode()


def say_documents(fake_slurm: FakeSlurm, version: int, documents: Mapping[str, Any] = DOCUMENTS) -> None:
    """What sacctmgr prints in v0.0.``version``."""
    for noun, member, words, entries in (
        ("association", "associations", (), documents["associations"]),
        ("wckey", "wckeys", (), documents["wckeys"]),
        ("tres", "TRES", ("withdeleted",), TRES_LIST),
    ):
        text = json.dumps({member: entries, "meta": {"slurm": {}}, "errors": [], "warnings": []})
        fake_slurm.say(["sacctmgr", f"--json=v0.0.{version}", "show", noun, *words], text.encode())


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
    one = association("phys", "alice", 5)
    text = json.dumps({"associations": [one], "meta": {"slurm": {}}, "errors": [], "warnings": []})
    fake_slurm.say(["sacctmgr", "--json=v0.0.40", "show", "association", "user=alice"], text.encode())
    say_documents(fake_slurm, 40)
    fake_slurm.say("sreport", print_row("lab", "phys", "alice", "cpu", "8"))
    heard = ask("/slurmdb/v0.0.40/association?user=alice&with_usage=true&usage_start=now-3hours&usage_end=now-1hour")
    (found,) = heard.document["associations"]
    assert [sorted(record) for record in found["accounting"]] == [["TRES", "allocated", "id", "start"]] * 2
    assert {argv[8] + argv[9] for argv in list_reports(fake_slurm)} == {"Accounts=physUsers=alice"}


def test_an_id_that_the_document_does_not_tell(fake_slurm: FakeSlurm, ask: Asker) -> None:
    without = {**DOCUMENTS, "associations": [association("phys", "alice", 0), association("gone", "alice", 0)]}
    say_documents(fake_slurm, 42, without)
    fake_slurm.say(
        "sreport", print_row("lab", "phys", "alice", "cpu", "8") + print_row("lab", "gone", "alice", "cpu", "9")
    )
    width = ("ID%-24,Cluster%-64,Account%-64,Account%64,User%-64,User%64,Partition%-64",)
    rows = b"".join(
        f"{number:<24} {'lab':<64} {'phys':<64} {'phys':>64} {'alice':<64} {'alice':>64} {partition:<64} \n".encode()
        for number, partition in (("5", ""), ("7", "debug"))
    )
    fake_slurm.say(
        ["sacctmgr", "--noheader", "show", "association", "withdeleted", f"format={width[0]}"],
        rows,
    )
    heard = ask("/slurmdb/v0.0.42/associations?Include%20usage=true")
    assert [[record["id"] for record in one["accounting"]] for one in heard.document["associations"]] == [[5], [0]]


def test_a_partitions_association_is_named(fake_slurm: FakeSlurm, ask: Asker) -> None:
    entries = [association("phys", "bob", 6), association("phys", "bob", 7, "debug")]
    say_documents(fake_slurm, 45, {**DOCUMENTS, "associations": entries})
    fake_slurm.say("sreport", print_row("lab", "phys", "bob", "cpu", "9"))
    heard = ask("/slurmdb/v0.0.45/associations?Include%20usage=true")
    assert [len(one["accounting"]) for one in heard.document["associations"]] == [1, 0]
    assert [notice["source"] for notice in heard.document["warnings"]] == ["#/associations/accounting/"]


@pytest.mark.parametrize(("apart", "seconds"), [(True, 12), (False, 7)])
def test_rows_that_are_apart_are_added_up(apart: bool, seconds: int) -> None:
    rows = [Used(("lab", "phys", "bob"), "cpu", 7), Used(("lab", "phys", "bob"), "cpu", 5)]
    assert filling.join_rows(rows, apart) == {(("lab", "phys", "bob"), "cpu"): seconds}


def test_nothing_used_asks_for_nothing_more(fake_slurm: FakeSlurm, ask: Asker) -> None:
    say_documents(fake_slurm, 45)
    fake_slurm.say("sreport", print_row("lab", "phys", "", "cpu", "0"))
    assert ask("/slurmdb/v0.0.45/associations?Include%20usage=true").status == 200
    assert [argv[2:4] for argv in fake_slurm.argvs if argv[0] == "sacctmgr"] == [["show", "association"]]
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
