"""The document that a later Slurm's command would print, made from what the commands here print.

Law: looks like a command's output: passthrough.py, its only caller, treats it so.
"""

from slurmrest_inetd.envelope import build_meta, format_json
from slurmrest_inetd.model import Call
from slurmrest_inetd.slurm.command import Finished
from slurmrest_inetd.slurm.release import read_release
from slurmrest_inetd.texts.asking import Ask, Judge
from slurmrest_inetd.texts.sources import build_payload
from slurmrest_inetd.versions.speaking import prepare_conversion


def tell_document(
    call: Call, argv: tuple[str, ...], environment: tuple[tuple[str, str], ...], judge: Judge
) -> Finished:
    """The document of ``argv`` in the client's version. Raises what a command failed of, as ``judge`` finds it, and
    NotImplementedHere.
    """
    call.meanwhile()
    payload, version = build_payload(Ask(call, argv, environment, judge))
    convert = prepare_conversion(call, argv, version)
    meta = build_meta(call, read_release(call.settings))
    made = {**convert(payload), "meta": meta, "errors": [], "warnings": []}
    return Finished(argv, 0, format_json(made) + b"\n", b"")
