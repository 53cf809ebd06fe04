"""In which version a command is to print, and what it printed as the version that was asked for.

Law: where the release speaks the client's version nothing of versions/ is loaded but this. Called by passthrough.py.
"""

from slurmrest_inetd.envelope import format_json, parse_json
from slurmrest_inetd.errors import NotImplementedHere
from slurmrest_inetd.model import Call
from slurmrest_inetd.slurm.data_parsers import list_data_parsers

ENVELOPE = ("meta", "errors", "warnings")


def choose_version(call: Call) -> int:
    """The NN of v0.0.NN in which the command is to print: the client's own, or the nearest that this release speaks.

    Raises NotImplementedHere where no version that it speaks has the operation.
    """
    spoken = list_data_parsers(call.settings)
    if not spoken or call.version in spoken:
        return call.version
    from slurmrest_inetd.versions.documents import has_operation

    able = [one for one in spoken if has_operation(call.endpoint.method, call.endpoint.path, one)]
    if not able:
        raise NotImplementedHere("This release of Slurm cannot do it: a later one can", source=call.endpoint.operation)
    return min(able, key=lambda one: abs(one - call.version))


def convert_document(call: Call, printed: bytes, spoken: int) -> bytes:
    """The JSON document that a command printed in v0.0.``spoken``, as one of the client's version in Slurm's own
    layout; what is no document stays as it is.
    """
    from slurmrest_inetd.versions.documents import build_document_conversion

    try:
        document = parse_json(printed)
    except ValueError:
        return printed
    envelope = {name: document.pop(name) for name in ENVELOPE if name in document}
    if "plugin" in envelope.get("meta", {}):
        envelope["meta"]["plugin"]["data_parser"] = f"data_parser/v0.0.{call.version}"
    convert = build_document_conversion(call.endpoint.method, call.endpoint.path, spoken, call.version)
    return format_json({**convert(document), **envelope}) + b"\n"
