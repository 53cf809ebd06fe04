"""The envelope, and what bodies are taken for."""

import json

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from slurmrest_inetd.envelope import build_meta, format_envelope, parse_body, parse_json
from slurmrest_inetd.errors import BadRequest, ContentTooLarge, UnsupportedMediaType
from slurmrest_inetd.model import Call, Client, Endpoint, Identity, Notice, Problem, Request
from slurmrest_inetd.settings import Settings
from slurmrest_inetd.yaml_text import format_yaml

PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


def make_call(body: bytes = b"", content_type: str = "") -> Call:
    headers = (("content-type", content_type),) if content_type else ()
    request = Request("POST", "/", (), (), headers, "1.1")
    endpoint = Endpoint("POST", "/", "post_x", "slurmdbd.x", "post_x", 40, 45)
    client = Client("pipe", "alice", "phys")
    return Call(request, endpoint, 41, {}, Identity("local", "x"), Settings(), "json", body, client)


def test_the_envelope_is_payload_meta_errors_warnings() -> None:
    meta = build_meta(
        make_call(), {"plugin": {"accounting_storage": "accounting_storage/slurmdbd"}, "slurm": {"release": "24.11.5"}}
    )
    document = json.loads(
        format_envelope({"a": 1}, meta, [Problem("d", 2017, "e", "s")], [Notice("w", "#/x/")], "json")
    )
    assert list(document) == ["a", "meta", "errors", "warnings"]
    assert document["meta"] == {
        "plugin": {
            "type": "openapi/slurmdbd",
            "name": "Slurm OpenAPI slurmdbd",
            "data_parser": "data_parser/v0.0.41",
            "accounting_storage": "accounting_storage/slurmdbd",
        },
        "client": {"source": "pipe", "user": "alice", "group": "phys"},
        "command": [],
        "slurm": {"release": "24.11.5"},
    }
    assert document["errors"] == [{"description": "d", "error_number": 2017, "error": "e", "source": "s"}]
    assert document["warnings"] == [{"description": "w", "source": "#/x/"}]


def test_before_a_path_is_known_meta_says_nothing() -> None:
    meta = build_meta(None, None)
    assert meta["plugin"] == {"type": "", "name": "", "data_parser": "", "accounting_storage": ""}
    assert meta["slurm"] == {"version": {"major": "", "micro": "", "minor": ""}, "release": "", "cluster": ""}


@given(st.dictionaries(st.text(), PLAIN, max_size=6))
def test_our_yaml_reads_back(document: dict) -> None:
    # PyYAML reads YAML 1.1, whose floats need a dot; that is its limit, not the text's
    text = format_yaml(document)
    assert yaml_equal(yaml.load(text, Loader=yaml.CSafeLoader), document)


def yaml_equal(read: object, wrote: object) -> bool:
    if isinstance(wrote, dict) and isinstance(read, dict):
        return read.keys() == wrote.keys() and all(yaml_equal(read[key], wrote[key]) for key in wrote)
    if isinstance(wrote, list) and isinstance(read, list):
        return len(read) == len(wrote) and all(map(yaml_equal, read, wrote))
    if isinstance(wrote, float) and not isinstance(wrote, bool):
        return float(read) == wrote  # type: ignore[arg-type]
    return read == wrote and type(read) is type(wrote)


def test_the_envelope_as_yaml() -> None:
    text = format_envelope({"jobs": [], "on": "no"}, {}, [], [], "yaml").decode()
    assert text == '%YAML 1.1\n---\njobs: []\n"on": "no"\nmeta: {}\nerrors: []\nwarnings: []\n...\n'


@pytest.mark.parametrize(
    ("body", "content_type", "value"),
    [
        (b'{"a": [1, 2.5, "\\u00e9"]}', "", {"a": [1, 2.5, "é"]}),
        (b'{"a": 1}', "application/json; charset=utf-8", {"a": 1}),
        (b"a: [1, x]\n", "application/yaml", {"a": [1, "x"]}),
        (b"a=1&b=x+y&b=%2F&c=", "application/x-www-form-urlencoded", {"a": "1", "b": ["x y", "/"], "c": ""}),
        (b"a=1&a=2&a=3", "application/x-www-form-urlencoded", {"a": ["1", "2", "3"]}),
    ],
)
def test_bodies(body: bytes, content_type: str, value: object) -> None:
    assert parse_body(make_call(body, content_type)) == value


@pytest.mark.parametrize(
    ("body", "content_type", "kind", "text"),
    [
        (b"", "", BadRequest, "no body"),
        (b"{", "", BadRequest, "line 1, column 2"),
        (b'{"a": NaN}', "", BadRequest, "not valid JSON"),
        (b'{"a": "\xff"}', "", BadRequest, "not valid JSON"),
        (b'{"a": "\\ud800"}', "", BadRequest, "not valid JSON"),
        (b"[" * 100_000, "", BadRequest, "not valid JSON"),
        (b"a: [", "application/yaml", BadRequest, "not valid YAML"),
        (b"a: &x 1\nb: *x\n", "application/yaml", BadRequest, "alias"),
        (b"a: !!python/object/apply:os.system [x]\n", "application/yaml", BadRequest, "not valid YAML"),
        (b"[" * 500_000, "application/yaml", BadRequest, "nested too deeply"),
        (b"a: " + b"x" * 9_000_000, "application/yaml", ContentTooLarge, "8388608 bytes"),
        (b"\xff\xfe\xff", "application/yaml", BadRequest, "not valid YAML"),
        (b"a=\xff", "application/x-www-form-urlencoded", BadRequest, "not UTF-8"),
        (b"a=%FF", "application/x-www-form-urlencoded", BadRequest, "UTF-8"),
        (b"a=%00", "application/x-www-form-urlencoded", BadRequest, "form field"),
        (b"x", "text/plain", UnsupportedMediaType, "text/plain"),
    ],
)
def test_bodies_that_are_not_what_they_say(body: bytes, content_type: str, kind: type[Exception], text: str) -> None:
    with pytest.raises(kind, match=text):
        parse_body(make_call(body, content_type))


def test_yaml_without_its_extra_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "yaml", None)
    with pytest.raises(UnsupportedMediaType, match=r"slurmrest-inetd\[yaml\]"):
        parse_body(make_call(b"a: 1", "application/yaml"))


def test_slurms_own_text_may_be_less_than_json() -> None:
    assert parse_json(b'{\n  "a": Infinity,\n  "b": "\xe9"\n}') == {
        "a": 1.7976931348623157e308,
        "b": "\N{REPLACEMENT CHARACTER}",
    }
    with pytest.raises(ValueError, match="unexpected"):
        parse_json(b"slurm_load_jobs error")
