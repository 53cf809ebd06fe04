"""Probes for whoever watches this server: no token, no version, no body."""
