"""The few keys of slurm.conf that this program looks at.

Law: it is read as the service's own uid, and a file that cannot be read says nothing: Slurm's commands read it for
themselves and tell what is wrong with it. Nothing raises here. Called by auth/keys.py, security
and slurm/release.py.

The format is slurm.conf(5)'s, and where that is silent what slurmctld 24.11 and 26.05 do: one key a line, the last
value counts, a value stands as it is or in quotes, ``#`` ends a line even inside quotes unless a backslash stands
before it, a line that ends in a backslash goes on in the next one, an Include is read where it stands.
"""

import os
import re
from collections.abc import Iterator

from slurmrest_inetd.settings import Settings

# Where Slurm's commands look without SLURM_CONF: Debian's place, a configless client's copy, the place of a build
# without --sysconfdir.
DEFAULT_PATHS = ("/etc/slurm/slurm.conf", "/run/slurm/conf/slurm.conf", "/usr/local/etc/slurm.conf")
MAX_FILES = 64
MAX_FILE_BYTES = 16 * 1024 * 1024

# fmt: off
KEYS = (
    "accountingstoragetype",    # meta.plugin.accounting_storage
    "authaltparameters",        # the keys that verify tokens, the claim that names the user
    "clustername",              # meta.slurm.cluster; %c in an Include
    "slurmuser",                # who this program must not be
)
# fmt: on
WANTED = re.compile(rf"^[^\S\n]*(?:include\s|(?:{'|'.join(KEYS)})[^\S\n]*=).*", re.IGNORECASE | re.MULTILINE)
INCLUDE = re.compile(r"\s*include\s+(\S+)", re.IGNORECASE)
COMMENT = re.compile(r"(?<!\\)#.*")
ESCAPED = re.compile(r"\\(.)")


def read_configuration(settings: Settings) -> dict[str, str]:
    """Those of ``KEYS`` that slurm.conf has, and their values; empty where it cannot be read."""
    for path in (settings.slurm_conf,) if settings.slurm_conf else DEFAULT_PATHS:
        text = read_text(path)
        if text:
            return Reader(os.path.dirname(path)).read(text)
    return {}


def parse_parameters(value: str) -> dict[str, str]:
    """``a=1,b,c=2``, the value of a key such as AuthAltParameters, by name. A name's case counts, as to Slurm."""
    parameters = {}
    for word in value.split(","):
        name, _, parameter = word.partition("=")
        parameters[name] = parameter
    return parameters


class Reader:
    """Reads one slurm.conf and what it includes. Relative paths are those of slurm.conf's own ``folder``."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.files_left = MAX_FILES
        self.values: dict[str, str] = {}

    def read(self, text: str) -> dict[str, str]:
        """All values known after ``text``, which is one file's."""
        for line in join_lines(text):
            if include := INCLUDE.match(line):
                self.include(include[1])
                continue
            key, equals, value = line.partition("=")
            if equals and key.strip().lower() in KEYS:
                self.values[key.strip().lower()] = value.strip().strip('"')
        return self.values

    def include(self, name: str) -> None:
        """Read the file ``name``; ``%c`` in it is the cluster's name."""
        if self.files_left:
            self.files_left -= 1
            path = name.replace("%c", self.values.get("clustername", ""))
            self.read(read_text(os.path.join(self.folder, path)))


def join_lines(text: str) -> Iterator[str]:
    """The lines of ``text`` that matter, without comments and backslashes, continued ones joined to what they continue.

    A large site has thousands of lines, each request pays for each, and hardly any is wanted; but where there are
    backslashes, any line may be the continuation of another.
    """
    begun = ""
    for raw in text.split("\n") if "\\" in text else WANTED.findall(text):
        line = begun + COMMENT.sub("", raw).rstrip()
        if line.endswith("\\") and not line.endswith("\\\\"):
            begun = line[:-1]
            continue
        begun = ""
        yield ESCAPED.sub(r"\1", line)
    yield ESCAPED.sub(r"\1", begun)


def read_text(path: str) -> str:
    """The text of a regular file, "" when it cannot be read."""
    try:
        # a FIFO in its place must not hold the exchange up
        with open(path, "rb", opener=lambda name, flags: os.open(name, flags | os.O_NONBLOCK)) as file:
            return file.read(MAX_FILE_BYTES).decode("utf-8", "replace")
    except (OSError, ValueError):
        return ""
