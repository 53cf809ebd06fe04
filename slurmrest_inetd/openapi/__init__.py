"""The OpenAPI document of what this process serves: the plugin table, the schema files, and our own words.

Law: nothing here knows what a client sent. ``paths`` and ``components`` make one version's part of the document;
``fragments`` keeps such parts as bytes, made when the package is built; ``document`` puts bytes together. Called by
plugins/openapi and options.py.
"""
