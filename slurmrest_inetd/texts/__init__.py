"""Documents made from what commands print as text, on a Slurm whose commands have no data_parser (22.05).

Law: text can be forged by who names a job, an account, a reservation. So a value that somebody else chose is read only
where its end is known otherwise: from JSON (squeue, sinfo and sacct print some), from columns of a width that was asked
for, or up to a word that its author could not know. A builder here makes the payload that slurmrestd of that release
has, or of the earliest API version that knows the list. Called by passthrough.py, only on such a Slurm, and on any for
what no version of it prints as JSON (slurm/documents.py, AS_TEXT).
"""
