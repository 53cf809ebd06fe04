"""A command's document as another version's, while it is being printed: a list's entries one by one.

Law: memory holds one entry of a long list; every other document is small, and converted whole. A conversion never looks
from one entry at another, so a list of one is converted as the whole is. What is no document goes on as it came. Called
by passthrough.py.
"""

from collections.abc import Callable, Generator, Iterator
from typing import TYPE_CHECKING, Protocol

from slurmrest_inetd.envelope import format_json, parse_json
from slurmrest_inetd.model import Call
from slurmrest_inetd.slurm.command import Finished
from slurmrest_inetd.slurm.layout import LIST_BEGINS, LIST_ENDS, cut_entries
from slurmrest_inetd.versions.speaking import Convert, convert_members, prepare_conversion

# As much of a document tells what its first member is.
HEAD_BYTES = 256


if TYPE_CHECKING:

    class Printing(Protocol):
        """A started command, or what is read as one."""

        argv: tuple[str, ...]

        def read_chunk(self) -> bytes: ...
        @property
        def finish(self) -> Callable[..., Finished]: ...
        @property
        def stop(self) -> Callable[[], None]: ...


class Converting:
    """What ``running`` prints in v0.0.``spoken``, in the client's version; read as a Running is."""

    def __init__(self, call: Call, argv: tuple[str, ...], running: "Printing", spoken: int) -> None:
        self.argv = running.argv
        self.finish: Callable[..., Finished] = running.finish
        self.stop = running.stop
        chunks = iter(running.read_chunk, b"")
        self._made = convert_chunks(call.version, chunks, prepare_conversion(call, argv, spoken))

    def read_chunk(self) -> bytes:
        """The next bytes, b"" at the end. Raises CommandTimeout."""
        return next(self._made, b"")


def convert_chunks(version: int, chunks: Iterator[bytes], convert: Convert) -> Iterator[bytes]:
    """The document in ``chunks``, converted piece by piece."""
    head = b""
    while len(head) < HEAD_BYTES and (chunk := next(chunks, b"")):
        head += chunk
    opening = LIST_BEGINS.match(head)
    name = opening[1].decode() if opening else ""
    if not opening or name not in convert({name: []}):
        yield from convert_rest(version, b"".join((head, *chunks)), convert)
        return
    yield opening[0]
    rest = yield from convert_entries(head[opening.end() :], chunks, name, convert)
    rest = b"".join((rest, *chunks))
    closing = LIST_ENDS.match(rest)
    if not closing:  # the command broke off: so does the reply
        return
    yield b"\n  ],"
    yield from (made.removeprefix(b"{") for made in convert_rest(version, b"{" + rest[closing.end() :], convert, name))


def convert_entries(text: bytes, chunks: Iterator[bytes], name: str, convert: Convert) -> Generator[bytes, None, bytes]:
    """The list's entries; returns what was read behind the last one."""
    separator = b""
    while True:
        made: list[bytes] = []
        entries, text = cut_entries(text)
        for printed in entries:
            (entry,) = convert({name: [parse_json(printed)]})[name]
            made += (separator, b"    ", format_json(entry).replace(b"\n", b"\n    "))
            separator = b",\n"
        if made:
            yield b"".join(made)
        if LIST_ENDS.match(text) or not (chunk := next(chunks, b"")):
            break
        text += chunk
    return text


def convert_rest(version: int, text: bytes, convert: Convert, done: str = "") -> Iterator[bytes]:
    """A document, or what follows its list named ``done``; what is no document goes on as it came."""
    try:
        document = parse_json(text)
    except ValueError:
        if text:
            yield text
        return
    if done:
        document[done] = []
    made = convert_members(version, document, convert)
    made.pop(done, None)
    yield format_json(made) + b"\n"
