"""slurmrestd's environment, as its manual has it (slurmrestd(8), 22.05 to 26.05).

Law: a variable that an option says too stands in that option's row (options.py); the others are here. What a known one
holds and nobody knows is an error that names both. Other names that begin with SLURMRESTD_ are let be: Kubernetes puts
SLURMRESTD_PORT and its like there, and SLURMRESTD_OPTIONS is expanded by the unit, not read by the program. SLURM_JWT
is nobody's identity (the manual has sites set it to "daemon") and is not looked at. Called by options.py.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple, Protocol

from slurmrest_inetd.option_values import OptionError, parse_debug_level, parse_security, parse_words
from slurmrest_inetd.settings import Settings


class Row(Protocol):
    """An option that a variable says too: options.Option."""

    @property
    def variable(self) -> str: ...
    @property
    def setting(self) -> str: ...
    @property
    def parse(self) -> Callable[[str], Any]: ...


class Idle(NamedTuple):
    """A variable that is known and does nothing here: the words it may hold, those of them that ask for nothing, and
    why not.
    """

    words: tuple[str, ...]
    usual: tuple[str, ...]
    reason: str


# The first of these that is set counts: the log is one, on stderr or in syslog by what fd 2 is.
DEBUG = ("SLURMRESTD_DEBUG_STDERR", "SLURMRESTD_DEBUG_SYSLOG", "SLURMRESTD_DEBUG", "SLURM_DEBUG")
SECURITY = "SLURMRESTD_SECURITY"
LISTEN = "SLURMRESTD_LISTEN"
PASSED = "documents are passed on as Slurm's commands print them"
# fmt: off
IDLE = {
    "SLURMRESTD_JSON":                  Idle(("compact", "pretty"),            ("pretty",), PASSED),
    "SLURMRESTD_YAML":                  Idle(("compact", "no_tag", "pretty"),  ("pretty",), PASSED),
    "SLURMRESTD_RESPONSE_STATUS_CODES": Idle((),                               (),          "it names all there are"),
    "SLURM_DEBUG_FLAGS":                Idle((),                               (),          "its code is not in here"),
}
# fmt: on
NAMES = (LISTEN, SECURITY, *DEBUG)


def parse_environment(environ: Mapping[str, str], rows: Iterable[Row]) -> Settings:
    """The settings that the documented variables make. Raises OptionError."""
    settings = Settings()
    for row in rows:
        if text := environ.get(row.variable, "") if row.variable else "":
            settings = settings._replace(**{row.setting: read_variable(row.variable, row.parse, text)})
    settings = settings._replace(listen=parse_words(environ.get(LISTEN, "")))
    if text := environ.get(SECURITY, ""):
        settings = settings._replace(security=read_variable(SECURITY, parse_security, text))
    debug = next((name for name in DEBUG if environ.get(name)), "")
    if debug:
        settings = settings._replace(verbosity=read_variable(debug, parse_debug_level, environ[debug]))
    return settings._replace(notices=tuple(find_notices(environ)))


def read_variable(name: str, parse: Callable[[str], Any], text: str) -> Any:
    """What ``parse`` makes of the variable's text. Raises OptionError, with the variable's name."""
    try:
        return parse(text)
    except OptionError as error:
        raise OptionError(f"{name}: {error}") from None


def find_notices(environ: Mapping[str, str]) -> Iterable[str]:
    """A line for each variable that is set and does nothing here. Raises OptionError for words that there are not."""
    for name, idle in IDLE.items():
        words = [word.strip() for word in environ.get(name, "").split(",") if word.strip()]
        for word in words:
            if idle.words and word not in idle.words:
                raise OptionError(f"{name}: unexpected value {word!r}; there are {', '.join(idle.words)}")
        if not set(words) <= set(idle.usual):
            yield f"{name}={','.join(words)} has no effect: {idle.reason}"
