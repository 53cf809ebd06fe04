"""What an endpoint answered, or what went wrong, as the reply that goes on the wire.

Law: envelope and headers are put together here and nowhere else; an error of ours shows a reference for the log, never
its text. Called by exchange.py.
"""

from slurmrest_inetd.envelope import build_meta, format_envelope
from slurmrest_inetd.errors import ApiError, InternalFault, Unauthenticated
from slurmrest_inetd.log import Trace
from slurmrest_inetd.model import Answer, Call, Passage, Reply
from slurmrest_inetd.negotiation import FORMATS
from slurmrest_inetd.slurm.release import read_release

# These never carry a body (RFC 9110, 15.3.5 and 15.4.5).
NO_BODY = (204, 304)
# The answer is one client's own, and it is never anything but data.
HEADERS = (("cache-control", "no-store"), ("x-content-type-options", "nosniff"))


def format_reply(call: Call, answer: Answer | Passage) -> Reply:
    """The reply that carries a handler's answer."""
    content_type = ("content-type", call.media_type)
    if answer.status in NO_BODY:
        return Reply(answer.status, merge_headers(HEADERS, answer.headers if isinstance(answer, Passage) else ()))
    if isinstance(answer, Passage):
        return Reply(answer.status, merge_headers((content_type, *HEADERS), answer.headers), answer.chunks)
    meta = build_meta(call, answer.meta or read_release(call.settings))
    body = format_envelope(answer.payload, meta, answer.errors, answer.warnings, call.media)
    return Reply(answer.status, (content_type, *HEADERS), body)


def merge_headers(usual: tuple[tuple[str, str], ...], own: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """``own``, and of ``usual`` what they do not name."""
    names = {name for name, _ in own}
    return (*(pair for pair in usual if pair[0] not in names), *own)


def format_refusal(error: Exception, trace: Trace) -> Reply:
    """The reply that tells an error. Slurm's release stands in it only for a client that is known."""
    if not isinstance(error, ApiError):
        text = "An error of this service, not of the request: its log has the details"
        error = InternalFault(text, source=type(error).__name__)
    is_known = trace.identity is not None and not isinstance(error, Unauthenticated)
    release = read_release(trace.settings) if is_known else None
    meta = build_meta(trace.call, release)
    if trace.call is None:
        meta["client"] = trace.client._asdict()
    body = format_envelope(error.payload, meta, error.problems, error.warnings, FORMATS[trace.media_type])
    return Reply(error.status, (("content-type", trace.media_type), *HEADERS, *error.headers), body)
