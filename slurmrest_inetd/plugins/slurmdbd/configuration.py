"""GET conf (slurmdbd's own settings) and config (everything accounting holds, as POST config takes it).

conf is ``sacctmgr show config``. There is no command that prints config: its lists are read one by one, each with the
words that make it what slurmrestd puts there. Law: a list that the client may not see refuses the whole. Called through
routing.py.
"""

from typing import Any

from slurmrest_inetd.fields.notes import USAGE
from slurmrest_inetd.model import Answer, Call, Notice, Passage
from slurmrest_inetd.passthrough import pass_document, read_document
from slurmrest_inetd.query import parse_query

# fmt: off
#   member         sacctmgr show ...
LISTS = (
    ("clusters",     ("cluster",     "withdeleted")),
    ("tres",         ("tres",        "withdeleted")),
    ("accounts",     ("account",     "withdeleted", "withassoc", "withcoord")),
    ("users",        ("user",        "withdeleted", "withassoc", "withcoord")),
    ("qos",          ("qos",         "withdeleted")),
    ("wckeys",       ("wckey",       "withdeleted")),
    ("associations", ("association", "withdeleted", "withrawqos")),
)
# fmt: on
# slurmrestd never fills it
LAST_WITH_INSTANCES = 44


def get_conf(call: Call) -> Passage:
    """The settings of slurmdbd."""
    query = parse_query(call, ())
    return pass_document(call, ("sacctmgr", "show", "config"), warnings=query.warnings)


def get_config(call: Call) -> Answer:
    """All lists of the accounting database, deleted entries included. Raises Forbidden."""
    query = parse_query(call, ())
    payload: dict[str, Any] = {}
    meta: dict[str, Any] = {}
    for member, words in LISTS:
        document = read_document(call, ("sacctmgr", "show", *words))
        # sacctmgr calls the list of TRES "TRES"
        payload[member] = next(iter(document.payload.values()))
        meta = document.meta
    for account in payload["accounts"]:
        if account["name"] == "root":
            account["associations"] = []
    for user in payload["users"]:
        user["wckeys"] = []
        user["default"]["wckey"] = ""
    if call.version <= LAST_WITH_INSTANCES:
        payload["instances"] = []
    return Answer(payload, warnings=(*query.warnings, Notice(USAGE, "#/")), meta=meta)
