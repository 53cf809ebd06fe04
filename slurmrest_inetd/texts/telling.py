"""The document that a later Slurm's command would print, made from what the commands here print.

Law: looks like a command's output: passthrough.py, its only caller, treats it so.
"""

from slurmrest_inetd.envelope import build_meta, format_json
from slurmrest_inetd.model import Call
from slurmrest_inetd.slurm.command import Finished
from slurmrest_inetd.slurm.release import read_release
from slurmrest_inetd.texts.asking import Ask, Judge
from slurmrest_inetd.texts.listing import Listing
from slurmrest_inetd.texts.sources import Source, build_payload, find_source, is_whole
from slurmrest_inetd.versions.speaking import prepare_conversion
from slurmrest_inetd.versions.streaming import Converting


class Told:
    """A document that is there as a whole, read as a Running is."""

    def __init__(self, argv: tuple[str, ...], document: bytes) -> None:
        self.argv = argv
        self._pieces = [document]

    def read_chunk(self) -> bytes:
        """The document, then b""."""
        return self._pieces.pop() if self._pieces else b""

    def finish(self, stdout: bytes = b"") -> Finished:
        """How a command ends that printed ``stdout``."""
        return Finished(self.argv, 0, stdout, b"")

    def stop(self) -> None:
        """Nothing runs any more."""


def tell_document(
    call: Call, argv: tuple[str, ...], environment: tuple[tuple[str, str], ...], judge: Judge
) -> Told | Listing | Converting:
    """What ``argv`` would print, in the client's version: while it is printed, where the commands here print all of it
    as JSON. Raises what a command failed of, as ``judge`` finds it, and NotImplementedHere.
    """
    ask = Ask(call, argv, environment, judge, [])
    source = find_source(ask)
    if not source.printed or not is_whole(ask):
        return Told(argv, make_document(ask, source))
    listing = Listing(ask, source.printed)
    return listing if call.version == source.version else Converting(call, argv, listing, source.version)


def make_document(ask: Ask, source: Source) -> bytes:
    """The document as a builder makes it, converted. Raises as tell_document."""
    ask.call.meanwhile()
    payload = build_payload(ask, source)
    convert = prepare_conversion(ask.call, ask.argv, source.version)
    meta = build_meta(ask.call, read_release(ask.call.settings))
    warnings = [notice._asdict() for notice in ask.notices]
    return format_json({**convert(payload), "meta": meta, "errors": [], "warnings": warnings}) + b"\n"
