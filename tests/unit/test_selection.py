"""Some of a list's entries: whatever pieces the document comes in, what is left is JSON and the entries keep their bytes."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slurmrest_inetd.envelope import format_json, parse_json
from slurmrest_inetd.selection import Selection

TAIL = b'  "meta": {\n  }\n}\n'


def make_payload(entries: list[dict[str, Any]]) -> bytes:
    """A document as Slurm prints it, up to its ``meta``."""
    return format_json({"jobs": entries}).removesuffix(b"\n}") + b",\n"


def select(payload: bytes, cuts: list[int], selection: Selection) -> bytes:
    """The payload through the selection, in pieces of whole lines."""
    lines = payload.splitlines(keepends=True)
    made = b""
    start = 0
    for cut in [*sorted(cut % (len(lines) + 1) for cut in cuts), len(lines)]:
        made += selection(b"".join(lines[start:cut]))
        start = cut
    return made


values = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
entries = st.lists(
    st.fixed_dictionaries(
        {"number": st.integers(0, 3), "text": st.sampled_from(["}", "{", "    }", '  "meta": {', "],"]), "more": values}
    ),
    max_size=6,
)


@given(entries, st.lists(st.integers(0, 200), max_size=5), st.integers(0, 4))
def test_what_is_left_is_what_was_asked_for(listed: list[dict[str, Any]], cuts: list[int], limit: int) -> None:
    selection = Selection(lambda entry: entry["number"] < limit)
    made = select(make_payload(listed), cuts, selection)
    wanted = [entry for entry in listed if entry["number"] < limit]
    assert parse_json(made + TAIL)["jobs"] == wanted
    assert selection.kept == len(wanted)
    if wanted == listed:
        assert made == make_payload(listed)


def test_an_entry_that_stays_keeps_its_own_bytes() -> None:
    payload = b'{\n  "jobs": [\n    {\n      "name": "a\\/b",\n      "id": 1.0\n    },\n    {\n      "name": "c",\n      "id": 2\n    }\n  ],\n'
    made = Selection(lambda entry: entry["id"] == 1.0)(payload)
    assert made == b'{\n  "jobs": [\n    {\n      "name": "a\\/b",\n      "id": 1.0\n    }\n  ],\n'


@pytest.mark.parametrize("payload", [b'{\n  "jobs": [],\n', b'{\n  "jobs": [\n  ],\n'])
def test_an_empty_list_stays_as_it_is(payload: bytes) -> None:
    selection = Selection(lambda entry: True)
    assert selection(payload) == payload
    assert selection.kept == 0
