"""One exchange, on one page: a request comes in, is authenticated, resolved, answered; one reply goes out.

Law: the only place where an error becomes a reply, and the only bare except. A reply that has begun is never begun
again. Every way in (pipe, inetd, sockets) ends here. Called by cli.py and listen.

    wire.read_request -> authenticate -> resolve -> handler -> slurm.command.run -> reply -> wire.write_reply
"""

from slurmrest_inetd.auth import NOBODY, authenticate
from slurmrest_inetd.errors import ClientGone, CutShort
from slurmrest_inetd.log import Trace, write_trace
from slurmrest_inetd.model import Call, Reply, Request
from slurmrest_inetd.negotiation import FORM, FORMATS, choose_media_type
from slurmrest_inetd.reply import format_refusal, format_reply
from slurmrest_inetd.routing import find_open_routes, load_handler, resolve
from slurmrest_inetd.settings import Settings
from slurmrest_inetd.target import parse_form
from slurmrest_inetd.wire import Channel, Wire

SAFE_METHODS = ("GET", "HEAD")


def serve_exchange(read_fd: int, write_fd: int, settings: Settings, channel: Channel | None = None) -> int:
    """Serve the one request on ``read_fd``: 0 when a reply went out whole, 1 when none could.

    ``channel`` is how the bytes come and go where it is not as they are (TLS).
    """
    wire = Wire(read_fd, write_fd, settings, channel)
    trace = Trace(wire.peer, settings)
    try:
        wire.write_reply(answer_request(wire, trace, settings), head=trace.method == "HEAD")
    except ClientGone as gone:
        trace.broken = f"the client left: {gone}"
    except Exception as error:  # noqa: BLE001  the one place where whatever went wrong becomes a reply
        refuse_request(error, wire, trace)
    finally:
        wire.close()
        write_trace(trace, wire.status, wire.sent_bytes)
    return 1 if trace.broken else 0


def answer_request(wire: Wire, trace: Trace, settings: Settings) -> Reply:
    """The reply to the request that comes over ``wire``. Raises ApiError, ClientGone."""
    request = trace.request = wire.read_request()
    trace.media_type = choose_media_type(request.get_all("accept"), lenient=True)
    is_open = bool(find_open_routes(request.segments))
    if not is_open:
        trace.identity = authenticate(request, wire.peer, settings)
    route = resolve(request.method, request.segments, settings)
    media_type = choose_media_type(request.get_all("accept"), lenient=is_open)
    body = wire.read_body() if route.endpoint.body or has_form(request) else b""
    if has_form(request) and not route.endpoint.body:
        request = request._replace(query=request.query + parse_form(body))
    if request.method not in SAFE_METHODS or route.endpoint.writes:
        wire.prepare()  # all that could still be refused is refused before anything is done
    identity = trace.identity or NOBODY
    call = Call(request, *route, identity, settings, FORMATS[media_type], body, trace.client, wire.prepare, media_type)
    trace.call = call
    return format_reply(call, load_handler(route.endpoint)(call))


def has_form(request: Request) -> bool:
    """Whether the body is a form: where an operation takes no body, slurmrestd reads it as more of the query."""
    return any(value.partition(";")[0].strip().lower() == FORM for value in request.get_all("content-type"))


def refuse_request(error: Exception, wire: Wire, trace: Trace) -> None:
    """Reply with ``error``, unless a reply has begun: then it stays as it is, cut short, and only the log tells."""
    trace.error = error
    if wire.reply_begun or isinstance(error, CutShort):
        trace.broken = f"broken off: {error}"
        return
    try:
        wire.write_reply(format_refusal(error, trace), head=trace.method == "HEAD")
    except ClientGone:
        trace.broken = "the client left"
