"""slurmrestd's options and environment -> Settings; then one exchange on fd 0 and fd 1.

Law: one row an option (options.py). What is wrong in them is a clear line on stderr and exit status 1 before a
client's byte is read. Called by __main__.py and the console script.
"""

import gc
import os
import sys

from slurmrest_inetd.settings import Settings


def main() -> int:
    """Run the program: 0 when a reply went out or what was asked was printed, 1 otherwise."""
    gc.disable()  # one exchange makes less garbage than collecting it costs
    hold_standard_descriptors()
    settings, text = Settings(), ""
    if len(sys.argv) > 1 or has_settings(os.environ):
        from slurmrest_inetd.options import OptionError, parse_options

        try:
            settings, text = parse_options(sys.argv[1:], os.environ)
        except OptionError as error:
            from slurmrest_inetd.log import write_fatal

            write_fatal(str(error))
            return 1
    if text:
        sys.stdout.write(text)
        return 0
    from slurmrest_inetd.exchange import serve_exchange

    return serve_exchange(0, 1, settings)


def run() -> None:
    """The console script: leave at once when all is written, without an interpreter's goodbye (it costs
    milliseconds).
    """
    status = main()
    sys.stdout.flush()
    os._exit(status)


def has_settings(environ: "os._Environ[str]") -> bool:
    """Whether the environment says anything to this program."""
    return "SLURM_CONF" in environ or any(name.startswith("SLURMRESTD_") for name in environ)


def hold_standard_descriptors() -> None:
    """Open /dev/null where fd 0, 1 or 2 is closed, so that no pipe of ours takes its number."""
    fd = os.open("/dev/null", os.O_RDWR)
    while fd <= 2:
        os.set_inheritable(fd, True)
        fd = os.open("/dev/null", os.O_RDWR)
    os.close(fd)
