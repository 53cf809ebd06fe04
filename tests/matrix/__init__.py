"""Every operation in every version of the API on every release: asked, judged, printed. `make matrix` runs it."""
