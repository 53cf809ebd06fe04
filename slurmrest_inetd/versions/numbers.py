"""Numbers that may be unset or infinite: ``{set,infinite,number}``, and how v0.0.36 to v0.0.38 say the same.

Law: pure. A shape's ``null`` says what null stands for beside "not set": "zero" (0 is printed as null too) or
"infinite"; its ``infinite`` is the number that stands for infinity. Called by shapes.py, by the functions of rows
that it cannot do, and by texts/.
"""

from collections.abc import Callable, Mapping
from typing import Any

Convert = Callable[[Any], Any]

UNSET_NUMBER = {"set": False, "infinite": False, "number": 0}
# As every release prints it: not "set".
INFINITE_NUMBER = {"set": False, "infinite": True, "number": 0}
HIGHEST_DOUBLE = 1.7976931348623157e308
# Slurm's own spellings, of 32 and 64 bits, and those read as signed.
INFINITES = (0xFFFFFFFF, 0xFFFFFFFFFFFFFFFF)
NO_NUMBERS = (0xFFFFFFFE, 0xFFFFFFFFFFFFFFFE, -2)


def make_number(number: float | None) -> dict[str, Any]:
    """A number, or none, as a three-valued one."""
    return dict(UNSET_NUMBER) if number is None else {"set": True, "infinite": False, "number": number}


def widen_number(value: Any) -> Any:
    """A plain number as a three-valued one; Slurm's two highest numbers of 32 and 64 bits are no numbers."""
    if value is None or (not isinstance(value, bool) and value in NO_NUMBERS):
        return dict(UNSET_NUMBER)
    if not isinstance(value, int | float):
        return value
    if value in INFINITES or value >= HIGHEST_DOUBLE:
        return dict(INFINITE_NUMBER)
    return make_number(value)


def narrow_number(value: Any) -> Any:
    """A three-valued number as a plain one: 0 where it is not set."""
    return value["number"] if isinstance(value, dict) and value.get("set") else 0


def widen(was: Mapping[str, Any]) -> Convert:
    """``widen_number``, with what null and a chosen number mean in ``was``."""
    endless = [was["infinite"]] if "infinite" in was else []
    if was.get("null") == "infinite":
        endless.append(None)
    return lambda value: dict(INFINITE_NUMBER) if value in endless else widen_number(value)


def narrow(wanted: Mapping[str, Any], goal: str) -> Convert:
    """``narrow_number``, with null and the chosen number of ``wanted``."""
    null, endless = wanted.get("null"), wanted.get("infinite")
    make = float if goal == "number" else int

    def narrow_by_shape(value: Any) -> Any:
        if endless is not None and isinstance(value, dict) and value.get("infinite"):
            return endless
        number = make(narrow_number(value))
        is_set = isinstance(value, dict) and bool(value.get("set"))
        return None if null and (not is_set or (null == "zero" and number == 0)) else number

    return narrow_by_shape


def cross_null(change: Convert | None, wanted: Mapping[str, Any], unset: Any) -> Convert:
    """``change``, where either side may be null: the target's unset value instead; or null for what is unset."""
    null = wanted.get("null")
    empty: tuple[Any, ...] = ("", [], 0) if null == "zero" else ("", [])

    def cross(value: Any) -> Any:
        made = change(value) if change and value is not None else value
        if null:
            return None if made in empty or (not isinstance(made, bool) and made in NO_NUMBERS) else made
        return unset if made is None else made

    return cross
