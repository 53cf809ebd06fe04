"""POST reservation, reservations/: `scontrol create reservation` or `update reservationname=`, one after the other.

Law: all of them were read, and what is there was looked up, before the first is made or changed.
"""

from typing import Any

from slurmrest_inetd.administration.reservations import Wanted, echo_reservation, list_command, read_reservation
from slurmrest_inetd.administration.series import Update, make_updates
from slurmrest_inetd.body.findings import Findings, note_unknown
from slurmrest_inetd.body.reading import refuse_body, require_dictionary, require_list
from slurmrest_inetd.envelope import parse_body
from slurmrest_inetd.errors import ApiError
from slurmrest_inetd.model import Answer, Call
from slurmrest_inetd.passthrough import read_document
from slurmrest_inetd.query import parse_query
from slurmrest_inetd.slurm.data_parsers import find_newest

EMPTY = (9000, "Query empty or not RFC7320 compliant")
NOTHING = "No reservation descriptions specified in reservations array"
PARSER = "DATA_PARSER_RESERVATION_MOD_REQ"


def post_reservation(call: Call) -> Answer:
    """Make or change one reservation. Raises BadRequest, UnsupportedMediaType (body), Unprocessable (a property),
    Slurm's refusals, CommandTimeout when whether it was done is unknown.
    """
    return write_reservations(call, [("#/", require_dictionary(parse_body(call), "#/"))], Findings())


def post_reservations(call: Call) -> Answer:
    """Make or change many, in their order. Raises the same; the first that fails ends it."""
    body, found = require_dictionary(parse_body(call), "#/"), Findings()
    if not body.get("reservations"):
        refuse_body(NOTHING, EMPTY, "#/reservations/")
    for name, value in body.items():
        if name != "reservations":
            note_unknown(name, value, f"#/{name}/", PARSER, found)
    entries = enumerate(require_list(body["reservations"], "#/reservations/"))
    paths = [(f"#/reservations[{index}]/", entry) for index, entry in entries]
    return write_reservations(call, [(path, require_dictionary(entry, path)) for path, entry in paths], found)


def write_reservations(call: Call, bodies: list[tuple[str, dict[str, Any]]], found: Findings) -> Answer:
    """Read all, then do all."""
    wanted = [read_reservation(body, call.version, path, found) for path, body in bodies]
    found.settle()
    there = {entry["name"]: entry for entry in list_reservations(call)}
    newest = find_newest(call.settings, "scontrol")
    updates: list[Update] = []
    for item in wanted:
        argv = list_command(item, there.get(item.name), call.version, newest, found)
        if argv:
            done = "updated" if item.name in there else "created"
            updates.append(Update(item.path, f"reservation {item.name}", done, argv))
        # what is named twice is made once, then changed
        there.setdefault(item.name, {"name": item.name})
    found.settle()
    warnings = (*parse_query(call, ()).warnings, *found.notices)
    try:
        warnings = make_updates(call, updates, warnings)
    except ApiError as error:
        error.payload = {"reservations": echo(call, wanted, {notice.source for notice in error.warnings})}
        raise
    return Answer({"reservations": echo(call, wanted)}, warnings=warnings)


def echo(call: Call, wanted: list[Wanted], done: set[str] | None = None) -> list[dict[str, Any]]:
    """What was done, as it was asked for; all of it, or what stands at the places ``done``."""
    return [echo_reservation(item, call.version) for item in wanted if done is None or item.path in done]


def list_reservations(call: Call) -> list[dict[str, Any]]:
    """Every reservation that is there. Raises what scontrol failed of."""
    entries: list[dict[str, Any]] = read_document(call, ("scontrol", "show", "reservations")).payload["reservations"]
    return entries
