"""The plugin `util`: what needs Slurm's commands but no cluster."""
