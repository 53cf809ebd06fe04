"""The start-up budget: which modules a cold exchange loads, per endpoint (DESIGN.md, law 8). Sets, not milliseconds.

A module that turns up here is paid for by every request of its endpoint: take it out, or write it into the table and say why.
"""

import subprocess
import sys
from pathlib import Path

import pytest

from slurmrest_inetd.openapi.fragments import make_fragments

DOCUMENTS = Path(__file__).parent.parent / "fixtures" / "documents"
ROOT = Path(__file__).parent.parent.parent
# {"alg":"HS256"} . {"exp":9999999999,"sun":"alice"} . a signature
TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjk5OTk5OTk5OTksInN1biI6ImFsaWNlIn0.c2lnbmF0dXJl"

# What h11 and the interpreter bring, and what all exchanges need of the standard library.
PROGRAM = """
import sys
sys.path[:0] = {path!r}
sys.argv = ["slurmrest-inetd"]
from slurmrest_inetd import settings
settings.Settings.__new__.__defaults__ = tuple(settings.Settings(command_path={folder!r}, slurm_conf={conf!r}, security=("disable_user_check",)))
from slurmrest_inetd.cli import main
main()
import os
os.write(2, ("MODULES " + " ".join(sorted(sys.modules)) + "\\n").encode())
os._exit(0)
"""
# Never on the way of a read that is passed through. json is the token's claims', and cheap once h11's re is there.
HEAVY = {
    "argparse", "asyncio", "cryptography", "datetime", "getopt", "http", "jwt", "logging", "orjson", "pathlib", "random",
    "socket", "ssl", "subprocess", "tempfile", "threading", "urllib", "uuid", "yaml", "zoneinfo",
}  # fmt: skip
# What every exchange with a token loads of ours.
ALWAYS = {
    "auth", "auth.claims", "auth.credentials", "auth.keys", "auth.refusal", "cli", "endpoints", "envelope", "errors", "exchange",
    "listen", "listen.inherited", "log", "meta_lines", "model", "negotiation", "passthrough", "plugins", "query", "reply", "routing", "security", "security.isolation",
    "security.users", "settings", "slurm", "slurm.command",
    "slurm.configuration", "slurm.data_parsers", "slurm.failures", "slurm.release", "target", "text", "wire", "wire.channel", "wire.connection",
    "wire.framing", "wire.head", "wire.peer", "wire.reasons", "versions", "versions.speaking",
}  # fmt: skip

# What a read loads beyond that, by its path.
SHOW = ("fields", "fields.show_flags", "state", "state.freshness", "state.showing")
LIST = ("accounting", "accounting.listing", "fields", "slurm.conditions")
EARLY = ("accounting.early_defaults",)
JOBS = (
    "accounting.fixed_shape",
    "accounting.job_conditions",
    "accounting.qos_names",
    "fields.job_filters",
    "fields.notes",
)
# fmt: off
PASSED = {
    "slurm/ROOT/ping":               ("plugins.slurmctld", "plugins.slurmctld.ping", "slurm.silence"),
    "slurm/ROOT/diag":               ("plugins.slurmctld", "plugins.slurmctld.diag"),
    "slurm/ROOT/licenses":           ("plugins.slurmctld", "plugins.slurmctld.licenses"),
    "slurm/ROOT/nodes":              ("plugins.slurmctld", "plugins.slurmctld.nodes", *SHOW),
    "slurm/ROOT/node/n1":            ("plugins.slurmctld", "plugins.slurmctld.nodes", *SHOW),
    "slurm/ROOT/partitions":         ("plugins.slurmctld", "plugins.slurmctld.partitions", "state.spelling", *SHOW),
    "slurm/ROOT/partition/debug":    ("plugins.slurmctld", "plugins.slurmctld.partitions", "state.spelling", *SHOW),
    "slurm/ROOT/reservations":       ("plugins.slurmctld", "plugins.slurmctld.reservations", "state.spelling", *SHOW),
    "slurm/ROOT/jobs":               ("plugins.slurmctld", "plugins.slurmctld.jobs", "slurm.job_id", "state.job_lookup", *SHOW),
    "slurm/ROOT/job/1":              ("plugins.slurmctld", "plugins.slurmctld.jobs", "slurm.job_id", "state.job_lookup", *SHOW),
    "slurm/ROOT/jobs/state":         ("plugins.slurmctld", "plugins.slurmctld.job_states", "slurm.job_id", "slurm.silence", "state", "state.job_lookup"),
    "slurm/ROOT/shares":             ("plugins.slurmctld", "plugins.slurmctld.shares", "slurm.conditions"),
    "slurmdb/ROOT/ping":             ("plugins.slurmdbd", "plugins.slurmdbd.ping"),
    "slurmdb/ROOT/diag":             ("plugins.slurmdbd", "plugins.slurmdbd.diag"),
    "slurmdb/ROOT/tres":             ("plugins.slurmdbd", "plugins.slurmdbd.tres"),
    "slurmdb/ROOT/accounts":         ("plugins.slurmdbd", "plugins.slurmdbd.accounts", "fields.account_filters", *EARLY, *LIST),
    "slurmdb/ROOT/account/phys":     ("plugins.slurmdbd", "plugins.slurmdbd.accounts", "fields.account_filters", *EARLY, *LIST),
    "slurmdb/ROOT/users":            ("plugins.slurmdbd", "plugins.slurmdbd.users", "fields.user_filters", *EARLY, *LIST),
    "slurmdb/ROOT/user/alice":       ("plugins.slurmdbd", "plugins.slurmdbd.users", "fields.user_filters", *EARLY, *LIST),
    "slurmdb/ROOT/associations":     ("plugins.slurmdbd", "plugins.slurmdbd.associations", "accounting.association_conditions", "fields.association_filters", "fields.notes", "accounting.qos_names", "accounting.fixed_shape", *EARLY, *LIST),
    "slurmdb/ROOT/qos":              ("plugins.slurmdbd", "plugins.slurmdbd.qos", "fields.qos_filters", "fields.notes", *EARLY, *LIST),
    "slurmdb/ROOT/clusters":         ("plugins.slurmdbd", "plugins.slurmdbd.clusters", "accounting.cluster_conditions", "fields.cluster_filters", "fields.notes", *LIST),
    "slurmdb/ROOT/wckeys":           ("plugins.slurmdbd", "plugins.slurmdbd.wckeys", "fields.wckey_filters", "fields.notes", *LIST),
    "slurmdb/ROOT/jobs":             ("plugins.slurmdbd", "plugins.slurmdbd.jobs", *JOBS, *LIST),
    "slurmdb/ROOT/job/1":            ("plugins.slurmdbd", "plugins.slurmdbd.jobs", *JOBS, *LIST),
}
# fmt: on


