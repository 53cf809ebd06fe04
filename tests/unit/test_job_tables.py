"""The tables of the job description, held complete against the API's own schemas."""

import json
from pathlib import Path
from typing import Any

import pytest

from slurmrest_inetd.body.properties import list_properties
from slurmrest_inetd.fields.cancel_flags import CANCEL_FLAGS
from slurmrest_inetd.fields.job_description import EMPTY_IS_NOTHING, JOB_PROPERTIES
from slurmrest_inetd.fields.job_flags import (
    CPU_BINDINGS,
    EXCLUSIVE,
    JOB_FLAGS,
    LIMITS,
    MAIL_TYPES,
    MEMORY_BINDINGS,
    OPEN_MODES,
    PROFILES,
    REFUSED_FLAGS,
    SHARED,
    WARN_FLAGS,
    X11_FLAGS,
)
from slurmrest_inetd.fields.releases import OPTIONS_SINCE, is_missing
from slurmrest_inetd.submission.joined import NEEDS
from slurmrest_inetd.submission.kinds import KINDS, list_kinds
from slurmrest_inetd.submission.resources import RESOURCES

DOCUMENTS = sorted((Path(__file__).parent.parent / "facts" / "openapi").glob("v0.0.4*.json"))
EARLY_DOCUMENTS = sorted((Path(__file__).parent.parent / "facts" / "openapi").glob("v0.0.3*.json"))
# no early schema has it; where slurmrestd asked for it in vain (v0.0.36) it is taken (DESIGN.md)
BEYOND_THE_SCHEMA = {"script"}
ENUMS: dict[str, dict[str, Any]] = {
    "flags": JOB_FLAGS,
    "mail_type": MAIL_TYPES,
    "profile": PROFILES,
    "shared": SHARED,
    "exclusive": EXCLUSIVE,
    "open_mode": OPEN_MODES,
    "kill_warning_flags": WARN_FLAGS,
    "memory_binding_type": MEMORY_BINDINGS,
    "cpu_binding_flags": CPU_BINDINGS,
    "x11": X11_FLAGS,
}
TYPED_EXAMPLES: dict[str, tuple[Any, ...]] = {
    "string": ("a", "1-2"),
    "boolean": (True, False),
    "integer": (1,),
    "object": ({"A": "b"},),
    "array": ([1, 2],),
}
# texts that have a grammar of their own
EXAMPLES: dict[str, tuple[Any, ...]] = {
    "argv": (["a"],),
    "begin_time": ("now+1hour", 1900000000),
    "cpus_per_gpu": ("2",),
    "deadline": ("2030-01-31T12:00:00",),
    "exclusive": ("user", True),
    "gpus": ("1", "tesla:2"),
    "gres": ("gpu:1,fpga",),
    "gres_flags": ("enforce-binding",),
    "mail_type": ("ALL", "BEGIN,END", "NONE", "TIME_LIMIT_90"),
    "nice": ("10", 10, -5),
    "nodes": ([1, 2], [1], "1-2", 1),
    "open_mode": ("append",),
    "priority": ("77",),
    "signal": ("USR1@30", "B:10", "rb:usr1@0"),
}
CARRIES = {"flag", "option", "switch", "choice", "join", "apart", "none", "refused"}


def read_schema(path: Path) -> tuple[dict[str, Any], dict[str, Any], int]:
    """A document's schemas, its job description's properties, its version."""
    schemas = json.loads(path.read_text())["schemas"]
    (description,) = (schema for name, schema in schemas.items() if name.endswith("_job_desc_msg"))
    return schemas, description["properties"], int(path.name.split(".")[2])


