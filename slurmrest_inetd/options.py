"""The command line and the environment, as rows: slurmrestd's names first, ours after them.

Law: data and its parsers; nothing is opened, nothing is run but Slurm's --version for -V and --json=list for ``-d
list``. What is unknown is an error that names it. Loaded by cli.py only when there is anything to read.
"""

import getopt
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from slurmrest_inetd import __version__
from slurmrest_inetd.environment import NAMES, parse_environment
from slurmrest_inetd.option_values import (
    LATEST,
    OptionError,
    parse_configuration_path,
    parse_data_parsers,
    parse_group,
    parse_idle,
    parse_mode,
    parse_names,
    parse_owner,
    parse_path,
    parse_seconds,
    parse_user,
    parse_user_names,
    parse_whole,
    parse_word,
)
from slurmrest_inetd.settings import PLUGINS, VERSIONED_PLUGINS, Settings, list_plugins


class Option(NamedTuple):
    """One option: how it is given, the setting it becomes, who reads its value, the variable that says the same."""

    short: str
    long: str
    value: str
    setting: str
    parse: Callable[[str], Any]
    variable: str
    help: str


DEFAULTS = Settings()
PARSE_AUTH = parse_names(DEFAULTS.auth_types, "rest_auth")
PARSE_MEBIBYTES = parse_whole(64, 1 << 20, "mebibytes")
PARSE_COUNT = parse_whole(1, 65536, "them")
PARSE_LIMIT = parse_whole(1, 86400, "seconds")
PARSE_OPENAPI = parse_names((*PLUGINS, *VERSIONED_PLUGINS), "openapi")

