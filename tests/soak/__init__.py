"""`make soak`: the service under thousands of connections, good and bad. Run from tests/ as ``python -m soak.run``."""