def load(
    target: str, tmp_path: Path, *, method: str = "GET", headers: str = "", document: str = "24.11.licenses.json"
) -> tuple[str, set[str]]:
    """Serve one request in a fresh interpreter, every command printing ``document``: the status line, the modules loaded."""
    folder = tmp_path / "slurm"
    folder.mkdir(exist_ok=True)
    for name in ("scontrol", "squeue", "sacct", "sacctmgr", "sshare", "sdiag"):
        (folder / name).write_text(f"#!/bin/sh\nexec /bin/cat {DOCUMENTS / document}\n")
        (folder / name).chmod(0o755)
    path = [str(ROOT), *(entry for entry in sys.path if entry.endswith("site-packages"))]
    program = PROGRAM.format(path=path, folder=str(folder), conf=str(tmp_path / "slurm.conf"))
    request = f"{method} {target} HTTP/1.1\r\nX-SLURM-USER-TOKEN: {TOKEN}\r\n{headers}\r\n".encode()
    finished = subprocess.run(
        [sys.executable, "-I", "-S", "-c", program], input=request, capture_output=True, check=True
    )
    line = next(line for line in finished.stderr.decode().splitlines() if line.startswith("MODULES "))
    return finished.stdout.partition(b"\r\n")[0].decode(), set(line.split()[1:])


def ours(modules: set[str]) -> set[str]:
    """The names of our own modules among them, without ``slurmrest_inetd.``."""
    return {name.removeprefix("slurmrest_inetd.") for name in modules if name.startswith("slurmrest_inetd.")}


@pytest.mark.parametrize("path", sorted(PASSED))
def test_a_read_that_is_passed_through_loads_no_more_than_it_needs(tmp_path: Path, path: str) -> None:
    status, modules = load(f"/{path.replace('ROOT', 'v0.0.42')}", tmp_path)
    assert status == "HTTP/1.1 200 OK"
    assert {name for name in modules if name.partition(".")[0] in HEAVY} == set()
    assert ours(modules) - ALWAYS == set(PASSED[path])
    assert ALWAYS - ours(modules) == set()


def test_a_path_that_is_not_there_loads_no_plugin(tmp_path: Path) -> None:
    status, modules = load("/nope", tmp_path)
    assert status == "HTTP/1.1 404 Not Found"
    assert not any(name.startswith("plugins") for name in ours(modules))


def test_a_probe_knows_no_token(tmp_path: Path) -> None:
    status, modules = load("/healthz", tmp_path)
    assert status == "HTTP/1.1 204 No Content"
    assert {name for name in modules if name.partition(".")[0] in HEAVY} == set()
    assert {name for name in ours(modules) if name.startswith("plugins")} == {
        "plugins", "plugins.health", "plugins.health.probes",
    }  # fmt: skip
    assert "auth.claims" not in ours(modules)


def test_the_document_is_sent_without_what_makes_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("open", "v0.0.45"):
        (tmp_path / f"{name}.json").write_bytes(make_fragments(name, "json"))
    chosen = "settings.Settings.__new__.__defaults__ = tuple(settings.Settings(data_parsers=(45,)))"
    ready = f"{chosen}; from slurmrest_inetd.openapi import fragments; fragments.FOLDER = {str(tmp_path)!r}"
    monkeypatch.setitem(globals(), "PROGRAM", PROGRAM.replace("main()\n", f"{ready}\nmain()\n", 1))
    status, modules = load("/openapi.json", tmp_path)
    assert status == "HTTP/1.1 200 OK"
    assert {name for name in modules if name.partition(".")[0] in HEAVY} == set()
    assert {name for name in ours(modules) if name.startswith(("openapi", "versions", "yaml"))} == {
        "openapi", "openapi.document", "openapi.fragments", "openapi.needs", "openapi.words", "openapi.words.head", "versions", "versions.schema_files",
    }  # fmt: skip


def test_only_yaml_that_is_made_here_loads_its_writer(tmp_path: Path) -> None:
    status, modules = load(
        "/slurm/v0.0.42/licenses", tmp_path, headers="Accept: application/yaml\r\n", document="24.11.licenses.yaml"
    )
    assert status == "HTTP/1.1 200 OK"
    assert "yaml_text" not in ours(modules)
    assert "orjson" not in modules
