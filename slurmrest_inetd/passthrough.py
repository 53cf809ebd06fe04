"""A document that a command prints becomes the reply: its bytes go on as they come, only ``meta`` is ours to rewrite.

Law: memory stays flat however long the list is (DESIGN.md, law 6); what goes on is valid UTF-8 and valid JSON. A small
document is judged whole (exit status, stderr, its errors) before anything is sent; of a large one the beginning is
sent before its end is known. A newline inside a string is always escaped by Slurm, so a line that begins as ``meta``
does cannot be forged. Where the release does not speak the version that was asked for, the nearest one's document is
made into it on the way (versions/), or one is made of what it does print (texts/). Called by the plugins.
"""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from slurmrest_inetd.envelope import build_meta, format_envelope, parse_json
from slurmrest_inetd.errors import ApiError, CutShort
from slurmrest_inetd.meta_lines import find_meta, rewrite_tail
from slurmrest_inetd.model import Answer, Call, Notice, Passage, Problem
from slurmrest_inetd.slurm.command import Command, Finished, Running, start_command
from slurmrest_inetd.slurm.failures import clean_stderr, fail_with, find_error, raise_failure
from slurmrest_inetd.text import clean_lines
from slurmrest_inetd.versions.speaking import TEXT, choose_version

if TYPE_CHECKING:
    from slurmrest_inetd.versions.streaming import Printing

# Up to here a document is read whole before its status is decided.
SPOOL_BYTES = 1024 * 1024
NO_ERRORS = {"json": b'\n  "errors": [],\n', "yaml": b"\n!!str errors: !!seq []\n"}

# Whole lines of a document's payload, in order, as the client is to see them.
Edit = Callable[[bytes], bytes]
# The lines of a command's stderr -> the error that they tell, where the caller knows better than slurm/failures.py.
Explain = Callable[[list[str]], ApiError | None]


class Document(NamedTuple):
    """A command's JSON document, taken apart."""

    payload: dict[str, Any]
    meta: dict[str, Any]
    errors: tuple[Problem, ...]
    warnings: tuple[Notice, ...]


def pass_document(
    call: Call,
    argv: tuple[str, ...],
    *,
    warnings: tuple[Notice, ...] = (),
    environment: tuple[tuple[str, str], ...] = (),
    empty: bytes = b"",
    refuse_empty: Callable[[], ApiError | Notice] | None = None,
    edit: Edit | None = None,
    explain: Explain | None = None,
) -> Passage:
    """Run ``argv`` for the client's version and media type, and hand its document on.

    ``warnings`` are added to the command's own. When ``refuse_empty`` is given and the list named ``empty`` (the
    document's first member) has no entry, or ``edit`` left none, what it makes is raised, or added when it is a
    Notice. Raises what the command failed of.
    """
    spoken = choose_version(call, argv)
    if spoken != call.version and call.media != "json":
        return print_converted(call, argv, warnings, environment, empty, refuse_empty, explain)
    running = start_converted(call, argv, environment, spoken, explain)
    head = read_head(running)
    if len(head) > SPOOL_BYTES:
        return Passage(stream_document(call, running, head, warnings, edit))
    finished = running.finish(head + b"".join(iter(running.read_chunk, b"")))
    if refuse_empty and is_empty(finished.stdout, empty, call.media):
        judge(call, finished, explain, empty=True)
        warnings += (note_nothing(refuse_empty),)
        edit = None
    payload, tail = split_whole(call, finished, explain)
    if edit:
        payload = edit(payload)
        if refuse_empty and getattr(edit, "kept", None) == 0:
            warnings += (note_nothing(refuse_empty),)
    return Passage(payload + rewrite_tail(call, tail, warnings))


def note_nothing(refuse_empty: Callable[[], ApiError | Notice]) -> Notice:
    """The warning that nothing was found; or raised, the error."""
    made = refuse_empty()
    if isinstance(made, ApiError):
        raise made
    return made


def read_document(
    call: Call, argv: tuple[str, ...], *, environment: tuple[tuple[str, str], ...] = (), explain: Explain | None = None
) -> Document:
    """Run ``argv --json`` for the client's version and take its document apart. Raises what the command failed of."""
    spoken = choose_version(call, argv)
    running = start_converted(call._replace(media="json"), argv, environment, spoken, explain)
    return take_apart(call, running.finish(b"".join(iter(running.read_chunk, b""))), explain)


def start_converted(
    call: Call, argv: tuple[str, ...], environment: tuple[tuple[str, str], ...], spoken: int, explain: Explain | None
) -> "Printing":
    """Start ``argv``; what is read of it is in the client's version, whichever it prints, and where it prints text."""
    if spoken == TEXT:
        from slurmrest_inetd.texts.telling import tell_document

        return tell_document(call, argv, environment, lambda done: judge(call, done, explain, empty=not done.stdout))
    running = start_document(call, argv, call.media, environment, spoken)
    if spoken == call.version:
        return running
    from slurmrest_inetd.versions.streaming import Converting

    return Converting(call, argv, running, spoken)


