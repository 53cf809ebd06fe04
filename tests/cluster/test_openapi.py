"""The document on real clusters: valid, the same as slurmrestd's, kept by every reply, and good for a generated client.

Law: what is asked of the cluster with random values is asked as a user whom Slurm allows nothing (``STRANGER``), so nothing that other
tests need can change.
"""

import ast
import importlib
import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from clusters import PROGRAM, VENV, Cluster
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from openapi_diff import MARK, compare_documents
from openapi_service import Service
from openapi_spec_validator import validate
from replies import parse_reply
from rich_state import RichState
from schemathesis import GenerationMode, openapi
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.openapi.checks import JsonSchemaError
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from slurmrest_inetd.openapi.paths import UNNAMED, name_operation

NATIVE = {"22.05": (36, 37, 38), "24.11": (40, 41, 42), "26.05": (42, 43, 44, 45)}
# 22.05's own mistakes, which ours has not: a style that no query has, a number behind a dot in a path, a boolean that is a word;
# a component that nothing refers to; and a way to carry a token that it does not tell of
MENDED = re.compile(
    r'.*/style: "form" in ours, "simple" in theirs|.*/style: "simple" in ours, "label" in theirs'
    r'|.*/default: false in ours, "false" in theirs|schema dbv0.0.38_meta: only in theirs|security scheme bearerAuth: only in ours'
)
STRANGER = "nobody"
EXAMPLES = 2
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
# Where Slurm's own replies do not keep to its own document, which is ours too: slurmrestd's have the same.
SLURMS_OWN = (
    r'/jobs/state/ 200: : "last_backfill" is a required property',
    r'/jobs/state/ 200: jobs/#/job_id: "\d+" is not of type "integer"',
    r'/jobs?/.* 200: jobs/#/job_resources: null is not of type "object"',
)


def read_specification(cluster: Cluster, *versions: int) -> dict[str, Any]:
    """What --generate-openapi-spec prints for these API versions."""
    options = ["-d", ",".join(f"v0.0.{version}" for version in versions)] if versions else []
    document: dict[str, Any] = json.loads(
        cluster.run([PROGRAM, *options, "--generate-openapi-spec"], check=True).stdout
    )
    return document


def test_it_is_valid_and_the_same_in_json_and_yaml(any_cluster: Cluster) -> None:
    document = any_cluster.http("GET", "/openapi", user=None).json()
    validate(document)
    assert document["info"]["version"].removeprefix("Slurm-").startswith(any_cluster.release)
    reply = any_cluster.http("GET", "/openapi", user=None, headers=[("Accept", "application/yaml")])
    assert yaml.load(reply.body, yaml.CSafeLoader) == document
    assert reply.get("content-type") == "application/yaml"


def test_it_names_what_slurmrestd_names(any_cluster: Cluster) -> None:
    theirs = any_cluster.http_peer("GET", "/openapi/v3", headers=[("X-SLURM-USER-NAME", "alice")]).json()
    for path, item in theirs["paths"].items():
        for operation in (one for one in item.values() if f"/v0.0.{UNNAMED}/" in path and "operationId" in one):
            operation["operationId"] = name_operation(operation["operationId"], UNNAMED)
    ours = read_specification(any_cluster, *NATIVE[any_cluster.release])
    told = compare_documents(ours, theirs)
    assert [line for line in told if any_cluster.release != "22.05" or not MENDED.fullmatch(line)] == []


def test_it_has_every_version_and_what_the_release_can(any_cluster: Cluster) -> None:
    operations = {name for name, _ in list_marked(any_cluster.http("GET", "/openapi", user=None).json())}
    assert {
        "slurmdb_v0_0_36_get_jobs",
        "slurmdbd_get_jobs",
        "slurm_v0_0_38_get_jobs",
        "slurm_v0040_get_jobs",
    } <= operations
    assert ("slurmdb_v0045_get_instances" in operations) == (any_cluster.release != "22.05")
    assert {
        "slurm_v0045_get_resources",
        "slurm_v0045_get_conf",
        "slurm_v0045_get_jobs_state",
        "slurm_v0045_get_shares",
        "slurm_v0044_post_new_node",
    } <= operations
    assert ("slurmdb_v0045_get_instances" in operations) == (any_cluster.release != "22.05")
    listed = any_cluster.run([PROGRAM, "-d", "list"], check=True).stdout.decode().split()
    assert [word for word in listed if word.startswith("data_parser/")] == [
        f"data_parser/v0.0.{version}" for version in NATIVE[any_cluster.release]
    ]


