# Wirefold. `make run` is all that is needed; Python 3.11 or newer and make must be there.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

VENV := .venv
PYTHON ?= $(shell command -v python3.11 2>/dev/null || command -v python3 2>/dev/null || echo python3)
PY := $(VENV)/bin/python
LAKE ?= lake
SOURCES ?=
AIRFLOW_OPTIONS := --lake "$(LAKE)" $(if $(SOURCES),--sources "$(SOURCES)")
PYTEST_OPTIONS ?= -q -n auto --maxprocesses 4 --dist worksteal
LOCK := --no-header --no-annotate --no-emit-index-url --no-emit-find-links

.PHONY: help run up down test lint types imports check bench docs lock clean

help:  ## this list
	@sed -n 's/^\([a-z]*\):.*##/\1|/p' $(MAKEFILE_LIST) | awk -F'|' '{ printf "  make %-9s%s\n", $$1, $$2 }'
	@echo
	@echo "  variables: LAKE=lake  SOURCES=sources.toml  WIREFOLD_AIRFLOW_PORT=8181  WIREFOLD_DEMO_PORT=8180"

run: $(VENV)/.run  ## ingest and fold once in an embedded Airflow and show what happened
	@$(VENV)/bin/wirefold airflow run $(AIRFLOW_OPTIONS)

up: $(VENV)/.run  ## the same, and leave Airflow and its UI on until Ctrl-C
	@$(VENV)/bin/wirefold airflow up $(AIRFLOW_OPTIONS)

down:  ## stop what `make up` or `make run` has started
	@if [ -x $(VENV)/bin/wirefold ]; then $(VENV)/bin/wirefold airflow down; else echo "nothing is running"; fi

test: $(VENV)/.dev  ## all tests
	@$(PY) -m pytest $(PYTEST_OPTIONS)

lint: $(VENV)/.dev  ## style
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .

types: $(VENV)/.dev  ## mypy, strict
	@$(PY) -m mypy pipeline

imports: $(VENV)/.dev  ## who may import whom
	@$(VENV)/bin/lint-imports

check: lint types imports test  ## lint, types, imports and tests

bench: $(VENV)/.dev  ## speed, side by side with peers
	@$(PY) -m tests.bench

docs: $(VENV)/.dev  ## the pages that are made from the contracts
	@$(PY) -m pipeline.lake.describe > docs/tables.md

lock: $(VENV)/.dev  ## resolve the dependencies anew, into both lock files
	@$(PY) -m uv pip compile --quiet --python-version 3.11 $(LOCK) --extra airflow pyproject.toml -o requirements.lock
	@$(PY) -m uv pip compile --quiet --python-version 3.11 $(LOCK) --extra airflow --group dev pyproject.toml -o requirements-dev.lock

clean: down  ## remove the environment, Airflow's home and all caches; never the lake
	rm -rf $(VENV) .wirefold .mypy_cache .ruff_cache .pytest_cache .hypothesis dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamps are newer than the lock they were made from. What tests need contains what a run needs.
$(VENV)/.run: requirements.lock pyproject.toml | $(VENV)/.made
	@[ -e $(VENV)/.dev ] && [ $(VENV)/.dev -nt requirements.lock ] && [ $(VENV)/.dev -nt pyproject.toml ] \
		|| $(call install,requirements.lock)
	@touch $@

$(VENV)/.dev: requirements-dev.lock pyproject.toml | $(VENV)/.made
	@$(call install,requirements-dev.lock)
	@touch $@ $(VENV)/.run

$(VENV)/.made:
	@"$(PYTHON)" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null || { \
		echo "Wirefold needs Python 3.11, 3.12 or 3.13 (found: $$("$(PYTHON)" --version 2>&1 | head -n 1)); set PYTHON=/path/to/python3.11" >&2; exit 1; }
	@"$(PYTHON)" -m venv $(VENV)
	@touch $@

# uv takes seconds where pip takes a minute; where it cannot be had or does not work, pip does. Both compile what they
# install: where PYTHONDONTWRITEBYTECODE is set, as in many images, every process would do so again, for seconds.
# Both stay in the environment. System certificates, as pip uses them: behind a company's proxy others do not do.
define install
{ echo "Installing $(1) …"; \
export PIP_DISABLE_PIP_VERSION_CHECK=1 UV_SYSTEM_CERTS=1 UV_NATIVE_TLS=1; \
{ $(PY) -m uv --version >/dev/null 2>&1 || $(PY) -m pip install --quiet uv 2>/dev/null; } && \
{ cat $(1); $(PY) -m pip freeze --all | grep -E '^(pip|uv)=='; } > $(VENV)/wanted.txt && \
$(PY) -m uv pip sync --quiet --compile-bytecode --python $(PY) $(VENV)/wanted.txt && \
$(PY) -m uv pip install --quiet --python $(PY) --no-deps -e . || \
{ $(PY) -m pip install --quiet -r $(1) && $(PY) -m pip install --quiet --no-deps -e .; } && \
$(PY) -m compileall -q pipeline; }
endef
