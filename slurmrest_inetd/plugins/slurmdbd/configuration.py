"""GET conf (slurmdbd's own settings) and config (everything accounting holds, as POST config takes it).

conf is ``sacctmgr show config``. There is no command that prints config: its lists are read one by one, each with the
words that make it what slurmrestd puts there; two of them have yesterday's usage. Law: a list that the client may not
see refuses the whole. Called through routing.py.
"""

from typing import Any

from slurmrest_inetd.accounting.early_defaults import LAST_WITH_QOS_IDS
from slurmrest_inetd.accounting.qos_names import number_qos
from slurmrest_inetd.model import LAST_EARLY, Answer, Call, Notice, Passage
from slurmrest_inetd.passthrough import pass_document, read_document
from slurmrest_inetd.query import parse_query
from slurmrest_inetd.slurm.data_parsers import find_newest

DELETED = "withdeleted"
# fmt: off
#   member         up to v0.0.38   marked   sacctmgr show ...
LISTS = (
    ("clusters",     "clusters",     43,      ("cluster",     DELETED)),
    ("tres",         "TRES",         36,      ("tres",        DELETED)),
    ("accounts",     "accounts",     40,      ("account",     DELETED, "withassoc", "withcoord")),
    ("users",        "users",        40,      ("user",        DELETED, "withassoc", "withcoord")),
    ("qos",          "QOS",          43,      ("qos",         DELETED)),
    ("wckeys",       "wckeys",       40,      ("wckey",       DELETED)),
    ("associations", "associations", 40,      ("association", DELETED, "withrawqos")),
)
# fmt: on
# marked: the first version in which an entry says that it was deleted. POST config would bring back what does not; but
# nothing can delete a TRES. What v0.0.40 marks is found out where sacctmgr prints text, too.
MARKED_IN_TEXT = 40
# slurmrestd never fills it
LAST_WITH_INSTANCES = 44


def get_conf(call: Call) -> Passage:
    """The settings of slurmdbd."""
    query = parse_query(call, ())
    return pass_document(call, ("sacctmgr", "show", "config"), warnings=query.warnings)


def get_config(call: Call) -> Answer:
    """All lists of the accounting database, with what was deleted where it is marked so. Raises Forbidden."""
    query = parse_query(call, ())
    payload: dict[str, Any] = {}
    meta: dict[str, Any] = {}
    early = call.version <= LAST_EARLY
    spoken = min(call.version, max(find_newest(call.settings, "sacctmgr"), MARKED_IN_TEXT))
    for late_member, early_member, marked, words in LISTS:
        unwanted = {word for word, told in ((DELETED, spoken >= marked), ("withrawqos", not early)) if not told}
        document = read_document(call, ("sacctmgr", "show", *(word for word in words if word not in unwanted)))
        # sacctmgr calls the list of TRES "TRES"
        payload[early_member if early else late_member] = next(iter(document.payload.values()))
        meta = document.meta
    warnings = query.warnings
    if not early:
        leave_out(call, payload)
        warnings += fill_all_usage(call, payload)
    if call.version <= LAST_WITH_QOS_IDS:
        number_qos(call, payload["associations"])
    return Answer(payload, warnings=warnings, meta=meta)


def fill_all_usage(call: Call, payload: dict[str, Any]) -> tuple[Notice, ...]:
    """Yesterday's usage, where slurmrestd has it; what the client has to know of it."""
    from slurmrest_inetd.usage.filling import read_usage

    notices: list[Notice] = []
    for member in ("associations", "wckeys"):
        usage = read_usage(call, member, (DELETED,), {})
        notices += usage.notices
        for entry in payload[member]:
            usage.put(entry)
    return tuple(notices)


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
