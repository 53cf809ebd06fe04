# make demo    see it work: a private Slurm, raw HTTP requests and their answers (root, Debian; nothing installed before)
# make test    everything: `make check` with the coverage measured, the documentation, the tests on real Slurm 22.05, 24.11 and 26.05
# make check   style, types, architecture and the tests that need no Slurm: under a minute
# make docs    the documentation as HTML, into build/docs
# make bench   this program and the real slurmrestd on the same requests, into bench/
# make soak    a long load on the listening service, with clients that misbehave: a quarter of an hour (SOAK="--cluster 24.11")
# make matrix  every operation in every API version on every release, asked and judged, as a table (MATRIX="24.11 --versions 36,45")
# make lab     start the real clusters by hand; `make lab-down` stops them, `make lab-purge` removes every trace of them
# make clean   remove what was made in this tree

BIN = .venv/bin
LAB = tests/lab/slurm-lab

.PHONY: help demo test check style cover docs cluster bench soak matrix lab lab-down lab-purge clean

help:
	@sed -n 's/^# make/make/p' Makefile

demo: .venv/made
	@$(BIN)/python demo/run.py

test: style cover docs cluster

check: style
	$(BIN)/pytest tests/unit -q -n 3 --dist loadfile

style: .venv/made
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

cover: .venv/made
	$(BIN)/pytest tests/unit -q -n 3 --dist loadfile --cov --cov-fail-under=95

docs: .venv/made
	$(BIN)/sphinx-build -q -W -b html docs build/docs

cluster: .venv/made
	SLURMREST_TAKE_DOWN=1 $(BIN)/pytest tests/cluster

bench: .venv/made
	@trap '$(LAB) down 24.11 >/dev/null 2>&1' EXIT; $(BIN)/python bench/run.py

soak: .venv/made
	cd tests && PYTHONPATH=lab ../$(BIN)/python -m soak.run $(SOAK)

matrix: .venv/made
	cd tests && PYTHONPATH=lab:.. ../$(BIN)/python -m matrix.run $(MATRIX)

lab:
	$(LAB) up all
	$(LAB) status

lab-down:
	$(LAB) down all

lab-purge:
	$(LAB) purge all; tests/lab/service-machine purge

clean:
	rm -rf .venv build dist *.egg-info .coverage .hypothesis .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

.venv/made: pyproject.toml dev/venv
	dev/venv
