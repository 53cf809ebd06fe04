"""Usage beside the real slurmrestd: every form of a period, what a partition's association does, and 22.05, whose own API has none.

On what tests/lab/usage.py put there. Law: identical requests to both; usage added up as differences.py has it.
"""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from clusters import Cluster
from compare import add_up_all, compare_documents
from rich_state import RichState
from usage import DAY, HOUR, find_midnight, find_month

TRIES = 3
PARTITION = ("sacctmgr", "-i", "add", "user", "alice", "account=chem", "partition=long")


def list_periods(now: int) -> Iterator[str]:
    """The query of each period; the labs' clocks are UTC's."""
    midnight, month = find_midnight(now), find_month(now, 0)
    # fmt: off
    for start, end in (
        (None,                     None),
        (midnight - 2 * DAY,       None),
        (midnight - DAY + 5 * HOUR, None),
        (midnight,                 None),
        (now + DAY,                None),
        (None,                     midnight - DAY + 7 * HOUR),
        (None,                     midnight),
        (midnight - 3 * DAY,       midnight),
        (midnight - DAY,           midnight + 3 * DAY),
        (midnight - 2 * DAY,       midnight - DAY + 6 * HOUR + 1800),
        (midnight - DAY + 300,     midnight - DAY + 600),
        (midnight,                 midnight - DAY),
        (find_month(now, -2),      month),
        (find_month(now, -1),      month),
    ):
        yield "".join(f"&{name}={value}" for name, value in (("usage_start", start), ("usage_end", end)) if value is not None)
    # fmt: on


def is_misread(cluster: Cluster, period: str) -> bool:
    """Whether slurmrestd has no good answer for wckeys: 24.11 ends at every period, 26.05 turns none round."""
    times = [int(word.partition("=")[2]) for word in period.split("&") if word]
    return bool(times) and (cluster.release == "24.11" or times != sorted(times))


def read_usage(document: dict[str, Any], member: str) -> list[Any]:
    add_up_all(document)
    return [(entry["cluster"], entry.get("account"), entry["user"], entry["accounting"]) for entry in document[member]]


@pytest.mark.parametrize("path", ["associations?Include%20usage=true", "wckeys?with_usage=true"])
def test_every_form_of_a_period(cluster: Cluster, rich_state: RichState, path: str) -> None:
    del rich_state
    found = 0
    for version in {"24.11": (42,), "26.05": (42, 45)}[cluster.release]:
        for period in list_periods(int(time.time())):
            if path.startswith("wckeys") and is_misread(cluster, period):
                continue
            target = f"/slurmdb/v0.0.{version}/{path}{period}"
            for _ in range(TRIES):
                peer, ours = (ask("GET", target, user="slurm") for ask in (cluster.http_peer, cluster.http))
                usages = [read_usage(reply.json(), path.partition("?")[0]) for reply in (peer, ours)]
                left = list(compare_documents(*usages))
                if not left:
                    break
                time.sleep(1)
            assert (ours.status, left) == (200, []), target
            found += sum(len(entry[-1]) for entry in usages[1])
    assert found


def name_day(state: RichState) -> str:
    """The period of a day on which nobody had a job, whenever the tests run: only usage.py has something of it."""
    return f"&usage_start={state.names['days_ago']}&usage_end={int(state.names['days_ago']) + DAY}"


def test_an_association_of_a_partition(cluster: Cluster, rich_state: RichState) -> None:
    cluster.slurm(*PARTITION)
    target = f"/slurmdb/v0.0.42/associations?Include%20usage=true&user=alice{name_day(rich_state)}"
    ours = cluster.http("GET", target, user="slurm").json()
    found = {(one["account"], one["partition"]): len(one["accounting"]) for one in ours["associations"]}
    cluster.slurm("sacctmgr", "-i", "delete", "user", "alice", "account=chem", "partition=long")
    assert found["phys", ""] == 3
    assert found["chem", "long"] == 0
    assert "partition" in ours["warnings"][0]["description"]


def test_usage_on_every_release(any_cluster: Cluster, any_rich_state: RichState) -> None:
    """A user's is what lies in the database, an account's that of all below it."""
    day = name_day(any_rich_state)
    totals = set()
    for version in (40, 41, 42, 43, 44, 45):
        asked = "with_usage" if version < 42 else "Include%20usage"
        reply = any_cluster.http("GET", f"/slurmdb/v0.0.{version}/associations?{asked}=true{day}", user="slurm")
        assert reply.status == 200, reply.body
        used: dict[tuple[str, str], int] = {}
        for one in reply.json()["associations"]:
            user = one["user"] or ""
            for record in one["accounting"]:
                assert ("id_alt" in record) == (version >= 42)
                assert record["id"]
                key = (one["account"], user)
                used[key] = used.get(key, 0) + record["allocated"]["seconds"]
        assert used["root", ""] == sum(seconds for (_, user), seconds in used.items() if user)
        assert used["phys", ""] == used["phys", "alice"] + used["phys", "bob"] + used["theory", "bob"]
        totals.add(used["root", ""])
        target = f"/slurmdb/v0.0.{version}/wckeys?with_usage=true{day}"
        keys = any_cluster.http("GET", target, user="slurm").json()["wckeys"]
        assert [len(key["accounting"]) for key in keys if (key["name"], key["user"]) == ("paper", "bob")] == [3]
        config = any_cluster.http("GET", f"/slurmdb/v0.0.{version}/config", user="slurm").json()
        assert sum(len(one["accounting"]) for one in config["associations"])
    assert len(totals) == 1


def test_a_user_sees_what_slurm_lets_them(any_cluster: Cluster, any_rich_state: RichState) -> None:
    del any_rich_state
    reply = any_cluster.http("GET", "/slurmdb/v0.0.45/associations?Include%20usage=true&user=carol", user="carol")
    assert reply.status == 200
    assert any(one["accounting"] for one in reply.json()["associations"])
