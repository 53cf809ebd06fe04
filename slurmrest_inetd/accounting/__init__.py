"""What the plugins of slurmdbd share: lists out of the accounting database, and how their entries are chosen."""
