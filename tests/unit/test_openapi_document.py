"""The OpenAPI document: what the plugin table serves, in the API's own names and types; and how it is sent."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import Asker
from openapi_diff import MARK, compare_documents, compare_nodes, normalise
from openapi_spec_validator import validate
from playback import FakeSlurm

from slurmrest_inetd.endpoints import ENDPOINTS, OPEN_ENDPOINTS
from slurmrest_inetd.errors import MethodNotAllowed, NotAcceptable
from slurmrest_inetd.model import LAST_EARLY
from slurmrest_inetd.openapi import fragments
from slurmrest_inetd.openapi.document import Served, find_served, format_document, plan_document
from slurmrest_inetd.openapi.paths import EARLY_TAG, name_operation
from slurmrest_inetd.options import parse_options
from slurmrest_inetd.settings import Settings
from slurmrest_inetd.texts import sources
from slurmrest_inetd.versions import schema_files
from slurmrest_inetd.versions.schemas import name_place

FACTS = Path(__file__).parent.parent / "facts" / "openapi"
ALL = ("slurmctld", "slurmdbd", "util")
OLDEST = Served((36, 37, 38), ALL, "22.05.8", newest=38)
OLD = Served((40, 41, 42), ALL, "24.11.5")
NEW = Served((42, 43, 44, 45), ALL, "26.05.5")
RELEASES = ["22.05", "24.11", "26.05"]
# what the facts leave out of 22.05's schemas
LEFT_OUT = tuple(f"/{word}: only in ours" for word in ("minItems", "maxItems", "pattern"))

# 22.05's own mistakes: a number behind a dot in a path, a style that no query has, a boolean that is a word
MENDED = (
    '/style: "simple" in ours, "label" in theirs',
    '/style: "form" in ours, "simple" in theirs',
    '/default: false in ours, "false" in theirs',
)


def make_document(served: Served) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(format_document(plan_document(served, "json")))
    return document


def list_operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [(method.upper(), path, item[method]) for path, item in document["paths"].items() for method in item]


def find_references(node: Any) -> Iterator[str]:
    return (match[1] for match in re.finditer(r'"\$ref": "#/components/([^"]*)"', json.dumps(node)))


@pytest.mark.parametrize("served", [OLDEST, OLD._replace(versions=(41,)), NEW._replace(versions=(45,))], ids=RELEASES)
def test_it_is_valid_whole_and_the_same_in_both_languages(served: Served) -> None:
    document = make_document(served)
    validate(document)
    assert yaml.load(format_document(plan_document(served, "yaml")), yaml.CSafeLoader) == document
    assert (document["openapi"], document["info"]["version"]) == ("3.0.3", f"Slurm-{served.release}")
    assert {scheme["type"] for scheme in document["components"]["securitySchemes"].values()} == {"apiKey", "http"}


@pytest.mark.parametrize("served", [OLDEST, OLD, NEW], ids=RELEASES)
def test_it_has_the_tables_rows_and_no_others(served: Served) -> None:
    rows = {
        name_place(row.method, row.path.replace("{version}", f"v0.0.{version}"))
        for row in ENDPOINTS
        for version in served.versions
        if row.since <= version <= row.until
    }
    rows |= {(row.method, row.path) for row in OPEN_ENDPOINTS}
    operations = list_operations(make_document(served))
    assert {name_place(method, path) for method, path, _ in operations} == rows


def test_every_operation_has_a_name_of_its_own() -> None:
    versions = Settings().data_parsers
    names = [
        operation["operationId"] for _, _, operation in list_operations(make_document(NEW._replace(versions=versions)))
    ]
    rows = {
        f"{row.path.split('/')[1]}_v00{version}_{row.operation}"
        for row in ENDPOINTS
        for version in versions
        if version >= 40 and row.since <= version <= row.until
    }
    assert len(set(names)) == len(names)
    assert rows <= set(names)
    # v0.0.37's are slurmrestd's own; v0.0.36's would be the same
    assert {"slurmdbd_get_jobs", "slurmdb_v0_0_36_get_jobs", "slurmdb_v0_0_38_get_jobs"} <= set(names)


@pytest.mark.parametrize("plugins", [("slurmctld",), ("slurmdbd",), ("slurmdbd", "util")], ids="+".join)
def test_what_was_not_chosen_is_not_in_it(plugins: tuple[str, ...]) -> None:
    document = make_document(Served((41, 45), plugins, "26.05.5"))
    roots = {"slurmctld": "slurm", "slurmdbd": "slurmdb", "util": "util"}
    operations = [operation for _, _, operation in list_operations(document) if not operation.get(MARK)]
    assert {operation["tags"][0] for operation in operations} <= {roots[plugin] for plugin in plugins}
    assert {operation["operationId"].split("_")[1] for operation in operations} == {"v0041", "v0045"}
    referred = {name for name in find_references(document) if name.startswith("schemas/")}
    assert referred == {f"schemas/{name}" for name in document["components"]["schemas"]}


def test_a_plugin_of_22_05_is_of_one_version() -> None:
    document = make_document(Served((36, 38), ("v0.0.36", "dbv0.0.38"), "22.05.8", newest=38))
    told = {tuple(path.split("/")[1:3]) for path in document["paths"] if "v0.0" in path}
    assert told == {("slurm", "v0.0.36"), ("slurmdb", "v0.0.38")}
    assert {tag["name"] for tag in document["tags"]} >= {"slurm", "slurmdb"}
    assert document["info"]["x-slurm"]["openapi"] == ["openapi/v0.0.36", "openapi/dbv0.0.38"]
    validate(document)


def build_facts(file: Path) -> dict[str, Any]:
    """A file of facts in the document's own form."""
    facts = json.loads(file.read_text())
    version = facts["version"]
    paths: dict[str, Any] = {}
    for operation in facts["operations"]:
        path, early = operation["path"].replace("{version}", version), int(version[-2:]) <= LAST_EARLY
        paths.setdefault(path, {})[operation["method"].lower()] = {
            "operationId": name_operation(operation["operationId"], int(version[-2:])),
            "tags": [EARLY_TAG if early else operation["path"].split("/")[1]],
            "deprecated": operation["deprecated"],
            "parameters": operation["parameters"],
            "responses": {status: build_body(body) for status, body in operation["responses"].items()},
            **({"requestBody": build_body(operation["request"])} if operation["request"] else {}),
        }
    return {"paths": paths, "components": {"schemas": facts["schemas"], "securitySchemes": {}}}


