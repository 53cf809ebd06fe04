"""The body of a request that changes a list of accounting's: the list's entries, and what else it holds.

Law: an empty list is refused, never taken for all; the members that a GET answers beside the list are no mistake.
Called by the plugins of slurmdbd that write.
"""

from typing import Any

from slurmrest_inetd.accounting.early_bodies import spell_names
from slurmrest_inetd.body.findings import Findings, note_unknown
from slurmrest_inetd.body.reading import refuse_body, require_dictionary, require_entries, require_member
from slurmrest_inetd.envelope import parse_body
from slurmrest_inetd.model import LAST_EARLY, Call

EMPTY_LIST = (2162, "Empty list")
ENVELOPE = ("meta", "errors", "warnings")


def read_entries(call: Call, member: str, parser: str, found: Findings) -> list[tuple[str, dict[str, Any]]]:
    """The entries of the body's list ``member``, each with its path. Raises Unprocessable where there are none.

    ``parser`` is slurmrestd's name for the body's schema, which warnings show.
    """
    body = spell_names(require_dictionary(parse_body(call), "#/"), call.version)
    given = require_member(body, member)
    if isinstance(given, dict) and call.version <= LAST_EARLY:
        given = [given]  # some of their schemas have one entry there
    entries = require_entries(given, f"#/{member}/")
    if not entries:
        refuse_body(f"The list of {member} is empty: there is nothing to do", EMPTY_LIST, f"#/{member}/")
    for name, value in body.items():
        if name not in (member, *ENVELOPE):
            note_unknown(name, value, f"#/{name}/", parser, found)
    return entries
