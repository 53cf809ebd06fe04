"""What a client is warned of when it uses a query parameter that can change nothing here. Data only.

Law: sentences; each names its parameter's effect, not its value. Read by the tables of query parameters.
"""

FORMAT = "format has no effect: the whole document is sent"
USAGE = "Usage is not printed by Slurm's commands: every list called accounting is empty"
USAGE_WINDOW = "A period of usage has no effect: usage is not printed by Slurm's commands"
