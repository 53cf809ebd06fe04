"""The controller's statistics: ``sdiag``.

Law: sdiag prints numbers, Slurm's own names of requests, and users' names, which the host's administrator gives; a line
that it does not print stands for 0. Called through sources.py.
"""

import re
from typing import Any

from slurmrest_inetd.errors import InternalFault
from slurmrest_inetd.texts.asking import Ask

MAIN, BACKFILL = "Main schedule statistics (microseconds):", "Backfilling stats"
TYPES, USERS = "Remote Procedure Call statistics by message type", "Remote Procedure Call statistics by user"
PENDING = "Pending RPC statistics"
SECTIONS = (MAIN, BACKFILL, TYPES, USERS, PENDING)
# what stands behind "Backfilling stats" while it runs
ACTIVE = "WARNING"
NUMBER = re.compile(r"(\d+)(?: microseconds)?")
SECONDS = re.compile(r".*\((\d+)\)")
RPC = re.compile(
    r"\t(?P<name>\S.*?) *\( *(?P<id>\d+)\) +count:(?P<count>\d+) +ave_time:(?P<mean>\d+) +total_time:(?P<total>\d+)"
)
# fmt: off
#   slurmrestd                  section   sdiag
NUMBERS = (
    ("req_time",                "",       "sdiag output at"),
    ("req_time_start",          "",       "Data since"),
    ("server_thread_count",     "",       "Server thread count"),
    ("agent_queue_size",        "",       "Agent queue size"),
    ("agent_count",             "",       "Agent count"),
    ("agent_thread_count",      "",       "Agent thread count"),
    ("dbd_agent_queue_size",    "",       "DBD Agent queue size"),
    ("jobs_submitted",          "",       "Jobs submitted"),
    ("jobs_started",            "",       "Jobs started"),
    ("jobs_completed",          "",       "Jobs completed"),
    ("jobs_canceled",           "",       "Jobs canceled"),
    ("jobs_failed",             "",       "Jobs failed"),
    ("job_states_ts",           "",       "Job states ts"),
    ("jobs_pending",            "",       "Jobs pending"),
    ("jobs_running",            "",       "Jobs running"),
    ("schedule_cycle_last",     MAIN,     "Last cycle"),
    ("schedule_cycle_max",      MAIN,     "Max cycle"),
    ("schedule_cycle_total",    MAIN,     "Total cycles"),
    ("schedule_cycle_mean",     MAIN,     "Mean cycle"),
    ("schedule_cycle_mean_depth", MAIN,   "Mean depth cycle"),
    ("schedule_cycle_per_minute", MAIN,   "Cycles per minute"),
    ("schedule_queue_length",   MAIN,     "Last queue length"),
    ("bf_backfilled_jobs",      BACKFILL, "Total backfilled jobs (since last slurm start)"),
    ("bf_last_backfilled_jobs", BACKFILL, "Total backfilled jobs (since last stats cycle start)"),
    ("bf_backfilled_het_jobs",  BACKFILL, "Total backfilled heterogeneous job components"),
    ("bf_cycle_counter",        BACKFILL, "Total cycles"),
    ("bf_when_last_cycle",      BACKFILL, "Last cycle when"),
    ("bf_cycle_last",           BACKFILL, "Last cycle"),
    ("bf_cycle_max",            BACKFILL, "Max cycle"),
    ("bf_cycle_mean",           BACKFILL, "Mean cycle"),
    ("bf_depth_mean",           BACKFILL, "Depth Mean"),
    ("bf_depth_mean_try",       BACKFILL, "Depth Mean (try depth)"),
    ("bf_queue_len",            BACKFILL, "Last queue length"),
    ("bf_queue_len_mean",       BACKFILL, "Queue length mean"),
    ("bf_table_size",           BACKFILL, "Last table size"),
    ("bf_table_size_mean",      BACKFILL, "Mean table size"),
    ("gettimeofday_latency",    BACKFILL, "Latency for 1000 calls to gettimeofday()"),
)
# fmt: on


def build_diag(ask: Ask) -> dict[str, Any]:
    """The statistics."""
    sections = split_sections(ask.print_text("sdiag"))
    told = {(section, *parse_line(line)) for section in ("", MAIN, BACKFILL) for line in sections.get(section, ())}
    numbers = {(section, title): number for section, title, number in told}
    return {
        "statistics": {
            "rpcs_by_message_type": [
                name_request(rpc, "message_type", "type_id") for rpc in list_requests(sections, TYPES)
            ],
            "rpcs_by_user": [name_request(rpc, "user", "user_id") for rpc in list_requests(sections, USERS)],
            "parts_packed": 1,
            **{name: numbers.get((section, title), 0) for name, section, title in NUMBERS},
            "bf_active": any(line.startswith(BACKFILL) and ACTIVE in line for line in sections[BACKFILL][:1]),
        }
    }


def split_sections(text: str) -> dict[str, list[str]]:
    """The lines of each section by its title, the first without one. Raises InternalFault where there is none."""
    sections: dict[str, list[str]] = {"": []}
    section = ""
    for line in text.splitlines():
        section = next((title for title in SECTIONS if line.startswith(title)), section)
        sections.setdefault(section, []).append(line)
    if BACKFILL not in sections:
        raise InternalFault("sdiag printed other statistics than are known", source="sdiag")
    return sections


def parse_line(line: str) -> tuple[str, int]:
    """``Total cycles: 7`` as a title and a number; a time's number is its seconds. The number is 0 without one."""
    title, _, value = line.strip().partition(":" if ":" in line else "  ")
    if title.startswith(("sdiag output at", "Data since")):
        title = "sdiag output at" if title.startswith("sdiag") else "Data since"
    match = NUMBER.fullmatch(value.strip()) or SECONDS.fullmatch(line)
    return title, int(match[1]) if match else 0


def list_requests(sections: dict[str, list[str]], title: str) -> list[re.Match[str]]:
    """The lines of a section that tell of one kind of request, or of one user's."""
    return [match for line in sections.get(title, ()) if (match := RPC.fullmatch(line))]


def name_request(rpc: re.Match[str], name: str, number: str) -> dict[str, Any]:
    """One line, the names of its first two members as they are given."""
    return {
        name: rpc["name"],
        number: int(rpc["id"]),
        "count": int(rpc["count"]),
        "average_time": int(rpc["mean"]),
        "total_time": int(rpc["total"]),
    }