def test_every_way_to_it_gives_the_same(any_cluster: Cluster) -> None:
    replies = [any_cluster.http("GET", path, user=None) for path in ("/openapi", "/openapi.json", "/openapi/v3")]
    printed = any_cluster.run([PROGRAM, "--generate-openapi-spec"], check=True).stdout
    assert {reply.body for reply in replies} == {printed}
    assert {reply.get("etag") for reply in replies} == {replies[0].get("etag")}
    assert any_cluster.http("GET", "/openapi.yaml", user=None).get("etag") != replies[0].get("etag")
    again = any_cluster.http("GET", "/openapi", user=None, headers=[("If-None-Match", str(replies[0].get("etag")))])
    assert (again.status, again.body) == (304, b"")


def test_a_wheel_has_the_parts_ready_made(cluster: Cluster) -> None:
    code = "from slurmrest_inetd.openapi import fragments as f; import os; print(len(os.listdir(f.FOLDER)), f.list_fragments())"
    printed = cluster.run([f"{VENV}/bin/python", "-I", "-c", code], check=True).stdout.decode()
    count, _, names = printed.partition(" ")
    assert int(count) == len(ast.literal_eval(names)) * 2


@pytest.mark.parametrize("path", ["/healthz", "/livez", "/readyz"])
def test_probes_answer_as_slurmrestd_does_and_without_a_token(cluster: Cluster, path: str) -> None:
    reply = cluster.http("GET", path, user=None)
    assert (reply.status, reply.body) == (204, b"")
    if cluster.release == "26.05":
        assert cluster.http_peer("GET", path).status == reply.status


def test_not_ready_without_a_controller(cluster: Cluster) -> None:
    """A controller that nobody can reach: another port in a copy of slurm.conf."""
    text = (cluster.root / "etc/slurm/slurm.conf").read_text()
    lines = [line for line in text.splitlines() if not line.startswith("SlurmctldPort")]
    place = cluster.root / "tmp" / "unready.conf"
    place.write_text("\n".join([*lines, "SlurmctldPort=9", ""]))
    reply = cluster.run([PROGRAM, "-f", "/tmp/unready.conf"], input=cluster.request("GET", "/readyz", user=None)).stdout
    assert reply.startswith(b"HTTP/1.1 503 ")
    alive = cluster.run(
        [PROGRAM, "-f", "/tmp/unready.conf"], input=cluster.request("GET", "/healthz", user=None)
    ).stdout
    assert alive.startswith(b"HTTP/1.1 204 ")


def test_every_reply_keeps_to_the_document(cluster: Cluster, rich_state: RichState) -> None:
    """schemathesis: random requests by the document, those it allows and those it does not."""
    version = NATIVE[cluster.release][-1]
    found: list[str] = []
    with Service(cluster, "-d", f"v0.0.{version}") as started:
        for result in openapi.from_wsgi("/openapi.json", started.wsgi).get_all_operations():
            operation = result.ok()
            for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
                found += try_operation(operation, mode, {"X-SLURM-USER-TOKEN": cluster.token(STRANGER)})
    assert not found, "\n".join(found)


def tell(failure: Any) -> str:
    """One line: what is wrong, and where in the document (``#`` for any member of a list)."""
    if isinstance(failure, JsonSchemaError):
        place = "/".join("#" if isinstance(word, int) else word for word in failure.instance_path)
        return f"{place}: {failure.validation_message}"
    return f"{failure.title}: {failure.message}"[:600]


def try_operation(operation: Any, mode: GenerationMode, headers: dict[str, str]) -> list[str]:
    """What schemathesis has to say against the replies to EXAMPLES requests."""
    found: list[str] = []

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def try_case(case: Any) -> None:
        response = case.call(headers=headers)
        try:
            case.validate_response(response, checks=CHECKS)
        except (Failure, FailureGroup) as error:
            failures = error.exceptions if isinstance(error, FailureGroup) else [error]
            told = [f"{operation.label} {response.status_code}: {tell(failure)}" for failure in failures]
            found.extend(line for line in told if not any(re.search(row, line) for row in SLURMS_OWN))

    # where nothing can be wrong with a request, there is no wrong one to try
    with suppress(Unsatisfiable):
        try_case()
    return found


GENERATOR = Path(sys.executable).parent / "openapi-python-client"
CLIENT = "slurm_rest_api_client"
# In the names of files: what only our document brings.
OURS = ("slurmrest_inetd", "get_openapi", "get_healthz", "get_livez", "get_readyz")