def follow(schema: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema:
        schema = schemas[schema["$ref"].rsplit("/", 1)[1]]
    return schema


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_each_version_has_each_property_and_no_other(path: Path) -> None:
    _, properties, version = read_schema(path)
    assert set(list_properties(JOB_PROPERTIES, version)) == set(properties)


@pytest.mark.parametrize("path", EARLY_DOCUMENTS, ids=lambda path: path.stem)
def test_each_early_version_has_each_property_and_takes_the_values_of_its_type(path: Path) -> None:
    version = int(path.name.split(".")[2])
    schemas = json.loads(path.read_text())["schemas"]
    properties = schemas[f"v0.0.{version}_job_properties"]["properties"]
    rows = list_properties(JOB_PROPERTIES, version)
    assert set(rows) == set(properties) | BEYOND_THE_SCHEMA
    kinds = list_kinds(KINDS, version)
    for name, schema in properties.items():
        for value in [*schema.get("enum", ()), *EXAMPLES.get(name, TYPED_EXAMPLES[schema["type"]])]:
            kinds[rows[name].kind].parse(value)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_each_member_of_each_enumeration_has_its_word(path: Path) -> None:
    schemas, properties, _ = read_schema(path)
    for name, words in ENUMS.items():
        if name in properties:
            members = follow(properties[name], schemas)["items"]["enum"]
            assert set(members) <= set(words), name
    assert set(follow(properties["rlimits"], schemas)["properties"]) == set(LIMITS)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_each_flag_of_a_cancellation_is_known(path: Path) -> None:
    operations = json.loads(path.read_text())["operations"]
    (operation,) = (o for o in operations if o["method"] == "DELETE" and o["path"].endswith("/job/{job_id}"))
    (flags,) = (p["schema"]["enum"] for p in operation["parameters"] if p["name"] == "flags")
    assert set(flags) <= set(CANCEL_FLAGS)


def test_every_row_is_of_a_known_kind_and_gives_its_reason() -> None:
    for row in JOB_PROPERTIES:
        assert row.kind in list_kinds(KINDS, row.since), row.name
        assert row.carry in CARRIES, row.name
        assert row.since <= row.until
        if row.carry in ("none", "refused", "option", "switch", "choice"):
            assert row.term, row.name


def test_rows_of_one_name_differ_in_their_versions_only() -> None:
    """But for the kind of an early version's value, and for early ones of which nothing comes."""
    told: dict[str, tuple[str, ...]] = {}
    for row in reversed(JOB_PROPERTIES):
        same = (row.carry, row.term, row.kind if row.until >= 40 else told[row.name][2] if row.name in told else "")
        assert told.setdefault(row.name, same) == same or (row.until < 40 and row.carry in ("flag", "none")), row


def test_what_a_release_has_not_is_an_option_that_is_used() -> None:
    options = {word for row in JOB_PROPERTIES for word in row.term.split("/")} | {"segment", "mem-update"}
    flags = {option[2:] for option in (*JOB_FLAGS.values(), *SHARED.values()) if option}
    flags |= {flag.option[2:] for flag in CANCEL_FLAGS.values()}
    assert set(OPTIONS_SINCE) <= options | flags
    assert is_missing("--extra=-x=y", 38)
    assert is_missing("--exclusive=topo", 38)
    assert not is_missing("--exclusive=user", 38)
    assert not is_missing("--extra=x", 42)
    assert is_missing("--mem-update=1@2", 42)


def test_what_other_tables_name_is_a_property() -> None:
    names = {row.name for row in JOB_PROPERTIES}
    assert {*EMPTY_IS_NOTHING, *NEEDS, *NEEDS.values(), *(name for name, _, _ in RESOURCES), *ENUMS} <= names
    assert set(REFUSED_FLAGS) <= set(JOB_FLAGS)


def test_no_option_lets_a_client_be_somebody_else_or_read_a_file_of_ours() -> None:
    options = {row.term for row in JOB_PROPERTIES if row.carry in ("option", "switch")}
    forbidden = {
        "uid",
        "gid",
        "export",
        "export-file",
        "nodefile",
        "bbf",
        "wrap",
        "propagate",
        "get-user-env",
        "clusters",
    }
    assert not options & forbidden