def build_body(body: dict[str, Any]) -> dict[str, Any]:
    return {"content": {media_type: {"schema": body["schema"]} for media_type in body["types"]}}


@pytest.mark.parametrize("file", sorted(FACTS.glob("*.json")), ids=lambda file: file.stem)
def test_names_types_parameters_and_enums_are_slurmrestds(file: Path) -> None:
    version, _, release = file.stem.removeprefix("v0.0.").partition(".slurm-")
    ours, theirs = make_document(Served((int(version),), ALL, f"{release}.5")), build_facts(file)
    del ours["components"]["securitySchemes"]
    ours["components"]["securitySchemes"] = {}
    for _, _, operation in list_operations(ours):
        for parameter in operation.get("parameters", ()):
            parameter.pop("allowEmptyValue", None)  # which the facts leave out
    told = compare_documents(ours, theirs)
    assert [line for line in told if not line.endswith((*LEFT_OUT, *MENDED))] == []


@pytest.mark.parametrize("file", sorted(FACTS.glob("*.json")), ids=lambda file: file.stem)
def test_the_schema_files_hold_every_schema_and_operation(file: Path) -> None:
    version, _, release = file.stem.removeprefix("v0.0.").partition(".slurm-")
    name = schema_files.name_schemas(int(version), release)
    schemas, facts = schema_files.read_schemas(name), json.loads(file.read_text())
    assert set(schemas["operations"]) == {operation["operationId"] for operation in facts["operations"]}
    assert set(facts["schemas"]) <= set(schemas["schemas"])
    told = (
        compare_nodes(name, normalise(schemas["schemas"][name]), normalise(schema))
        for name, schema in facts["schemas"].items()
    )
    assert [line for lines in told for line in lines if not line.endswith(LEFT_OUT)] == []


def test_the_rows_of_differences_are_the_files() -> None:
    files = {file.stem for file in Path(schema_files.FOLDER).glob("*.slurm-*.json")}
    assert files == {f"v0.0.{row.version}.slurm-{row.release}" for row in schema_files.DIFFERENCES}
    assert schema_files.name_schemas(42, "") == schema_files.name_schemas(42, "27.11.0") == "v0.0.42"
    assert schema_files.name_schemas(42, "25.11.2") == "v0.0.42.slurm-24.11"


def test_no_prose_of_slurms_is_in_the_schema_files() -> None:
    for file in Path(schema_files.FOLDER).glob("*.json"):
        for word in ("description", "summary", "title"):
            assert f'"{word}":"' not in file.read_text()


def test_the_parts_that_a_wheel_carries_are_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = {media: format_document(plan_document(OLD, media)) for media in fragments.MEDIA}
    fragments.build_fragments(str(tmp_path / "made"))
    assert len(list((tmp_path / "made").iterdir())) == 2 * len(fragments.list_fragments())
    monkeypatch.setattr(fragments, "FOLDER", str(tmp_path / "made"))
    monkeypatch.setattr(fragments, "made", {})
    monkeypatch.setattr(fragments, "make_fragments", None)
    assert {media: format_document(plan_document(OLD, media)) for media in fragments.MEDIA} == made


def test_etags_tell_documents_apart() -> None:
    others = [
        OLD,
        NEW,
        OLD._replace(plugins=("slurmctld",)),
        OLD._replace(release="24.11.6"),
        OLD._replace(versions=(40,)),
    ]
    etags = [plan_document(served, media).etag for served in others for media in ("json", "yaml")]
    assert len(set(etags)) == len(etags)
    assert plan_document(OLD, "json").etag == etags[0]


