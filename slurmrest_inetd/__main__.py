"""python -m slurmrest_inetd. The only place that ends the process with a status."""

from slurmrest_inetd.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
