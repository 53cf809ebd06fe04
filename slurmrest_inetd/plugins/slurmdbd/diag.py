"""GET diag: ``sacctmgr show stats``. Accounting tells it to administrators only.

Law: nothing is looked at, the document is handed on. Called through routing.py.
"""

from slurmrest_inetd.model import Call, Passage
from slurmrest_inetd.passthrough import pass_document
from slurmrest_inetd.query import parse_query


def get_diag(call: Call) -> Passage:
    """What slurmdbd counts about its own work. Raises Forbidden."""
    query = parse_query(call, ())
    return pass_document(call, ("sacctmgr", "show", "stats"), warnings=query.warnings)
