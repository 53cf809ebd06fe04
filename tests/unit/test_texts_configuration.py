"""slurm.conf out of text is what 26.05 tells of the same controller as JSON; both were recorded at the same time."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slurmrest_inetd.texts.accounting_settings import build_settings
from slurmrest_inetd.texts.asking import Ask
from slurmrest_inetd.texts.configuration import build_configuration
from slurmrest_inetd.texts.parameters import read_three_valued, read_words, split_lines

RECORDED = Path(__file__).parent.parent / "fixtures" / "configuration"
# fmt: off
TOLD_OTHERWISE = {
    "CpuFreqGovernors": "26.05's JSON has none of them, its text has",
    "ClusterId":        "not in the text",
    "HashValue":        "not in the text: only whether the daemons agree",
}
# fmt: on


def make_ask(text: str) -> Ask:
    """Whatever is run prints ``text``."""
    ask = SimpleNamespace(argv=(), print_text=lambda *_: text)
    ask.print_utc = lambda: ask
    return cast(Ask, ask)


@pytest.mark.parametrize("name", ["usual", "unusual"])
def test_text_and_json_agree(name: str) -> None:
    made = build_configuration(make_ask((RECORDED / f"{name}.txt").read_text()))
    told = json.loads((RECORDED / f"{name}.json").read_text())
    assert made.keys() == told.keys()
    for part in told:
        assert made[part].keys() == told[part].keys()
        differing = {member for member in told[part] if made[part][member] != told[part][member]}
        assert differing <= TOLD_OTHERWISE.keys()


def test_ports_and_words() -> None:
    lines = (
        "SlurmctldPort = 27817-27819",
        "PropagatePrioProcess = 2",
        "ReturnToService = 0",
        "PreemptMode = GANG,CANCEL",
    )
    made = build_configuration(make_ask("\n".join(lines)))["slurm_conf"]
    assert (made["SlurmctldPort"], made["SlurmctldPortCount"]) == (27817, 3)
    assert (made["PropagatePrioProcess"], made["ReturnToService"]) == ("nicer", "none")
    assert made["PreemptMode"] == ["CANCEL", "GANG"]


def test_what_is_not_printed_is_unset() -> None:
    made = build_configuration(make_ask(""))
    conf = made["slurm_conf"]
    assert (conf["ReturnToService"], conf["controllers"], conf["MaxJobCount"]) == ("", [], 0)
    assert made["slurm_conf_meta"]["LastUpdate"] == 0


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("60 sec", {"set": True, "infinite": False, "number": 60}),
        ("1-00:00:30", {"set": True, "infinite": False, "number": 86430}),
        ("UNLIMITED", {"set": False, "infinite": True, "number": 0}),
        ("NONE", {"set": False, "infinite": False, "number": 0}),
    ],
)
def test_numbers(text: str, number: dict[str, Any]) -> None:
    assert read_three_valued(text) == number


@settings(max_examples=50)
@given(st.lists(st.sampled_from(["jobs", "USAGE", "nothing", "", "none"])))
def test_flags_are_the_schemas(words: list[str]) -> None:
    entry = {"type": "string", "enum": ["jobs", "nodes", "usage"]}
    given = {word.lower() for word in words}
    assert read_words([",".join(words)], entry) == [flag for flag in entry["enum"] if flag in given]


def test_numbered_lines_make_a_list() -> None:
    assert split_lines("Prolog[0] = /a\nProlog[1] = /b,c=d\n\nrest\n") == {"prolog": ["/a", "/b,c=d"]}


def test_accountings_text_and_json_agree() -> None:
    made = build_settings(make_ask((RECORDED / "accounting.txt").read_text()))
    assert made == json.loads((RECORDED / "accounting.json").read_text())
