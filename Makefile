# Two commands to know: `make run` and `make test`. Both need Python 3.11 or newer and nothing else; what they make
# stays in .venv, .demo and .second-opinions (`make clean` removes them). `make help` lists the others.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

PORT ?= 8000
DEMO := .demo/$(PORT)
BASE_URL := http://127.0.0.1:$(PORT)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
# Two cores are the machine we promise to be quick on.
WORKERS ?= 2

.PHONY: help
help:  ## what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# --- the environment -----------------------------------------------------------------------------------------------

# The first Python that is new enough; 3.11 before its successors, because the second opinions are old.
FIND_PYTHON = for python in "$${PYTHON:-python3}" python3.11 python3.12 python3.13 python3.14; do \
	  if "$$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	    echo "$$python"; exit 0; fi; done; \
	  echo "Python 3.11 or newer is needed, with its venv module (on Debian: apt install python3-venv)." >&2; exit 1

$(BIN)/python:
	python=$$($(FIND_PYTHON)); "$$python" -m venv --clear $(VENV)

# The product itself is installed as a link to this folder, so that `.venv/bin/badges` is always what is here.
$(VENV)/run.stamp: requirements/run.lock pyproject.toml | $(BIN)/python
	@echo "Installing what the service needs…"
	$(PIP) install --require-hashes -r requirements/run.lock
	$(PIP) install --no-deps --no-build-isolation --editable .
	touch $@

$(VENV)/test.stamp: requirements/test.lock pyproject.toml | $(BIN)/python
	@echo "Installing what the tests need…"
	$(PIP) install --require-hashes -r requirements/test.lock
	$(PIP) install --no-deps --no-build-isolation --editable .
	touch $@

$(VENV)/artwork.stamp: requirements/artwork.lock pyproject.toml | $(BIN)/python
	$(PIP) install --require-hashes -r requirements/artwork.lock
	$(PIP) install --no-deps --no-build-isolation --editable .
	touch $@

# --- the two commands ----------------------------------------------------------------------------------------------

.PHONY: run
run: $(VENV)/run.stamp  ## make the environment, keys, store and demo data if missing, then serve (PORT=8000)
	@if [ ! -e $(DEMO).txt ]; then \
	  rm -rf $(DEMO); mkdir -p $(dir $(DEMO)); \
	  $(BIN)/badges demo --home $(DEMO) --base-url $(BASE_URL) > $(DEMO).part; \
	  mv $(DEMO).part $(DEMO).txt; fi
	@sed "s# badges verify # $(BIN)/badges verify #" $(DEMO).txt
	@exec $(BIN)/badges serve --home $(DEMO) --port $(PORT)

.PHONY: test
test: $(VENV)/test.stamp  ## set up all the tests need, then run everything
	@$(MAKE) --no-print-directory --jobs $(WORKERS) second-opinions programs check
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup --cov --cov-report=term:skip-covered

# --- parts of `make test` ------------------------------------------------------------------------------------------

.PHONY: check
check: $(VENV)/test.stamp  ## format, lint and types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

.PHONY: second-opinions
second-opinions: $(VENV)/test.stamp
	@$(BIN)/python tests/second_opinions/install.py

.PHONY: programs
programs:
	@tests/programs

# --- when there is more time ---------------------------------------------------------------------------------------

# In this order, one after the other: the quick ones first, and nothing beside those that measure.
DEEP ?= mutations chaos load mutants fuzz

$(VENV)/fuzz.stamp: requirements/fuzz.lock $(VENV)/test.stamp
	$(PIP) install --require-hashes -r requirements/fuzz.lock || echo "No fuzzer for this machine: that part is skipped."
	touch $@

.PHONY: deep
deep: $(VENV)/test.stamp $(VENV)/fuzz.stamp second-opinions programs  ## fuzzing, mutation, chaos, load (docs/deep.md)
	HYPOTHESIS_PROFILE=deep $(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup -m "deep or not deep" --ignore=tests/deep
	$(BIN)/python -m pytest -m deep $(DEEP:%=tests/deep/test_%.py)

.PHONY: bench
bench: $(VENV)/test.stamp second-opinions  ## speed and size, as ratios within one run
	$(BIN)/python -m tests.bench

# --- for those who change the project ------------------------------------------------------------------------------

COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header --no-annotate $(if $(UPGRADE),--upgrade)
SECOND := tests/second_opinions

.PHONY: lock
lock: $(BIN)/python  ## write requirements/*.lock anew from pyproject.toml (UPGRADE=1: newest versions)
	$(PIP) install 'uv>=0.13'
	$(COMPILE) pyproject.toml --extra postgresql --extra openid --extra artwork --extra test --group build -o requirements/test.lock
	$(COMPILE) pyproject.toml --extra postgresql --extra openid --group build -c requirements/test.lock -o requirements/run.lock
	$(COMPILE) pyproject.toml --extra artwork --group build -c requirements/test.lock -o requirements/artwork.lock
	$(COMPILE) --group fuzz -o requirements/fuzz.lock
	$(COMPILE) $(SECOND)/reference.in --override $(SECOND)/reference-overrides.in --no-emit-package setuptools \
	  -o $(SECOND)/reference.lock
	$(COMPILE) $(SECOND)/reference-build.in --allow-unsafe -o $(SECOND)/reference-build.lock
	$(COMPILE) $(SECOND)/openbadgeslib.in -o $(SECOND)/openbadgeslib.lock
	for name in bakery openid; do (cd $(SECOND)/$$name && npm install --package-lock-only --ignore-scripts); done

.PHONY: artwork
artwork: $(VENV)/artwork.stamp  ## draw the pictures of criteria/ again
	$(BIN)/python -m badges criteria draw

.PHONY: clean
clean:  ## remove what these commands made
	rm -rf $(VENV) .demo .second-opinions .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage*
