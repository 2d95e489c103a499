# `make help` lists what there is. Needs Python 3.11 or newer, git and make; nothing else.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
UV_VERSION := 0.13.9
RUN := .venv/bin/python
TESTS ?= tests

help: ## Say what there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

demo: .venv/.for-demo ## Start Attest with demonstration cases; prints its address and the sign-ins
	@$(RUN) -m config.demo

test: .venv/.for-work ## Run the whole suite on a real PostgreSQL (TESTS=path for a part)
	$(RUN) -m pytest -n 2 --dist worksteal $(TESTS)

check: .venv/.for-work ## Lint, types, import contracts, templates, missing migrations, deploy check
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	.venv/bin/lint-imports
	DATABASE_URL=$${DATABASE_URL:-postgres://types-only@127.0.0.1/none} $(RUN) -m mypy
	$(RUN) -m config.checks

bench: .venv/.for-work ## Measure against a floor taken in the same run
	$(RUN) -m bench

format: .venv/.for-work ## Put the code into its form
	$(RUN) -m ruff check --fix .
	$(RUN) -m ruff format .

clean: ## Remove the environment and all local data
	rm -rf .venv .data

.venv/bin/uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Attest needs Python 3.11 or newer; name one: make PYTHON=python3.12 demo"; exit 1; }
	@$(PYTHON) -m venv .venv
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

.venv/.for-demo: uv.lock pyproject.toml | .venv/bin/uv
	@[ -e .venv/.for-work ] || .venv/bin/uv sync --quiet --frozen --inexact --no-dev --group demo
	@[ ! -e .venv/.for-work ] || .venv/bin/uv sync --quiet --frozen --inexact --all-groups
	@touch $@

.venv/.for-work: uv.lock pyproject.toml | .venv/bin/uv
	@.venv/bin/uv sync --quiet --frozen --inexact --all-groups
	@touch $@ .venv/.for-demo

.PHONY: help demo test check bench format clean
