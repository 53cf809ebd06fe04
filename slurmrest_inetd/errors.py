"""The exception family, and the two tables that give a status.

Law: an error is raised where the fact is known and caught in one place (exchange.py). No text here ever holds a token.
Statuses are RFC 9110's; error numbers and their texts are Slurm's.
"""

from slurmrest_inetd.model import Notice, Problem

# What a reply of this status must hold (RFC 9110 section 15.5.2), whoever refused: we, or Slurm.
REQUIRED_FIELDS = {401: (("www-authenticate", "Bearer"),)}


class ApiError(Exception):
    """An exchange that ends in an error reply.

    ``description`` says what was wrong and with what, ``number`` and ``error`` are Slurm's number and its text,
    ``source`` names the place: ``#/job/name/`` for a field, the command for Slurm's own refusal.
    """

    status = 500

    def __init__(
        self,
        description: str,
        *,
        number: int = -1,
        error: str = "Unspecified error",
        source: str = "",
        headers: tuple[tuple[str, str], ...] = (),
        problems: tuple[Problem, ...] = (),
        warnings: tuple[Notice, ...] = (),
        payload: dict[str, object] | None = None,
    ) -> None:
        super().__init__(description)
        self.problems = problems or (Problem(description, number, error, source),)
        self.headers = (*headers, *REQUIRED_FIELDS.get(self.status, ()))
        self.warnings = warnings
        self.payload = payload or {}


# fmt: off
class BadRequest(ApiError):             status = 400
class Unauthenticated(ApiError):        status = 401
class Forbidden(ApiError):              status = 403
class NotFound(ApiError):               status = 404
class MethodNotAllowed(ApiError):       status = 405
class NotAcceptable(ApiError):          status = 406
class RequestTimeout(ApiError):         status = 408
class Conflict(ApiError):               status = 409
class LengthRequired(ApiError):         status = 411
class ContentTooLarge(ApiError):        status = 413
class TargetTooLong(ApiError):          status = 414
class UnsupportedMediaType(ApiError):   status = 415
class ExpectationFailed(ApiError):      status = 417
class Unprocessable(ApiError):          status = 422
class TooManyRequests(ApiError):        status = 429
class HeadersTooLarge(ApiError):        status = 431
class InternalFault(ApiError):          status = 500
class NotImplementedHere(ApiError):     status = 501
class SlurmUnreachable(ApiError):       status = 502
class SlurmMissing(ApiError):           status = 503
class NotReady(ApiError):               status = 503
class ShuttingDown(ApiError):           status = 503
class CommandTimeout(ApiError):         status = 504
class VersionNotSupported(ApiError):    status = 505


class StartError(Exception):
    """The program cannot start as it was asked to; the text is for the administrator and says what would do."""


class ClientGone(Exception):
    """The client closed before there was anything to answer, or before the answer was written: nothing more to say."""


class CutShort(Exception):
    """The command ended before its document did, when a part of that was already sent: the reply is broken off."""


# Slurm's error number -> the exception that carries its status; what is not here is 422: understood, but refused.
SLURM_STATUS: dict[int, type[ApiError]] = {
    # authentication                          permission
    1007: Unauthenticated,                    2002: Forbidden,
    6000: Unauthenticated,                    2003: Forbidden,
    6001: Unauthenticated,                    2010: Forbidden,
    6010: Unauthenticated,                    2052: Forbidden,
    # unreachable: slurmctld                  unreachable: slurmdbd
    1001: SlurmUnreachable,                   7000: SlurmUnreachable,
    1002: SlurmUnreachable,                   7008: SlurmUnreachable,
    1003: SlurmUnreachable,                   5004: SlurmUnreachable,
    1005: SlurmUnreachable,                   5005: SlurmUnreachable,
    1800: SlurmUnreachable,                   1802: SlurmUnreachable,
    1801: SlurmUnreachable,                   1803: SlurmUnreachable,
    2027: SlurmUnreachable,                   2131: SlurmUnreachable,
    # too many
    1804: TooManyRequests,                    1805: TooManyRequests,
    # no such thing
    2017: NotFound,                           2018: NotFound,
    2181: Unprocessable,                      9003: NotFound,
    # wrong state, or it exists already
    2011: Conflict,                           2020: Conflict,
    2021: Conflict,                           2082: Conflict,
    2083: Conflict,                           2084: Conflict,
    2085: Conflict,                           2086: Conflict,
    2168: Conflict,                           2104: Conflict,
    7001: Conflict,                           7011: Conflict,
}
# fmt: on


# What a client can do about an error whose text does not tell.
REMEDIES = {1007: "the token has expired or is not this cluster's ('scontrol token' makes another), or a clock is off"}


def refuse_slurm(number: int, error: str, description: str, source: str = "") -> ApiError:
    """The exception for Slurm's own refusal ``number`` (0 when Slurm gave none), to be raised by the caller."""
    kind = SLURM_STATUS.get(number, Unprocessable)
    if number in REMEDIES:
        description = f"{description}: {REMEDIES[number]}"
    return kind(description, number=number, error=error, source=source)
