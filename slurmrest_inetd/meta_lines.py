"""The end of a document that a command printed: ``meta`` and ``warnings``, rewritten as lines.

Law: bytes in, bytes out, by the layout in which Slurm prints them (two spaces an indent, one member a line), so that a
read that is passed through needs no JSON parser. Called by passthrough.py.
"""

import re

from slurmrest_inetd.envelope import PLUGIN_NAMES, build_meta, format_envelope, format_json, parse_json
from slurmrest_inetd.model import LAST_EARLY, Call, Notice
from slurmrest_inetd.text import quote

META_LINE = {"json": b'  "meta": {\n', "yaml": b"!!str meta: !!map\n"}
NO_WARNINGS = {"json": b'\n  "warnings": []\n', "yaml": b"\n!!str warnings: !!seq []\n"}
# The lines of meta that are ours: whose document it is, whose connection, no command line.
OURS = {
    "json": re.compile(
        rb'(?P<a>\A  "meta": \{\n    "plugin": \{\n)      "type": [^\n]*\n      "name": [^\n]*\n'
        rb'(?P<b>(?:      "[^\n]*\n)*    \},\n    "client": \{\n)'
        rb'      "source": [^\n]*\n      "user": [^\n]*\n      "group": [^\n]*\n'
        rb'(?P<c>    \},\n)    "command": \[(?:\n(?:      [^\n]*\n)*    )?\],\n'
    ),
    "yaml": re.compile(
        rb"(?P<a>\A!!str meta: !!map\n  !!str plugin: !!map\n)    !!str type: [^\n]*\n    !!str name: [^\n]*\n"
        rb"(?P<b>(?:    [^\n]*\n)*  !!str client: !!map\n)"
        rb"    !!str source: [^\n]*\n    !!str user: [^\n]*\n    !!str group: [^\n]*\n"
        rb"(?P<c>)  !!str command: !!seq(?: \[\]\n|\n(?:(?:  - |    |\n)[^\n]*\n?)*?(?=  !!str slurm:))"
    ),
}
MEMBER = {"json": b'      "%s": "%s"%s\n', "yaml": b'    !!str %s: !!str "%s"%s\n'}
NO_COMMAND = {"json": b'    "command": [],\n', "yaml": b"  !!str command: !!seq []\n"}


def find_meta(text: bytes, media: str) -> int:
    """Where the line that opens ``meta`` begins; -1 when it is not here."""
    line = META_LINE[media]
    if text.startswith(line):
        return 0
    at = text.find(b"\n" + line)
    return at + 1 if at >= 0 else -1


def rewrite_tail(call: Call, tail: bytes, warnings: tuple[Notice, ...]) -> bytes:
    """The document from ``meta`` on, with our plugin, our client, no command line, and ``warnings`` added."""
    media = call.media
    if call.version <= LAST_EARLY:
        return rewrite_early_tail(call, tail, warnings)
    plugin_type, plugin_name = PLUGIN_NAMES[call.endpoint.plugin.partition(".")[0]]
    plugin = format_members(media, {b"type": plugin_type, b"name": plugin_name}, open_end=True)
    client = format_members(
        media, {b"source": call.client.source, b"user": call.client.user, b"group": call.client.group}
    )
    made = OURS[media].sub(lambda m: m["a"] + plugin + m["b"] + client + m["c"] + NO_COMMAND[media], tail, count=1)
    return add_warnings(made, warnings, media) if warnings else made


def rewrite_early_tail(call: Call, tail: bytes, warnings: tuple[Notice, ...]) -> bytes:
    """The same as JSON, for a version whose meta is another object."""
    members = parse_json(b"{" + tail)
    told = (*(Notice(**one) for one in members["warnings"]), *warnings)
    whole = format_envelope({}, build_meta(call, members["meta"]), (), told, "json")
    return whole.removeprefix(b"{\n") + b"\n"


def add_warnings(tail: bytes, warnings: tuple[Notice, ...], media: str) -> bytes:
    """``tail`` with ``warnings`` behind those that are there."""
    if media == "json":
        members = parse_json(b"{" + tail)
        members["warnings"] += [notice._asdict() for notice in warnings]
        return format_json(members).removeprefix(b"{\n") + b"\n"
    lines = b"".join(
        b'- !!map\n  !!str description: !!str "%s"\n  !!str source: !!str "%s"\n' % (quote(text), quote(source))
        for text, source in warnings
    )
    emptied = tail.replace(NO_WARNINGS["yaml"], b"\n!!str warnings: !!seq\n", 1)
    body, end, rest = emptied.rpartition(b"...\n")
    return body + lines + end + rest


def format_members(media: str, members: dict[bytes, str], *, open_end: bool = False) -> bytes:
    """Lines of a mapping's members; with ``open_end`` more members follow the last."""
    last = len(members) - 1
    return b"".join(
        MEMBER[media] % (name, quote(text), b"," if media == "json" and (open_end or number < last) else b"")
        for number, (name, text) in enumerate(members.items())
    )
