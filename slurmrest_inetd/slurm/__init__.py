"""Slurm's own commands: how they are run, what they print, how they fail. Knows no HTTP."""
