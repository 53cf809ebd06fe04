"""Leaving for want of connections loses none: a small cut of `make soak`'s trickle."""

from pathlib import Path

from soak.trickle import run_trickle


def test_no_connection_is_lost_by_leaving(tmp_path: Path) -> None:
    with (tmp_path / "log").open("w+b") as log:
        starts, lost = run_trickle(80, log.fileno())
        assert lost == []
        assert starts > 1
        log.seek(0)
        assert log.read().count(b" 401 ") == 80
