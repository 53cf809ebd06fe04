"""The command line and the environment, as rows: slurmrestd's names first, ours after them.

Law: data and its parsers; nothing is opened, nothing is run but Slurm's --version for -V and --json=list for ``-d
list``. What is unknown is an error that names it. Loaded by cli.py only when there is anything to read.
"""

import getopt
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from slurmrest_inetd import __version__
from slurmrest_inetd.errors import StartError
from slurmrest_inetd.settings import Settings

MAX_SECONDS = 86400.0


class OptionError(StartError):
    """An option or a variable that cannot be used; the text says which, and what would do."""


class Option(NamedTuple):
    """One option: how it is given, the setting it becomes, who reads its value, the variable that says the same."""

    short: str
    long: str
    value: str
    setting: str
    parse: Callable[[str], Any]
    variable: str
    help: str


def parse_names(known: tuple[str, ...], prefix: str) -> Callable[[str], tuple[str, ...]]:
    """A reader of comma separated names out of ``known``, each with or without ``prefix/``."""

    def parse(text: str) -> tuple[str, ...]:
        names = [word.strip().removeprefix(f"{prefix}/") for word in text.split(",") if word.strip()]
        for name in names:
            if name not in known:
                raise OptionError(f"unknown {prefix} plugin {name!r}; there are {', '.join(known)}")
        if not names:
            raise OptionError(f"no {prefix} plugin named; there are {', '.join(known)}")
        return tuple(dict.fromkeys(names))

    return parse


def parse_data_parsers(text: str) -> tuple[int, ...]:
    """``v0.0.42,data_parser/v0.0.41`` -> (42, 41); flags behind a ``+`` (``+prefer_refs``) shape documents we do not
    make.
    """
    versions = []
    for word in text.split(","):
        name = word.strip().removeprefix("data_parser/").partition("+")[0]
        digits = name.removeprefix("v0.0.")
        if digits == name or not digits.isdecimal() or int(digits) not in Settings().data_parsers:
            served = ", ".join(f"v0.0.{version}" for version in Settings().data_parsers)
            raise OptionError(f"unknown data_parser plugin {word.strip()!r}; there are {served}")
        versions.append(int(digits))
    return tuple(dict.fromkeys(versions))


def parse_debug_level(text: str) -> int:
    """SLURMRESTD_DEBUG: a level from 0 to 10; 4 and more say more than the one line an exchange."""
    if not text.isdecimal() or int(text) > 10:
        raise OptionError(f"SLURMRESTD_DEBUG must be a number from 0 to 10, not {text!r}")
    return max(0, int(text) - 3)


def parse_path(text: str) -> str:
    """An absolute or relative path of a file that is there."""
    import os

    if not os.path.isfile(text):
        raise OptionError(f"no such file: {text}")
    return os.path.abspath(text)


def parse_seconds(text: str) -> float:
    """A time above zero, up to a day."""
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= MAX_SECONDS:
        raise OptionError(f"{text!r} is not a number of seconds above 0 and up to {MAX_SECONDS:.0f}")
    return seconds


def parse_word(text: str) -> str:
    """A name."""
    if not text.isidentifier():
        raise OptionError(f"{text!r} is not a name")
    return text


DEFAULTS = Settings()
PARSE_AUTH = parse_names(DEFAULTS.auth_types, "rest_auth")
PARSE_OPENAPI = parse_names(DEFAULTS.openapi_plugins, "openapi")

# fmt: off
OPTIONS = (
    Option("a", "",                 "LIST",    "auth_types",              PARSE_AUTH,         "SLURMRESTD_AUTH_TYPES",      "authentication types to accept: rest_auth/jwt, rest_auth/local; 'list' shows them"),
    Option("s", "",                 "LIST",    "openapi_plugins",         PARSE_OPENAPI,      "SLURMRESTD_OPENAPI_PLUGINS", "OpenAPI plugins to serve: slurmctld, slurmdbd, util; 'list' shows them"),
    Option("d", "",                 "LIST",    "data_parsers",            parse_data_parsers, "",                           "API versions to serve, such as v0.0.42; 'list' shows those of this Slurm"),
    Option("f", "",                 "FILE",    "slurm_conf",              parse_path,         "SLURM_CONF",                 "slurm.conf to use"),
    Option("",  "jwt-key",          "FILE",    "jwt_key",                 parse_path,         "",                           "verify HS256 tokens here with this key (default: jwt_key= of AuthAltParameters, where readable)"),
    Option("",  "jwks",             "FILE",    "jwks",                    parse_path,         "",                           "verify RS256 tokens here with this JWKS file (needs the extra 'crypto')"),
    Option("",  "user-claim-field", "NAME",    "user_claim_field",        parse_word,         "",                           "the claim that names the user (default: sun)"),
    Option("",  "command-timeout",  "SECONDS", "command_timeout_seconds", parse_seconds,      "",                           "stop a Slurm command after this time (default: 120)"),
    Option("",  "read-timeout",     "SECONDS", "read_timeout_seconds",    parse_seconds,      "",                           "give a client this time to send its request (default: 30)"),
)
# fmt: on
FLAGS = (
    ("v", "", "more in the log; may be repeated"),
    ("h", "help", "print this help"),
    ("V", "version", "print the version"),
)
USAGE = (
    "Usage: slurmrest-inetd [OPTIONS] < request\n\nServes one HTTP request on standard input, as slurmrestd does.\n\n"
)


