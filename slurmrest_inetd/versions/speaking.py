"""In which version a command is to print, and what it printed as the version that was asked for.

Law: where the release speaks the client's version nothing of versions/ is loaded but this. Called by passthrough.py.
"""

from collections.abc import Callable
from typing import Any

from slurmrest_inetd.errors import NotImplementedHere
from slurmrest_inetd.model import Call
from slurmrest_inetd.slurm.data_parsers import list_data_parsers, prints_documents

Convert = Callable[[Any], Any]
ENVELOPE = ("meta", "errors", "warnings")
# With which release an API version came.
RELEASES = {40: "23.11", 41: "24.05", 42: "24.11", 43: "25.05", 44: "25.11", 45: "26.05"}
# The command prints no document: texts/ makes one.
TEXT = 0


def choose_version(call: Call, argv: tuple[str, ...]) -> int:
    """The NN of v0.0.NN in which ``argv`` is to print: the client's own, or the nearest that this release speaks; TEXT
    where its commands print no such document, but what one can be made of.

    Raises NotImplementedHere where no version that it speaks has the document.
    """
    spoken = list_data_parsers(call.settings, argv[0])
    if call.version in spoken:
        return call.version
    if not spoken:
        return call.version if prints_documents(call.settings, argv[0]) else TEXT
    from slurmrest_inetd.slurm.documents import AS_TEXT, find_document
    from slurmrest_inetd.versions.documents import find_nearest

    path = find_document(argv)
    nearest = find_nearest(path, spoken, call.version)
    if nearest is None and path in AS_TEXT:
        return TEXT
    if nearest is None:
        raise refuse_document(call, path)
    return nearest


def refuse_document(call: Call, path: str) -> NotImplementedHere:
    """The error for a document that no command of this release prints, in whatever form."""
    from slurmrest_inetd.versions.documents import VERSIONS, has_operation

    first = next(version for version in VERSIONS if has_operation("GET", path, version))
    return NotImplementedHere(
        f"The Slurm here cannot tell it: its commands do since {RELEASES.get(first, 'a later release')}",
        source=call.endpoint.operation,
    )


def prepare_conversion(call: Call, argv: tuple[str, ...], spoken: int) -> Convert:
    """What makes a payload of the client's version from one that ``argv`` prints in v0.0.``spoken``."""
    from slurmrest_inetd.slurm.documents import find_document
    from slurmrest_inetd.versions.documents import build_document_conversion

    return build_document_conversion("GET", find_document(argv), spoken, call.version)


def convert_members(version: int, document: dict[str, Any], convert: Convert) -> dict[str, Any]:
    """A document with its envelope, the payload converted."""
    envelope = {name: document.pop(name) for name in ENVELOPE if name in document}
    if "plugin" in envelope.get("meta", {}):
        envelope["meta"]["plugin"]["data_parser"] = f"data_parser/v0.0.{version}"
    return {**convert(document), **envelope}
