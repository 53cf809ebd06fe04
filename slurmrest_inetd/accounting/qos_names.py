"""QOS by id or name -> by name: the API's conditions may give ids, Slurm's commands take names. And back: associations
have them by id in v0.0.36 and v0.0.37.

Law: one look-up, and only when an id was given or is wanted. Called by the plugins of slurmdbd.
"""

from typing import Any

from slurmrest_inetd.accounting.fixed_shape import fix_shape
from slurmrest_inetd.model import Call
from slurmrest_inetd.passthrough import read_document
from slurmrest_inetd.query import refuse_value

INVALID_QOS = (2066, "Invalid qos specification")


def name_qos(call: Call, parameter: str, values: list[str]) -> list[str]:
    """``values`` with each number replaced by the name of the QOS that has this id.

    Raises Unprocessable, naming ``parameter``, for a number that is no QOS's id.
    """
    if not any(value.isdecimal() for value in values):
        return values
    names = read_names(call)
    unknown = next((value for value in values if value.isdecimal() and value not in names), None)
    if unknown:
        raise refuse_value(call, parameter, f"No QOS has the id {unknown}", INVALID_QOS)
    return [names.get(value, value) for value in values]


def number_qos(call: Call, associations: list[dict[str, Any]]) -> None:
    """Put ids in place of the names of the associations' QOS, in their order; a name without an id stays."""
    if not any(association["qos"] for association in associations):
        return
    ids = {name: number for number, name in read_names(call).items()}
    for association in associations:
        numbers = [ids.get(name, name) for name in association["qos"]]
        association["qos"] = sorted(numbers, key=lambda text: int(text) if text.isdecimal() else 0)


def read_names(call: Call) -> dict[str, str]:
    """The names of all QOS that are or were there, by id."""
    listed = read_document(fix_shape(call), ("sacctmgr", "show", "qos", "withdeleted")).payload["qos"]
    return {str(qos["id"]): str(qos["name"]) for qos in listed}
