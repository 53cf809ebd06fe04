"""GET docs, docs/{file}: a page that shows the document and tries requests against this very server.

Law: files of this package and nothing else; no token is asked for, and none is in what is sent. The page loads nothing
from elsewhere and may not be told to (Content-Security-Policy). Swagger UI's files lie here compressed, as nearly every
browser wants them (RFC 9110 section 12.5.3).
"""

import os
import zlib
from typing import NamedTuple

from slurmrest_inetd import page
from slurmrest_inetd.errors import NotFound
from slurmrest_inetd.model import Call, Passage
from slurmrest_inetd.negotiation import accepts_gzip, has_etag

FOLDER = os.path.dirname(page.__file__)
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
GZIP = 31  # zlib's wbits for a gzip file


class File(NamedTuple):
    """A file of the page: where it lies in the package, and its media type."""

    path: str
    media_type: str


# fmt: off
FILES = {
    "page.css":                 File("page.css",                "text/css; charset=utf-8"),
    "page.js":                  File("page.js",                 "text/javascript; charset=utf-8"),
    "swagger-ui.css":           File("swagger-ui.css.gz",       "text/css; charset=utf-8"),
    "swagger-ui-bundle.js":     File("swagger-ui-bundle.js.gz", "text/javascript; charset=utf-8"),
    "swagger-ui.LICENSE":       File("swagger-ui.LICENSE",      "text/plain; charset=utf-8"),
    "swagger-ui.NOTICE":        File("swagger-ui.NOTICE",       "text/plain; charset=utf-8"),
}
# fmt: on


def get_docs(call: Call) -> Passage:
    """The page. Its links are relative, so that it works below any prefix that a proxy puts before it."""
    root = "../" if call.request.target.partition("?")[0].endswith("/") else ""
    text = read_file("page.html").replace(b"{root}", root.encode())
    return answer_file(call, text, "text/html; charset=utf-8")


def get_docs_file(call: Call) -> Passage:
    """One of the page's files. Raises NotFound."""
    file = FILES.get(call.values["file"])
    if file is None:
        raise NotFound(f"This page has no such file: it has {', '.join(FILES)}")
    return answer_file(call, read_file(file.path), file.media_type, compressed=file.path.endswith(".gz"))


def read_file(name: str) -> bytes:
    """The bytes of one of the package's files."""
    with open(os.path.join(FOLDER, name), "rb") as file:
        return file.read()


def answer_file(call: Call, data: bytes, media_type: str, *, compressed: bool = False) -> Passage:
    """``data``, or 304 for a client that has it already."""
    etag = f'"{zlib.crc32(data):08x}-{len(data):x}"'
    headers = [("ETag", etag), ("cache-control", "no-cache"), ("content-security-policy", POLICY)]
    if compressed:
        headers.append(("vary", "Accept-Encoding"))
    if has_etag(call.request.get_all("if-none-match"), etag):
        return Passage(b"", 304, tuple(headers))
    if compressed and accepts_gzip(call.request.get_all("accept-encoding")):
        headers.append(("content-encoding", "gzip"))
    elif compressed:
        data = zlib.decompress(data, GZIP)
    return Passage(data, 200, (("content-type", media_type), *headers))
