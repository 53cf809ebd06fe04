"""What sacctmgr and sacct take as the values of a condition, and how it is written.

Law: text in, one argv element out. Both programs split a value at commas, expand ``a[1-3]``, drop quotes or turn them
into backquotes, strip spaces, and give ``+x``, ``-1``, ``=x`` a meaning of their own (docs/facts/reads-slurmdbd.md).
What could mean anything but itself is not written at all: the caller filters the document instead.
"""

from collections.abc import Iterable

# beginning with one of these, or holding one of those, a value is more than itself
SPECIAL_FIRST = ("-", "+")
SPECIAL = frozenset(",'\"[]=\\")
# "uts" needs seven digits; nothing that accounting knows is older than January 12, 1970
OLDEST_SECONDS = 1_000_000
NEWEST_SECONDS = 99_999_999_999


def is_plain(value: str) -> bool:
    """Whether ``value`` means itself, and only itself, as a member of a condition's list."""
    return (
        bool(value)
        and value.isprintable()
        and value == value.strip()
        and not value.startswith(SPECIAL_FIRST)
        and SPECIAL.isdisjoint(value)
    )


def format_condition(term: str, values: Iterable[str]) -> str:
    """One argv element: ``name=a,b`` or ``--name=a,b``. The values must be plain."""
    return f"{term}={','.join(values)}"


def format_time(seconds: int) -> str:
    """UNIX seconds as both programs read them whatever the time zone: ``uts1795260000``."""
    return f"uts{min(max(seconds, OLDEST_SECONDS), NEWEST_SECONDS)}"
