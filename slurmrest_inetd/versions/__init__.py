"""One API version and another: what each is made of, and how a document of one becomes a document of another.

Law: ``schemas/v0.0.NN.json`` holds names and types only, made by dev/schemas.py from a running slurmrestd's document;
``v0.0.NN.slurm-RELEASE.json`` beside it what another release has otherwise. No module here knows HTTP or runs a
command.
"""
