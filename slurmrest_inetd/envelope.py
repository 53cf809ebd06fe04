"""The document around every answer: payload, meta, errors, warnings; as JSON or YAML.

Law: the only importer of orjson, and only inside the functions that need it: an answer that is passed through pays
nothing for it. What leaves here is valid UTF-8. Called by passthrough.py, the plugins and exchange.py.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from slurmrest_inetd.errors import BadRequest, UnsupportedMediaType
from slurmrest_inetd.model import Call, Notice, Problem
from slurmrest_inetd.text import clean_lines

PLUGIN_NAMES = {
    "slurmctld": ("openapi/slurmctld", "Slurm OpenAPI slurmctld"),
    "slurmdbd": ("openapi/slurmdbd", "Slurm OpenAPI slurmdbd"),
    "util": ("openapi/util", "Slurm OpenAPI util"),
    "": ("", ""),
}
# Up to v0.0.38 every version had plugins of its own, and meta was another object.
# fmt: off
#   data_parser            plugin               type                  name
EARLY_PLUGINS = {
    ("data_parser/v0.0.36", "openapi/slurmctld"): ("openapi/v0.0.36",   "REST v0.0.36"),
    ("data_parser/v0.0.36", "openapi/slurmdbd"):  ("openapi/dbv0.0.36", "REST DB v0.0.36"),
    ("data_parser/v0.0.37", "openapi/slurmctld"): ("openapi/v0.0.37",   "Slurm OpenAPI v0.0.37"),
    ("data_parser/v0.0.37", "openapi/slurmdbd"):  ("openapi/dbv0.0.37", "Slurm OpenAPI DB v0.0.37"),
    ("data_parser/v0.0.38", "openapi/slurmctld"): ("openapi/v0.0.38",   "Slurm OpenAPI v0.0.38"),
    ("data_parser/v0.0.38", "openapi/slurmdbd"):  ("openapi/dbv0.0.38", "Slurm OpenAPI DB v0.0.38"),
}
# fmt: on
NO_RELEASE = {"version": {"major": "", "micro": "", "minor": ""}, "release": "", "cluster": ""}


def parse_json(data: bytes) -> Any:
    """The value that ``data`` spells. Raises ValueError. Bytes that are not UTF-8 become replacement characters."""
    import orjson

    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        return orjson.loads(clean_lines(data))


def format_json(value: Any) -> bytes:
    """``value`` as JSON, indented by two as slurmrestd does."""
    import orjson

    return orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS)


def format_envelope(
    payload: Mapping[str, Any],
    meta: Mapping[str, Any],
    errors: Sequence[Problem],
    warnings: Sequence[Notice],
    media: str,
) -> bytes:
    """The whole document in the client's media type ("json" or "yaml")."""
    early = shape_early_meta(meta)
    document = {
        **payload,
        "meta": early or meta,
        "errors": [{**problem._asdict(), **({"errno": problem.error_number} if early else {})} for problem in errors],
        "warnings": [notice._asdict() for notice in warnings],
    }
    if media == "yaml":
        from slurmrest_inetd.yaml_text import format_yaml

        return format_yaml(document).encode()
    return format_json(document)


def build_meta(call: Call | None, command_meta: Mapping[str, Any] | None) -> dict[str, Any]:
    """The meta object as slurmrestd writes it; release and cluster as the command's own meta tells them."""
    root = call.endpoint.plugin.partition(".")[0] if call else ""
    plugin_type, plugin_name = PLUGIN_NAMES.get(root, ("", ""))
    known = command_meta or {}
    return {
        "plugin": {
            "type": plugin_type,
            "name": plugin_name,
            "data_parser": f"data_parser/v0.0.{call.version}" if call and call.version else "",
            "accounting_storage": known.get("plugin", {}).get("accounting_storage", ""),
        },
        "client": call.client._asdict() if call else {"source": "", "user": "", "group": ""},
        "command": [],
        "slurm": known.get("slurm", NO_RELEASE),
    }


def shape_early_meta(meta: Mapping[str, Any]) -> dict[str, Any]:
    """The meta object as v0.0.36 to v0.0.38 have it, whose numbers are numbers; nothing for a later version's."""
    plugin = meta.get("plugin", {})
    names = EARLY_PLUGINS.get((plugin.get("data_parser"), plugin.get("type")))
    if names is None:
        return {}
    slurm = meta["slurm"]
    numbers = {part: int(text) if text.isdecimal() else 0 for part, text in slurm["version"].items()}
    return {
        "plugin": {"type": names[0], "name": names[1]},
        "Slurm": {"version": numbers, "release": slurm["release"]},
    }


def parse_body(call: Call) -> Any:
    """The request's body as data, by its Content-Type: JSON (also when none is given), YAML, or a form.

    Raises BadRequest (it is not what it says), UnsupportedMediaType.
    """
    from slurmrest_inetd.negotiation import parse_content_type

    values = call.request.get_all("content-type")
    media = parse_content_type(values[0])[0] if values else "application/json"
    parser = BODY_PARSERS.get(media)
    if parser is None:
        known = ", ".join(BODY_PARSERS)
        raise UnsupportedMediaType(f"A body of type {media} is not understood: send {known}", source="Content-Type")
    return parser(call.body)


def parse_json_body(body: bytes) -> Any:
    """RFC 8259. Raises BadRequest with the place where it is broken."""
    import orjson

    if not body.strip():
        raise BadRequest("The request has no body", number=9001, error="Failure during parsing")
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        place = f"{error.msg} (line {error.lineno}, column {error.colno})"
        raise BadRequest(f"The body is not valid JSON: {place}", number=9001, error="Failure during parsing") from None


def parse_yaml_body(body: bytes) -> Any:
    """YAML's safe subset, through the extra ``yaml``. Raises BadRequest, UnsupportedMediaType when the extra is
    missing.
    """
    from slurmrest_inetd.yaml_text import parse_yaml

    return parse_yaml(body)


def parse_form_body(body: bytes) -> dict[str, Any]:
    """application/x-www-form-urlencoded: names to texts; a repeated name makes a list. Raises BadRequest."""
    from slurmrest_inetd.target import parse_form

    form: dict[str, Any] = {}
    for name, text in parse_form(body):
        if name not in form:
            form[name] = text
        elif isinstance(form[name], list):
            form[name].append(text)
        else:
            form[name] = [form[name], text]
    return form


BODY_PARSERS = {
    "application/json": parse_json_body,
    "application/yaml": parse_yaml_body,
    "application/x-yaml": parse_yaml_body,
    "text/yaml": parse_yaml_body,
    "text/x-yaml": parse_yaml_body,
    "application/jsonrequest": parse_json_body,
    "application/x-www-form-urlencoded": parse_form_body,
}
