"""Privileges: as whom this program may run, what it gives up, and what a worker may use.

Law: all of it happens before a client's byte is read, but for the namespace. What cannot be done stops the start with a
line that says what would help; nothing here goes on with more privileges than it was told to have. Called by cli.py and
listen.

    users.py      check_user, drop_privileges: who we are, and who we become (-u, -g)
    isolation.py  isolate: no core files, no ptrace, no new privileges, descriptors and semaphores of our own
    worker.py     enter_worker: one connection's process, its limits, and --local-users
    user_namespace.py   enter_user_namespace: another name for our own uid, where a command sends it along
    kernel.py     prctl(2), capset(2), unshare(2); the only importer of ctypes
"""
