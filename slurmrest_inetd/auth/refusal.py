"""The two ways in which nobody is let in.

Law: what the client reads is the same for every reason; ``reason`` is for the log and holds nothing secret.
Raised by the modules of auth.
"""

from slurmrest_inetd.errors import InternalFault, Unauthenticated

# For whoever wonders, and the same for every reason: which one it was is the log's.
REMEDY = "a valid token is needed, as X-SLURM-USER-TOKEN or Authorization: Bearer; 'scontrol token' makes one"


class AuthenticationFailure(Unauthenticated):
    """401 in slurmrestd's words; 26.05 gives the error its number."""

    def __init__(self, reason: str) -> None:
        text = "Authentication failure"
        super().__init__(f"{text}: {REMEDY}", number=9008, error=text)
        self.reason = reason


class Misconfigured(InternalFault):
    """500: a key of this service cannot be used, so that nobody can be verified."""

    def __init__(self, reason: str) -> None:
        super().__init__("Tokens cannot be verified here: the log of this service has the reason")
        self.reason = reason
