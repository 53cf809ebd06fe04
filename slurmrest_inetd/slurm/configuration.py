"""The few keys of slurm.conf that this program looks at.

Law: it is read as the service's own uid, and a file that cannot be read says nothing: Slurm's commands read it for themselves and
tell what is wrong with it. Called by auth and slurm/release.py.
"""

import os

from slurmrest_inetd.settings import Settings

DEFAULT_PATH = "/etc/slurm/slurm.conf"
MAX_INCLUDES = 16


def read_configuration(settings: Settings) -> dict[str, str]:
    """Keys (lower case) and values of slurm.conf's single-valued lines: slurm.conf(5). Empty where it cannot be read."""
    configuration: dict[str, str] = {}
    paths = [settings.slurm_conf or DEFAULT_PATH]
    for _ in range(MAX_INCLUDES):
        if not paths:
            break
        path = paths.pop(0)
        for key, value in parse_lines(read_text(path)):
            if key == "include":
                paths.append(os.path.join(os.path.dirname(path), value))
            else:
                configuration.setdefault(key, value)
    return configuration


def read_text(path: str) -> str:
    """The file's text, "" when it cannot be read."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return ""


def parse_lines(text: str) -> list[tuple[str, str]]:
    """(key, value) of each line; a line with several pairs (a node, a partition) gives its first, which nobody asks for."""
    pairs = []
    for line in text.replace("\\\n", "").splitlines():
        words = line.partition("#")[0].split(None, 1)
        if words and words[0].lower() == "include" and len(words) == 2:
            pairs.append(("include", words[1].strip()))
            continue
        key, equals, value = line.partition("#")[0].partition("=")
        if equals:
            pairs.append((key.strip().lower(), value.strip().strip('"')))
    return pairs