def print_converted(
    call: Call,
    argv: tuple[str, ...],
    warnings: tuple[Notice, ...],
    environment: tuple[tuple[str, str], ...],
    empty: bytes,
    refuse_empty: Callable[[], ApiError | Notice] | None,
    explain: Explain | None,
) -> Passage:
    """What pass_document gives where another version is to be printed, and not as JSON."""
    document = read_document(call, argv, environment=environment, explain=explain)
    if refuse_empty and not document.payload.get(empty.decode()):
        warnings += (note_nothing(refuse_empty),)
    meta = build_meta(call, document.meta)
    return Passage(format_envelope(document.payload, meta, (), (*document.warnings, *warnings), call.media))


def start_document(
    call: Call, argv: tuple[str, ...], media: str, environment: tuple[tuple[str, str], ...], version: int
) -> Running:
    """Start ``argv`` with the option that makes it print v0.0.``version`` of the document."""
    # before the operands: what stands behind a "--" is a value
    command = Command((argv[0], f"--{media}=v0.0.{version}", *argv[1:]), environment=environment)
    running = start_command(command, call.identity, call.settings)
    call.meanwhile()
    return running


def take_apart(call: Call, finished: Finished, explain: Explain | None = None) -> Document:
    """The document a command printed. Raises what it failed of, by its exit status, stderr and ``errors``."""
    try:
        document = parse_json(finished.stdout)
    except ValueError:
        judge(call, finished, explain)
        raise_failure(finished, describe_request(call))
    meta = document.pop("meta", {})
    errors = tuple(Problem(**problem) for problem in document.pop("errors", []))
    warnings = tuple(Notice(**notice) for notice in document.pop("warnings", []))
    if errors:
        fail_with(errors, finished, describe_request(call))
    judge(call, finished, explain, empty=not any(document.values()))
    return Document(document, meta, errors, warnings)


def judge(call: Call, finished: Finished, explain: Explain | None, *, empty: bool = False) -> None:
    """Raise what a command failed of: another status than 0, or an ``empty`` document and Slurm's error on stderr."""
    lines = clean_stderr(finished.stderr)
    if finished.status == 0 and not (empty and find_error(lines)[0]):
        return
    if explain and (error := explain(lines)):
        raise error
    raise_failure(finished, describe_request(call))


def answer_document(document: Document, *, warnings: tuple[Notice, ...] = ()) -> Answer:
    """A document that was taken apart, perhaps with its payload changed, as an answer."""
    return Answer(document.payload, warnings=(*document.warnings, *warnings), meta=document.meta)


def describe_request(call: Call) -> str:
    """The request in one line, for a description."""
    return f"{call.request.method} {'/'.join(('', *call.request.segments))}"


def read_head(running: "Printing") -> bytes:
    """All the command prints, or its first part once that is too much to be held."""
    chunks: list[bytes] = []
    size = 0
    while size <= SPOOL_BYTES and (chunk := running.read_chunk()):
        chunks.append(chunk)
        size += len(chunk)
    return b"".join(chunks)


def is_empty(head: bytes, name: bytes, media: str) -> bool:
    """Whether the document's first member is the list ``name`` without an entry."""
    start = b'{\n  "%s": []' if media == "json" else b"%%YAML 1.1\n--- !!map\n!!str %s: !!seq []"
    return head.startswith(start % name)


def split_whole(call: Call, finished: Finished, explain: Explain | None) -> tuple[bytes, bytes]:
    """A document that is here to its end, judged: its payload, and all from ``meta`` on. Raises what it failed of."""
    media = call.media
    at = find_meta(finished.stdout, media)
    if finished.status != 0 or at < 0 or NO_ERRORS[media] not in finished.stdout[at:]:
        judge(call, finished, explain)
        if media == "yaml":
            raise_failure(finished, describe_request(call))
        take_apart(call, finished)
    return clean_lines(finished.stdout[:at]), clean_lines(finished.stdout[at:])


def stream_document(
    call: Call, running: "Printing", head: bytes, warnings: tuple[Notice, ...], edit: Edit | None = None
) -> Iterator[bytes]:
    """A large document: whole lines as they come, then its tail rewritten. Raises CutShort when the command does not
    finish it.
    """
    change: Edit = edit or (lambda lines: lines)
    rest = head
    try:
        while (at := find_meta(rest, call.media)) < 0:
            end = rest.rfind(b"\n") + 1
            if end:
                yield change(clean_lines(rest[:end]))
            chunk = running.read_chunk()
            if not chunk:
                raise CutShort(f"{running.argv[0]} ended before its document did")
            rest = rest[end:] + chunk
        yield change(clean_lines(rest[:at]))
        tail = rest[at:] + b"".join(iter(running.read_chunk, b""))
        yield rewrite_tail(call, clean_lines(tail), warnings)
        if running.finish().status != 0:
            raise CutShort(f"{running.argv[0]} failed after its document had begun")
    finally:
        running.stop()
