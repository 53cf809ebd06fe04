"""The request target: what is taken apart, what is refused, and that nothing else can come out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slurmrest_inetd.errors import BadRequest
from slurmrest_inetd.target import (
    MAX_FORM_PAIRS,
    decode_percent,
    format_target,
    parse_form,
    parse_target,
)

# fmt: off
ACCEPTED = [
    ("GET",     "/slurm/v0.0.42/jobs/",          ("slurm", "v0.0.42", "jobs"), ()),
    ("GET",     "//slurm///v0.0.42/jobs",        ("slurm", "v0.0.42", "jobs"), ()),
    ("GET",     "/",                             (), ()),
    ("GET",     "/a%2Fb/c",                      ("a/b", "c"), ()),
    ("GET",     "/%C3%A9",                       ("é",), ()),
    ("GET",     "/a+b",                          ("a+b",), ()),
    ("GET",     "/a%0ab",                        ("a\nb",), ()),
    ("GET",     "/slurm/../etc/./%2e%2e",        ("slurm", "..", "etc", ".", ".."), ()),
    ("GET",     "/a;b=c,d@e:f",                  ("a;b=c,d@e:f",), ()),
    ("GET",     "/a?",                           ("a",), ()),
    ("GET",     "/a?b=1&b=2&c=",                 ("a",), (("b", "1"), ("b", "2"), ("c", ""))),
    ("GET",     "/a?b=x+y&c=x%2By",              ("a",), (("b", "x y"), ("c", "x+y"))),
    ("GET",     "/a?flag",                       ("a",), (("flag", "true"),)),
    ("GET",     "/a?&&b=1&",                     ("a",), (("b", "1"),)),
    ("GET",     "/a?=x",                         ("a",), (("", "x"),)),
    ("GET",     "/a?b=/c:d?e@f!g=h",             ("a",), (("b", "/c:d?e@f!g=h"),)),
    ("GET",     "/a?b=1;c=2",                    ("a",), (("b", "1;c=2"),)),
    ("GET",     "/a?Include+deleted%20x=1",      ("a",), (("Include deleted x", "1"),)),
    ("GET",     "http://host/a?b=1",             ("a",), (("b", "1"),)),
    ("GET",     "HTTPS://[::1]:6820/a/b",        ("a", "b"), ()),
    ("GET",     "http://host",                   (), ()),
    ("GET",     "http://host?b=/",               (), (("b", "/"),)),
    ("OPTIONS", "*",                             ("*",), ()),
    ("CONNECT", "host:443",                      ("host:443",), ()),
    ("BREW",    "/pot",                          ("pot",), ()),
]
REFUSED = [
    ("GET",     "*",                   '"*" does not go with the method'),
    ("CONNECT", "/slurm/",             "does not go with the method"),
    ("CONNECT", "host",                "does not go with the method"),
    ("GET",     "host:443",            "neither a path nor an http URI"),
    ("GET",     "slurm/v0.0.42/ping",  "neither a path nor an http URI"),
    ("GET",     "ftp://host/a",        "neither a path nor an http URI"),
    ("GET",     "http:///a",           "no host"),
    ("GET",     "http://u:p@host/a",   "a user before it"),
    ("GET",     "/a#b",                "fragment"),
    ("GET",     "/a?b#c",              "fragment"),
    ("GET",     "/a%00b",              'path segment "a%00b" holds a NUL'),
    ("GET",     "/x/%FF",              'path segment "%FF" is not UTF-8'),
    ("GET",     "/%C3/%A9",            'path segment "%C3" is not UTF-8'),
    ("GET",     "/%zz",                'path segment "%zz" holds a %'),
    ("GET",     "/%4",                 'path segment "%4" holds a %'),
    ("GET",     "/%+1",                'path segment "%+1" holds a %'),
    ("GET",     "/%-1",                'path segment "%-1" holds a %'),
    ("GET",     "/%1_1",               'path segment "%1_1" holds a %'),
    ("GET",     "/%",                  'path segment "%" holds a %'),
    ("GET",     "/a?b=%00",            'query parameter "b": "%00" holds a NUL'),
    ("GET",     "/a?b=%ED%A0%80",      'query parameter "b": "%ED%A0%80" is not UTF-8'),
    ("GET",     "/a?%FF=1",            'query parameter "%FF" is not UTF-8'),
    ("GET",     "/a?b=%+1",            'query parameter "b": "% 1" holds a %'),
]
# fmt: on


@pytest.mark.parametrize(("method", "target", "segments", "query"), ACCEPTED)
def test_target_is_taken_apart(method, target, segments, query):
    assert parse_target(method, target) == (segments, query)


@pytest.mark.parametrize(("method", "target", "text"), REFUSED)
def test_target_is_refused_by_name(method, target, text):
    with pytest.raises(BadRequest) as refusal:
        parse_target(method, target)
    assert text in str(refusal.value)


def test_long_part_is_cut_short_in_the_refusal():
    with pytest.raises(BadRequest) as refusal:
        parse_target("GET", "/" + "a" * 9000 + "%00")
    assert len(str(refusal.value)) < 200


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


@given(st.lists(texts.filter(bool)), st.lists(st.tuples(texts, texts)))
def test_format_target_is_the_inverse(segments, query):
    target = format_target(segments, query)
    assert target.isascii() and target.isprintable() and " " not in target
    assert parse_target("GET", target) == (tuple(segments), tuple(query))


@given(st.sampled_from(["GET", "OPTIONS", "CONNECT"]), st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E)))
def test_any_visible_target_is_taken_apart_or_refused(method, target):
    try:
        segments, query = parse_target(method, target)
    except BadRequest:
        return
    for text in (*segments, *(part for pair in query for part in pair)):
        assert "\0" not in text
        text.encode("utf-8")
    assert "" not in segments


@given(st.text(st.sampled_from("%0aAfFgG+ é")))
def test_decoding_agrees_with_urllib(text):
    from urllib.parse import unquote_to_bytes

    try:
        decoded = decode_percent(text, "It")
    except BadRequest:
        return
    assert decoded.encode() == unquote_to_bytes(text)


def test_form_is_read_like_a_query():
    assert parse_form(b"a=x+y&b=%C3%A9&a=2&flag\r\n") == (("a", "x y"), ("b", "é"), ("a", "2"), ("flag", "true"))
    assert parse_form(b"") == ()


@pytest.mark.parametrize("body", [b"\xff=1", b"a=%00", b"a=%", b"a&" * MAX_FORM_PAIRS])
def test_form_is_refused(body):
    with pytest.raises(BadRequest):
        parse_form(body)
