"""What POST job/{job_id} and jobs/ can change of a job in accounting: each property and sacctmgr's term. Data only.

Law: one row a property, by its place; held complete against the API's own documents by
tests/unit/test_slurmdbd_writes_b.py. How ``set`` writes a value, its kind says (accounting/job_records.py).
Measured on 26.05.5: docs/facts/dbd-writes.md.
"""

from slurmrest_inetd.body.properties import Property as Row

LAST = 99

# fmt: off
#   place                     kind         since until carry   sacctmgr's term
JOB_RECORD_PROPERTIES: tuple[Row, ...] = (
    Row("comment/administrator", "text",      44, LAST, "set",  "AdminComment"),
    Row("comment/job",        "text",         44, LAST, "set",  "Comment"),
    Row("comment/system",     "text",         44, LAST, "set",  "SystemComment"),
    Row("derived_exit_code",  "exit_code",    44, LAST, "set",  "DerivedExitCode"),
    Row("extra",              "text",         44, LAST, "set",  "Extra"),
    Row("tres/allocated",     "tres",         44, LAST, "set",  "TRES"),
    Row("wckey",              "wckey",        44, LAST, "set",  "NewWCKey"),
)
# the members of derived_exit_code
EXIT_CODE_PROPERTIES: tuple[Row, ...] = (
    Row("status",             "exit_status",  44, LAST, "apart"),
    Row("return_code",        "exit_number",  44, LAST, "apart"),
    Row("signal/id",          "exit_signal",  44, LAST, "apart"),
    Row("signal/name",        "signal",       44, LAST, "apart"),
)
# how an end is called, and what goes with it
EXIT_STATES = {
    "INVALID":     "it is no end that a job can have",
    "PENDING":     "it is no end that a job can have",
    "SUCCESS":     "",
    "ERROR":       "",
    "SIGNALED":    "",
    "CORE_DUMPED": "",
}
# fmt: on
