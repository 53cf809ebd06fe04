"""TRES: ``sacctmgr show tres``.

Law: see columns.py. Called through sources.py.
"""

from typing import Any

from slurmrest_inetd.texts.asking import Ask
from slurmrest_inetd.texts.conditions import check_conditions
from slurmrest_inetd.texts.numbers import read_tres


def build_tres(ask: Ask) -> dict[str, Any]:
    """Every TRES."""
    return {"TRES": read_tres(ask, *check_conditions(ask))}
