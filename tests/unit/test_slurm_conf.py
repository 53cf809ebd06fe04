"""slurm.conf as slurmctld reads it; a file that cannot be read says nothing and harms nobody."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slurmrest_inetd.settings import Settings
from slurmrest_inetd.slurm import configuration
from slurmrest_inetd.slurm.configuration import KEYS, Reader, join_lines, parse_parameters, read_configuration


def read(path: Path) -> dict[str, str]:
    return read_configuration(Settings(slurm_conf=str(path)))


@pytest.fixture
def conf(tmp_path: Path) -> Path:
    return tmp_path / "slurm.conf"


# Each row was asked of a slurmctld of 24.11 and of 26.05 (scontrol show config), which answered this.
@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("AccountingStorageType=one\nAccountingStorageType=two\n", "two"),
        ("AccountingStorageType = one\n", "one"),
        ("ACCOUNTINGSTORAGETYPE=one\n", "one"),
        ('AccountingStorageType="one two"\n', "one two"),
        ("AccountingStorageType=one#two\n", "one"),
        ("AccountingStorageType=one # two\n", "one"),
        ("AccountingStorageType=one\\#two\n", "one#two"),
        ("AccountingStorageType=one,\\\ntwo\n", "one,two"),
        ("AccountingStorageType=one\\ \ntwo\n", "onetwo"),
        ("# a comment \\\nAccountingStorageType=one\n", "one"),
        ("AccountingStorageType=one\r\nMailProg=/bin/true\r\n", "one"),
        ("   AccountingStorageType=one\n", "one"),
        ("AccountingStorageType=one   \n", "one"),
        ("AccountingStorageType=a\\b\n", "ab"),
        ("AccountingStorageType=a\\\\\nMailProg=/bin/x\n", "a\\"),
        ("#AccountingStorageType=one\n", None),
        ("AccountingStorageTypes=one\nXAccountingStorageType=two\n", None),
        ("Comment=x\\\nAccountingStorageType=one\n", None),
        ("Include=x\nAccountingStorageType=one\n", "one"),
        ("AccountingStorageType\n", None),
        ("AccountingStorageType=one\\", "one"),
    ],
)
def test_a_value_is_what_slurmctld_takes_it_for(conf: Path, text: str, value: str | None) -> None:
    conf.write_text(text, newline="")
    assert read(conf).get("accountingstoragetype") == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Include inc.conf\n", "inc"),
        ("include {folder}/inc.conf\n", "inc"),
        ("Include inc.conf # why\n", "inc"),
        ("AccountingStorageType=before\nInclude inc.conf\n", "inc"),
        ("Include inc.conf\nAccountingStorageType=after\n", "after"),
        ("ClusterName=phys\nInclude inc.%c\n", "of phys"),
        ("Include sub/nested.conf\n", "inc"),
        ("AccountingStorageType=here\nInclude missing.conf\n", "here"),
        ("AccountingStorageType=here\nInclude inc.conf\\x00\n", "here"),
    ],
)
def test_included_files_are_read_where_they_stand(conf: Path, text: str, value: str) -> None:
    (conf.parent / "sub").mkdir()
    (conf.parent / "inc.conf").write_text("AccountingStorageType=inc\n")
    (conf.parent / "inc.phys").write_text("AccountingStorageType=of phys\n")
    (conf.parent / "sub" / "inc.conf").write_text("AccountingStorageType=of sub\n")
    (conf.parent / "sub" / "nested.conf").write_text("Include inc.conf\n")
    conf.write_text(text.format(folder=conf.parent).replace("\\x00", "\0"))
    assert read(conf)["accountingstoragetype"] == value


def test_a_file_that_includes_itself_ends(conf: Path) -> None:
    conf.write_text("Include slurm.conf\nInclude slurm.conf\nClusterName=c\n")
    assert read(conf) == {"clustername": "c"}


def test_what_cannot_be_read_says_nothing(conf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert read(conf) == {}
    assert read(conf.parent) == {}
    os.mkfifo(conf)
    assert read(conf) == {}

    def refuse(*_: object) -> int:
        raise PermissionError

    conf.unlink()
    conf.write_text("ClusterName=c\n")
    monkeypatch.setattr(configuration.os, "open", refuse)
    assert read(conf) == {}


def test_bytes_that_are_not_utf_8_harm_only_themselves(conf: Path) -> None:
    conf.write_bytes(b"AccountingStorageType=\xff\xfe\nClusterName=c\n")
    assert read(conf)["clustername"] == "c"


def test_without_slurm_conf_the_first_default_place_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    places = [tmp_path / "one" / "slurm.conf", tmp_path / "two" / "slurm.conf"]
    monkeypatch.setattr(configuration, "DEFAULT_PATHS", tuple(map(str, places)))
    assert read_configuration(Settings()) == {}
    for place in reversed(places):
        place.parent.mkdir()
        place.write_text(f"ClusterName={place.parent.name}\n")
        assert read_configuration(Settings())["clustername"] == place.parent.name


def test_parameters_of_a_key() -> None:
    parameters = parse_parameters("jwt_key=/a/b=c,disable_token_creation,JWKS=/d")
    assert parameters == {"jwt_key": "/a/b=c", "disable_token_creation": "", "JWKS": "/d"}
    assert "jwks" not in parameters  # slurmctld does not know JWKS= either


WORDS = st.sampled_from(
    ["AccountingStorageType", "clustername", "NodeName", "=", " = ", "x", '"', "#", "\t", "\r", "\n", "\n"]
)


@given(st.lists(WORDS).map("".join))
def test_the_short_way_reads_what_the_long_way_reads(text: str) -> None:
    """One backslash, in a comment at the end, and every line is looked at."""
    assert Reader("").read(text) == Reader("").read(f"{text}\n# \\ ")


@given(st.text())
def test_any_text_can_be_read(text: str) -> None:
    for line in join_lines(text):
        assert "\n" not in line
    assert set(Reader("/nonexistent").read(text)) <= set(KEYS)
