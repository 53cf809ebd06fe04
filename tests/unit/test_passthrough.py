"""Documents passed through: the command's bytes, our meta, valid JSON whatever Slurm printed."""

import json
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from slurmrest_inetd import passthrough
from slurmrest_inetd.errors import CutShort, Forbidden, NotFound, Unauthenticated, Unprocessable
from slurmrest_inetd.model import Call, Client, Endpoint, Identity, Notice, Passage, Request
from slurmrest_inetd.passthrough import answer_document, clean_lines, pass_document, read_document
from slurmrest_inetd.selection import Selection
from slurmrest_inetd.settings import Settings
from slurmrest_inetd.text import quote

DOCUMENTS = Path(__file__).parent.parent / "fixtures" / "documents"
RELEASES = ("24.11", "26.05")
CLIENT = Client('pipe "x"\n(fd:0)->\\é', "alice", "phys")


@pytest.fixture
def call(tmp_path: Path) -> Call:
    request = Request("GET", "/slurm/v0.0.42/licenses", ("slurm", "v0.0.42", "licenses"), (), (), "1.1")
    endpoint = Endpoint("GET", "/", "get_licenses", "slurmctld.licenses", "get_licenses", 40, 45)
    settings = Settings(command_path=f"{tmp_path}:/usr/bin:/bin")
    return Call(request, endpoint, 42, {}, Identity("jwt", "alice", "t"), settings, "json", b"", CLIENT)


def install(call: Call, document: bytes, *, stderr: str = "", status: int = 0, name: str = "scontrol") -> None:
    folder = Path(call.settings.command_path.partition(":")[0])
    (folder / "document").write_bytes(document)
    script = folder / name
    script.write_text(f"#!/bin/sh\ncat {folder}/document\nprintf '%s' '{stderr}' >&2\nexit {status}\n")
    script.chmod(0o755)


def whole(passage: Passage) -> bytes:
    return passage.chunks if isinstance(passage.chunks, bytes) else b"".join(passage.chunks)


def recorded(release: str, name: str, media: str) -> bytes:
    return (DOCUMENTS / f"{release}.{name}.{media}").read_bytes()


def parse(text: bytes, media: str) -> dict:
    if media == "json":
        return json.loads(text)
    return yaml.safe_load(text.replace(b"!!str ", b"").replace(b"!!str\n", b'""\n'))


@pytest.mark.parametrize("media", ["json", "yaml"])
@pytest.mark.parametrize("name", ["licenses", "no-node"])
@pytest.mark.parametrize("release", RELEASES)
def test_only_meta_is_rewritten(call: Call, release: str, name: str, media: str) -> None:
    document = recorded(release, name, media)
    install(call, document)
    before = parse(document, media)
    after = parse(whole(pass_document(call._replace(media=media), ("scontrol", "show"))), media)
    assert after["meta"].pop("client") == CLIENT._asdict()
    assert after["meta"].pop("command") == []
    plugin = after["meta"].pop("plugin")
    assert (plugin.pop("type"), plugin.pop("name")) == ("openapi/slurmctld", "Slurm OpenAPI slurmctld")
    for key in ("client", "command"):
        before["meta"].pop(key)
    kept = {key: value for key, value in before["meta"].pop("plugin").items() if key not in ("type", "name")}
    assert plugin == kept
    assert after == before


@pytest.mark.parametrize("media", ["json", "yaml"])
@pytest.mark.parametrize("name", ["licenses", "no-node"])
def test_warnings_are_added(call: Call, name: str, media: str) -> None:
    document = recorded("24.11", name, media)
    install(call, document)
    notice = Notice('Ignoring "x"\n', "#/x/")
    passed = pass_document(call._replace(media=media), ("scontrol",), warnings=(notice,))
    after = parse(whole(passed), media)
    # our reader of Slurm's YAML takes the tags away, and with them what makes an empty text a text
    wanted = [{key: value or "" for key, value in entry.items()} for entry in parse(document, media)["warnings"]]
    assert [{k: v or "" for k, v in entry.items()} for entry in after["warnings"]] == [*wanted, notice._asdict()]
    assert after["meta"]["client"]["user"] == "alice"


def make_large(document: bytes, name: str) -> bytes:
    """The document with a forged meta in a value and enough entries to be streamed."""
    payload = json.loads(document)
    entry = {"LicenseName": 'x\n  "meta": {\n', "text": "é" * 50}
    payload = {name: [entry] * 12_000, **{key: value for key, value in payload.items() if key != name}}
    return json.dumps(payload, indent=2, ensure_ascii=False).replace("/", "\\/").encode() + b"\n"


