"""GET tres: ``sacctmgr show tres``, with those that are no more, as slurmrestd lists them.

Law: nothing is looked at, the document is handed on. Called through routing.py.
"""

from slurmrest_inetd.model import Call, Passage
from slurmrest_inetd.passthrough import pass_document
from slurmrest_inetd.query import parse_query


def get_tres(call: Call) -> Passage:
    """Every trackable resource that accounting knows or knew."""
    query = parse_query(call, ())
    return pass_document(call, ("sacctmgr", "show", "tres", "withdeleted"), warnings=query.warnings)
