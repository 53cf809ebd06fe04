"""Whether a reply is what the API promises: one word a cell, and what is to be said of it.

Law: a reply in, a verdict out; no cluster. A reply's schema is the version's own, as the release's schema file has it.
"""

import json
import re
from functools import cache
from typing import Any, NamedTuple

from openapi_schema_validator import OAS30Validator
from replies import Reply

from matrix.truth import build_truth
from slurmrest_inetd.model import Endpoint
from slurmrest_inetd.openapi.components import describe_component
from slurmrest_inetd.versions.schema_files import name_schemas, read_schemas
from slurmrest_inetd.versions.schemas import name_place

SERVED, IMPOSSIBLE, FAILING = "served", "not possible", "FAILING"
# "Requested operation not supported on this system": what no Slurm can, in slurmctld's words
NOT_SUPPORTED = 2036
# Before this version schemas do not tell what is printed.
NAMED = 40
# Where Slurm's own replies do not keep to its own schema, and ours are the same.
# fmt: off
SLURMS_OWN = (
    #   versions      path                     what is wrong
    (range(40, 46), r".*/jobs/state",       r": 'last_(backfill|update)' is a required property"),
    (range(40, 46), r".*/jobs/state",       r"jobs/#/job_id: .* is not of type 'integer'"),
    (range(40, 46), r"/slurm/.*/jobs?(/.*)?", r"jobs/#/job_resources: None .*"),
)
# fmt: on


class Verdict(NamedTuple):
    """``word`` is one of the three; ``note`` says why it is not the first."""

    word: str
    note: str = ""


def judge(row: Endpoint, version: int, release: str, raw: Reply | str, status: int = 200) -> Verdict:
    """The verdict on a reply; a string is what went wrong before there was one. ``status`` is what it is to have."""
    if isinstance(raw, str):
        return Verdict(FAILING, raw)
    try:
        document = raw.json()
    except ValueError:
        return Verdict(FAILING, f"{raw.status} with what is no JSON: {raw.body[:100]!r}")
    errors = document.get("errors") or [{}]
    told = str(errors[0].get("description") or errors[0].get("error", ""))
    if raw.status == 501 or errors[0].get("error_number") == NOT_SUPPORTED:
        return Verdict(IMPOSSIBLE, told)
    if raw.status != status:
        return Verdict(FAILING, f"{raw.status} {told}")
    if errors != [{}] and status == 200:
        return Verdict(FAILING, f"200 with errors: {json.dumps(errors)[:200]}")
    mistakes = list_mistakes(row, version, release, document)
    return Verdict(FAILING, "; ".join(mistakes[:3])) if mistakes else Verdict(SERVED)


def list_mistakes(row: Endpoint, version: int, release: str, document: Any) -> list[str]:
    """What in ``document`` is against the version's schema: each kind of mistake once."""
    validator = make_validator(version, release, row.method, row.path)
    if validator is None:
        return [] if "meta" in document else ["no meta"]
    found: dict[str, None] = {}
    for error in validator.iter_errors(document):
        place = "/".join("#" if isinstance(word, int) else word for word in error.absolute_path)
        found[f"{place}: {error.message}"[:300]] = None
    known = [what for versions, path, what in SLURMS_OWN if version in versions and re.fullmatch(path, row.path)]
    lines = [line for line in found if not any(re.fullmatch(what, line) for what in known)]
    return list({line.split(":")[0]: line for line in lines}.values())


@cache
def make_validator(version: int, release: str, method: str, path: str) -> Any:
    """What checks the replies of an operation; None where its version does not say what they are."""
    if version < NAMED:
        truth = build_truth(method, path, version)
        return truth and OAS30Validator(truth)
    facts = read_schemas(name_schemas(version, release))
    operations = (*facts["lacking"].values(), *facts["operations"].values())
    place = name_place(method, path)
    (operation,) = [one for one in operations if name_place(one["method"], one["path"]) == place]
    components = {name: describe_component(name, one) for name, one in facts["schemas"].items()}
    return OAS30Validator({"allOf": [operation["responses"]["200"]], "components": {"schemas": components}})
