#!/usr/bin/env python3
"""Make the manual page: docs/man/slurmrest-inetd.8, and the same as docs/manual.md.

Options come from the rows that the program reads them by (`slurmrest-inetd --help` prints the same), the rest is here.
tests/unit/test_manual.py holds that both files are what this makes.
"""

import re
import sys
from pathlib import Path
from typing import NamedTuple

TREE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TREE))

from slurmrest_inetd import __version__  # noqa: E402  the tree's own, not an installed one
from slurmrest_inetd.options import FLAGS, OPTIONS, PREFIX, name_option  # noqa: E402  likewise

PAGE, MARKDOWN = TREE / "docs" / "man" / "slurmrest-inetd.8", TREE / "docs" / "manual.md"


class Entry(NamedTuple):
    """A term and what is to be said of it."""

    term: str
    text: str


SYNOPSIS = (
    "slurmrest-inetd [OPTIONS] < request",
    "slurmrest-inetd [OPTIONS] [https://][HOST]:PORT|unix:/PATH ...",
)
DESCRIPTION = (
    "slurmrest-inetd serves the REST API that slurmrestd(8) documents. It reads one HTTP/1.1 request, runs the Slurm command that "
    "answers it as the client who asks, writes the answer and is gone. Slurm itself decides what a client may do.",
    "What it is started with decides how it serves. The exchange is the same in every mode.",
)
# fmt: off
MODES = (
    Entry("A pipe or a file on standard input", "One exchange on standard input and output."),
    Entry("A connection on standard input",     "xinetd with wait = no, systemd with Accept=yes: one exchange on it."),
    Entry("A listening socket",                 "xinetd with wait = yes on standard input, systemd with Accept=no by LISTEN_FDS: workers that wait there each serve one "
                                                "connection; all leave after --idle seconds without one."),
    Entry("Addresses as arguments",             "host:port, [::1]:port, :port (every interface), unix:/path, https://host:port: opened here, then the same workers, no idle time."),
    Entry("A terminal",                         "One exchange that is typed, with more in the log."),
)
VARIABLES = (
    Entry("SLURM_CONF",                          "As -f."),
    Entry("SLURMRESTD_AUTH_TYPES",               "As -a."),
    Entry("SLURMRESTD_OPENAPI_PLUGINS",          "As -s."),
    Entry("SLURMRESTD_DATA_PARSER_PLUGINS",      "As -d."),
    Entry("SLURMRESTD_MAX_CONNECTIONS",          "As --max-connections."),
    Entry("SLURMRESTD_LISTEN",                   "Addresses to listen on, separated by commas; arguments win."),
    Entry("SLURMRESTD_SECURITY",                 "become_user, disable_unshare_files, disable_unshare_sysv, disable_user_check, separated by commas."),
    Entry("SLURMRESTD_DEBUG_STDERR",             "How much the log says: a number or a name of SlurmctldDebug in slurm.conf(5). The first that is set of this and the next three counts."),
    Entry("SLURMRESTD_DEBUG_SYSLOG",             "As SLURMRESTD_DEBUG_STDERR."),
    Entry("SLURMRESTD_DEBUG",                    "As SLURMRESTD_DEBUG_STDERR."),
    Entry("SLURM_DEBUG",                         "As SLURMRESTD_DEBUG_STDERR."),
    Entry("SLURM_JWT",                           "Accepted and nobody's identity: slurmrestd's manual has sites set it to \"daemon\"."),
    Entry("SLURMRESTD_JSON",                     "Checked and without effect but for \"pretty\": documents are passed on as Slurm's commands print them."),
    Entry("SLURMRESTD_YAML",                     "As SLURMRESTD_JSON."),
    Entry("SLURMRESTD_RESPONSE_STATUS_CODES",    "Without effect; the log says so."),
    Entry("SLURM_DEBUG_FLAGS",                   "Without effect; the log says so."),
    Entry("SLURMRESTD_OPTIONS",                  "Not read: the unit expands it into the command line."),
)
SIGNALS = (
    Entry("SIGINT, SIGTERM", "Accept no more, give running exchanges --grace seconds, leave with status 0; the second one leaves at once."),
    Entry("SIGHUP",          "Read the settings anew; running exchanges keep theirs."),
    Entry("SIGPIPE",         "Ignored: a client that left is no reason to end."),
)
STATUS = (
    Entry("0", "A reply went out, whatever it said; or what was asked for was printed."),
    Entry("1", "None could: the client left, or the settings cannot be used."),
)
FILES = (
    Entry("/etc/slurm/slurm.conf", "AuthAltParameters names the keys that tokens are verified with where they can be read; else Slurm verifies."),
)
EXAMPLES = (
    Entry("A request by pipe",         "printf 'GET /slurm/v0.0.42/ping/ HTTP/1.1\\r\\nHost: x\\r\\nX-SLURM-USER-TOKEN: %s\\r\\n\\r\\n' \"$(scontrol token | cut -d= -f2)\" | slurmrest-inetd"),
    Entry("Every user of a login node", "slurmrest-inetd --local-users -a rest_auth/local unix:/run/slurmrest-inetd.sock"),
    Entry("TLS on every interface",    "slurmrest-inetd -u slurmrestd --certificate cert.pem --key key.pem https://:6820"),
)
# fmt: on
SEE_ALSO = "slurmrestd(8), slurm.conf(5), scontrol(1), systemd.socket(5), xinetd.conf(5)"


