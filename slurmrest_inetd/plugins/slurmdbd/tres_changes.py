"""POST tres: nobody can add a TRES; Slurm learns of them from its controllers.

Law: refused with slurmrestd's own words, whatever the body holds. Called through routing.py.
"""

from typing import NoReturn

from slurmrest_inetd.errors import Unprocessable
from slurmrest_inetd.model import Call

NOT_SUPPORTED = (2036, "Requested operation not supported on this system")


def post_tres(call: Call) -> NoReturn:
    """Raises Unprocessable."""
    number, error = NOT_SUPPORTED
    raise Unprocessable(
        "Updating TRES is not currently supported", number=number, error=error, source=call.endpoint.operation
    )
