"""YAML text: written by us, read by PyYAML (the extra ``yaml``).

Law: no HTTP, no Slurm. Strings are written in JSON's double quotes, which YAML reads the same, so nothing in them can
become anything else. Reading refuses aliases (they multiply) and tags that make anything but plain data. Called by
envelope.py.
"""

import re
from collections.abc import Iterable
from typing import Any

from slurmrest_inetd.errors import BadRequest, ContentTooLarge, UnsupportedMediaType

MAX_YAML_BYTES = 8 * 1024 * 1024
MAX_DEPTH = 64
DEPTH_STEPS = {"SequenceStartEvent": 1, "MappingStartEvent": 1, "SequenceEndEvent": -1, "MappingEndEvent": -1}
PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
# words that YAML 1.1 reads as something other than text
RESERVED = frozenset(("y", "n", "yes", "no", "true", "false", "on", "off", "null", "none"))
# what JSON leaves as it is and YAML takes for a line end, or refuses
YAML_ESCAPES = {
    **{code: f"\\x{code:02X}" for code in range(0x7F, 0xA0)},
    **{code: f"\\u{code:04X}" for code in (0x2028, 0x2029, 0xFEFF, 0xFFFE, 0xFFFF)},
}


def format_yaml(document: dict[str, Any]) -> str:
    """``document`` (dicts, lists, str, int, float, bool, None) as one YAML 1.1 block document."""
    return "%YAML 1.1\n---\n" + (format_node(document, "") or "{}\n") + "...\n"


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
    """The data of one YAML document.

    Raises BadRequest, ContentTooLarge, or UnsupportedMediaType when PyYAML is not installed.
    """
    try:
        import yaml
    except ImportError:
        raise UnsupportedMediaType(
            "YAML bodies need the extra 'yaml' (pip install slurmrest-inetd[yaml]): send application/json"
        ) from None
    if len(data) > MAX_YAML_BYTES:
        raise ContentTooLarge(f"A YAML body may have {MAX_YAML_BYTES} bytes: send a larger one as application/json")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        check_events(yaml.parse(data, Loader=loader))
        return yaml.load(data, Loader=loader)  # noqa: S506  both are safe loaders
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        place = str(getattr(error, "problem_mark", "") or "").strip()
        text = f"The body is not valid YAML {place}".rstrip()
        raise BadRequest(text, number=9001, error="Failure during parsing") from None


def check_events(events: Iterable[Any]) -> None:
    """Look at a document before it is built. Raises BadRequest where building it could cost more than its length."""
    depth = 0
    for event in events:
        depth += DEPTH_STEPS.get(type(event).__name__, 0)
        if depth > MAX_DEPTH or type(event).__name__ == "AliasEvent":
            what = "nested too deeply" if depth > MAX_DEPTH else "an alias, which is not accepted"
            raise BadRequest(f"The YAML body is or has {what}", number=9001, error="Failure during parsing")
