"""One package an OpenAPI plugin, one module a noun; loaded by routing.py when a request asks for it."""
