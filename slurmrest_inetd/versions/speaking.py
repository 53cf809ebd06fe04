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
# The command prints no document: texts/ makes one.
TEXT = 0


def choose_version(call: Call, argv: tuple[str, ...]) -> int:
    """The NN of v0.0.NN in which ``argv`` is to print: the client's own, or the nearest that this release speaks; TEXT
    where its commands print no documents.

    Raises NotImplementedHere where no version that it speaks has the document.
    """
    spoken = list_data_parsers(call.settings, argv[0])
    if call.version in spoken:
        return call.version
    if not spoken:
        return call.version if prints_documents(call.settings, argv[0]) else TEXT
    from slurmrest_inetd.slurm.documents import find_document
    from slurmrest_inetd.versions.documents import has_operation

    able = [one for one in spoken if has_operation("GET", find_document(argv), one)]
    if not able:
        raise NotImplementedHere("This release of Slurm cannot do it: a later one can", source=call.endpoint.operation)
    return min(able, key=lambda one: abs(one - call.version))


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
