"""JSON values as Slurm's: what is taken, what is refused."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slurmrest_inetd.slurm.argv import (
    check_node_count,
    format_gpus,
    format_gres,
    format_minutes,
    format_nodes,
    format_seconds,
    format_tres,
)
from slurmrest_inetd.slurm.script import check_script, disarm_script
from slurmrest_inetd.slurm.signals import parse_signal
from slurmrest_inetd.slurm.values import (
    HIGHEST_UINT32,
    INFINITE,
    Unusable,
    name_types,
    parse_csv,
    parse_flags,
    parse_number,
    parse_optional_number,
    parse_switch,
    parse_text,
    parse_texts,
    parse_time_value,
    show_value,
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
PARSERS: list[Callable[[Any], Any]] = [
    parse_text,
    parse_texts,
    parse_csv,
    parse_number,
    parse_optional_number,
    parse_switch,
    parse_time_value,
    parse_signal,
]


@given(JSON)
def test_any_json_is_a_value_or_refused(value: Any) -> None:
    for parse in PARSERS:
        try:
            parse(value)
        except Unusable as error:
            assert error.number > 0
            assert str(error).isascii()


@pytest.mark.parametrize(
    ("value", "number"), [(0, 0), (7, 7), ("7", 7), (" 7 ", 7), ("+7", 7), (7.0, 7), ("7.0", 7), (HIGHEST_UINT32,) * 2]
)
def test_whole_numbers(value: Any, number: int) -> None:
    assert parse_number(value) == number


@pytest.mark.parametrize(
    "value",
    [
        1.5,
        "1.5",
        "x",
        "",
        -1,
        HIGHEST_UINT32 + 1,
        True,
        None,
        [],
        {},
        "1e3",
        "0x10",
        "\u0663",
        "9" * 5000,
        float("inf"),
    ],
)
def test_what_would_be_cut_wrapped_or_guessed_is_refused(value: Any) -> None:
    with pytest.raises(Unusable):
        parse_number(value)


@pytest.mark.parametrize(
    ("value", "number"),
    [
        ({"set": True, "infinite": False, "number": 5}, 5),
        ({"number": 5}, 5),
        ({"set": False, "number": 5}, None),
        ({"set": True, "infinite": True}, INFINITE),
        ({"infinite": True, "number": 0}, INFINITE),
        (5, 5),
        ("5", 5),
    ],
)
def test_numbers_that_need_not_be_set(value: Any, number: Any) -> None:
    assert parse_optional_number(value) == number


@pytest.mark.parametrize(
    "value", [{}, {"set": True}, {"number": "x"}, {"set": 7}, {"number": 1, "other": 2}, {"number": 1.5}]
)
def test_objects_that_are_no_number(value: Any) -> None:
    with pytest.raises(Unusable):
        parse_optional_number(value)


def test_texts() -> None:
    assert parse_text("a\nb") == "a\nb"
    assert parse_text(5) == "5"
    assert parse_text(True) == "true"
    assert parse_text(False) == "false"
    wrong: list[Any] = ["a\0b", "\ud800", None, [], {}]
    for value in wrong:
        with pytest.raises(Unusable):
            parse_text(value)


def test_switches() -> None:
    assert parse_switch(True)
    assert parse_switch("Yes")
    assert parse_switch(1)
    assert not parse_switch("off")
    assert not parse_switch(0)
    wrong: list[Any] = ["x", 2, None, [], 1.0]
    for value in wrong:
        with pytest.raises(Unusable):
            parse_switch(value)


def test_lists() -> None:
    assert parse_csv("n[1,3],m,") == ["n[1,3]", "m"]
    assert parse_csv(["a,b", " c "]) == ["a", "b", "c"]
    wrong: list[Any] = ["n[1,3", "n]1[", "n[[1]]", {}, [[]]]
    for value in wrong:
        with pytest.raises(Unusable):
            parse_csv(value)


def test_flags() -> None:
    known = {"BEGIN": 1, "END": 2}
    assert parse_flags(["end", "BEGIN", "END"], known) == ["END", "BEGIN"]
    assert parse_flags("begin", known) == ["BEGIN"]
    wrong: list[Any] = [["NOPE"], "BEGIN,END", [5], {}]
    for value in wrong:
        with pytest.raises(Unusable):
            parse_flags(value, known)


def test_times() -> None:
    assert parse_time_value(1900000000) == 1900000000
    assert parse_time_value({"set": True, "number": 1900000000}) == 1900000000
    assert parse_time_value(0) is None
    assert parse_time_value("2030-03-17T12:00:00")
    for value in ("soon", {"set": True, "infinite": True}, -1):
        with pytest.raises(Unusable):
            parse_time_value(value)


def test_types_are_named_as_slurmrestd_names_them() -> None:
    assert name_types(True) == ("boolean", "boolean")
    assert name_types(1) == ("integer", "64 bit integer")
    assert name_types(None) == ("null", "null")
    assert show_value("x" * 500).endswith("...")
    assert json.loads(show_value({"a": ["\n"]})) == {"a": ["\n"]}


@pytest.mark.parametrize(
    ("word", "number"), [("USR1", "10"), ("sigterm", "15"), ("9", "9"), (9, "9"), ("", None), ("64", "64")]
)
def test_signals(word: Any, number: str | None) -> None:
    assert parse_signal(word) == number


@pytest.mark.parametrize("word", ["NOPE", "0", "65", "-9", "SIG", "9" * 100, "\u0663", "KILL --user=bob"])
def test_what_is_no_signal(word: str) -> None:
    with pytest.raises(Unusable):
        parse_signal(word)


def test_words_of_options() -> None:
    assert format_minutes(INFINITE) == "UNLIMITED"
    assert format_minutes(5) == "5"
    assert format_seconds(90061) == "1-01:01:01"
    assert format_nodes(["n[1,2]", "m"]) == "n[1,2],m"
    with pytest.raises(Unusable, match="no node's name"):
        format_nodes(["/etc/passwd"])
    for good in ("1", "1-4", "1,3,5", "2-8:2", "1k-2k"):
        assert check_node_count(good) == good
    for bad in ("x", "", "-1", "1 2", "1\n"):
        with pytest.raises(Unusable):
            check_node_count(bad)


def test_generic_resources() -> None:
    assert format_gres("gres/gpu:tesla:2,gres:fpga,gres/mps=4") == "gpu:tesla:2,fpga,mps:4"
    assert format_gpus("gres/gpu:tesla:2,gres:gpu=1") == "tesla:2,1"
    assert format_tres("cpu=2,gres:gpu:1,license/x=1") == "cpu=2,gres/gpu:1,license/x=1"
    for bad in ("gpu:1", "gres/", "gres/gpu:1 --uid=0", "gres/gpu:", ""):
        with pytest.raises(Unusable):
            format_gres(bad)
    for bad in ("gres/fpga:1", "gres/gpu"):
        with pytest.raises(Unusable):
            format_gpus(bad)


@pytest.mark.parametrize(
    ("script", "disarmed"),
    [
        (b"#!/bin/sh\n#SBATCH -n4\necho\n#SBATCH -n5\n", b"#!/bin/sh\n# SBATCH -n4\necho\n#SBATCH -n5\n"),
        (b"#!/bin/sh\n\n \t\n#SBATCH--x\n#SLURM -n5", b"#!/bin/sh\n\n \t\n# SBATCH--x\n# SLURM -n5"),
        (
            b"#!/bin/sh\n#SBATCH hetjob\n##SBATCH x\n #SBATCH x\n",
            b"#!/bin/sh\n# SBATCH hetjob\n##SBATCH x\n #SBATCH x\n",
        ),
        (b"#!/bin/sh", b"#!/bin/sh"),
        (b"", b""),
    ],
)
def test_directives_are_disarmed_where_sbatch_would_obey(script: bytes, disarmed: bytes) -> None:
    assert disarm_script(script) == disarmed


@given(
    st.lists(
        st.sampled_from([b"#SBATCH -n9", b"#SLURM x", b"# x", b"", b" ", b"echo", b"#!/bin/sh", b"\xff", b" #SBATCH"])
    )
)
def test_nothing_else_of_a_script_changes(lines: list[bytes]) -> None:
    script = b"\n".join(lines)
    disarmed = disarm_script(script)
    assert disarmed.replace(b"# SBATCH", b"#SBATCH").replace(b"# SLURM", b"#SLURM") == script
    for line in disarmed.split(b"\n"):
        if line.strip() and not line.lstrip().startswith(b"#"):
            break
        assert not line.startswith((b"#SBATCH", b"#SLURM"))


@pytest.mark.parametrize("script", ["", " \n", "echo\n", " #!/bin/sh\n", "#!/bin/sh\n\0", "#!/bin/sh\r\necho\r\n"])
def test_scripts_that_sbatch_would_not_take(script: str) -> None:
    with pytest.raises(Unusable):
        check_script(script)


def test_a_large_script_is_read_in_time() -> None:
    script = "#!/bin/sh\n" + "#SBATCH -n1\n" * 350_000
    assert disarm_script(check_script(script)).count(b"# SBATCH") == 350_000
