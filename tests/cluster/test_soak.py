"""A minute of load on the program in a cluster: nothing lost, mixed up or left behind. `make soak` is the whole of it."""

from pathlib import Path

from conftest import get_cluster
from soak.load import soak
from soak.service import serve_in


def test_a_minute_of_load(tmp_path: Path) -> None:
    with serve_in(get_cluster("24.11"), tmp_path) as service:
        assert soak(*service, connections=200, clients=20, seconds=30) == []
