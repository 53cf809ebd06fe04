"""The document whole: its head, and the parts of what is served, put together as bytes.

Law: nothing is parsed or printed anew for a request but the head's few words. Called by plugins/openapi and options.py.
"""

import zlib
from collections.abc import Callable
from itertools import chain
from json import dumps
from typing import Any, NamedTuple

from slurmrest_inetd import __version__
from slurmrest_inetd.openapi.fragments import OPEN, Fragments, read_fragments
from slurmrest_inetd.openapi.needs import list_met
from slurmrest_inetd.openapi.words.head import DESCRIPTION, LICENCE, SECURITY, TAGS, TITLE
from slurmrest_inetd.settings import Settings, list_plugins
from slurmrest_inetd.slurm.data_parsers import UNKNOWN_RELEASE, find_newest
from slurmrest_inetd.slurm.release import ask_release
from slurmrest_inetd.versions.schema_files import name_schemas

OPENAPI = "3.0.3"


class Served(NamedTuple):
    """What a document is about: API versions (the NN of v0.0.NN), plugins, Slurm's release ("" where none is here), the
    newest version that this release has itself.
    """

    versions: tuple[int, ...]
    plugins: tuple[str, ...]
    release: str
    newest: int = UNKNOWN_RELEASE


class Document(NamedTuple):
    """A document to be: ``etag`` names it (RFC 9110 section 8.8.3) before it is put together."""

    etag: str
    media: str
    head: tuple[tuple[str, str], ...]
    parts: tuple[Fragments, ...]
    # for each of the parts, the needs that are met
    met: tuple[tuple[str, ...], ...]


def find_served(settings: Settings, meanwhile: Callable[[], object] = object) -> Served:
    """What this process serves: what was chosen with -s and -d, as far as the Slurm here can do it.

    ``meanwhile`` is our own work that can be done while Slurm is asked.
    """
    release = ask_release(settings, meanwhile)["release"]
    newest = find_newest(settings, "scontrol")
    names = settings.openapi_plugins
    versions = sorted(version for version in settings.data_parsers if list_plugins(names, version))
    return Served(tuple(versions), names, release, newest)


def plan_document(served: Served, media: str) -> Document:
    """The document of what is ``served``, as "json" or "yaml"."""
    names = [OPEN, *(name_schemas(version, served.release) for version in served.versions)]
    parts = tuple(read_fragments(name, media) for name in names)
    head = build_head(served)
    met = ((), *(list_met(list_plugins(served.plugins, version), served.newest) for version in served.versions))
    told = "".join((media, *(value for _, value in head), *chain(*met), *(part.digest for part in parts)))
    return Document(f'"{__version__}-{zlib.crc32(told.encode()):08x}"', media, head, parts, met)


def format_document(document: Document) -> bytes:
    """The bytes of a document."""
    chosen = {
        what: [data for part, met in zip(document.parts, document.met, strict=True) for data in part.select(what, met)]
        for what in ("paths", "components", "schemas")
    }
    return LAYOUTS[document.media](document.head, chosen)


def lay_out_json(head: tuple[tuple[str, str], ...], parts: dict[str, list[bytes]]) -> bytes:
    """One line an operation, one line a component."""
    lines = {what: b",\n".join(parts[what]) for what in parts}
    top = ",\n".join(f"{dumps(name)}:{value}" for name, value in head).encode()
    return b'{%b,\n"paths":{\n%b\n},\n"components":{\n%b,\n"schemas":{\n%b\n}}}\n' % (
        top,
        lines["paths"],
        lines["components"],
        lines["schemas"],
    )


def lay_out_yaml(head: tuple[tuple[str, str], ...], parts: dict[str, list[bytes]]) -> bytes:
    """A block document; the head's values are JSON, which YAML reads too."""
    lines = {what: b"".join(parts[what]) for what in parts}
    top = "".join(f"{name}: {value}\n" for name, value in head).encode()
    return b"%bpaths:\n%bcomponents:\n%b  schemas:\n%b" % (top, lines["paths"], lines["components"], lines["schemas"])


LAYOUTS = {"json": lay_out_json, "yaml": lay_out_yaml}


def build_head(served: Served) -> tuple[tuple[str, str], ...]:
    """What stands before the paths: name -> value as JSON."""
    major, minor, micro = (*served.release.split(".", 2), "", "")[:3]
    slurm: dict[str, Any] = {
        "data_parsers": [{"plugin": f"v0.0.{version}", "flags": ["NONE"]} for version in served.versions],
        "openapi": [f"openapi/{plugin}" for plugin in served.plugins],
        "version": {"major": major, "micro": micro, "minor": minor},
        "release": served.release,
    }
    info = {
        "title": TITLE,
        "description": DESCRIPTION,
        "license": LICENCE,
        "version": f"Slurm-{served.release or 'unknown'}",
        "x-slurm": slurm,
        "x-slurmrest-inetd": {"version": __version__},
    }
    plugins = {plugin for version in served.versions for plugin in list_plugins(served.plugins, version)}
    tags = [tag for plugin, tag in TAGS if plugin in ("", *plugins)]
    entries = {"openapi": OPENAPI, "info": info, "servers": [{"url": "/"}], "security": SECURITY, "tags": tags}
    return tuple((name, dumps(value, ensure_ascii=False)) for name, value in entries.items())
