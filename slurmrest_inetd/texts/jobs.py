"""The controller's jobs: squeue prints these as JSON.

Law: pure but for what it asks. Called through sources.py.
"""

from typing import Any

from slurmrest_inetd.texts.asking import Ask


def build_jobs(ask: Ask) -> dict[str, Any]:
    """``squeue --json``, with the options that were asked for."""
    return {"jobs": ask.print_json(ask.argv[0], "--json", *ask.argv[1:])["jobs"]}
