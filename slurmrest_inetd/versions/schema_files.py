"""The schema files: one version's operations and schemas, as one release has them.

Law: reads this package's own files and nothing else. Called by openapi/ when a part of the document is made, not when
it is sent.
"""

import os
from typing import Any, NamedTuple

FOLDER = os.path.join(os.path.dirname(__file__), "schemas")


class Difference(NamedTuple):
    """``version`` as releases before ``before`` have it: what differs is in the file of ``release``."""

    version: int
    release: str
    before: tuple[int, int]


# The oldest first.
DIFFERENCES = (Difference(42, "24.11", before=(26, 5)),)


def name_schemas(version: int, release: str) -> str:
    """The name of ``version`` as ``release`` ("24.11.5") has it: ``v0.0.42``, or ``v0.0.42.slurm-24.11``.

    A release that is not known is taken for the newest.
    """
    numbers = tuple(int(word) if word.isdecimal() else 0 for word in release.split(".")[:2])
    for row in DIFFERENCES:
        if row.version == version and (0, 0) < numbers < row.before:
            return f"v0.0.{version}.slurm-{row.release}"
    return f"v0.0.{version}"


def list_names(version: int) -> list[str]:
    """Every name that ``name_schemas`` may give ``version``."""
    return [
        f"v0.0.{version}",
        *(f"v0.0.{version}.slurm-{row.release}" for row in DIFFERENCES if row.version == version),
    ]


def read_schemas(name: str) -> dict[str, Any]:
    """``operations`` by operationId, ``schemas`` by component name, ``deprecated`` of the whole version; ``lacking``
    are the operations that only a newer release has.
    """
    version, _, release = name.partition(".slurm-")
    facts = read_file(version)
    if not release:
        return {**facts, "lacking": {}}
    other = read_file(name)
    merged = {
        part: {key: value for key, value in facts[part].items() if key not in other["lacking"]} | other[part]
        for part in ("operations", "schemas")
    }
    lacking = {key: facts["operations"][key] for key in other["lacking"] if key in facts["operations"]}
    return {**facts, **merged, "deprecated": other["deprecated"], "lacking": lacking}


def read_file(name: str) -> dict[str, Any]:
    """One file, its operations by their id."""
    import json

    with open(os.path.join(FOLDER, f"{name}.json"), encoding="utf-8") as file:
        facts: dict[str, Any] = json.load(file)
    facts["operations"] = {operation["operationId"]: operation for operation in facts["operations"]}
    return {"deprecated": False, **facts}
