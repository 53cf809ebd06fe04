"""Values that a client sent, on their way to sacct's and sacctmgr's argv: each is only itself, or it does not get there."""

from typing import Any

import pytest
from conftest import Asker
from hypothesis import given
from hypothesis import strategies as st
from playback import FakeSlurm

from slurmrest_inetd.accounting.job_conditions import is_step, match_exit_code
from slurmrest_inetd.accounting.listing import build_conditions, match_member
from slurmrest_inetd.errors import Unprocessable
from slurmrest_inetd.model import Call, Endpoint, Identity, Request
from slurmrest_inetd.query import Parameter
from slurmrest_inetd.settings import Settings
from slurmrest_inetd.slurm.conditions import format_condition, format_time, is_plain

ENDPOINT = Endpoint("GET", "/", "get_things", "slurmdbd.things", "get_things", 40, 45)
CALL = Call(Request("GET", "/", (), (), (), "1.1"), ENDPOINT, 42, {}, Identity("local", "x"), Settings())
ROWS = (
    Parameter("account", "csv", term="--accounts", member="account"),
    Parameter("constraints", "csv", term="--constraints"),
    Parameter("node", "hostlist", term="--nodelist"),
    Parameter("start_time", "timestamp", term="--starttime"),
    Parameter("cpus", "uint32", term="--ncpus"),
    Parameter("with_deleted", "bool", term="withdeleted"),
    Parameter("older", "bool", until=41, term="older"),
    Parameter("own", "bool"),
)
# what both programs were seen to take for more than itself
MEANINGFUL = (
    "a,b", "a[1-2]", "[", "]", '"a"', 'a"b', "a'b", "'", "=a", "a=b", "+a", "-a", "-1", " a", "a ", "",
    "a\nb", "a\tb", "a\x01b", "a\x7f", "a\0b", "a\\b", "a\u2028b", "a\udc80b",
)  # fmt: skip


@pytest.mark.parametrize("value", MEANINGFUL)
def test_what_means_more_than_itself_is_not_plain(value: str) -> None:
    assert not is_plain(value)


@pytest.mark.parametrize(
    "value", ["a", "A b", "a%b", "a*b", "*a", "a+b", "a-b", "é", "a;b", "a|b", "$(a)", "../a", "where", "a@b"]
)
def test_what_is_only_itself_is_plain(value: str) -> None:
    assert is_plain(value)


@given(st.text(max_size=40))
def test_a_plain_value_can_be_one_member_of_one_argv_element(value: str) -> None:
    if is_plain(value):
        word = format_condition("name", [value])
        assert word.encode().decode() == f"name={value}"
        assert not set(word) & set("\0\n\r,'\"[]\\")


@given(st.integers(-(2**63), 2**63))
def test_a_time_is_digits_enough_for_both_programs(seconds: int) -> None:
    word = format_time(seconds)
    assert word.startswith("uts")
    assert 7 <= len(word) - 3 <= 11
    if 1_000_000 <= seconds <= 99_999_999_999:
        assert word == f"uts{seconds}"


def words(values: dict[str, Any]) -> tuple[str, ...]:
    return build_conditions(CALL, values, ROWS).words


def test_conditions_follow_their_rows() -> None:
    assert words({"account": ["a", "b"]}) == ("--accounts=a,b",)
    assert words({"node": ["a[1-2]", "b"]}) == ("--nodelist=a[1-2],b",)
    assert words({"start_time": 1795260000}) == ("--starttime=uts1795260000",)
    assert words({"cpus": 3}) == ("--ncpus=3",)
    assert words({"with_deleted": True, "older": True, "own": True}) == ("withdeleted",)


@pytest.mark.parametrize("values", [{}, {"account": []}, {"with_deleted": False}, {"start_time": 0}, {"cpus": 0}])
def test_what_was_not_asked_makes_no_condition(values: dict[str, Any]) -> None:
    assert build_conditions(CALL, values, ROWS) == ((), ())


def test_a_value_that_cannot_be_carried_is_compared_in_the_document() -> None:
    conditions = build_conditions(CALL, {"account": ["a,b", "c"]}, ROWS)
    assert conditions.words == ()
    assert conditions.keep({"account": "a,b"})
    assert conditions.keep({"account": "C  "})
    assert not conditions.keep({"account": "a"})


