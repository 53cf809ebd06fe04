"""What commands say when they fail, and what we make of it. The stderr texts are recorded from 24.11 and 26.05."""

import pytest

from slurmrest_inetd import errors
from slurmrest_inetd.slurm.command import Finished
from slurmrest_inetd.slurm.error_texts import ERROR_TEXTS, NUMBERS_BY_TEXT, OLDER_TEXTS
from slurmrest_inetd.slurm.failures import clean_stderr, read_failure

PERSIST = "sacct: error: slurm_persist_conn_open: Something happened with the receiving/processing of the persistent connection init message to 127.0.0.1:16202: Failed to unpack SLURM_PERSIST_INIT message\n"


# fmt: off
@pytest.mark.parametrize(("program", "stderr", "kind", "number"), [
    ("squeue",   "slurm_load_jobs error: Protocol authentication error",                                       errors.Unauthenticated,  1007),
    ("scontrol", "slurm_load_node error: Protocol authentication error",                                       errors.Unauthenticated,  1007),
    ("scontrol", "slurm_load_ctl_conf error:Protocol authentication error",                                    errors.Unauthenticated,  1007),
    ("sacct",    PERSIST + "sacct: error: Sending PersistInit msg: Protocol authentication error\n"
                 "sacct: error: Problem talking to the database: Protocol authentication error",               errors.Unauthenticated,  1007),
    ("sshare",   "Couldn't get shares from controller: Protocol authentication error",                         errors.Unauthenticated,  1007),
    ("sbatch",   "sbatch: error: Batch job submission failed: Invalid account or account/partition combination specified", errors.Unprocessable, 2045),
    ("sbatch",   "sbatch: error: Batch job submission failed: Job cannot be submitted without the current working directory specified.", errors.Unprocessable, 2063),
    ("scontrol", "slurm_update error: Invalid user id",                                                        errors.Forbidden,        2010),
    ("scontrol", "slurm_load_jobs error: Invalid job id specified",                                            errors.NotFound,         2017),
    ("squeue",   "slurm_load_jobs error: Unable to contact slurm controller (connect failure)",                errors.SlurmUnreachable, 1800),
    ("sacctmgr", "sacctmgr: error: Sending PersistInit msg: Connection refused\n"
                 "sacctmgr: error: Problem talking to the database: Connection refused",                       errors.SlurmUnreachable, 7000),
    ("sacctmgr", "sacctmgr: error: _open_persist_conn: failed to open persistent connection to host:127.0.0.1:1: Connection refused\n"
                 "sacctmgr: error: Sending PersistInit msg: Connection refused",                               errors.SlurmUnreachable, 7000),
    ("sacctmgr", "sacctmgr: error: Your user doesn't have privilege to perform this action",                   errors.Forbidden,        2002),
    ("sbatch",   "sbatch: error: Unable to create job record, try again",                                      errors.Unprocessable,    2007),
    ("scancel",  "scancel: error: Kill job error on job id 7: Access/permission denied",                       errors.Forbidden,        2002),
    ("sbatch",   "sbatch: error: something nobody has heard of",                                               errors.Unprocessable,    0),
    ("sbatch",   "",                                                                                           errors.Unprocessable,    0),
])
def test_stderr_becomes_slurms_error(program: str, stderr: str, kind: type[Exception], number: int) -> None:
    error = read_failure(Finished((program,), 1, b"", stderr.encode()), "what was asked")
    assert type(error) is kind
    assert error.problems[0].error_number == number
    assert error.problems[0].description.startswith("what was asked: ")
    assert error.problems[0].source == program


def test_a_signal_is_told() -> None:
    error = read_failure(Finished(("sbatch",), -9, b"", b""), "POST")
    assert type(error) is errors.InternalFault
    assert "signal 9" in str(error)


def test_a_version_unknown_here() -> None:
    text = b"scontrol: error: load_plugins: unable to find plugin: data_parser/v0.0.45\nscontrol: error: more\n"
    assert type(read_failure(Finished(("scontrol",), 1, b"", text), "GET")) is errors.NotFound


def test_lines_are_printable_and_without_their_prefix() -> None:
    assert clean_stderr(b"squeue: error: a\x1b[31m\xff\n\n  b: c\nfatal: d") == [
        "a\N{REPLACEMENT CHARACTER}[31m\N{REPLACEMENT CHARACTER}",
        "c",
        "d",
    ]


def test_every_text_finds_its_number() -> None:
    for number, text in ERROR_TEXTS.items():
        found = NUMBERS_BY_TEXT[text.rstrip(".")]
        assert ERROR_TEXTS[found].rstrip(".") == text.rstrip(".")
        assert found <= number
    for number, text in OLDER_TEXTS:
        assert NUMBERS_BY_TEXT[text.rstrip(".")] == number or text in ERROR_TEXTS.values()


def test_every_status_belongs_to_an_error_that_slurm_has() -> None:
    assert set(errors.SLURM_STATUS) <= set(ERROR_TEXTS)
