"""What the controller's writes that are no jobs share: nodes, reservations, partitions, by `scontrol`.

terms.py         a value becomes a term of scontrol's, by its row
kinds.py         how the values of these bodies are read
series.py        one scontrol after the other, and what became of each item
hosts.py         lists of nodes, expanded by scontrol
releases.py      what this release's scontrol lacks
nodes.py, reservations.py, partitions.py    one kind of body each

Law: knows bodies, rows and argv; nothing is run before a body was read whole. Called by the plugins of slurmctld.
"""
