"""GET qos and qos/{qos}: ``sacctmgr show qos``.

Law: see accounting/listing.py. Called through routing.py.
"""

from slurmrest_inetd.accounting.early_defaults import list_unasked
from slurmrest_inetd.accounting.listing import Conditions, Listing, build_conditions, pass_list, pass_one
from slurmrest_inetd.fields.qos_filters import QOS, QOS_LIST, QOS_PATH
from slurmrest_inetd.model import LAST_EARLY, Answer, Call, Notice, Passage
from slurmrest_inetd.query import parse_query
from slurmrest_inetd.slurm.conditions import format_condition

SHOW_QOS = ("sacctmgr", "show", "qos")
# The first API version whose path may hold an id in a name's place.
FIRST_WITH_IDS = 40
LISTING = Listing("qos", "QOS", Notice("slurmdb_qos_get() found nothing", "_op_handler_qos"))


def get_qos(call: Call) -> Answer | Passage:
    """All QOS that meet the query."""
    query = parse_query(call, QOS_LIST)
    conditions = build_conditions(call, query.values, QOS_LIST)
    return pass_list(call, show_qos(call), name_listing(call), conditions, warnings=query.warnings)


def get_single_qos(call: Call) -> Answer | Passage:
    """One QOS, by its id when the path's value is a number, else by its name. Raises NotFound."""
    query = parse_query(call, QOS)
    name = call.values["qos"]
    if call.version >= FIRST_WITH_IDS and name.isascii() and name.isdecimal():
        rest = build_conditions(call, query.values, QOS)
        conditions = Conditions((format_condition("id", [name]), *rest.words))
    else:
        conditions = build_conditions(call, {**query.values, "qos": [name]}, (*QOS_PATH, *QOS))
    return pass_one(call, show_qos(call), name_listing(call), conditions, warnings=query.warnings)


def name_listing(call: Call) -> Listing:
    """The list by the name that the version has for it."""
    return LISTING._replace(member="QOS") if call.version <= LAST_EARLY else LISTING


def show_qos(call: Call) -> tuple[str, ...]:
    """The command, with what its version tells unasked."""
    return (*SHOW_QOS, *list_unasked(call.version))
