"""Accept, Content-Type and Content-Encoding, and that nothing a client writes there ends in anything but a choice or a 4xx."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slurmrest_inetd.errors import NotAcceptable, UnsupportedMediaType
from slurmrest_inetd.negotiation import (
    FORMATS,
    check_content_encoding,
    choose_media,
    choose_media_type,
    parse_content_type,
    split_unquoted,
)

JSON, YAML = "application/json", "application/yaml"

# fmt: off
CHOSEN = [
    # as slurmrestd 24.11 and 26.05 choose too
    ([],                                                    JSON),
    (["application/json"],                                  JSON),
    (["application/yaml"],                                  YAML),
    (["text/yaml"],                                         "text/yaml"),
    (["application/x-yaml"],                                "application/x-yaml"),
    (["application/jsonrequest"],                           "application/jsonrequest"),
    (["*/*"],                                               JSON),
    (["application/json, application/yaml"],                JSON),
    (["application/yaml, application/json"],                YAML),
    (["APPLICATION/JSON"],                                  JSON),
    (["application/json;charset=utf-8"],                    JSON),
    (["text/html,application/xhtml+xml,*/*;q=0.8"],         JSON),
    (["text/html", "application/yaml"],                     YAML),
    (["application/yaml;q=2"],                              YAML),
    # qualities and wildcards, which slurmrestd does not know
    ([""],                                                  JSON),
    ([" , ,"],                                              JSON),
    (["application/json;q=0.1, application/yaml;q=0.9"],    YAML),
    (["application/yaml;q=0.1, application/json"],          JSON),
    (["application/*"],                                     JSON),
    (["text/*"],                                            "text/yaml"),
    (["text/x-yaml"],                                       "text/x-yaml"),
    (["application/json;q=0, */*"],                         YAML),
    (["*/*;q=0.5, application/yaml"],                       YAML),
    (["*/*, application/json;q=0.5"],                       YAML),
    (["*/*, application/*;q=0.1"],                          "text/yaml"),
    (["*/*;q=0, application/json;q=0.001"],                 JSON),
    (["text/html, image/gif, *; q=.2, */*; q=.2"],          JSON),
    (["application/yaml;q=0.5;q=0.1, application/json;q=0.4"], YAML),
    # malformed members are skipped, malformed qualities are 1
    (["garbage, application/yaml"],                         YAML),
    (["a/b/c, application/yaml"],                           YAML),
    (["/, application/, /json, application/yaml"],          YAML),
    (["application/yaml;q=high, application/json;q=0.9"],   YAML),
    (["application/yaml;q=-1, application/json;q=0.9"],     YAML),
    (["application/yaml;q=nan, application/json;q=0.9"],    YAML),
    (["application/yaml;q=1e9, application/json;q=0.9"],    YAML),
    (["application/yaml;q=., application/json;q=0.9"],      YAML),
    (["application/yaml;q=\xb2, application/json;q=0.9"],   YAML),
    (['text/html;x="a,b;q=0", application/yaml'],           YAML),
    (['application/json;x="\\",;q=1";q=0.1, application/yaml;q=0.2'], YAML),
    (['application/yaml;x="never closed, application/json'], YAML),
]
UNACCEPTABLE = [
    ["text/xml"],
    ["garbage"],
    ["application/json;q=0"],
    ["*/*;q=0"],
    ["*/json"],
    ["application/json;q=0.0, text/html"],
    ["text/plain", "image/*"],
]
# fmt: on


@pytest.mark.parametrize(("accept", "chosen"), CHOSEN)
def test_media_type_is_chosen(accept, chosen):
    assert choose_media_type(accept) == chosen
    assert choose_media(accept) == FORMATS[chosen]


@pytest.mark.parametrize("accept", UNACCEPTABLE)
def test_nothing_acceptable_names_what_there_is(accept):
    with pytest.raises(NotAcceptable) as refusal:
        choose_media(accept)
    assert JSON in str(refusal.value) and YAML in str(refusal.value)
    assert choose_media(accept, lenient=True) == "json"


def test_only_what_is_offered_is_chosen():
    assert choose_media_type(["application/yaml, application/json;q=0.1"], offered=(JSON,)) == JSON
    with pytest.raises(NotAcceptable):
        choose_media_type(["application/yaml"], offered=(JSON,))


def test_dislike_of_one_offer_alone_is_a_refusal_of_it():
    # RFC 9110 12.5.1: a present Accept that lists nothing acceptable, even when all it does is exclude
    with pytest.raises(NotAcceptable):
        choose_media_type(["application/json;q=0"], offered=(JSON,))


@given(st.lists(st.text(st.sampled_from('aj/*;,q=.01"\\ +-'), max_size=40) | st.text(max_size=40), max_size=3))
def test_any_accept_is_a_choice_or_a_refusal(accept):
    assert choose_media_type(accept, lenient=True) in FORMATS
    try:
        assert choose_media_type(accept) in FORMATS
    except NotAcceptable:
        assert accept


@given(st.lists(st.sampled_from(sorted(FORMATS)), min_size=1, unique=True), st.data())
def test_highest_quality_wins(types, data):
    qualities = data.draw(st.lists(st.integers(0, 1000), min_size=len(types), max_size=len(types)))
    accept = [f"{name};q={quality / 1000:.3f}" for name, quality in zip(types, qualities, strict=True)]
    if not any(qualities):
        with pytest.raises(NotAcceptable):
            choose_media_type([", ".join(accept)])
    else:
        assert choose_media_type([", ".join(accept)]) == types[qualities.index(max(qualities))]


# fmt: off
CONTENT_TYPES = [
    ("application/json",                          (JSON, {})),
    ("Application/JSON",                          (JSON, {})),
    (" application/json ; charset=UTF-8",         (JSON, {"charset": "UTF-8"})),
    ('application/yaml; Charset="utf-8"; x=y',    (YAML, {"charset": "utf-8", "x": "y"})),
    ('multipart/form-data; boundary="a;\\"b\\\\"', ("multipart/form-data", {"boundary": 'a;"b\\'})),
    ("application/x-www-form-urlencoded",         ("application/x-www-form-urlencoded", {})),
    ("text/plain;",                               ("text/plain", {"": ""})),
    ('text/plain; x="',                           ("text/plain", {"x": '"'})),
]
# fmt: on


@pytest.mark.parametrize(("value", "parsed"), CONTENT_TYPES)
def test_content_type_is_taken_apart(value, parsed):
    assert parse_content_type(value) == parsed


@pytest.mark.parametrize(
    "value",
    [
        "",
        "json",
        "application/",
        "/json",
        "a/b/c",
        "a b/c",
        "application/json, text/plain",
        "application/json;charset=latin-1",
    ],
)
def test_content_type_is_refused_with_what_is_taken(value):
    with pytest.raises(UnsupportedMediaType) as refusal:
        parse_content_type(value)
    assert "application/json" in dict(refusal.value.headers)["Accept"]


@given(st.text())
def test_any_content_type_is_parsed_or_refused(value):
    try:
        name, _ = parse_content_type(value)
    except UnsupportedMediaType:
        return
    assert name.count("/") == 1 and name == name.lower()


@given(st.text(st.sampled_from('ab",\\ ')))
def test_splitting_loses_nothing(text):
    assert "".join(split_unquoted(text, ",")).replace(" ", "").count("a") == text.count("a")
    if '"' not in text:
        assert len(split_unquoted(text, ",")) == text.count(",") + 1


@pytest.mark.parametrize("values", [[], [""], ["identity"], ["Identity, identity"], ["identity", "IDENTITY"]])
def test_identity_is_no_coding(values):
    check_content_encoding(values)


@pytest.mark.parametrize("values", [["gzip"], ["identity, gzip"], ["identity", "br"], ["x"]])
def test_coding_is_refused(values):
    with pytest.raises(UnsupportedMediaType) as refusal:
        check_content_encoding(values)
    assert refusal.value.headers == (("Accept-Encoding", "identity"),)
