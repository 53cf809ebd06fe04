"""Documents that clients send, read by rows: one row a property.

Law: the mechanics that all writes share, no table and no command. What is wrong is found whole before anything is run,
each with its path (``#/job/tasks/``). Called by the rooms that read one kind of body each (submission/ and others).
"""
