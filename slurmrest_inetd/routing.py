"""(method, path) -> endpoint, API version, path values; and the endpoint's handler.

Law: pure look-up in the plugin table; the only dynamic import. A literal segment wins over a value (``job/submit``
over ``job/{job_id}``). Called by exchange.py.
"""

from collections.abc import Callable
from importlib import import_module
from typing import NamedTuple

from slurmrest_inetd.endpoints import ENDPOINTS, OPEN_ENDPOINTS, PAGE_ENDPOINTS
from slurmrest_inetd.errors import MethodNotAllowed, NotFound
from slurmrest_inetd.model import Answer, Call, Endpoint, Passage
from slurmrest_inetd.settings import Settings, list_plugins

VERSION_PREFIX = "v0.0."
UNKNOWN_PATH = "Unable to find requested URL. Please view /openapi/v3 for API reference."


class Route(NamedTuple):
    """A resolved path: ``version`` is the NN of v0.0.NN, 0 where the path has none."""

    endpoint: Endpoint
    version: int
    values: dict[str, str]


def resolve(method: str, segments: tuple[str, ...], settings: Settings) -> Route:
    """The route of ``method`` and a path's decoded segments; HEAD takes GET's, but of one that changes something.

    Raises NotFound, or MethodNotAllowed with Allow (RFC 9110, 15.5.6) when the path is there for other methods.
    """
    routes = find_routes(segments, settings)
    if not routes:
        raise NotFound(UNKNOWN_PATH, source="/".join(("", *segments)))
    wanted = "GET" if method == "HEAD" else method
    for route in routes:
        if route.endpoint.method == wanted and not (method == "HEAD" and route.endpoint.writes):
            return route
    allowed = sorted({route.endpoint.method for route in routes})
    if "GET" in allowed and not any(route.endpoint.writes for route in routes):
        allowed.insert(allowed.index("GET") + 1, "HEAD")
    raise MethodNotAllowed(
        f"{method} is not served at this path, only {', '.join(allowed)}", headers=(("allow", ", ".join(allowed)),)
    )


def find_open_routes(segments: tuple[str, ...]) -> list[Route]:
    """Every row that needs no token and whose path these segments match."""
    matches = ((row, match_path(row.path, segments)) for row in (*OPEN_ENDPOINTS, *PAGE_ENDPOINTS))
    return [Route(row, 0, values) for row, values in matches if values is not None]


def find_routes(segments: tuple[str, ...], settings: Settings) -> list[Route]:
    """Every row whose path these segments match, in the version asked for; only the most literal ones."""
    routes = find_open_routes(segments)
    if routes or len(segments) < 2:
        return routes
    version = parse_version(segments[1])
    if version not in settings.data_parsers:
        return []
    plugins = list_plugins(settings.openapi_plugins, version)
    found: dict[int, list[Route]] = {}
    for endpoint in ENDPOINTS:
        if not endpoint.since <= version <= endpoint.until:
            continue
        if endpoint.plugin.partition(".")[0] not in plugins:
            continue
        values = match_path(endpoint.path, segments)
        if values is not None:
            found.setdefault(len(values), []).append(Route(endpoint, version, values))
    return found[min(found)] if found else []


def parse_version(segment: str) -> int:
    """The NN of ``v0.0.NN``, -1 when it is none."""
    digits = segment.removeprefix(VERSION_PREFIX)
    return int(digits) if digits != segment and digits.isascii() and digits.isdecimal() and len(digits) == 2 else -1


def match_path(path: str, segments: tuple[str, ...]) -> dict[str, str] | None:
    """The path values that make ``segments`` this path, None when nothing does. ``{version}`` is not among them."""
    words = path.split("/")[1:]
    if len(words) != len(segments) or words[0] != segments[0]:
        return None
    values = {}
    for word, segment in zip(words, segments, strict=True):
        if word[0] == "{":
            values[word[1:-1]] = segment
        elif word != segment:
            return None
    values.pop("version", None)
    return values


def load_handler(endpoint: Endpoint) -> Callable[[Call], Answer | Passage]:
    """The function that serves ``endpoint``; only its own plugin module is loaded."""
    module = import_module(f"slurmrest_inetd.plugins.{endpoint.plugin}")
    handler: Callable[[Call], Answer | Passage] = getattr(module, endpoint.handler)
    return handler
