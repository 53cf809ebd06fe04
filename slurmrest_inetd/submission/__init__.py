"""From a job description in JSON to sbatch's and salloc's words: one job, or the components of a heterogeneous one.

Law: no command is run here. Called by plugins.slurmctld.job_submit and job_allocate; reads fields/job_description.py
and fields/allocation.py.
"""
