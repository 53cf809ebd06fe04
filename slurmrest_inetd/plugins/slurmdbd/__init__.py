"""Slurm's accounting database: accounts, associations, users, jobs that were."""