def test_a_large_document_streams_and_cannot_forge_meta(call: Call) -> None:
    large = make_large(recorded("24.11", "licenses", "json"), "licenses")
    assert len(large) > passthrough.SPOOL_BYTES
    install(call, large)
    passage = pass_document(call, ("scontrol",), warnings=(Notice("w"),))
    chunks = list(passage.chunks)
    assert len(chunks) > 2
    after = json.loads(b"".join(chunks))
    assert after["licenses"] == json.loads(large)["licenses"]
    assert after["meta"]["client"] == CLIENT._asdict()
    assert after["warnings"] == [{"description": "w", "source": ""}]


def test_a_large_document_that_ends_early_is_broken_off(call: Call) -> None:
    large = make_large(recorded("24.11", "licenses", "json"), "licenses")
    install(call, large[: len(large) * 3 // 4], status=1)
    passage = pass_document(call, ("scontrol",))
    with pytest.raises(CutShort, match="ended before"):
        list(passage.chunks)
    install(call, large, status=1)
    with pytest.raises(CutShort, match="failed after"):
        list(pass_document(call, ("scontrol",)).chunks)


def test_an_empty_list_can_be_refused(call: Call) -> None:
    for media in ("json", "yaml"):
        install(call, recorded("24.11", "no-node", media))
        for name, refused in ((b"nodes", True), (b"node", False)):
            asked = call._replace(media=media)
            if refused:
                with pytest.raises(NotFound, match="Failure to query node"):
                    pass_document(
                        asked, ("scontrol",), empty=name, refuse_empty=lambda: NotFound("Failure to query node")
                    )
            else:
                pass_document(asked, ("scontrol",), empty=name, refuse_empty=lambda: NotFound("never"))


@pytest.mark.parametrize("media", ["json", "yaml"])
def test_a_refusal_on_stderr_is_slurms_own(call: Call, media: str) -> None:
    install(call, b"", stderr="slurm_load_jobs error: Protocol authentication error", status=1)
    with pytest.raises(Unauthenticated) as caught:
        pass_document(call._replace(media=media), ("scontrol",))
    problem = caught.value.problems[0]
    assert (problem.error_number, problem.error) == (1007, "Protocol authentication error")
    assert problem.description.startswith(
        "GET /slurm/v0.0.42/licenses: Protocol authentication error: the token has expired"
    )


def test_a_version_this_slurm_does_not_speak_is_not_found(call: Call) -> None:
    text = "squeue: error: load_plugins: unable to find plugin: data_parser/v0.0.36"
    install(call, b"", stderr=text, status=1)
    with pytest.raises(NotFound, match="does not speak"):
        pass_document(call, ("scontrol",))


def test_errors_in_the_document_are_slurms_own(call: Call) -> None:
    document = json.loads(recorded("24.11", "licenses", "json"))
    document["errors"] = [
        {"description": "first", "error_number": -1, "error": "Unspecified error", "source": "a"},
        {"description": "no job", "error_number": 2017, "error": "Invalid job id specified", "source": "b"},
    ]
    install(call, json.dumps(document, indent=2).encode() + b"\n")
    with pytest.raises(NotFound) as caught:
        pass_document(call, ("scontrol",))
    assert [problem.description for problem in caught.value.problems] == ["first", "no job"]
    with pytest.raises(NotFound):
        read_document(call, ("scontrol",))


def test_errors_without_a_number_leave_the_word_to_stderr(call: Call) -> None:
    document = json.loads(recorded("24.11", "licenses", "json"))
    document["errors"] = [{"description": "failed", "error_number": 0, "error": "No error", "source": ""}]
    install(call, json.dumps(document, indent=2).encode(), stderr="scontrol: error: something new", status=0)
    with pytest.raises(Unprocessable, match="something new"):
        pass_document(call, ("scontrol",))


def test_a_failure_behind_a_good_document_is_a_failure(call: Call) -> None:
    install(call, recorded("24.11", "licenses", "json"), stderr="scontrol: error: Access/permission denied", status=1)
    with pytest.raises(Exception, match="permission denied"):
        pass_document(call, ("scontrol",))
    install(call, recorded("24.11", "licenses", "yaml"), status=1)
    with pytest.raises(Unprocessable, match="said nothing"):
        pass_document(call._replace(media="yaml"), ("scontrol",))


def test_a_document_can_be_taken_apart(call: Call) -> None:
    install(call, recorded("24.11", "no-node", "json"))
    document = read_document(call, ("scontrol",))
    assert list(document.payload) == ["nodes", "last_update"]
    assert document.meta["slurm"]["release"] == "24.11.5"
    answer = answer_document(document, warnings=(Notice("more"),))
    assert [notice.description for notice in answer.warnings] == ["No nodes to dump", "more"]


def test_what_is_no_json_becomes_json() -> None:
    text = b'{\n  "a": Infinity,\n  "b": -Infinity,\n  "c": NaN\n  "d": [\n    Infinity\n  ],\n  "e": "x: Infinity",\n'
    text += b'  "f": "NaN"\n'
    cleaned = clean_lines(text)
    assert cleaned.count(b"1.7976931348623157e+308") == 3
    assert b'"e": "x: Infinity",\n  "f": "NaN"\n' in cleaned
    assert b'"c": null\n' in cleaned
    assert clean_lines(b'"\xe9"\n').decode() == '"\N{REPLACEMENT CHARACTER}"\n'
    assert clean_lines('"é"\n'.encode()) == '"é"\n'.encode()


@given(st.binary())
def test_cleaned_text_is_always_utf8(text: bytes) -> None:
    clean_lines(text).decode()


@given(st.text())
def test_quoted_text_reads_back(text: str) -> None:
    quoted = b'"' + quote(text) + b'"'
    wanted = text.encode("utf-8", "replace").decode()
    assert json.loads(quoted) == wanted


EMPTY = b'{\n  "wckeys": [],\n  "meta": {\n  },\n  "errors": [],\n  "warnings": []\n}\n'
DENIED = 'sacctmgr: error: Your user doesn"t have privilege to perform this action'.replace('"', "'\\''")
NOTHING = Notice("found nothing", "_dump_wckeys")


def test_an_empty_list_may_be_worth_a_warning(call: Call) -> None:
    install(call, EMPTY)
    passage = pass_document(call, ("scontrol",), empty=b"wckeys", refuse_empty=lambda: NOTHING)
    assert parse(whole(passage), "json")["warnings"] == [NOTHING._asdict()]


def test_an_empty_list_with_a_refusal_on_stderr_is_a_refusal(call: Call) -> None:
    install(call, EMPTY, stderr=DENIED)
    with pytest.raises(Forbidden, match="Access/permission denied"):
        pass_document(call, ("scontrol",), empty=b"wckeys", refuse_empty=lambda: NOTHING)
    with pytest.raises(Forbidden):
        read_document(call, ("scontrol",))


def test_an_empty_list_with_chatter_on_stderr_is_an_empty_list(call: Call) -> None:
    install(call, EMPTY, stderr="sacctmgr: error: Getting response to message type: DBD_FINI")
    assert read_document(call, ("scontrol",)).payload == {"wckeys": []}


@pytest.mark.parametrize("media", ["json", "yaml"])
def test_the_caller_may_know_better_what_went_wrong(call: Call, media: str) -> None:
    install(call, b"", stderr="sacct: error: bad qos\nsacct: fatal: problem processing qos list", status=1)

    def explain(lines: list[str]) -> Unprocessable | None:
        return Unprocessable("no such QOS") if lines[0] == "bad qos" else None

    with pytest.raises(Unprocessable, match="no such QOS"):
        pass_document(call._replace(media=media), ("scontrol",), explain=explain)
    with pytest.raises(Unprocessable, match="no such QOS"):
        read_document(call, ("scontrol",), explain=explain)
    install(call, b"", stderr="sacct: fatal: problem processing qos list", status=1)
    with pytest.raises(Unprocessable, match="problem processing"):
        read_document(call, ("scontrol",), explain=explain)


@pytest.mark.parametrize("spool", [1, 1 << 20])
def test_a_payload_may_be_edited_on_its_way(call: Call, monkeypatch: pytest.MonkeyPatch, spool: int) -> None:
    monkeypatch.setattr(passthrough, "SPOOL_BYTES", spool)
    install(
        call,
        b'{\n  "jobs": [\n    {\n      "id": 1\n    },\n    {\n      "id": 2\n    }\n  ],\n  "meta": {\n  },\n  "errors": [],\n  "warnings": []\n}\n',
    )
    select = Selection(lambda entry: entry["id"] == 2)
    made = parse(whole(pass_document(call, ("scontrol",), edit=select)), "json")
    assert made == {"jobs": [{"id": 2}], "meta": {}, "errors": [], "warnings": []}


def test_an_edit_that_leaves_nothing_found_nothing(call: Call) -> None:
    install(
        call,
        b'{\n  "jobs": [\n    {\n      "id": 1\n    }\n  ],\n  "meta": {\n  },\n  "errors": [],\n  "warnings": []\n}\n',
    )
    passage = pass_document(
        call, ("scontrol",), empty=b"jobs", refuse_empty=lambda: NOTHING, edit=Selection(lambda entry: False)
    )
    assert parse(whole(passage), "json") == {"jobs": [], "meta": {}, "errors": [], "warnings": [NOTHING._asdict()]}
