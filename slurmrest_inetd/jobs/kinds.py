"""What kinds of values the update of a job has beside those of a submission.

Law: as submission/kinds.py.
"""

from typing import Any

from slurmrest_inetd.body.kinds import Kind
from slurmrest_inetd.slurm.argv import format_nodes
from slurmrest_inetd.slurm.values import parse_csv, parse_optional_number
from slurmrest_inetd.submission.kinds import HIGHEST_MINUTES
from slurmrest_inetd.submission.kinds import KINDS as SUBMITTED


def parse_hosts(value: Any) -> str | None:
    """Names of nodes with commas between them; "" (which clears the list) for an empty text, None for an empty list,
    of which nothing comes with slurmrestd either. Raises Unusable.
    """
    if value == "":
        return ""
    return format_nodes(parse_csv(value)) or None


# fmt: off
KINDS: dict[str, Kind] = SUBMITTED | {
    "any":       Kind(lambda value: value),
    "hosts":     Kind(parse_hosts,                                                       "array"),
    "duration":  Kind(lambda value: parse_optional_number(value, 0, HIGHEST_MINUTES)),
}
# fmt: on
