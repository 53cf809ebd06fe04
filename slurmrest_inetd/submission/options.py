"""One component's values as sbatch's options.

Law: what stands here is all that a client can put into sbatch's argv: whole options of the tables, each value behind
its ``=``.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from slurmrest_inetd.body.properties import Property
from slurmrest_inetd.fields.job_description import EMPTY_IS_NOTHING, JOB_PROPERTIES
from slurmrest_inetd.slurm.argv import format_option
from slurmrest_inetd.submission.joined import JOINERS, Joiner

# one row a property whatever the version: the later row of a name says the same of it
ROWS = {row.name: row for row in JOB_PROPERTIES}
# sbatch reads a plain number of these as something else
PREFIXES = {"begin": "uts", "deadline": "uts"}
SUFFIXES = {"mem-per-gpu": "M", "tmp": "M"}


def list_options(
    values: Mapping[str, Any], rows: Mapping[str, Property] = ROWS, joiners: Sequence[Joiner] = JOINERS
) -> Iterator[str]:
    """The options for ``values`` by ``rows``, in the values' order, then the joined ones. Raises Misfit."""
    if "name" not in values:
        # sbatch would call it "sbatch", slurmrestd leaves it empty
        yield format_option("job-name", "")
    for name, value in values.items():
        row = rows[name]
        if row.carry == "option":
            if value != "" or name not in EMPTY_IS_NOTHING:
                yield format_option(row.term, f"{PREFIXES.get(row.term, '')}{value}{SUFFIXES.get(row.term, '')}")
        elif row.carry == "switch" and value:
            yield f"--{row.term}"
        elif row.carry == "choice":
            option = row.term.split("/")[0 if value else 1]
            yield from (f"--{word}" for word in (option,) if word)
    for join in joiners:
        yield from join(values)
