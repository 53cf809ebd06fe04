"""The JSON documents of 22.05's squeue and sinfo as they are printed: memory stays flat however long the list is.

They begin with ``meta`` and ``errors``, and end with their list; what is read here has the list first, as documents
have it since. Law: a newline inside a string is escaped there too, so a line that closes the list cannot be forged.
Called by telling.py, and by builders for some of the entries.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

from slurmrest_inetd.envelope import build_meta, format_json, parse_json
from slurmrest_inetd.slurm.command import Command, Finished, Running, start_command
from slurmrest_inetd.slurm.layout import cut_entries
from slurmrest_inetd.slurm.release import read_release
from slurmrest_inetd.texts.asking import Ask

# meta and errors are shorter than this
HEAD_BYTES = 64 * 1024
BEGINS = re.compile(rb'\n  "errors": \[\n  \],\n  "(\w+)": \[\n')
ENDS = b"\n  ]\n}"
Entry = dict[str, Any]


class Listing:
    """What ``argv`` prints, read as a Running is: the list, then our ``meta`` and no errors."""

    def __init__(self, ask: Ask, argv: tuple[str, ...]) -> None:
        """Start ``argv`` and read up to its list. Raises what it failed of."""
        self.argv = argv
        command = Command(argv, environment=ask.environment)
        running = start_command(command, ask.call.identity, ask.call.settings)
        self.finish: Callable[..., Finished] = running.finish
        self.stop = running.stop
        head, rest = read_head(running)
        if not head:
            ask.judge(running.finish(rest))
            ask.explain_errors(argv[0])
        ask.call.meanwhile()
        tail = {"meta": build_meta(ask.call, read_release(ask.call.settings)), "errors": [], "warnings": []}
        self._made = arrange(head, rest, iter(running.read_chunk, b""), format_json(tail).removeprefix(b"{\n") + b"\n")

    def read_chunk(self) -> bytes:
        """The next bytes, b"" at the end. Raises CommandTimeout."""
        return next(self._made, b"")


def read_head(running: Running) -> tuple[bytes, bytes]:
    """The list's name, and what was read behind the line that opens it; no name where none came, or errors did."""
    text = b""
    while len(text) < HEAD_BYTES and (chunk := running.read_chunk()):
        text += chunk
        if begins := BEGINS.search(text):
            return begins[1], text[begins.end() - 1 :]
    return b"", text


def arrange(name: bytes, text: bytes, chunks: Iterator[bytes], tail: bytes) -> Iterator[bytes]:
    """The document from its list on, then ``tail``; where the command broke off, neither the list's end nor that."""
    while len(text) < len(ENDS) and (chunk := next(chunks, b"")):
        text += chunk
    if text == ENDS:
        yield b'{\n  "%s": [],\n' % name + tail
        return
    yield b'{\n  "%s": [' % name
    for chunk in chunks:
        text += chunk
        # no piece is empty: that would be read as the end
        if len(text) > len(ENDS):
            yield text[: -len(ENDS)]
            text = text[-len(ENDS) :]
    yield text.removesuffix(ENDS) + b"\n  ],\n" + tail if text.endswith(ENDS) else text


def pick_entries(ask: Ask, argv: tuple[str, ...], keep: Callable[[Entry], bool]) -> list[Entry]:
    """The entries of the list that ``argv`` prints which are to be kept. Raises what it failed of."""
    listing = Listing(ask, argv)
    kept: list[Entry] = []
    text = b""
    while chunk := listing.read_chunk():
        entries, text = cut_entries(text + chunk)
        kept += filter(keep, map(parse_json, entries))
    listing.finish()
    return kept
