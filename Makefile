# Executable documentation. `make help` lists the words.
PY := .venv/bin/python
export DJANGO_SETTINGS_MODULE := constat.config.settings

.PHONY: help check acceptance bench prove docs messages format requirements

help:      ## this list
	@grep -E '^[a-z]+: .*##|^[a-z]+:  *##' Makefile | sed 's/:.*##/\t/'

check:     ## house rules: lint, types, direction of imports, messages, generated docs, migrations
	@.venv/bin/ruff check --quiet .
	@.venv/bin/ruff format --check --quiet .
	@CONSTAT_DEBUG=1 .venv/bin/mypy src/constat
	@.venv/bin/lint-imports --no-cache
	@$(PY) tools/messages.py missing
	@home=$$(mktemp -d); CONSTAT_HOME=$$home CONSTAT_DEBUG=1 $(PY) -m django makemigrations --check --dry-run && rm -rf $$home
	@CONSTAT_DEBUG=1 $(PY) tools/reference.py --check
	@$(PY) tools/routes.py --check

format:    ## put code into the house format
	@.venv/bin/ruff check --fix --quiet . || true
	@.venv/bin/ruff format --quiet .

messages:  ## gather strings, merge translations, compile
	@$(PY) tools/messages.py extract
	@$(PY) tools/messages.py merge
	@$(PY) tools/messages.py compile

docs:      ## write docs/reference anew from the code
	@CONSTAT_DEBUG=1 $(PY) tools/reference.py
	@$(PY) tools/routes.py

acceptance: ## every acceptance line of the analysis library, measured now (ALL=--all for the long ones)
	@$(PY) tools/acceptance.py $(ALL)

bench:     ## what is measured, against whom; prints tables of ratios (BENCH_N=1000000 for the full size)
	@$(PY) benchmarks/bench_import.py
	@$(PY) benchmarks/bench_places.py
	@$(PY) benchmarks/bench_submit.py
	@$(PY) benchmarks/bench_desk.py
	@for f in undercount clusters trend suppression reprisal; do $(PY) benchmarks/bench_$$f.py; done
	@$(PY) tools/acceptance.py
	@$(PY) benchmarks/bench_overlap.py
	@$(PY) benchmarks/bench_evidence.py
	@$(PY) benchmarks/bench_ledger.py
	@$(PY) benchmarks/bench_bag.py
	@for f in undercount clusters trend suppression reprisal linkage forecast; do \
	  if [ -f benchmarks/bench_$$f.py ]; then $(PY) benchmarks/bench_$$f.py; fi; done

prove:     ## long proofs: more examples for every property, both databases
	@HYPOTHESIS_PROFILE=prove $(PY) -m pytest -q -n 2 tests/properties
	@CONSTAT_PROVE=1 $(PY) -m pytest -q -n 2 tests/analysis

requirements: ## lock again after a change in pyproject.toml (hashes, no addresses)
	@for f in runtime dev; do extra=$$([ $$f = dev ] && echo "--extra dev" || true); \
	  .venv/bin/uv pip compile -q --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header \
	    --python-version 3.11 --extra build --extra analysis $$extra pyproject.toml -o requirements/$$f.txt; done