def generate_client(document: dict[str, Any], folder: Path) -> Path:
    """The package that openapi-python-client makes of ``document``."""
    folder.mkdir()
    (folder / "document.json").write_text(json.dumps(document))
    (folder / "config.yaml").write_text("post_hooks: []\n")
    argv = [str(GENERATOR), "generate", "--path", "document.json", "--config", "config.yaml", "--output-path", "made"]
    subprocess.run(argv, cwd=folder, check=True, capture_output=True)
    return folder / "made" / CLIENT


def read_surface(package: Path) -> dict[str, set[str]]:
    """Module -> what a caller sees of it: functions with their parameters and types, classes with their attributes and types."""
    surface: dict[str, set[str]] = {}
    for module in [*package.glob("api/*/*.py"), *package.glob("models/*.py")]:
        if module.name == "__init__.py" or any(word in module.name for word in OURS):
            continue
        seen = surface.setdefault(str(module.relative_to(package)), set())
        for node in ast.parse(module.read_text()).body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_"):
                seen.add(f"{node.name}({ast.unparse(node.args)})")
            elif isinstance(node, ast.ClassDef):
                fields = (member for member in node.body if isinstance(member, ast.AnnAssign | ast.Assign))
                seen.update(f"{node.name}: {ast.unparse(field)}" for field in fields)
    return surface


def test_a_generated_client_has_the_same_methods_and_models(cluster: Cluster, tmp_path: Path) -> None:
    version = NATIVE[cluster.release][-1]
    theirs = json.loads(
        parse_reply(
            cluster.peer(cluster.request("GET", "/openapi/v3"), "-a", "rest_auth/jwt", "-d", f"v0.0.{version}")
        ).body
    )
    ours = read_specification(cluster, version)
    own = read_surface(generate_client(ours, tmp_path / "ours"))
    other = read_surface(generate_client(theirs, tmp_path / "theirs"))
    marked = {name for name, operation in list_marked(ours) if operation.get(MARK)}
    assert {module for module in own if module not in other and Path(module).stem not in marked} == set()
    assert {
        module: own[module] ^ other[module] for module in own if own[module] != other.get(module, own[module])
    } == {}


def list_marked(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every operation by its operationId."""
    for item in document["paths"].values():
        for operation in item.values():
            yield operation["operationId"], operation


def test_a_generated_client_submits_a_job_and_reads_it_back(
    cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = NATIVE[cluster.release][-1]
    package = generate_client(read_specification(cluster, version), tmp_path / "client")
    monkeypatch.syspath_prepend(str(package.parent))
    for name in [name for name in sys.modules if name.partition(".")[0] == CLIENT]:
        monkeypatch.delitem(sys.modules, name)
    made = importlib.import_module(CLIENT)
    with Service(cluster) as started:
        client = made.Client(
            base_url="http://localhost",
            headers={"X-SLURM-USER-TOKEN": cluster.token("alice")},
            httpx_args={"transport": httpx.HTTPTransport(uds=str(started.path))},
        )
        models = importlib.import_module(f"{CLIENT}.models")
        body = getattr(models, f"V00{version}JobSubmitReq").from_dict(
            {
                "script": "#!/bin/sh\nsleep 600\n",
                "job": {
                    "name": "generated",
                    "current_working_directory": "/tmp",
                    "environment": ["PATH=/usr/bin:/bin"],
                },
            }
        )
        submitted = call(f"slurm_v00{version}_post_job_submit", client=client, body=body)
        assert not submitted.errors
        try:
            wait_until_running(cluster, submitted.job_id)
            jobs = call(f"slurm_v00{version}_get_job", job_id=str(submitted.job_id), client=client).jobs
            assert [(job.job_id, job.name, job.user_name) for job in jobs] == [(submitted.job_id, "generated", "alice")]
        finally:
            gone = call(f"slurm_v00{version}_delete_job", job_id=str(submitted.job_id), client=client)
        assert not gone.errors
        unknown = call(f"slurm_v00{version}_get_job", job_id="4000000", client=client)
        assert [error.error_number for error in unknown.errors] == [2017]


def wait_until_running(cluster: Cluster, job_id: int) -> None:
    """A pending job has `"job_resources": null`, against Slurm's own schema, and a strict client stumbles."""
    deadline = time.monotonic() + 60
    while cluster.slurm("squeue", "--noheader", "--states=all", "--format=%T", f"--jobs={job_id}") != "RUNNING":
        assert time.monotonic() < deadline
        time.sleep(0.5)


def call(operation: str, **values: Any) -> Any:
    """What the generated method answers."""
    return importlib.import_module(f"{CLIENT}.api.slurm.{operation}").sync(**values)
