# Everything runs in .venv, which the first command makes (see .ci/setup).
PYTHON_BIN := .venv/bin/python
SHELL := /bin/sh
export PYTHON

.PHONY: help setup letter lint test coverage test-slow test-all bench soak goldens tools editor lock clean

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-9s  %s\n", $$1, $$2}' Makefile

letter: ## set up everything and render the Microsoft campaign into output/
	@.ci/setup run
	.venv/bin/advocacy render campaigns/microsoft.yaml

test: setup lint ## set up everything and run the fast tests
	$(PYTHON_BIN) -m pytest -n auto -m "not slow"

coverage: setup ## run the fast tests and list the lines that they do not run
	$(PYTHON_BIN) -m pytest -n auto -m "not slow" --cov --cov-report=term

test-slow: setup ## run the slow tests, and the properties with many examples
	$(PYTHON_BIN) -m pytest -n auto -m slow --durations=20
	$(PYTHON_BIN) -m pytest -n auto -m "hypothesis and not slow" --hypothesis-profile=many

test-all: editor test test-slow ## run the fast tests, then the slow tests

setup: ## set up .venv with everything that the tests need
	@.ci/setup dev

lint: setup ## check style and types
	$(PYTHON_BIN) -m ruff check
	$(PYTHON_BIN) -m ruff format --check
	$(PYTHON_BIN) -m mypy --strict

bench: setup ## run the measurements and check the promised ratios
	$(PYTHON_BIN) -m pytest tests/benchmarks -s

SEQUENCES = 1000
FUZZ_SECONDS = 900
soak: setup ## test with faulty servers and damaged files, from the last seeds on (SEQUENCES=1000)
	$(PYTHON_BIN) -m tests.mail.fault_bench --sequences $(SEQUENCES) --out .cache/soak.jsonl
	$(PYTHON_BIN) -m tests.cli.strangers_fuzz --seconds $(FUZZ_SECONDS) --out .cache/strangers.jsonl

goldens: setup ## write tests/goldens/ anew from the results of the tests; read the diff before you commit
	$(PYTHON_BIN) -m pytest -n auto --renew-goldens
	$(PYTHON_BIN) -m pytest -n auto --renew-goldens -m slow tests/documents/test_page_goldens.py

tools: ## install the npm packages that some tests use (needs node and npm)
	cd tests/tools && npm ci --no-audit --no-fund

editor: ## bundle the editor of `advocacy preview` (needs node and npm)
	cd advocacy/preview/editor && npm ci --no-audit --no-fund && npm run build

COMPILE = $(PYTHON_BIN) -m uv pip compile -q --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --custom-compile-command "make lock" pyproject.toml --group build

lock: setup ## write the lock files from pyproject.toml (UPGRADE=--upgrade for the newest versions)
	$(COMPILE) $(UPGRADE) --all-extras --group dev -o requirements-dev.lock
	$(COMPILE) --extra preview -c requirements-dev.lock -o requirements.lock

clean: ## remove generated files, except the letters
	rm -rf .venv .cache .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage .coverage.* build dist tests/tools/node_modules advocacy/preview/editor/node_modules
	find advocacy tests -name __pycache__ -type d -prune -exec rm -rf {} +
