"""Listening: sockets, the workers that accept from them, and the parent that keeps workers ready.

Law: the parent never reads a byte of a client. Each worker accepts one connection, serves the one exchange of
exchange.py on it, and is gone; the kernel's queue holds the connections that wait. Called by cli.py.

    serving.py      the order: sockets and keys, then privileges, then connections
    inherited.py    what fd 0 and LISTEN_FDS are: a connection, or sockets to accept from
    addresses.py    [https://][host]:port and unix:/path, read
    sockets.py      addresses -> listening sockets, and the clear errors of that
    certificate.py  --certificate, --key and --client-ca -> a TLS context
    preload.py      what an exchange may need, loaded once
    worker.py       one connection, from accept to exit
    crew.py         the workers: kept ready, counted, reaped, replaced
    service.py      the parent's loop: signals, idle time, grace, reload
    notify.py       what systemd is told
"""
