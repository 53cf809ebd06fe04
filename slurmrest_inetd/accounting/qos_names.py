"""QOS by id or name -> by name: the API's conditions may give ids, Slurm's commands take names.

Law: one look-up, and only when an id was given. Called by the plugins of slurmdbd.
"""

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
    listed = read_document(fix_shape(call), ("sacctmgr", "show", "qos", "withdeleted")).payload["qos"]
    names = {str(qos["id"]): str(qos["name"]) for qos in listed}
    unknown = next((value for value in values if value.isdecimal() and value not in names), None)
    if unknown:
        raise refuse_value(call, parameter, f"No QOS has the id {unknown}", INVALID_QOS)
    return [names.get(value, value) for value in values]
