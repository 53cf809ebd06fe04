"""Whether a query asks for usage; what is loaded and run then only.

Law: light: every read of associations and wckeys imports this one. Called by the plugins of slurmdbd.
"""

from collections.abc import Mapping
from typing import Any

from slurmrest_inetd.model import Call, Notice

# as the API spells it up to v0.0.41 (of wckeys: always), and later
ASKED = ("with_usage", "Include usage")
START, END = "usage_start", "usage_end"
UNASKED = "A period has no effect unless usage is asked for"


def is_asked(values: Mapping[str, Any]) -> bool:
    """Whether a query's ``values`` ask for usage."""
    return any(values.get(name) for name in ASKED)


def note_unasked(values: Mapping[str, Any]) -> tuple[Notice, ...]:
    """A warning for each end of a period that is given where usage is not asked for."""
    return () if is_asked(values) else tuple(Notice(UNASKED, f"#/{name}/") for name in (START, END) if name in values)


def tell_usage(call: Call, member: str, entries: list[dict[str, Any]], values: Mapping[str, Any]) -> tuple[Notice, ...]:
    """Put usage into ``entries``, the document's list ``member``, if it is asked for; what the client has to know of
    it. Raises Unprocessable for a period that cannot be told, and what a command failed of.
    """
    if not is_asked(values):
        return note_unasked(values)
    from slurmrest_inetd.usage.filling import fill_usage

    return fill_usage(call, member, entries, values)