@pytest.fixture
def slurm(fake_slurm: FakeSlurm) -> FakeSlurm:
    fake_slurm.say(["scontrol", "--version"], b"slurm-wlm 24.11.5\n")
    return fake_slurm


# fmt: off
WAYS = [
    ("/openapi",      "",                             "application/json"),
    ("/openapi/v3",   "*/*",                          "application/json"),
    ("/openapi/",     "application/yaml",             "application/yaml"),
    ("/openapi",      "text/html, text/yaml;q=0.5",   "text/yaml"),
    ("/openapi.json", "application/yaml",             "application/json"),
    ("/openapi.json", "text/html",                    "application/json"),
    ("/openapi.yaml", "application/json",             "application/yaml"),
]
# fmt: on


@pytest.mark.parametrize(("target", "accept", "media_type"), WAYS)
def test_it_is_sent_as_it_is_wanted(slurm: FakeSlurm, ask: Asker, target: str, accept: str, media_type: str) -> None:
    heard = ask(target, headers=(("accept", accept),), media="yaml" if "yaml" in media_type else "json")
    assert (heard.status, heard.headers["content-type"]) == (200, media_type)
    assert heard.headers["cache-control"] == "no-cache"
    assert ("vary" in heard.headers) == (target.strip("/") in ("openapi", "openapi/v3"))


def test_nobody_gets_what_is_not_made(slurm: FakeSlurm, ask: Asker) -> None:
    assert ask("/openapi", headers=(("accept", "text/html"),)).status == NotAcceptable.status
    with pytest.raises(MethodNotAllowed):
        ask("/openapi", "POST")


@pytest.mark.parametrize(("given", "status"), [("{}", 304), ("W/{}", 304), ('"x", {}', 304), ("*", 304), ('"x"', 200)])
def test_a_client_that_has_it_is_told_so(slurm: FakeSlurm, ask: Asker, given: str, status: int) -> None:
    etag = ask("/openapi").headers["ETag"]
    heard = ask("/openapi", headers=(("if-none-match", given.format(etag)),))
    assert (heard.status, heard.headers["ETag"], "content-type" in heard.headers) == (status, etag, status == 200)
    assert bool(heard.document) == (status == 200)


def test_what_is_served_is_what_was_chosen(slurm: FakeSlurm) -> None:
    settings = Settings(command_path=str(slurm.folder), data_parsers=(43, 41), openapi_plugins=("slurmdbd",))
    assert find_served(settings) == Served((41, 43), ("slurmdbd",), "24.11.5")
    settings = settings._replace(openapi_plugins=("v0.0.38",), data_parsers=(36, 38, 45))
    assert find_served(settings).versions == (38,)


def test_what_a_slurm_without_documents_tells_is_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """22.05 has jobs and no instances, in whatever version."""
    monkeypatch.setattr(sources, "SOURCES", [sources.Source("/slurm/{version}/jobs/state", "", "", 40)])
    document = make_document(Served((40,), ALL, "22.05.8", newest=38))
    told = {operation["operationId"] for _, _, operation in list_operations(document)}
    assert {"slurm_v0040_get_jobs", "slurm_v0040_get_jobs_state", "slurm_v0040_get_reconfigure"} <= told
    assert not {"slurm_v0040_get_shares", "slurmdb_v0040_get_instances"} & told


def test_a_read_that_slurm_cannot_do_is_not_in_it() -> None:
    """v0.0.45 on 22.05: there are no instances; conf is told as text, resources are made of the job."""
    able, unable = make_document(Served((45,), ALL, "26.05.5")), make_document(Served((45,), ALL, "22.05.8", newest=38))
    names = [{operation["operationId"] for _, _, operation in list_operations(one)} for one in (able, unable)]
    assert names[0] - names[1] == {
        "slurmdb_v0045_get_instance",
        "slurmdb_v0045_get_instances",
        "slurmdb_v0045_get_ping",
    }
    assert {name for name in able["components"]["schemas"] if name not in unable["components"]["schemas"]}
    validate(unable)
    older = make_document(Served((45,), ALL, "24.11.5", newest=42))
    assert {operation["operationId"] for _, _, operation in list_operations(older)} == names[0]


def test_without_slurm_it_tells_what_was_chosen(tmp_path: Path) -> None:
    assert find_served(Settings(command_path=str(tmp_path), data_parsers=(45,))) == Served((45,), ALL, "")
    assert make_document(Served((45,), ALL, ""))["info"]["version"] == "Slurm-unknown"


def test_the_option_prints_it(slurm: FakeSlurm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Settings.__new__, "__defaults__", tuple(Settings(command_path=str(slurm.folder))))
    settings, text = parse_options(["--generate-openapi-spec", "-s", "slurmdbd", "-d", "v0.0.42"], {})
    assert json.loads(text) == make_document(Served((42,), ("slurmdbd",), "24.11.5"))
    assert settings.openapi_plugins == ("slurmdbd",)
