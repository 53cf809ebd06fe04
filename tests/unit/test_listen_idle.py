"""Leaving for want of connections loses none: a small cut of `make soak`'s trickle."""

import os
import re
import subprocess
import sys
from pathlib import Path

TESTS = Path(__file__).parent.parent


def test_no_connection_is_lost_by_leaving() -> None:
    environ = {"PATH": os.environ["PATH"], "PYTHONPATH": f"{TESTS}/lab:{TESTS.parent}"}
    command = [sys.executable, "-m", "soak.run", "--trickle=80", "--connections=0"]
    said = subprocess.run(command, cwd=TESTS, env=environ, capture_output=True, text=True, check=False).stdout
    match = re.match(r"trickle: 80 connections, (\d+) starts, 0 lost\n", said)
    assert match, said
    assert int(match[1]) > 1
