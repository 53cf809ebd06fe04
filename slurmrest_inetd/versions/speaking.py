"""In which version a command is to print, and what it printed as the version that was asked for.

Law: where the release speaks the client's version nothing of versions/ is loaded but this. Called by passthrough.py.
"""

from typing import Any

from slurmrest_inetd.envelope import format_json, parse_json
from slurmrest_inetd.errors import NotImplementedHere
from slurmrest_inetd.model import Call
from slurmrest_inetd.slurm.data_parsers import list_data_parsers, prints_documents

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


def convert_document(call: Call, argv: tuple[str, ...], printed: bytes, spoken: int) -> bytes:
    """The JSON document that ``argv`` printed in v0.0.``spoken``, as one of the client's version in Slurm's own
    layout; what is no document stays as it is.
    """
    try:
        document = parse_json(printed)
    except ValueError:
        return printed
    envelope = {name: document.pop(name) for name in ENVELOPE if name in document}
    if "plugin" in envelope.get("meta", {}):
        envelope["meta"]["plugin"]["data_parser"] = f"data_parser/v0.0.{call.version}"
    return format_json({**convert_payload(call, argv, document, spoken), **envelope}) + b"\n"


def convert_payload(call: Call, argv: tuple[str, ...], payload: Any, spoken: int) -> Any:
    """``payload`` of what ``argv`` prints, from v0.0.``spoken`` to the client's version."""
    from slurmrest_inetd.slurm.documents import find_document
    from slurmrest_inetd.versions.documents import build_document_conversion

    return build_document_conversion("GET", find_document(argv), spoken, call.version)(payload)
