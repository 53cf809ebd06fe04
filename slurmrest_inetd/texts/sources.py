"""Which builder makes which document, in which API version.

Law: data, and one look-up; the builder's module is loaded when it is needed. Called by telling.py.
"""

from collections.abc import Callable
from importlib import import_module
from typing import Any, NamedTuple

from slurmrest_inetd.errors import NotImplementedHere
from slurmrest_inetd.slurm.documents import find_document
from slurmrest_inetd.texts.asking import Ask
from slurmrest_inetd.versions.speaking import refuse_document

Builder = Callable[[Ask], dict[str, Any]]


class Source(NamedTuple):
    """``builder`` is a function of slurmrest_inetd.texts.MODULE; ``version`` the NN of the v0.0.NN that it makes.

    ``printed`` is the command that prints that very document, all of it, as JSON.
    """

    path: str
    module: str
    builder: str
    version: int
    printed: tuple[str, ...] = ()


# fmt: off
#          path                          module  builder       version
SOURCES: tuple[Source, ...] = (
    Source("/slurm/{version}/conf",      "configuration", "build_configuration", 45),
    Source("/slurm/{version}/diag",      "diag", "build_diag", 38),
    Source("/slurm/{version}/jobs",      "jobs", "build_jobs", 38, ("squeue", "--json")),
    Source("/slurm/{version}/jobs/state", "job_states", "build_job_states", 40),
    Source("/slurm/{version}/licenses",  "licenses", "build_licenses", 38),
    Source("/slurm/{version}/nodes",     "nodes", "build_nodes", 38, ("sinfo", "--json")),
    Source("/slurm/{version}/partitions", "partitions", "build_partitions", 38),
    Source("/slurm/{version}/ping",      "ping", "build_ping", 38),
    Source("/slurm/{version}/reservations", "reservations", "build_reservations", 38),
    Source("/slurm/{version}/shares",    "shares", "build_shares", 40),
    Source("/slurmdb/{version}/accounts", "accounts", "build_accounts", 38),
    Source("/slurmdb/{version}/associations", "associations", "build_associations", 38),
    Source("/slurmdb/{version}/conf", "accounting_settings", "build_settings", 45),
    Source("/slurmdb/{version}/clusters", "clusters", "build_clusters", 38),
    Source("/slurmdb/{version}/diag", "statistics", "build_statistics", 38),
    Source("/slurmdb/{version}/jobs", "accounted_jobs", "build_accounted_jobs", 38),
    Source("/slurmdb/{version}/qos", "qos", "build_qos", 38),
    Source("/slurmdb/{version}/tres", "tres", "build_tres", 38),
    Source("/slurmdb/{version}/users", "users", "build_users", 38),
    Source("/slurmdb/{version}/wckeys", "wckeys", "build_wckeys", 38),
)
# fmt: on


# Options that the commands of 22.05 do not know, or obey in another listing only -> the member of the query's "flags"
BEYOND = {"--future": "FUTURE", "--sibling": "SIBLING", "--federation": "FEDERATION"}


def has_source(path: str) -> bool:
    """Whether the document at ``path`` (as the endpoint table has it) is made here."""
    return any(row.path == path for row in SOURCES)


def find_source(ask: Ask) -> Source:
    """The row of the document that was asked for. Raises NotImplementedHere for one that such a Slurm cannot tell."""
    path = find_document(ask.argv)
    for word in ask.argv[: ask.argv.index("--") if "--" in ask.argv else None]:
        if word in BEYOND:
            raise NotImplementedHere(
                f"This release of Slurm cannot show what {BEYOND[word]} asks for", source=ask.call.endpoint.operation
            )
    for row in SOURCES:
        if row.path == path:
            return row
    raise refuse_document(ask.call, path)


def build_payload(ask: Ask, source: Source) -> dict[str, Any]:
    """The payload of the document that was asked for. Raises what the builder raises."""
    builder: Builder = getattr(import_module(f"slurmrest_inetd.texts.{source.module}"), source.builder)
    return builder(ask)


def is_whole(ask: Ask) -> bool:
    """Whether all of the document is wanted."""
    return not any(word == "--" or word.startswith("--jobs=") for word in ask.argv)
