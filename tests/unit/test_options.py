"""Options and environment: slurmrestd's names, clear errors, nothing of a token."""

from pathlib import Path

import pytest
from playback import FakeSlurm

from slurmrest_inetd import __version__
from slurmrest_inetd.options import OPTIONS, OptionError, parse_options
from slurmrest_inetd.settings import Settings


def parse(*argv: str, **environ: str) -> Settings:
    settings, text = parse_options(list(argv), environ)
    assert text == ""
    return settings


def test_nothing_said_is_the_default() -> None:
    assert parse() == Settings()
    assert parse(SLURM_JWT="daemon", PATH="/x") == Settings()


@pytest.mark.parametrize(
    ("argv", "setting", "value"),
    [
        (["-a", "rest_auth/jwt"], "auth_types", ("jwt",)),
        (["-a", "local,jwt,jwt"], "auth_types", ("local", "jwt")),
        (["-s", "openapi/slurmdbd"], "openapi_plugins", ("slurmdbd",)),
        (["-s", "openapi/v0.0.38,dbv0.0.38"], "openapi_plugins", ("v0.0.38", "dbv0.0.38")),
        (["-d", "v0.0.42,data_parser/v0.0.41+prefer_refs"], "data_parsers", (42, 41)),
        (["-v", "-vv"], "verbosity", 3),
        (["--command-timeout", "1.5"], "command_timeout_seconds", 1.5),
        (["--read-timeout=9"], "read_timeout_seconds", 9.0),
        (["--user-claim-field", "preferred_username"], "user_claim_field", "preferred_username"),
    ],
)
def test_options(argv: list[str], setting: str, value: object) -> None:
    assert getattr(parse(*argv), setting) == value


def test_files_must_be_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "slurm.conf").write_text("ClusterName=c\n")
    monkeypatch.chdir(tmp_path)
    assert parse("-f", "slurm.conf").slurm_conf == str(tmp_path / "slurm.conf")
    assert parse("--jwt-key", "slurm.conf").jwt_key == str(tmp_path / "slurm.conf")
    for argv in (["-f", "none"], ["--jwks", "none"], ["--jwt-key", str(tmp_path)]):
        with pytest.raises(OptionError, match="no such file"):
            parse(*argv)


def test_an_option_wins_over_its_variable(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.touch()
    two.touch()
    assert parse(SLURM_CONF=str(one)).slurm_conf == str(one)
    assert parse("-f", str(two), SLURM_CONF=str(one)).slurm_conf == str(two)
    assert parse(SLURMRESTD_AUTH_TYPES="rest_auth/local").auth_types == ("local",)
    assert parse("-a", "jwt", SLURMRESTD_AUTH_TYPES="local").auth_types == ("jwt",)
    assert parse(SLURMRESTD_OPENAPI_PLUGINS="util").openapi_plugins == ("util",)


def test_debug_levels() -> None:
    assert [parse(SLURMRESTD_DEBUG=str(level)).verbosity for level in (0, 3, 4, 10)] == [0, 0, 1, 7]
    assert parse("-v", SLURMRESTD_DEBUG="4").verbosity == 2


@pytest.mark.parametrize(
    ("argv", "environ", "text"),
    [
        (["-x"], {}, "option -x not recognized"),
        (["--nope"], {}, "option --nope not recognized"),
        (["-a"], {}, "option -a requires argument"),
        (["-a", "rest_auth/munge"], {}, "'munge'; there are jwt, local"),
        (["-a", ","], {}, "no rest_auth plugin named"),
        (["-s", "openapi/v0.0.39"], {}, "'v0.0.39'; there are slurmctld, slurmdbd, util, v0.0.36"),
        (
            ["-s", "v0.0.38,dbv0.0.37", "-d", "v0.0.42,v0.0.36"],
            {},
            "-s v0.0.38,dbv0.0.37: no plugin of these serves what -d has, v0.0.42, v0.0.36",
        ),
        (["-d", "v0.0.1"], {}, "'v0.0.1'; there are latest, v0.0.36"),
        (["-d", "42"], {}, "'42'"),
        (["--command-timeout", "0"], {}, "number of seconds"),
        (["--command-timeout", "nan"], {}, "number of seconds"),
        (["--read-timeout", "soon"], {}, "number of seconds"),
        (["--user-claim-field", "a b"], {}, "not a name"),
        ([], {"SLURMRESTD_DEBUG": "11"}, "SLURMRESTD_DEBUG: must be a number from 0 to 10 or one of quiet"),
        ([], {"SLURMRESTD_AUTH_TYPES": "none"}, "SLURMRESTD_AUTH_TYPES: unknown"),
        ([], {"SLURM_CONF": "/nowhere"}, "SLURM_CONF: no such file"),
    ],
)
def test_what_is_wrong_is_named(argv: list[str], environ: dict[str, str], text: str) -> None:
    with pytest.raises(OptionError) as caught:
        parse_options(argv, environ)
    assert text in str(caught.value)


def test_help_has_every_row() -> None:
    for word in ("-h", "--help"):
        _, text = parse_options([word], {})
        assert all(f"-{row.short} {row.value}" in text or f"--{row.long} {row.value}" in text for row in OPTIONS)
        assert all(row.help in text for row in OPTIONS)
        assert all(row.variable in text for row in OPTIONS)


def test_lists() -> None:
    assert (
        parse_options(["-a", "list"], {})[1]
        == "Possible REST authentication plugins:\nrest_auth/jwt\nrest_auth/local\n"
    )
    listed = parse_options(["-s", "list"], {})[1].splitlines()
    assert listed[1:5] == ["openapi/slurmctld", "openapi/slurmdbd", "openapi/util", "openapi/v0.0.36"]
    assert set(listed) > {"openapi/v0.0.38", "openapi/dbv0.0.38"}


def test_what_slurm_speaks_is_asked_of_slurm(fake_slurm: FakeSlurm) -> None:
    folder = fake_slurm.folder
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in (
        ("squeue", "Possible data_parser plugins:\\ndata_parser/v0.0.42\\ndata_parser/v0.0.40\\n"),
        ("scontrol", "slurm-wlm 24.11.5\\n"),
    ):
        (folder / name).write_text(f"#!/bin/sh\nprintf '{text}'\n")
        (folder / name).chmod(0o755)
    from slurmrest_inetd import options

    settings = Settings(command_path=f"{folder}:/usr/bin:/bin")
    assert (
        options.format_list("-d", settings)
        == "Possible data_parser plugins:\ndata_parser/v0.0.40\ndata_parser/v0.0.42\n"
    )
    assert options.format_version(settings) == f"slurmrest-inetd {__version__} (slurm 24.11.5)\n"


def test_without_slurm_the_version_says_so() -> None:
    from slurmrest_inetd import options

    assert (
        options.format_version(Settings(command_path="/nowhere"))
        == f"slurmrest-inetd {__version__} (no Slurm commands found)\n"
    )
    assert options.format_list("-d", Settings(command_path="/nowhere")) == "Possible data_parser plugins:\n"


def test_a_slurm_without_data_parser_has_versions_too(fake_slurm: FakeSlurm, monkeypatch: pytest.MonkeyPatch) -> None:
    from slurmrest_inetd import options

    fake_slurm.say(["squeue", "--json=list"], b"", b"squeue: error: option does not take an argument\n", 1)
    monkeypatch.setattr("slurmrest_inetd.slurm.release.find_newest", lambda _: 38)
    settings = Settings(command_path=str(fake_slurm.folder))
    assert options.format_list("-d", settings).split()[-3:] == [
        f"data_parser/v0.0.{version}" for version in (36, 37, 38)
    ]