def list_options() -> tuple[Entry, ...]:
    """Every option of the program's tables."""
    given = [Entry(f"{name_option(row.short, row.long)} {row.value}", row.help) for row in (*OPTIONS, PREFIX)]
    return (*given, *(Entry(name_option(short, long), text) for short, long, text in FLAGS))


def list_sections() -> tuple[tuple[str, tuple[Entry, ...]], ...]:
    """The sections that are lists, in their order."""
    return (
        ("MODES", MODES),
        ("OPTIONS", list_options()),
        ("ENVIRONMENT", VARIABLES),
        ("SIGNALS", SIGNALS),
        ("EXIT STATUS", STATUS),
        ("FILES", FILES),
        ("EXAMPLES", EXAMPLES),
    )


def format_page() -> str:
    """The page as man(7) has it."""
    lines = [
        f'.TH SLURMREST-INETD 8 "" "slurmrest-inetd {__version__}" "Slurm"',
        ".SH NAME",
        "slurmrest-inetd \\- Slurm\\(aqs REST API without a daemon",
        ".SH SYNOPSIS",
    ]
    for line in SYNOPSIS:
        lines += [".nf", escape(line), ".fi"]
    lines.append(".SH DESCRIPTION")
    for paragraph in DESCRIPTION:
        lines += [escape(paragraph), ".PP"]
    for title, entries in list_sections():
        lines.append(f".SH {title}")
        for term, text in entries:
            lines += [".TP", f".B {escape(term)}", escape(text)]
    lines += [".SH SEE ALSO", escape(SEE_ALSO)]
    return "\n".join(lines) + "\n"


def escape(text: str) -> str:
    """``text`` so that roff prints it as it stands."""
    made = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq").replace('"', "\\(dq")
    return re.sub(r"^\.", r"\\&.", made)


def format_markdown() -> str:
    """The page for the HTML documentation."""
    lines = ["# slurmrest-inetd(8)", "", "Made by `dev/manual.py`, as `man slurmrest-inetd` is.", "", "```"]
    lines += [*SYNOPSIS, "```", ""]
    for paragraph in DESCRIPTION:
        lines += [paragraph, ""]
    for title, entries in list_sections():
        lines += [f"## {title.capitalize()}", ""]
        for term, text in entries:
            lines += [f"`{term}`", f": `{text}`" if title == "EXAMPLES" else f": {text}", ""]
    return "\n".join([*lines, "## See also", "", SEE_ALSO, ""])


if __name__ == "__main__":
    PAGE.write_text(format_page())
    MARKDOWN.write_text(format_markdown())
