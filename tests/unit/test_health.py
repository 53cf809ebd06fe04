"""Probes: no token, no identity of the service's, and 503 with a reason."""

import pytest
from conftest import Asker
from playback import FakeSlurm, read_recording

from slurmrest_inetd.auth import NOBODY

LICENSES = ["scontrol", "show", "licenses"]


@pytest.mark.parametrize("path", ["/healthz", "/livez"])
def test_alive_without_any_slurm(ask: Asker, path: str) -> None:
    heard = ask(path, identity=NOBODY)
    assert (heard.status, heard.document, "content-type" in heard.headers) == (204, {}, False)


@pytest.mark.parametrize("release", ["24.11", "26.05"])
def test_ready_when_the_controller_refuses_nobody(fake_slurm: FakeSlurm, ask: Asker, release: str) -> None:
    fake_slurm.say(LICENSES, stderr=read_recording(release, "licenses-wrong").stderr, status=1)
    assert ask("/readyz", identity=NOBODY).status == 204
    (ran,) = fake_slurm.calls
    assert ran.environment["SLURM_JWT"] == "nobody"


@pytest.mark.parametrize("release", ["24.11", "26.05"])
def test_not_ready_when_no_controller_answers(fake_slurm: FakeSlurm, ask: Asker, release: str) -> None:
    fake_slurm.say(LICENSES, stderr=read_recording(release, "licenses-down").stderr, status=1)
    heard = ask("/readyz", identity=NOBODY)
    assert heard.status == 503
    assert heard.document["errors"][0]["error_number"] in (1800, 1001)


def test_not_ready_without_commands(ask: Asker) -> None:
    heard = ask("/readyz", identity=NOBODY)
    assert (heard.status, heard.document["errors"][0]["source"]) == (503, "scontrol")


def test_ready_when_slurm_refuses_nobody_nothing(fake_slurm: FakeSlurm, ask: Asker) -> None:
    fake_slurm.say(LICENSES)
    assert ask("/readyz", identity=NOBODY).status == 204


def test_not_ready_when_the_answer_takes_too_long(
    fake_slurm: FakeSlurm, ask: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("slurmrest_inetd.plugins.health.probes.ANSWER_SECONDS", 0.2)
    fake_slurm.say(LICENSES, seconds=5)
    assert ask("/readyz", identity=NOBODY).status == 503
