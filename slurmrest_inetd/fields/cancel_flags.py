"""The flags of DELETE job/{job_id}: each an option of scancel's, or the reason why it is none.

Law: data only; tests/unit/test_job_tables.py holds it complete against the API's own schemas.
"""

from typing import NamedTuple


class CancelFlag(NamedTuple):
    """One of the three; none of them where the flag shapes the reply, or leaves an option out."""

    option: str = ""
    idle: str = ""
    refused: str = ""


NO_OPTION = "scancel has no option for it"

# fmt: off
CANCEL_FLAGS: dict[str, CancelFlag] = {
    "BATCH_JOB":           CancelFlag(option="--batch"),
    "ARRAY_TASK":          CancelFlag(idle="the job id says whether it is a task"),
    "FULL_STEPS_ONLY":     CancelFlag(),
    "FULL_JOB":            CancelFlag(option="--full"),
    "FEDERATION_REQUEUE":  CancelFlag(refused=NO_OPTION),
    "HURRY":               CancelFlag(option="--hurry"),
    "OUT_OF_MEMORY":       CancelFlag(refused=NO_OPTION),
    "NO_SIBLING_JOBS":     CancelFlag(refused=NO_OPTION),
    "RESERVATION_JOB":     CancelFlag(refused=NO_OPTION),
    "NO_CRON_JOBS":        CancelFlag(refused=NO_OPTION),
    "VERBOSE":             CancelFlag(),
    "CRON_JOBS":           CancelFlag(option="--cron"),
    "WARNING_SENT":        CancelFlag(refused=NO_OPTION),
}
# fmt: on
