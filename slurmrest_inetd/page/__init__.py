"""The page at /docs: its files, sent by plugins.openapi.page.

Swagger UI's files are swagger-ui-dist's own, compressed; dev/swagger-ui fetches them and says which release they are.
"""
