"""python -m slurmrest_inetd, and what a service starts (installing.py): ``python -I -S FILE``.

Law: nothing here but the way to cli.py. Here, or in cli.run, the process ends with a status.
"""

import sys

if __name__ == "__main__":
    if not __package__:
        # started by this file's path: so far only the standard library is to be found
        sys.path.append(__file__.removesuffix("/slurmrest_inetd/__main__.py"))
        from slurmrest_inetd.cli import run

        run()
    from slurmrest_inetd.cli import main

    raise SystemExit(main())
