"""What the plugins of slurmdbd share: lists out of the accounting database, how their entries are chosen, and
how they are changed.
"""
