"""What slurmrestd tells in v0.0.36 to v0.0.38 without being asked for it.

Law: data, and one look-up. Called by the plugins of slurmdbd that read lists.
"""

# The last API version that knows nothing of these words, and the last that lists what was deleted unless told not to.
LAST_UNASKED = 38
LAST_WITH_DELETED = 37
# The last whose associations name their QOS by id.
LAST_WITH_QOS_IDS = 37


def list_unasked(version: int, *words: str) -> tuple[str, ...]:
    """sacctmgr's words for what belongs to a list in v0.0.``version`` though the query does not name it: ``words``, and
    what was deleted.
    """
    told = words if version <= LAST_UNASKED else ()
    return (*told, "withdeleted") if version <= LAST_WITH_DELETED else told
