"""What Linux is asked for that Python's os does not know: prctl(2), capset(2), unshare(2).

Law: the only importer of ctypes, which costs a cold start 3 to 5 ms: imported by those who use it, when they do. Each
function asks for one thing and raises OSError where the kernel refuses. Called by the modules beside it.
"""

import ctypes
import os

LIBC = ctypes.CDLL(None, use_errno=True)

# linux/prctl.h, linux/sched.h, linux/capability.h
PR_GET_DUMPABLE, PR_SET_DUMPABLE, PR_SET_KEEPCAPS, PR_SET_SECUREBITS, PR_SET_NO_NEW_PRIVS = 3, 4, 8, 28, 38
SECBIT_NOROOT, SECBIT_NOROOT_LOCKED = 1, 2
CLONE_FILES, CLONE_SYSVSEM, CLONE_NEWUSER = 0x400, 0x40000, 0x10000000
CAPABILITY_VERSION_3 = 0x20080522
CAP_SETGID, CAP_SETUID = 6, 7


class CapabilityHeader(ctypes.Structure):
    """struct __user_cap_header_struct; pid 0 is this thread."""

    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class CapabilitySets(ctypes.Structure):
    """struct __user_cap_data_struct: 32 capabilities, a bit each."""

    _fields_ = (("effective", ctypes.c_uint32), ("permitted", ctypes.c_uint32), ("inheritable", ctypes.c_uint32))


def require(result: int) -> None:
    """Raises OSError where a call to the C library returned -1."""
    if result == -1:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def set_attribute(option: int, value: int) -> None:
    """prctl(2) with one argument. Raises OSError."""
    require(LIBC.prctl(option, *(ctypes.c_ulong(number) for number in (value, 0, 0, 0))))


def get_attribute(option: int) -> int:
    """What prctl(2) returns for an option that only asks. Raises OSError."""
    value: int = LIBC.prctl(option, *[ctypes.c_ulong(0)] * 4)
    require(value)
    return value


def unshare(flags: int) -> None:
    """unshare(2). Raises OSError."""
    require(LIBC.unshare(flags))


def hold_capabilities(*capabilities: int) -> None:
    """Hold these of capabilities(7), effective and permitted, and none to pass on. Those that are given up never come
    back. Raises OSError for one that is not permitted.
    """
    bits = sum(1 << capability for capability in capabilities)
    header = CapabilityHeader(CAPABILITY_VERSION_3, 0)
    sets = (CapabilitySets * 2)(CapabilitySets(bits, bits, 0))
    require(LIBC.capset(ctypes.byref(header), ctypes.byref(sets)))
