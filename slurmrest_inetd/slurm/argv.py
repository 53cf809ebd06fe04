"""Options as one element of an argv each, and the words within them.

Law: a client's value stands behind ``--OPTION=`` in the same element and can be nothing else; a separator of the
option's own grammar cannot come from a value that is not to hold it. Called by the rooms that put commands together.
"""

import re

from slurmrest_inetd.slurm.values import INFINITE, INVALID_DATA, Infinite, Unusable, show_value

# a generic resource: gres/gpu, gres/gpu:tesla:2, gres:gpu:1, gres/gpu=1
GRES = re.compile(r"gres[/:](?P<name>[A-Za-z0-9_.-]+)(?P<rest>(?::[A-Za-z0-9_.-]+)*)(?:=(?P<count>[0-9]+[KMGTP]?))?")
TRES = re.compile(r"(?:cpu|mem|node|energy|license/[A-Za-z0-9_.@-]+|bb/[A-Za-z0-9_.-]+)[=:][0-9]+[KMGTP]?")
NODE_COUNT = re.compile(r"[0-9]+[kKmM]?(?:-[0-9]+[kKmM]?)?(?:[:,][0-9-]+)*")
SECONDS_A_DAY = 86400


def format_option(option: str, value: str | int) -> str:
    """``--OPTION=VALUE``."""
    return f"--{option}={value}"


def format_minutes(minutes: int | Infinite) -> str:
    """Minutes as --time takes them."""
    return "UNLIMITED" if minutes is INFINITE else str(minutes)


def format_seconds(seconds: int) -> str:
    """Seconds as ``D-HH:MM:SS``."""
    days, rest = divmod(seconds, SECONDS_A_DAY)
    return f"{days}-{rest // 3600:02}:{rest // 60 % 60:02}:{rest % 60:02}"


def format_nodes(nodes: list[str]) -> str:
    """Node names for --nodelist and --exclude. Raises Unusable for ``/``: sbatch would read a file of that name."""
    for node in nodes:
        if "/" in node:
            raise Unusable(f"{show_value(node)} is no node's name", (2018, "Invalid node name specified"))
    return ",".join(nodes)


def check_node_count(text: str) -> str:
    """``2``, ``1-4``, ``1,3,5``, ``2-8:2``. Raises Unusable."""
    if not NODE_COUNT.fullmatch(text):
        raise Unusable(f"Unknown format: {show_value(text)}")
    return text


def format_gres(text: str) -> str:
    """``gres/gpu:tesla:2,gres/fpga`` as --gres takes it: ``gpu:tesla:2,fpga``. Raises Unusable."""
    return ",".join(name + rest for name, rest in parse_gres(text))


def format_gpus(text: str) -> str:
    """``gres/gpu:tesla:2`` as the --gpus options take it: ``tesla:2``. Raises Unusable for what is no GPU."""
    members = parse_gres(text)
    for name, rest in members:
        if name != "gpu":
            raise Unusable(f"sbatch can ask for this only of gres/gpu, not of gres/{name}", INVALID_DATA)
        if not rest:
            raise Unusable(f"{show_value(text)} does not say how many", INVALID_DATA)
    return ",".join(rest[1:] for _, rest in members)


def parse_gres(text: str) -> list[tuple[str, str]]:
    """The generic resources of a list, each its name and what stands behind it (``:tesla:2``). Raises Unusable."""
    members = []
    for word in text.split(","):
        match = GRES.fullmatch(word.strip())
        if match is None:
            raise Unusable(
                f"{show_value(word)} is not of the form gres/NAME[:TYPE]:COUNT",
                (2115, "Invalid Trackable RESource (TRES) specification"),
            )
        count = f":{match['count']}" if match["count"] else ""
        members.append((match["name"], match["rest"] + count))
    return members


def format_tres(text: str) -> str:
    """``cpu=2,gres:gpu:1`` as --tres-per-task takes it. Raises Unusable."""
    words = []
    for word in text.split(","):
        if TRES.fullmatch(word.strip()):
            words.append(word.strip())
        else:
            words.extend(f"gres/{name}{rest}" for name, rest in parse_gres(word))
    return ",".join(words)
