"""The tables of the controller's writes are whole: one row a property, in the versions that have it; one a member of each enum."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from slurmrest_inetd.administration.kinds import KINDS
from slurmrest_inetd.administration.terms import FORMS
from slurmrest_inetd.body.properties import Property
from slurmrest_inetd.fields.node_update import NODE_PROPERTIES, NODE_STATES, OUT_OF_SERVICE, STATE_PAIRS
from slurmrest_inetd.fields.partition_update import (
    PARTITION_FLAGS,
    PARTITION_PROPERTIES,
    PARTITION_STATES,
    PREEMPT_MODES,
    TASK_BINDINGS,
)
from slurmrest_inetd.fields.reservation_update import RESERVATION_FLAGS, RESERVATION_PROPERTIES

FACTS = Path(__file__).parent.parent / "facts" / "openapi"
DOCUMENTS = [json.loads(file.read_text()) for file in sorted(FACTS.glob("v0.0.4*.json"))]
# fmt: off
TABLES: list[Any] = [
    ("update_node_msg",       NODE_PROPERTIES),
    ("reservation_desc_msg",  RESERVATION_PROPERTIES),
    ("partition_info",        PARTITION_PROPERTIES),
]
ENUMS: list[Any] = [
    ("update_node_msg",       "state",               NODE_STATES),
    ("reservation_desc_msg",  "flags",               RESERVATION_FLAGS),
    ("partition_info",        "flags",               PARTITION_FLAGS),
    ("partition_info",        "partition/state",     PARTITION_STATES),
    ("partition_info",        "preempt_mode",        PREEMPT_MODES),
    ("partition_info",        "cpus/task_binding",   TASK_BINDINGS),
]
# what a carry says beyond the forms: each is carried out by name in administration/
OWN = {"none", "refused", "target", "each", "resume", "name", "flags", "length", "purge", "tres", "sets"}
# fmt: on


def find_request(schema: str) -> Iterator[tuple[int, dict[str, Any], dict[str, Any]]]:
    """Every version that writes with ``schema``: its number, the schema, all schemas."""
    for document in DOCUMENTS:
        version = document["version"]
        name = f"{version}_{schema}"
        # a partition is written from v0.0.45 on only, but shown by all
        writes = any(o["method"] == "POST" and "partition" in o["path"] for o in document["operations"])
        if name in document["schemas"] and (schema != "partition_info" or writes):
            yield int(version[-2:]), document["schemas"][name], document["schemas"]


def list_leaves(schema: dict[str, Any], schemas: dict[str, Any], place: str = "") -> Iterator[tuple[str, Any]]:
    """Every leaf of an object: its place, its schema; a three-valued number is one."""
    for name, given in schema["properties"].items():
        inner = schemas[given["$ref"].rpartition("/")[2]] if "$ref" in given else given
        if inner.get("type") == "object" and "infinite" not in inner["properties"]:
            yield from list_leaves(inner, schemas, f"{place}{name}/")
        else:
            yield f"{place}{name}", inner


@pytest.mark.parametrize(("schema", "table"), TABLES)
def test_every_property_is_a_row_in_its_versions(schema: str, table: tuple[Property, ...]) -> None:
    documented: dict[str, set[int]] = {}
    for version, described, schemas in find_request(schema):
        for place, _ in list_leaves(described, schemas):
            documented.setdefault(place, set()).add(version)
    rows = {row.name: set(range(row.since, row.until + 1)) for row in table}
    # the document of v0.0.42 is seen on two releases: it has no difference here
    assert rows == documented
    assert len(rows) == len(table)


@pytest.mark.parametrize(("schema", "place", "members"), ENUMS)
def test_every_member_of_an_enum_is_a_row(schema: str, place: str, members: dict[str, Any]) -> None:
    documented = {
        member
        for _, described, schemas in find_request(schema)
        for name, leaf in list_leaves(described, schemas)
        if name == place
        for member in leaf["items"]["enum"]
    }
    assert documented == set(members)


@pytest.mark.parametrize("table", [table for _, table in TABLES])
def test_a_row_is_carried_in_a_known_way(table: tuple[Property, ...]) -> None:
    for row in table:
        assert row.carry in FORMS or row.carry in OWN, row
        assert row.kind in KINDS, row
        assert row.term or row.carry in ("target", "flags"), row


def test_what_depends_on_a_state_names_one() -> None:
    words = set(NODE_STATES.values())
    assert set(OUT_OF_SERVICE) <= words
    assert set(STATE_PAIRS.values()) <= words
    assert {name for pair in STATE_PAIRS for name in pair} <= set(NODE_STATES)
