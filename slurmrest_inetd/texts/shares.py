"""Shares: ``sshare``, whose columns are as wide as they were asked for (columns.py).

Law: sshare indents an account below its parent, and an account's users as if they were accounts in it. Of usage it
tells whole minutes. Called through sources.py.
"""

from typing import Any

from slurmrest_inetd.texts.asking import Ask
from slurmrest_inetd.texts.columns import Column, Row, read_columns
from slurmrest_inetd.versions.numbers import HIGHEST_DOUBLE, INFINITE_NUMBER, make_number

NO_LEVEL = float(0xFFFFFFFE)
COLUMNS = (
    Column("ID"), Column("Cluster", 64), Column("Account", 128), Column("User", 64), Column("Partition", 64),
    Column("RawShares"), Column("NormShares", 40), Column("RawUsage", 40), Column("NormUsage", 40),
    Column("EffectvUsage", 40), Column("FairShare", 40), Column("LevelFS", 400), Column("GrpTRESMins", 256),
    Column("GrpTRESRaw", 512), Column("TRESRunMins", 512),
)  # fmt: skip
SECONDS = 60
Number = dict[str, Any]


def build_shares(ask: Ask) -> dict[str, Any]:
    """The shares of the accounts and users that were asked for, else of all."""
    rows = read_columns(ask, (*ask.argv, "--noheader"), "--format=", COLUMNS)
    parents = find_parents(rows)
    shares = [build_share(row, parent) for row, parent in zip(rows, parents, strict=True)]
    return {"shares": {"shares": shares, "total_shares": 0}}


def find_parents(rows: list[Row]) -> list[str]:
    """The account that each row's account or user is in, by its indentation; "" for the first."""
    found = []
    above: list[str] = []
    for row in rows:
        name = row["Account"].lstrip(" ")
        depth = min(len(row["Account"]) - len(name), len(above))
        if row["User"]:
            found.append(name)
            continue
        found.append(above[depth - 1] if depth else "")
        above[depth:] = [name]
    return found


def build_share(row: Row, parent: str) -> dict[str, Any]:
    """One account's or one user's share as v0.0.40 has it."""
    # sshare has texts at the right of their columns, but for the tree of accounts
    user, partition = row["User"].lstrip(" "), row["Partition"].lstrip(" ")
    return {
        "id": int(row["ID"]),
        "cluster": row["Cluster"],
        "name": user or row["Account"].lstrip(" "),
        "parent": parent,
        "partition": partition,
        "shares_normalized": read_number(row["NormShares"], float),
        "shares": read_number(row["RawShares"], int),
        "tres": build_tres(row),
        "effective_usage": read_double(row["EffectvUsage"], 0.0),
        "usage_normalized": read_number(row["NormUsage"], float),
        "usage": int(row["RawUsage"] or 0),
        "fairshare": {
            "factor": read_double(row["FairShare"], 0.0),
            "level": read_double(row["LevelFS"], NO_LEVEL),
        },
        "type": ["USER" if user else "ASSOCIATION"],
    }


def build_tres(row: Row) -> dict[str, Any]:
    """What runs, what may run, what was used, of every TRES that accounting counts."""
    used, limits, running = (split_counts(row[name]) for name in ("GrpTRESRaw", "GrpTRESMins", "TRESRunMins"))
    return {
        "run_seconds": [{"name": name, "value": make_number(running.get(name, 0) * SECONDS)} for name in used],
        "group_minutes": [
            {"name": name, "value": make_number(limits[name]) if name in limits else dict(INFINITE_NUMBER)}
            for name in used
        ],
        "usage": [{"name": name, "value": float(count * SECONDS)} for name, count in used.items()],
    }


def split_counts(text: str) -> dict[str, int]:
    """``cpu=4,gres/gpu=1`` by name."""
    pairs = (part.rpartition("=") for part in text.split(",") if part)
    return {name: int(count) for name, _, count in pairs}


def read_double(text: str, unset: float) -> float:
    """``0.25``, ``inf``; ``unset`` for no text."""
    return min(float(text), HIGHEST_DOUBLE) if text else unset


def read_number(text: str, kind: type[int] | type[float]) -> Number:
    """A number that may be unset, or ``parent``."""
    return make_number(kind(text) if text[:1].isdecimal() else None)
