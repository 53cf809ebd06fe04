"""slurmrestd's environment, word by word, and the words of its options that are not a table's.

What slurmrestd 24.11 and 26.05 do with each was asked of them.
"""

import pwd

import pytest

from slurmrest_inetd.environment import IDLE, NAMES
from slurmrest_inetd.option_values import LEVELS, OptionError
from slurmrest_inetd.options import OPTIONS, parse_options
from slurmrest_inetd.settings import Settings

# slurmrestd(8) of 22.05, 24.11 and 26.05; SLURM_JSON and SLURM_YAML are those of all Slurm's commands.
DOCUMENTED = {
    "ABORT_ON_FATAL", "SLURM_CONF", "SLURM_DEBUG", "SLURM_DEBUG_FLAGS", "SLURM_JWT", "SLURMRESTD_AUTH_TYPES", "SLURMRESTD_DATA_PARSER_PLUGINS",
    "SLURMRESTD_DEBUG", "SLURMRESTD_DEBUG_STDERR", "SLURMRESTD_DEBUG_SYSLOG", "SLURMRESTD_JSON", "SLURMRESTD_LISTEN",
    "SLURMRESTD_MAX_CONNECTIONS", "SLURMRESTD_OPENAPI_PLUGINS", "SLURMRESTD_RESPONSE_STATUS_CODES", "SLURMRESTD_SECURITY", "SLURMRESTD_YAML",
}  # fmt: skip
# Known, and not looked at: nobody's identity; a debugger's.
UNREAD = {"SLURM_JWT", "ABORT_ON_FATAL"}


def parse(*argv: str, **environ: str) -> Settings:
    settings, text = parse_options(list(argv), environ)
    assert text == ""
    return settings


def test_every_documented_variable_has_its_place() -> None:
    places = {row.variable for row in OPTIONS if row.variable} | set(NAMES) | set(IDLE) | UNREAD
    assert places == DOCUMENTED


def test_slurm_jwt_is_nobodys() -> None:
    assert parse(SLURM_JWT="daemon", ABORT_ON_FATAL="1") == Settings()


def test_names_that_somebody_else_made_are_let_be() -> None:
    """Kubernetes names a service's address so; SLURMRESTD_OPTIONS is the unit's to expand."""
    assert (
        parse(SLURMRESTD_PORT="tcp://10.0.0.1:6820", SLURMRESTD_SERVICE_HOST="x", SLURMRESTD_OPTIONS="-x") == Settings()
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("disable_user_check", ("disable_user_check",)),
        (
            "disable_unshare_files,,Disable_Unshare_SYSV, disable_unshare_files",
            ("disable_unshare_files", "disable_unshare_sysv"),
        ),
        ("", ()),
        (",", ()),
    ],
)
def test_security_words(text: str, words: tuple[str, ...]) -> None:
    assert parse(SLURMRESTD_SECURITY=text).security == words


def test_become_user_is_local_users_as_root() -> None:
    assert parse(SLURMRESTD_SECURITY="become_user").local_users
    assert parse("--local-users").local_users
    assert not parse().local_users


@pytest.mark.parametrize(
    ("environ", "verbosity"),
    [
        ({"SLURMRESTD_DEBUG": "quiet"}, 0),
        ({"SLURMRESTD_DEBUG": "Info"}, 0),
        ({"SLURMRESTD_DEBUG": "debug2"}, 3),
        ({"SLURM_DEBUG": "verbose"}, 1),
        ({"SLURM_DEBUG": "nope", "SLURMRESTD_DEBUG": "verbose"}, 1),
        ({"SLURMRESTD_DEBUG": "nope", "SLURMRESTD_DEBUG_SYSLOG": "debug"}, 2),
        ({"SLURMRESTD_DEBUG_STDERR": "5", "SLURMRESTD_DEBUG_SYSLOG": "9"}, 2),
    ],
)
def test_debug_levels_by_name(environ: dict[str, str], verbosity: int) -> None:
    assert parse(**environ).verbosity == verbosity


def test_levels_are_slurms() -> None:
    assert [parse(SLURMRESTD_DEBUG=str(number)).verbosity for number in range(10)] == [
        parse(SLURMRESTD_DEBUG=name).verbosity for name in LEVELS
    ]


