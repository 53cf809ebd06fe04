"""slurmrest-inetd: Slurm's REST API, one HTTP exchange a process."""

__version__ = "0.1.0"