def test_a_value_that_can_neither_be_carried_nor_compared_is_refused() -> None:
    with pytest.raises(Unprocessable) as caught:
        build_conditions(CALL, {"constraints": ["a[1-2]"]}, ROWS)
    assert caught.value.problems[0].source == "#/constraints/"


def test_members_are_found_where_they_are() -> None:
    keep = match_member("preempt/mode", ["REQUEUE"])
    assert keep({"preempt": {"mode": ["requeue", "GANG"]}})
    assert not keep({"preempt": {"mode": []}})
    assert not keep({"preempt": "REQUEUE"})
    assert not keep({})
    assert match_member("id", ["7"])({"id": 7})


def test_an_exit_code_counts_only_where_there_is_one() -> None:
    keep = match_exit_code(0)
    assert keep({"exit_code": {"return_code": {"set": True, "number": 0}}})
    assert not keep({"exit_code": {"return_code": {"set": False, "number": 0}}})
    assert not keep({"exit_code": {"return_code": {"set": True, "number": 1}}})


@pytest.mark.parametrize(
    "text",
    [
        "7",
        "7_1",
        "7+0",
        "7.0",
        "7.batch",
        "7_1.extern",
        "7+1.0",
        "s60XM7YZ3FKN00",
        "s60XM7YZ3FKN00.batch",
        "4294967292",
    ],
)
def test_steps(text: str) -> None:
    assert is_step(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0",
        "07x",
        "x",
        "-1",
        "7,8",
        " 7",
        "7 ",
        "7\n",
        "7.",
        "7_",
        "7+",
        "7.x",
        "7..0",
        "7_[1-2]",
        "4294967293",
        "4294967296",
        "99999999999",
        "\u0667",
        "S60X",
        "7_1_2",
    ],
)
def test_no_steps(text: str) -> None:
    assert not is_step(text)


TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=20) | st.sampled_from(
    [text for text in MEANINGFUL if "\udc80" not in text]
)
CSV = (
    "account",
    "association",
    "cluster",
    "constraints",
    "job_name",
    "node",
    "partition",
    "reason",
    "reservation",
    "reservation_id",
    "state",
    "wckey",
)
EACH = ("step", "users", "groups")
NUMBERS = (
    "cpus_min",
    "cpus_max",
    "nodes_min",
    "nodes_max",
    "timelimit_min",
    "timelimit_max",
    "exit_code",
    "start_time",
    "end_time",
)
OPTIONS = {
    "--allusers", "--duplicates", "--truncate", "--local", "--allclusters", "--allocations", "--accounts", "--associations", "--clusters",
    "--constraints", "--name", "--nodelist", "--partition", "--reason", "--state", "--wckeys", "--jobs", "--user", "--group", "--ncpus",
    "--nnodes", "--timelimit-min", "--timelimit-max", "--starttime", "--endtime", "--json",
}  # fmt: skip


@pytest.fixture(scope="module")
def jobs(tmp_path_factory: pytest.TempPathFactory) -> tuple[FakeSlurm, Asker]:
    slurm = FakeSlurm(tmp_path_factory.mktemp("jobs") / "slurm")
    return slurm, Asker(Settings(command_path=str(slurm.folder)))


@given(st.sampled_from((*CSV, *EACH, *NUMBERS)), st.lists(TEXTS, min_size=1, max_size=2))
def test_no_value_becomes_another_option(jobs: tuple[FakeSlurm, Asker], name: str, texts: list[str]) -> None:
    from urllib.parse import urlencode

    from slurmrest_inetd.accounting.job_conditions import build_job_conditions
    from slurmrest_inetd.fields.job_filters import JOBS
    from slurmrest_inetd.query import parse_query

    _, ask = jobs
    call = ask.make_call("/slurmdb/v0.0.42/jobs?" + urlencode([(name, text) for text in texts]))
    try:
        made = build_job_conditions(call, parse_query(call, JOBS)).words
    except Unprocessable as error:
        assert error.problems[0].source.startswith(f"#/{name}")
        return
    for word in made:
        option, _, value = word.partition("=")
        assert option in OPTIONS
        # of nodes "all" is a name as any other: sacct finds none of it (measured)
        assert value != "-1"
        assert value.lower() != "all" or option == "--nodelist"
        assert not set(value) & set("\0\n'\"\\")
    # one element for what was asked, the others are ours
    assert (
        len([word for word in made if word not in ("--duplicates", "--local", "--allclusters", "--timelimit-min=1")])
        <= 1
    )
