"""GET ping: ``sacctmgr ping``. A slurmdbd that does not answer is part of the answer, not an error.

Law: nothing is looked at, the document is handed on. Called through routing.py.
"""

from slurmrest_inetd.model import Call, Passage
from slurmrest_inetd.passthrough import pass_document
from slurmrest_inetd.query import parse_query


def get_ping(call: Call) -> Passage:
    """Which slurmdbd answers, and after how many microseconds."""
    query = parse_query(call, ())
    return pass_document(call, ("sacctmgr", "ping"), warnings=query.warnings)
