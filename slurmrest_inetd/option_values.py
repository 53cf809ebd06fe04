"""The values of options and variables, read: one function a kind.

Law: text in, a setting's value out, or an OptionError that says what would do. Nothing is opened or run. Loaded with
options.py, when there is anything to read.
"""

from collections.abc import Callable

from slurmrest_inetd.errors import StartError
from slurmrest_inetd.settings import Settings

MAX_SECONDS = 86400.0
MAX_ID = 2**32 - 2  # 2**32 - 1 is (uid_t) -1, "no change" to setresuid(2)
# -d latest: the newest that this Slurm speaks, to be asked of it.
LATEST = 0
# slurm.conf(5), SlurmctldDebug; what is above "info" says more than one line an exchange.
LEVELS = ("quiet", "fatal", "error", "info", "verbose", "debug", "debug2", "debug3", "debug4", "debug5")
MAX_LEVEL = 10
# slurmrestd(8); they shape specifications and checks that are not ours.
PARSER_FLAGS = ("fast", "prefer_refs", "minimize_refs", "inline_enums", "no_refs", "complex")
SECURITY_WORDS = ("become_user", "disable_unshare_files", "disable_unshare_sysv", "disable_user_check")


class OptionError(StartError):
    """An option or a variable that cannot be used; the text says which, and what would do."""


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
    """``v0.0.42,data_parser/v0.0.41`` -> (42, 41), ``latest`` -> (LATEST,); flags behind a ``+`` (``+prefer_refs``)
    shape documents we do not make.
    """
    versions = []
    for word in text.split(","):
        name, *flags = word.strip().removeprefix("data_parser/").split("+")
        for flag in flags:
            if flag not in PARSER_FLAGS:
                raise OptionError(f"unknown data_parser flag {flag!r}; there are {', '.join(PARSER_FLAGS)}")
        digits = name.removeprefix("v0.0.")
        if name == "latest":
            versions.append(LATEST)
        elif digits == name or not digits.isdecimal() or int(digits) not in Settings().data_parsers:
            served = ", ".join(f"v0.0.{version}" for version in Settings().data_parsers)
            raise OptionError(f"unknown data_parser plugin {word.strip()!r}; there are latest, {served}")
        else:
            versions.append(int(digits))
    return tuple(dict.fromkeys(versions))


def parse_debug_level(text: str) -> int:
    """SLURMRESTD_DEBUG, a number or a name of slurm.conf(5): how much more than one line an exchange the log says."""
    if text.lower() in LEVELS:
        level = LEVELS.index(text.lower())
    elif text.isdecimal() and int(text) <= MAX_LEVEL:
        level = int(text)
    else:
        raise OptionError(f"must be a number from 0 to {MAX_LEVEL} or one of {', '.join(LEVELS)}, not {text!r}")
    return max(0, level - LEVELS.index("info"))


def parse_security(text: str) -> tuple[str, ...]:
    """SLURMRESTD_SECURITY, in any case, as slurmrestd reads it."""
    words = [word.strip().lower() for word in text.split(",") if word.strip()]
    for word in words:
        if word not in SECURITY_WORDS:
            raise OptionError(f"unexpected value {word!r}; there are {', '.join(SECURITY_WORDS)}")
    return tuple(dict.fromkeys(words))


def parse_user(text: str) -> int:
    """The uid of a user's name, or a uid."""
    import pwd

    try:
        return pwd.getpwnam(text).pw_uid
    except (KeyError, ValueError):
        return parse_id(text, "user")


def parse_group(text: str) -> int:
    """The gid of a group's name, or a gid."""
    import grp

    try:
        return grp.getgrnam(text).gr_gid
    except (KeyError, ValueError):
        return parse_id(text, "group")


def parse_id(text: str, what: str) -> int:
    """A uid or gid, which ``what`` says."""
    if not (text.isascii() and text.isdecimal()) or int(text) > MAX_ID:
        raise OptionError(f"no such {what}: {text!r}")
    return int(text)


def parse_user_names(text: str) -> tuple[str, ...]:
    """Comma separated names of users that there are."""
    import pwd

    names = [word.strip() for word in text.split(",") if word.strip()]
    for name in names:
        try:
            pwd.getpwnam(name)
        except (KeyError, ValueError):
            raise OptionError(f"no such user: {name!r}") from None
    return tuple(dict.fromkeys(names))


def parse_path(text: str) -> str:
    """An absolute or relative path of a file that is there."""
    import os

    if not os.path.isfile(text):
        raise OptionError(f"no such file: {text}")
    return os.path.abspath(text)


def parse_configuration_path(text: str) -> str:
    """slurm.conf's path; /dev/null is slurmrestd(8)'s way to have none."""
    return text if text == "/dev/null" else parse_path(text)


def parse_seconds(text: str) -> float:
    """A time above zero, up to a day."""
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= MAX_SECONDS:
        raise OptionError(f"{text!r} is not a number of seconds above 0 and up to {MAX_SECONDS:.0f}")
    return seconds


def parse_whole(least: int, most: int, unit: str) -> Callable[[str], int]:
    """A reader of a whole number of ``unit`` from ``least`` to ``most``."""

    def parse(text: str) -> int:
        if not (text.isascii() and text.isdecimal()) or not least <= int(text) <= most:
            raise OptionError(f"{text!r} is not a whole number of {unit} from {least} to {most}")
        return int(text)

    return parse


def parse_words(text: str) -> tuple[str, ...]:
    """Comma separated words."""
    return tuple(word.strip() for word in text.split(",") if word.strip())


def parse_idle(text: str) -> float:
    """A time, or 0 for never."""
    return 0.0 if text == "0" else parse_seconds(text)


def parse_mode(text: str) -> int:
    """A socket's permission bits, octal."""
    if not text or not set(text) <= set("01234567") or int(text, 8) > 0o777:
        raise OptionError(f"{text!r} is not a mode such as 0660")
    return int(text, 8)


def parse_owner(text: str) -> tuple[int, int]:
    """``user``, ``user:group`` or ``:group`` -> uid and gid, -1 where it is not to change (chown(1))."""
    user, _, group = text.partition(":")
    if not user and not group:
        raise OptionError(f"{text!r} is not user:group")
    return (parse_user(user) if user else -1, parse_group(group) if group else -1)


def parse_word(text: str) -> str:
    """A name."""
    if not text.isidentifier():
        raise OptionError(f"{text!r} is not a name")
    return text
