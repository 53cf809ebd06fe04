"""What kinds of values the job description of v0.0.36 to v0.0.38 has beside, or otherwise than, the later ones.

Law: as kinds.py; what a parser gives is what the later kind of the same name gives. slurmrestd hands these texts to
sbatch's own options, so their grammars are sbatch(1)'s, within which nothing can become another option.
"""

import re
from typing import Any

from slurmrest_inetd.body.kinds import Kind
from slurmrest_inetd.fields.job_flags import MAIL_TYPES
from slurmrest_inetd.slurm.signals import parse_signal
from slurmrest_inetd.slurm.values import (
    HIGHEST_UINT16,
    INVALID_DATA,
    INVALID_FLAG,
    Unusable,
    parse_number,
    parse_switch,
    parse_text,
    show_value,
)

# sbatch(1), --signal, --gres, --gpus, --mail-type
WARNING = re.compile(r"(?:(?P<aim>R|B|RB|BR):)?(?P<signal>[A-Z0-9+-]+)(?:@(?P<seconds>[0-9]{1,5}))?", re.ASCII | re.I)
GRES = re.compile(r"[A-Za-z0-9_.-]+(?:[:=][A-Za-z0-9_.-]+)*", re.ASCII)
EVERY_MAIL = ("BEGIN", "END", "FAIL", "REQUEUE", "STAGE_OUT", "INVALID_DEPENDENCY")
NO_MAIL = "NONE"
MEMBERS_BY_WORD = {word: member for member, word in MAIL_TYPES.items()}
GRES_FLAGS = ("disable-binding", "enforce-binding")
HIGHEST_DELAY_MINUTES = 0xFFFFFFFD // 60


def parse_delay(value: Any) -> int | None:
    """Minutes (a later version's seconds) as seconds, None for 0. Raises Unusable."""
    return parse_number(value, 0, HIGHEST_DELAY_MINUTES) * 60 or None


def parse_gres(value: Any) -> str | None:
    """``gpu:tesla:2,fpga`` or a number, None for an empty text. Raises Unusable; ``help`` would be no job at all."""
    text = parse_text(value)
    if not text:
        return None
    if text.lower() == "help" or not all(GRES.fullmatch(word) for word in text.split(",")):
        raise Unusable(f"{show_value(text)} is no list of generic resources", INVALID_DATA)
    return text


def parse_gres_flags(value: Any) -> str:
    """One of the two words. Raises Unusable."""
    text = parse_text(value)
    if text not in GRES_FLAGS:
        raise Unusable(f"Expected one of {', '.join(GRES_FLAGS)} but got {show_value(text)}", INVALID_FLAG)
    return text


def parse_mail(value: Any) -> list[str] | None:
    """The members that sbatch's words name, ``ALL`` and ``NONE`` among them; None for none. Raises Unusable."""
    members: dict[str, None] = {}
    for word in parse_text(value).upper().split(","):
        if word == "ALL":
            members.update(dict.fromkeys(EVERY_MAIL))
        elif word in MEMBERS_BY_WORD:
            members[MEMBERS_BY_WORD[word]] = None
        elif word not in ("", NO_MAIL):
            raise Unusable(f"Unknown mail type {show_value(word)}", INVALID_FLAG)
    return list(members) or None


def parse_node_range(value: Any) -> str | None:
    """``1-4`` from [1, 4]; [2] is 2; a text or a number as it is. Raises Unusable."""
    if not isinstance(value, list):
        return parse_text(value)
    if len(value) not in (1, 2):
        raise Unusable(f"Expected the least and the most number of nodes but got {show_value(value)}")
    return "-".join(str(parse_number(member, 1, HIGHEST_UINT16)) for member in value)


def parse_asked(value: Any) -> bool | None:
    """True, None for what is not asked for. Raises Unusable."""
    return parse_switch(value) or None


def parse_warning(value: Any) -> str | None:
    """``B:USR1@30`` as sbatch takes it, with the signal's number; None for an empty text. Raises Unusable."""
    text = parse_text(value)
    match = WARNING.fullmatch(text)
    if not text:
        return None
    if match is None:
        raise Unusable(f"{show_value(text)} is not of the form [R|B:]SIGNAL[@SECONDS]", INVALID_DATA)
    aim = f"{match['aim'].upper()}:" if match["aim"] else ""
    seconds = f"@{match['seconds']}" if match["seconds"] else ""
    if int(match["seconds"] or 0) > HIGHEST_UINT16:
        raise Unusable(f"A signal can be sent up to {HIGHEST_UINT16} seconds before the end", INVALID_DATA)
    return f"{aim}{parse_signal(match['signal'])}{seconds}"


# fmt: off
EARLY_KINDS: dict[str, Kind] = {
    "asked":        Kind(parse_asked),
    "boot":         Kind(parse_delay),
    "gres":         Kind(parse_gres),
    "gres_flags":   Kind(parse_gres_flags),
    "mail":         Kind(parse_mail),
    "node_range":   Kind(parse_node_range),
    "warning":      Kind(parse_warning),
}
# fmt: on
