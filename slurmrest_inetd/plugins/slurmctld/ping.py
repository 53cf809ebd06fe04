"""GET ping: whether the controllers answer, `scontrol ping`.

Law: scontrol says DOWN both when no controller answers and when the token was refused. Nobody is told "down" for
"unauthenticated": where no controller is up, one more command says which it was.
"""

from slurmrest_inetd.errors import Forbidden, Unauthenticated
from slurmrest_inetd.model import Call, Passage
from slurmrest_inetd.passthrough import describe_request, pass_document
from slurmrest_inetd.query import parse_query
from slurmrest_inetd.slurm.silence import ask_reason

# up to v0.0.38; v0.0.40 to 44, then also and from 45 on only "responding"; YAML is Slurm's, or ours where the version
# is made of another
UP = {
    "json": (b'\n      "ping": "UP"', b'\n      "pinged": "UP"', b'\n      "responding": true'),
    "yaml": (
        b"\n  !!str pinged: !!str UP\n",
        b"\n  !!str responding: !!bool true\n",
        b'\n    ping: "UP"\n',
        b'\n    pinged: "UP"\n',
        b"\n    responding: true\n",
    ),
}


def get_ping(call: Call) -> Passage:
    """Every controller, up or down. Raises Unauthenticated, Forbidden, what scontrol failed of."""
    answer = pass_document(call, ("scontrol", "ping"), warnings=parse_query(call, ()).warnings)
    if isinstance(answer.chunks, bytes) and not any(sign in answer.chunks for sign in UP[call.media]):
        reason = ask_reason(call.identity, call.settings, describe_request(call))
        if isinstance(reason, Unauthenticated | Forbidden):
            raise reason
    return answer
