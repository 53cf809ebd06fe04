"""Print every Slurm error number and its text (slurm_strerror) of the release this runs in, tab separated.

slurmrest_inetd/slurm/error_texts.py is made from it: `slurm-lab exec RELEASE -- python3 error_texts.py`.
"""

import ctypes
import glob

RTLD_LAZY = 1
LIBRARIES = "/usr/lib/*/slurm-wlm/libslurmfull.so"

library = ctypes.CDLL(glob.glob(LIBRARIES)[0], RTLD_LAZY | ctypes.RTLD_GLOBAL)
strerror = library.slurm_strerror
strerror.restype = ctypes.c_char_p
for number in range(1000, 12000):
    text = strerror(number).decode()
    if not text.startswith("Unknown error"):
        print(number, text, sep="\t")
