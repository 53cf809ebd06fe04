"""Every property of a reservation that is made or changed, and how scontrol carries it. Data only.

Law: one row a property of the schema reservation_desc_msg (v0.0.43 on), one a flag.
tests/unit/test_ctld_tables.py holds them complete. ``term`` is scontrol's key, or the reason. Beyond ``none`` and
``refused`` (body/properties.py) and the forms of administration/terms.py:

    name        names the reservation
    flags       what stands in FLAGS below
    length      its sign depends on the flags DURATION_PLUS and DURATION_MINUS
    purge       belongs to the flag PURGE_COMP
    tres        its key depends on the flag TRES_PER_NODE
"""

from typing import NamedTuple

from slurmrest_inetd.body.properties import Property as Row


class Flag(NamedTuple):
    """One flag: ``carry`` is "set", "clear" (of a reservation that is there), "new" (of one that is not), "length",
    "skip", "tres", "none" or "refused"; ``word`` is scontrol's, or the reason.
    """

    carry: str
    word: str


# fmt: off
#       property                 kind           since until carry     term
RESERVATION_PROPERTIES: tuple[Row, ...] = (
    Row("accounts",              "members",       43, 45, "signed",   "accounts"),
    Row("burst_buffer",          "text",          43, 45, "text",     "burstbuffer"),
    Row("comment",               "text",          43, 45, "text",     "comment"),
    Row("core_count",            "count",         43, 45, "number",   "corecnt"),
    Row("duration",              "minutes",       43, 45, "length",   "duration"),
    Row("end_time",              "time",          43, 45, "time",     "endtime"),
    Row("features",              "text",          43, 45, "text",     "features"),
    Row("flags",                 "resv_flags",    43, 45, "flags",    "flags"),
    Row("groups",                "members",       43, 45, "list",     "groups"),
    Row("licenses",              "members",       43, 45, "list",     "licenses"),
    Row("max_start_delay",       "finite32",      43, 45, "seconds",  "maxstartdelay"),
    Row("name",                  "text",          43, 45, "name",     "reservationname"),
    Row("node_count",            "count",         43, 45, "number",   "nodecnt"),
    Row("node_list",             "hosts",         43, 45, "hosts",    "nodes"),
    Row("partition",             "text",          43, 45, "text",     "partitionname"),
    Row("purge_completed/time",  "number32",      43, 45, "purge",    "purge_comp"),
    Row("start_time",            "time",          43, 45, "time",     "starttime"),
    Row("tres",                  "tres",          43, 45, "tres",     "tres"),
    Row("users",                 "members",       43, 45, "signed",   "users"),
)

OUTPUT_ONLY = "Slurm sets it itself"
RESERVATION_FLAGS: dict[str, Flag] = {
    "MAINT":                   Flag("set",      "MAINT"),
    "NO_MAINT":                Flag("clear",    "MAINT"),
    "DAILY":                   Flag("set",      "DAILY"),
    "NO_DAILY":                Flag("clear",    "DAILY"),
    "WEEKLY":                  Flag("set",      "WEEKLY"),
    "NO_WEEKLY":               Flag("clear",    "WEEKLY"),
    "IGNORE_JOBS":             Flag("set",      "IGNORE_JOBS"),
    "NO_IGNORE_JOBS":          Flag("clear",    "IGNORE_JOBS"),
    "ANY_NODES":               Flag("set",      "ANY_NODES"),
    "NO_ANY_NODES":            Flag("clear",    "ANY_NODES"),
    "STATIC":                  Flag("set",      "STATIC_ALLOC"),
    "NO_STATIC":               Flag("clear",    "STATIC_ALLOC"),
    "PART_NODES":              Flag("set",      "PART_NODES"),
    "NO_PART_NODES":           Flag("clear",    "PART_NODES"),
    "OVERLAP":                 Flag("set",      "OVERLAP"),
    "SPEC_NODES":              Flag("none",     OUTPUT_ONLY),
    "TIME_FLOAT":              Flag("set",      "TIME_FLOAT"),
    "REPLACE":                 Flag("set",      "REPLACE"),
    "ALL_NODES":               Flag("none",     OUTPUT_ONLY),
    "PURGE_COMP":              Flag("set",      "PURGE_COMP"),
    "NO_PURGE_COMP":           Flag("clear",    "PURGE_COMP"),
    "WEEKDAY":                 Flag("set",      "WEEKDAY"),
    "NO_WEEKDAY":              Flag("clear",    "WEEKDAY"),
    "WEEKEND":                 Flag("set",      "WEEKEND"),
    "NO_WEEKEND":              Flag("clear",    "WEEKEND"),
    "FLEX":                    Flag("set",      "FLEX"),
    "NO_FLEX":                 Flag("clear",    "FLEX"),
    "DURATION_PLUS":           Flag("length",   "+"),
    "DURATION_MINUS":          Flag("length",   "-"),
    "NO_HOLD_JOBS_AFTER_END":  Flag("set",      "NO_HOLD_JOBS_AFTER"),
    "REPLACE_DOWN":            Flag("set",      "REPLACE_DOWN"),
    "MAGNETIC":                Flag("set",      "MAGNETIC"),
    "NO_MAGNETIC":             Flag("clear",    "MAGNETIC"),
    "SKIP":                    Flag("skip",     "skip"),
    "HOURLY":                  Flag("set",      "HOURLY"),
    "NO_HOURLY":               Flag("clear",    "HOURLY"),
    "USER_DELETE":             Flag("set",      "USER_DELETE"),
    "NO_USER_DELETE":          Flag("clear",    "USER_DELETE"),
    "FORCE_START":             Flag("new",      "FORCE_START"),
    "REOCCURRING":             Flag("refused",  "it stands for HOURLY, DAILY, WEEKLY, WEEKDAY or WEEKEND: name one of them"),
    "TRES_PER_NODE":           Flag("tres",     "trespernode"),
}
# fmt: on
