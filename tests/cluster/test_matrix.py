"""Every operation in every version of the API on every release is served, or it is said why it cannot be: what `make matrix` prints."""

from clusters import Cluster
from matrix.judging import FAILING, IMPOSSIBLE
from matrix.run import VERSIONS, run_matrix
from rich_state import RichState

# What no Slurm can, in slurmctld's words.
NOWHERE = {"slurmdb post_tres"}
# What a release cannot; all else is served there.
IMPOSSIBLE_ON = {
    "22.05": {"slurmdb get_ping", "slurmdb get_instance", "slurmdb get_instances"},
    "24.11": set[str](),
    "26.05": set[str](),
}


def test_nothing_fails(any_cluster: Cluster, any_rich_state: RichState) -> None:
    table = run_matrix(any_cluster, any_rich_state, VERSIONS)
    failing = [f"{name} v0.0.{version}: {cell.note}" for (name, version), cell in table.items() if cell.word == FAILING]
    assert not failing, "\n".join(failing)
    impossible = {name for (name, _), cell in table.items() if cell.word == IMPOSSIBLE}
    assert impossible == IMPOSSIBLE_ON[any_cluster.release] | NOWHERE
    assert all(cell.note for cell in table.values() if cell.word == IMPOSSIBLE)
