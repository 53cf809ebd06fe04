"""--distribution: how tasks are laid out, said by ``distribution`` and ``distribution_plane_size`` together.

Law: as joined.py. A plane's size alone asks for planes, and goes with no other layout, as with slurmrestd from
v0.0.41 on.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from slurmrest_inetd.body.misfit import Misfit
from slurmrest_inetd.slurm.argv import format_option
from slurmrest_inetd.slurm.values import HIGHEST_UINT16

NO_DISTRIBUTION = (2023, "Task distribution specification invalid")
# sbatch(1), --distribution
LAYOUT = r"(?:\*|block|cyclic|arbitrary)(?::(?:\*|block|f?cyclic)){0,2}(?:,(?:no)?pack)?"
PLANE = r"plane(?:=(?P<size>[0-9]{1,5}))?"
DISTRIBUTION = re.compile(rf"{LAYOUT}|(?P<plane>{PLANE})", re.ASCII | re.IGNORECASE)


def join_distribution(values: Mapping[str, Any]) -> Iterator[str]:
    """The option for what ``values`` say of it, none where they say nothing. Raises Misfit."""
    text, size = values.get("distribution"), values.get("distribution_plane_size")
    match = DISTRIBUTION.fullmatch(text or ("plane" if text is None else ""))
    if match is None:
        raise Misfit("distribution", "Invalid distribution specification", NO_DISTRIBUTION)
    if text is None and size is None:
        return
    if not match["plane"]:
        if size is not None:
            raise Misfit("distribution_plane_size", "It goes with no distribution but plane", NO_DISTRIBUTION)
        yield format_option("distribution", str(text))
        return
    told = int(match["size"]) if match["size"] else None
    if None not in (told, size) and told != size:
        raise Misfit("distribution_plane_size", f"It contradicts distribution, which is {text}", NO_DISTRIBUTION)
    plane = size if told is None else told
    if not isinstance(plane, int) or not 1 <= plane <= HIGHEST_UINT16:
        name = "distribution" if size is None else "distribution_plane_size"
        raise Misfit(name, f"A plane's size is a number from 1 to {HIGHEST_UINT16}", NO_DISTRIBUTION)
    yield format_option("distribution", f"plane={plane}")
