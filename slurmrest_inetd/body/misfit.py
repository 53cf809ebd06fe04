"""A value that does not fit: its refusal, with the property it stands in.

Law: no more than that.
"""

from collections.abc import Callable
from typing import Any

from slurmrest_inetd.slurm.values import INVALID_DATA, Unusable


class Misfit(Unusable):
    """A value that does not fit the others; ``field`` is its property."""

    def __init__(self, field: str, description: str, problem: tuple[int, str] = INVALID_DATA) -> None:
        super().__init__(description, problem)
        self.field = field


def place(name: str, form: Callable[[Any], str], value: Any) -> str:
    """``form(value)``, its refusal with the property's name."""
    try:
        return form(value)
    except Unusable as error:
        raise Misfit(name, str(error), (error.number, error.error)) from None
