"""Any document that fits the schemas of one version becomes one that fits the other's, and nothing more is told than known."""

from itertools import pairwise
from random import Random
from typing import Any

import pytest
from fitting import list_misfits
from hypothesis import given, settings
from hypothesis import strategies as st

from slurmrest_inetd.slurm.documents import DOCUMENTS
from slurmrest_inetd.versions.changes import CHANGES
from slurmrest_inetd.versions.documents import MISTOLD, VERSIONS, build_document_conversion, has_operation, list_steps
from slurmrest_inetd.versions.knowing import account_for, list_leaves, read_payload
from slurmrest_inetd.versions.places import find_member
from slurmrest_inetd.versions.schemas import Schema
from slurmrest_inetd.versions.shapes import make_unset, name_kind

PATHS = [path for path in dict.fromkeys(path for _, path in DOCUMENTS) if path not in MISTOLD]
QUICK = settings(max_examples=2, deadline=None, derandomize=True)
NUMBERS = (0, 1, 9, 256, 0xFFFFFFFE, 0xFFFFFFFF)
WORDS = ("", "a", "a,b", "7.batch", "18+1.0", "YES:4", "FORCE:2", "gres:gpu:1", "mixed", "UP", "übung")
SCALARS: dict[str, tuple[Any, ...]] = {"integer": NUMBERS, "number": (0.0, 1.5), "boolean": (True, False)}


def make_value(chance: Random, schema: Schema, shape: Any, path: str) -> Any:
    """Any value that fits; by chance, not by hypothesis' own strategies, which take a second for a document."""
    shape = schema.see(shape, path)
    kind = name_kind(shape)
    if shape.get("null") and chance.random() < 0.5:
        return None
    if kind == "three":
        state = chance.choice(("set", "infinite", "unset"))
        number = chance.choice(NUMBERS) if state == "set" else 0
        return {"set": state == "set", "infinite": state == "infinite", "number": number}
    if kind == "object":
        return {
            name: make_value(chance, schema, member, f"{path}/{name}")
            for name, member in shape.get("properties", {}).items()
            if not schema.see(member, f"{path}/{name}").get("optional") or chance.random() < 0.5
        }
    if kind == "array":
        return [make_value(chance, schema, shape.get("items", {}), f"{path}[]") for _ in range(chance.randrange(3))]
    return chance.choice(shape.get("enum") or SCALARS.get(kind, WORDS))


def list_pairs(path: str) -> list[tuple[int, int]]:
    """Every neighbour, both ways."""
    versions = [version for version in VERSIONS if has_operation("GET", path, version)]
    return [*pairwise(versions), *((newer, older) for older, newer in pairwise(versions))]


@pytest.mark.parametrize("path", PATHS)
def test_what_is_made_fits(path: str) -> None:
    conversions = {pair: build_document_conversion("GET", path, *pair) for pair in list_pairs(path)}

    @QUICK
    @given(st.randoms(use_true_random=False))
    def check(chance: Random) -> None:
        for (source, target), convert in conversions.items():
            document = make_value(Random(chance.random()), *read_payload(path, source), "")
            assert not list_misfits(path, source, document)
            assert not list_misfits(path, target, convert(document)), (source, target)

    check()


def forget(chance: Random, value: Any) -> Any:
    """``value`` with null for some members, at any depth."""
    if isinstance(value, list):
        return [forget(chance, entry) for entry in value]
    if not isinstance(value, dict):
        return value
    return {name: None if chance.random() < 0.2 else forget(chance, member) for name, member in value.items()}


@pytest.mark.parametrize("path", [path for path in PATHS if (38, 40) in list_pairs(path)])
def test_no_null_of_22_05_is_told_in_later_versions(path: str) -> None:
    convert = build_document_conversion("GET", path, 38, 40)

    @QUICK
    @given(st.randoms(use_true_random=False))
    def check(chance: Random) -> None:
        document = make_value(Random(chance.random()), *read_payload(path, 38), "")
        forgotten = {name: forget(Random(chance.random()), member) for name, member in document.items()}
        # a null has no word of an enumeration to become
        assert [place for place in list_misfits(path, 40, convert(forgotten)) if not place.endswith(" is ''")] == []

    check()


