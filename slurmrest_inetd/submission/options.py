"""One component's values as sbatch's options.

Law: what stands here is all that a client can put into sbatch's argv: whole options of the tables, each value behind
its ``=``.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from slurmrest_inetd.fields.job_description import EMPTY_IS_NOTHING, JOB_PROPERTIES
from slurmrest_inetd.slurm.argv import format_option
from slurmrest_inetd.submission.joined import JOINERS

# one row a property whatever the version: the later row of a name says the same of it
ROWS = {row.name: row for row in JOB_PROPERTIES}
# sbatch reads a plain number of these as something else
PREFIXES = {"begin": "uts", "deadline": "uts"}
SUFFIXES = {"tmp": "M"}


def list_options(values: Mapping[str, Any]) -> Iterator[str]:
    """The options for ``values``, in the table's order, then the joined ones. Raises Misfit."""
    if "name" not in values:
        # sbatch would call it "sbatch", slurmrestd leaves it empty
        yield format_option("job-name", "")
    for name, value in values.items():
        row = ROWS[name]
        if row.carry == "option":
            if value != "" or name not in EMPTY_IS_NOTHING:
                yield format_option(row.term, f"{PREFIXES.get(row.term, '')}{value}{SUFFIXES.get(row.term, '')}")
        elif row.carry == "switch" and value:
            yield f"--{row.term}"
        elif row.carry == "choice":
            option = row.term.split("/")[0 if value else 1]
            yield from (f"--{word}" for word in (option,) if word)
    for join in JOINERS:
        yield from join(values)
