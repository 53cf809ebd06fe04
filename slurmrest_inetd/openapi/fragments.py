"""Parts of the document as bytes, so that answering is reading and joining: made when the package is built, else when
first needed.

Law: a part's bytes depend on this package's own files alone. A file of parts begins with one line of JSON: the parts'
digest, then [what, needs, length] of each. Called by document.py and, when a wheel is built, by setup.py.
"""

import json
import os
import zlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

FOLDER = os.path.join(os.path.dirname(__file__), "made")
MEDIA = ("json", "yaml")
# What is in the document whatever versions are served.
OPEN = "open"
made: dict[tuple[str, str], "Fragments"] = {}


class Fragment(NamedTuple):
    """``what`` is "paths", "components" or "schemas"; it is sent where one of ``needs`` is met: see needs.name_need.

    "" is always met.
    """

    what: str
    needs: tuple[str, ...]
    length: int


class Fragments(NamedTuple):
    """A file's parts, in order; ``data`` begins with their list, which is ``start`` bytes long."""

    digest: str
    parts: tuple[Fragment, ...]
    start: int
    data: bytes

    def select(self, what: str, met: Iterable[str]) -> list[bytes]:
        """The parts of that kind, as the needs that are ``met`` allow."""
        chosen = {"", *met}
        found, place = [], self.start
        for part in self.parts:
            if part.what == what and part.length and chosen.intersection(part.needs):
                found.append(self.data[place : place + part.length])
            place += part.length
        return found


def read_fragments(name: str, media: str) -> Fragments:
    """The parts of ``name`` (a schema file's name, or OPEN) in JSON or YAML."""
    if (name, media) not in made:
        try:
            with open(os.path.join(FOLDER, f"{name}.{media}"), "rb") as file:
                data = file.read()
        except FileNotFoundError:
            # a source tree: nobody has built it
            data = make_fragments(name, media)
        made[name, media] = parse_fragments(data)
    return made[name, media]


def parse_fragments(data: bytes) -> Fragments:
    """What ``make_fragments`` wrote."""
    start = data.index(b"\n") + 1
    digest, *rows = json.loads(data[:start])
    index = tuple(Fragment(what, tuple(needs), length) for what, needs, length in rows)
    return Fragments(digest, index, start, data)


def make_fragments(name: str, media: str) -> bytes:
    """A file of parts: the index, then the parts, one behind the other."""
    write = WRITERS[media]
    parts = [(what, needs, write(what, entries)) for what, needs, entries in list_parts(name)]
    body = b"".join(data for _, _, data in parts)
    index = [f"{zlib.crc32(body):08x}", *([what, sorted(needs), len(data)] for what, needs, data in parts)]
    return json.dumps(index, separators=(",", ":")).encode() + b"\n" + body


def list_parts(name: str) -> list[tuple[str, frozenset[str], dict[str, Any]]]:
    """The parts of ``name`` as data: what, its needs, name -> entry."""
    from slurmrest_inetd.openapi.components import describe_component, find_users
    from slurmrest_inetd.openapi.needs import name_need
    from slurmrest_inetd.openapi.paths import build_open_paths, build_paths, list_operations
    from slurmrest_inetd.openapi.words.head import COMPONENTS, ERROR
    from slurmrest_inetd.versions.schema_files import read_schemas

    if name == OPEN:
        always = frozenset(("",))
        return [
            ("paths", always, build_open_paths()),
            ("components", always, COMPONENTS),
            ("schemas", always, {"slurmrest_inetd_error": ERROR}),
        ]
    version = int(name.removeprefix("v0.0.")[:2])
    facts = read_schemas(name)
    operations = list_operations(version, facts)
    parts: list[tuple[str, frozenset[str], dict[str, Any]]] = []
    for need in dict.fromkeys(name_need(row) for row, _ in operations):
        own = [pair for pair in operations if name_need(pair[0]) == need]
        parts.append(("paths", frozenset((need,)), build_paths(version, own, facts)))
    users = find_users(operations, facts["schemas"])
    for needs in sorted(set(users.values()), key=sorted):
        entries = {
            component: describe_component(component, facts["schemas"][component])
            for component, needed_by in users.items()
            if needed_by == needs
        }
        parts.append(("schemas", needs, entries))
    return parts


def write_json(_what: str, entries: Mapping[str, Any]) -> bytes:
    """``"name":entry`` lines with commas between them: what stands inside an object's braces."""
    lines = (f"{format_json(name)}:{format_json(entry)}" for name, entry in entries.items())
    return ",\n".join(lines).encode()


def write_yaml(what: str, entries: Mapping[str, Any]) -> bytes:
    """The lines of a block mapping, as deep as the document has it."""
    from slurmrest_inetd.yaml_text import format_node

    return format_node(entries, "    " if what == "schemas" else "  ").encode()


def format_json(value: Any) -> str:
    """JSON without blanks, and not with orjson: a wheel is built where nothing is installed."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


WRITERS: dict[str, Callable[[str, Mapping[str, Any]], bytes]] = {"json": write_json, "yaml": write_yaml}


def list_fragments() -> list[str]:
    """Every name that there are parts of."""
    from slurmrest_inetd.settings import Settings
    from slurmrest_inetd.versions.schema_files import list_names

    return [OPEN, *(name for version in Settings().data_parsers for name in list_names(version))]


def build_fragments(folder: str) -> None:
    """Write every file of parts into ``folder``."""
    os.makedirs(folder, exist_ok=True)
    for name in list_fragments():
        for media in MEDIA:
            with open(os.path.join(folder, f"{name}.{media}"), "wb") as file:
                file.write(make_fragments(name, media))
