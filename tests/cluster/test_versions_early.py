"""v0.0.36 to 38 of later releases, and v0.0.40 to 45 of 22.05: what is made fits its schemas, and tells of the same objects what 22.05 tells.

The documents come from each release's own slurmrestd, on the same rich state; what another release has otherwise is a row of OTHERWISE.
"""

import re
import time
from typing import Any

import pytest
from clusters import Cluster
from compare import compare_documents, is_clock
from conftest import get_cluster
from fitting import list_misfits
from rich_state import RichState, make_rich_state
from test_versions import ask

from slurmrest_inetd.endpoints import ENDPOINTS
from slurmrest_inetd.slurm.documents import DOCUMENTS
from slurmrest_inetd.versions.documents import MISTOLD, VERSIONS, build_document_conversion, find_nearest, has_operation
from slurmrest_inetd.versions.speaking import ENVELOPE

PATHS = [
    path
    for path in dict.fromkeys(path for _, path in DOCUMENTS)
    if path not in MISTOLD and "{" not in path.replace("{version}", "")
]
EARLY = (36, 37, 38)
LATE = [version for version in VERSIONS if version not in EARLY]
# What 22.05 answers so, with the document and no error.
SAYS_500 = (36, "/slurmdb/{version}/diag")
# What 22.05 cannot tell.
IMPOSSIBLE = {"/slurmdb/{version}/instances", "/slurmdb/{version}/ping"}
SPOKEN = {"24.11": (40, 41, 42), "26.05": (42, 43, 44, 45)}
# So long may jobs take to reach slurmdbd.
ACCOUNTED_SECONDS = 60
# By what an entry is known on another cluster: ids differ.
NAMES = ("name", "hostname", "LicenseName", "account", "user", "cluster", "partition", "type")
# fmt: off
#   place in a document of v0.0.38                                    why 22.05 has it otherwise
OTHERWISE = (
    (r"slurm\.statistics\..*",                                        "counters and clocks of two clusters"),
    (r"slurm\.jobs\.[^.]+\.(cpus_per_task|cpus|max_nodes|show_flags|standard_error|state_reason|state_description|tres_per_task)(\.\d+)?", "later releases note other defaults, and reasons better"),
    (r"slurm\.jobs\.[^.]+\.(\w+_time|deadline|last_sched_evaluation|job_id|array_job_id|het_job_id|het_job_id_set|association_id|dependency)", "ids and clocks of two clusters"),
    (r"slurm\.jobs\.peer-(ended|finished|failed|killed|elsewhere|retired|stopped)-.*\.(batch_host|nodes|job_resources\.nodes)", "it ran where there was room"),
    (r"slurmdb\.jobs\.peer-(ended|finished|failed|killed|elsewhere|retired|stopped)-.*\.nodes(\.range|\.list\.\d+)?", "it ran where there was room"),
    (r"slurm\.jobs\.peer-stopped-.*\.exit_code",                       "who is first, the signal or the shell"),
    (r"slurm\.jobs\.[^.]+\.job_resources\.allocated_nodes\..*",       "another core of a node"),
    (r"slurm\.jobs\.[^.]+\.flags(\.\d+)?",                            "JOB_ACCRUE_OVER comes and goes with the release"),
    (r"slurm\.jobs\.[^.]+\.(billable_tres|tres_alloc_str)",           "26.05's accounting has not told the controller yet"),
    (r"slurm\.nodes\.[^.]+\.(cpu_load|free_memory|last_busy|slurmd_version|slurmd_start_time|boot_time|reason_changed_at|extra|gres_used|tres_weighted)", "measured, or another release's"),
    (r"slurm\.nodes\.[^.]+\.state_flags(\.\d+)?",                      "what the scheduler has just planned"),
    (r"slurm\.partitions\.[^.]+\.(flags|preemption_mode)(\.\d+)?",    "v0.0.40 does not tell a partition's flags"),
    (r"slurm\.reservations\.[^.]+\.(start_time|end_time)",            "clocks of two clusters"),
    (r"slurmdb\.statistics\..*",                                      "counters and clocks of two clusters"),
    (r"slurmdb\.jobs\.[^.]+\.(time\..*|job_id|het\.job_id|array\.job_id|flags(\.\d+)?)", "ids and clocks of two clusters; CLEAR_SCHEDULING is not told later"),
    (r"slurmdb\.jobs\.[^.]+\.(steps\.\d+\.)?exit_code\..*",          "22.05 has 0 for the status of what failed"),
    (r"slurmdb\.jobs\.[^.]+\.(tres|steps\.\d+\.(tres|time|statistics|CPU))\..*", "clocks, what was measured, ids of two clusters"),
    (r"slurmdb\.jobs\.[^.]+\.steps\.\d+\.step\.job_id",              "ids of two clusters"),
    (r"slurmdb\.clusters\.[^.]+\.(rpc_version|select_plugin|tres|associations)(\..*)?", "another release; the root association is told"),
    (r"slurmdb\.QOS\.[^.]+\.id",                                      "ids of two clusters"),
    (r"slurmdb\.TRES(\..*)?",                                         "ids of two clusters; later releases count more of a GPU"),
    (r"slurmdb\.wckeys\.[^.]+\.(flags|id)(\.\d+)?",                   "later versions do not tell the default"),
    (r"slurmdb\.associations\.[^.]+\.qos(\.\d+)?",                    "the order of QOS"),
    (r"slurmdb\.accounts\.[^.]+\.(associations|coordinators)(\..*)?", "their order; 26.05's slurmrestd shows them where they are asked for"),
    (r"slurmdb\.users\.[^.]+\.associations(\..*)?",                   "their order"),
)
# fmt: on


