"""A version that is made from another is what that version says natively, on releases that speak both.

Both documents come from the release's own slurmrestd, one after the other; what has to differ is a row of TOLD_OTHERWISE.
"""

import re
from typing import Any

import pytest
from clusters import Cluster
from compare import add_up_all, compare_documents, drop_passing_flags, is_clock
from rich_state import RichState

from slurmrest_inetd.endpoints import ENDPOINTS
from slurmrest_inetd.text import clean_lines
from slurmrest_inetd.versions.documents import build_document_conversion
from slurmrest_inetd.versions.speaking import ENVELOPE

# release: the version that the document is made from, those that are made
PAIRS = [("24.11", 42, 41), ("24.11", 42, 40), ("26.05", 45, 44), ("26.05", 45, 43), ("26.05", 45, 42)]
PAIRS += [("22.05", 38, 37), ("22.05", 38, 36)]
WHOLE = {"/slurmdb/{version}/users": "?with_assocs=true&with_coords=true&with_wckeys=true"}
# v0.0.36 and 37 list what was deleted without being asked to
DELETED = {f"/slurmdb/{{version}}/{noun}": "?with_deleted=true" for noun in ("accounts", "users", "qos")}
# fmt: off
#   target, path                                                       why the native document has it otherwise
TOLD_OTHERWISE = (
    (r".*v40 .*/associations|.*v40 .*/config", r"associations\.\d+\.id\.id",          "v0.0.42 of 24.11 has 0 for an association's id: what is not told cannot be known"),
    (r".*v42 .*/associations|.*v42 .*/config", r"associations\.\d+\.id",              "v0.0.42 of 26.05 has 0 for an association's id, ours the id"),
    (r"26.05 v4[234] /slurm/\{version\}/jobs",        r"jobs\.\d+\.shared",                       "v0.0.45 does not tell how a job shares its nodes"),
    (r"22.05 v3[67] /slurm/\{version\}/jobs",         r"jobs\.\d+\.job_resources\.allocated_nodes\.\d+\.cpus", "v0.0.38 tells the CPUs in use, not those given"),
    (r"22.05 v36 /slurm/\{version\}/jobs",            r"jobs\.\d+\.user_name",                    "22.05 leaves the user's name empty"),
    (r"22.05 v36 /slurm/\{version\}/partitions",      r"partitions\.\d+\.nodes_online",           "v0.0.37 and later do not tell it"),
    (r"22.05 v3[67] /slurm/\{version\}/partitions",   r"partitions\.\d+\.(default_time_limit|default_memory_per_cpu|maximum_memory_per_node)", "22.05 has 0 for limits that are set and for those that are not"),
    (r"22.05 v3[67] /slurm/\{version\}/partitions",   r"partitions\.\d+\.preemption_mode",        "22.05 lists modes that the partition does not have"),
    (r"22.05 .* /slurm/\{version\}/jobs",              r"jobs\.\d+\.last_sched_evaluation",        "the scheduler passes by"),
    (r"22.05 .* /slurmdb/\{version\}/jobs",            r"jobs\.\d+\.time\.start",                 "what waits starts, for 22.05, when it is asked"),
    (r"22.05 v3[67] .*/(associations|config)", r"associations\.\d+\.qos(\.\d+)?",            "22.05 has the ids of QOS where v0.0.38 has names"),
    (r"22.05 v3[67] .*/(associations|config)", r"(accounts|users|QOS|associations)(\.\d+\.associations)?", "they have what was deleted: v0.0.38 cannot be asked for it here"),
    (r".*v40 .*/jobs/state",                   r"jobs\.\d+\.job_id",                  "an array's task has its own number in v0.0.42, and its array's in v0.0.40"),
)
# fmt: on


@pytest.mark.parametrize(("cluster", "source", "target"), PAIRS, indirect=["cluster"])
def test_what_is_made_is_what_is_native(cluster: Cluster, rich_state: RichState, source: int, target: int) -> None:
    del rich_state
    found: list[str] = []
    for row in ENDPOINTS:
        if row.method != "GET" or row.writes or "{" in row.path.replace("{version}", "") or not row.since <= target:
            continue
        query = DELETED.get(row.path, "") if target < source == 38 else ""
        made, native = ask(cluster, row.path, source, query), ask(cluster, row.path, target)
        if made is None or native is None:
            continue
        made = build_document_conversion("GET", row.path, source, target)(made)
        found += explain(f"{cluster.release} v{target} {row.path}", native, made)
    assert not found, "\n".join(found)


def ask(cluster: Cluster, path: str, version: int, query: str = "") -> Any:
    """The payload that slurmrestd has, as valid JSON; None where it has none."""
    target = path.replace("{version}", f"v0.0.{version}") + (WHOLE.get(path, query) if version >= 40 else query)
    reply = cluster.http_peer("GET", target, user="root")
    if reply.status != 200:
        return None
    document = reply._replace(body=clean_lines(reply.body)).json()
    drop_passing_flags(document)
    add_up_all(document)
    return {name: value for name, value in document.items() if name not in ENVELOPE}


def explain(target: str, native: Any, made: Any) -> list[str]:
    """What differs and has no row."""
    rows = [path for wanted, path, _ in TOLD_OTHERWISE if re.fullmatch(wanted, target)]
    return [
        f"{target}: {finding.path}: native {finding.peer!r:.200}, made {finding.ours!r:.200}"
        for finding in compare_documents(native, made)
        if not is_clock(finding) and not any(re.fullmatch(path, finding.path) for path in rows)
    ]
