"""What this release's scontrol lacks of what a body asks for: refused before anything is done, by the property's name.

Law: by the rows of fields/scontrol_terms.py; which release it is costs nothing (slurm/data_parsers.py).
"""

from collections.abc import Iterable

from slurmrest_inetd.body.findings import Findings
from slurmrest_inetd.fields.scontrol_terms import LATER_TERMS
from slurmrest_inetd.slurm.values import Unusable


def refuse_later(noun: str, terms: Iterable[str], newest: int, path: str, found: Findings) -> None:
    """Refuse in ``found`` each of ``terms`` (``key=value``) that a release whose newest API version is v0.0.``newest``
    cannot set of a ``noun``; ``path`` is the body's own place.
    """
    later = {row.term: row for row in LATER_TERMS if row.noun == noun and newest < row.since}
    for term in terms:
        key, _, value = term.partition("=")
        words = [key, *(f"{key}={word.lstrip('+-')}" for word in value.split(","))]
        for row in (later[word] for word in words if word in later):
            found.refuse(
                Unusable(f"It cannot be carried out: scontrol of this release of Slurm has no {row.term}"),
                f"{path}{row.field}/",
            )
