"""The body of requests of the peer test: every GET of every version, with values that are there, that are not, and that are wrong.

Law: data and its expansion; no cluster. ``{...}`` in a target is filled in from the cluster's state (state.names): job ids, node
names, times. Read by test_peer.py; a test there holds that every documented GET is in it.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

FACTS = Path(__file__).parent.parent / "facts" / "openapi"
NATIVE = {"24.11": (40, 41, 42), "26.05": (42, 43, 44, 45)}


class Ask(NamedTuple):
    """A request of the peer test: ``target`` is the path behind the version, with its query."""

    root: str
    target: str
    since: int = 40
    until: int = 45
    user: str = "alice"
    accept: str = ""


# fmt: off
ASKS: tuple[Ask, ...] = (
    # slurmctld
    Ask("slurm",   "/ping/"),
    Ask("slurm",   "/diag/"),
    Ask("slurm",   "/conf",                                       45),
    Ask("slurm",   "/conf?update_time=0",                         45),
    Ask("slurm",   "/licenses/"),
    Ask("slurm",   "/shares"),
    Ask("slurm",   "/shares?accounts=phys"),
    Ask("slurm",   "/shares?users=alice"),
    Ask("slurm",   "/shares?users=alice%2Cbob&accounts=phys"),
    Ask("slurm",   "/nodes/"),
    Ask("slurm",   "/nodes/?flags=DETAIL"),
    Ask("slurm",   "/nodes/?flags=ALL"),
    Ask("slurm",   "/nodes/?update_time=0"),
    Ask("slurm",   "/nodes/?update_time={future}"),
    Ask("slurm",   "/nodes/?update_time=zzz"),
    Ask("slurm",   "/nodes/?unknown=1"),
    Ask("slurm",   "/node/{node}"),
    Ask("slurm",   "/node/{node}?flags=DETAIL"),
    Ask("slurm",   "/node/nosuchnode"),
    Ask("slurm",   "/partitions/"),
    Ask("slurm",   "/partitions/?flags=ALL"),
    Ask("slurm",   "/partitions/?update_time={future}"),
    Ask("slurm",   "/partition/debug"),
    Ask("slurm",   "/partition/nosuchpartition"),
    Ask("slurm",   "/reservations/"),
    Ask("slurm",   "/reservations/?update_time={future}"),
    Ask("slurm",   "/reservation/{reservation}"),
    Ask("slurm",   "/reservation/nosuchreservation"),
    Ask("slurm",   "/jobs/"),
    Ask("slurm",   "/jobs/?flags=DETAIL"),
    Ask("slurm",   "/jobs/?flags=ALL"),
    Ask("slurm",   "/jobs/?update_time=0"),
    Ask("slurm",   "/jobs/?update_time={future}"),
    Ask("slurm",   "/jobs/",                                      accept="application/yaml"),
    Ask("slurm",   "/jobs/",                                      user="root"),
    Ask("slurm",   "/jobs/state/"),
    Ask("slurm",   "/jobs/state/?job_id={pending}"),
    Ask("slurm",   "/jobs/state/?job_id={pending}%2C{running}"),
    Ask("slurm",   "/job/{pending}"),
    Ask("slurm",   "/job/{running}"),
    Ask("slurm",   "/job/{array}"),
    Ask("slurm",   "/job/{array}_1"),
    Ask("slurm",   "/job/{het}"),
    Ask("slurm",   "/job/{het}+1"),
    Ask("slurm",   "/job/{running}?flags=DETAIL"),
    Ask("slurm",   "/job/99999999"),
    Ask("slurm",   "/job/4000000000"),
    Ask("slurm",   "/job/abc"),
    Ask("slurm",   "/resources/{running}",                        44),
    # slurmdbd
    Ask("slurmdb", "/ping/",                                      42),
    Ask("slurmdb", "/conf",                                       45),
    Ask("slurmdb", "/config",                                     user="root"),
    Ask("slurmdb", "/diag/",                                      user="root"),
    Ask("slurmdb", "/tres/"),
    Ask("slurmdb", "/accounts/"),
    Ask("slurmdb", "/accounts/?with_assocs=true",                 40, 40),
    Ask("slurmdb", "/accounts/?with_coords=true",                 40, 40),
    Ask("slurmdb", "/accounts/?with_deleted=true",                40, 40),
    Ask("slurmdb", "/accounts/?WithAssociations=true",            41),
    Ask("slurmdb", "/accounts/?WithCoordinators=true",            41),
    Ask("slurmdb", "/accounts/?DELETED=true",                     41),
    Ask("slurmdb", "/accounts/?description=physics"),
    Ask("slurmdb", "/account/phys"),
    Ask("slurmdb", "/account/phys?with_assocs=true"),
    Ask("slurmdb", "/account/phys?with_coords=true"),
    Ask("slurmdb", "/account/nosuchaccount"),
    Ask("slurmdb", "/associations/"),
    Ask("slurmdb", "/associations/?account=phys&user=alice"),
    Ask("slurmdb", "/associations/?Include%20deleted%20associations=true", 41),
    Ask("slurmdb", "/associations/?with_usage=true",              40, 41),
    Ask("slurmdb", "/associations/?with_usage=true&usage_start={days_ago}", 40, 41),
    Ask("slurmdb", "/associations/?Include%20usage=true",         42),
    Ask("slurmdb", "/associations/?Include%20usage=true&usage_start={days_ago}", 42),
    Ask("slurmdb", "/associations/?Include%20usage=true&usage_start={days_ago}&usage_end={midnight}", 42),
    Ask("slurmdb", "/associations/?Include%20usage=true&usage_start={hours_ago}&usage_end={past}", 42),
    Ask("slurmdb", "/associations/?Include%20usage=true&usage_start={months_ago}&usage_end={month}", 42),
    Ask("slurmdb", "/association/?user=alice&account=phys"),
    Ask("slurmdb", "/association/?user=alice&account=phys&Include%20usage=true", 42),
    Ask("slurmdb", "/clusters/"),
    Ask("slurmdb", "/cluster/{cluster}"),
    Ask("slurmdb", "/cluster/nosuchcluster"),
    Ask("slurmdb", "/instances/"),
    Ask("slurmdb", "/instance/"),
    Ask("slurmdb", "/qos/"),
    Ask("slurmdb", "/qos/?name=normal"),
    Ask("slurmdb", "/qos/?id=1"),
    Ask("slurmdb", "/qos/normal"),
    Ask("slurmdb", "/qos/nosuchqos"),
    Ask("slurmdb", "/users/"),
    Ask("slurmdb", "/users/?with_assocs=true"),
    Ask("slurmdb", "/users/?admin_level=Administrator"),
    Ask("slurmdb", "/user/alice"),
    Ask("slurmdb", "/user/alice?with_assocs=true"),
    Ask("slurmdb", "/user/nosuchuser"),
    Ask("slurmdb", "/wckeys/"),
    Ask("slurmdb", "/wckeys/?with_usage=true"),
    Ask("slurmdb", "/wckey/nosuchkey"),
    Ask("slurmdb", "/job/{pending}"),
    Ask("slurmdb", "/job/{finished}"),
    Ask("slurmdb", "/job/{array}"),
    Ask("slurmdb", "/job/99999999"),
    Ask("slurmdb", "/jobs/"),
    Ask("slurmdb", "/jobs/?users=alice"),
    Ask("slurmdb", "/jobs/?users=alice%2Cbob&account=phys"),
    Ask("slurmdb", "/jobs/?state=FAILED"),
    Ask("slurmdb", "/jobs/?state=CANCELLED%2CCOMPLETED"),
    Ask("slurmdb", "/jobs/?job_name=peer-failed"),
    Ask("slurmdb", "/jobs/?partition=debug&qos=normal"),
    Ask("slurmdb", "/jobs/?start_time={past}&end_time={future}"),
    Ask("slurmdb", "/jobs/?step={finished}"),
    Ask("slurmdb", "/jobs/?skip_steps=true"),
    Ask("slurmdb", "/jobs/?show_duplicates=true"),
    Ask("slurmdb", "/jobs/?node={node}"),
    Ask("slurmdb", "/jobs/?start_time=zzz"),
    # before any endpoint
    Ask("slurm",   "/nope"),
    Ask("nope",    "/ping/"),
)
# fmt: on


def expand(release: str) -> Iterator[tuple[int, Ask]]:
    """Every ask in every version that the release and the ask have."""
    for version in NATIVE[release]:
        for ask in ASKS:
            if ask.since <= version <= ask.until:
                yield version, ask


def list_documented_gets(release: str) -> set[tuple[int, str]]:
    """(version, path) of every GET that the release's own documents have."""
    found = set()
    for file in FACTS.glob(f"*.slurm-{release}.json"):
        document = json.loads(file.read_text())
        version = int(document["version"].rpartition(".")[2])
        found |= {(version, row["path"].rstrip("/")) for row in document["operations"] if row["method"] == "GET"}
    return found
