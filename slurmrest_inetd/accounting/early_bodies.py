"""Bodies of v0.0.36 to 38, where they say otherwise what later ones say: spelled as those.

Law: JSON in, JSON out; of the properties the tables of fields/ tell all versions. Measured with slurmrestd 22.05.8
(docs/facts/dbd-writes.md): some members are written in capitals, and a limit is a plain number, null where there is
none. Called by the rooms that read such bodies.
"""

from collections.abc import Mapping
from typing import Any

from slurmrest_inetd.body.properties import Property
from slurmrest_inetd.model import LAST_EARLY

# what its own documents and its program do not spell alike
CAPITALS = {"QOS": "qos", "TRES": "tres"}
LIMITS = ("limit", "minutes", "seconds")
# null is what a GET shows; the others Slurm's own "infinite"
NO_LIMIT = (None, -1, 0xFFFFFFFF)
INFINITE = {"set": True, "infinite": True, "number": 0}


def spell_names(given: dict[str, Any], version: int) -> dict[str, Any]:
    """``given`` with the later names of its members; a member that is there under both keeps both."""
    if version > LAST_EARLY:
        return given
    return {name if (later := CAPITALS.get(name, name)) in given else later: value for name, value in given.items()}


def spell_entry(entry: dict[str, Any], rows: Mapping[str, Property], version: int) -> dict[str, Any]:
    """``entry`` with the later names of its members, its limits told as later."""
    if version > LAST_EARLY:
        return entry
    return spell_limits(spell_names(entry, version), {name for name, row in rows.items() if row.kind in LIMITS})


def spell_limits(given: dict[str, Any], places: set[str]) -> dict[str, Any]:
    """``given`` with "no limit" at those of ``places`` (``max/jobs/total``) that say so."""
    made = {}
    for name, value in given.items():
        within = {place.removeprefix(f"{name}/") for place in places if place.startswith(f"{name}/")}
        if isinstance(value, dict) and within:
            made[name] = spell_limits(value, within)
        else:
            made[name] = INFINITE if name in places and is_no_limit(value) else value
    return made


def is_no_limit(value: Any) -> bool:
    """Whether a member of such a body says that there is no limit."""
    return value is None or (type(value) is int and value in NO_LIMIT)
