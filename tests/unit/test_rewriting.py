"""A list's entries changed on the way: the same document whatever the chunks, one entry in memory at a time."""

from typing import Any

import pytest
from playback import read_recording

from slurmrest_inetd.envelope import parse_json
from slurmrest_inetd.rewriting import Rewriting

RECORDED = read_recording("24.11", "jobs").stdout
PAYLOAD, _, TAIL = RECORDED.partition(b'  "meta": {\n')
TAIL = b'  "meta": {\n' + TAIL


def hide_name(job: dict[str, Any]) -> None:
    job["name"] = "}\n    {"


@pytest.mark.parametrize("size", [1, 2, 7, 100, 100_000])
def test_every_entry_is_changed(size: int) -> None:
    lines = PAYLOAD.splitlines(keepends=True)
    rewrite = Rewriting(hide_name)
    made = b"".join(rewrite(b"".join(lines[at : at + size])) for at in range(0, len(lines), size))
    expected = parse_json(RECORDED)
    for job in expected["jobs"]:
        hide_name(job)
    assert parse_json(made + TAIL) == expected


def test_no_entry() -> None:
    empty = b'{\n  "jobs": [],\n  "last_update": {\n    "number": 1\n  },\n'
    assert Rewriting(hide_name)(empty) == empty


def test_memory_holds_one_entry() -> None:
    entry = PAYLOAD[PAYLOAD.index(b"    {\n") : PAYLOAD.index(b"\n    },\n") + len(b"\n    },\n")]
    rewrite = Rewriting(hide_name)
    for line in (entry * 20).splitlines(keepends=True):
        rewrite(line)
        assert len(rewrite._held) <= len(entry)
