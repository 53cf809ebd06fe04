"""What the OpenAPI document says in prose: one row an operation, a parameter, a property. Data only.

Law: our own words, plain and with units; none of Slurm's. tests/unit/test_openapi_words.py holds operations and parameters complete
and refuses a row that nothing needs.
"""
