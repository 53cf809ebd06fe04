"""Query parameters: what each kind takes, what is refused by name, what is only warned of."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slurmrest_inetd.errors import Unprocessable
from slurmrest_inetd.model import Call, Endpoint, Identity, Notice, Request
from slurmrest_inetd.query import Parameter, Query, parse_query
from slurmrest_inetd.settings import Settings
from slurmrest_inetd.slurm.timestamps import parse_time

ROWS = (
    Parameter("name"),
    Parameter("users", "csv"),
    Parameter("flags", "flags", enum=("ALL", "DETAIL")),
    Parameter("with_assocs", "bool"),
    Parameter("update_time", "timestamp"),
    Parameter("cpus_min", "uint32", until=40),
    Parameter("job_altered", "bool", since=45),
    Parameter("description", "strings"),
    Parameter("id", "ids"),
    Parameter("node", "hostlist"),
    Parameter("format", "csv", note="format has no effect"),
)


def make_call(query: list[tuple[str, str]], version: int = 42) -> Call:
    request = Request("GET", "/", (), tuple(query), (), "1.1")
    endpoint = Endpoint("GET", "/", "get_things", "slurmdbd.things", "get_things", 40, 45)
    return Call(request, endpoint, version, {}, Identity("local", "x"), Settings())


def ask(*query: tuple[str, str], version: int = 42) -> Query:
    return parse_query(make_call(list(query), version), ROWS)


def test_only_what_was_asked_is_there() -> None:
    assert ask() == Query({}, ())
    assert ask(("name", "x")).values == {"name": "x"}


def test_lists_are_split_and_joined() -> None:
    assert ask(("users", "a, b"), ("users", "c"), ("users", "")).values == {"users": ["a", "b", "c"]}


def test_strings_keep_their_commas() -> None:
    assert ask(("description", "a, b"), ("description", "")).values == {"description": ["a, b", ""]}


def test_ids_are_numbers() -> None:
    assert ask(("id", "4,05"), ("id", "6")).values == {"id": ["4", "5", "6"]}
    with pytest.raises(Unprocessable, match="Failure parsing query") as caught:
        ask(("id", "4,x"))
    assert caught.value.problems[0].source == "#/id/"


def test_hostlists_hold_names_and_ranges_only() -> None:
    assert ask(("node", "a[1-3,7],b"), ("node", ","), ("node", "c")).values == {"node": ["a[1-3,7],b", "c"]}
    for text in ("a b", "/etc/passwd", "a[1", "a=b", "a\nb", "-1", "a,-b"):
        with pytest.raises(Unprocessable) as caught:
            ask(("node", text))
        assert caught.value.problems[0].source == "#/node/"


def test_a_row_may_warn_of_its_use() -> None:
    assert ask(("format", "name")).warnings == (Notice("format has no effect", "#/format/"),)


def test_flags_are_members_whatever_their_case() -> None:
    assert ask(("flags", "all,DETAIL")).values == {"flags": ["ALL", "DETAIL"]}
    with pytest.raises(Unprocessable) as caught:
        ask(("flags", "ALL,NOPE"))
    first, last = caught.value.problems
    assert 'Unknown flag "NOPE"' in first.description
    assert (first.error_number, first.source) == (9207, "#/flags/")
    assert last.error_number == 9000


@pytest.mark.parametrize(
    ("text", "value"), [("true", True), ("YES", True), ("1", True), ("", True), ("0", False), ("No", False)]
)
def test_booleans(text: str, value: bool) -> None:
    assert ask(("with_assocs", text)).values == {"with_assocs": value}


@pytest.mark.parametrize(
    ("name", "text", "version"),
    [
        ("with_assocs", "maybe", 42),
        ("update_time", "zzz", 42),
        ("update_time", "", 42),
        ("cpus_min", "-1", 40),
        ("cpus_min", "1.5", 40),
        ("cpus_min", "\N{ARABIC-INDIC DIGIT ONE}", 40),
        ("cpus_min", "4294967295", 40),
        ("cpus_min", "1" * 5000, 40),
        ("name", "a\0b", 42),
    ],
)
def test_a_bad_value_is_refused_by_name(name: str, text: str, version: int) -> None:
    with pytest.raises(Unprocessable) as caught:
        ask((name, text), version=version)
    assert caught.value.problems[0].error_number == 9202
    assert caught.value.problems[0].source == f"#/{name}/"


def test_every_bad_value_is_named() -> None:
    with pytest.raises(Unprocessable) as caught:
        ask(("with_assocs", "2"), ("update_time", "x"))
    assert [problem.source for problem in caught.value.problems] == ["#/with_assocs/", "#/update_time/", "get_things"]


def test_the_same_key_twice_must_agree() -> None:
    assert ask(("name", "x"), ("name", "x")).values == {"name": "x"}
    with pytest.raises(Unprocessable, match="parsing"):
        ask(("name", "x"), ("name", "y"))


def test_what_the_version_has_not_is_unknown() -> None:
    notice = Notice('Ignoring unknown field "job_altered" of type string', "#/job_altered/")
    assert ask(("job_altered", "1")) == Query({}, (notice,))
    assert ask(("job_altered", "1"), version=45).values == {"job_altered": True}
    assert ask(("NAME", "x")).warnings[0].source == "#/NAME/"


@given(st.sampled_from([row.name for row in ROWS]), st.text())
def test_any_text_is_a_value_or_refused(name: str, text: str) -> None:
    try:
        ask((name, text), version=40)
    except Unprocessable as error:
        assert error.problems[0].source == f"#/{name}/"


NOW = 1795260000


@pytest.fixture
def utc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    monkeypatch.setattr("slurmrest_inetd.slurm.timestamps.time.time", lambda: NOW)
    real = time.localtime
    monkeypatch.setattr(
        "slurmrest_inetd.slurm.timestamps.time.localtime", lambda *args: real(*args) if args else real(NOW)
    )


# 1795260000 is 2026-11-21T11:20:00 UTC
@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1700000000", 1700000000),
        ("-5", -5),
        ("now", NOW),
        ("now-1hour", NOW - 3600),
        ("NOW+2days", NOW + 172800),
        ("now-90", NOW - 90),
        ("now-3w", NOW - 3 * 604800),
        ("2026-11-21", NOW - 40800),
        ("2026-11-21T11:20", NOW),
        ("2026-11-21T11:20:05", NOW + 5),
        ("11/21/26-11:20", NOW),
        ("11/21", NOW - 40800),
        ("11.21.26", NOW - 40800),
        ("1121-11:20", NOW),
        ("11:20", NOW),
        ("11:20 pm", NOW + 43200),
        ("12:00am", NOW - 40800),
        ("noon", NOW + 2400),
        ("today", NOW - 40800),
        ("tomorrow", NOW + 45600),
        ("yesterday", None),
        ("now-1lightyear", None),
        ("2026-02-30", None),
        ("2026-13-01", None),
        ("25:00", None),
        ("13:00pm", None),
        ("-", None),
        ("--5", None),
        ("9" * 30, None),
        ("99999-01-01", None),
        ("", None),
    ],
)
def test_times(utc: None, text: str, seconds: int | None) -> None:
    assert parse_time(text) == seconds


@given(st.text())
def test_any_text_is_a_time_or_none(text: str) -> None:
    assert isinstance(parse_time(text), int | None)
