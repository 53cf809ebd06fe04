"""The controller's reads in v0.0.36 to 38 on a Slurm that speaks later versions: what clients of those expect to find."""

import pytest
from conftest import Asker
from fitting import list_misfits
from playback import FakeSlurm, read_recording

from slurmrest_inetd.envelope import parse_json
from slurmrest_inetd.versions import speaking

EARLY = (36, 37, 38)
# fmt: off
#   target                     recording            list            since  what an entry tells
READS = (
    ("/jobs",                  "jobs",              "jobs",         36,    {"job_state", "user_id"}),
    ("/job/{job}",             "job",               "jobs",         36,    {"time_limit", "nice"}),
    ("/nodes",                 "nodes",             "nodes",        36,    {"state", "slurmd_version"}),
    ("/partitions",            "partitions-all",    "partitions",   36,    {"max_time_limit", "total_nodes"}),
    ("/reservations",          "reservations",      "reservations", 37,    {"watts", "node_list"}),
    ("/licenses",              "licenses",          "licenses",     38,    {"LicenseName", "Total"}),
    ("/ping",                  "ping",              "pings",        36,    {"ping", "status"}),
)
UNKNOWN = (
    ("/job/{job}",             "job-unknown",         "jobs",         36),
    ("/node/{node}",           "node-unknown",        "nodes",        36),
    ("/reservation/{operand}", "reservation-unknown", "reservations", 37),
)
# fmt: on


@pytest.fixture
def only_42(fake_slurm: FakeSlurm, monkeypatch: pytest.MonkeyPatch) -> FakeSlurm:
    """A Slurm whose commands print v0.0.42 alone."""
    monkeypatch.setattr(speaking, "list_data_parsers", lambda settings, program: (42,))
    return fake_slurm


def fill_in(target: str, recording: str) -> str:
    operand = read_recording("24.11", recording).argv[-1].removeprefix("--jobs=")
    return target.format(job=operand, node=operand, operand=operand)


@pytest.mark.parametrize(
    ("version", "row"), [(version, row) for row in READS for version in EARLY if version >= row[3]]
)
def test_a_read(ask: Asker, only_42: FakeSlurm, version: int, row: tuple[str, str, str, int, set[str]]) -> None:
    target, recording, name, _, members = row
    only_42.replay("24.11", recording)
    heard = ask(f"/slurm/v0.0.{version}{fill_in(target, recording)}")
    native = parse_json(read_recording("24.11", recording).stdout)
    assert heard.status == 200
    assert len(heard.document[name]) == len(native[name])
    assert members <= heard.document[name][0].keys()
    path = f"/slurm/{{version}}/{'ping' if name == 'pings' else name}"
    assert not list_misfits(path, version, {name: heard.document[name]})
    assert "last_update" not in heard.document
    assert only_42.argvs == [read_recording("24.11", recording).argv]


@pytest.mark.parametrize(
    ("version", "row"), [(version, row) for row in UNKNOWN for version in EARLY if version >= row[3]]
)
def test_what_is_not_there(ask: Asker, only_42: FakeSlurm, version: int, row: tuple[str, str, str, int]) -> None:
    target, recording, name, _ = row
    only_42.replay("24.11", recording)
    if name == "reservations":
        only_42.replay("24.11", "reservation-spelling")
    heard = ask(f"/slurm/v0.0.{version}{fill_in(target, recording)}")
    assert heard.status == 404
    assert heard.document[name] == []
    assert "last_update" not in heard.document


def test_a_component_of_a_heterogeneous_job(ask: Asker, only_42: FakeSlurm) -> None:
    recording = read_recording("24.11", "job-component")
    only_42.replay("24.11", "job-component")
    (job,) = parse_json(recording.stdout)["jobs"]
    target = f"{job['het_job_id']['number']}+{job['het_job_offset']['number']}"
    heard = ask(f"/slurm/v0.0.38/job/{target}")
    assert [one["het_job_offset"] for one in heard.document["jobs"]] == [job["het_job_offset"]["number"]]


@pytest.mark.parametrize("media", ["json", "yaml"])
def test_a_controller_that_is_up_is_asked_once(ask: Asker, only_42: FakeSlurm, media: str) -> None:
    only_42.replay("24.11", "ping")
    assert ask("/slurm/v0.0.38/ping", media=media).status == 200
    assert len(only_42.argvs) == 1


@pytest.mark.parametrize(("version", "warned"), [(36, True), (37, False), (38, False)])
def test_update_time_is_known_since_37(ask: Asker, only_42: FakeSlurm, version: int, warned: bool) -> None:
    only_42.replay("24.11", "nodes")
    (warning,) = ask(f"/slurm/v0.0.{version}/nodes?update_time=1").document["warnings"]
    assert warning["description"].startswith("Ignoring unknown field") == warned
