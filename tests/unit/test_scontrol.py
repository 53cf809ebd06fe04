"""scontrol's terms: one element, one key, and a value that is only itself."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slurmrest_inetd.slurm.scontrol import (
    check_host_list,
    check_member,
    check_node_name,
    format_list,
    format_number,
    format_quoted,
    format_term,
)
from slurmrest_inetd.slurm.values import INFINITE, Unusable

ANYTHING = st.text(alphabet=st.characters(codec="utf-8"), max_size=20)
HOSTILE = st.sampled_from(
    ["a,b", "-x", "+x", "a b", "x=y", 'a"b', "", "\n", "\0", "ALL", "n[1-2]", "/etc/passwd", "a\nkey=b"]
)


@settings(max_examples=60)
@given(value=ANYTHING | HOSTILE)
def test_a_value_is_one_element_behind_its_key(value: str) -> None:
    try:
        word = format_term("comment", value)
    except Unusable:
        assert "\0" in value
        return
    assert word == "comment=" + value
    assert "\0" not in word


@settings(max_examples=60)
@given(members=st.lists(ANYTHING | HOSTILE, max_size=3))
def test_a_list_has_as_many_members_as_were_given(members: list[str]) -> None:
    try:
        word = format_list("users", members)
    except Unusable:
        return
    assert word.startswith("users=")
    value = word.removeprefix("users=")
    assert (value.split(",") if members else []) == members
    assert not any(member.startswith(("+", "-")) for member in members)


@settings(max_examples=60)
@given(name=ANYTHING | HOSTILE)
def test_a_node_name_is_one_name(name: str) -> None:
    try:
        assert check_node_name(name) == name
    except Unusable:
        return
    assert not set(name) & set(",[]/ \t\n=+\"'")
    assert name.lower() != "all"
    assert name[0] not in ".-"


def test_words_that_scontrol_has() -> None:
    assert format_number("weight", 3) == "weight=3"
    assert format_number("maxtime", INFINITE) == "maxtime=UNLIMITED"
    assert format_number("resumeafter", INFINITE, "INFINITE") == "resumeafter=INFINITE"
    assert format_quoted("reason", 'the "fan"') == 'reason="the "fan""'
    assert format_quoted("reason", "") == "reason="
    assert check_member("-bob", signs=True) == "-bob"
    assert check_host_list("n[1-3,7],login-1.site") == "n[1-3,7],login-1.site"


@pytest.mark.parametrize("text", ["", "-n1", "n1 n2", "/etc/passwd", "n1\nn2", "n{1}", "n*", "n1;n2", "n1=n2"])
def test_what_is_no_host_list(text: str) -> None:
    with pytest.raises(Unusable):
        check_host_list(text)


def test_what_no_argument_can_hold_is_refused() -> None:
    with pytest.raises(Unusable, match="longer"):
        format_term("comment", "x" * 140_000)
