"""Times as Slurm's commands take them, in the host's own time zone.

Law: text in, UNIX seconds out; the forms are those of sacct(1) and sbatch(1), "valid time formats". Called by query.py.
"""

import re
import time

UNIT_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400, "week": 604800}
CLOCK_WORDS = {"midnight": (0, 0), "elevenses": (11, 0), "noon": (12, 0), "fika": (15, 0), "teatime": (16, 0)}
DAY_WORDS = {"today": 0, "tomorrow": 1}
CENTURY = 2000
DECIMAL_PLACES_OF_64_BITS = 19

NOW = re.compile(r"now(?:([+-])(\d{1,9})([a-z]*))?")
CLOCK = r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))?\s*(?P<half>[ap]m)?"
FORMS = (
    re.compile(rf"(?P<year>\d{{4}})-(?P<month>\d{{1,2}})-(?P<day>\d{{1,2}})(?:[t ]{CLOCK})?"),
    re.compile(rf"(?P<month>\d{{1,2}})[/.](?P<day>\d{{1,2}})(?:[/.](?P<year>\d{{2}}))?(?:-{CLOCK})?"),
    re.compile(rf"(?P<month>\d{{2}})(?P<day>\d{{2}})(?P<year>\d{{2}})?(?:-{CLOCK})?"),
    re.compile(CLOCK),
)


def parse_time(text: str) -> int | None:
    """UNIX seconds of ``text``, None when it is no time. A plain number is UNIX seconds, as slurmrestd takes it."""
    word = text.strip().lower()
    if (
        word.lstrip("-").isdecimal()
        and word.isascii()
        and word.count("-") <= 1
        and len(word) <= DECIMAL_PLACES_OF_64_BITS
    ):
        return int(word) if word.lstrip("-") and not word.endswith("-") else None
    if match := NOW.fullmatch(word):
        return parse_offset(*match.groups())
    if word in DAY_WORDS:
        return make_time({}, days=DAY_WORDS[word])
    if word in CLOCK_WORDS:
        hour, minute = CLOCK_WORDS[word]
        return make_time({"hour": str(hour), "minute": str(minute)})
    for form in FORMS:
        if match := form.fullmatch(word):
            return make_time(match.groupdict())
    return None


def parse_offset(sign: str | None, count: str | None, unit: str | None) -> int | None:
    """UNIX seconds of ``now``, ``now+90`` or ``now-3days``; units may be abbreviated as long as they are clear."""
    now = int(time.time())
    if sign is None or count is None:
        return now
    unit = unit or "second"
    for name, seconds in UNIT_SECONDS.items():
        if (name + "s").startswith(unit):
            return now + (1 if sign == "+" else -1) * int(count) * seconds
    return None


def make_time(parts: dict[str, str | None], days: int = 0) -> int | None:
    """UNIX seconds of a local date and clock; what is not given is today's date, or midnight. None when there is no
    such time.
    """
    today = time.localtime()
    year = int(parts.get("year") or today.tm_year)
    if year < CENTURY and len(parts.get("year") or "") == len("26"):
        year += CENTURY
    month = int(parts.get("month") or today.tm_mon)
    day = int(parts.get("day") or today.tm_mday) + days
    hour = int(parts.get("hour") or 0)
    half = parts.get("half")
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "pm" else 0)
    minute, second = int(parts.get("minute") or 0), int(parts.get("second") or 0)
    wanted = (year, month, day - days, hour, minute, second)
    try:
        seconds = int(time.mktime((year, month, day, hour, minute, second, 0, 0, -1)))
    except (OverflowError, ValueError):
        return None
    made = time.localtime(seconds)[:6]
    return seconds if days or made == wanted else None
