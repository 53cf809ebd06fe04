"""Jobs that are there already: changed, requeued, signalled.

Law: no command is run here. What a request asks for becomes words for scontrol and scancel, what those said becomes an
entry for each job or task. Called by plugins.slurmctld.job_update, job_requeue, job_cancel and jobs_cancel.
"""
