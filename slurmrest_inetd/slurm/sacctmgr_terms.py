"""What sacctmgr of an earlier release has no word for.

Law: data, and one look-up that costs nothing: a release is told by the newest API version that it came with (38 is
22.05, 42 is 24.11). A term that is not here is left to sacctmgr, which refuses what it does not know
("Unknown option: "). Measured on 22.05.8, 24.11.5 and 26.05.5. Called by the rooms that change accounting.
"""

from slurmrest_inetd.slurm.values import Unusable

NOT_SUPPORTED = (2036, "Requested operation not supported on this system")

# fmt: off
#    entity         term                until (the newest version of the last release without it)
LACKING: dict[tuple[str, str], int] = {
    ("account",     "Flags"):           38,
    ("association", "Comment"):         38,
    ("job",         "Extra"):           38,
    ("job",         "TRES"):            42,
    ("qos",         "Flags=Relative"):  38,
}
# fmt: on


def lacks_term(entity: str, term: str, newest: int) -> bool:
    """Whether sacctmgr of the release whose newest version is v0.0.``newest`` cannot set ``term`` of an ``entity``."""
    return newest <= LACKING.get((entity, term), 0)


def require_term(entity: str, term: str, newest: int) -> None:
    """Raises Unusable where it cannot."""
    if lacks_term(entity, term, newest):
        raise Unusable(f"sacctmgr of this Slurm release cannot set {term} ({entity}): a later one can", NOT_SUPPORTED)
