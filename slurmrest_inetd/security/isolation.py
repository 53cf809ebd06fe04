"""What a process that handles other people's secrets keeps to itself.

Law: done once by a parent, before its first worker; a cold exchange affords ``hide_memory`` only.
"""

from slurmrest_inetd.settings import Settings


def isolate(settings: Settings) -> None:
    """No new privileges, no core files, no ptrace; descriptors and semaphores of our own (SLURMRESTD_SECURITY's
    disable_unshare_files and disable_unshare_sysv leave those). Raises StartError.
    """
