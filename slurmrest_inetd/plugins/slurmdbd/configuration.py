"""GET conf (slurmdbd's own settings) and config (everything accounting holds, as POST config takes it).

conf is ``sacctmgr show config``. There is no command that prints config: its lists are read one by one, each with the
words that make it what slurmrestd puts there. Law: a list that the client may not see refuses the whole. Called through
routing.py.
"""

from typing import Any

from slurmrest_inetd.accounting.early_defaults import LAST_WITH_QOS_IDS
from slurmrest_inetd.accounting.qos_names import number_qos
from slurmrest_inetd.fields.notes import USAGE
from slurmrest_inetd.model import LAST_EARLY, Answer, Call, Notice, Passage
from slurmrest_inetd.passthrough import pass_document, read_document
from slurmrest_inetd.query import parse_query

# fmt: off
#   member         up to v0.0.38   sacctmgr show ...
LISTS = (
    ("clusters",     "clusters",     ("cluster",     "withdeleted")),
    ("tres",         "TRES",         ("tres",        "withdeleted")),
    ("accounts",     "accounts",     ("account",     "withdeleted", "withassoc", "withcoord")),
    ("users",        "users",        ("user",        "withdeleted", "withassoc", "withcoord")),
    ("qos",          "QOS",          ("qos",         "withdeleted")),
    ("wckeys",       "wckeys",       ("wckey",       "withdeleted")),
    ("associations", "associations", ("association", "withdeleted", "withrawqos")),
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
    early = call.version <= LAST_EARLY
    for late_member, early_member, words in LISTS:
        document = read_document(call, ("sacctmgr", "show", *choose_words(call, words)))
        # sacctmgr calls the list of TRES "TRES"
        payload[early_member if early else late_member] = next(iter(document.payload.values()))
        meta = document.meta
    if not early:
        leave_out(call, payload)
    if call.version <= LAST_WITH_QOS_IDS:
        number_qos(call, payload["associations"])
    return Answer(payload, warnings=(*query.warnings, Notice(USAGE, "#/")), meta=meta)


def choose_words(call: Call, words: tuple[str, ...]) -> tuple[str, ...]:
    """sacctmgr's words for a list. Up to v0.0.38 nothing in it was deleted, but TRES: no member would tell, and POST
    config would bring it back.
    """
    unwanted = {"withrawqos"} if call.version <= LAST_EARLY else set()
    if call.version <= LAST_EARLY and words[0] != "tres":
        unwanted.add("withdeleted")
    return tuple(word for word in words if word not in unwanted)


def leave_out(call: Call, payload: dict[str, Any]) -> None:
    """What slurmrestd does not tell here."""
    for account in payload["accounts"]:
        if account["name"] == "root":
            account["associations"] = []
    for user in payload["users"]:
        user["wckeys"] = []
        user["default"]["wckey"] = ""
    if call.version <= LAST_WITH_INSTANCES:
        payload["instances"] = []
