"""What a process that handles other people's secrets keeps to itself.

Law: done once by a parent, before its first worker; a cold exchange affords ``hide_memory`` only. What is refused
stops the start, and the line names the switch. Called by cli.py and listen.
"""

import os

from slurmrest_inetd.errors import StartError
from slurmrest_inetd.security.users import drop_capabilities
from slurmrest_inetd.settings import Settings

CORE_FILTER = "/proc/self/coredump_filter"


def hide_memory() -> None:
    """No memory in a core file (core(5)): neither in ours nor, as they inherit it, in those of Slurm's commands.

    One small write, 0.03 ms, while this process's /proc is its own; the limits that also do it cost an import.
    """
    try:
        fd = os.open(CORE_FILTER, os.O_WRONLY)
    except OSError:
        from resource import RLIMIT_CORE, setrlimit

        setrlimit(RLIMIT_CORE, (0, 0))
        return
    try:
        os.write(fd, b"0")
    finally:
        os.close(fd)


def isolate(settings: Settings) -> None:
    """No core files, no new privileges (setuid programs), no ptrace or /proc/PID by others of our uid; descriptors and
    semaphores of our own; no capability but those that --local-users needs.

    To be called when sockets are open and ``drop_privileges`` is done. Raises StartError.
    """
    from slurmrest_inetd.security import kernel

    hide_memory()
    # fmt: off
    steps = (
        ("disable_unshare_files", "descriptors",  kernel.CLONE_FILES),
        ("disable_unshare_sysv",  "semaphores",   kernel.CLONE_SYSVSEM),
    )
    # fmt: on
    for switch, what, flag in steps:
        if switch not in settings.security:
            try:
                kernel.unshare(flag)
            except OSError as error:
                text = f"cannot unshare {what}: {error.strerror}; SLURMRESTD_SECURITY={switch} leaves them shared"
                raise StartError(text) from None
    if settings.local_users and os.geteuid() != 0:
        kernel.hold_capabilities(kernel.CAP_SETGID, kernel.CAP_SETUID)
    else:
        drop_capabilities()
    kernel.set_attribute(kernel.PR_SET_NO_NEW_PRIVS, 1)
    kernel.set_attribute(kernel.PR_SET_DUMPABLE, 0)
