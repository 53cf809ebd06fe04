"""GET docs and its files: what a browser gets, with and without gzip, the second time, and below a prefix."""

import gzip
import re
from typing import Any

import pytest
from conftest import Asker

from slurmrest_inetd.errors import NotFound
from slurmrest_inetd.model import Passage, Request
from slurmrest_inetd.negotiation import accepts_gzip, has_etag
from slurmrest_inetd.plugins.openapi.page import FILES, get_docs, get_docs_file, read_file

GZIPPED = ("swagger-ui.css", "swagger-ui-bundle.js")


def get(ask: Asker, target: str, **fields: str) -> tuple[Passage, dict[str, str]]:
    call = ask.make_call(target)
    headers = tuple((name.replace("_", "-"), value) for name, value in fields.items())
    call = call._replace(request=Request(*call.request[:4], headers, "1.1"))
    answer = get_docs_file(call) if call.values else get_docs(call)
    return answer, {name.lower(): value for name, value in answer.headers}


@pytest.mark.parametrize(
    ("target", "root"), [("/docs", ""), ("/docs/", "../"), ("/docs/?x=/", "../"), ("/docs?x=/", "")]
)
def test_the_pages_links_hold_below_any_prefix(ask: Asker, target: str, root: str) -> None:
    answer, headers = get(ask, target)
    assert isinstance(answer.chunks, bytes)
    links = re.findall(r'(?:src|href)="([^"]+)"', answer.chunks.decode())
    assert {link for link in links if link.startswith(("http", "/"))} == set()
    assert {f"{root}docs/{name}" for name in ("page.css", "page.js", *GZIPPED)} <= set(links)
    assert headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in headers["content-security-policy"]


@pytest.mark.parametrize("name", FILES)
def test_every_file_is_sent(ask: Asker, name: str) -> None:
    answer, headers = get(ask, f"/docs/{name}")
    data = read_file(FILES[name].path)
    assert answer.chunks == (gzip.decompress(data) if name in GZIPPED else data)
    assert headers["content-type"] == FILES[name].media_type
    assert "content-encoding" not in headers


@pytest.mark.parametrize("name", GZIPPED)
def test_a_browser_gets_them_compressed(ask: Asker, name: str) -> None:
    answer, headers = get(ask, f"/docs/{name}", accept_encoding="gzip, deflate, br")
    assert answer.chunks == read_file(FILES[name].path)
    assert (headers["content-encoding"], headers["vary"]) == ("gzip", "Accept-Encoding")


def test_the_second_time_it_is_not_sent(ask: Asker) -> None:
    _, headers = get(ask, "/docs/page.js")
    answer, again = get(ask, "/docs/page.js", if_none_match=headers["etag"])
    assert (answer.status, answer.chunks, again["etag"]) == (304, b"", headers["etag"])


def test_no_other_file_is_reached(ask: Asker) -> None:
    for name in ("nope", "page.html", "__init__.py", "..%2F__init__.py", "swagger-ui.css.gz"):
        with pytest.raises(NotFound, match="no such file"):
            get(ask, f"/docs/{name}")


ENCODINGS = [
    (["gzip"], True), (["GZIP;q=0.1"], True), (["br", "gzip"], True), (["*"], True), (["*;q=0, gzip"], True),
    (["gzip;q=0"], False), (["gzip;q=0, *"], False), (["identity"], False), ([""], False), ([], False),
]  # fmt: skip


@pytest.mark.parametrize(("value", "wanted"), ENCODINGS)
def test_gzip_is_sent_to_who_takes_it(value: list[str], wanted: bool) -> None:
    assert accepts_gzip(value) is wanted


@pytest.mark.parametrize(
    ("value", "wanted"),
    [(['"a"'], True), (['W/"a"'], True), (['"b", "a"'], True), (["*"], True), (['"b"'], False), ([], False)],
)
def test_who_has_it_is_not_sent_it(value: Any, wanted: bool) -> None:
    assert has_etag(value, '"a"') is wanted
