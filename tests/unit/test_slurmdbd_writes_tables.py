"""The tables of what may be written of accounts, users, associations and wckeys are the API's own schemas, in every version."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from slurmrest_inetd.accounting.association_terms import FORMS
from slurmrest_inetd.accounting.entity_kinds import KINDS
from slurmrest_inetd.body.properties import Property, list_properties
from slurmrest_inetd.fields.account_body import (
    ACCOUNT_FLAGS,
    ACCOUNT_PROPERTIES,
    ADMIN_LEVELS,
    USER_FLAGS,
    USER_PROPERTIES,
    WCKEY_PROPERTIES,
)
from slurmrest_inetd.fields.association_body import ASSOCIATION_PROPERTIES
from slurmrest_inetd.fields.association_condition_body import ACCOUNTS_ADDITION, USERS_ADDITION

FACTS = Path(__file__).parent.parent / "facts" / "openapi"
FILES = sorted(FACTS.glob("v0.0.4*.json"))
NUMBER = {"set", "infinite", "number"}
# operation, the list in its body -> the table of an entry of it
# fmt: off
TABLES: list[tuple[str, str, tuple[Property, ...]]] = [
    ("post_accounts",             "accounts",     ACCOUNT_PROPERTIES),
    ("post_users",                "users",        USER_PROPERTIES),
    ("post_associations",         "associations", ASSOCIATION_PROPERTIES),
    ("post_wckeys",               "wckeys",       WCKEY_PROPERTIES),
    ("post_accounts_association", "",             ACCOUNTS_ADDITION),
    ("post_users_association",    "",             USERS_ADDITION),
]
ENUMS = [
    ("post_accounts",             "accounts",     "flags",               ACCOUNT_FLAGS),
    ("post_users",                "users",        "flags",               USER_FLAGS),
    ("post_users",                "users",        "administrator_level", ADMIN_LEVELS),
]
# fmt: on


def read_document(file: Path) -> tuple[int, dict[str, Any]]:
    document = json.loads(file.read_text())
    return int(document["version"].rpartition(".")[2]), document


def resolve(schema: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema:
        schema = document["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema


def list_places(schema: dict[str, Any], document: dict[str, Any], path: str = "") -> Iterator[str]:
    """The places of the properties: a list, a three-valued number and an association's short form (v0.0.40) are one each."""
    schema = resolve(schema, document)
    properties = schema.get("properties", {})
    if not properties or set(properties) <= NUMBER or path == "id":
        yield path
        return
    for name, inner in properties.items():
        yield from list_places(inner, document, f"{path}/{name}" if path else name)


def read_entry(operation: str, member: str, version: int, document: dict[str, Any]) -> dict[str, Any]:
    """The schema of one entry of the body's list; without a list, that of the body itself, but for the envelope."""
    row = next(one for one in document["operations"] if one["operationId"] == f"slurmdb_v00{version}_{operation}")
    schema = resolve(row["request"]["schema"], document)
    if member:
        return dict(resolve(schema["properties"][member], document)["items"])
    return {
        "properties": {k: inner for k, inner in schema["properties"].items() if k not in ("meta", "errors", "warnings")}
    }


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
@pytest.mark.parametrize(("operation", "member", "table"), TABLES, ids=[row[0] for row in TABLES])
def test_each_property_of_the_schema_is_a_row(
    file: Path, operation: str, member: str, table: tuple[Property, ...]
) -> None:
    version, document = read_document(file)
    row = next(one for one in document["operations"] if one["operationId"] == f"slurmdb_v00{version}_{operation}")
    schema = resolve(row["request"]["schema"], document)
    if member:
        schema = resolve(schema["properties"][member], document)["items"]
    else:
        own = {
            name: inner for name, inner in schema["properties"].items() if name not in ("meta", "errors", "warnings")
        }
        schema = {"properties": own}
    assert set(list_places(schema, document)) == set(list_properties(table, version))


@pytest.mark.parametrize("table", [row[2] for row in TABLES], ids=[row[0] for row in TABLES])
def test_each_row_can_be_read_and_carried(table: tuple[Property, ...]) -> None:
    for row in table:
        assert row.kind in KINDS
        assert row.carry in ("set", "apart", "none")
        assert row.term or row.carry == "apart"
        if row.carry == "set":
            assert row.kind in FORMS or row.kind == "tres" or row.term in ("DefaultQOS", "QosLevel")
    terms = [row.term for row in table if row.carry == "set"]
    assert len(terms) == len(set(terms))


def test_both_ways_to_an_association_set_the_same() -> None:
    def kinds(table: tuple[Property, ...]) -> dict[str, str]:
        return {row.term: row.kind for row in table if row.carry == "set"}

    assert kinds(ASSOCIATION_PROPERTIES) == kinds(ACCOUNTS_ADDITION) == kinds(USERS_ADDITION)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
@pytest.mark.parametrize(("operation", "member", "name", "table"), ENUMS)
def test_each_flag_of_the_schema_is_known(
    file: Path, operation: str, member: str, name: str, table: dict[str, str]
) -> None:
    version, document = read_document(file)
    entry = resolve(read_entry(operation, member, version, document), document)
    inner = resolve(entry["properties"][name], document)
    assert set(resolve(inner["items"], document)["enum"]) <= set(table)