@pytest.mark.parametrize("path", PATHS)
def test_what_is_not_known_is_unset(path: str) -> None:
    """What the account says is not known has its unset value, whatever the source tells."""
    for source, target in list_pairs(path):
        schema, shape = read_payload(path, source)
        made = build_document_conversion("GET", path, source, target)(fill(schema, shape, ""))
        goal, wanted = read_payload(path, target)
        unset = fill(goal, wanted, "", unset=True)
        for leaf in account_for(path, source, target).unknown:
            for value in pick(made, leaf):
                assert value in (*pick(unset, leaf), None), (source, target, leaf, value)


def fill(schema: Schema, shape: Any, path: str, *, unset: bool = False) -> Any:
    """A document with one entry in each list of objects, every member set; or all of them unset."""
    shape = schema.see(shape, path)
    kind = name_kind(shape)
    if kind == "object" and shape.get("properties"):
        return {
            name: fill(schema, member, f"{path}/{name}", unset=unset) for name, member in shape["properties"].items()
        }
    if kind == "array" and name_kind(schema.see(shape.get("items", {}), f"{path}[]")) in ("object", "array"):
        return [fill(schema, shape["items"], f"{path}[]", unset=unset)]
    if unset:
        return make_unset(schema, shape, path)
    values: dict[str, Any] = {"three": {"set": True, "infinite": False, "number": 7}, "string": "7", "integer": 7}
    values |= {"number": 7.0, "boolean": True, "array": shape.get("items", {}).get("enum", ["7"])[:1]}
    return shape["enum"][0] if "enum" in shape else values.get(kind, {})


def pick(value: Any, leaf: str) -> list[Any]:
    """Every value at a place; nothing where a list has no entry or an object not the member."""
    values = [value]
    for name in leaf.removeprefix("/").split("/"):
        values = [
            one[name.removesuffix("[]")] for one in values if isinstance(one, dict) and name.removesuffix("[]") in one
        ]
        for _ in range(name.count("[]")):
            values = [entry for one in values if isinstance(one, list) for entry in one]
    return values


@pytest.mark.parametrize("row", CHANGES, ids=lambda row: f"{row.source}-{row.target}-{row.root}{row.path}")
def test_a_row_sets_what_it_says(row: Any) -> None:
    """Nothing outside ``sets`` is touched, and nothing outside ``reads`` makes a difference."""
    for path in [path for path in PATHS if path.split("/")[1] == row.root]:
        if not {row.source, row.target} <= {v for v in VERSIONS if has_operation("GET", path, v)}:
            continue
        schema, shape = read_payload(path, row.source)
        entry = find_place(schema, shape, row.path)
        if entry is None:
            continue
        goal, wanted = read_payload(path, row.target)
        was = fill(schema, entry, row.path)
        made = fill(goal, find_place(goal, wanted, row.path), row.path)
        before = {leaf: pick(made, leaf) for leaf in list_leaves(goal, find_place(goal, wanted, row.path), row.path)}
        row.amend(was, made)
        told = tuple(f"{row.path}/{name}" for name in row.sets.split(", "))
        for leaf, value in before.items():
            inner = leaf.removeprefix(row.path)
            if not leaf.startswith(told):
                assert pick(made, inner) == pick(fill(goal, find_place(goal, wanted, row.path), row.path), inner), (
                    leaf,
                    value,
                )


def find_place(schema: Schema, shape: Any, path: str) -> Any:
    """The shape at a path of a payload; None where this payload has none."""
    at = ""
    for name in path.removeprefix("/").split("/"):
        plain = name.removesuffix("[]")
        found = find_member(schema, schema.see(shape, at), at, plain)
        if found is None:
            return None
        at, shape = f"{at}/{plain}", found
        for _ in range(name.count("[]")):
            at, shape = f"{at}[]", schema.see(shape.get("items", {}), f"{at}[]")
    return shape


def test_an_account_follows_the_steps() -> None:
    account = account_for("/slurm/{version}/partitions", 40, 38)
    assert account.unknown == ("/partitions[]/flags", "/partitions[]/preemption_mode")
    assert "/partitions[]/timeouts/resume" in account.lost
    assert account_for("/slurm/{version}/ping", 38, 45).unknown == ("/pings[]/latency",)
    assert account_for("/slurm/{version}/jobs/state", 40, 45) == ((), ())
    assert list_steps("GET", "/slurm/{version}/ping", 38, 45)[0] == (38, 40)