@pytest.mark.parametrize(
    ("name", "value", "has_notice"),
    [
        ("SLURMRESTD_JSON", "pretty", False),
        ("SLURMRESTD_JSON", "compact", True),
        ("SLURMRESTD_JSON", "compact,pretty", True),
        ("SLURMRESTD_YAML", "no_tag", True),
        ("SLURMRESTD_YAML", "", False),
        ("SLURMRESTD_RESPONSE_STATUS_CODES", "200,default", True),
        ("SLURM_DEBUG_FLAGS", "NET", True),
    ],
)
def test_what_has_no_effect_is_said(name: str, value: str, has_notice: bool) -> None:
    notices = parse(**{name: value}).notices
    assert bool(notices) == has_notice
    assert all(f"{name}={value} has no effect" in notice for notice in notices)


@pytest.mark.parametrize(
    ("argv", "environ", "text"),
    [
        ([], {"SLURMRESTD_SECURITY": "nope"}, "SLURMRESTD_SECURITY: unexpected value 'nope'; there are become_user"),
        ([], {"SLURMRESTD_DEBUG": "nope"}, "SLURMRESTD_DEBUG: must be a number from 0 to 10 or one of quiet"),
        ([], {"SLURM_DEBUG": "nope"}, "SLURM_DEBUG: must be"),
        ([], {"SLURMRESTD_JSON": "nope"}, "SLURMRESTD_JSON: unexpected value 'nope'; there are compact, pretty"),
        ([], {"SLURMRESTD_DATA_PARSER_PLUGINS": "nope"}, "SLURMRESTD_DATA_PARSER_PLUGINS: unknown data_parser plugin"),
        ([], {"SLURMRESTD_MAX_CONNECTIONS": "0"}, "SLURMRESTD_MAX_CONNECTIONS: "),
        (["-u", "nosuchuser"], {}, "-u: no such user: 'nosuchuser'"),
        (["-g", "nosuchgroup"], {}, "-g: no such group: 'nosuchgroup'"),
        (["-u", "4294967295"], {}, "-u: no such user"),
        (["-u", "-1"], {}, "-u: no such user"),
        (["-u", "a\0b"], {}, "-u: no such user"),
        (["-g", "٣"], {}, "-g: no such group"),
        (["-d", "v0.0.42+nope"], {}, "-d: unknown data_parser flag 'nope'"),
        (["--local-users-allow", "root,nosuchuser"], {}, "--local-users-allow: no such user: 'nosuchuser'"),
        (["--memory-limit", "1"], {}, "--memory-limit: '1' is not a whole number of mebibytes from 64"),
        (["--cpu-limit", "1.5"], {}, "--cpu-limit: '1.5' is not a whole number"),
        (["--exchange-limit", "0"], {}, "--exchange-limit: '0' is not a whole number"),
    ],
)
def test_what_nobody_knows_is_named(argv: list[str], environ: dict[str, str], text: str) -> None:
    with pytest.raises(OptionError) as caught:
        parse_options(argv, environ)
    assert text in str(caught.value)


def test_users_and_groups_by_name_or_number() -> None:
    daemon = pwd.getpwnam("daemon")
    settings = parse("-u", "daemon", "-g", "daemon")
    assert (settings.user_id, settings.group_id) == (daemon.pw_uid, daemon.pw_gid)
    settings = parse("-u", "4000000000", "-g", "0")
    assert (settings.user_id, settings.group_id) == (4000000000, 0)
    assert parse("--local-users-allow", "root, daemon,root").local_users_allowed == ("root", "daemon")


def test_data_parsers_and_their_flags(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("slurmrest_inetd.slurm.release.ask_data_parsers", lambda _: [40, 42, 99])
    assert parse("-d", "v0.0.41+fast+prefer_refs,data_parser/v0.0.40").data_parsers == (41, 40)
    assert parse("-d", "latest").data_parsers == (42,)
    assert parse("-d", "latest,v0.0.42,v0.0.40").data_parsers == (42, 40)
    assert parse(SLURMRESTD_DATA_PARSER_PLUGINS="v0.0.41").data_parsers == (41,)
    monkeypatch.setattr("slurmrest_inetd.slurm.release.ask_data_parsers", lambda _: [])
    assert parse("-d", "latest").data_parsers == Settings().data_parsers[-1:]


def test_no_slurm_conf_at_all() -> None:
    assert parse("-f", "/dev/null").slurm_conf == "/dev/null"


def test_options_may_follow_an_address() -> None:
    """As in many a unit: slurmrestd 0.0.0.0:6820 -a rest_auth/jwt -vv."""
    settings = parse("127.0.0.1:6820", "-a", "rest_auth/jwt", "-vv")
    assert (settings.auth_types, settings.verbosity) == (("jwt",), 2)
