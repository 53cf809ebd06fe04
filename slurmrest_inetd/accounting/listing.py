"""A list out of accounting as an answer: query values -> words of the command, entries we filter, nothing found.

Law: a value reaches the argv only when it is plain (slurm/conditions.py); any other is compared with the document's own
member. Nothing here knows a noun: the plugins bring their rows. Called by the plugins of slurmdbd.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from slurmrest_inetd.errors import ApiError, NotFound, Unprocessable
from slurmrest_inetd.model import Answer, Call, Change, Notice, Passage
from slurmrest_inetd.passthrough import Document, Edit, Explain, answer_document, pass_document, read_document
from slurmrest_inetd.query import Parameter, refuse_value
from slurmrest_inetd.slurm.conditions import format_condition, format_time, is_plain

Keep = Callable[[dict[str, Any]], bool]
NOTHING_FOUND = (9003, "Nothing found with query")
SEVERAL_FOUND = (
    9211,
    "Request matched more than one object to query. Request is limited to query of a single matching object.",
)
# The parameters of usage: as the API spells it up to v0.0.41 (of wckeys: always), and later; and its period.
USAGE = ("with_usage", "Include usage")
PERIOD = ("usage_start", "usage_end")
NO_USAGE = "A period has no effect unless usage is asked for"


class Listing(NamedTuple):
    """One list of the accounting database: its member in the document, what an entry is called, and how slurmrestd says
    that there is none."""

    member: str
    noun: str
    nothing: Notice
    number: int = NOTHING_FOUND[0]
    error: str = NOTHING_FOUND[1]


class Conditions(NamedTuple):
    """``words`` are the command's; ``keeps`` must all be true of an entry, because no word could say it."""

    words: tuple[str, ...] = ()
    keeps: tuple[Keep, ...] = ()

    def keep(self, entry: dict[str, Any]) -> bool:
        """Whether an entry of the document is one that was asked for."""
        return all(keep(entry) for keep in self.keeps)


def build_conditions(call: Call, values: Mapping[str, Any], rows: Iterable[Parameter]) -> Conditions:
    """The conditions that ``values`` make by their rows; a row without term and member is the plugin's own business.

    Raises Unprocessable for a value that neither the command nor the document can express.
    """
    words: list[str] = []
    keeps: list[Keep] = []
    for row in rows:
        value = values.get(row.name)
        if not value or not (row.term or row.member) or not row.since <= call.version <= row.until:
            continue
        if value is True:
            words.append(row.term)
        elif row.kind == "timestamp":
            words.append(format_condition(row.term, [format_time(value)]))
        elif row.kind == "uint32":
            words.append(format_condition(row.term, [str(value)]))
        elif row.kind == "hostlist" or (row.term and all(map(is_plain, value))):
            words.append(format_condition(row.term, value))
        elif row.member:
            keeps.append(match_member(row.member, value))
        else:
            raise refuse_value(call, row.name, f"{row.name} cannot have this value: Slurm's commands cannot carry it")
    return Conditions(tuple(words), tuple(keeps))


def is_usage_asked(values: Mapping[str, Any]) -> bool:
    """Whether a query asks for usage: then usage/filling.py is needed."""
    return any(values.get(name) for name in USAGE)


def note_period(values: Mapping[str, Any]) -> tuple[Notice, ...]:
    """A warning for each end of a period in a query that does not ask for usage."""
    return () if is_usage_asked(values) else tuple(Notice(NO_USAGE, f"#/{name}/") for name in PERIOD if name in values)


def match_member(path: str, wanted: Iterable[str]) -> Keep:
    """Whether the entry's member at ``path`` (``preempt/mode``), or one of a list there, is among ``wanted``.

    Compared as the database does: without regard to letter case and to spaces at the end.
    """
    folded = {fold(text) for text in wanted}
    names = path.split("/")

    def keep(entry: dict[str, Any]) -> bool:
        value: Any = entry
        for name in names:
            value = value.get(name, "") if isinstance(value, dict) else ""
        members = value if isinstance(value, list) else [value]
        return any(fold("" if member is None else str(member)) in folded for member in members)

    return keep


