# Every target installs what it needs first. Options go in ARGS: make run ARGS="--port 5006"
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PYTHON := .venv/bin/python
STAMP := .venv/.installed
ARGS ?=

export RASA_TELEMETRY_ENABLED := false
# Without bytecode on disk every start compiles thousands of modules anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help install run chat train test check lint evaluate ablation bench noise public clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

install: $(STAMP) ## install the locked environment

$(STAMP): pyproject.toml uv.lock
	@set -e; if command -v uv >/dev/null; then uv=uv; else \
		uv=.uv/bin/uv; \
		if ! test -x $$uv; then \
			for python in python3.11 python3 none; do \
				if $$python -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null; then break; fi; \
			done; \
			if test $$python = none; then \
				echo "error: Python 3.11 is needed, and neither python3.11 nor python3 is one. Install it, then run make again." >&2; exit 1; \
			fi; \
			if ! $$python -c 'import venv, ensurepip' 2>/dev/null; then \
				echo "error: $$python has no venv or no ensurepip. Install them (Debian: apt install python3.11-venv), then run make again." >&2; exit 1; \
			fi; \
			echo "Installing uv into .uv/"; \
			$$python -m venv .uv; \
			.uv/bin/python -m pip install --quiet --disable-pip-version-check uv; \
		fi; \
	fi; \
	echo "Installing the locked environment into .venv/"; \
	$$uv sync --frozen
	@touch $@

run: $(STAMP) ## train if needed, then serve the page and REST on http://127.0.0.1:5005 until Ctrl-C
	@$(PYTHON) -m bot run $(ARGS)

chat: $(STAMP) ## chat in the terminal, starting what it needs
	@$(PYTHON) -m bot chat $(ARGS)

train: $(STAMP) ## train the model, unless it fits the data already
	@$(PYTHON) -m bot train $(ARGS)

test: $(STAMP) ## run all tests
	@$(PYTHON) -m pytest $(ARGS)

lint: $(STAMP) ## ruff and mypy
	$(PYTHON) -m ruff check .
	$(PYTHON) -m mypy

check: lint ## lint, check the knowledge base, validate the training data
	$(PYTHON) -m bot knowledge check
	$(PYTHON) -m rasa data validate

evaluate: $(STAMP) ## measure how well questions are understood, into one page with plots
	@$(PYTHON) -m benchmarks.evaluate $(ARGS)

ablation: $(STAMP) ## measure what each part of the bot is worth
	@$(PYTHON) -m benchmarks.ablation $(ARGS)

bench: $(STAMP) ## measure start, speed and memory beside Rasa's stock pipeline
	@$(PYTHON) -m benchmarks.services $(ARGS)

noise: $(STAMP) ## measure questions with one to three typing errors beside the clean ones
	@$(PYTHON) -m benchmarks.noise $(ARGS)

public: $(STAMP) ## measure heads and scope on CLINC150 and HINT3 beside published figures (ten minutes)
	@$(PYTHON) -m benchmarks.public_tables $(ARGS)

clean: ## remove models, logs and caches (not the environment)
	rm -rf models var .rasa .pytest_cache .mypy_cache .ruff_cache
