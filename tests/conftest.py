"""What all tests share: nothing of the machine's own Slurm and no caller's settings reach a test; a loaded machine fails none.

Hypothesis looks at new examples each time, and in CI at the same ones: a change is judged by what it changed.
"""

import os

from hypothesis import settings

for name in [
    name for name in os.environ if name.startswith(("SLURM_", "SLURMRESTD_")) and not name.startswith("SLURM_LAB")
]:
    del os.environ[name]

settings.register_profile("here", deadline=None, max_examples=40)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") == "true" else "here")