def parse_options(argv: list[str], environ: Mapping[str, str]) -> tuple[Settings, str]:
    """The settings that options and environment make (an option wins), and the text to print instead of serving.

    Raises OptionError.
    """
    settings = parse_environment(environ)
    letters = "".join(row.short + ":" for row in OPTIONS if row.short) + "".join(row[0] for row in FLAGS)
    words = [row.long + "=" for row in OPTIONS if row.long] + [row[1] for row in FLAGS if row[1]]
    try:
        given, rest = getopt.getopt(argv, letters, words)
    except getopt.GetoptError as error:
        raise OptionError(f"{error.msg}\nTry 'slurmrest-inetd --help'") from None
    if rest:
        raise OptionError(f"unexpected argument {rest[0]!r}\nTry 'slurmrest-inetd --help'")
    for name, value in given:
        if name in ("-h", "--help"):
            return settings, format_help()
        if name in ("-V", "--version"):
            return settings, format_version(settings)
        if name == "-v":
            settings = settings._replace(verbosity=settings.verbosity + 1)
        elif value == "list" and name in ("-a", "-s", "-d"):
            return settings, format_list(name, settings)
        else:
            row = next(row for row in OPTIONS if name in ("-" + row.short, "--" + row.long))
            settings = settings._replace(**{row.setting: row.parse(value)})
    return settings, ""


def parse_environment(environ: Mapping[str, str]) -> Settings:
    """The settings that the documented variables make. SLURM_JWT is nobody's identity and is not looked at. Raises
    OptionError.
    """
    settings = Settings()
    for row in OPTIONS:
        text = environ.get(row.variable, "") if row.variable else ""
        if text:
            try:
                settings = settings._replace(**{row.setting: row.parse(text)})
            except OptionError as error:
                raise OptionError(f"{row.variable}: {error}") from None
    debug = environ.get("SLURMRESTD_DEBUG", "")
    return settings._replace(verbosity=parse_debug_level(debug)) if debug else settings


def format_help() -> str:
    """The text of --help: every row of the tables."""
    lines = [f"  {name_option(row.short, row.long)} {row.value}".ljust(28) + row.help for row in OPTIONS]
    lines += [f"  {name_option(short, long)}".ljust(28) + text for short, long, text in FLAGS]
    names = [row.variable for row in OPTIONS if row.variable] + ["SLURMRESTD_DEBUG"]
    return USAGE + "\n".join(lines) + "\n\nEnvironment: " + ", ".join(names) + "\n"


def name_option(short: str, long: str) -> str:
    """How an option is written."""
    return ", ".join([f"-{short}"] * bool(short) + [f"--{long}"] * bool(long))


def format_version(settings: Settings) -> str:
    """Ours, and the release of the Slurm commands that are here."""
    from slurmrest_inetd.slurm.release import ask_release

    release = ask_release(settings)["release"]
    return f"slurmrest-inetd {__version__} ({f'slurm {release}' if release else 'no Slurm commands found'})\n"


def format_list(option: str, settings: Settings) -> str:
    """What ``-a list``, ``-s list`` and ``-d list`` print, as slurmrestd does."""
    if option == "-a":
        return "Possible REST authentication plugins:\n" + "".join(
            f"rest_auth/{name}\n" for name in DEFAULTS.auth_types
        )
    if option == "-s":
        return "Possible OpenAPI plugins:\n" + "".join(f"openapi/{name}\n" for name in DEFAULTS.openapi_plugins)
    from slurmrest_inetd.slurm.release import ask_data_parsers

    spoken = [version for version in ask_data_parsers(settings) if version in DEFAULTS.data_parsers]
    return "Possible data_parser plugins:\n" + "".join(f"data_parser/v0.0.{version}\n" for version in spoken)
