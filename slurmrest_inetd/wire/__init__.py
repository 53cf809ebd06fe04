"""The wire: bytes <-> Request / Reply, for one exchange.

Law: HTTP/1.x as RFC 9110 and 9112 have it, and nothing of Slurm. framing.py is the only importer of h11, and
channel.py (under TLS: tls.py) the only one that reads and writes the descriptors. Called by exchange.py.

    connection.py  Wire: the exchange's one request and one reply
    framing.py     the body and the reply, as h11 frames them
    head.py        the request line and the header fields, read strictly
    channel.py     the descriptors, with a limit to our patience
    tls.py         the same, encrypted on the way
    peer.py        who is at the other end, as the kernel tells it
    reasons.py     the statuses' reason phrases
"""

from slurmrest_inetd.wire.channel import Channel
from slurmrest_inetd.wire.connection import Wire
from slurmrest_inetd.wire.peer import describe_peer

__all__ = ["Channel", "Wire", "describe_peer"]
