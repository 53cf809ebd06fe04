"""The tests that need no Slurm, run again by each release's own Python: 3.11, 3.13 and 3.14."""

import os
import shutil
import tomllib

import pytest
from clusters import TREE, Cluster, lab

VENV = "/opt/unit-tests"
WHERE = "/tmp/unit-tests"
# What systemd makes of the units is the same in any Python.
NOT_PYTHONS = "--deselect tests/unit/test_units.py"


@pytest.mark.timeout(900)
def test_the_unit_tests_pass_there(any_cluster: Cluster) -> None:
    project = tomllib.loads((TREE / "pyproject.toml").read_text())["project"]
    wanted = [
        name
        for name in project["optional-dependencies"]["dev"]
        if not name.startswith(("ruff", "mypy", "import-linter"))
    ]
    lab("pip", any_cluster.release, VENV, "install", "-qq", *project["dependencies"], *wanted)
    copy = any_cluster.root / WHERE[1:]
    shutil.rmtree(copy, ignore_errors=True)
    for name in ("slurmrest_inetd", "tests", "dev", "docs"):
        shutil.copytree(TREE / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(TREE / "pyproject.toml", copy)
    command = f"cd {WHERE} && exec {VENV}/bin/python -B -m pytest tests/unit -q -n 2 -p no:cacheprovider -o pythonpath='tests/lab .' {NOT_PYTHONS}"
    environment = {
        "HYPOTHESIS_STORAGE_DIRECTORY": "/tmp/hypothesis",
        "PYTHONPATH": WHERE,
        "CI": os.environ.get("CI", ""),
    }
    # as root, who alone can become others
    done = any_cluster.run(["sh", "-c", command], user="root", timeout=600, env=environment)
    assert done.returncode == 0, done.stdout.decode()[-5000:]
