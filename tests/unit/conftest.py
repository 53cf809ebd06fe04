"""What the unit tests share: Slurm's commands played from recordings, and a call made from a request's target.

Law: no test here needs a Slurm. A fake answers only what it was given, and an argv that nobody prepared fails loudly.
"""

import os
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, unquote

import pytest
from listening import COVERAGE
from playback import FakeSlurm

from slurmrest_inetd.envelope import NO_RELEASE, parse_json
from slurmrest_inetd.errors import ApiError
from slurmrest_inetd.model import Answer, Call, Identity, Request
from slurmrest_inetd.reply import format_reply
from slurmrest_inetd.routing import load_handler, resolve
from slurmrest_inetd.security import user_namespace
from slurmrest_inetd.settings import Settings
from slurmrest_inetd.slurm.data_parsers import LANDMARK

TOKEN = "header.claims.signature-of-alice"
ALICE = Identity("jwt", "alice", TOKEN)


@pytest.fixture(scope="session", autouse=True)
def cover_only_what_asks() -> None:
    """An interpreter that a test starts is not measured, which would cost it as much as a start and load modules: only
    where the test asks for it (listening.start_program).
    """
    COVERAGE.update({name: os.environ.pop(name) for name in list(os.environ) if name.startswith("COVERAGE_")})


@pytest.fixture
def fake_slurm(tmp_path: Path) -> FakeSlurm:
    """Slurm's commands, none of them there yet: ``fake_slurm.replay("24.11", "nodes")`` installs a recording."""
    return FakeSlurm(tmp_path / "slurm")


class Heard(NamedTuple):
    """What a client would hear: ``document`` is the body, parsed."""

    status: int
    document: dict[str, Any]
    headers: dict[str, str]


class Asker:
    """Asks the handlers as the exchange does, without a wire: ``ask("/slurm/v0.0.42/nodes?flags=ALL")``."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def __call__(
        self,
        target: str,
        method: str = "GET",
        *,
        body: bytes = b"",
        media: str = "json",
        identity: Identity = ALICE,
        headers: tuple[tuple[str, str], ...] = (),
    ) -> Heard:
        call = self.make_call(target, method, body=body, media=media, identity=identity, headers=headers)
        try:
            answer = load_handler(call.endpoint)(call)
        except ApiError as error:
            problems = [problem._asdict() for problem in error.problems]
            notices = [notice._asdict() for notice in error.warnings]
            return Heard(error.status, {**error.payload, "errors": problems, "warnings": notices}, dict(error.headers))
        if isinstance(answer, Answer) and answer.meta is None:
            answer = answer._replace(meta={"slurm": NO_RELEASE})
        reply = format_reply(call, answer)
        raw = reply.body if isinstance(reply.body, bytes) else b"".join(reply.body)
        document = parse_json(raw) if raw and media == "json" else {"raw": raw} if raw else {}
        return Heard(reply.status, document, dict(reply.headers))

    def make_call(
        self,
        target: str,
        method: str = "GET",
        *,
        body: bytes = b"",
        media: str = "json",
        identity: Identity = ALICE,
        headers: tuple[tuple[str, str], ...] = (),
    ) -> Call:
        """The call that a request for ``target`` becomes."""
        path, _, query = target.partition("?")
        segments = tuple(unquote(word) for word in path.split("/") if word)
        pairs = tuple(parse_qsl(query, keep_blank_values=True))
        request = Request(method, target, segments, pairs, headers, "1.1")
        route = resolve(method, segments, self.settings)
        return Call(request, *route, identity, self.settings, media, body)


@pytest.fixture
def ask(fake_slurm: FakeSlurm) -> Asker:
    """Ask the handlers, with ``fake_slurm`` as their Slurm."""
    return Asker(Settings(command_path=str(fake_slurm.folder)))


@pytest.fixture
def early_slurm(fake_slurm: FakeSlurm) -> FakeSlurm:
    """A Slurm without data_parser: its commands print no documents."""
    plugins = fake_slurm.folder.parent / "lib" / "slurm"
    plugins.mkdir(parents=True)
    (plugins / LANDMARK).touch()
    return fake_slurm


@pytest.fixture
def entered(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """As whom a user namespace would have been entered; nobody becomes anybody here."""
    ids: list[tuple[int, int]] = []
    monkeypatch.setattr(user_namespace, "enter_user_namespace", lambda uid, gid: ids.append((uid, gid)))
    return ids


@pytest.fixture
def old_slurm(early_slurm: FakeSlurm, entered: list[tuple[int, int]]) -> FakeSlurm:
    """The same, for what is submitted to it."""
    del entered
    return early_slurm
