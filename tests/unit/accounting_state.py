"""A little accounting database for the tests of writes: what ``sacctmgr show`` tells, and which changes were asked for.

Law: only what a test gives is there; a list that nobody gave fails loudly. Used by tests/unit/test_slurmdbd_writes_*.py.
"""

import json
from typing import Any

from playback import FakeSlurm

MEMBERS = {"account": "accounts", "user": "users", "association": "associations", "cluster": "clusters", "tres": "TRES"}
META = {"slurm": {"version": {"major": "26", "micro": "5", "minor": "05"}, "release": "26.05.5", "cluster": "lab"}}
TRES = [{"type": "cpu", "name": ""}, {"type": "mem", "name": ""}, {"type": "gres", "name": "gpu"}]


class State:
    """What the fake accounting holds."""

    def __init__(self, fake: FakeSlurm, version: int = 45) -> None:
        self.fake, self.version = fake, version
        self.give("cluster", [{"name": "lab"}, {"name": "far"}])
        self.give("qos", [{"name": "normal", "id": 1}, {"name": "High", "id": 2}])
        self.give("tres", TRES)

    def give(self, entity: str, entries: list[dict[str, Any]], *words: str) -> "State":
        """Let ``sacctmgr show ENTITY WORDS`` tell ``entries``."""
        document = {MEMBERS.get(entity, entity): entries, "meta": META, "errors": [], "warnings": []}
        argv = ["sacctmgr", f"--json=v0.0.{self.version}", "show", entity, *words]
        self.fake.say(argv, json.dumps(document).encode())
        return self

    def give_account(self, name: str = "phys", **members: Any) -> "State":
        """One account, as a request about it looks it up."""
        return self.give("account", [{"name": name, **members}], f"Names={name}")

    def answer(self, argv: list[str], stdout: bytes = b"", stderr: bytes = b"", status: int = 0) -> "State":
        """What a change says: ``argv`` stands behind ``sacctmgr --immediate``."""
        self.fake.say(["sacctmgr", "--immediate", *argv], stdout, stderr, status)
        return self

    def accept(self) -> "State":
        """Let every other change be done."""
        self.fake.say("sacctmgr")
        return self

    @property
    def changes(self) -> list[list[str]]:
        """The changes that were asked for, without ``sacctmgr --immediate``."""
        return [argv[2:] for argv in self.fake.argvs if argv[1] == "--immediate"]


def make_association(account: str, user: str = "", partition: str = "", **members: Any) -> dict[str, Any]:
    """An association on the cluster ``lab``, as the document has it."""
    return {"account": account, "user": user, "cluster": "lab", "partition": partition, **members}