# fmt: off
OPTIONS = (
    Option("a", "",                  "LIST",    "auth_types",              PARSE_AUTH,               "SLURMRESTD_AUTH_TYPES",          "authentication types to accept: rest_auth/jwt, rest_auth/local; 'list' shows them"),
    Option("s", "",                  "LIST",    "openapi_plugins",         PARSE_OPENAPI,            "SLURMRESTD_OPENAPI_PLUGINS",     "OpenAPI plugins to serve: slurmctld, slurmdbd, util, or for one API version those of slurmrestd 22.05, v0.0.38 and dbv0.0.38; 'list' shows them"),
    Option("d", "",                  "LIST",    "data_parsers",            parse_data_parsers,       "SLURMRESTD_DATA_PARSER_PLUGINS", "API versions to serve, such as v0.0.42; 'list' shows those of this Slurm"),
    Option("f", "",                  "FILE",    "slurm_conf",              parse_configuration_path, "SLURM_CONF",                     "slurm.conf to use"),
    Option("u", "",                  "USER",    "user_id",                 parse_user,               "",                               "become this user, name or uid, before a client is heard"),
    Option("g", "",                  "GROUP",   "group_id",                parse_group,              "",                               "become this group, name or gid; supplementary groups are dropped (default: the primary group of -u)"),
    Option("t", "",                  "COUNT",   "ready_workers",           PARSE_COUNT,              "",                               "workers that wait for connections (default: 4)"),
    Option("",  "max-connections",   "COUNT",   "max_connections",         PARSE_COUNT,              "SLURMRESTD_MAX_CONNECTIONS",     "connections that are served at a time; more wait (default: 124)"),
    Option("",  "idle",              "SECONDS", "idle_seconds",            parse_idle,               "",                               "leave after this time without a connection; 0 is never (default: 60 on sockets that a service manager opened, else 0)"),
    Option("",  "grace",             "SECONDS", "grace_seconds",           parse_seconds,            "",                               "when told to leave, give running exchanges this time (default: 30)"),
    Option("",  "socket-mode",       "MODE",    "socket_mode",             parse_mode,               "",                               "permissions of unix:/path (default: 0666, whoever reaches it)"),
    Option("",  "socket-owner",      "OWNER",   "socket_owner",            parse_owner,              "",                               "user:group of unix:/path"),
    Option("",  "certificate",       "FILE",    "certificate",             parse_path,               "",                               "serve TLS 1.3 with this certificate, in PEM: https:// only TLS, other sockets whoever asks for it"),
    Option("",  "key",               "FILE",    "certificate_key",         parse_path,               "",                               "the certificate's private key (default: in the same file)"),
    Option("",  "client-ca",         "FILE",    "client_ca",               parse_path,               "",                               "over TLS, serve only clients with a certificate of these authorities"),
    Option("",  "local-users-allow", "LIST",    "local_users_allowed",     parse_user_names,         "",                               "root or system users that --local-users serves, too"),
    Option("",  "memory-limit",      "MIB",     "memory_limit_mebibytes",  PARSE_MEBIBYTES,          "",                               "address space of a worker, and of each command (default: 8192)"),
    Option("",  "cpu-limit",         "SECONDS", "cpu_limit_seconds",       PARSE_LIMIT,              "",                               "processor time of a worker, and of each command (default: 600)"),
    Option("",  "exchange-limit",    "SECONDS", "exchange_limit_seconds",  PARSE_LIMIT,              "",                               "end a worker's exchange after this time (default: 3600)"),
    Option("",  "jwt-key",           "FILE",    "jwt_key",                 parse_path,               "",                               "verify HS256 tokens here with this key (default: jwt_key= of AuthAltParameters, where readable)"),
    Option("",  "jwks",              "FILE",    "jwks",                    parse_path,               "",                               "verify RS256 tokens here with this JWKS file (needs the extra 'crypto')"),
    Option("",  "user-claim-field",  "NAME",    "user_claim_field",        parse_word,               "",                               "the claim that names the user (default: sun)"),
    Option("",  "command-timeout",   "SECONDS", "command_timeout_seconds", parse_seconds,            "",                               "stop a Slurm command after this time (default: 120)"),
    Option("",  "read-timeout",      "SECONDS", "read_timeout_seconds",    parse_seconds,            "",                               "give a client this time to send its request (default: 30)"),
)
# fmt: on
FLAGS = (
    ("", "local-users", "on a UNIX socket, become the user at its other end; needs CAP_SETUID and CAP_SETGID"),
    ("v", "", "more in the log; may be repeated"),
    ("", "generate-openapi-spec", "print the OpenAPI document of what would be served, as JSON"),
    ("h", "help", "print this help"),
    ("V", "version", "print the version"),
    ("", "install-units", "put the files for systemd, xinetd and proxies where they belong, and say what is next"),
    ("", "force", "with --install-units: overwrite files that were changed, too"),
)
SPECIFICATION = "--generate-openapi-spec"
# With --install-units only; they are no settings.
INSTALLING = ("--install-units", "--prefix", "--force")
PREFIX = Option("", "prefix", "DIR", "", str, "", "with --install-units: put them below this folder")
USAGE = (
    "Usage: slurmrest-inetd [OPTIONS] < request\n"
    "       slurmrest-inetd [OPTIONS] [https://][HOST]:PORT|unix:/PATH ...\n\n"
    "Serves one HTTP request on standard input, or a connection there; or accepts connections, on a listening socket\n"
    "there, on those of systemd's socket units, or on sockets of its own.\n\n"
)


def parse_options(argv: list[str], environ: Mapping[str, str]) -> tuple[Settings, str]:
    """The settings that options and environment make (an option wins), and the text to print instead of serving.

    Raises OptionError.
    """
    settings = parse_environment(environ, OPTIONS)
    letters = "".join(row.short + ":" for row in OPTIONS if row.short) + "".join(row[0] for row in FLAGS)
    words = [row.long + "=" for row in (*OPTIONS, PREFIX) if row.long] + [row[1] for row in FLAGS if row[1]]
    try:
        given, rest = getopt.gnu_getopt(argv, letters, words)
    except getopt.GetoptError as error:
        raise OptionError(f"{error.msg}\nTry 'slurmrest-inetd --help'") from None
    if rest:
        settings = settings._replace(listen=tuple(dict.fromkeys((*settings.listen, *rest))))
    for name, value in given:
        if name in ("-h", "--help"):
            return settings, format_help()
        if name in ("-V", "--version"):
            return settings, format_version(settings)
        if name in INSTALLING:
            return settings, run_installation(dict(given))
        if name == SPECIFICATION:
            continue
        if name == "--local-users":
            settings = settings._replace(local_users=True)
        elif name == "-v":
            settings = settings._replace(verbosity=settings.verbosity + 1)
        elif value == "list" and name in ("-a", "-s", "-d"):
            return settings, format_list(name, settings)
        else:
            row = next(row for row in OPTIONS if name in ("-" + row.short, "--" + row.long))
            settings = settings._replace(**{row.setting: read_option(name, row, value)})
    settings = settle(settings)
    return settings, format_specification(settings) if (SPECIFICATION, "") in given else ""


