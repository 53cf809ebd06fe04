"""What accounting holds already, looked up when it is first asked for: what a request names is checked against it.

Law: read-only, each list read once; names are compared as the database does (listing.fold). A client who may not see a
list finds it empty, and then hears of what is not there. Their shape is not the client's (fixed_shape.py).
Called by the rooms of accounting that change it.
"""

from collections.abc import Iterable
from typing import Any

from slurmrest_inetd.accounting.fixed_shape import fix_shape
from slurmrest_inetd.accounting.listing import fold
from slurmrest_inetd.model import Call
from slurmrest_inetd.passthrough import Document, read_document
from slurmrest_inetd.slurm.data_parsers import find_newest
from slurmrest_inetd.slurm.lengths import LONGEST_WORD_BYTES
from slurmrest_inetd.slurm.sacctmgr import format_names

Key = tuple[str, str, str, str]


class Known:
    """The accounting database as one request sees it."""

    def __init__(self, call: Call) -> None:
        self.call = fix_shape(call)
        self._documents: dict[tuple[str, ...], Document] = {}

    def list_entries(self, entity: str, *words: str) -> list[dict[str, Any]]:
        """The entries of ``sacctmgr show ENTITY WORDS``."""
        if (entity, *words) not in self._documents:
            self._documents[entity, *words] = read_document(self.call, ("sacctmgr", "show", entity, *words))
        payload = self._documents[entity, *words].payload
        return next(iter(payload.values()), [])

    def index_entries(self, entity: str, names: Iterable[str], *words: str) -> dict[str, dict[str, Any]]:
        """The entries of these names, by folded name. The names must be such as sacctmgr can carry."""
        wanted = sorted(set(names))
        if not wanted:
            return {}
        listed = self.list_entries(entity, *choose_short(format_names("Names", wanted)), *words)
        return {fold(str(entry["name"])): entry for entry in listed}

    def index_associations(self, accounts: Iterable[str], users: Iterable[str]) -> dict[Key, dict[str, Any]]:
        """The associations of these accounts, and only those of ``users`` where there are some."""
        named, own = sorted(set(accounts)), sorted(set(users))
        if not named:
            return {}
        words = choose_short(format_names("Accounts", named), *([format_names("Users", own)] if own else []))
        return {make_key(one): one for one in self.list_entries("association", *words)}

    @property
    def newest(self) -> int:
        """The newest API version of this Slurm, which tells releases apart where sacctmgr's words differ."""
        return find_newest(self.call.settings, "sacctmgr")

    @property
    def clusters(self) -> set[str]:
        """The clusters' folded names."""
        return {fold(str(cluster["name"])) for cluster in self.list_entries("cluster")}

    @property
    def local_cluster(self) -> str:
        """The name of this controller's own cluster."""
        self.list_entries("cluster")
        return str(self._documents["cluster",].meta["slurm"]["cluster"])

    @property
    def qos(self) -> set[str]:
        """The folded names of all QOS."""
        return {fold(str(qos["name"])) for qos in self.list_entries("qos")}

    def resolve_qos(self, text: str) -> str:
        """The name of the QOS that has this name, or else this id, "" where none has."""
        if fold(text) in self.qos:
            return text
        return next((str(qos["name"]) for qos in self.list_entries("qos") if str(qos.get("id")) == text), "")

    @property
    def tres(self) -> frozenset[str]:
        """The names of all TRES (``gres/gpu``)."""
        return frozenset(f"{one['type']}/{one['name']}".rstrip("/").lower() for one in self.list_entries("tres"))


def choose_short(*words: str) -> list[str]:
    """The conditions that fit into an argv: without one that names too many, a list has more than was asked for."""
    return [word for word in words if len(word.encode()) <= LONGEST_WORD_BYTES]


def make_key(entry: dict[str, Any]) -> Key:
    """What tells one association from another: account, user, cluster, partition."""
    account, user, cluster, partition = (
        fold(str(entry.get(name) or "")) for name in ("account", "user", "cluster", "partition")
    )
    return account, user, cluster, partition