def fold(text: str) -> str:
    """``text`` as the database compares it."""
    return text.rstrip(" ").casefold()


def pass_list(
    call: Call,
    argv: tuple[str, ...],
    listing: Listing,
    conditions: Conditions,
    *,
    warnings: tuple[Notice, ...] = (),
    explain: Explain | None = None,
    change: Change | None = None,
) -> Answer | Passage:
    """The list that ``argv`` and the conditions make, its entries as ``change`` leaves them; a warning when there is
    nothing in it.
    """
    argv = (*argv, *conditions.words)
    if (conditions.keeps or change) and (call.media != "json" or (conditions.keeps and change)):
        document = read_list(call, argv, listing, conditions, explain=explain)
        if change:
            for entry in document.payload[listing.member]:
                change(entry)
        return answer_list(document, listing, warnings)
    return pass_document(
        call,
        argv,
        warnings=warnings,
        empty=listing.member.encode(),
        refuse_empty=lambda: listing.nothing,
        edit=choose_edit(conditions, change),
        explain=explain,
    )


def choose_edit(conditions: Conditions, change: Change | None) -> Edit | None:
    """What a JSON document's lines go through."""
    if change:
        from slurmrest_inetd.rewriting import Rewriting

        return Rewriting(change)
    if conditions.keeps:
        from slurmrest_inetd.selection import Selection

        return Selection(conditions.keep)
    return None


def pass_one(
    call: Call,
    argv: tuple[str, ...],
    listing: Listing,
    conditions: Conditions,
    *,
    warnings: tuple[Notice, ...] = (),
    explain: Explain | None = None,
) -> Answer | Passage:
    """The entry that the path names (there may be several of that name). Raises NotFound when there is none."""
    if conditions.keeps:
        document = read_list(call, (*argv, *conditions.words), listing, conditions, explain=explain)
        if not document.payload[listing.member]:
            raise refuse_unknown(call, listing, warnings)
        return answer_document(document, warnings=warnings)
    return pass_document(
        call,
        (*argv, *conditions.words),
        warnings=warnings,
        empty=listing.member.encode(),
        refuse_empty=lambda: refuse_unknown(call, listing, warnings),
        explain=explain,
    )


def read_list(
    call: Call,
    argv: tuple[str, ...],
    listing: Listing,
    conditions: Conditions,
    *,
    explain: Explain | None = None,
) -> Document:
    """The document of ``argv``, with only the entries that the conditions keep."""
    document = read_document(call, argv, explain=explain)
    entries = document.payload[listing.member]
    document.payload[listing.member] = [entry for entry in entries if conditions.keep(entry)]
    return document


def answer_list(document: Document, listing: Listing, warnings: tuple[Notice, ...]) -> Answer:
    """A list that was taken apart, as an answer; a warning when there is nothing in it."""
    found = document.payload[listing.member]
    return answer_document(document, warnings=warnings if found else (*warnings, listing.nothing))


def answer_single(call: Call, document: Document, listing: Listing, warnings: tuple[Notice, ...]) -> Answer:
    """A list that must hold one entry, as an answer. Raises NotFound, and Unprocessable when there are several."""
    found = document.payload[listing.member]
    if not found:
        raise refuse_unknown(call, listing, warnings)
    if len(found) > 1:
        raise Unprocessable(
            f"Ambiguous request: More than 1 {listing.noun.lower()} would have been dumped.",
            number=SEVERAL_FOUND[0],
            error=SEVERAL_FOUND[1],
            source=listing.nothing.source,
            payload={listing.member: []},
            warnings=warnings,
        )
    return answer_document(document, warnings=warnings)


def refuse_unknown(call: Call, listing: Listing, warnings: tuple[Notice, ...]) -> ApiError:
    """404, with the members that slurmrestd answers when it finds nothing."""
    name = ", ".join(call.values.values())
    return NotFound(
        f"{listing.noun} not found: {name}" if name else f"{listing.noun} not found",
        number=listing.number,
        error=listing.error,
        source=listing.nothing.source,
        payload={listing.member: []},
        warnings=(*warnings, listing.nothing),
    )
