"""Every property of an update of nodes, and how `scontrol update nodename=` carries it. Data only.

Law: one row a property of the schema update_node_msg, with the API versions that have it.
tests/unit/test_ctld_tables.py holds the rows complete. ``term`` is scontrol's key, or the reason; what slurmrestd does
with each is in docs/facts/ctld-writes.md. Beyond ``none`` and ``refused`` (body/properties.py) and the forms of
administration/terms.py:

    target      names the nodes
    each        one for each node, in the order of the nodes
    resume      only together with a state that takes a node out of service
"""

from slurmrest_inetd.body.properties import Property as Row

# fmt: off
#       property            kind           since until carry     term
NODE_PROPERTIES: tuple[Row, ...] = (
    Row("comment",          "text",          40, 45, "text",     "comment"),
    Row("cpu_bind",         "cpu_binding",   40, 45, "text",     "cpubind"),
    Row("extra",            "text",          40, 45, "text",     "extra"),
    Row("features",         "members",       40, 45, "list",     "availablefeatures"),
    Row("features_act",     "members",       40, 45, "list",     "activefeatures"),
    Row("gres",             "text",          40, 45, "text",     "gres"),
    Row("address",          "hosts",         40, 45, "each",     "nodeaddr"),
    Row("hostname",         "hosts",         40, 45, "each",     "nodehostname"),
    Row("name",             "hosts",         40, 45, "target"),
    Row("state",            "node_state",    40, 45, "text",     "state"),
    Row("reason",           "text",          40, 45, "quoted",   "reason"),
    Row("reason_uid",       "text",          40, 45, "none",     "Slurm notes whose token it was"),
    Row("resume_after",     "number32",      40, 45, "resume",   "resumeafter"),
    Row("topology_str",     "text",          43, 45, "text",     "topology"),
    Row("weight",           "finite32",      40, 45, "number",   "weight"),
)

# a state of the schema -> scontrol's word, "" for one that no update can ask for
NODE_STATES: dict[str, str] = {
    "DOWN":                "DOWN",
    "IDLE":                "IDLE",
    "FUTURE":              "FUTURE",
    "UNDRAIN":             "UNDRAIN",
    "RESUME":              "RESUME",
    "DRAIN":               "DRAIN",
    "FAIL":                "FAIL",
    "NOT_RESPONDING":      "NoResp",
    "POWER_DOWN":          "POWER_DOWN",
    "POWER_UP":            "POWER_UP",
    "POWER_DOWN_ASAP":     "POWER_DOWN_ASAP",
    "POWER_DOWN_FORCE":    "POWER_DOWN_FORCE",
    **dict.fromkeys((
        "INVALID", "UNKNOWN", "ALLOCATED", "ERROR", "MIXED", "EXTERNAL", "RESERVED", "CLOUD", "COMPLETING", "POWERED_DOWN",
        "POWERING_UP", "MAINTENANCE", "REBOOT_REQUESTED", "REBOOT_CANCELED", "POWERING_DOWN", "DYNAMIC_FUTURE",
        "REBOOT_ISSUED", "PLANNED", "INVALID_REG", "POWER_DRAIN", "DYNAMIC_NORM", "BLOCKED",
    ), ""),
}
# what versions before v0.0.45 have to say in two words
STATE_PAIRS: dict[frozenset[str], str] = {
    frozenset(("POWER_DOWN", "POWER_DRAIN")):   "POWER_DOWN_ASAP",
    frozenset(("POWER_DOWN", "POWERED_DOWN")):  "POWER_DOWN_FORCE",
}
# scontrol asks for a reason with these, and takes a time to resume after only with the first two
OUT_OF_SERVICE = ("DOWN", "DRAIN", "FAIL")
RESUMABLE = ("DOWN", "DRAIN")

# the bits of cpu_bind -> scontrol's words
VERBOSE_BINDING = 1
CPU_BINDINGS: dict[int, str] = {0: "", 2: "threads", 4: "cores", 8: "sockets", 16: "ldoms", 32: "none"}
# fmt: on
