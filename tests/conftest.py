"""What all tests share: nothing of the machine's own Slurm, and no caller's settings, reaches a test."""

import os

for name in [
    name for name in os.environ if name.startswith(("SLURM_", "SLURMRESTD_")) and not name.startswith("SLURM_LAB")
]:
    del os.environ[name]
