"""GET openapi, openapi.json, openapi.yaml, openapi/v3: the document of what this process serves.

Law: no token is asked for, and nothing a client sends is in the answer. A client that has the document already
(If-None-Match, RFC 9110 section 13.1.2) gets 304.
"""

from slurmrest_inetd.model import Call, Passage
from slurmrest_inetd.negotiation import FORMATS, choose_media_type, has_etag
from slurmrest_inetd.openapi.document import find_served, format_document, plan_document


def get_openapi(call: Call) -> Passage:
    """The document as Accept wants it. Raises NotAcceptable."""
    return answer_document(call, choose_media_type(call.request.get_all("accept")), (("vary", "Accept"),))


def get_openapi_json(call: Call) -> Passage:
    """The document as JSON, whatever Accept says."""
    return answer_document(call, "application/json")


def get_openapi_yaml(call: Call) -> Passage:
    """The document as YAML, whatever Accept says."""
    return answer_document(call, "application/yaml")


def answer_document(call: Call, media_type: str, headers: tuple[tuple[str, str], ...] = ()) -> Passage:
    """The document, or 304 for a client that has it. It may be kept, and is asked about before it is used again."""
    document = plan_document(find_served(call.settings, call.meanwhile), FORMATS[media_type])
    fields = (("ETag", document.etag), ("cache-control", "no-cache"), *headers)
    if has_etag(call.request.get_all("if-none-match"), document.etag):
        return Passage(b"", 304, fields)
    return Passage(format_document(document), 200, (("content-type", media_type), *fields))
