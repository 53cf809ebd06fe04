"""Job ids: the grammar that everything which becomes part of an argv has to pass."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slurmrest_inetd.slurm.job_id import FORM, HIGHEST_JOB_ID, JobId, format_job_id, parse_job_id


@pytest.mark.parametrize(
    ("text", "job_id"),
    [
        ("12", JobId(12)),
        ("12_3", JobId(12, task=3)),
        ("12_0", JobId(12, task=0)),
        ("12+1", JobId(12, component=1)),
        ("12.0", JobId(12, step="0")),
        ("12.0+1", JobId(12, step="0+1")),
        ("12.BATCH", JobId(12, step="batch")),
        ("12_3.extern", JobId(12, task=3, step="extern")),
        ("12+1.interactive", JobId(12, component=1, step="interactive")),
        ("4294967292", JobId(4294967292)),
    ],
)
def test_ids(text: str, job_id: JobId) -> None:
    assert parse_job_id(text) == job_id


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "0",
            "012",
            "0x15",
            "1e1",
            "abc",
            "-1",
            "+12",
            " 12",
            "12 ",
            "12\n",
            "12\0",
            "1,2",
            "12_",
            "12+",
            "12.",
            "12._",
        ),
        *(
            "12_[1-3]",
            "12_*",
            "12_03",
            "12_3+1",
            "12+129",
            "12.foo",
            "12.-1",
            "12 --uid=0",
            "id=12",
            "12_3_4",
            "12;13",
            "all",
        ),
        *("4294967293", "99999999999", "12_4294967293", "\N{ARABIC-INDIC DIGIT ONE}", "1" * 5000),
    ],
)
def test_no_ids(text: str) -> None:
    assert parse_job_id(text) is None


def test_what_slurm_could_give() -> None:
    assert JobId(HIGHEST_JOB_ID).possible
    assert not JobId(HIGHEST_JOB_ID + 1).possible


def test_a_component_has_a_record_of_its_own() -> None:
    assert JobId(12, component=2).record == 14
    assert JobId(12, task=2).record == 12


@given(st.from_regex(FORM, fullmatch=True))
def test_an_id_is_written_as_it_was_read(text: str) -> None:
    job_id = parse_job_id(text)
    if job_id is not None:
        again = parse_job_id(format_job_id(job_id))
        assert again == job_id._replace(step="")


@given(st.text())
def test_any_text_is_an_id_or_none(text: str) -> None:
    job_id = parse_job_id(text)
    assert job_id is None or format_job_id(job_id).replace("_", "").replace("+", "").isdecimal()
