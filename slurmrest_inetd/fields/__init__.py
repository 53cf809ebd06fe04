"""Data only: JSON fields and query parameters, and what Slurm's commands call them."""
