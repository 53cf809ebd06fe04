"""Slurm's controller: jobs, nodes, partitions, reservations, and how it is doing."""
