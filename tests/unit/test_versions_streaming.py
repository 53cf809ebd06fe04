"""A document converted while it is printed: the same whatever the chunks, one entry in memory at a time."""

from collections.abc import Iterator
from typing import Any

import pytest
from playback import read_recording

from slurmrest_inetd.envelope import parse_json
from slurmrest_inetd.slurm import layout
from slurmrest_inetd.versions.streaming import convert_chunks

RECORDED = read_recording("24.11", "jobs").stdout
VERSION = 45
SIZES = [700, 5_000, 1_000_000]


def convert(payload: Any) -> Any:
    """As a conversion does: each entry another, a member more, a member less."""
    made = {name: value for name, value in payload.items() if name != "last_backfill"}
    if "jobs" in made:
        made["jobs"] = [{"name": job["name"], "text": "}\n    },\n  ],\n"} for job in payload["jobs"]]
    return {**made, "added": 0}


def cut(text: bytes, size: int) -> Iterator[bytes]:
    return (text[at : at + size] for at in range(0, len(text), size))


def expect(text: bytes) -> Any:
    document = parse_json(text)
    document["meta"]["plugin"]["data_parser"] = f"data_parser/v0.0.{VERSION}"
    envelope = {name: document.pop(name) for name in ("meta", "errors", "warnings")}
    return {**convert(document), **envelope}


@pytest.mark.parametrize("size", SIZES)
def test_a_list_is_converted_as_the_whole_is(size: int) -> None:
    assert RECORDED.count(b"\n    {\n") > 1
    made = b"".join(convert_chunks(VERSION, cut(RECORDED, size), convert))
    assert parse_json(made) == expect(RECORDED)
    assert b'\n  "meta": {\n' in made


@pytest.mark.parametrize("name", ["licenses", "ping"])
@pytest.mark.parametrize("size", SIZES)
def test_other_documents_are_converted_whole(name: str, size: int) -> None:
    text = read_recording("24.11", name).stdout
    assert parse_json(b"".join(convert_chunks(VERSION, cut(text, size), convert))) == expect(text)


def test_a_list_that_the_other_version_names_otherwise_is_converted_whole() -> None:
    def rename(payload: Any) -> Any:
        return {"renamed": payload.get("jobs")}

    made = parse_json(b"".join(convert_chunks(VERSION, cut(RECORDED, 1000), rename)))
    assert len(made["renamed"]) == len(parse_json(RECORDED)["jobs"])


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("text", [b"", b"squeue: nothing that is a document\n", b'{\n  "jobs": [\n    {\n'])
def test_what_is_no_document_stays_none(text: bytes, size: int) -> None:
    made = b"".join(convert_chunks(VERSION, cut(text, size), convert))
    assert text.startswith(made)
    assert b"meta" not in made


def test_what_breaks_off_has_no_end() -> None:
    for end in (RECORDED.rindex(b"\n    },\n"), RECORDED.index(b'  "meta"'), len(RECORDED) - 30):
        made = b"".join(convert_chunks(VERSION, cut(RECORDED[:end], 4000), convert))
        with pytest.raises(ValueError):
            parse_json(made)
        assert b'"added": 0' not in made


def test_memory_holds_one_entry(monkeypatch: pytest.MonkeyPatch) -> None:
    opening = RECORDED[: RECORDED.index(b"    {\n")]
    entry = RECORDED[len(opening) : RECORDED.index(b"\n    },\n") + len(b"\n    },\n")]
    seen: list[int] = []

    class Pattern:
        def finditer(self, text: bytes) -> Any:
            seen.append(len(text))
            return pattern.finditer(text)

    pattern = layout.ENTRY
    monkeypatch.setattr(layout, "ENTRY", Pattern())
    made = convert_chunks(VERSION, cut(opening + entry * 50, 500), convert)
    assert sum(chunk.count(b'"text"') for chunk in made) == 50
    assert max(seen) < len(entry) + 1000
