"""Text that leaves us is valid: UTF-8 throughout, and JSON's numbers are numbers.

Law: bytes in, bytes out, no import of ours. A newline inside a string is always escaped in what Slurm prints, so lines
may be trusted to be lines. Called by passthrough.py and envelope.py.
"""

import re

# JSON has neither: the largest double stands for infinity, null for what is no number
NOT_JSON_NUMBER = re.compile(rb"(?m)^( *(?:\"[^\n]*\": )?)(-?)(Infinity|NaN)(,?)$")
LARGEST_DOUBLE = b"1.7976931348623157e+308"
ESCAPES = {code: f"\\u{code:04x}" for code in (*range(0x20), 0x22, 0x5C, 0x7F)}


def clean_lines(text: bytes) -> bytes:
    """Whole lines of JSON or YAML made valid UTF-8, and JSON's numbers made numbers; usually the very same bytes."""
    if b"Infinity" in text or b"NaN" in text:
        text = NOT_JSON_NUMBER.sub(replace_number, text)
    if text.isascii():
        return text
    try:
        text.decode()
    except UnicodeDecodeError:
        return text.decode("utf-8", "replace").encode()
    return text


def replace_number(match: re.Match[bytes]) -> bytes:
    """The line with a number that JSON has."""
    before, sign, word, after = match.groups()
    return bytes(before + (sign + LARGEST_DOUBLE if word == b"Infinity" else b"null") + after)


def quote(text: str) -> bytes:
    """``text`` as it stands between the double quotes of a JSON or YAML string."""
    return text.translate(ESCAPES).encode("utf-8", "replace")
