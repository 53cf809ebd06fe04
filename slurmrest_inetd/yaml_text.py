"""YAML text: written by us, read by PyYAML (the extra ``yaml``).

Law: no HTTP, no Slurm. Strings are written in JSON's double quotes, which YAML reads the same, so nothing in them can
become anything else. Reading refuses aliases (they multiply) and tags that make anything but plain data. Called by
envelope.py.
"""

import re
from typing import Any

from slurmrest_inetd.errors import BadRequest, UnsupportedMediaType

PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
# words that YAML 1.1 reads as something other than text
RESERVED = frozenset(("y", "n", "yes", "no", "true", "false", "on", "off", "null", "none"))
# what JSON leaves as it is and YAML takes for a line end or refuses
YAML_ESCAPES = {0x7F: "\\x7F", 0x85: "\\N", 0x2028: "\\L", 0x2029: "\\P", 0xFEFF: "\\uFEFF"}


def format_yaml(document: dict[str, Any]) -> str:
    """``document`` (dicts, lists, str, int, float, bool, None) as one YAML 1.1 block document."""
    return "%YAML 1.1\n---\n" + format_node(document, "") + "...\n"


def format_node(value: Any, indent: str) -> str:
    """A mapping's or a sequence's lines at ``indent``."""
    if isinstance(value, dict):
        return "".join(f"{indent}{format_key(key)}:{format_child(child, indent)}" for key, child in value.items())
    return "".join(f"{indent}-{format_child(child, indent)}" for child in value)


def format_child(value: Any, indent: str) -> str:
    """What stands behind ``key:`` or ``-``, with its line end."""
    if isinstance(value, dict | list | tuple) and value:
        return "\n" + format_node(value, indent + "  ")
    return f" {format_scalar(value)}\n"


def format_key(key: object) -> str:
    """A key, quoted unless it can only be read as itself."""
    text = str(key)
    return text if PLAIN_KEY.fullmatch(text) and text.lower() not in RESERVED else format_scalar(text)


def format_scalar(value: Any) -> str:
    """One line: a scalar or an empty collection, in JSON's spelling, which is also YAML's."""
    from slurmrest_inetd.envelope import format_json

    return format_json(value).decode().translate(YAML_ESCAPES)


def parse_yaml(data: bytes) -> Any:
    """The data of one YAML document. Raises BadRequest, or UnsupportedMediaType when PyYAML is not installed."""
    try:
        import yaml
    except ImportError:
        raise UnsupportedMediaType(
            "YAML bodies need the extra 'yaml' (pip install slurmrest-inetd[yaml]): send application/json"
        ) from None
    try:
        for event in yaml.parse(data, Loader=yaml.SafeLoader):
            if isinstance(event, yaml.AliasEvent):
                raise BadRequest("YAML aliases are not accepted", number=9001, error="Failure during parsing")
        return yaml.load(data, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        place = str(getattr(error, "problem_mark", "") or "").strip()
        text = f"The body is not valid YAML {place}".rstrip()
        raise BadRequest(text, number=9001, error="Failure during parsing") from None