def list_reads(version: int) -> list[str]:
    """The documents that the version has."""
    rows = {row.path for row in ENDPOINTS if row.method == "GET" and row.since <= version}
    return [path for path in PATHS if path in rows and has_operation("GET", path, version)]


@pytest.fixture(scope="module")
def early() -> Cluster:
    """22.05 with the rich state."""
    cluster = get_cluster("22.05")
    make_rich_state(cluster)
    deadline = time.monotonic() + ACCOUNTED_SECONDS
    while not ask(cluster, "/slurmdb/{version}/jobs", 38)["jobs"] and time.monotonic() < deadline:
        time.sleep(0.5)
    return cluster


def test_what_22_05_prints_fits_its_schemas_as_put_right(early: Cluster) -> None:
    found = []
    for version in EARLY:
        for path in list_reads(version):
            payload = ask(early, path, version)
            if payload is None and (version, path) == SAYS_500:
                continue
            found += [f"v{version} {path}: {misfit}" for misfit in list_misfits(path, version, payload)]
    assert not found, "\n".join(found)


def test_later_versions_made_of_what_22_05_prints_fit(early: Cluster) -> None:
    found = []
    for path in list_reads(38):
        payload = ask(early, path, 38)
        for version in [version for version in LATE if has_operation("GET", path, version)]:
            made = build_document_conversion("GET", path, 38, version)(payload)
            found += [f"v{version} {path}: {misfit}" for misfit in list_misfits(path, version, made)]
    assert not found, "\n".join(found)


def test_early_versions_of_later_releases_fit_and_agree(
    cluster: Cluster, rich_state: RichState, early: Cluster
) -> None:
    del rich_state
    found = []
    for path in list_reads(38):
        source = find_nearest(path, SPOKEN[cluster.release], 38)
        assert source is not None
        payload = ask(cluster, path, source)
        for version in [version for version in EARLY if has_operation("GET", path, version)]:
            made = build_document_conversion("GET", path, source, version)(payload)
            found += [f"v{version} {path}: {misfit}" for misfit in list_misfits(path, version, made)]
        made = build_document_conversion("GET", path, source, 38)(payload)
        found += [f"{path}: {words}" for words in disagree(path.split("/")[1], ask(early, path, 38), made)]
    assert not found, "\n".join(found)


def test_early_versions_are_served(cluster: Cluster, rich_state: RichState) -> None:
    del rich_state
    found = []
    for version in EARLY:
        for path in list_reads(version):
            reply = cluster.http("GET", path.replace("{version}", f"v0.0.{version}"), user="root")
            assert reply.status == 200, (version, path, reply.body[:300])
            payload = {name: value for name, value in reply.json().items() if name not in ENVELOPE}
            found += [f"v{version} {path}: {misfit}" for misfit in list_misfits(path, version, payload)]
    assert not found, "\n".join(found)


def test_later_versions_are_served_by_22_05(early: Cluster) -> None:
    found, impossible = [], set()
    for version in (40, 45):
        for path in [path for path in PATHS if has_operation("GET", path, version)]:
            reply = early.http("GET", path.replace("{version}", f"v0.0.{version}"), user="root")
            assert reply.status in (200, 501), (version, path, reply.body[:300])
            if reply.status == 501:
                impossible.add(path)
                continue
            payload = {name: value for name, value in reply.json().items() if name not in ENVELOPE}
            found += [f"v{version} {path}: {misfit}" for misfit in list_misfits(path, version, payload)]
    assert not found, "\n".join(found)
    assert impossible == IMPOSSIBLE


def disagree(root: str, native: Any, made: Any) -> list[str]:
    """What 22.05 has otherwise of the same objects, and has no row."""
    return [
        f"{finding.path}: 22.05 {finding.peer!r:.100}, made {finding.ours!r:.100}"
        for finding in compare_documents(by_name(native, made), by_name(made, native))
        if not is_clock(finding) and not any(re.fullmatch(path, f"{root}.{finding.path}") for path, _ in OTHERWISE)
    ]


def by_name(document: Any, other: Any) -> Any:
    """A document's lists as objects by name, of the entries alone that the other has too."""
    made = {}
    for member, entries in document.items():
        if isinstance(entries, list) and entries and isinstance(entries[0], dict):
            there = {name_entry(entry) for entry in other.get(member, [])}
            made[member] = {name_entry(entry): entry for entry in entries if name_entry(entry) in there}
        else:
            made[member] = entries
    return made


def name_entry(entry: Any) -> str:
    """What tells one entry from another, on any cluster; no dots."""
    words = [str(entry.get(name) or "") for name in NAMES] + [
        str(entry.get(name)) for name in ("array_task_id", "het_job_offset", "array", "het")
    ]
    return re.sub(r"\W+", "-", "|".join(words))