def read_option(name: str, row: Option, text: str) -> Any:
    """What the option ``name`` becomes. Raises OptionError, with its name."""
    try:
        return row.parse(text)
    except OptionError as error:
        raise OptionError(f"{name}: {error}") from None


def settle(settings: Settings) -> Settings:
    """What only the whole tells: which version ``latest`` is, that -s and -d have something in common, and that
    become_user is --local-users as root. Raises OptionError.
    """
    if LATEST in settings.data_parsers:
        from slurmrest_inetd.slurm.release import ask_data_parsers

        spoken = [version for version in ask_data_parsers(settings) if version in DEFAULTS.data_parsers]
        newest = max(spoken, default=DEFAULTS.data_parsers[-1])
        versions = dict.fromkeys(newest if version == LATEST else version for version in settings.data_parsers)
        settings = settings._replace(data_parsers=tuple(versions))
    if not any(list_plugins(settings.openapi_plugins, version) for version in settings.data_parsers):
        chosen = ", ".join(f"v0.0.{version}" for version in settings.data_parsers)
        raise OptionError(f"-s {','.join(settings.openapi_plugins)}: no plugin of these serves what -d has, {chosen}")
    return settings._replace(local_users=settings.local_users or "become_user" in settings.security)


def format_help() -> str:
    """The text of --help: every row of the tables."""
    lines = [f"  {name_option(row.short, row.long)} {row.value}".ljust(28) + row.help for row in (*OPTIONS, PREFIX)]
    lines += [f"  {name_option(short, long)}".ljust(28) + text for short, long, text in FLAGS]
    names = [row.variable for row in OPTIONS if row.variable] + list(NAMES)
    return USAGE + "\n".join(lines) + "\n\nEnvironment: " + ", ".join(names) + "\n"


def run_installation(given: Mapping[str, str]) -> str:
    """What ``--install-units`` did; ``given`` is every option as it was given. Raises OptionError."""
    from slurmrest_inetd.installing import InstallError, install_units

    others = [name for name in given if name not in INSTALLING]
    if others or "--install-units" not in given:
        raise OptionError("--prefix DIR and --force go with --install-units, and nothing else does")
    try:
        return install_units(given.get("--prefix", ""), force="--force" in given)
    except InstallError as error:
        raise OptionError(str(error)) from None


def name_option(short: str, long: str) -> str:
    """How an option is written."""
    return ", ".join([f"-{short}"] * bool(short) + [f"--{long}"] * bool(long))


def format_version(settings: Settings) -> str:
    """Ours, and the release of the Slurm commands that are here."""
    from slurmrest_inetd.slurm.release import ask_release

    release = ask_release(settings)["release"]
    return f"slurmrest-inetd {__version__} ({f'slurm {release}' if release else 'no Slurm commands found'})\n"


def format_specification(settings: Settings) -> str:
    """The OpenAPI document of what ``settings`` serve, with the Slurm commands that are here."""
    from slurmrest_inetd.openapi.document import find_served, format_document, plan_document

    return format_document(plan_document(find_served(settings), "json")).decode()


def format_list(option: str, settings: Settings) -> str:
    """What ``-a list``, ``-s list`` and ``-d list`` print, as slurmrestd does."""
    if option == "-a":
        return "Possible REST authentication plugins:\n" + "".join(
            f"rest_auth/{name}\n" for name in DEFAULTS.auth_types
        )
    if option == "-s":
        return "Possible OpenAPI plugins:\n" + "".join(f"openapi/{name}\n" for name in (*PLUGINS, *VERSIONED_PLUGINS))
    from slurmrest_inetd.slurm.release import ask_data_parsers

    spoken = [version for version in ask_data_parsers(settings) if version in DEFAULTS.data_parsers]
    return "Possible data_parser plugins:\n" + "".join(f"data_parser/v0.0.{version}\n" for version in spoken)
